"""Create an account, verify its email address, change it."""

from datetime import date, datetime

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from academies.journal import actions as journal
from academies.kernel.errors import Conflict, Invalid
from academies.outbox import actions as outbox
from academies.people import links, rules
from academies.people.actions import known_devices, sign_ins
from academies.people.actions.roles import give_role
from academies.people.facts import Device, NewPerson, PasswordChanged, PersonJoined
from academies.people.models import SignIn, User
from academies.people.roles import LEARNER


class EmailTaken(Conflict):
    code = "email_taken"
    title = _("User already exists")
    message = _("An account with this email address already exists. Sign in, or reset your password.")


class InvalidLink(Invalid):
    code = "invalid_link"
    title = _("Invalid link")
    message = _("This link is no longer valid: it has been used or has expired. Ask for a new one.")


def sign_up(*, newcomer: NewPerson, now: datetime) -> User:
    """Create a learner's account and send an email that asks to confirm the address.

    Raises Invalid with every wrong field, EmailTaken.
    """
    wrong = password_problems(newcomer, now.date())
    if wrong:
        raise Invalid(fields=wrong)
    person = _person(newcomer)
    if User.objects.filter(email=person.email).exists():
        raise EmailTaken(fields={"email": [EmailTaken.message]})
    person.set_password(newcomer.password)
    try:
        with transaction.atomic():
            person.save()
            EmailAddress.objects.create(user=person, email=person.email, primary=True)
            _join(person, now)
    except IntegrityError as error:
        raise EmailTaken(fields={"email": [EmailTaken.message]}) from error
    return person


def _person(newcomer: NewPerson) -> User:
    return User(
        full_name=rules.normal_name(newcomer.full_name),
        email=rules.normal_email(newcomer.email),
        date_of_birth=newcomer.date_of_birth,
    )


def password_problems(newcomer: NewPerson, today: date) -> dict[str, list[str]]:
    """Return the errors of a sign-up form by field. No database query."""
    person = _person(newcomer)
    problems = {
        "full_name": rules.name_problem(person.full_name),
        "email": rules.email_problem(person.email),
        "date_of_birth": rules.birth_problem(person.date_of_birth, today) if person.date_of_birth else None,
    }
    wrong = {field: [sentence] for field, sentence in problems.items() if sentence}
    try:
        validate_password(newcomer.password, person)
    except ValidationError as error:
        wrong["password"] = error.messages
    return wrong


def _join(person: User, now: datetime) -> None:
    """Give a new account the learner role, and publish PersonJoined."""
    give_role(person=person, role=LEARNER)
    journal.record("people.joined", of=person, by=person, at=now)
    outbox.publish(PersonJoined(person_id=str(person.pk)), key=f"people.joined:{person.pk}")


@transaction.atomic
def send_verification_email(*, person: User, now: datetime) -> str:
    """Return the path of a page that verifies a person's email address; each call creates a new key."""
    address, _ = EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"primary": True, "verified": False}
    )
    # A random key stored in this academy; allauth's signed primary key would also be valid in another academy.
    confirmation = EmailConfirmation.create(address)
    confirmation.sent = now
    confirmation.save(update_fields=["sent"])
    return links.verify_path(confirmation.key)


@transaction.atomic
def verify_email(*, token: str, now: datetime) -> User:
    """Mark an email address as verified with the token of a link. Raises InvalidLink."""
    confirmation = EmailConfirmation.from_key(token)
    if confirmation is None:
        raise InvalidLink()
    address = confirmation.email_address
    if not address.verified:
        address.verified = True
        address.save(update_fields=["verified"])
        journal.record("people.email_verified", of=address.user, by=address.user, at=now)
    # A link works once: the email may be forwarded.
    EmailConfirmation.objects.filter(email_address=address).delete()
    return address.user


@transaction.atomic
def reset_password(*, token: str, password: str, now: datetime, device: Device | None = None) -> User:
    """Set a new password with a link from an email. Signs the person out everywhere and remembers the device.

    Locks the person's row, so that a link works once however many requests use it at the same time.
    Raises InvalidLink, Invalid for a password that is too simple.
    """
    person, key = links.person_of(token)
    if person is not None:
        person = User.objects.select_for_update(of=("self",)).filter(pk=person.pk, is_active=True).first()
    if person is None or not default_token_generator.check_token(person, key):
        raise InvalidLink()
    _check(person, password, "password")
    confirm_email(person=person)
    return choose_password(person=person, password=password, because="password reset", now=now, device=device)


def confirm_email(*, person: User) -> None:
    """Mark a person's email address as verified: they have just used a link sent to it."""
    EmailAddress.objects.update_or_create(
        user=person,
        email=person.email,
        defaults={"verified": True},
        create_defaults={"verified": True, "primary": True},
    )


@transaction.atomic
def change_password(
    *, person: User, current: str, new: str, keep: SignIn | None, now: datetime, device: Device | None = None
) -> User:
    """Change a password and sign the person out everywhere else.

    Raises Invalid when the current password is wrong or the new one too simple.
    """
    if not person.check_password(current):
        raise Invalid(fields={"current_password": [gettext("This is not your current password.")]})
    _check(person, new, "new_password")
    return choose_password(person=person, password=new, because="password changed", now=now, keep=keep, device=device)


def _check(person: User, password: str, field: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(fields={field: error.messages}) from error


@transaction.atomic
def choose_password(
    *,
    person: User,
    password: str,
    because: str,
    now: datetime,
    keep: SignIn | None = None,
    device: Device | None = None,
) -> User:
    """Set a validated password, sign out everywhere except `keep`, and send an email about it.

    device: the person's current one, the only one that stays known.
    """
    person.set_password(password)
    person.save(update_fields=["password", "updated_at"])
    sign_ins.end_all_sessions(person=person, because=because, now=now, but=keep, device=device)
    if device is not None:
        known_devices.remember(person=person, device=Device(address=device.address), now=now)
    journal.record("people.password_changed", of=person, by=person, at=now, because=because)
    outbox.publish(PasswordChanged(person_id=str(person.pk), at=now.isoformat()))
    return person


@transaction.atomic
def update_profile(
    *, person: User, now: datetime, full_name: str | None = None, date_of_birth: date | None = None
) -> User:
    """Update the name or date of birth; None leaves a field unchanged. Raises Invalid."""
    if full_name is not None:
        person.full_name = rules.normal_name(full_name)
    if date_of_birth is not None:
        person.date_of_birth = date_of_birth
    problems = {
        "full_name": rules.name_problem(person.full_name) if full_name is not None else None,
        "date_of_birth": rules.birth_problem(date_of_birth, now.date()) if date_of_birth is not None else None,
    }
    wrong = {field: [sentence] for field, sentence in problems.items() if sentence}
    if wrong:
        raise Invalid(fields=wrong)
    person.save(update_fields=["full_name", "date_of_birth", "updated_at"])
    return person
