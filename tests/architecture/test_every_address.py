"""Every address: one academy's secrets never appear in another, for strangers, people with the same key or owners.

North is filled with a canary word; every address with north's own keys is then requested in south, where the same person
exists under another name, while north's caches are warm.
"""

import pytest
from django.test import Client

from academies.tenants.context import inside
from tests.fixtures import leak_probe
from tests.fixtures.leak_probe import CANARY
from tests.fixtures.routes import Door, doors

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SOUGHT = f"?search={CANARY}&q={CANARY}"


@pytest.fixture
def aviary(db, settings):
    settings.EDGE_SECONDS = 300
    with inside("north"):
        planted = leak_probe.plant()
    with inside("south"):
        leak_probe.twin("Sylvester Southerner", "Owner")
    return planted


class Visitor(Client):
    """Somebody at one academy, signed in to its pages and with a token for its API, or a stranger."""

    def __init__(self, schema: str, *, signed_in: bool):
        super().__init__(headers={"host": f"{schema}.localhost"}, raise_request_exception=False)
        self.token = ""
        if signed_in:
            with inside(schema):
                self.force_login(leak_probe.User.objects.get(pk=leak_probe.TWIN))
            wish = {"email": leak_probe.EMAIL, "password": leak_probe.PASSWORD}
            self.token = self.post("/api/v1/auth/login/", wish, content_type="application/json").json()["access_token"]

    def ask(self, method: str, address: str):
        headers = {"authorization": f"Bearer {self.token}"} if self.token and address.startswith("/api/") else {}
        return self.generic(method.upper(), address, b"{}", content_type="application/json", headers=headers)


def _said(answer) -> str:
    if answer.status_code in (301, 302) and "/account/login/" in answer["Location"]:
        # The way to the sign-in repeats the address that was asked for, with what the visitor wrote in it.
        return ""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return f"{answer.status_code}\n{headers}\n{body.decode(errors='replace')}"


def _addresses(aviary) -> list[str]:
    return [*(door.at(aviary.things) for door in _readable()), *aviary.addresses]


def _readable() -> list[Door]:
    """Doors that are asked by GET. Signing out would end the walk."""
    return [door for door in doors() if "logout" not in door.path and "(?P" not in door.at()]


def _speaks(answer, url: str) -> bool:
    """Answer whether the canary is heard, apart from the echo of what was asked."""
    text = _said(answer)
    return CANARY in text.replace(url, "").replace(url.rstrip("/"), "") if CANARY in text else False


@pytest.mark.parametrize("who", ["stranger", "twin"])
def test_every_address_of_north_is_silent_in_south(aviary, who):
    at_home, abroad = (Visitor(schema, signed_in=who == "twin") for schema in ("north", "south"))

    heard_at_home, heard_abroad = 0, []
    for address in _addresses(aviary):
        # The admin keeps nothing for anybody else, so north's own isn't asked there.
        if not address.startswith("/admin/"):
            heard_at_home += _speaks(at_home.ask("GET", address), address)
        answer = abroad.ask("GET", address)
        if _speaks(answer, address):
            heard_abroad.append((address, answer.status_code))

    assert heard_abroad == []
    # The canary does sing: at home it is heard at a good part of the addresses.
    assert heard_at_home > (40 if who == "twin" else 20), heard_at_home


def test_files_of_north_are_not_here_in_south(aviary):
    at_home, abroad = (Visitor(schema, signed_in=True) for schema in ("north", "south"))

    assert [at_home.ask("GET", file).status_code for file in aviary.files] == [200, 200]
    assert [abroad.ask("GET", file).status_code for file in aviary.files] == [404, 404]


def test_searching_for_north_in_south_finds_nothing(aviary):
    abroad = Visitor("south", signed_in=True)
    lists = [door.at() for door in _readable() if door.at() == f"/{door.path}"]

    # The words that were searched for come back in the form; names with them must not.
    names = ("Course", "Event", "Maren", "Plan", "Hall", "Loaf", "Tweety", "Sheet")
    leaks = [
        address
        for address in lists
        for text in [_said(abroad.ask("GET", address + SOUGHT))]
        if any(f"{name} {CANARY}" in text for name in names)
    ]

    assert leaks == []


def test_what_north_owns_is_not_here_in_south_by_its_key(aviary):
    at_home, abroad = Visitor("north", signed_in=True), Visitor("south", signed_in=True)
    places = [door for door in doors() if door.path.startswith("api/") and door.at(aviary.things) != door.at()]
    # An attempt that is still open has no result, and a film is no quiz.
    not_yet = {"api/v1/quiz-attempts/<uuid:pk>/result/", "api/v1/lectures/<int:pk>/quiz/"}

    home = {
        door.path: at_home.ask("GET", door.at(aviary.things)).status_code
        for door in places
        if "get" in door.methods and door.path not in not_yet
    }
    away = {
        f"{method} {door.path}": abroad.ask(method, door.at(aviary.things)).status_code
        for door in places
        for method in door.methods
    }

    assert {path: code for path, code in home.items() if code != 200} == {}
    assert {name: code for name, code in away.items() if code != 404} == {}
    assert len(away) > 40
