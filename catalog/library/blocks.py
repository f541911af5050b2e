"""Forms that validate blocks under threads.

While a draft is saved, Wagtail defers the validation of its blocks by changing the block definitions, which all threads of
a process share: another thread that publishes would skip validation, and two drafts saved at once could lose "required" until
the process ends. So each form of the admin validates with its own copies, and the shared definitions stay unchanged.
"""

import copy
from typing import Any

from django.apps import apps
from wagtail.admin.forms.models import register_form_field_override
from wagtail.blocks import Block
from wagtail.blocks.base import BlockField
from wagtail.fields import StreamField

# Copies that are only copied: reading a definition in use may meet another thread that fills in a cached property.
_unused: dict[str, Block] = {}


class OwnBlockField(BlockField):
    """A field whose blocks belong to one form. A form copies its fields when it is created."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "OwnBlockField":
        field: OwnBlockField = super().__deepcopy__(memo)
        field.block = copy.deepcopy(_unused.get(self.block.definition_prefix, self.block))
        field.widget.block_def = field.block
        return field


def use_own_blocks_in_forms() -> None:
    """Make every form of the admin validate with its own blocks. Call it once, before threads start."""
    register_form_field_override(StreamField, override={"form_class": OwnBlockField})
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, StreamField):
                block = field.stream_block
                _unused[block.definition_prefix] = copy.deepcopy(block)
