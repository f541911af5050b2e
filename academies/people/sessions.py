"""The session store: Django's database store, whose rows also hold the person and the device."""

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
# How exact "last used" is; a write at every request would cost too much.
_WRITE_LAST_USED_EVERY = timedelta(minutes=15)


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row: BrowserSession = super().create_model_instance(data)
        note = data.get(_PLACE) or {}
        row.person_id = data.get(SESSION_KEY)
        row.place = note.get("id")
        row.user_agent, row.address = note.get("user_agent", ""), note.get("address")
        row.created_at = note.get("at")
        row.last_used_at = clock.now()
        return row

    def _get_session_from_db(self) -> BrowserSession | None:
        row: BrowserSession | None = super()._get_session_from_db()
        now = clock.now()
        if row is not None and row.person_id and row.last_used_at < now - _WRITE_LAST_USED_EVERY:
            BrowserSession.objects.filter(pk=row.pk).update(last_used_at=now)
        return row


def remember(request: HttpRequest) -> None:
    """Store the device in a session that was just signed in. It survives a change of the session key."""
    device = device_of(request)
    request.session[_PLACE] = {
        "id": str(uuid7()),
        "user_agent": device.user_agent,
        "address": device.address,
        "at": clock.now().isoformat(),
    }


def sign_in_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the id of this request's session in the list of sessions, or None if nobody is signed in."""
    note = request.session.get(_PLACE)
    return uuid.UUID(note["id"]) if note else None
