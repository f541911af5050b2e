"""Create the virtual environment of a fresh clone. Standard library only: nothing else is installed yet.

An active virtual environment, a container whose packages match, and NO_BOOTSTRAP=1 are left alone.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

UV = "uv==0.13.8"
MARKER = ".made-by-manage"
STAMP = ".installed"


def ensure(root: str, *, dev: bool) -> None:
    """Return if this interpreter has the pinned packages; otherwise prepare .venv and re-execute inside it."""
    if os.environ.get("NO_BOOTSTRAP"):
        return
    home = Path(root)
    venv = home / ".venv"
    inside = venv.is_dir() and os.path.samefile(sys.prefix, venv)
    if sys.prefix != sys.base_prefix and not inside:
        return
    if not inside and _satisfied(home, dev):
        return
    if not is_own(venv):
        if inside:
            return
        _exec(venv / "bin" / "python")
    if is_installed(home, venv, dev):
        if inside:
            return
    elif inside:
        # A running environment cannot rebuild itself: its base interpreter does.
        _exec(Path(getattr(sys, "_base_executable", sys.executable)))
    else:
        _prepare(home, venv, dev)
    _exec(venv / "bin" / "python")


def is_own(venv: Path) -> bool:
    """Return whether manage.py created this environment or may recreate it: an incomplete one lacks pyvenv.cfg."""
    return (venv / MARKER).exists() or not (venv / "pyvenv.cfg").exists()


def identity() -> str:
    return f"{sys.base_prefix} {sys.version} {platform.machine()}"


def digest(requirements: Path) -> str:
    """Return the stamp of a requirements file for this interpreter."""
    return hashlib.sha256(requirements.read_bytes() + identity().encode()).hexdigest()


def requirements_file(home: Path, dev: bool) -> Path:
    return home / ("requirements-dev.txt" if dev else "requirements.txt")


def is_installed(home: Path, venv: Path, dev: bool) -> bool:
    try:
        stamps = (venv / STAMP).read_text().split()
    except OSError:
        return False
    return digest(requirements_file(home, dev)) in stamps and (venv / "bin" / "python").exists()


def _satisfied(home: Path, dev: bool) -> bool:
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", requirements_file(home, dev).read_text(), re.MULTILINE))
    try:
        names = ["django", "wagtail", "celery", *(["pytest"] if dev else [])]
        return all(importlib.metadata.version(name) == pins[name] for name in names)
    except importlib.metadata.PackageNotFoundError:
        return False


def _prepare(home: Path, venv: Path, dev: bool) -> None:
    with open(home / "requirements.txt", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_installed(home, venv, dev):
            return
        started = time.monotonic()
        _say(f"Preparing {venv} for Python {platform.python_version()} (about half a minute, only now) ...")
        _create(venv)
        (venv / STAMP).unlink(missing_ok=True)
        _install(venv, requirements_file(home, dev))
        # The pinned development file contains the pinned runtime file.
        files = {requirements_file(home, False), requirements_file(home, dev)}
        fresh = venv / f"{STAMP}.new"
        fresh.write_text("\n".join(digest(file) for file in files))
        fresh.replace(venv / STAMP)
        _say(f"Packages installed in {time.monotonic() - started:.0f} s.")


def _create(venv: Path) -> None:
    marker = venv / MARKER
    if (venv / STAMP).exists() and marker.exists() and marker.read_text() == identity():
        return
    # Without a stamp an earlier installation was interrupted, so its packages aren't trusted.
    if venv.exists():
        (venv / "pyvenv.cfg").unlink(missing_ok=True)
        shutil.rmtree(venv)
    venv.mkdir()
    marker.write_text(identity())
    if importlib.util.find_spec("venv") is None:
        _stop("This Python lacks its venv module: on Debian and Ubuntu, apt install python3-venv.")
    if subprocess.call([sys.executable, "-m", "venv", "--without-pip", str(venv)]) != 0:
        _stop(f"Could not create {venv}: see the message above.")


def _install(venv: Path, requirements: Path) -> None:
    python, uv = venv / "bin" / "python", venv / "bin" / "uv"
    pip = _pip(python)
    if pip and not uv.exists():
        subprocess.call([*pip, "install", "--quiet", UV], env=_pip_environment(), stderr=subprocess.DEVNULL)
    installer = str(uv) if uv.exists() else shutil.which("uv")
    if not pip and not installer:
        _stop(f"No pip for {sys.executable}: apt install python3-pip (Debian, Ubuntu) or python3 -m ensurepip.")
    arguments = ["pip", "install", "--quiet", "--python", str(python), "-r", str(requirements)]
    if installer and subprocess.call([installer, *arguments]) == 0:
        return
    _say("The quick installer cannot do it; installing with pip, which takes a minute ...")
    if not pip or subprocess.call([*pip, "install", "--quiet", "-r", str(requirements)], env=_pip_environment()) != 0:
        _stop(f"Could not install {requirements.name}: see the message above, then run the same command again.")


def _pip(python: Path) -> list[str]:
    """Return a pip command that installs into the environment; Debian's pip refuses others (PEP 668)."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(python)]
    # Debian's ensurepip fails unless python3-venv is installed.
    ensurepip = [str(python), "-m", "ensurepip", "--default-pip"]
    if importlib.util.find_spec("ensurepip") and subprocess.run(ensurepip, capture_output=True).returncode == 0:
        return [str(python), "-m", "pip"]
    return []


def _pip_environment() -> dict[str, str]:
    return {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _exec(python: Path) -> None:
    sys.stdout.flush()
    os.execv(python, [str(python), *sys.argv])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _stop(text: str) -> None:
    sys.exit(text)
