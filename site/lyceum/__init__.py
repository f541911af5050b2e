"""The project package: settings, URLs, middleware. It imports every app and is imported by none.

`site` is a module of Python's standard library, so `site/` is a plain folder on sys.path and the project package has
the product's name. Importing it puts the apps on sys.path, for gunicorn, Celery, pytest and mypy.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

for _folder in (str(ROOT / "site"), str(ROOT)):
    if _folder not in sys.path:
        sys.path.insert(0, _folder)
