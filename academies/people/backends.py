"""The authentication backend: whichever view calls `django.contrib.auth.authenticate`, one action decides."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from academies.kernel import clock
from academies.people import actions
from academies.people.device import device_of
from academies.people.facts import Device
from academies.people.models import User


class SignInBackend(ModelBackend):
    """Checks email and password within the limits of `actions.limits`. Raises TooManyFailures."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> User | None:
        email = credentials.get("email") or username
        if not email or password is None:
            return None
        device = device_of(request) if request is not None else Device()
        try:
            return actions.authenticate(email=email, password=password, device=device, now=clock.now())
        except actions.InvalidCredentials:
            # The next backend is Django's own, kept for older sessions: it must not check the password again.
            raise PermissionDenied from None

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session with their profile, which every page reads for the language."""
        person = User.objects.select_related("profile").filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None
