"""Finds Chromium for the browser tests, installing Debian's where that is allowed: `python -m tests.chromium`."""

import os
import shutil
import subprocess
import sys

EXECUTABLE = "/usr/bin/chromium"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def is_there() -> bool:
    return os.path.exists(EXECUTABLE)


def is_required() -> bool:
    return os.environ.get("BROWSER_TESTS") == "required"


def install() -> None:
    """Install Chromium through apt when this user may; else say that the browser tests are skipped."""
    if is_there():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            check=False,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
    if not is_there():
        sys.stderr.write("There is no Chromium here and it could not be installed.\n")
        if is_required():
            sys.exit(1)
        sys.stderr.write("The browser tests will be skipped.\n")


if __name__ == "__main__":
    install()
