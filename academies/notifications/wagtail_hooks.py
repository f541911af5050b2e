"""The admin of email texts, under "Settings"."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from academies.notifications.default_templates import LABELS, default_templates
from academies.notifications.forms import KindSelect, MessageTemplateForm
from academies.notifications.models import MessageTemplate


def _label(template: MessageTemplate) -> str:
    return str(LABELS.get(template.kind, template.kind))


class DefaultTextPanel(HelpPanel):
    """The default text of the email, to copy and change."""

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context=None):  # type: ignore[no-untyped-def]
            kind = self.instance.kind
            templates = [template for template in default_templates().values() if kind in ("", template.kind)]
            return {**super().get_context_data(parent_context), "standards": templates, "is_new": not kind}


class MessageTemplateViewSet(SnippetViewSet):
    model = MessageTemplate
    icon = "mail"
    menu_label = _("Email texts")
    menu_order = 200
    add_to_settings_menu = True
    list_display = [Column("kind", label=_("Message"), accessor=_label), "subject"]
    search_fields = ["kind", "subject"]
    search_backend_name = None
    ordering = ["kind"]
    edit_handler = ObjectList(
        [
            FieldPanel("kind", widget=KindSelect, help_text=_("The email to change.")),
            FieldPanel("subject"),
            FieldPanel(
                "body",
                help_text=_(
                    "Plain text. Variables in double braces, such as {{ name }}, are filled in. "
                    "Delete this text to send the standard one again."
                ),
            ),
            DefaultTextPanel(template="notifications/default_text.html", heading=_("Standard text")),
        ],
        base_form_class=MessageTemplateForm,
    )


register_snippet(MessageTemplateViewSet)
