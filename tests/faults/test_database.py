"""The embedded server: started once by many, found again after a crash, stopped when told."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from clinic import database

START = """
import sys
from pathlib import Path
from clinic import database
print(database.embedded_url(cluster=Path(sys.argv[1])))
"""


@pytest.fixture
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="clinic-cluster-"))
    yield folder / "data"
    database.stop(cluster=folder / "data")
    shutil.rmtree(folder, ignore_errors=True)


def answers(url):
    with psycopg.connect(url) as server:
        return server.execute("SELECT 1").fetchone() == (1,)


def pid_of(cluster):
    return int((cluster / "postmaster.pid").read_text().splitlines()[0])


def test_many_processes_that_start_at_once_share_one_server(cluster):
    command = [sys.executable, "-c", START, str(cluster)]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    urls = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert len(urls) == 1
    assert answers(urls.pop())


def test_server_killed_outright_starts_again_though_its_lock_names_a_living_process(cluster):
    url = database.embedded_url(cluster=cluster)
    os.kill(pid_of(cluster), signal.SIGKILL)
    lock = cluster / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert database.embedded_url(cluster=cluster) == url
    assert answers(url)


def test_half_written_lock_file_is_recovered(cluster):
    database.embedded_url(cluster=cluster)
    database.stop(cluster=cluster)
    (cluster / "postmaster.pid").write_text("4194304\n")
    assert answers(database.embedded_url(cluster=cluster))


def test_stop_says_whether_it_was_running(cluster):
    database.embedded_url(cluster=cluster)
    assert database.stop(cluster=cluster) is True
    assert database.stop(cluster=cluster) is False


def test_server_in_use_is_not_stopped_by_the_demo_s_end(cluster):
    url = database.embedded_url(cluster=cluster)
    with psycopg.connect(url):
        assert database.stop_if_unused(cluster=cluster) is False
    assert database.stop_if_unused(cluster=cluster) is True
