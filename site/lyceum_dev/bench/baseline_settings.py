"""Settings of the floor: one Django view without apps, middleware or database, the fastest that Django can be."""

SECRET_KEY = "the floor signs nothing"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "lyceum_dev.bench.bare_view"
LOGGING_CONFIG = None
