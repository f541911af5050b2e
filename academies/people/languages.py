"""Which language a person asked for in their settings."""

from typing import Any


def chosen_language(user: Any) -> str:
    """Return the language of a person's settings, "" where they chose none or nobody is signed in."""
    # Django's error for a missing row of a one-to-one relation is an AttributeError.
    profile = getattr(user, "profile", None)
    return profile.language if profile else ""
