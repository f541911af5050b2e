"""Every address: one academy's secrets never appear in another, for strangers, people with the same key or owners.

North is filled with a canary word; every address with north's own keys is then requested in south, where the same person
exists under another name, while north's caches are warm.
"""

import pytest
from django.test import Client

from academies.tenants.context import inside
from tests.fixtures import leak_probe
from tests.fixtures.leak_probe import CANARY
from tests.fixtures.routes import Route, all_routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SOUGHT = f"?search={CANARY}&q={CANARY}"


@pytest.fixture
def canaries(db, settings):
    settings.PAGE_CACHE_SECONDS = 300
    with inside("north"):
        planted = leak_probe.plant_canaries()
    with inside("south"):
        leak_probe.make_twin("Sylvester Southerner", "Owner")
    return planted


class Visitor(Client):
    """Somebody at one academy, signed in to its pages and with a token for its API, or a stranger."""

    def __init__(self, schema: str, *, signed_in: bool):
        super().__init__(headers={"host": f"{schema}.localhost"}, raise_request_exception=False)
        self.token = ""
        if signed_in:
            with inside(schema):
                self.force_login(leak_probe.User.objects.get(pk=leak_probe.TWIN))
            payload = {"email": leak_probe.EMAIL, "password": leak_probe.PASSWORD}
            self.token = self.post("/api/v1/auth/login/", payload, content_type="application/json").json()[
                "access_token"
            ]

    def ask(self, method: str, address: str):
        headers = {"authorization": f"Bearer {self.token}"} if self.token and address.startswith("/api/") else {}
        return self.generic(method.upper(), address, b"{}", content_type="application/json", headers=headers)


def _said(response) -> str:
    if response.status_code in (301, 302) and "/account/login/" in response["Location"]:
        # The way to the sign-in repeats the address that was asked for, with what the visitor wrote in it.
        return ""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{response.status_code}\n{headers}\n{body.decode(errors='replace')}"


def _addresses(canaries) -> list[str]:
    return [*(route.at(canaries.things) for route in _readable()), *canaries.addresses]


def _readable() -> list[Route]:
    """Routes to request with GET, without sign-out."""
    return [route for route in all_routes() if "logout" not in route.path and "(?P" not in route.at()]


def _speaks(answer, url: str) -> bool:
    """Answer whether the canary is heard, apart from the echo of what was asked."""
    text = _said(answer)
    return CANARY in text.replace(url, "").replace(url.rstrip("/"), "") if CANARY in text else False


@pytest.mark.parametrize("who", ["stranger", "twin"])
def test_every_address_of_north_is_silent_in_south(canaries, who):
    at_home, abroad = (Visitor(schema, signed_in=who == "twin") for schema in ("north", "south"))

    heard_at_home, heard_abroad = 0, []
    for address in _addresses(canaries):
        # The admin keeps nothing for anybody else, so north's own isn't asked there.
        if not address.startswith("/admin/"):
            heard_at_home += _speaks(at_home.ask("GET", address), address)
        response = abroad.ask("GET", address)
        if _speaks(response, address):
            heard_abroad.append((address, response.status_code))

    assert heard_abroad == []
    # The canary does sing: at home it is heard at a good part of the addresses.
    assert heard_at_home > (40 if who == "twin" else 20), heard_at_home


def test_files_of_north_are_not_here_in_south(canaries):
    at_home, abroad = (Visitor(schema, signed_in=True) for schema in ("north", "south"))

    assert [at_home.ask("GET", file).status_code for file in canaries.files] == [200, 200]
    assert [abroad.ask("GET", file).status_code for file in canaries.files] == [404, 404]


def test_searching_for_north_in_south_finds_nothing(canaries):
    abroad = Visitor("south", signed_in=True)
    lists = [route.at() for route in _readable() if route.at() == f"/{route.path}"]

    # The words that were searched for come back in the form; names with them must not.
    names = ("Course", "Event", "Maren", "Plan", "Hall", "Loaf", "Tweety", "Sheet")
    leaks = [
        address
        for address in lists
        for text in [_said(abroad.ask("GET", address + SOUGHT))]
        if any(f"{name} {CANARY}" in text for name in names)
    ]

    assert leaks == []


def test_what_north_owns_is_not_here_in_south_by_its_key(canaries):
    at_home, abroad = Visitor("north", signed_in=True), Visitor("south", signed_in=True)
    places = [
        route for route in all_routes() if route.path.startswith("api/") and route.at(canaries.things) != route.at()
    ]
    # An attempt that is still open has no result, and a film is no quiz.
    not_yet = {"api/v1/quiz-attempts/<uuid:pk>/result/", "api/v1/lectures/<int:pk>/quiz/"}

    home = {
        route.path: at_home.ask("GET", route.at(canaries.things)).status_code
        for route in places
        if "get" in route.methods and route.path not in not_yet
    }
    away = {
        f"{method} {route.path}": abroad.ask(method, route.at(canaries.things)).status_code
        for route in places
        for method in route.methods
    }

    assert {path: code for path, code in home.items() if code != 200} == {}
    assert {name: code for name, code in away.items() if code != 404} == {}
    assert len(away) > 40
