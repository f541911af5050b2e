from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from home.pages import colours


@register_setting(icon="view", order=100)
class Brand(BaseGenericSetting):
    """A definition: an academy's brand. Colours with unreadable text are refused."""

    on_public_pages = True

    class Fonts(models.TextChoices):
        SERIF = "serif", "Serif headings"
        SANS = "sans", "Sans-serif throughout"

    name = models.CharField(
        max_length=80, blank=True, help_text=_("Short name for the header. Leave empty for the academy's name.")
    )
    logo = models.ForeignKey("library.AcademyImage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    colour = models.CharField(
        max_length=7,
        default="#9a3412",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Use six digits, such as #9a3412.")],
        help_text=_("One colour for buttons and links. White text must be readable on it."),
    )
    radius = models.PositiveSmallIntegerField(default=10, help_text=_("Roundness of corners in pixels, 0 to 24."))
    fonts = models.CharField(max_length=10, choices=Fonts.choices, default=Fonts.SERIF)
    tagline = models.CharField(max_length=150, blank=True)
    footer = models.CharField(max_length=250, blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("tagline"),
        FieldPanel("logo"),
        FieldRowPanel([FieldPanel("colour"), FieldPanel("radius"), FieldPanel("fonts")]),
        FieldPanel("footer"),
    ]

    class Meta:
        verbose_name = _("brand")

    def clean(self) -> None:
        super().clean()
        problem = colours.colour_problem(self.colour)
        if problem:
            raise ValidationError({"colour": problem})
        if self.radius > 24:
            raise ValidationError({"radius": gettext("At most 24 pixels.")})
