"""Page cache on and off give the same responses to random requests."""

import io
import re

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from academies.tenants import cache_version
from home.pages.models import Headless
from lyceum.page_cache import store
from lyceum.page_cache.wsgi import WsgiCache
from lyceum.root_only import RootOnly
from tests.fixtures import catalog_factory
from tests.fixtures.wsgi_client import send_request

pytestmark = pytest.mark.django_db

LETS_IN = "https://shop.example"
PATHS = [
    "/", "/courses/", "/courses/sourdough/", "/courses/sourdough/begin/flour/", "/events/", "/events/open-kitchen/",
    "/api/v2/courses/", "/api/v1/courses/", "/api/v2/events/", "/api/v2/enrollments/", "/api/v1/users/me/", "/api/v2/nope/",
    "/sitemap.xml", "/llms.txt", "/robots.txt", "/brand.css", "/account/login/", "/my/", "/nope/", "/courses", "/gone/courses/",
]  # fmt: skip
PARTS = [
    "page=1",
    "page=2",
    "limit=1",
    "limit=3",
    "q=rye",
    "search=rye",
    "level=beginner",
    "locked=1",
    "utm_source=x",
    "p%61ge=2",
]
COOKIES = [
    "sessionid={me}", "sessionid ={me}", "\u3000sessionid={me}", 'sessionid="{me}"', "sessionid=x", "django_language=es",
    "django_language =es", "\tdjango_language=es", "csrftoken=abc", "messages=x", "_ga=1", "broken",
]  # fmt: skip
HEADERS = {
    "HTTP_ACCEPT_LANGUAGE": ["es", "en", "es-MX,en;q=0.5", "de", "*"],
    "HTTP_ACCEPT": ["application/json", "text/html", "*/*", "application/vnd.lyceum.envelope+json"],
    "HTTP_ORIGIN": [LETS_IN, "https://else.example", "null"],
    "HTTP_AUTHORIZATION": ["Bearer nonsense", "Basic eDp5"],
    "HTTP_HOST": [
        "north.localhost:8000",
        "NORTH.localhost",
        "north.localhost.",
        "north.localhost:99",
        "south.localhost",
        "x",
    ],
    "wsgi.url_scheme": ["https"],
    "SCRIPT_NAME": ["/gone", "//else.example", "/courses"],
    "HTTP_X_FORWARDED_HOST": ["else.example"],
    "HTTP_X_FORWARDED_PROTO": ["https", "http"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE", "GET"],
    "HTTP_X_REQUESTED_WITH": ["XMLHttpRequest"],
    "HTTP_RANGE": ["bytes=0-10"],
    "HTTP_REFERER": ["http://north.localhost/events/", "http://else.example/"],
    "HTTP_USER_AGENT": ["x"],
}
# What a cache adds of its own, and what differs each time anyway.
NOT_COMPARED = {"X-Request-ID", "X-Cache", "ETag", "Cache-Control", "Set-Cookie", "Content-Length", "Vary", "Expires"}
# A token is masked anew each time.
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value="|data-csrf=")[^"]*')

cookies = st.lists(st.sampled_from(COOKIES), max_size=2).map("; ".join)
headers = st.lists(st.sampled_from(sorted(HEADERS)), max_size=2, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(HEADERS[name]) for name in names})
)
requests = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET"] * 8 + ["HEAD", "POST", "OPTIONS"]),
        "path": st.sampled_from(PATHS),
        "query": st.lists(st.sampled_from(PARTS), max_size=3).map("&".join),
        "cookie": st.one_of(st.just(""), cookies),
        "headers": st.one_of(st.just({}), headers),
    }
)
# The same question is often asked by several people in a row: that is when a cache could give one the other's.
conversations = st.lists(
    st.tuples(requests, st.lists(st.fixed_dictionaries({"cookie": cookies, "headers": headers}), max_size=2)).map(
        lambda pair: [pair[0], *({**pair[0], **other} for other in pair[1]), pair[0]]
    ),
    min_size=1,
    max_size=2,
).map(lambda parts: [step for part in parts for step in part])


