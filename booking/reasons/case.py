"""One start as the reasons see it: what the engine holds of it, and the rows that this names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from booking import availability, localtime, slots, start_sets
from booking.models import Appointment, TimeOff
from booking.reasons.words import Words
from services.models import Location, Practitioner, ServiceOption

ONE_DAY = timedelta(days=1)


class Case:
    """The question, its facts, and the people, visits and time off they are about; read when it is made."""

    def __init__(
        self,
        option: ServiceOption,
        starts_at: datetime,
        location: Location,
        practitioner: Practitioner | None,
        now: datetime,
        ignoring: Sequence[int],
    ) -> None:
        self.option, self.service, self.location, self.now = option, option.service, location, now
        self.starts_at, self.asked = localtime.to_utc(starts_at), practitioner
        self.shape = availability.shape_of(option)
        self.whole = (self.starts_at - self.shape.before, self.starts_at + self.shape.after)
        self.zone = localtime.zone(location.timezone)
        self.words = Words(self.starts_at, self.zone)
        self.people = self._people()
        day = self.starts_at.astimezone(UTC).date()
        self.question = start_sets.Question(
            option=option,
            shape=self.shape,
            locations=[location],
            practitioners=self.people,  # by name, also those who are not offered to just anyone
            first_day=day - ONE_DAY,
            last_day=day + ONE_DAY,
            now=now,
            ignoring=ignoring,
        )
        self.facts = start_sets.evidence(self.question, self.starts_at)
        self.considered = {fact.id for fact in self.all("person")}
        self._read_rows()

    def all(self, what: str, of: int | None = None) -> list[start_sets.Fact]:
        """The facts of this kind, of all or of one id."""
        return [fact for fact in self.facts if fact.what == what and of in (None, fact.id)]

    def _people(self) -> list[Practitioner]:
        """Whoever was asked for, or everybody who gives the service."""
        if self.asked is not None:
            return [self.asked]
        return list(Practitioner.objects.giving(self.service).order_by("position", "pk"))

    def _read_rows(self) -> None:
        visits = {fact.with_id or 0 for fact in [*self.all("busy"), *self.all("taken")]}
        away = {fact.id for fact in self.all("away")} | {fact.with_id or 0 for fact in self.all("out")}
        found = Appointment.objects.filter(pk__in=visits).with_everything() if visits else ()
        self.visits = {appointment.pk: appointment for appointment in found}
        off = TimeOff.objects.filter(pk__in=away) if away else ()
        self.time_off = {one.pk: one for one in off}

    def offered(self, first: datetime, last: datetime) -> list[datetime]:
        """The starts we offer from one closed stretch of them."""
        segments = localtime.offset_segments(self.zone, self.question.first_day, self.question.last_day)
        seconds = (int(first.timestamp()), int(last.timestamp()))
        found = slots.starts(*seconds, step=self.service.slot_step, segments=segments)
        return [datetime.fromtimestamp(second, UTC) for second in found]

    def away(self, **whose: int) -> list[TimeOff]:
        """What of this person's or this place's time off covers some of the visit."""
        (name, pk), *_ = whose.items()
        rows = (self.time_off[fact.id] for fact in self.all("away"))
        return [one for one in rows if getattr(one, name) == pk]
