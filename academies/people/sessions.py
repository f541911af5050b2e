"""The session store: Django's own in the database, whose rows know their person and their browser."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest

from academies.kernel import clock
from academies.kernel.codes import uuid7
from academies.people.device import device_of
from academies.people.models import BrowserSession

_PLACE = "place"
# "Last used" is as exact as this; a write at every request would cost more than it tells.
_TOLD_EVERY = timedelta(minutes=15)


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row: BrowserSession = super().create_model_instance(data)
        told = data.get(_PLACE) or {}
        row.person_id = data.get(SESSION_KEY)
        row.place = told.get("id")
        row.user_agent, row.address = told.get("user_agent", ""), told.get("address")
        row.created_at = told.get("at")
        row.last_used_at = clock.now()
        return row

    def _get_session_from_db(self) -> BrowserSession | None:
        row: BrowserSession | None = super()._get_session_from_db()
        now = clock.now()
        if row is not None and row.person_id and row.last_used_at < now - _TOLD_EVERY:
            BrowserSession.objects.filter(pk=row.pk).update(last_used_at=now)
        return row


def remember(request: HttpRequest) -> None:
    """Note in a session that was just signed in where that was. The note outlives a change of the session's key."""
    device = device_of(request)
    request.session[_PLACE] = {
        "id": str(uuid7()),
        "user_agent": device.user_agent,
        "address": device.address,
        "at": clock.now().isoformat(),
    }


def sign_in_of(request: HttpRequest) -> uuid.UUID | None:
    """Return what the list of sign-ins calls this request's session, or None when nobody is signed in with it."""
    told = request.session.get(_PLACE)
    return uuid.UUID(told["id"]) if told else None
