"""Clients, what they ask for, and what was brought along or counted about them."""

from booking.models import Client, Message
from tests.factory import MONDAY, NOW
from tests.refused.rows import DAY


def same_client(rows):
    Client.objects.create(
        email=rows.client.email.upper(),
        first_name=rows.client.first_name.lower(),
        last_name=rows.client.last_name,
    )


REFUSED = {
    "client_is_name_and_email": [same_client],
    "consultation_kind_known": [lambda rows: rows.ask(kind="visit")],
    "consultation_status_known": [lambda rows: rows.ask(status="open", handled_at=NOW)],
    "consultation_call_has_number": [lambda rows: rows.ask(kind="phone", phone="")],
    "consultation_handled_has_time": [
        lambda rows: rows.ask(handled_at=NOW),
        lambda rows: rows.ask(status="answered"),
        lambda rows: rows.ask(status="declined"),
    ],
    "consultation_scheduled_has_visit": [
        lambda rows: rows.ask(status="scheduled", handled_at=NOW),
        lambda rows: rows.ask(status="scheduled", handled_at=NOW, client=rows.client),
        lambda rows: rows.ask(status="scheduled", handled_at=NOW, visit=rows.appointment.visit),
        lambda rows: rows.ask(visit=rows.appointment.visit),
    ],
    "consultation_withdrawn_is_closed": [
        lambda rows: rows.ask(withdrawn_at=NOW),
        lambda rows: rows.ask(withdrawn_at=NOW, status="answered", handled_at=NOW),
    ],
    "consultation_parts_known": [
        lambda rows: rows.ask(preferred_parts=["dawn"]),
        lambda rows: rows.ask(preferred_parts=["am", "all"]),
    ],
    "message_sent_has_time": [
        lambda rows: Message.objects.update(status="sent"),
        lambda rows: Message.objects.update(sent_at=NOW),
        lambda rows: Message.objects.update(status="failed", sent_at=NOW),
    ],
    "import_row_number_once_a_file": [lambda rows: [rows.line(2), rows.line(2)]],
    "unmet_search_one_row_a_question": [
        lambda rows: [rows.unmet() for _ in range(2)],
        lambda rows: [rows.unmet(practitioner=rows.practitioner) for _ in range(2)],
        lambda rows: [rows.unmet(location=rows.clinic.location, part="am") for _ in range(2)],
    ],
}

ALLOWED = {
    "a member of the family at the same address": lambda rows: Client.objects.create(
        email=rows.client.email, first_name="Sami", last_name=rows.client.last_name
    ),
    "a video call without a number": lambda rows: rows.ask(kind="video", phone=""),
    "a request that led to a visit": lambda rows: rows.ask(
        status="scheduled", handled_at=NOW, client=rows.client, visit=rows.appointment.visit
    ),
    "a request withdrawn": lambda rows: rows.ask(status="declined", handled_at=NOW, withdrawn_at=NOW),
    "any part of the day": lambda rows: rows.ask(preferred_parts=["eve", "am", "pm"]),
    "two of one name without an address": lambda rows: [
        Client.objects.create(email="", first_name="Jo", last_name="Lee") for _ in range(2)
    ],
    "the same line of two files": lambda rows: [rows.line(2), rows.line(2, file_name="other.csv")],
    "another question on the same day": lambda rows: [
        rows.unmet(),
        rows.unmet(part="am"),
        rows.unmet(location=rows.clinic.location),
        rows.unmet(practitioner=rows.practitioner),
        rows.unmet(asked_date=MONDAY - DAY),
    ],
}
