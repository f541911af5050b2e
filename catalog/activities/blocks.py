"""What the forms of all kinds of lesson share: drafts may be half-written, and what is published is whole."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.blocks import StructBlock, StructBlockValidationError, StructValue


class CheckedStructBlock(StructBlock):
    """A block with rules of its own, which apply from publication on. All errors are reported at once."""

    def faults(self, value: StructValue) -> dict[str, str]:
        """Return what is wrong by field; the fields' own checks come first."""
        return {}

    def clean(self, value: StructValue) -> StructValue:
        errors: dict[str, Any] = {}
        try:
            value = super().clean(value)
        except StructBlockValidationError as error:
            errors = dict(error.block_errors)
        if not self.is_deferred_validation:
            errors = {**{name: ValidationError(fault) for name, fault in self.faults(value).items()}, **errors}
        if errors:
            raise StructBlockValidationError(errors)
        return value


def sentences(error: ValidationError, where: Sequence[str] = ()) -> Iterator[str]:
    """Return the errors of a block, one sentence each, with their place: "Questions 2, options: …"."""
    inner = getattr(error, "block_errors", None)
    if inner is None:
        message = " ".join(error.messages)
        yield f"{', '.join(where)}: {message}" if where else message
        return
    for fault in error.non_block_errors.as_data():
        yield from sentences(fault, where)
    for name, fault in inner.items():
        yield from sentences(fault, _place(where, name))


def _place(where: Sequence[str], name: str | int) -> Sequence[str]:
    if isinstance(name, int):
        # A number in a list belongs to the list's name; the one kind of a lesson needs none.
        return [*where[:-1], f"{where[-1]} {name + 1}"] if where else []
    return [*where, name.replace("_", " ") if where else name.replace("_", " ").capitalize()]
