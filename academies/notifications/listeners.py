"""Delivers queued emails after commit, and emails people about changes to their accounts."""

from academies.kernel import clock
from academies.notifications import actions
from academies.outbox.registry import handler, listener
from academies.people import actions as people
from academies.people import facts, links
from academies.people.models import User


@handler("notices.deliver")
def deliver(delivery_id: str) -> None:
    actions.deliver(delivery_id=delivery_id, now=clock.now())


def _person(pk: str) -> User | None:
    return User.objects.filter(pk=pk, is_active=True).first()


@listener(facts.PersonJoined)
def email_new_person(fact: facts.PersonJoined) -> None:
    _email_verification(fact.person_id, f"verify_email:{fact.person_id}")


@listener(facts.EmailUnverified)
def email_verification_again(fact: facts.EmailUnverified) -> None:
    _email_verification(fact.person_id, f"verify_email:{fact.person_id}:{fact.asked_at}")


def _email_verification(person_id: str, key: str) -> None:
    person = _person(person_id)
    if person:
        now = clock.now()
        link = people.send_verification_email(person=person, now=now)
        actions.send(kind="verify_email", key=key, person=person, now=now, link=link)


@listener(facts.PersonInvited)
def email_invitation(fact: facts.PersonInvited) -> None:
    person = _person(fact.person_id)
    if person:
        actions.send(
            kind="invitation", key=f"invitation:{fact.invitation}", person=person, now=clock.now(),
            role=fact.role, by=fact.by, link=links.reset_path(person),
        )  # fmt: skip


@listener(facts.PasswordResetRequested)
def email_password_reset(fact: facts.PasswordResetRequested) -> None:
    """Email a reset link if there is an account; this runs in the worker, so that timing reveals nothing."""
    person = User.objects.by_email(fact.email)
    if person and person.is_active:
        key = f"password_reset:{person.pk}:{fact.asked_at}"
        actions.send(kind="password_reset", key=key, person=person, now=clock.now(), link=links.reset_path(person))


@listener(facts.PasswordChanged)
def email_password_changed(fact: facts.PasswordChanged) -> None:
    person = _person(fact.person_id)
    if person:
        key = f"password_changed:{person.pk}:{fact.at}"
        actions.send(kind="password_changed", key=key, person=person, now=clock.now())


@listener(facts.RefreshReused)
def email_sign_in_ended(fact: facts.RefreshReused) -> None:
    person = _person(fact.person_id)
    if person:
        key = f"sign_in_ended:{fact.sign_in_id}"
        actions.send(kind="sign_in_ended", key=key, person=person, now=clock.now())
