"""Settings, top to bottom. Every difference between deployments is an environment variable, listed in .env.example."""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path

import dj_database_url
from django.utils.functional import lazy
from kombu import Queue

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


# --- This deployment ------------------------------------------------------------------------------------------------
DEMO = flag("DEMO")
DEBUG = False
VERSION = "0.1.0"
ENVIRONMENT = env("ENVIRONMENT", "demo" if DEMO else "production")
# Without SECRET_KEY a random key is used for commands that sign nothing; others refuse to start (lyceum.secret_key).
HAS_SECRET_KEY = bool(env("SECRET_KEY"))
SECRET_KEY = env("SECRET_KEY") or secrets.token_urlsafe(48)
SECRET_KEY_FALLBACKS = [key for key in env("SECRET_KEY_FALLBACKS").split(",") if key]
# Encrypt the academies' payment keys in the database: the first encrypts, all of them decrypt. Empty: the secret keys.
SEALING_KEYS = [key for key in env("SEALING_KEYS").split(",") if key]
# Custom domains are data: AcademyMiddleware refuses hosts that aren't in the registry.
ALLOWED_HOSTS = ["*"]
PUBLIC_SCHEME = env("PUBLIC_SCHEME", "http" if DEMO else "https")
PUBLIC_PORT = env("PUBLIC_PORT", env("PORT") if DEMO else "")
DEMO_DIR = Path(env("DEMO_DIR", str(BASE_DIR / ".demo")))

# --- Apps -----------------------------------------------------------------------------------------------------------
# `public` holds the registry only; everything else is in the schema of its academy. Never list an app in both.
SHARED_APPS = [
    "academies.tenants",
    "django_tenants",
    "django.contrib.contenttypes",
    "academies.inbox",
    "lyceum.operations",
]
TENANT_APPS = [
    # Ours come first so that their templates and commands take precedence.
    "lyceum",
    "academies.people",
    "academies.journal",
    "academies.outbox",
    "academies.notifications",
    "catalog.library",
    "catalog.offerings",
    "catalog.activities",
    "catalog.courses",
    "catalog.events",
    "commerce.gateways.manual",
    "commerce.plans",
    "commerce.enrolments",
    "commerce.learning",
    "commerce.checkout",
    "commerce.certificates",
    "commerce.storefront",
    "home.pages",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.api.v2",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "modelsearch",
    "wagtail.admin",
    "wagtail",
    "wagtail_modeladmin",
    "modelcluster",
    "taggit",
    "corsheaders",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    # For its translations: Wagtail's admin says how long ago something happened.
    "django.contrib.humanize",
]
# Its commands (`seed_demo`, `bench`); the production image does not contain it.
if find_spec("lyceum_dev"):
    TENANT_APPS.append("lyceum_dev")
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]

# --- Database: one schema per academy -------------------------------------------------------------------------------
# web, worker or command: set by gunicorn_conf.py and celery.py. Commands, such as migrations, set their own limits.
PROCESS = env("PROCESS", "command")
_database = dj_database_url.parse(env("DATABASE_URL", "postgres://localhost/lyceum"), conn_max_age=300)


def _limits(lock: str, statement: str, idle: str) -> dict[str, int]:
    """Return PostgreSQL's time limits in milliseconds. Arguments: seconds."""
    limits = {"lock_timeout": lock, "statement_timeout": statement, "idle_in_transaction_session_timeout": idle}
    return {name: int(float(seconds) * 1000) for name, seconds in limits.items()}


