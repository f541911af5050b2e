"""Secret key: nothing runs without a key of the deployment's own."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands

from commerce.checkout import encryption
from lyceum import ROOT, cli, secret_key

_WITHOUT = {
    **{name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DEMO", "TEST")},
    "DJANGO_SETTINGS_MODULE": "lyceum.settings", "NO_BOOTSTRAP": "1", "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "BROKER_URL": "memory://", "PYTHONWARNINGS": "ignore",
}  # fmt: skip


def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], env={**_WITHOUT, **more}, cwd=ROOT, capture_output=True, text=True, timeout=240
    )


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(
            ("-m", "gunicorn", "-c", "site/lyceum/gunicorn_conf.py", "-b", "127.0.0.1:0", "lyceum.wsgi"), id="web"
        ),
        pytest.param(("-m", "celery", "-A", "lyceum.celery", "worker", "--pool", "solo", "-l", "ERROR"), id="worker"),
        pytest.param(("manage.py", "connect_payments", "north"), id="a command that seals"),
    ],
)
def test_what_signs_or_seals_refuses_to_begin_in_one_sentence(command):
    ended = run(*command)

    assert ended.returncode != 0
    assert secret_key.MISSING in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_key_that_is_not_set_is_another_one_in_each_process():
    shown = {run("-c", "from lyceum import settings; print(settings.SECRET_KEY)").stdout for _ in range(2)}

    assert len(shown) == 2
    assert min(map(len, shown)) > 50


def test_every_command_but_those_that_sign_nothing_asks_for_the_key(settings):
    settings.HAS_SECRET_KEY = False
    refused = set()
    for command in get_commands():
        try:
            cli.require_key(command)
        except SystemExit:
            refused.add(command)

    assert refused == set(get_commands()) - secret_key.KEYLESS_COMMANDS
    assert {
        "connect_payments",
        "reseal",
        "create_academy",
        "seed_demo",
        "check_integrity",
        "shell",
        "runserver",
    } <= refused
    settings.HAS_SECRET_KEY = True
    cli.require_key("connect_payments")


def test_nothing_is_sealed_with_a_key_that_ends_with_the_process(settings):
    settings.SEALING_KEYS, settings.HAS_SECRET_KEY = [], False
    with pytest.raises(ImproperlyConfigured):
        encryption.encrypt("sk_live")

    settings.SEALING_KEYS = ["a key of its own"]

    assert encryption.decrypt(encryption.encrypt("sk_live")) == "sk_live"
