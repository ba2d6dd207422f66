from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from booking import errors, policy
from booking.localtime import zone

NOW = datetime(2025, 7, 1, 16, tzinfo=UTC)
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)


def test_a_visit_may_start_from_lead_time_until_horizon():
    assert policy.earliest_start(NOW, timedelta(hours=2)) == datetime(2025, 7, 1, 18, tzinfo=UTC)
    assert policy.latest_start(NOW, timedelta(days=90)) == datetime(2025, 9, 29, 16, tzinfo=UTC)


def test_lead_time_and_horizon_are_real_hours_when_the_clock_changes():
    saturday_noon = datetime(2025, 3, 8, 12, tzinfo=zone("America/Los_Angeles"))
    assert policy.earliest_start(saturday_noon, DAY) == datetime(2025, 3, 9, 20, tzinfo=UTC)
    assert policy.latest_start(saturday_noon, DAY) == datetime(2025, 3, 9, 20, tzinfo=UTC)


def test_cancelling_is_free_up_to_and_at_the_deadline():
    starts_at = NOW + DAY
    assert policy.cancellation_deadline(starts_at, DAY) == NOW
    assert policy.may_cancel_free(NOW, starts_at, DAY)
    assert not policy.may_cancel_free(NOW + timedelta(microseconds=1), starts_at, DAY)


def test_a_day_of_notice_is_twenty_four_real_hours_when_the_clock_changes():
    sunday_noon = datetime(2025, 3, 9, 12, tzinfo=zone("America/Los_Angeles"))
    saturday_eleven = datetime(2025, 3, 8, 19, tzinfo=UTC)
    assert policy.cancellation_deadline(sunday_noon, DAY) == saturday_eleven
    assert not policy.may_cancel_free(saturday_eleven + timedelta(minutes=1), sunday_noon, DAY)


@pytest.mark.parametrize(
    ("price", "percent", "fee"),
    [
        ("110.00", 50, "55.00"),
        ("0.01", 50, "0.01"),
        ("0.03", 50, "0.02"),
        ("99.99", 33, "33.00"),
        ("110.00", 100, "110.00"),
        ("110.00", 0, "0.00"),
    ],
)
def test_a_late_fee_is_exact_to_the_cent_and_half_a_cent_goes_up(price, percent, fee):
    answer = policy.late_fee(Decimal(price), percent)
    assert str(answer) == fee


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_late_fee_is_never_negative_nor_more_than_the_price(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        policy.late_fee(Decimal("110.00"), percent)


def test_a_hold_lasts_ten_minutes():
    assert policy.hold_expires_at(NOW) == datetime(2025, 7, 1, 16, 10, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        policy.hold_expires_at(NOW.replace(tzinfo=None))


def test_an_error_carries_its_own_sentence_or_a_better_one():
    assert errors.SlotTaken().message == str(errors.SlotTaken()) == errors.SlotTaken.sentence
    assert errors.SlotTaken("Mara's 1:30 pm has just gone.").message == "Mara's 1:30 pm has just gone."


def test_every_error_has_a_code_of_its_own_and_a_sentence_in_the_clinics_voice():
    kinds = errors.BookingError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len({kind.sentence for kind in kinds}) == len(kinds)
    assert {kind for kind in vars(errors).values() if isinstance(kind, type)} - {errors.BookingError} <= set(kinds)
    for kind in kinds:
        assert kind.sentence.endswith(".")
        assert not any(word in kind.sentence.lower() for word in ("please", "invalid", "oops", "sorry", "!"))
        refused = {"hold-limit": 429, "too-many-requests": 429, "file-refused": 422}
        assert kind.status == refused.get(kind.code, 409)


def test_a_proposal_is_held_as_long_as_meant_and_never_past_its_start():
    assert policy.proposal_expires_at(NOW + 48 * HOUR, NOW + 72 * HOUR) == NOW + 48 * HOUR
    assert policy.proposal_expires_at(NOW + 48 * HOUR, NOW + 5 * HOUR) == NOW + 5 * HOUR


def test_the_way_into_a_call_is_shown_from_a_day_before_until_its_end():
    starts_at, ends_at = NOW + 48 * HOUR, NOW + 49 * HOUR
    shown = [
        hours for hours in (0, 23, 24, 48, 49, 50) if policy.is_video_link_shown(NOW + hours * HOUR, starts_at, ends_at)
    ]
    assert shown == [24, 48]


@pytest.mark.parametrize(
    ("last_hour", "last_day", "is_too_many"),
    [(0, 0, False), (4, 19, False), (5, 5, True), (0, 20, True), (4, 20, True)],
)
def test_five_requests_an_hour_and_twenty_a_day_are_enough(last_hour, last_day, is_too_many):
    assert policy.is_too_many(last_hour, last_day) is is_too_many


def test_a_form_takes_a_person_two_seconds_at_least_and_a_day_at_most():
    second = timedelta(seconds=1)
    assert policy.was_filled_in_too_fast(NOW, NOW + second)
    assert not policy.was_filled_in_too_fast(NOW, NOW + 2 * second)
    assert not policy.is_form_stale(NOW, NOW + 24 * HOUR)
    assert policy.is_form_stale(NOW, NOW + 24 * HOUR + second)
    assert policy.is_form_stale(NOW, NOW - second)