# Seconds to wait for a lock, for one statement, and for an idle transaction.
LIMITS = {
    "web": _limits(env("WEB_LOCK_SECONDS", "3"), env("WEB_STATEMENT_SECONDS", "15"), env("WEB_IDLE_SECONDS", "30")),
    "worker": _limits(
        env("WORKER_LOCK_SECONDS", "10"), env("WORKER_STATEMENT_SECONDS", "300"), env("WORKER_IDLE_SECONDS", "120")
    ),
}
# A lost network is noticed within 15 seconds, a server that doesn't accept connections within a few.
_network = {"connect_timeout": 3, "keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3}
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "academies.tenants.backend",
        "CONN_HEALTH_CHECKS": True,
        "LIMITS": LIMITS.get(PROCESS, {}),
        "OPTIONS": {**_network, "tcp_user_timeout": 15_000, **_database.get("OPTIONS", {})},
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL = "tenants.Academy"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True
TEMPLATE_SCHEMA = "lyceum_template_8c1f"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The role that web, worker and clock sign in as, where another one owns the database: migrations give it its rights.
DATABASE_APP_ROLE = env("DATABASE_APP_ROLE")
PG_DUMP = env("PG_DUMP")
# Paths open while an academy is suspended or in maintenance: webhooks, which are stored and handled later.
OPEN_WHILE_PAUSED = ("/hooks/stripe/",)

# --- HTTP -----------------------------------------------------------------------------------------------------------
ROOT_URLCONF = "lyceum.urls"
WSGI_APPLICATION = "lyceum.wsgi.application"
APPEND_SLASH = True
# Served at the root of a host. Otherwise a request could set a prefix that all links would begin with.
FORCE_SCRIPT_NAME = ""
MIDDLEWARE = [
    "lyceum.operations.metrics.ViewNameMiddleware",
    "lyceum.middleware.RequestIdMiddleware",
    "lyceum.health.HealthMiddleware",
    "lyceum.api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "academies.tenants.middleware.AcademyMiddleware",
    "lyceum.page_cache.middleware.PageCacheMiddleware",
    "lyceum.database_errors.RetryMiddleware",
    "lyceum.api.cors.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "lyceum.content_security.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lyceum.languages.LanguageMiddleware",
    "lyceum.api.idempotency.IdempotencyMiddleware",
    "lyceum.api.throttling.RateLimitMiddleware",
    "lyceum.admin_guard.AdminGuardMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lyceum.errors.RefusalMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    }
]
# Documents and Wagtail's previews, which are framed by the same site, set their own header.
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# Number of trusted proxies in front, each of which appends to X-Forwarded-For.
NUM_PROXIES = int(env("NUM_PROXIES", "0"))
# Multiplies the rate limits.
RATE_FACTOR = int(env("RATE_FACTOR", "10" if DEMO else "1"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
# Without a proxy that reports the scheme, every request would look like HTTP and be redirected for ever.
SECURE_SSL_REDIRECT = PUBLIC_SCHEME == "https" and SECURE_PROXY_SSL_HEADER is not None
SECURE_HSTS_SECONDS = int(env("HSTS_SECONDS", "31536000")) if PUBLIC_SCHEME == "https" else 0
# No includeSubDomains and no preload: other hosts of an academy's domain aren't ours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# The policy is the same for all requests, without a nonce, so that pages can be cached.
_SELF, _NONE, _INLINE = "'self'", "'none'", "'unsafe-inline'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [_SELF],
        "object-src": [_NONE],
        "base-uri": [_NONE],
        "frame-ancestors": [_SELF],
        "img-src": [_SELF, "data:"],
        # Lessons may have videos on other sites.
        "media-src": [_SELF, *env("MEDIA_SOURCES", "https:").split()],
        # The payment form posts to us and is redirected to the provider's page.
        "form-action": [_SELF, *env("PAYMENT_PAGES", env("STRIPE_API_BASE") or "https://checkout.stripe.com").split()],
    }
}
# Wagtail's widgets use inline scripts and styles.
ADMIN_CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "script-src": [_SELF, _INLINE],
        "style-src": [_SELF, _INLINE],
        "img-src": [_SELF, "data:", "blob:"],
        "form-action": [_SELF],
    }
}
# The API's documentation: Swagger UI uses an inline script.
API_DOCS_CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "script-src": [_SELF, _INLINE],
        "style-src": [_SELF, _INLINE],
        "form-action": [_SELF],
    }
}

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
# The first checks passwords; the second keeps older sessions valid.
AUTHENTICATION_BACKENDS = ["academies.people.backends.SignInBackend", "django.contrib.auth.backends.ModelBackend"]
# The second reads imported passwords; they are rehashed with the first at sign-in.
PASSWORD_HASHERS = ["academies.people.hashers.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "academies.people.passwords.MixedCharacters"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/my/"
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_ADAPTER = "academies.people.adapter.AcademyAccountAdapter"
ACCOUNT_FORMS = {
    "signup": "academies.people.forms.SignUpForm",
    "reset_password_from_key": "academies.people.forms.ResetPasswordForm",
}
# Sign in after a password reset without asking for the new password again.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = PUBLIC_SCHEME
# Random keys in the academy's own table: a signed primary key would also be valid in another academy.
ACCOUNT_EMAIL_CONFIRMATION_HMAC = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Wagtail's own forms would bypass our rules, emails and rate limits.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = False
# RATES limits these pages as it does the API, also while the cache server is down.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    (
        "login",
        "login_failed",
        "signup",
        "reset_password",
        "reset_password_from_key",
        "change_password",
        "reauthenticate",
    )
)
# Sessions are stored per academy and cookies are host-only, so neither is valid in another academy.
SESSION_ENGINE = "academies.people.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_SCHEME == "https"
# Browsers refuse a cookie with this prefix from a sibling host. It requires HTTPS.
SESSION_COOKIE_NAME = "__Host-sessionid" if SESSION_COOKIE_SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if CSRF_COOKIE_SECURE else "csrftoken"
# Identifies a browser that has signed in before, for rate limits. Grants no access.
DEVICE_COOKIE_NAME = "__Host-device" if SESSION_COOKIE_SECURE else "device"
DEVICE_DAYS = 180
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
ACCESS_TOKEN_MINUTES = 15
REFRESH_TOKEN_DAYS = 14

