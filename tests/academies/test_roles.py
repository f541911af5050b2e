"""Roles: owners assign them, invitations reach the invited person, nobody promotes themselves."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from academies.journal.models import Entry
from academies.kernel import clock, policies
from academies.kernel.errors import Forbidden, Invalid
from academies.outbox import actions as outbox
from academies.people import actions, links, queries
from academies.people.actions.roles import LastOwner
from academies.people.facts import Device
from academies.people.listeners import create_owner
from academies.people.models import User
from academies.people.roles import ROLES
from academies.tenants import queries as tenants
from academies.tenants.context import inside
from tests.fixtures.people import PASSWORD, make_person


def names(someone):
    return sorted(group.name for group in someone.groups.all())


def test_an_owner_makes_a_learner_a_teacher(owner, learner):
    actions.assign_role(person=learner, role="Teacher", by=owner, now=clock.now())

    assert names(learner) == ["Learner", "Teacher"]
    line = Entry.objects.get(verb="people.role_given")
    assert (line.by_id, line.subject_id, line.details) == (owner.pk, str(learner.pk), {"role": "Teacher"})


@pytest.mark.parametrize("role", ["Owner", "Teacher", "Front desk"])
def test_a_role_in_the_admin_waits_for_who_reads_the_email(owner, learner, role):
    """Somebody signed up with the address of another, and the owner takes them for that other."""
    squatter = Client(headers={"host": "north.localhost"})
    squatter.force_login(learner)
    taken = actions.start_session(person=learner, device=Device(), now=clock.now())

    actions.assign_role(person=learner, role=role, by=owner, now=clock.now())
    outbox.drain()

    learner.refresh_from_db()
    assert role in names(learner)
    assert not learner.check_password(PASSWORD)
    assert squatter.get("/admin/").status_code == 302
    with pytest.raises(actions.InvalidRefreshToken), inside("north"):
        actions.refresh(token=taken.refresh, now=clock.now())
    assert [email.to for email in mail.outbox] == [[learner.email]]
    assert "/account/password/reset/key/" in mail.outbox[0].body


@pytest.mark.parametrize(("proven", "role"), [(True, "Owner"), (False, "Learner")])
def test_a_role_signs_nobody_out_who_needs_no_proof(owner, learner, proven, role):
    if proven:
        actions.confirm_email(person=learner)
    signed_in = Client(headers={"host": "north.localhost"})
    signed_in.force_login(learner)

    actions.assign_role(person=learner, role=role, by=owner, now=clock.now())
    outbox.drain()

    assert signed_in.get("/api/v1/auth/profile/").status_code == 200
    assert mail.outbox == []


@pytest.mark.parametrize("who", ["editor", "teacher", "finance", "desk", "learner", "stranger"])
def test_nobody_else_gives_takes_or_invites(request, learner, who):
    someone = request.getfixturevalue(who)

    with pytest.raises(Forbidden):
        actions.assign_role(person=someone, role="Owner", by=someone, now=clock.now())
    with pytest.raises(Forbidden):
        actions.withdraw_role(person=learner, role="Learner", by=someone, now=clock.now())
    with pytest.raises(Forbidden):
        actions.invite(email="x@north.example", full_name="Xenia", role="Owner", by=someone, now=clock.now())
    assert "Owner" not in names(someone)


def test_a_role_that_does_not_exist_is_refused(owner, learner):
    with pytest.raises(Invalid):
        actions.assign_role(person=learner, role="Emperor", by=owner, now=clock.now())


def test_the_last_owner_stays(owner):
    with pytest.raises(LastOwner):
        actions.withdraw_role(person=owner, role="Owner", by=owner, now=clock.now())
    second = make_person("Ottilie Owner", "Owner")

    actions.withdraw_role(person=owner, role="Owner", by=second, now=clock.now())

    assert names(owner) == []


def test_a_deactivated_owner_gives_no_roles(owner, learner):
    make_person("Ottilie Owner", "Owner")
    owner.is_active = False
    owner.save()

    assert not policies.may("people.assign_role", owner)


def test_nobody_in_an_academy_is_a_superuser(learner):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=learner.pk).update(is_superuser=True)


def test_an_invitation_makes_an_account_and_sends_a_link(owner):
    invited = actions.invite(
        email="Ines@north.example", full_name="Ines Invited", role="Editor", by=owner, now=clock.now()
    )
    outbox.drain()
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)

    response = Client(headers={"host": "north.localhost"}).post(
        "/api/v1/auth/password-reset-confirm/",
        {"token": link.strip("/").rpartition("/")[2], "password": "Rye-and-salt-9"},
        content_type="application/json",
    )

    assert response.status_code == 200, response.content
    assert mail.outbox[0].to == ["ines@north.example"]
    assert "Olga Owner" in mail.outbox[0].body
    assert invited.email == "ines@north.example"


def test_inviting_somebody_known_gives_the_role_and_no_second_account(owner, learner):
    actions.confirm_email(person=learner)

    actions.invite(email=learner.email.upper(), full_name="Whoever Else", role="Editor", by=owner, now=clock.now())

    learner.refresh_from_db()
    assert names(learner) == ["Editor", "Learner"]
    assert learner.full_name == "Lena Learner"
    assert learner.check_password(PASSWORD)


def test_who_took_an_address_that_is_not_theirs_does_not_get_its_invitation(owner, learner):
    """Somebody signed up with the address of another and waits, signed in, until that other is invited."""
    squatter = Client(headers={"host": "north.localhost"})
    squatter.force_login(learner)
    taken = actions.start_session(person=learner, device=Device(), now=clock.now())

    actions.invite(email=learner.email, full_name="Lena Learner", role="Owner", by=owner, now=clock.now())

    learner.refresh_from_db()
    assert "Owner" in names(learner)
    assert not learner.check_password(PASSWORD)
    assert squatter.get("/admin/").status_code == 302
    with pytest.raises(actions.InvalidRefreshToken), inside("north"):
        actions.refresh(token=taken.refresh, now=clock.now())


@pytest.mark.parametrize("interface", ["page", "api"])
def test_who_follows_an_invitation_has_proven_the_address(owner, interface):
    invited = actions.invite(email="ines@north.example", full_name="Ines", role="Editor", by=owner, now=clock.now())
    path, visitor, password = links.reset_path(invited), Client(headers={"host": "north.localhost"}), "Rye-and-salt-9"

    if interface == "page":
        form = visitor.get(path, follow=True).redirect_chain[-1][0]
        visitor.post(form, {"password1": password, "password2": password})
    else:
        payload = {"token": path.strip("/").rpartition("/")[2], "password": password}
        visitor.post("/api/v1/auth/password-reset-confirm/", payload, content_type="application/json")

    with inside("north"):
        invited.refresh_from_db()
        assert invited.check_password(password)
        assert queries.has_verified_email(invited)


def test_a_new_academy_invites_its_owner_once(north):
    academy = tenants.academy_in("north")
    academy.owner_email = "olga.owner@north.example"
    try:
        create_owner(academy)
        create_owner(academy)
    finally:
        academy.owner_email = ""
    outbox.drain()

    owner = User.objects.get()
    assert names(owner) == ["Owner"]
    assert owner.full_name == "Olga Owner"
    assert not owner.has_usable_password()
    assert [email.to for email in mail.outbox] == [["olga.owner@north.example"]]
    assert "/account/password/reset/key/" in mail.outbox[0].body


def test_a_new_academy_has_roles_with_exactly_their_permissions(north):
    desk, editors = Group.objects.get(name="Front desk"), Group.objects.create(name="Editors")
    desk.permissions.add(Permission.objects.get(codename="change_brand"))
    desk.permissions.remove(Permission.objects.get(codename="cancel_offering"))

    actions.seed_roles()

    expected = next(role.permissions for role in ROLES if role.name == "Front desk")
    has = desk.permissions.values_list("content_type__app_label", "codename")
    assert {".".join(names) for names in has} == set(expected)
    assert not Group.objects.filter(pk=editors.pk).exists()
