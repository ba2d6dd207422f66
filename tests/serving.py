"""The site as it runs in production, beside the test and on the test's database: web, worker, mail server.

Each is a context manager that leaves no process behind. Nothing here judges; tests do.
"""

from __future__ import annotations

import atexit
import email
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import default as modern
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

import httpx
import psutil
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

CHECKOUT = Path(settings.BASE_DIR)
MANAGE = [sys.executable, str(CHECKOUT / "manage.py")]
GUNICORN = [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--config", "python:clinic.gunicorn_conf"]
HIDDEN_FIELD = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')
OFFERED = re.compile(r'name="starts_at" value="([^"]+)"')
SECRET_KEY = "a-key-of-the-test-run-alone-" + "k" * 30
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading certificates takes longer than booking a visit
addresses = count(1)


def wait_until(is_so: Callable[[], Any], *, within: float, what: str) -> Any:
    """The first true answer; `AssertionError` naming `what` when none comes in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if answer := is_so():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"Not within {within} s: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url() -> str:
    """The test's own database, for another process."""
    at = connection.settings_dict
    password = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgresql://{at['USER']}{password}@{quote(at['HOST'], safe='')}{port}/{at['NAME']}"


def environment(*, port: int, **given: str) -> dict[str, str]:
    """Production's settings with plain http, one trusted proxy, and mails that leave at once."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.production",
        "STATIC_ROOT": "",
        "DEBUG": "0",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": "1:" + "11" * 32,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": "dummy://",
        "TRUSTED_PROXIES": "1",
        "UNDO_SECONDS": "0",
        "BIND": f"127.0.0.1:{port}",
        **given,
    }


@cache
def _static_root() -> str:
    """Collected and compressed once a run."""
    folder = mkdtemp(prefix="clinic-static-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # No mail, no queries: these commands only have to get past the settings.
    known = {"DEBUG": "0", "SECRET_KEY": "s", "FIELD_ENCRYPTION_KEYS": "1:" + "11" * 32, "EMAIL_URL": "dummy://"}
    known |= {"SITE_URL": "http://127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1", "DATABASE_URL": database_url()}
    for words in (
        [*MANAGE, "collectstatic", "--noinput", "--verbosity=0"],
        [*MANAGE, "compress", "--verbosity=0"],
        [sys.executable, "-m", "whitenoise.compress", "--quiet", f"{folder}/CACHE"],
    ):
        done = subprocess.run(
            words,
            env={**os.environ, **known, "DJANGO_SETTINGS_MODULE": "tests.faults.production", "STATIC_ROOT": folder},
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    return folder


class Server:
    """A process of ours with its children, started in its own group and ended with it."""

    def __init__(self, command: list[str], given: dict[str, str]) -> None:
        self.command, self.given = command, given
        self.kills = 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=self.given,
            cwd=CHECKOUT,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """`kill -9`: no goodbye, no cleaning up."""
        self.kills += 1
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # whatever is left of the group
        self.process.wait()


class Web(Server):
    """gunicorn on a port of its own."""

    def __init__(self, *, workers: int = 2, port: int | None = None, **given: str) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(
            GUNICORN, environment(port=self.port, STATIC_ROOT=_static_root(), WEB_WORKERS=str(workers), **given)
        )

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def kill_a_worker(self, choose: Callable[[list], Any]) -> None:
        if workers := self.workers():
            self.kills += 1
            choose(workers).kill()


@contextmanager
def web(**given: Any) -> Iterator[Web]:
    server = Web(**given)
    try:
        wait_until(server.answers, within=60, what="the site answers")
        yield server
    finally:
        server.stop()


@contextmanager
def worker(*, concurrency: int = 1, port: int = 80, **given: str) -> Iterator[Server]:
    """The background worker; `port` is the web's, as links in mails name it."""
    words = ["procrastinate", "worker", f"--concurrency={concurrency}"]
    server = Server([*MANAGE, *words], environment(port=port, **given))
    try:
        yield server
    finally:
        server.stop()


class Browser(httpx.Client):
    """One person with an address and cookies of their own, who fills in the forms they are shown."""

    def __init__(self, url: str) -> None:
        number = next(addresses)
        super().__init__(
            base_url=url,
            headers={"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"},
            timeout=30,
            verify=NO_TLS,
        )

    def fields(self, path: str, **query: str) -> dict[str, str]:
        """The hidden fields of the page's forms, CSRF token included."""
        page = self.get(path, params=query)
        page.raise_for_status()
        return dict(HIDDEN_FIELD.findall(page.text))


def details(number: int, **given: str) -> dict[str, str]:
    """What a client types into the form."""
    return {
        "first_name": "Noor",
        "last_name": f"Haddad {number}",
        "email": f"noor{number}@example.org",
        "phone": "503 555 0142",
        "pressure": "medium",
        "accept_policy": "on",
        "website": "",
        **given,
    }


class MailServer:
    """A real SMTP server that keeps what it accepted and misbehaves on request."""

    def __init__(self) -> None:
        self.port = free_port()
        self.accepted: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.tries: Counter[str] = Counter()
        self.reply: Callable[[EmailMessage], str] = lambda message: "250 OK"
        self.before_yes = threading.Event()
        self.after_yes = threading.Event()
        self.controller: Controller | None = None
        self.go_on()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.controller = Controller(_Desk(self), hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        self.go_on()
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    def go_on(self) -> None:
        self.before_yes.set()
        self.after_yes.set()

    def message_ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.accepted]


class _Desk:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_DATA(self, smtp, session, envelope) -> str:
        message = email.message_from_bytes(envelope.content, policy=modern)
        self.server.tries[message["Message-ID"]] += 1
        await smtp.loop.run_in_executor(None, self.server.before_yes.wait, 30)
        reply = self.server.reply(message)
        if reply.startswith("250"):
            self.server.accepted.append(message)
            self.server.recipients += envelope.rcpt_tos
        return reply

    async def handle_QUIT(self, smtp, session, envelope) -> str:
        await smtp.loop.run_in_executor(None, self.server.after_yes.wait, 30)
        return "221 Bye"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def let_time_pass_for_dead_workers() -> None:
    """Make every worker known so far look silent for a minute. Call it after a kill and before the next start."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