# --- Cache, broker, clock -------------------------------------------------------------------------------------------
CACHE_URL = env("CACHE_URL")
# Seconds that one request of a process waits for an unresponsive cache server; the others go on without it.
CACHE_TIMEOUT = float(env("CACHE_TIMEOUT", "0.3"))
_cache = (
    {
        "BACKEND": "academies.tenants.cache.AcademyCache",
        "LOCATION": CACHE_URL,
        "TIMEOUT": 3600,
        "OPTIONS": {"socket_timeout": CACHE_TIMEOUT, "socket_connect_timeout": CACHE_TIMEOUT},
    }
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
)
CACHES = {
    alias: {**_cache, "KEY_FUNCTION": "academies.tenants.cache.key", "KEY_PREFIX": alias}
    for alias in ("default", "renditions")
}
# Seconds that public responses are cached at most; a change makes them stale at once. 0 disables the cache.
PAGE_CACHE_SECONDS = int(env("PAGE_CACHE_SECONDS", "300"))
# Additional seconds that they are served as stale while the database is down, unless something has changed.
PAGE_CACHE_STALE_SECONDS = int(env("PAGE_CACHE_STALE_SECONDS", "3600"))
CELERY_BROKER_URL = env("BROKER_URL", "memory://")
CELERY_TASK_IGNORE_RESULT = True
# The task of a killed child is redelivered; with acks_late alone it would be lost.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # The worker empties the first queue before the next (Valkey and Redis).
    "queue_order_strategy": "priority",
}
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("urgent", "default", "sweeps")]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BEAT_SCHEDULER = "lyceum.operations.watch:Scheduler"
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_TIMEZONE = "UTC"
TASKS = {"default": {"BACKEND": "academies.outbox.background.AcademyTaskBackend"}}

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(DEMO_DIR / "static" if DEMO else BASE_DIR / "staticfiles")))
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(DEMO_DIR / "media" if DEMO else BASE_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "academies.tenants.storage.AcademyStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
# A page that refers to a missing file still renders.
WHITENOISE_MANIFEST_STRICT = False

# --- Wagtail --------------------------------------------------------------------------------------------------------


def _academy_name() -> str:
    from academies.tenants.queries import current_name

    return current_name()


# The academy's name on the admin's dashboard.
WAGTAIL_SITE_NAME = lazy(_academy_name, str)()
# The admin makes no requests to other sites: no Gravatar, no update checks.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_IMAGE_MODEL = "library.AcademyImage"
WAGTAILDOCS_DOCUMENT_MODEL = "library.AcademyDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# File types for lessons and pages. No type that a browser would execute (html, svg, js), and no programs.
WAGTAILDOCS_EXTENSIONS = [
    "pdf", "epub", "txt", "md", "csv", "tsv", "rtf", "ics", "json", "geojson", "ipynb", "zip",
    "doc", "docx", "odt", "xls", "xlsx", "ods", "ppt", "pptx", "odp",
    "mp4", "m4v", "webm", "mov", "vtt", "srt", "mp3", "m4a", "ogg", "oga", "wav", "flac",
    "png", "jpg", "jpeg", "webp", "gif",
]  # fmt: skip
WAGTAILDOCS_MAX_UPLOAD_SIZE = int(env("DOCUMENT_MEGABYTES", "50")) * 1024 * 1024
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea"}}
WAGTAILAPI_RICH_TEXT_FORMAT = "html"
WAGTAILAPI_LIMIT_MAX = 50
WAGTAIL_USER_EDIT_FORM = None
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}


def _origin() -> str:
    from academies.tenants.queries import current_base_url

    return current_base_url()


