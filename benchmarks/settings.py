"""The site's own settings, with the benchmark's addresses and a static folder of its own."""

from clinic.settings import *  # noqa: F403
from clinic.settings import BASE_DIR

ROOT_URLCONF = "benchmarks.urls"
WSGI_APPLICATION = "benchmarks.wsgi.application"
STATIC_ROOT = COMPRESS_ROOT = BASE_DIR / ".bench" / "static"
