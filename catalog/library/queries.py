"""Pictures for lists: all renditions of all pictures of a list in one query."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet
from django.utils.encoding import filepath_to_uri
from wagtail.images.models import Filter
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.users.models import UserProfile

from academies.outbox import actions as outbox
from academies.tenants import queries as tenants
from catalog.library.models import AcademyDocument, AcademyImage, Rendition
from catalog.library.rules import COVER
from catalog.library.types import Picture, Size

# The collection whose documents anybody may list; made with each academy.
PUBLIC_COLLECTION = "Public"
_ASKED_SECONDS = 60


def pictures(image_ids: Iterable[int | None], sizes: Mapping[str, str] = COVER) -> dict[int, Picture]:
    """Return the pictures that have renditions, by the image's id, in one query.

    sizes: name -> specification.  A picture with a rendition missing is asked for in the background and answered with
    those that it has.
    """
    wanted = {image_id for image_id in image_ids if image_id}
    if not wanted:
        return {}
    names = {spec: name for name, spec in sizes.items()}
    rows = (
        Rendition.objects.filter(image_id__in=wanted, filter_spec__in=names)
        .order_by("pk")
        .values_list("image_id", "filter_spec", "file", "width", "height", "image__description", "image__title")
    )
    address = _addresses()
    found: dict[int, dict[str, Size]] = defaultdict(dict)
    said: dict[int, str] = {}
    for image_id, spec, file, width, height, description, title in rows:
        # A later row is the one for the focal point of today.
        found[image_id][names[spec]] = Size(address(file), width, height)
        said[image_id] = description or title
    _ask_for([image_id for image_id in wanted if len(found[image_id]) < len(names)], list(names))
    order = list(sizes)
    return {
        image_id: Picture(said[image_id], {name: made[name] for name in order if name in made})
        for image_id, made in found.items()
        if made
    }


def picture_of(image: AcademyImage | None, sizes: Mapping[str, str] = COVER) -> Picture:
    """Return one picture; no query when its renditions were fetched with it."""
    if image is None:
        return Picture("")
    names, address = {spec: name for name, spec in sizes.items()}, _addresses()
    made = {names[one.filter_spec]: one for one in image.renditions.all() if one.filter_spec in names}
    kept = {name: made[name] for name in sizes if name in made}
    return Picture(
        image.default_alt_text,
        {name: Size(address(one.file.name), one.width, one.height) for name, one in kept.items()},
    )


def ready(image: AcademyImage, sizes: Mapping[str, str]) -> dict[str, Rendition]:
    """Return the renditions that a page shows, by specification, as far as they are made. No query once they are kept.

    What is missing is asked for in the background: nobody who reads waits for a picture to be cut.
    """
    filters = [Filter(spec=spec) for spec in sizes.values()]
    found = image.find_existing_renditions(*filters)
    if len(found) < len(filters):
        _ask_for([image.pk], list(sizes.values()))
    fresh = {
        Rendition.construct_cache_key(image, size.get_cache_key(image), size.spec): one
        for size, one in found.items()
        if not getattr(one, "_from_cache", False)
    }
    if fresh:
        Rendition.cache_backend.set_many(fresh)
    return {one.spec: found[one] for one in filters if one in found}


def _addresses() -> Callable[[str], str]:
    """Return what turns a stored name into an absolute address."""
    origin = tenants.current_base_url()
    base = getattr(default_storage, "base_url", None)
    if base is None:
        # An object store signs each address, or has a host of its own.
        return default_storage.url
    # What FileSystemStorage.url does, without joining a hundred addresses one by one.
    root = origin + base if base.startswith("/") else base
    return lambda name: root + filepath_to_uri(name)


def _ask_for(image_ids: Iterable[int], specs: list[str]) -> None:
    for image_id in image_ids:
        if cache.add(f"render-asked:{image_id}", True, _ASKED_SECONDS):
            outbox.later("library.render", payload={"image_id": image_id, "specs": specs})


def rendition_named(name: str) -> Rendition | None:
    """Return the rendition whose file has exactly this name, or None. One query.

    Its `is_public` says whether the picture's collection is private, there or above.
    """
    if "\0" in name:
        return None
    public = unrestricted(AcademyImage.objects.filter(pk=OuterRef("image_id")))
    named = Rendition.objects.filter(file=name).annotate(is_public=Exists(public))
    return named.select_related("image__collection").first()


def portrait_named(name: str) -> UserProfile | None:
    """Return whose portrait, uploaded for the admin, has exactly this name, or None."""
    return None if not name or "\0" in name else UserProfile.objects.filter(avatar=name).first()


def unrestricted(files: QuerySet) -> QuerySet:
    """Narrow pictures or documents to those whose collection is not private, itself or by one above. Adds no query."""
    below = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = CollectionViewRestriction.objects.annotate(below=below).filter(below__startswith=F("collection__path"))
    return files.filter(collection__in=Collection.objects.filter(~Exists(above)).values("pk"))


def in_public_collections(documents: QuerySet) -> QuerySet:
    """Narrow documents to those in the collection "Public" or below it. Adds no query."""
    below = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    opened = Collection.objects.filter(depth=2, name=PUBLIC_COLLECTION).annotate(below=below)
    inside = Collection.objects.filter(Exists(opened.filter(below__startswith=F("path"))))
    return documents.filter(collection__in=inside.values("pk"))


def is_listed(document: AcademyDocument) -> bool:
    """Return whether a document is in the public collection, or below it."""
    return in_public_collections(AcademyDocument.objects.filter(pk=document.pk)).exists()


def is_public(document: AcademyDocument) -> bool:
    """Return whether anybody may read a document: it is in the public collection, and no restriction makes that private."""
    listed = in_public_collections(AcademyDocument.objects.filter(pk=document.pk))
    return unrestricted(listed).exists()
