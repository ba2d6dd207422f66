"""Until when, from when and for how much? The clinic's rules about notice, horizon, holds, requests and late
fees as plain arithmetic on exact time: twenty-four hours are twenty-four hours, also across a change of the clock.
Instants come back in UTC. The lengths that differ between services are passed in; nothing here reads them, or
a clock."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from booking.localtime import to_utc

HOLD_LENGTH = timedelta(minutes=10)
STAFF_HORIZON = timedelta(days=730)
HOLDS_PER_PERSON = 2
PROPOSAL_LENGTH = timedelta(hours=48)
PROPOSALS_AT_ONCE = 6
VIDEO_LINK_SHOWN_BEFORE = timedelta(hours=24)
REQUESTS_PER_HOUR, REQUESTS_PER_DAY = 5, 20
REQUESTS_THAT_ALARM = 60
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUICKEST_PERSON = timedelta(seconds=2)

CENT = Decimal("0.01")


def earliest_start(now: datetime, lead_time: timedelta) -> datetime:
    """Return the first instant a visit may start; that instant itself is allowed."""
    return to_utc(now) + lead_time


def latest_start(now: datetime, booking_horizon: timedelta) -> datetime:
    """Return the last instant a visit may start; that instant itself is allowed."""
    return to_utc(now) + booking_horizon


def cancellation_deadline(starts_at: datetime, cancellation_notice: timedelta) -> datetime:
    """Return the last instant at which cancelling or moving costs nothing."""
    return to_utc(starts_at) - cancellation_notice


def may_cancel_free(now: datetime, starts_at: datetime, cancellation_notice: timedelta) -> bool:
    """Say whether cancelling now costs nothing; at the deadline itself it still does not."""
    return to_utc(now) <= cancellation_deadline(starts_at, cancellation_notice)


def late_fee(price: Decimal, percent: int) -> Decimal:
    """Return that share of the price, half a cent rounded up; ValueError unless 0 to 100 percent."""
    if not 0 <= percent <= 100:
        raise ValueError("A late fee is between 0 and 100 percent of the price.")
    return (price * percent / 100).quantize(CENT, rounding=ROUND_HALF_UP)


def hold_expires_at(now: datetime) -> datetime:
    """Return when a time held now is let go; from that instant on others may have it."""
    return to_utc(now) + HOLD_LENGTH


def proposal_expires_at(held_until: datetime, starts_at: datetime) -> datetime:
    """Return when a proposed time is let go: as meant, and never later than it begins."""
    return min(to_utc(held_until), to_utc(starts_at))


def is_video_link_shown(now: datetime, starts_at: datetime, ends_at: datetime) -> bool:
    """Say whether a client may see the way into their call: from a day before until it is over."""
    return to_utc(starts_at) - VIDEO_LINK_SHOWN_BEFORE <= to_utc(now) < to_utc(ends_at)


def is_too_many(last_hour: int, last_day: int) -> bool:
    """Say whether an address that sent so many requests must wait before it sends another."""
    return last_hour >= REQUESTS_PER_HOUR or last_day >= REQUESTS_PER_DAY


def was_filled_in_too_fast(opened_at: datetime, sent_at: datetime) -> bool:
    """Say whether a form came back faster than a person can fill it in."""
    return to_utc(sent_at) - to_utc(opened_at) < QUICKEST_PERSON


def is_form_stale(opened_at: datetime, sent_at: datetime) -> bool:
    """Say whether a form was open for more than a day, or comes from a time that has not been."""
    return not timedelta(0) <= to_utc(sent_at) - to_utc(opened_at) <= DAY
