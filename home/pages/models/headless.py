from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


def check_origins(text: str) -> None:
    """Raise ValidationError unless every line is an origin, such as https://shop.example."""
    for line in text.split():
        parts = urlsplit(line)
        try:
            port = parts.port
        except ValueError as error:
            raise ValidationError(gettext("%(line)s has an invalid port.") % {"line": line}) from error
        host = f"{parts.hostname}:{port}" if port else parts.hostname
        if parts.scheme not in ("http", "https") or not parts.hostname or line != f"{parts.scheme}://{host}":
            raise ValidationError(
                gettext("%(line)s is not an origin. Write it as https://shop.example, without a path.") % {"line": line}
            )


@register_setting(icon="globe", order=900)
class Headless(BaseGenericSetting):
    """A definition: the origins that may call this academy's API from a browser (CORS)."""

    on_public_pages = True

    origins = models.TextField(
        blank=True,
        validators=[check_origins],
        help_text=_("Your own web sites that use the API, one per line, such as https://shop.example."),
    )

    panels = [FieldPanel("origins")]

    class Meta:
        verbose_name = _("headless")

    def allowed(self) -> frozenset[str]:
        return frozenset(self.origins.split())
