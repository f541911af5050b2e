"""The product's own settings; only the baseline has an address besides."""

from lyceum.settings import *  # noqa: F403

ROOT_URLCONF = "lyceum_dev.bench.urls"
