"""Admin doors of what is sold: what an order names isn't deleted under it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin import messages

from commerce.checkout import date_views, queries
from commerce.plans.models import Coupon, Plan

_INSTEAD = {Plan: "Take it off sale instead.", Coupon: "Let its time to be valid end instead."}


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [path("dates/cancel/", date_views.cancel_dates, name="cancel_dates")]


@hooks.register("before_delete_snippet")
def keep_what_was_sold(request: HttpRequest, things: Sequence[Any]) -> HttpResponse | None:
    """One or many: the bulk action asks here as well."""
    kept = [thing for thing in things if type(thing) in _INSTEAD and queries.is_ordered(thing)]
    for thing in kept:
        messages.error(request, f"“{thing}” can't be deleted: orders name it. {_INSTEAD[type(thing)]}")
    return redirect(kept[0].snippet_viewset.get_url_name("list")) if kept else None
