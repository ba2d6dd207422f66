"""The benchmarks' own databases in the embedded server: made and seeded once, used again until they are stale."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

import psycopg
from psycopg import sql

from clinic.database import CHECKOUT, embedded_url

PAST = {"small": 10_000, "large": 1_000_000}
FRESH = timedelta(days=7)
MANAGE = [sys.executable, str(CHECKOUT / "manage.py")]


@dataclass(frozen=True)
class Database:
    """A seeded clinic: its name, and the day its visits lie around."""

    name: str
    day: date

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.name) | {"BENCH_DAY": self.day.isoformat()}


def environment(name: str) -> dict[str, str]:
    """Production's settings with made-up secrets, on this database."""
    return os.environ | _made_up_secrets() | {"DATABASE_URL": embedded_url(name), "PYTHONPATH": str(CHECKOUT)}


def ready(size: str) -> Database:
    """The seeded database of this size, made anew when the schema, the seed or a week has passed over it."""
    name = f"bench_{size}"
    known = _comment(name)
    today = datetime.now(UTC).date()
    if known and known["made_from"] == _made_from() and today - date.fromisoformat(known["day"]) <= FRESH:
        return Database(name, date.fromisoformat(known["day"]))
    print(f"Making {name} with {PAST[size]:,} past visits; this happens once.")
    drop(name)
    _server("CREATE DATABASE {}", name)
    manage(environment(name), "migrate", "--verbosity=0")
    manage(environment(name), "seed", "--size=large", f"--past={PAST[size]}", f"--day={today}")
    with psycopg.connect(embedded_url(name), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    note = json.dumps({"day": today.isoformat(), "made_from": _made_from()})
    _server("COMMENT ON DATABASE {} IS {}", name, note)
    return Database(name, today)


def copy(original: Database, name: str) -> Database:
    """A throw-away copy, for benchmarks that write."""
    drop(name)
    with psycopg.connect(embedded_url("postgres"), autocommit=True) as server:
        names = sql.Identifier(name), sql.Identifier(original.name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    return Database(name, original.day)


def drop(name: str) -> None:
    _server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def manage(environment: dict[str, str], *words: str) -> None:
    subprocess.run([*MANAGE, *words], env=environment, check=True, cwd=CHECKOUT)


def _server(statement: str, name: str, *values: str) -> None:
    with psycopg.connect(embedded_url("postgres"), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(name), *map(sql.Literal, values)))


def _comment(name: str) -> dict[str, str] | None:
    with psycopg.connect(embedded_url("postgres")) as server:
        row = server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
    return json.loads(row[0]) if row and row[0] else None


@cache
def _made_from() -> str:
    """A fingerprint of everything that shapes a seeded database."""
    sources = [*CHECKOUT.glob("*/migrations/*.py"), *CHECKOUT.glob("clinic/demo/*.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()[:16]


@cache
def _made_up_secrets() -> dict[str, str]:
    return {
        "DEBUG": "0",
        "LOG_LEVEL": "ERROR",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": f"1:{secrets.token_hex(32)}",
        "SITE_URL": "http://localhost",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "EMAIL_URL": "dummy://",
    }
