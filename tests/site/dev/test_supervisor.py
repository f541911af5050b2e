"""Supervisor: a process that dies is reported, and none is left behind."""

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lyceum import ROOT
from lyceum_dev.embedded import ports, processes
from lyceum_dev.embedded.supervisor import Child, Supervisor, stop_leftovers

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
FAMILY = (
    f"import subprocess, sys;print('pid', subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True); {SLEEP}"
)


def _python(script: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", script, *arguments]


def _gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while processes.is_running(pid, "python") and time.monotonic() < until:
        time.sleep(0.05)
    return not processes.is_running(pid, "python")


def test_a_child_that_dies_is_named_and_stops_the_others() -> None:
    out = io.StringIO()
    children = [Child("steady", _python(SLEEP)), Child("frail", _python("print('oh'); raise SystemExit(3)"))]

    code = Supervisor(children, out=out).run()

    assert code == 1
    assert "frail  | oh" in out.getvalue()
    assert "frail ended with code 3; stopping everything." in out.getvalue()


def test_a_child_may_be_started_again_as_often_as_it_says(tmp_path: Path) -> None:
    out = io.StringIO()
    script = "import sys; open(sys.argv[1], 'a').write('x'); raise SystemExit(1)"

    code = Supervisor([Child("worker", _python(script, str(tmp_path / "starts")), restarts=2)], out=out).run()

    assert code == 1
    assert (tmp_path / "starts").read_text() == "xxx"
    assert "starting it again (2 of 2)" in out.getvalue()


def test_it_tells_when_all_are_ready_and_a_request_to_stop_ends_with_zero() -> None:
    out = io.StringIO()

    def stop() -> None:
        out.write("ready\n")
        os.kill(os.getpid(), signal.SIGTERM)

    code = Supervisor(
        [Child("web", _python(SLEEP), ready=lambda: "up" in out.getvalue())], on_ready=stop, out=out
    ).run()

    assert code == 0
    assert out.getvalue().index("up") < out.getvalue().index("ready")


def test_a_child_that_never_gets_ready_is_named() -> None:
    out = io.StringIO()

    code = Supervisor([Child("web", _python(SLEEP), ready=lambda: False)], patience=0.3, out=out).run()

    assert code == 1
    assert "web is not ready" in out.getvalue()


def test_what_others_need_stops_after_them(tmp_path: Path) -> None:
    script = (
        "import signal, sys, time\n"
        "def stop(*_): open(sys.argv[1], 'a').write(sys.argv[2]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop); print('up', flush=True); time.sleep(60)"
    )
    out = io.StringIO()
    children = [
        Child(
            name,
            _python(script, str(tmp_path / "order"), name),
            ready=lambda: out.getvalue().count("up") == 3,
            outlives=name == "s",
        )
        for name in "swc"
    ]

    Supervisor(children, on_ready=lambda: os.kill(os.getpid(), signal.SIGINT), out=out).run()

    assert (tmp_path / "order").read_text() in ("wcs", "cws")


def test_a_child_that_does_not_listen_is_killed_with_its_own_children() -> None:
    out = io.StringIO()
    deaf = f"import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('pid', os.getpid()); {FAMILY}"
    child = Child("deaf", _python(deaf), grace=0.3, ready=lambda: out.getvalue().count("up") == 2)

    Supervisor([child], on_ready=lambda: os.kill(os.getpid(), signal.SIGTERM), out=out).run()

    pids = [int(pid) for pid in re.findall(r"pid (\d+)", out.getvalue())]
    assert len(pids) == 2
    assert all(_gone(pid) for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not tell children that their parent died")
def test_a_killed_supervisor_leaves_no_child(tmp_path: Path) -> None:
    supervisor, pid = _start_supervisor(tmp_path)

    supervisor.kill()
    supervisor.wait()

    assert _gone(pid)


def test_the_next_start_ends_what_a_killed_one_left(tmp_path: Path) -> None:
    left = subprocess.Popen(_python(SLEEP, "mark-of-this-test"), start_new_session=True, stdout=subprocess.DEVNULL)
    threading.Thread(target=left.wait, daemon=True).start()
    (tmp_path / "children").write_text(f"{left.pid} mark-of-this-test\n{os.getpid()} other-mark")
    # The child's own arguments appear a moment after the fork.
    while "mark-of-this-test" not in processes.command_line(left.pid):
        time.sleep(0.01)

    stop_leftovers(tmp_path / "children")

    assert _gone(left.pid)


def _start_supervisor(tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    script = (
        "import sys; from pathlib import Path; from lyceum_dev.embedded.supervisor import Child, Supervisor\n"
        f"Supervisor([Child('c', [sys.executable, '-c', {SLEEP!r}])], pids=Path(sys.argv[1])).run()"
    )
    process = subprocess.Popen(
        _python(script, str(tmp_path / "pids")),
        env={**os.environ, "PYTHONPATH": str(ROOT / "site")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert "up" in process.stdout.readline()
    return process, int((tmp_path / "pids").read_text().split()[0])


def test_whoever_writes_much_is_not_asked_more_often() -> None:
    out, checks = io.StringIO(), []
    talkative = "import time\nfor _ in range(100): print('line', flush=True); time.sleep(0.01)\ntime.sleep(60)"

    Supervisor([Child("web", _python(talkative), ready=lambda: bool(checks.append(1)))], patience=1.0, out=out).run()

    assert out.getvalue().count("line") > 20
    assert 1 <= len(checks) <= 7


def test_a_child_answers_at_the_socket_it_was_given() -> None:
    out = io.StringIO()
    greet = "import socket, sys; print('ok') if socket.socket(fileno=int(sys.argv[1])).getsockname() else 0; " + SLEEP
    with ports.listen_at_first_free(21000) as listener:
        child = Child("web", _python(greet, str(listener.fileno())), listeners=[listener])
        ready = Child("other", _python(SLEEP), ready=lambda: "ok" in out.getvalue())

        code = Supervisor([child, ready], on_ready=lambda: os.kill(os.getpid(), signal.SIGTERM), out=out).run()

    assert code == 0
