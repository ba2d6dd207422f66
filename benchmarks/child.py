"""Runs one topic inside Django on the database the environment names, and prints its figures as JSON."""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import asdict

import django


def main(topic: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    module = importlib.import_module(f"benchmarks.{topic}")
    figures = [asdict(figure) for figure in module.measure()]
    json.dump({"figures": figures, "note": module.note()}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
