"""Fact doors of this room."""

from commerce.enrolments import permissions  # noqa: F401
