"""Creates pictures and documents of the demo, which are identified by their titles."""

from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from PIL import Image
from wagtail.models import Collection

from academies.people.models import User
from catalog.library.models import AcademyDocument, AcademyImage
from lyceum_dev.demo import loader

LESSONS = "Lessons"


def picture(source: loader.Picture, title: str, schema: str, editor: User) -> AcademyImage:
    image = AcademyImage.objects.filter(title=title).first()
    if image:
        return image
    content = loader.read_file(schema, "pictures", source.file)
    width, height = Image.open(BytesIO(content)).size
    return AcademyImage.objects.create(
        title=title,
        description=source.alt,
        file=ContentFile(content, name=source.file),
        width=width,
        height=height,
        file_size=len(content),
        uploaded_by_user=editor,
    )


def sheet(file: str, title: str, schema: str, editor: User) -> AcademyDocument:
    return _document(title, schema, "sheets", file, editor)


def video(file: str, schema: str, editor: User) -> AcademyDocument:
    return _document(f"Video: {Path(file).stem}", schema, "videos", file, editor)


def captions(video: str, schema: str, editor: User) -> AcademyDocument:
    """Return the captions of a video, a file with the same name."""
    name = Path(video).stem
    return _document(f"Captions: {name}", schema, "videos", f"{name}.vtt", editor)


def _document(title: str, schema: str, folder: str, file: str, editor: User) -> AcademyDocument:
    document = AcademyDocument.objects.filter(title=title).first()
    if document:
        return document
    return AcademyDocument.objects.create(
        title=title,
        file=ContentFile(loader.read_file(schema, folder, file), name=file),
        collection=_lessons(),
        uploaded_by_user=editor,
    )


def _lessons() -> Collection:
    """Return the collection of files that only enrolled learners may open."""
    collection = Collection.objects.filter(name=LESSONS).first()
    return collection or Collection.get_first_root_node().add_child(instance=Collection(name=LESSONS))
