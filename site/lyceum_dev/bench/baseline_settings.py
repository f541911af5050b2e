"""The floor: one Django view, no app, no middleware, no database. Nothing that Django serves can be faster."""

SECRET_KEY = "the floor signs nothing"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "lyceum_dev.bench.bare_view"
LOGGING_CONFIG = None
