"""A visit as it stands on the board: where, how wide, in which state, and the few words that fit. Values only: they
are made from rows already read, and the templates print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from django.urls import reverse

from booking import localtime, wording
from booking.diary import grid, marks, words
from booking.diary.asked import Asked
from booking.diary.grid import Axis, Place, Span
from booking.diary.marks import Mark
from booking.diary.sources import span_of
from booking.intervals import overlaps
from booking.models import Appointment

Status = Appointment.Status
LATE_AFTER = timedelta(minutes=5)
WHOLE = ""  # the width of a card that stands alone
BESIDE = "beside"
ONE_LINE, FEW_LINES = 4, 8  # rows: cards up to twenty minutes, and up to forty
STATES = {
    Status.PENDING: "hold",
    Status.BOOKED: "booked",
    Status.ARRIVED: "here",
    Status.FULFILLED: "done",
    Status.CANCELLED: "cancelled",
    Status.NOSHOW: "missed",
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """`rest` are the rows, from the card's own first, in which the client rests alone; `width` is a CSS class.

    `url` is empty where there is nothing to open; `held_until` is an epoch second, for the clock that counts down.
    """

    visit: Appointment
    place: Place
    state: str
    word: str
    clock: str
    until: str
    name: str
    what: str
    where: str
    url: str
    marks: Sequence[Mark] = ()
    rest: Place | None = None
    rest_words: str = ""
    back_words: str = ""
    note: str = ""
    width: str = WHOLE
    held_until: int = 0

    @property
    def size(self) -> str:
        if self.rest:
            return "visit--parts"
        return "visit--line" if self.place.rows <= ONE_LINE else "visit--few" if self.place.rows <= FEW_LINES else ""

    @property
    def returns(self) -> Place | None:
        """The rows after the rest, when the practitioner is back; None where the visit ends with the rest."""
        if self.rest is None or self.rest.at + self.rest.rows > self.place.rows:
            return None
        at = self.rest.at + self.rest.rows
        return Place(at, self.place.rows - at + 1)


def takes_time(visit: Appointment) -> bool:
    """Whether turnover belongs to it: it will happen, or it did."""
    return visit.status not in (Status.CANCELLED, Status.NOSHOW)


def of_column(visits: Sequence[Appointment], axis: Axis, asked: Asked, *, by: str) -> list[Card]:
    """The cards of one column, sorted by start, side by side where they overlap; `by` is whose column it is."""
    placed = [(visit, place) for visit in visits if (place := axis.place(*_span(visit)))]
    widths = _widths([visit for visit, _ in placed], is_shared=by == "practitioner")
    return [
        make(visit, place, asked, by=by, width=width, rest=_rest(visit, place, axis) if by != "room" else None)
        for (visit, place), width in zip(placed, widths, strict=True)
    ]


def make(
    visit: Appointment, place: Place, asked: Asked, *, by: str, width: str = WHOLE, rest: Place | None = None
) -> Card:
    """One card in words; the rest is drawn only where the card has the whole width."""
    starts, ends = (localtime.to_local(at, asked.zone) for at in (visit.starts_at, visit.ends_at))
    is_open = getattr(visit, "may_open", True)
    is_hold = visit.status == Status.PENDING
    rest = rest if width == WHOLE else None
    return Card(
        visit=visit,
        place=place,
        state=_state(visit) if is_open else "taken",
        word=word(visit, asked.now, asked.zone) if is_open else "Taken",
        clock=_clock(starts, visit, asked),
        until=words.bare(ends),
        name=_name(visit, asked) if is_open else "",
        what=_what(visit) if is_open else "",
        where=_where(visit, asked, by) if is_open else "",
        url=_url(visit.pk) if is_open and not is_hold else "",
        marks=marks.of(visit) if is_open else (),
        rest=rest,
        rest_words=_rest_words(visit) if rest else "",
        back_words=_back_words(visit, asked) if rest else "",
        note="" if asked.is_private or not is_open else visit.note,
        width=width,
        held_until=int(visit.hold_expires_at.timestamp()) if visit.hold_expires_at else 0,
    )


def word(visit: Appointment, now: datetime, zone) -> str:
    """The status as the front desk says it."""
    if visit.hold_expires_at:
        return _held(visit.hold_expires_at, now, zone)
    if visit.status == Status.BOOKED and now >= visit.ends_at:
        return "No outcome"
    if visit.status == Status.BOOKED and now > visit.starts_at + LATE_AFTER:
        return f"Late, {(now - visit.starts_at) // timedelta(minutes=1)} min"
    if visit.status == Status.BOOKED and visit.confirmed_at:
        return "Confirmed"
    return "In session" if visit.is_in_session else visit.get_status_display()


@lru_cache(maxsize=1)
def _url_parts() -> tuple[str, str]:
    before, after = reverse("admin:diary_visit", args=[0]).split("0")
    return before, after


def _url(pk: int) -> str:
    """The visit's page; two hundred of them are not worth two hundred searches of the address book."""
    return str(pk).join(_url_parts())


