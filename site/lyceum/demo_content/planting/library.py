"""Pictures and files of the demo, found again by their titles."""

from django.core.files.base import ContentFile
from wagtail.models import Collection

from academies.people.models import User
from catalog.library.models import AcademyDocument, AcademyImage
from lyceum.demo_content import films, pictures, shapes, sheets

LESSONS = "Lessons"


def picture(
    wanted: shapes.Picture, title: str, schema: str, editor: User, size: tuple[int, int] = pictures.COVER
) -> AcademyImage:
    found = AcademyImage.objects.filter(title=title).first()
    if found:
        return found
    drawn = pictures.jpeg(wanted, schema, size)
    return AcademyImage.objects.create(
        title=title,
        description=wanted.alt,
        file=ContentFile(drawn, name=f"{wanted.drawing}-{wanted.seed}.jpg"),
        width=size[0],
        height=size[1],
        file_size=len(drawn),
        uploaded_by_user=editor,
    )


def sheet(name: str, schema: str, editor: User) -> AcademyDocument:
    """Return the PDF of a sheet, made when it isn't there."""
    wanted = shapes.sheets(schema)[name]
    return _document(
        wanted["title"], f"{name}.pdf", lambda: sheets.pdf(wanted, pictures.PALETTES[schema].strong), editor
    )


def film(name: str, editor: User) -> AcademyDocument:
    return _document(f"Film: {name}", f"{name}.webm", films.read(f"{name}.webm"), editor)


def captions(name: str, editor: User) -> AcademyDocument:
    return _document(f"Captions: {name}", f"{name}.vtt", films.read(f"{name}.vtt"), editor)


def _document(title: str, file_name: str, content: object, editor: User) -> AcademyDocument:
    found = AcademyDocument.objects.filter(title=title).first()
    if found:
        return found
    body = content() if callable(content) else content
    return AcademyDocument.objects.create(
        title=title,
        file=ContentFile(body, name=file_name),
        collection=_lessons(),
        uploaded_by_user=editor,
    )


def _lessons() -> Collection:
    """The collection of what only the enrolled may open: it isn't the public one."""
    found = Collection.objects.filter(name=LESSONS).first()
    return found or Collection.get_first_root_node().add_child(instance=Collection(name=LESSONS))
