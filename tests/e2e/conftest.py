"""Fixtures of the journeys: a committed academy, served on a real port, with a worker and the payment stand-in."""

import contextlib
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from academies.inbox import actions as inbox
from academies.inbox.models import WebhookEvent
from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.outbox.models import Message
from academies.people import actions as people
from academies.people.models import User
from academies.tenants.context import current_schema, tenant_thread
from commerce.checkout import actions as checkout
from lyceum_dev.standins.stripe.harness import StandIn
from tests.e2e.clients import PASSWORD, Program, Visitor


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def server_port(django_db_setup: None) -> Iterator[int]:
    """Serve every academy on a free port, with a thread for each connection. Returns the port."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, ipv6=False)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def port(server_port: int, settings: Any) -> int:
    """The port of the server, known to all addresses that are made from now on."""
    settings.PUBLIC_PORT = str(server_port)
    # Here everything is committed, so what is kept for strangers becomes stale as it does in production.
    settings.PAGE_CACHE_SECONDS = 300
    return server_port


@dataclass
class Worker:
    """Does what the worker and the clock do, again and again, in a thread of its own."""

    stopped: threading.Event = field(default_factory=threading.Event)
    trouble: list[BaseException] = field(default_factory=list)

    def work(self) -> None:
        while not self.stopped.wait(0.03):
            try:
                for event in WebhookEvent.objects.filter(account=current_schema(), status=WebhookEvent.Status.RECEIVED):
                    inbox.handle(event_id=str(event.pk), now=clock.now())
                outbox.drain()
            except Exception as error:
                self.trouble.append(error)
                return


@contextlib.contextmanager
def at_work() -> Iterator[Worker]:
    """Have a worker in the academy entered. Fails in the end when anything that it did failed."""
    worker = Worker()
    running = tenant_thread(worker.work)
    yield worker
    worker.stopped.set()
    running.join(20)
    assert not worker.trouble, worker.trouble
    assert not list(Message.objects.exclude(error="").values_list("name", "error"))
    assert not list(
        WebhookEvent.objects.filter(account=current_schema()).exclude(error="").values_list("kind", "error")
    )


@pytest.fixture
def worker(committed_academy: Any) -> Iterator[Worker]:
    with at_work() as worker:
        yield worker


@dataclass
class Academy:
    """The academy of a journey and its addresses."""

    host: str
    port: int

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    def visitor(self) -> Visitor:
        return Visitor(self.host, self.port)

    def program(self, token: str = "") -> Program:
        return Program(self.host, self.port, token)

    def person(self, full_name: str, role: str = "Learner") -> User:
        """Make somebody who signs in with `first name@journeys.example` and PASSWORD."""
        user = User.objects.create_user(
            f"{full_name.split()[0].lower()}@journeys.example", PASSWORD, full_name=full_name
        )
        people.give_role(person=user, role=role)
        return user

    def staff(self, full_name: str, role: str) -> Visitor:
        """Return somebody with a role, signed in."""
        email = self.person(full_name, role).email
        visitor = self.visitor()
        visitor.sign_in(email)
        return visitor


@pytest.fixture
def academy(port: int, committed_academy: Any) -> Academy:
    """The committed_academy (EUR), live on the port. Nobody works behind it yet: ask for `worker` too."""
    return Academy(committed_academy.domain_url, port)


@pytest.fixture(scope="session")
def running_standin() -> Iterator[StandIn]:
    with StandIn() as standin:
        yield standin


@pytest.fixture
def standin(academy: Academy, running_standin: StandIn, settings: Any) -> Iterator[StandIn]:
    """The payment stand-in; the academy is connected with it, and its webhooks come to the academy's own address."""
    settings.STRIPE_API_BASE = running_standin.base_url
    key = f"sk_test_journeys{uuid.uuid4().hex[:12]}"
    checkout.connect_account(
        provider="stripe", secret_key=key, webhook_url=f"{academy.origin}/hooks/stripe/", now=clock.now()
    )
    yield running_standin
    with contextlib.suppress(OSError):
        running_standin.reset()
