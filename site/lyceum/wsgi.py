import os

import lyceum  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from lyceum import secret_key

secret_key.require()

_django = get_wsgi_application()

# Imported here because they use Django's models.
from lyceum.operations.metrics import measured  # noqa: E402
from lyceum.page_cache.wsgi import WsgiCache  # noqa: E402
from lyceum.root_only import RootOnly  # noqa: E402

# Load all URLs now, before workers are forked, so that no request waits for it.
get_resolver().url_patterns  # noqa: B018
application = measured(RootOnly(WsgiCache(_django)))
