"""Creates the demo's missing data: schemas, content, static files. Run as `python -m lyceum_dev.demo.setup`."""

import os
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from lyceum import ROOT
from lyceum_dev.demo.options import demo_dir
from lyceum_dev.embedded.refcount import exclusively
from lyceum_dev.embedded.watcher import fingerprint

PACKAGES = ("site", "academies", "catalog", "commerce", "home")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")
    _say("Loading Lyceum", _load)
    from django.core.management import CommandError

    # The setup of a killed demo may still be running: wait for it.
    try:
        with exclusively(demo_dir() / "prepare.lock"):
            _fill()
    except CommandError as error:
        _write(str(error))
        return 1
    return 0


def _fill() -> None:
    from django.conf import settings
    from django.core.management import call_command

    _say("Schemas of the registry, the template and the academies", lambda: call_command("migrate_schemas"))
    _say("Academies with content", lambda: call_command("seed_demo"))
    # Keep old collected files: cached pages may refer to them.
    stamp, current = Path(settings.STATIC_ROOT) / ".collected", _static_fingerprint()
    if not stamp.exists() or stamp.read_text() != current:
        _say("Static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
        stamp.write_text(current)


def _load() -> None:
    import django

    django.setup()


def _static_fingerprint() -> str:
    """Return a hash of what the collected files depend on: versions of packages and the project's static files."""
    packages = sorted(f"{item.name} {item.version}" for item in metadata.distributions())
    folders = [folder for package in PACKAGES for folder in sorted((ROOT / package).glob("**/static"))]
    return fingerprint(folders, *packages)


def _say(name: str, step: Callable[[], object]) -> None:
    started = time.monotonic()
    _write(f"{name} ...")
    step()
    _write(f"  {time.monotonic() - started:.1f} s")


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
