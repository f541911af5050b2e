"""Somebody who knocks at an academy's doors."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from academies.people.models import User


class Visitor:
    """Somebody at Northlight's doors."""

    def __init__(self, person: User | None = None):
        self.client = Client(headers={"host": "north.localhost"})
        if person:
            self.client.force_login(person)

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> HttpResponse:
        more = (
            {"data": {} if body is None else body, "content_type": "application/json", **more}
            if method != "get"
            else more
        )
        return getattr(self.client, method)(path, **more)
