"""Script name: no client header moves the site below a prefix."""

import os
import socket
import subprocess
import sys
import time

import pytest
from django.core.wsgi import get_wsgi_application

from lyceum import ROOT, gunicorn_conf
from lyceum.root_only import RootOnly
from lyceum_dev.embedded.ports import first_free
from tests.fixtures import catalog_factory
from tests.fixtures.wsgi_client import send_request


@pytest.mark.django_db
def test_a_prefix_is_refused_and_the_same_request_without_it_is_answered(north):
    catalog_factory.whole_course()
    application = RootOnly(get_wsgi_application())

    refused = [
        send_request(application, "/courses/", SCRIPT_NAME=prefix)
        for prefix in ("/gone", "/", "//evil.example", "/courses")
    ]
    answered = send_request(application, "/courses/", SCRIPT_NAME="")

    assert {response.code for response in refused} == {400}
    assert all(b"SCRIPT_NAME" in response.body for response in refused)
    assert answered.code == 200
    assert b"Sourdough" in answered.body


@pytest.mark.django_db
def test_django_itself_puts_no_prefix_before_a_link(north):
    catalog_factory.whole_course()
    application = get_wsgi_application()

    for name in ("SCRIPT_NAME", "SCRIPT_URL", "REDIRECT_URL"):
        response = send_request(application, "/courses/", **{name: "/gone/courses/"})

        assert response.code == 200
        assert b"/gone" not in response.body


@pytest.fixture
def echo_server(tmp_path):
    """The shipped settings of the web server in front of an application that tells what it was asked."""
    (tmp_path / "echo.py").write_text(
        "def application(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [repr({k: v for k, v in environ.items() if isinstance(v, str)}).encode()]\n"
    )
    port = first_free(8700)
    # RELOAD: the application isn't loaded beforehand, so nothing asks for a database.
    env = {**os.environ, "BIND": f"127.0.0.1:{port}", "RELOAD": "1", "WEB_CONCURRENCY": "1",
           "PYTHONPATH": f"{ROOT / 'site'}:{tmp_path}"}  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", str(gunicorn_conf.__file__), "echo:application"]
    server = subprocess.Popen(command, env=env, cwd=ROOT)
    try:
        yield lambda head: _send(port, head)
    finally:
        server.terminate()
        server.wait(20)


def _send(port, head):
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as line:
                line.sendall(b"GET /gone/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head + b"\r\n")
                return b"".join(iter(lambda: line.recv(65536), b"")).decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_the_web_server_takes_no_variable_from_a_header(echo_server):
    plain = echo_server(b"X-Forwarded-Proto: https\r\n")
    environ = echo_server(
        b"SCRIPT_NAME: /gone\r\nPATH_INFO: /admin/\r\nREMOTE_USER: owner\r\nX_Forwarded_For: 1.2.3.4\r\n"
    )

    assert "'HTTP_X_FORWARDED_PROTO': 'https'" in plain
    assert "'PATH_INFO': '/gone/'" in environ
    assert "'SCRIPT_NAME': ''" in environ
    assert "1.2.3.4" not in environ
    assert "owner" not in environ
