"""Loaded before Django's settings: the test run's own environment, whatever the shell's is."""

import os

os.environ["DEBUG"] = "1"
os.environ["EMAIL_URL"] = "memory://"
os.environ["LOG_LEVEL"] = "ERROR"
os.environ["SITE_URL"] = "http://localhost:8000"
os.environ.pop("TRUSTED_PROXIES", None)
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs beside the test's own queries
