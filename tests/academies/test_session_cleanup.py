"""Session cleanup: expired sessions are deleted, and a person's own records require authentication."""

from datetime import timedelta

import pytest

from academies.kernel import clock
from academies.people import actions
from academies.people.actions import clear_sessions
from academies.people.facts import Device
from academies.people.models import BrowserSession, SignIn
from academies.tenants.context import inside
from tests.fixtures.people import PASSWORD


def begin(person, *, days_ago):
    actions.start_session(
        person=person, device=Device(user_agent=str(days_ago)), now=clock.now() - timedelta(days=days_ago)
    )
    return SignIn.objects.get(user_agent=str(days_ago))


def test_old_sign_ins_are_forgotten_and_living_ones_kept(learner):
    begin(learner, days_ago=60)
    begin(learner, days_ago=20)
    living = begin(learner, days_ago=1)
    ended = begin(learner, days_ago=40)
    actions.end_session(person=learner, place=ended.pk, now=clock.now() - timedelta(days=35))

    clear_sessions(now=clock.now())

    agents = set(SignIn.objects.values_list("user_agent", flat=True))
    assert agents == {"20", "1"}
    assert SignIn.objects.get(pk=living.pk).refresh_tokens.exists()
    # What has run out is no proof of theft any more.
    assert not SignIn.objects.get(user_agent="20").refresh_tokens.exists()


def test_expired_browser_sessions_are_forgotten(learner):
    now = clock.now()
    for key, over in (("old", now - timedelta(seconds=1)), ("new", now + timedelta(days=1))):
        BrowserSession.objects.create(session_key=key, session_data="", expire_date=over, last_used_at=now)

    clear_sessions(now=clock.now())

    assert list(BrowserSession.objects.values_list("session_key", flat=True)) == ["new"]


OWN = ["/api/v2/enrollments/", "/api/v2/orders/", "/api/v2/registrations/", "/api/v2/certificates/", "/api/v1/orders/",
       "/api/v1/enrollments/", "/api/v1/registrations/", "/api/v1/certificates/"]  # fmt: skip


@pytest.mark.parametrize("path", OWN)
def test_ones_own_records_want_a_token_of_this_academy(api, learner, south, path):
    with inside("north"):
        token = actions.start_session(person=learner, device=Device(), now=clock.now()).access
    auth = {"authorization": f"Bearer {token}"}

    mine = api.get(path, headers=auth)
    stranger = api.get(path)
    elsewhere = api.get(path, headers={**auth, "host": "south.localhost"})

    assert mine.status_code == 200
    assert stranger.status_code == elsewhere.status_code == 401
    assert stranger.json()["code"] == "not_authenticated"
    assert elsewhere.json()["code"] == "invalid_token"


def test_the_admin_shows_a_learner_its_sign_in_page_only(api, learner):
    api.post("/account/login/", {"login": learner.email, "password": PASSWORD})

    assert api.get("/admin/").status_code in (302, 403)


@pytest.mark.parametrize("who", ["owner", "editor", "teacher", "finance", "desk"])
def test_the_admin_lets_staff_in(api, request, who):
    someone = request.getfixturevalue(who)

    api.post("/account/login/", {"login": someone.email, "password": PASSWORD})

    assert api.get("/admin/").status_code == 200
