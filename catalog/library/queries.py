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

# The collection whose documents anybody may list. Every academy has one.
PUBLIC_COLLECTION = "Public"
_REQUEST_SECONDS = 60


def pictures(image_ids: Iterable[int | None], sizes: Mapping[str, str] = COVER) -> dict[int, Picture]:
    """Return the pictures that have renditions, by the image's id, in one query.

    sizes: name -> specification.  Missing renditions are requested in the background; a picture is returned with those
    that it has.
    """
    ids = {image_id for image_id in image_ids if image_id}
    if not ids:
        return {}
    names = {spec: name for name, spec in sizes.items()}
    rows = (
        Rendition.objects.filter(image_id__in=ids, filter_spec__in=names)
        .order_by("pk")
        .values_list("image_id", "filter_spec", "file", "width", "height", "image__description", "image__title")
    )
    url = _url_builder()
    by_image: dict[int, dict[str, Size]] = defaultdict(dict)
    alt_texts: dict[int, str] = {}
    for image_id, spec, file, width, height, description, title in rows:
        # A later row is the one for the current focal point.
        by_image[image_id][names[spec]] = Size(url(file), width, height)
        alt_texts[image_id] = description or title
    _request_renditions([image_id for image_id in ids if len(by_image[image_id]) < len(names)], list(names))
    return {
        image_id: Picture(alt_texts[image_id], {name: renditions[name] for name in sizes if name in renditions})
        for image_id, renditions in by_image.items()
        if renditions
    }


def picture_of(image: AcademyImage | None, sizes: Mapping[str, str] = COVER) -> Picture:
    """Return one picture; no query if its renditions are prefetched."""
    if image is None:
        return Picture("")
    names, url = {spec: name for name, spec in sizes.items()}, _url_builder()
    renditions = {names[each.filter_spec]: each for each in image.renditions.all() if each.filter_spec in names}
    ordered = {name: renditions[name] for name in sizes if name in renditions}
    return Picture(
        image.default_alt_text,
        {name: Size(url(each.file.name), each.width, each.height) for name, each in ordered.items()},
    )


def page_renditions(image: AcademyImage, sizes: Mapping[str, str]) -> dict[str, Rendition]:
    """Return the existing renditions that a page shows, by specification. No query once they are cached.

    Missing ones are requested in the background: no visitor waits for a picture to be resized.
    """
    filters = [Filter(spec=spec) for spec in sizes.values()]
    existing = image.find_existing_renditions(*filters)
    if len(existing) < len(filters):
        _request_renditions([image.pk], list(sizes.values()))
    uncached = {
        Rendition.construct_cache_key(image, size.get_cache_key(image), size.spec): rendition
        for size, rendition in existing.items()
        if not getattr(rendition, "_from_cache", False)
    }
    if uncached:
        Rendition.cache_backend.set_many(uncached)
    return {size.spec: existing[size] for size in filters if size in existing}


def _url_builder() -> Callable[[str], str]:
    """Return a function that turns the name of a stored file into an absolute URL."""
    origin = tenants.current_base_url()
    base = getattr(default_storage, "base_url", None)
    if base is None:
        # An object store signs each URL, or has a host of its own.
        return default_storage.url
    # What FileSystemStorage.url does, without joining a hundred addresses one by one.
    root = origin + base if base.startswith("/") else base
    return lambda name: root + filepath_to_uri(name)


def _request_renditions(image_ids: Iterable[int], specs: list[str]) -> None:
    for image_id in image_ids:
        if cache.add(f"render-requested:{image_id}", True, _REQUEST_SECONDS):
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
