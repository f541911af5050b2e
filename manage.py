#!/usr/bin/env python3
"""Runs `demo`, `test`, `bench` and Django's own commands (docs/running.md)."""
# Old Pythons must be able to read this file far enough to say what they lack: no annotations, no f-strings.

import os
import sys

if sys.version_info < (3, 11):
    version = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit("Lyceum needs Python 3.11 or newer, and this is " + version + ": start it with python3.11 or a newer one.")
if os.name != "posix":
    sys.exit("Lyceum runs on Linux and macOS; on Windows, use WSL.")

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(ROOT, "site"), ROOT]


def main(argv):
    if not os.path.isdir(os.path.join(ROOT, "site", "lyceum_dev")):
        # The production image: its packages are installed, and `demo`, `test` and `bench` are not part of it.
        from lyceum import cli

        return cli.run(argv)

    from lyceum_dev import bootstrap
    from lyceum_dev.demo import options

    if argv[:1] == ["demo"]:
        options.check_early(argv[1:])
    bootstrap.ensure(ROOT, dev=argv[:1] == ["test"])

    try:
        from lyceum_dev import cli
    except ModuleNotFoundError as error:
        # An environment that is not ours to change.
        return "{}: install what Lyceum needs with {} -m pip install -r requirements.txt".format(error, sys.executable)

    return cli.run(argv)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
