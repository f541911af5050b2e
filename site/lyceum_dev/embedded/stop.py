"""Stops the embedded servers of a folder, even if they are in use: `python -m lyceum_dev.embedded.stop .demo`."""

import sys
from pathlib import Path

from lyceum_dev.embedded import environment

if __name__ == "__main__":
    for argument in sys.argv[1:]:
        environment.stop(Path(argument), force=True)
