"""Signing in, staying signed in, signing out."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from academies.journal import actions as journal
from academies.kernel import codes
from academies.kernel.errors import NotFound, Unauthenticated
from academies.outbox import actions as outbox
from academies.people import rules, tokens
from academies.people.actions import known_devices, limits
from academies.people.facts import Device, RefreshReused, Tokens
from academies.people.models import BrowserSession, RefreshToken, SignIn, User
from academies.tenants import queries as academies

_REMEMBERED = timedelta(days=30)


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"
    title = _("Invalid credentials")
    message = _("E-mail or password is not right. Try again, or ask for a new password.")


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    title = _("Invalid token")
    message = _("This refresh token is not valid, or was used before. Sign in again.")


def authenticate(*, email: str, password: str, device: Device, now: datetime) -> User:
    """Return whose e-mail and password these are. Takes as long for an address nobody has.

    Raises InvalidCredentials, in the same words whatever is wrong, TooManyFailures.
    """
    address = rules.normal_email(email)
    counted = limits.count_attempt(email=address, device=device, now=now)
    person = User.objects.by_email(address)
    if person is None:
        User().set_password(password)
        raise InvalidCredentials()
    if not person.check_password(password) or not person.is_active:
        raise InvalidCredentials()
    limits.forgive_attempt(counted)
    return person


def sign_in(*, email: str, password: str, device: Device, now: datetime) -> tuple[User, Tokens]:
    """Raises InvalidCredentials, TooManyFailures."""
    person = authenticate(email=email, password=password, device=device, now=now)
    return person, start_session(person=person, device=device, now=now)


@transaction.atomic
def start_session(*, person: User, device: Device, now: datetime) -> Tokens:
    """Sign a person in at one place: a new family of refresh tokens, and its first pair."""
    started = SignIn.objects.create(
        person=person,
        user_agent=device.user_agent[:200],
        address=device.address,
        created_at=now,
        last_used_at=now,
    )
    User.objects.filter(pk=person.pk).update(last_login=now)
    # A program keeps no cookie: its token, if any, was somebody else's.
    known_devices.remember(person=person, device=Device(device.user_agent, device.address), now=now)
    return _pair(started, now)


def _pair(sign_in: SignIn, now: datetime) -> Tokens:
    secret = codes.token()
    RefreshToken.objects.create(
        sign_in=sign_in,
        digest=codes.digest(secret),
        issued_at=now,
        expires_at=now + timedelta(days=settings.REFRESH_TOKEN_DAYS),
    )
    access = tokens.issue(
        person_id=sign_in.person_id, sign_in_id=sign_in.pk, academy=academies.current().schema_name, now=now
    )
    return Tokens(access=access, refresh=secret, expires_in=int(tokens.lifetime().total_seconds()))


def refresh(*, token: str, now: datetime) -> Tokens:
    """Spend a refresh token for a new pair.

    Locks the token's row: of many at once, one gets a pair. A spent one that comes back ends its whole family, because
    it was copied.  Raises InvalidRefreshToken.
    """
    with transaction.atomic():
        pair = _spend(token, now)
    # Raised outside: ending the family must stay.
    if pair is None:
        raise InvalidRefreshToken()
    return pair


def _spend(token: str, now: datetime) -> Tokens | None:
    kept = (
        RefreshToken.objects.select_for_update(of=("self",))
        .select_related("sign_in__person")
        .filter(digest=codes.digest(token))
        .first()
    )
    if kept is None or kept.sign_in.revoked_at or not kept.sign_in.person.is_active or kept.expires_at <= now:
        return None
    if kept.spent_at:
        _revoke(kept.sign_in, "refresh token reused", now)
        outbox.publish(RefreshReused(person_id=str(kept.sign_in.person_id), sign_in_id=str(kept.sign_in_id)))
        return None
    kept.spent_at = now
    kept.save(update_fields=["spent_at"])
    SignIn.objects.filter(pk=kept.sign_in_id).update(last_used_at=now)
    return _pair(kept.sign_in, now)


def _revoke(sign_in: SignIn, because: str, now: datetime) -> None:
    sign_in.revoked_at, sign_in.revoked_because = now, because
    sign_in.save(update_fields=["revoked_at", "revoked_because"])
    journal.record("people.signed_out", of=sign_in, by=None, at=now, because=because)


@transaction.atomic
def sign_out(*, person: User, sign_in: SignIn | None, token: str, now: datetime) -> None:
    """End the sign-in of the request, and that of the refresh token when it is the same person's."""
    ids = {sign_in.pk} if sign_in else set()
    if token:
        ids.update(
            RefreshToken.objects.filter(digest=codes.digest(token), sign_in__person=person).values_list(
                "sign_in_id", flat=True
            )
        )
    for one in SignIn.objects.select_for_update().filter(pk__in=ids, revoked_at=None):
        _revoke(one, "signed out", now)


@transaction.atomic
def end_session(*, person: User, place: UUID, now: datetime) -> None:
    """End one of a person's own sign-ins, a program's or a browser's. Raises NotHere for another's, an ended or an unknown one."""
    found = SignIn.objects.select_for_update().filter(pk=place, person=person, revoked_at=None).first()
    if found is not None:
        _revoke(found, "ended from another place", now)
        return
    deleted, _ = BrowserSession.objects.filter(place=place, person=person).delete()
    if not deleted:
        raise NotFound()
    journal.record("people.signed_out", of=person, by=None, at=now, because="ended from another place")


@transaction.atomic
def end_all_sessions(
    *, person: User, because: str, now: datetime, but: SignIn | None = None, device: Device | None = None
) -> int:
    """Sign a person out everywhere, browsers included, but for one sign-in. Returns how many places that were.

    device: where the person is; every other place they signed in from is forgotten.
    """
    living = SignIn.objects.select_for_update().filter(person=person, revoked_at=None)
    ended = list(living.exclude(pk=but.pk) if but else living)
    for one in ended:
        _revoke(one, because, now)
    browsers, _ = BrowserSession.objects.filter(person=person).delete()
    # A session that another request is writing at this moment comes back; the moment in its hash keeps it shut.
    person.signed_out_at = now
    person.save(update_fields=["signed_out_at", "updated_at"])
    known_devices.forget(person=person, but=device)
    return len(ended) + browsers


def clear_sessions(*, now: datetime) -> int:
    """Forget what can open nothing any more: expired browser sessions, sign-ins whose tokens have all run out, old places.

    Ended sign-ins are kept for thirty days, so that somebody can still ask what happened.
    """
    BrowserSession.objects.filter(expire_date__lt=now).delete()
    # A spent token is kept as long as it would have lived: only so long does its coming again mean that it was stolen.
    RefreshToken.objects.filter(expires_at__lt=now).delete()
    living = RefreshToken.objects.filter(sign_in=OuterRef("pk"), expires_at__gt=now)
    over = SignIn.objects.filter(
        Q(revoked_at__lt=now - _REMEMBERED) | ~Exists(living), created_at__lt=now - _REMEMBERED
    )
    deleted, _ = over.delete()
    known_devices.prune(now=now)
    return deleted