def page_request(path, query="", cookie="", **headers):
    return {"method": "GET", "path": path, "query": query, "cookie": cookie, "headers": headers}


@pytest.fixture
def session_key(north, learner, monkeypatch):
    # So that the fast lane answers, however slow the machine is.
    monkeypatch.setattr(cache_version, "READ_SHARED_EVERY", 60)
    catalog_factory.plan(catalog_factory.whole_course())
    for title in ("Rye", "Oats"):
        catalog_factory.course(title)
    catalog_factory.event()
    Headless.objects.update_or_create(defaults={"origins": LETS_IN})
    client = Client()
    client.force_login(learner)
    # Set by each request below, and put back in the end.
    monkeypatch.setattr(django_settings, "PAGE_CACHE_SECONDS", 0)
    yield client.cookies["sessionid"].value
    store.forget()
    cache_version.forget()


def send(application, request, me):
    environ = {"QUERY_STRING": request["query"], "wsgi.input": io.BytesIO(), **request["headers"]}
    if request["cookie"]:
        environ["HTTP_COOKIE"] = request["cookie"].format(me=me).encode().decode("latin-1")
    response = send_request(application, request["path"], request["method"], **environ)
    heads = {name: value for name, value in response.headers.items() if name not in NOT_COMPARED}
    # Pages that may be kept say that a cookie could change them.
    heads["Vary"] = {name.strip().lower() for name in response.headers.get("Vary", "").split(",")} - {"", "cookie"}
    body = b"" if request["method"] == "HEAD" else TOKEN.sub(rb"\1", response.body)
    return response.status, heads, body


@given(conversation=conversations)
@example([page_request("/courses/", cookie="django_language =es"), page_request("/courses/")])
@example([page_request("/api/v2/courses/", cookie="\tdjango_language=es"), page_request("/api/v2/courses/")])
@example([page_request("/courses/sourdough/", cookie="sessionid ={me}"), page_request("/courses/sourdough/")])
@example([page_request("/courses/sourdough/", cookie="\u3000sessionid={me}"), page_request("/courses/sourdough/")])
@example([page_request("/courses/sourdough/"), page_request("/courses/sourdough/", cookie="sessionid ={me}")])
@example([page_request("/api/v2/courses/", "limit=1&limit=3"), page_request("/api/v2/courses/", "limit=3&limit=1")])
@example([page_request("/gone/", SCRIPT_NAME="/gone"), page_request("/gone/")])
@example([page_request("/courses/", SCRIPT_NAME="/gone"), page_request("/courses/")])
@example([page_request("/courses/", HTTP_ACCEPT_LANGUAGE="es"), page_request("/courses/")])
@example([page_request("/api/v2/courses/", HTTP_ACCEPT_LANGUAGE="es"), page_request("/api/v2/courses/")])
@example(
    [
        page_request("/api/v2/courses/", HTTP_ORIGIN=LETS_IN),
        page_request("/api/v2/courses/"),
        page_request("/api/v2/courses/", HTTP_ORIGIN="null"),
    ]
)
@example([page_request("/api/v2/courses/"), page_request("/api/v2/courses/", HTTP_ORIGIN=LETS_IN)])
@example(
    [
        page_request("/api/v2/courses/", HTTP_ACCEPT="application/vnd.lyceum.envelope+json"),
        page_request("/api/v2/courses/"),
    ]
)
@example([page_request("/courses/", **{"wsgi.url_scheme": "https"}), page_request("/courses/")])
# The same conversations in each run, and no long search for a shorter one: they are short.
@hypothesis_settings(
    max_examples=25, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_with_the_cache_and_without_it_the_answer_is_the_same(session_key, conversation):
    cache.clear()
    store.forget()
    cache_version.forget()
    django = get_wsgi_application()
    on, off = RootOnly(WsgiCache(django)), RootOnly(django)

    for request in conversation:
        django_settings.PAGE_CACHE_SECONDS = 0
        uncached = send(off, request, session_key)
        django_settings.PAGE_CACHE_SECONDS = 300
        assert send(on, request, session_key) == uncached, request