def _held(until: datetime, now: datetime, zone) -> str:
    """3 min 20 s left; a long hold names its end instead: until Tue 24 Nov, 5:00 pm."""
    seconds = int((until - now).total_seconds())
    if seconds < grid.HOUR:
        return words.left(seconds)
    local = localtime.to_local(until, zone)
    return f"Until {words.day_head(local.date())}, {wording.clock(local)}"


def _state(visit: Appointment) -> str:
    if visit.status == Status.BOOKED and visit.confirmed_at:
        return "confirmed"
    return "now" if visit.is_in_session else STATES[Status(visit.status)]


def _clock(starts: datetime, visit: Appointment, asked: Asked) -> str:
    is_repeated = localtime.is_repeated_hour(visit.starts_at, asked.zone)
    return f"{words.bare(starts)} {starts:%Z}" if is_repeated else words.bare(starts)


def _name(visit: Appointment, asked: Asked) -> str:
    """Who it is for: the client, or whoever a time is held for."""
    prefix, person = "", str(visit.client or "")
    if visit.status == Status.PENDING:
        offer, proposal = getattr(visit, "offered_as", None), getattr(visit, "proposal", None)
        prefix = "Offered to " if offer else "Held for "
        person = str(offer.appointment.client) if offer else proposal.request.name if proposal else ""
    if not person:
        return "Held online"
    return prefix + (words.initials(person) if asked.is_private else person)


def _what(visit: Appointment) -> str:
    """Therapeutic massage 60"""
    return f"{visit.option.service.name} {visit.duration // timedelta(minutes=1)}"


def _where(visit: Appointment, asked: Asked, by: str) -> str:
    """Whatever the column does not say: the room, or the practitioner; a visit elsewhere names the place."""
    if visit.location_id != asked.location.pk:
        return f"at {next((one.name for one in asked.locations if one.pk == visit.location_id), 'another place')}"
    if by == "room":
        return visit.practitioner.name
    return visit.room.name if visit.room else visit.option.service.get_mode_display()


def _rest(visit: Appointment, place: Place, axis: Axis) -> Place | None:
    """Where on the card the client rests; None where the visit has no such phase or it is not shown whole."""
    if visit.unattended is None or not takes_time(visit):
        return None
    starts, ends = (visit.starts_at + length for length in visit.unattended)
    rest = axis.place(*span_of(starts, ends))
    if rest is None or rest.at <= place.at or axis.whole[0] > int(visit.starts_at.timestamp()):
        return None
    return Place(rest.at - place.at + 1, min(rest.rows, place.at + place.rows - rest.at))


def _rest_words(visit: Appointment) -> str:
    leaves, returns = visit.unattended or (timedelta(), timedelta())
    return f"Rests {(returns - leaves) // timedelta(minutes=1)} min"


def _back_words(visit: Appointment, asked: Asked) -> str:
    """Back 10:20: when the practitioner returns."""
    returns_at = visit.starts_at + (visit.unattended_until or timedelta())
    return f"Back {words.bare(localtime.to_local(returns_at, asked.zone))}"


def _span(visit: Appointment) -> Span:
    return span_of(visit.starts_at, visit.ends_at)


def _widths(visits: Sequence[Appointment], *, is_shared: bool) -> list[str]:
    """A class a card. Whoever comes while another client rests stands beside them; other overlaps share the width."""
    found: list[str] = []
    spans = [_span(visit) for visit in visits]
    for cluster in grid.clusters(spans):
        group = visits[len(found) : len(found) + len(cluster)]
        if len(cluster) > 1 and is_shared and _rests_meanwhile(group):
            found += [WHOLE, *([BESIDE] * (len(cluster) - 1))]
        else:
            found += [f"lane-{lane}of{of}" if of > 1 else WHOLE for lane, of in grid.lanes(cluster)]
    return found


def _rests_meanwhile(group: Sequence[Appointment]) -> bool:
    """Whether the first of them rests while the others come, one after another."""
    first, *others = group
    if first.unattended is None or not takes_time(first):
        return False
    leaves, returns = (first.starts_at + length for length in first.unattended)
    is_inside = all(leaves <= other.starts_at and other.ends_at <= returns for other in others)
    spans = [_span(other) for other in others]
    return is_inside and not any(overlaps(*pair) for pair in pairwise(spans))
