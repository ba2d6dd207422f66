"""`manage.py demo`: the whole site with the demo clinic, as production runs it, on this machine alone."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic import database

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
STARTS_WITHIN = 60  # seconds


class Command(BaseCommand):
    help = "Set up the database and the demo clinic, then serve the site and run its worker until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: object, port: int, **options: object) -> None:
        _refuse_a_busy_port(port)
        kept = _kept_secrets(settings.BASE_DIR / ".demo" / "secrets.json")
        environment = production_on(port, kept)
        self._prepare(environment, kept["password"])
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGINT, _interrupt)  # also where the shell that started us ignores it
        processes = []
        try:
            processes = [subprocess.Popen(command, env=environment) for command in _commands()]
            _wait_until_served(port, processes)
            self._welcome(port, kept["password"])
            _watch(processes)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            _stop(processes)
            database.stop_if_unused()

    def _prepare(self, environment: dict[str, str], password: str) -> None:
        self.stdout.write("Preparing the database, the demo clinic and the static files …")
        self.stdout.flush()
        for words in (
            ["migrate", "--verbosity=0"],
            ["seed", f"--password={password}"],
            ["seed_content"],  # a demo made before an article was written gets it now
            ["make_cards", "--verbosity=0"],
            ["collectstatic", "--noinput", "--verbosity=0"],
            ["compress", "--verbosity=0"],
        ):
            subprocess.run([*MANAGE, *words], env=environment, check=True)
        bundles = [sys.executable, "-m", "whitenoise.compress", "--quiet", str(settings.STATIC_ROOT / "CACHE")]
        subprocess.run(bundles, check=True)  # made after collectstatic has compressed the rest

    def _welcome(self, port: int, password: str) -> None:
        self.stdout.write(
            f"\n  The site:     http://localhost:{port}/\n"
            f"  Book a visit: http://localhost:{port}/book/\n"
            f"  Staff:        http://localhost:{port}/admin/diary/   password {password}\n"
            "                owner, frontdesk, mara (a practitioner), editor (texts alone)\n"
            f"  Sent mail:    http://localhost:{port}/admin/booking/message/\n\n"
            "  Mails go out three minutes after a booking, once it can no longer be undone.\n"
            "  Ctrl-C stops everything.\n"
        )
        self.stdout.flush()


def _commands() -> list[list[str]]:
    gunicorn = [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--config", "python:clinic.gunicorn_conf"]
    worker = [*MANAGE, "procrastinate", "worker", "--concurrency=1"]
    return [gunicorn, worker]


def production_on(port: int, kept: dict[str, str]) -> dict[str, str]:
    """Production's settings, as far as plain http on localhost allows."""
    return {
        "EMAIL_URL": "dummy://",
        **os.environ,
        "DEBUG": "0",
        "DATABASE_URL": settings.DATABASE_URL,
        "SECRET_KEY": kept["secret_key"],
        "FIELD_ENCRYPTION_KEYS": kept["field_encryption_keys"],
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": os.environ.get("WEB_WORKERS", "2"),
    }


def _kept_secrets(path: Path) -> dict[str, str]:
    """This checkout's own secrets, made on the first run and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        made = {
            "secret_key": secrets.token_urlsafe(48),
            "field_encryption_keys": f"1:{secrets.token_hex(32)}",
            "password": secrets.token_urlsafe(12),
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    return json.loads(path.read_text())


def _refuse_a_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken. Choose another one: make demo PORT={port + 1}") from error


def _wait_until_served(port: int, processes: list[subprocess.Popen]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        _raise_if_any_ended(processes)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise CommandError("The site did not answer within a minute.")


def _watch(processes: list[subprocess.Popen]) -> None:
    while True:
        _raise_if_any_ended(processes)
        time.sleep(1)


def _raise_if_any_ended(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is not None:
            raise CommandError(f"A part of the site ended with code {process.returncode}: {process.args!r}")


def _stop(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
