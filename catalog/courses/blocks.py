from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StructBlock, TextBlock


class FaqBlock(StructBlock):
    question = CharBlock(max_length=200)
    answer = TextBlock()

    class Meta:
        icon = "help"
        description = _("A question people ask before they enrol, and your answer.")
        preview_value = {"question": "Do I need special equipment?", "answer": "No. An oven and a bowl are enough."}
        template = "courses/blocks/faq.html"
