"""Gunicorn settings for the demo and production, which differ only by environment variables."""

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
# Selects the time limits of web requests (settings.LIMITS).
raw_env = ["PROCESS=web"]
chdir = str(ROOT)
# Browsers try ::1 first for localhost; BIND is for containers and proxies, as in 0.0.0.0:8000.
bind = os.environ.get("BIND", "").split() or [f"127.0.0.1:{_port}", *([f"[::1]:{_port}"] if has_ipv6() else [])]
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "lyceum.web_worker.WebWorker"
# Each thread has its own database connection, and so its own academy. Half of them may serve writes.
threads = int(os.environ.get("WEB_THREADS", "8"))
# Open connections of each process, idle ones included.
worker_connections = 2000
reload = os.environ.get("RELOAD") == "1"
# Templates are cached, so a changed one needs a reload too.
reload_extra_files = [str(file) for file in (ROOT / "templates").rglob("*.*")] if reload else []
preload_app = not reload
timeout = int(os.environ.get("WEB_TIMEOUT", "60"))
graceful_timeout = 10
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
control_socket_disable = True
# Clients and proxies can't set SCRIPT_NAME, PATH_INFO or REMOTE_USER by headers; X_Name isn't accepted as X-Name.
forwarder_headers = ""
header_map = "drop"
# Workers touch a heartbeat file; on a disk that is slow to sync they would look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# Each connection is an open file, and the default limit of many systems is 1024.
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
            # With a logconfig_dict, gunicorn logs every request unless the level forbids it.
            for name, level in (
                ("gunicorn.error", loglevel.upper()),
                ("gunicorn.access", "INFO" if accesslog else "ERROR"),
            )
        },
    }

# Each process counts in its own file, and a scrape adds them up. Must be set before the application is loaded.
if os.environ.get("METRICS_TOKEN") and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="lyceum-metrics-")


def child_exit(server: Any, worker: Any) -> None:
    """Remove the live gauges of a worker that has exited, such as open breakers; its counters stay."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_starting(server: Any) -> None:
    """Refuse a database connection that would mix academies up; gunicorn prints the message and exits.

    With reload, the master must not import the code, or new workers would start with the old version.
    """
    if preload_app:
        from academies.tenants import check_pgbouncer

        check_pgbouncer.refuse_shared()


def pre_fork(server: Any, worker: Any) -> None:
    """Close connections opened while the application was loaded, so that workers don't inherit them."""
    from django.db import connections

    if preload_app:
        connections.close_all()
