import os

import lyceum  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from lyceum.fastlane import FastLane

_django = get_wsgi_application()
# Every door is built now, once and before workers are forked: nobody's first request waits for it.
get_resolver().url_patterns  # noqa: B018
application = FastLane(_django)
