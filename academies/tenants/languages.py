"""The language of pages and emails."""

from django.conf import settings

from academies.tenants import queries
from academies.tenants.models import Academy


def page_language(academy: Academy | None = None, *, chosen: str = "") -> str:
    """Return the language of a page, a form or an email: the chosen one, else the academy's, else LANGUAGE_CODE.

    chosen: in a person's own settings.  Half a translation shows two languages on one page, so a language counts once
    everything exists in it.
    """
    preferred = (chosen, (academy or queries.current()).language)
    return next((language for language in preferred if language in settings.COMPLETE_LANGUAGES), settings.LANGUAGE_CODE)
