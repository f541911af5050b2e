"""Lyceum: the composition root. It imports every room and is imported by none.

`site` is a module of Python itself, so `site/` is a plain folder on the path and the project package bears the
product's name. Importing this package is enough for gunicorn, Celery, pytest and mypy to find every room.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

for _folder in (str(ROOT / "site"), str(ROOT)):
    if _folder not in sys.path:
        sys.path.insert(0, _folder)
