"""Which language an academy's pages and emails are in: one on a page, whoever asks."""

from django.conf import settings

from academies.tenants import queries
from academies.tenants.models import Academy


def page_language(academy: Academy | None = None) -> str:
    """Return the language of an academy's pages, forms and emails: its own, once all of them exist in it.

    Half a translation shows two languages on one page, so until then the pages of such an academy are in LANGUAGE_CODE.
    """
    language = (academy or queries.current()).language
    return language if language in settings.COMPLETE_LANGUAGES else settings.LANGUAGE_CODE
