"""The demo clinic as production runs it, on a database and a port of its own, for as long as somebody looks at it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from tests import chromium
from tests.serving import free_port

NAME = "audit"


@contextmanager
def running() -> Iterator[str]:
    """The site's address."""
    server = settings.DATABASE_URL.rpartition("/")[0]
    port = free_port()
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", f"--port={port}"]
        process = subprocess.Popen(
            command,
            env={**os.environ, "DEBUG": "1", "DATABASE_URL": f"{server}/{NAME}"},
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_until_served(process, port)
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


@contextmanager
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.EXECUTABLE, args=chromium.FLAGS)
        yield browser
        browser.close()


def _wait_until_served(process: subprocess.Popen, port: int) -> None:
    for _ in range(600):
        if process.poll() is not None:
            sys.exit("The demo ended before it served a page.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The demo did not answer in two minutes.")
