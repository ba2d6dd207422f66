"""A peer on the same workload: django-appointment from PyPI, in an environment and a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import psycopg

from benchmarks import databases
from benchmarks.figures import Figure, milliseconds
from clinic.database import CHECKOUT, embedded_url

PEER = "django-appointment==3.12.0"
HOME = CHECKOUT / ".bench" / "peers"
DATABASE = "bench_peer"


def measure() -> list[Figure]:
    """The peer's figures, or none when it cannot be installed."""
    if not _is_installed():
        print(f"Skipping {PEER}: it could not be installed here.")
        return []
    print(f"Measuring {PEER} …", flush=True)
    found = _ask()
    past = f"{databases.PAST['small'] // 1000} k past"
    return [
        _figure(f"{PEER}: open times, 1 practitioner, 1 day, {past}", found["day"]),
        _figure(f"{PEER}: open times, 20 practitioners, 90 days, {past}", found["quarter"]),
    ]


def _figure(what: str, found: dict[str, float]) -> Figure:
    return Figure(what=what, ours="—", reference=f"{milliseconds(found['milliseconds'])}, {found['queries']:,} queries")


def _is_installed() -> bool:
    python = HOME / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        wanted = [PEER, "psycopg[binary]"]
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        return False
    return True


def _ask() -> dict[str, dict[str, float]]:
    databases.drop(DATABASE)
    with psycopg.connect(embedded_url("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE}")
    host = unquote(urlsplit(embedded_url()).netloc.rpartition("@")[2])
    command = [str(HOME / "bin" / "python"), str(CHECKOUT / "benchmarks" / "peer_child.py")]
    words = [datetime.now(UTC).date().isoformat(), str(databases.PAST["small"])]
    environment = os.environ | {"PEER_HOST": host, "PEER_DATABASE": DATABASE}
    try:
        done = subprocess.run([*command, *words], env=environment, stdout=subprocess.PIPE, check=True)
    finally:
        databases.drop(DATABASE)
    return json.loads(done.stdout.splitlines()[-1])
