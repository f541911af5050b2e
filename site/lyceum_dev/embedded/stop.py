"""Stop the embedded servers of a folder, whoever uses them: `python -m lyceum_dev.embedded.stop .demo`."""

import sys
from pathlib import Path

from lyceum_dev.embedded import environment

if __name__ == "__main__":
    for argument in sys.argv[1:]:
        environment.stop(Path(argument), force=True)
