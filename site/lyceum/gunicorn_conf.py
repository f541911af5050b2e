"""Gunicorn's settings, in the demo and in production; every difference is an environment variable."""

import contextlib
import os
import resource
import tempfile
from pathlib import Path
from typing import Any

from lyceum import ROOT
from lyceum.loopback import has_ipv6

_port = os.environ.get("PORT", "8000")

wsgi_app = "lyceum.wsgi"
# Its time limits are those of a page (settings.LIMITS).
raw_env = ["PROCESS=web"]
chdir = str(ROOT)
# Browsers try ::1 first for localhost; BIND is for containers and proxies, as in 0.0.0.0:8000.
bind = os.environ.get("BIND", "").split() or [f"127.0.0.1:{_port}", *([f"[::1]:{_port}"] if has_ipv6() else [])]
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "lyceum.web_worker.WebWorker"
# Each has a connection to the database of its own, and so its own academy. Half of them may be changing something.
threads = int(os.environ.get("WEB_THREADS", "8"))
# Open connections of each process, at rest or not.
worker_connections = 2000
reload = os.environ.get("RELOAD") == "1"
# Templates are kept once read, so a changed one is a reason as well.
reload_extra_files = [str(file) for file in (ROOT / "templates").rglob("*.*")] if reload else []
preload_app = not reload
timeout = int(os.environ.get("WEB_TIMEOUT", "60"))
graceful_timeout = 10
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
control_socket_disable = True
# No client and no proxy sets SCRIPT_NAME, PATH_INFO or REMOTE_USER by a header; X_Name must not pass for X-Name.
forwarder_headers = ""
header_map = "drop"
# Workers tell by a file that they live; on a disk that is slow to sync they would look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# Every connection is an open file, and many systems begin with 1024 of them.
with contextlib.suppress(OSError, ValueError):
    _files, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _files < worker_connections * 2:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(worker_connections * 2, _most), _most))


if os.environ.get("LOG_FORMAT") == "json":
    logconfig_dict = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{asctime}{levelname}{name}{message}",
                "style": "{",
                "defaults": {"academy": "-", "request_id": "-"},
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            name: {"handlers": ["console"], "level": level, "propagate": False}
            # Gunicorn writes of every request as soon as it is given such a dictionary.
            for name, level in (
                ("gunicorn.error", loglevel.upper()),
                ("gunicorn.access", "INFO" if accesslog else "ERROR"),
            )
        },
    }

# Each process counts in a file of its own, and a scrape adds them up. Set before the application is loaded.
if os.environ.get("METRICS_TOKEN") and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="lyceum-metrics-")


def child_exit(server: Any, worker: Any) -> None:
    """Forget the state of a worker that is gone: its open breakers, not its counts."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_starting(server: Any) -> None:
    """Refuse a database connection that would mix academies up; gunicorn prints the sentence and ends.

    Where code is reloaded this process must know nothing of it, or its workers would be born with the code of yesterday.
    """
    if preload_app:
        from academies.tenants import check_pgbouncer

        check_pgbouncer.refuse_shared()


def pre_fork(server: Any, worker: Any) -> None:
    """Let no worker inherit a connection that was opened while the application was loaded."""
    from django.db import connections

    if preload_app:
        connections.close_all()
