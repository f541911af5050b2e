import os

import lyceum  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")

from django.core.wsgi import get_wsgi_application

from lyceum.fastlane import FastLane

application = FastLane(get_wsgi_application())
