"""gunicorn on one core and a small raw-socket client on another, so that the client is never what is measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from clinic.database import CHECKOUT

CLIENTS = 4
SECONDS = 4.0
STARTS_WITHIN = 30.0
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def served() -> Iterator[int]:
    """The site under the clinic's own gunicorn settings, one worker; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "benchmarks.wsgi", "--config", "python:clinic.gunicorn_conf"]
    environment = os.environ | {"BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    server = subprocess.Popen([*command, "--max-requests", "0"], env=environment, cwd=CHECKOUT, stdout=sys.stderr)
    _stay_on(server.pid, CORES[:1])
    _stay_on(0, CORES[1:])
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def in_turn(port: int, *paths: str, rounds: int = 3) -> list[float]:
    """The best requests per second of each address; they take turns, so that a busy machine is unfair to none."""
    best = [0.0] * len(paths)
    for _ in range(rounds):
        for number, path in enumerate(paths):
            best[number] = max(best[number], _rate(port, path))
    return best


def fetch(port: int, path: str) -> bytes:
    """The whole answer to one GET; ValueError unless its status is 200."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        parts = iter(lambda: line.recv(65536), b"")
        answer = b"".join(parts)
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise ValueError(f"{path} answered {answer[:60]!r}")
    return answer


def _rate(port: int, path: str) -> float:
    fetch(port, path)
    ends = time.perf_counter() + SECONDS / 2

    def keep_asking(_: int) -> int:
        count = 0
        while time.perf_counter() < ends:
            fetch(port, path)
            count += 1
        return count

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        count = sum(clients.map(keep_asking, range(CLIENTS)))
    return count / (time.perf_counter() - began)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            fetch(port, "/bench/empty/")
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _stay_on(pid: int, cores: list[int]) -> None:
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, cores)
