"""WSGI applications to compare with: Django alone, and the product with the tenant middleware only."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

import lyceum  # noqa: F401


def bare() -> WSGIHandler:
    """For lyceum_dev.bench.baseline_settings."""
    django.setup(set_prefix=False)
    return WSGIHandler()


def tenant() -> WSGIHandler:
    """For the product's settings. Apps check MIDDLEWARE while they load, so it is replaced afterwards."""
    django.setup(set_prefix=False)
    settings.MIDDLEWARE = ["academies.tenants.middleware.AcademyMiddleware"]
    settings.ROOT_URLCONF = "lyceum_dev.bench.bare_view"
    return WSGIHandler()
