"""What is offered, explained and shown, and where."""

from datetime import time, timedelta

from services.models import Article, Edition, Picture, Room, Service, Source
from tests.factory import NOW, make_clinic
from tests.refused.rows import DAY, MINUTE


def source(position=1):
    article = Article.objects.first()
    Source.objects.create(article=article, position=position, title="A review")


def picture(**given):
    fields = {"digest": "0123456789abcdef0123", "widths": [320], "width": 320, "height": 240, "alt": "A door"}
    Picture.objects.create(**fields | given, created_at=NOW)


REFUSED = {
    "article_published_has_a_time": [lambda rows: Article.objects.update(published_at=None)],
    "article_reviewer_has_a_date": [lambda rows: Article.objects.update(reviewer=rows.practitioner)],
    "edition_is_one_row": [lambda rows: Edition.objects.create(pk=2, number=1)],
    "source_position_unique_in_article": [lambda rows: [source(), source()]],
    "source_position_from_1": [lambda rows: source(0)],
    "picture_alt_says_something": [lambda rows: picture(alt=""), lambda rows: picture(alt=" ")],
    "picture_digest_is_a_hash": [lambda rows: picture(digest="../../x"), lambda rows: picture(digest="0123")],
    "picture_has_a_size": [lambda rows: picture(width=0), lambda rows: picture(height=0)],
    "picture_has_a_file": [lambda rows: picture(widths=[])],
    "opening_hours_end_after_start": [
        lambda rows: rows.opening(closes=time(9)),
        lambda rows: rows.opening(closes=time(8)),
    ],
    "opening_hours_weekday": [lambda rows: rows.opening(weekday=7)],
    "room_name_unique_in_location": [
        lambda rows: Room.objects.create(location=rows.clinic.location, name=rows.room.name)
    ],
    "service_buffers_not_negative": [
        lambda rows: Service.objects.update(buffer_before=-MINUTE),
        lambda rows: Service.objects.update(buffer_after=-MINUTE),
    ],
    "service_slot_step_at_least_5_min": [
        lambda rows: Service.objects.update(slot_step=timedelta(0)),
        lambda rows: Service.objects.update(slot_step=4 * MINUTE),
    ],
    "service_horizon_after_lead_time": [
        lambda rows: Service.objects.update(lead_time=-MINUTE),
        lambda rows: Service.objects.update(lead_time=DAY, booking_horizon=DAY),
    ],
    "service_horizon_at_most_400_days": [lambda rows: Service.objects.update(booking_horizon=400 * DAY + MINUTE)],
    "service_notice_not_negative": [lambda rows: Service.objects.update(cancellation_notice=-MINUTE)],
    "service_late_fee_at_most_all": [lambda rows: Service.objects.update(late_fee_percent=101)],
    "service_whole_minutes": [
        lambda rows, field=field: Service.objects.update(**{field: 7 * MINUTE + timedelta(microseconds=1)})
        for field in ("buffer_before", "buffer_after", "slot_step", "lead_time", "cancellation_notice")
    ],
    "service_option_whole_minutes": [
        lambda rows: rows.option(60.5),
        lambda rows: rows.option(unattended_from=10 * MINUTE, unattended_until=30.5 * MINUTE),
    ],
    "service_option_unique": [lambda rows: rows.option(name="")],
    "service_option_duration": [lambda rows: rows.option(4), lambda rows: rows.option(8 * 60 + 1)],
    "service_option_price_not_negative": [lambda rows: rows.option(price=-1)],
    "service_option_unattended_inside": [
        lambda rows, phase=phase: rows.option(unattended_from=phase[0] * MINUTE, unattended_until=phase[1] * MINUTE)
        for phase in [(0, 30), (30, 30), (40, 30), (30, 61)]
    ],
}

ALLOWED = {
    "a picture of one size": lambda rows: picture(),
    "the same picture in two places": lambda rows: [picture(), picture(alt="The way out")],
    "an option as short and as long as can be": lambda rows: [rows.option(5), rows.option(8 * 60)],
    "a room of the same name elsewhere": lambda rows: Room.objects.create(
        location=make_clinic().location, name=rows.room.name
    ),
    "a step of five minutes": lambda rows: Service.objects.update(slot_step=5 * MINUTE),
}
