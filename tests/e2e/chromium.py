"""Headless Chromium with screenshots, console errors and axe."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
_NAMES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
# Everything that axe knows; in the dark only what the dark changes.
_RULES = {
    # Wagtail's own checker shows editors a paragraph that poses as a heading; axe leaves that rule off.
    "light": {"resultTypes": ["violations"], "rules": {"p-as-heading": {"enabled": True}}},
    "dark": {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    },
}


def executable() -> str:
    """Return the path of a Chromium. Without one: skip, or fail in CI (CI=true)."""
    for name in (os.environ.get("CHROMIUM", ""), *_NAMES):
        if name and Path(name).exists():
            return name
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium: install it, or set CHROMIUM to its path")
    pytest.skip("no Chromium: `apt-get install chromium`, or set CHROMIUM to its path")


@contextmanager
def running() -> Iterator[Browser]:
    path = executable()
    # Playwright keeps a loop on this thread, which Django takes for asynchronous code: with connections of its own, so
    # those that are open stay behind and must not be met again when somebody has ended them meanwhile.
    connections.close_all()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            options = ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"]
            browser = playwright.chromium.launch(executable_path=path, args=options)
            yield browser
            browser.close()
            connections.close_all()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Window:
    """A window of somebody with cookies of their own. Trouble in its console fails the test at the end.

    What breaks the page's Content-Security-Policy is such trouble.
    """

    page: Page
    origin: str
    trouble: list[str]

    @classmethod
    def opened(cls, browser: Browser, origin: str, **options: Any) -> "Window":
        context = browser.new_context(viewport=DESK, reduced_motion="reduce", locale="en-GB", **options)
        context.set_default_timeout(10_000)
        context.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('refused:', e.violatedDirective, e.blockedURI))"
        )
        page = context.new_page()
        window = cls(page, origin, [])
        page.on("pageerror", lambda error: window.trouble.append(f"{page.url}: {error}"))
        page.on("console", lambda message: window.on_console(message))
        page.on("response", lambda response: window.on_response(response.url, response.status))
        return window

    def on_console(self, message: Any) -> None:
        # A page that is missing is reported by `on_response`, with its address.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.trouble.append(f"{self.page.url}: {message.text}")

    def on_response(self, url: str, status: int) -> None:
        if status >= 500 or (status == 404 and any(part in url for part in ("/static/", "/media/", "brand.css"))):
            self.trouble.append(f"{url}: {status}")

    def go(self, path: str) -> Page:
        self.page.goto(path if "://" in path else self.origin + path)
        return self.page

    def words(self) -> str:
        return self.page.locator("main").inner_text()

    def shoot(self, name: str) -> None:
        """Keep the page as it looks on a phone and on a desk, and hold that nothing sticks out sideways."""
        ARTEFACTS.mkdir(exist_ok=True)
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            self.page.screenshot(path=ARTEFACTS / f"{name}-{size['width']}.png", full_page=True)
            assert wide <= 0, f"{name} sticks out by {wide} px at {size['width']} px"

    def barriers(self) -> list[str]:
        """Return what axe finds serious or critical on the page, light and dark."""
        violations = []
        for scheme, rules in _RULES.items():
            self.page.emulate_media(color_scheme=scheme)
            for violation in Axe().run(self.page, options=rules).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    places = [
                        node["html"][:160] + " " + node["any"][0]["message"] if node["any"] else node["html"][:160]
                        for node in violation["nodes"]
                    ]
                    violations.append(f"{self.page.url} ({scheme}) {violation['id']}: {places}")
        self.page.emulate_media(color_scheme="light")
        return violations
