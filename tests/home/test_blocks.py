"""Content blocks: editor input is escaped."""

import pytest
from wagtail.blocks import StructBlockValidationError

from home.pages.blocks import ActionSection


def _action(address: str) -> dict[str, str]:
    return {"heading": "Ready to begin?", "text": "", "label": "Go", "address": address}


@pytest.mark.parametrize(
    "address",
    ["/courses/", "/", "#enrol", "https://example.com/a?b=c", "HTTP://example.com", "mailto:a@b.example", "tel:+441"],
)
def test_a_button_leads_to_pages_letters_and_calls(address):
    assert ActionSection().clean(_action(address))["address"] == address


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "//evil.example",
     "/\\evil.example", "/\t/evil.example", "courses"],
)  # fmt: skip
def test_a_button_leads_to_nothing_else(address):
    with pytest.raises(StructBlockValidationError) as refused:
        ActionSection().clean(_action(address))

    assert "address" in refused.value.block_errors
