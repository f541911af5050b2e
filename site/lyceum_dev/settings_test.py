"""Settings of the tests: fast password hashes, emails in memory, and a database that can be reused."""

import re

from lyceum.settings import *  # noqa: F403
from lyceum.settings import BASE_DIR, CACHES, CONTENT_SECURITY_POLICY, STORAGES

ENVIRONMENT = "test"
HAS_SECRET_KEY = True
SECRET_KEY = "tests-only-" + "x" * 40
PUBLIC_SCHEME = "http"
PUBLIC_PORT = "8000"
# The stand-in's payment page.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append("http:")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "sessionid", "csrftoken"
DEVICE_COOKIE_NAME = "device"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "tests.fixtures.strict_static.StrictStaticFiles"}}
WHITENOISE_AUTOREFRESH = True
CELERY_BROKER_URL = "memory://"
# Tests clear the cache: each run has its own keys, in a database apart from the broker's (0) and the default cache (1).
CACHES = {
    alias: {
        **options,
        "BACKEND": "tests.fixtures.run_cache.RunsCache",
        "LOCATION": re.sub(r"(/\d*)?$", "/2", options["LOCATION"], count=1),
        # A test machine may be slow.
        "OPTIONS": {"socket_timeout": 10, "socket_connect_timeout": 10},
    }
    if options.get("LOCATION")
    else options
    for alias, options in CACHES.items()
}
TESTING = True
MEDIA_ROOT = BASE_DIR / ".test" / "media"
# No rate limits, except in the tests of rate limits.
RATES: dict = {}
ACCOUNT_RATE_LIMITS = False
