"""Where may a visit start? A Shape says whom and what a visit takes, and when, measured from its start;
`start_set` composes hours, free time and rooms into the starts that fit, and is the specification the
database's answer is tested against; `starts` picks from such a stretch the times we offer. Times are whole
epoch seconds, except in the busy times of one visit, which are UTC datetimes as the database stores them. It
never reads either."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.intervals import intersect, starts_that_fit
from booking.localtime import SECOND, OffsetSegment, grid, to_utc

NOTHING = timedelta()


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The time one visit takes, in lengths measured from its start.

    `unattended` is the phase, from and until, in which client and room stay taken and the practitioner does
    not. Lengths that contradict each other or split a second raise ValueError.
    """

    duration: timedelta
    buffer_before: timedelta = NOTHING
    buffer_after: timedelta = NOTHING
    unattended: tuple[timedelta, timedelta] | None = None

    def __post_init__(self) -> None:
        leaves, returns = self.unattended or (NOTHING, self.duration)
        if self.duration <= NOTHING or min(self.buffer_before, self.buffer_after) < NOTHING:
            raise ValueError("A visit lasts some time, and its buffers are not negative.")
        if not NOTHING <= leaves < returns <= self.duration:
            raise ValueError("The unattended phase lies inside the visit and ends after it begins.")
        lengths = (self.duration, self.buffer_before, self.buffer_after, leaves, returns)
        if any(length % SECOND for length in lengths):
            raise ValueError("Lengths are whole seconds.")

    @property
    def before(self) -> timedelta:
        """How long before the start the room and the practitioner are first needed."""
        return self.buffer_before

    @property
    def after(self) -> timedelta:
        """How long after the start they are last needed."""
        return self.duration + self.buffer_after

    @property
    def practitioner_parts(self) -> tuple[tuple[timedelta, timedelta], ...]:
        """The parts `[start - before, start + after)` that need the practitioner, as pairs; none is empty."""
        if self.unattended is None:
            return ((self.before, self.after),)
        leaves, returns = self.unattended
        parts = (self.before, leaves), (-returns, self.after)
        return tuple((before, after) for before, after in parts if before + after > NOTHING)

    def practitioner_busy(self, starts_at: datetime) -> list[tuple[datetime, datetime]]:
        """Return when the practitioner is taken: half-open stretches, UTC, sorted, disjoint."""
        start = to_utc(starts_at)
        return [(start - before, start + after) for before, after in self.practitioner_parts]

    def room_busy(self, starts_at: datetime) -> list[tuple[datetime, datetime]]:
        """Return when the room is taken: one half-open stretch, UTC, buffers included."""
        start = to_utc(starts_at)
        return [(start - self.before, start + self.after)]

    def client_busy(self, starts_at: datetime) -> list[tuple[datetime, datetime]]:
        """Return when the client is taken: one half-open stretch, UTC, without buffers."""
        start = to_utc(starts_at)
        return [(start, start + self.duration)]


def start_set(
    work: Iterable[tuple[int, int]],
    free: Iterable[tuple[int, int]],
    rooms_free: Iterable[Iterable[tuple[int, int]]] | None,
    shape: Shape,
) -> list[tuple[int, int]]:
    """Return every start that fits, as sorted, disjoint CLOSED intervals of epoch seconds.

    The whole visit with its buffers lies inside `work`, each part that needs the practitioner inside `free`,
    and the whole inside the free time of one single room; None means that no room is needed, an empty list
    that there is none.
    """
    whole = (shape.before, shape.after)
    fitting = _starts(work, whole)
    for part in shape.practitioner_parts:
        fitting = intersect(fitting, _starts(free, part))
    if rooms_free is not None:
        fitting = intersect(fitting, [stretch for room in rooms_free for stretch in _starts(room, whole)])
    return [(first, end - 1) for first, end in fitting]


def starts(first: int, last: int, *, step: timedelta, segments: Sequence[OffsetSegment]) -> list[int]:
    """Return the starts we offer from the closed stretch `first` to `last`: sorted, unique, epoch seconds.

    `first` always, so that no time is wasted between two visits, then every wall-clock grid point. Empty
    where `last` comes before `first`; ValueError where `segments` do not cover the stretch.
    """
    if first > last:
        return []
    if not segments or first < segments[0].starts_at or last >= segments[-1].ends_at:
        raise ValueError("The offset segments do not cover these starts.")
    return [first, *grid(first + 1, last, step=step, segments=segments)]


def _starts(free: Iterable[tuple[int, int]], part: tuple[timedelta, timedelta]) -> list[tuple[int, int]]:
    """Return the fitting starts as half-open intervals, in which a single start is one second long."""
    before, after = (length // SECOND for length in part)
    return [(first, last + 1) for first, last in starts_that_fit(free, before=before, after=after)]