# Links in Wagtail's emails and in full_url have the host of the current academy.
WAGTAILADMIN_BASE_URL = lazy(_origin, str)()
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# --- APIs -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "academies.people.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["lyceum.api.renderers.LyceumJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["lyceum.api.parsers.LyceumJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "lyceum.api.throttling.AddressThrottle",
        "lyceum.api.throttling.FailureThrottle",
        "lyceum.api.throttling.AccountThrottle",
    ],
    "DEFAULT_PAGINATION_CLASS": "lyceum.api.pagination.NumberedPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "lyceum.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lyceum",
    "VERSION": VERSION,
    "DESCRIPTION": "Transactions of one academy: sign-in, checkout, enrolment, learning, certificates.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v\d",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "DEFAULT_GENERATOR_CLASS": "lyceum.api.openapi.V1Generator",
    "ENUM_NAME_OVERRIDES": {
        "LectureKindEnum": ["text", "video", "pdf", "quiz"],
        "QuestionKindEnum": ["single", "multi", "text", "number"],
        "OfferingStatusEnum": ["scheduled", "cancelled"],
        "RegistrationStatusEnum": "commerce.enrolments.models.Registration.Status",
        "SignInKindEnum": ["program", "browser"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "lyceum.api.openapi.add_conventions",
    ],
}
# Each academy's settings list its origins (lyceum.api.cors).
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = [
    "Accept", "Accept-Language", "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-ID",
]  # fmt: skip
CORS_EXPOSE_HEADERS = ["ETag", "Idempotent-Replayed", "Location", "Retry-After", "X-Request-ID"]
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
CORS_PREFLIGHT_MAX_AGE = 600
# By `throttle_scope`: per IP address (which many people may share), per account, and per account's failures.
RATES = {
    # Wrong passwords of an account, see academies.people.actions.limits.
    "sign_in": {
        "known": "10/min",
        "address": f"5/min,{20 * RATE_FACTOR}/h",
        "account": f"10/min,{100 * RATE_FACTOR}/h",
    },
    "signup": {"address": f"{30 * RATE_FACTOR}/min"},
    "login": {"address": f"{60 * RATE_FACTOR}/min"},
    "refresh": {"address": f"{120 * RATE_FACTOR}/min"},
    "reset": {"address": f"{20 * RATE_FACTOR}/min", "account": "5/min"},
    "link": {"address": f"{30 * RATE_FACTOR}/min"},
    "password": {"failures": "5/min"},
    # Video players report every few seconds.
    "progress": {"account": f"{600 * RATE_FACTOR**2}/min"},
    "write": {"address": f"{6000 * RATE_FACTOR}/min", "account": f"{600 * RATE_FACTOR**2}/min"},
}

# --- Payments -------------------------------------------------------------------------------------------------------
# The packages of the payment providers that academies can choose from; each declares itself in its provider.py. The first
# one is where an academy starts.
PAYMENT_PROVIDERS = env("PAYMENT_PROVIDERS", "commerce.gateways.stripe,commerce.gateways.manual").split(",")
STRIPE_API_BASE = env("STRIPE_API_BASE")
# Total seconds that a web request may wait for the provider, and how many threads of a process may do so at once.
PROVIDER_SECONDS = float(env("PROVIDER_SECONDS", "5"))
PROVIDER_CALLS_AT_ONCE = int(env("PROVIDER_CALLS_AT_ONCE", "2"))
# For academies without their own account.
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET")

# --- Mail -----------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = env(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = str(DEMO_DIR / "mail")
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "no-reply@lyceum.example")

# --- Operating ------------------------------------------------------------------------------------------------------
# Receives the alarms by email; empty: they are only logged.
OPERATOR_EMAIL = env("OPERATOR_EMAIL")
# The bearer token for /metrics; empty: the URL doesn't exist.
METRICS_TOKEN = env("METRICS_TOKEN")
SENTRY_DSN = env("SENTRY_DSN")

# --- Language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("es", "Español")]
# In which every page, form and email exists: a test holds that their catalogues are complete. Pages of an academy with
# another language are in LANGUAGE_CODE; the APIs answer in all LANGUAGES.
COMPLETE_LANGUAGES = ["en", "es"]
WAGTAIL_I18N_ENABLED = False
LOCALE_PATHS = [BASE_DIR / "site" / "lyceum" / "locale"]
USE_I18N = True
# "5 December 2026, 18:30" in the admin as on the pages.
FORMAT_MODULE_PATH = ["lyceum.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Logs -----------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "lyceum.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {academy} {request_id} {name}: {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{academy}{request_id}{name}{message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env("LOG_FORMAT") == "json" else "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        **{name: {"level": "WARNING"} for name in ("wagtail", "stripe", "waitress")},
    },
}
