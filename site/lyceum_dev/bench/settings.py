"""The product's settings with the baseline's URL added."""

from lyceum.settings import *  # noqa: F403

ROOT_URLCONF = "lyceum_dev.bench.urls"
