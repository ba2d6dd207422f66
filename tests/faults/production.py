"""The site's own settings, with static files in a folder of the test run: nobody else's are swapped under it."""

import os

from clinic.settings import *  # noqa: F403 - the real ones, all of them

STATIC_ROOT = os.environ["STATIC_ROOT"]
