"""Create renditions when something that shows a picture is published, or when a picture's file changes."""

from datetime import timedelta
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import ReferenceIndex
from wagtail.signals import page_published, published

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.outbox import registry
from catalog.library import actions
from catalog.library.models import AcademyImage
from catalog.library.rules import USES, specs_for

# Wagtail's form deletes the old renditions right after the save that sends the signal.
_AFTER_THE_FORM = timedelta(seconds=3)


@receiver([page_published, published])
def render_published_pictures(instance: Any, **kwargs: Any) -> None:
    for use in USES:
        image_id = getattr(instance, f"{use}_id", None)
        if image_id:
            outbox.later("library.render", payload={"image_id": image_id, "specs": specs_for([use])})


@receiver(post_save, sender=AcademyImage)
def render_again(instance: AcademyImage, created: bool, **kwargs: Any) -> None:
    if created or kwargs.get("raw"):
        return
    uses = ReferenceIndex.get_references_to(instance).values_list("model_path", flat=True).distinct()
    specs = specs_for(list(uses))
    if specs:
        outbox.later(
            "library.render",
            due_at=clock.now() + _AFTER_THE_FORM,
            payload={"image_id": instance.pk, "specs": specs},
        )


@registry.handler("library.render")
def render(image_id: int, specs: list[str]) -> None:
    actions.render(image_id=image_id, specs=specs)
