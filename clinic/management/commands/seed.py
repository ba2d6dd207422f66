"""`manage.py seed`: puts an invented clinic into an empty database. Where there is a clinic, nothing is changed."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone
from tqdm import tqdm

from booking import localtime
from booking.models import Appointment
from clinic.demo import large, small, staff
from clinic.demo.place import LOCATION
from services import content, seeding
from services.models import Article, Location


class Command(BaseCommand):
    help = "Put the demo clinic into an empty database. A database that holds a clinic is left as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=["demo", "large"], default="demo")
        parser.add_argument("--day", type=date.fromisoformat, help="The day it is all about; by default today.")
        parser.add_argument("--past", type=int, default=1_000_000, help="Large: how many past visits.")
        parser.add_argument("--unclosed", type=float, default=0.35, help="Large: share of them still booked.")
        parser.add_argument("--password", help="Create the superuser “owner”, and one sign-in a role, with it as well.")

    def handle(self, *args: object, **options) -> None:
        if options["past"] < 0 or not 0 <= options["unclosed"] <= 1:
            raise CommandError("--past is a count, and --unclosed a share between 0 and 1.")
        began = time.monotonic()
        day = options["day"] or localtime.local_day(timezone.now(), localtime.zone(str(LOCATION["timezone"])))
        with transaction.atomic():
            self._wait_for_others()
            is_new = not Location.objects.exists()
            if is_new:
                self._make(day, options)
        if is_new:
            self.stdout.write(self._summary(day, time.monotonic() - began))
        else:
            self.stdout.write("There is a clinic in this database already; nothing was changed.")
        if options["password"]:
            self._make_owner(options["password"])

    def _wait_for_others(self) -> None:
        """One seeding at a time, and as long as it takes."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL lock_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('clinic.demo.seed', 0))")

    def _make(self, day: date, options: dict) -> None:
        is_demo = options["size"] == "demo"
        if is_demo:
            small.make(day=day)
        else:
            self._make_large(day, options)
        now = timezone.now()
        seeding.seed_articles(content.articles(), now=now, publish_unreviewed=not is_demo)
        if is_demo:
            small.enliven(day=day, now=now)

    def _make_large(self, day: date, options: dict) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checked as we go, not all at the end
        with tqdm(desc="Visits", total=large.expected(past=options["past"]), unit=" visits", unit_scale=True) as bar:
            for count in large.make(day=day, past=options["past"], unclosed=options["unclosed"]):
                bar.update(count)

    def _summary(self, day: date, seconds: float) -> str:
        location = Location.objects.get()
        return (
            f"{location.name} is ready around {day:%A} {day.day} {day:%B %Y}: "
            f"{location.rooms.count()} rooms, {Appointment.objects.count():,} visits, "
            f"{Article.objects.count()} articles. It took {seconds:.1f} s."
        )

    def _make_owner(self, password: str) -> None:
        if staff.make_owner(password):
            self.stdout.write("Created the staff sign-in “owner”.")
        else:
            self.stdout.write("The staff sign-in “owner” exists already; its password was not changed.")
        if made := staff.make_others(password):
            self.stdout.write(f"Created the staff sign-ins {', '.join(f'“{name}”' for name in made)}.")
