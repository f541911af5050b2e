"""The demo's data, as far as they are missing: schemas, content, static files. Run as `python -m lyceum.prepare`."""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from lyceum import ROOT


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")
    _say("Loading Lyceum", _load)
    from django.core.management import CommandError

    try:
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
    stamp, wanted = settings.DEMO_DIR / "static.stamp", _static_digest(Path(settings.STATIC_ROOT))
    if not stamp.exists() or stamp.read_text() != wanted:
        _say("Static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
        stamp.write_text(wanted)


def _load() -> None:
    import django

    django.setup()


def _static_digest(target: Path) -> str:
    """Return what the collected files depend on: the packages' versions and the project's own files."""
    digest = hashlib.sha256(f"{target} {target.exists()}".encode())
    for found in sorted(f"{item.name} {item.version}" for item in metadata.distributions()):
        digest.update(found.encode())
    for floor in ("site", "academies", "catalog", "commerce", "home"):
        for file in sorted((ROOT / floor).glob("**/static/**/*")):
            digest.update(f"{file} {file.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


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
