"""Admin hooks of checkout. A plan or coupon that an order names can't be deleted."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages

from commerce.checkout import date_views, queries
from commerce.plans.models import Coupon, Plan

_INSTEAD = {Plan: gettext_lazy("Take it off sale instead."), Coupon: gettext_lazy("Let its validity end instead.")}


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [path("dates/cancel/", date_views.cancel_dates, name="cancel_dates")]


@hooks.register("before_delete_snippet")
def refuse_deleting_ordered(request: HttpRequest, snippets: Sequence[Any]) -> HttpResponse | None:
    """Also runs for the bulk action."""
    ordered = [snippet for snippet in snippets if type(snippet) in _INSTEAD and queries.is_ordered(snippet)]
    for snippet in ordered:
        message = _("“%(name)s” can't be deleted: orders name it. %(instead)s")
        messages.error(request, message % {"name": snippet, "instead": _INSTEAD[type(snippet)]})
    return redirect(ordered[0].snippet_viewset.get_url_name("list")) if ordered else None
