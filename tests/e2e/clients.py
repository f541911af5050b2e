"""HTTP clients of the journeys: a browser without JavaScript, and a program with a token."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, Tag

PASSWORD = "Walk-this-way-7"
_FOLLOWED = (301, 302, 303, 307, 308)


@dataclass
class Page:
    """What came back. at: where it was found in the end, after what was followed; path and query of this host."""

    visitor: "Visitor"
    answer: requests.Response
    at: str

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        return self.answer.text

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "html.parser")

    @cached_property
    def words(self) -> str:
        """What a reader sees, spaces made one."""
        return " ".join((self.soup.find("main") or self.soup).get_text(" ").split())

    @property
    def leads_to(self) -> str:
        return self.answer.headers.get("Location", "")

    def form(self, action: str = "") -> Tag:
        """Return the one form of the page's main part whose action contains this."""
        forms = (self.soup.find("main") or self.soup).find_all("form")
        matching = [candidate for candidate in forms if action in str(candidate.get("action") or self.at)]
        assert len(matching) == 1, f"{len(matching)} forms for {action!r} at {self.at}:\n{self.words[:2000]}"
        return matching[0]

    def fill(self, action: str = "", **changes: Any) -> "Page":
        """Send a form as it stands, with these fields filled in. A list fills a field several times."""
        form = self.form(action)
        to = str(form.get("action") or self.at)
        fields = {name: current for name, current in _standing(form) if name not in changes}
        data = [*fields.items(), *((name, value) for name, many in changes.items() for value in _many(many))]
        if str(form.get("method", "get")).lower() == "get":
            return self.visitor.get(requests.Request("GET", urljoin(self.at, to), params=data).prepare().url)
        return self.visitor.post(urljoin(self.at, to), data)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _standing(form: Tag) -> list[tuple[str, str]]:
    """Return what a browser would send of a form that nobody touched, without its buttons."""
    fields = []
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = control.get("name"), control.get("type", "")
        if not name or control.has_attr("disabled") or kind in ("submit", "button", "image", "file"):
            continue
        if kind in ("checkbox", "radio"):
            if control.has_attr("checked"):
                fields.append((name, control.get("value", "on")))
        elif control.name == "select":
            options = control.find_all("option")
            chosen = next(
                (option for option in options if option.has_attr("selected")), options[0] if options else None
            )
            fields.append((name, chosen.get("value", chosen.get_text()) if chosen else ""))
        else:
            fields.append((name, control.get("value", "") if control.name == "input" else control.get_text()))
    return fields


@dataclass
class Visitor:
    """Somebody at one academy's host, with cookies of their own."""

    host: str
    port: int
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        # No proxy stands between a test and its own machine.
        self.session.trust_env = False

    def get(self, path: str, **options: Any) -> Page:
        return self._go("GET", path, **options)

    def post(self, path: str, data: Any, **options: Any) -> Page:
        return self._go("POST", path, data=data, **options)

    def _go(self, method: str, path: str, **options: Any) -> Page:
        """Ask, and follow as far as this host leads. What leads elsewhere is returned as it is."""
        for _ in range(10):
            response = self.ask(method, path, **options)
            here = _within(path)
            target = urlsplit(urljoin(f"http://{self.host}:{self.port}{here}", response.headers.get("Location", "")))
            if response.status_code not in _FOLLOWED or target.hostname != self.host:
                return Page(self, response, here)
            path = target.geturl()
            if response.status_code not in (307, 308):
                method, options = "GET", {}
        raise AssertionError(f"{path} leads in circles")

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Host": f"{self.host}:{self.port}", **options.pop("headers", {})}
        if method == "POST" and "Origin" not in headers:
            headers["Origin"] = f"http://{self.host}:{self.port}"
        return self.session.request(
            method, f"http://127.0.0.1:{self.port}{_within(path)}", headers=headers, allow_redirects=False,
            timeout=30, **options,
        )  # fmt: skip

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        page = self.get("/account/login/").fill("/account/login/", login=email, password=password)
        assert page.at.startswith("/my/") or page.status == 302 or "/account/login/" not in page.at, page.words
        return page


def _within(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@dataclass
class Program:
    """A program that uses `/api/`, for somebody or for nobody."""

    host: str
    port: int
    token: str = ""

    def __post_init__(self) -> None:
        self._door = Visitor(self.host, self.port)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        options: dict[str, Any] = {} if body is None else {"json": body}
        return self._door.ask(method, path, headers=named, **options)

    def get(self, path: str, expect: int = 200, **headers: str) -> Any:
        return self._read(self.ask("GET", path, **headers), expect)

    def post(self, path: str, body: Any = None, expect: int = 201, **headers: str) -> Any:
        return self._read(self.ask("POST", path, {} if body is None else body, **headers), expect)

    def _read(self, response: requests.Response, expect: int) -> Any:
        assert response.status_code == expect, f"{response.status_code}: {response.text[:2000]}"
        return response.json() if response.content and "json" in response.headers["Content-Type"] else response.content

    def sign_up(self, full_name: str, password: str = PASSWORD) -> Any:
        """Make an account and go on with its token. Returns what sign-up answered."""
        email = f"{full_name.split()[0].lower()}@journeys.example"
        tokens = self.post(
            "/api/v1/auth/signup/",
            {"full_name": full_name, "email": email, "password": password, "date_of_birth": "1990-04-01"},
        )
        self.token = tokens["access_token"]
        return tokens
