"""Sign in, refresh tokens, sign out."""

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

_KEEP_ENDED = timedelta(days=30)


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"
    title = _("Invalid credentials")
    message = _("Incorrect email or password. Try again, or reset your password.")


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    title = _("Invalid token")
    message = _("This refresh token is invalid or has been used. Sign in again.")


def authenticate(*, email: str, password: str, device: Device, now: datetime) -> User:
    """Return the person with this email and password. Takes as long for an unknown email.

    Raises InvalidCredentials, with the same message whatever is wrong, TooManyFailures.
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
    """Sign a person in on one device: create a new family of refresh tokens and its first pair."""
    session = SignIn.objects.create(
        person=person,
        user_agent=device.user_agent[:200],
        address=device.address,
        created_at=now,
        last_used_at=now,
    )
    User.objects.filter(pk=person.pk).update(last_login=now)
    # API clients keep no device cookie: a token sent here isn't theirs.
    known_devices.remember(person=person, device=Device(device.user_agent, device.address), now=now)
    return _pair(session, now)


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
    """Exchange a refresh token for a new pair.

    Locks the token's row, so that only one of several parallel requests gets a pair. Using a spent token ends its whole
    family, because the token was copied.  Raises InvalidRefreshToken.
    """
    with transaction.atomic():
        pair = _spend(token, now)
    # Raised outside the transaction, so that ending the family isn't rolled back.
    if pair is None:
        raise InvalidRefreshToken()
    return pair


def _spend(token: str, now: datetime) -> Tokens | None:
    row = (
        RefreshToken.objects.select_for_update(of=("self",))
        .select_related("sign_in__person")
        .filter(digest=codes.digest(token))
        .first()
    )
    if row is None or row.sign_in.revoked_at or not row.sign_in.person.is_active or row.expires_at <= now:
        return None
    if row.spent_at:
        _revoke(row.sign_in, "refresh token reused", now)
        outbox.publish(RefreshReused(person_id=str(row.sign_in.person_id), sign_in_id=str(row.sign_in_id)))
        return None
    row.spent_at = now
    row.save(update_fields=["spent_at"])
    SignIn.objects.filter(pk=row.sign_in_id).update(last_used_at=now)
    return _pair(row.sign_in, now)


def _revoke(sign_in: SignIn, because: str, now: datetime) -> None:
    sign_in.revoked_at, sign_in.revoked_because = now, because
    sign_in.save(update_fields=["revoked_at", "revoked_because"])
    journal.record("people.signed_out", of=sign_in, by=None, at=now, because=because)


@transaction.atomic
def sign_out(*, person: User, sign_in: SignIn | None, token: str, now: datetime) -> None:
    """End the sign-in of the request, and that of the refresh token if it belongs to the same person."""
    ids = {sign_in.pk} if sign_in else set()
    if token:
        ids.update(
            RefreshToken.objects.filter(digest=codes.digest(token), sign_in__person=person).values_list(
                "sign_in_id", flat=True
            )
        )
    for session in SignIn.objects.select_for_update().filter(pk__in=ids, revoked_at=None):
        _revoke(session, "signed out", now)


@transaction.atomic
def end_session(*, person: User, place: UUID, now: datetime) -> None:
    """End one of a person's sign-ins, by token or by cookie. Raises NotFound for an unknown, ended or another's one."""
    session = SignIn.objects.select_for_update().filter(pk=place, person=person, revoked_at=None).first()
    if session is not None:
        _revoke(session, "ended from another place", now)
        return
    deleted, _ = BrowserSession.objects.filter(place=place, person=person).delete()
    if not deleted:
        raise NotFound()
    journal.record("people.signed_out", of=person, by=None, at=now, because="ended from another place")


@transaction.atomic
def end_all_sessions(
    *, person: User, because: str, now: datetime, but: SignIn | None = None, device: Device | None = None
) -> int:
    """Sign a person out everywhere except `but`, browsers included. Returns how many sign-ins ended.

    device: the person's current one; all other known devices are forgotten.
    """
    living = SignIn.objects.select_for_update().filter(person=person, revoked_at=None)
    ended = list(living.exclude(pk=but.pk) if but else living)
    for session in ended:
        _revoke(session, because, now)
    browsers, _ = BrowserSession.objects.filter(person=person).delete()
    # A session that another request saves right now reappears; the time in the session hash makes it invalid.
    person.signed_out_at = now
    person.save(update_fields=["signed_out_at", "updated_at"])
    known_devices.forget(person=person, but=device)
    return len(ended) + browsers


def clear_sessions(*, now: datetime) -> int:
    """Delete expired browser sessions, sign-ins whose tokens have all expired, and old devices.

    Ended sign-ins are kept for thirty days, so that they can still be looked up.
    """
    BrowserSession.objects.filter(expire_date__lt=now).delete()
    # A spent token is kept until it would have expired, so that its reuse is detected.
    RefreshToken.objects.filter(expires_at__lt=now).delete()
    living = RefreshToken.objects.filter(sign_in=OuterRef("pk"), expires_at__gt=now)
    expired = SignIn.objects.filter(
        Q(revoked_at__lt=now - _KEEP_ENDED) | ~Exists(living), created_at__lt=now - _KEEP_ENDED
    )
    deleted, _ = expired.delete()
    known_devices.prune(now=now)
    return deleted
