"""Runs inside the peer's own environment: seeds django-appointment with the same workload and times its open times.

Prints JSON: milliseconds and queries of one practitioner-day, and of twenty practitioners' ninety days.
"""

from __future__ import annotations

import json
import logging
import os
import random
import sys
import time
from datetime import date, datetime, timedelta

import django
from django.conf import settings

SEATS, CELLS, DAYS = 20, 8, 90
CELL, VISIT = timedelta(minutes=75), timedelta(minutes=60)


def configure() -> None:
    settings.configure(
        SECRET_KEY="only-for-this-benchmark",  # noqa: S106
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "phonenumber_field",
            "appointment",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": os.environ["PEER_HOST"],
                "USER": "postgres",
                "NAME": os.environ["PEER_DATABASE"],
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        LOGGING_CONFIG=None,
    )
    django.setup()


def seed(day: date, past: int) -> tuple[object, list]:
    """Twenty people at work Monday to Saturday, every past cell taken and 60 % of those ahead; returns what to ask."""
    from appointment.models import Service, StaffMember, WorkingHours
    from django.contrib.auth.models import User

    service = Service.objects.create(name="Therapeutic massage", duration=VISIT, price=105)
    client = User.objects.create(username="client")
    users = User.objects.bulk_create(User(username=f"practitioner{number}", first_name="P") for number in range(SEATS))
    staff = [StaffMember.objects.create(user=user, slot_duration=15, work_on_saturday=True) for user in users]
    for member in staff:
        member.services_offered.add(service)
        for weekday in range(1, 7):
            WorkingHours.objects.create(staff_member=member, day_of_week=weekday, start_time="08:00", end_time="19:00")
    _make_visits(client, service, staff, day, past)
    return service, staff


def _make_visits(client, service, staff: list, day: date, past: int) -> None:
    from appointment.models import Appointment, AppointmentRequest

    chance = random.Random(1)
    requests, number = [], 0
    for offset in range(-(past // (SEATS * CELLS)) * 7 // 6 - 1, DAYS):
        on = day + timedelta(days=offset)
        for cell in range(CELLS) if on.weekday() != 6 else ():
            begins = datetime.combine(on, datetime.min.time()) + timedelta(hours=8) + cell * CELL
            for member in staff:
                number += 1
                if offset < 0 or chance.random() < 0.6:
                    requests.append(
                        AppointmentRequest(
                            date=on,
                            start_time=begins.time(),
                            end_time=(begins + VISIT).time(),
                            service=service,
                            staff_member=member,
                            id_request=f"request-{number}",
                        )
                    )
    made = AppointmentRequest.objects.bulk_create(requests, batch_size=2_000)
    Appointment.objects.bulk_create(
        (Appointment(client=client, appointment_request=one, id_request=one.id_request) for one in made),
        batch_size=2_000,
    )


def timed(service, staff: list, days: list[date]) -> dict[str, float]:
    """Ask as the package's own page does, one practitioner and one day at a time."""
    from appointment.services import get_available_slots_for_staff
    from appointment.utils.db_helpers import get_weekday_num_from_date
    from django.db import connection

    queries = 0

    def counted(execute, *words):
        nonlocal queries
        queries += 1
        return execute(*words)

    with connection.execute_wrapper(counted):
        began = time.perf_counter()
        for on in days:
            for member in staff:
                get_available_slots_for_staff(on, member, get_weekday_num_from_date(on), service=service)
        milliseconds = (time.perf_counter() - began) * 1000
    return {"milliseconds": milliseconds, "queries": queries}


def main(day: date, past: int) -> None:
    configure()
    logging.disable()  # it logs to standard output
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the package ships no migrations
    service, staff = seed(day, past)
    weekday = day + timedelta(days=3 + ((day + timedelta(days=3)).weekday() == 6))
    timed(service, staff[:1], [weekday])
    answer = {
        "day": timed(service, staff[:1], [weekday]),
        "quarter": timed(service, staff, [day + timedelta(days=offset) for offset in range(DAYS)]),
    }
    sys.stdout.write(f"\n{json.dumps(answer)}\n")


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]), int(sys.argv[2]))
