"""Warnings for editors before a lesson is unpublished."""

from django import template
from wagtail.models import Page

from commerce.learning.editor_warnings import warnings

register = template.Library()


@register.simple_tag
def learner_warnings(page: Page, act: str) -> list[str]:
    return warnings([page], act)
