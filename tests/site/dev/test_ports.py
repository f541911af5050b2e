"""Ports: one that is in use is reported before anything starts."""

import socket
from collections.abc import Iterator

import pytest

from lyceum_dev.demo import options
from lyceum_dev.embedded import ports
from lyceum_dev.embedded.errors import CannotStart


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", ports.first_free(21000)))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_with_a_listener_is_taken(taken: int) -> None:
    assert not ports.is_free(taken)


def test_inner_servers_fall_to_the_next_free_port(taken: int) -> None:
    port = ports.first_free(taken)

    assert taken < port < ports.HIGHEST


def test_a_taken_web_port_is_one_sentence_with_a_way_out(taken: int) -> None:
    with pytest.raises(CannotStart, match=rf"Port {taken} is taken .* --port \d+"):
        options.check_port(taken)


def test_the_port_comes_from_the_environment_unless_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")

    assert options.parse([]).port == 8123
    assert options.parse(["--port", "8100"]).port == 8100


def test_what_is_no_port_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options.parse(["--port", "99999"])

    assert "no port" in capsys.readouterr().err


def test_a_taken_port_stays_taken_until_it_is_given_back() -> None:
    first = ports.listen_at_first_free(21000)
    with first, ports.listen_at_first_free(21000) as second:
        assert second.getsockname()[1] != first.getsockname()[1]
        with pytest.raises(CannotStart, match=r"is taken .* --port \d+"):
            options.take_port(first.getsockname()[1])

    for listener in options.take_port(first_port := ports.first_free(21000)):
        assert listener.getsockname()[1] == first_port
        listener.close()
