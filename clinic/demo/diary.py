"""Which visits might the demo clinic have had? Fills the days around one day as a front desk would: inside working
hours, outside time off, in a free room, nobody in two places. It answers with plans and writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple

from booking import intervals, localtime
from booking.availability import Slot, shape_of
from booking.models import Client, TimeOff, WorkingHours
from services.models import Location, Practitioner, Room, ServiceOption

STEP = timedelta(minutes=15)
Stretch = tuple[datetime, datetime]


class Plan(NamedTuple):
    """A visit that fits: what, when, with whom and where, and for whom."""

    option: ServiceOption
    slot: Slot
    client: Client


@dataclass(kw_only=True)
class Diary:
    """The whole clinic's busy time while it is being filled; lists are unsorted stretches in UTC."""

    location: Location
    clients: Sequence[Client]
    options: dict[int, list[ServiceOption]]
    rooms: dict[int, list[Room]]
    random: Random
    busy: dict[object, list[Stretch]] = field(default_factory=lambda: defaultdict(list))

    def fill(self, practitioner: Practitioner, work: list[Stretch], *, share: float) -> Iterator[Plan]:
        """Plans for one practitioner's day; `share` is how eagerly each quarter of an hour is taken."""
        for begins, ends in work:
            at = begins
            while at < ends:
                if self.random.random() < share and (plan := self._place(practitioner, (begins, ends), at)):
                    yield plan
                at += STEP

    def _place(self, practitioner: Practitioner, work: Stretch, at: datetime) -> Plan | None:
        option = self.random.choice(self.options[practitioner.pk])
        shape, starts_at = shape_of(option), at + option.service.buffer_before
        whole = (starts_at - shape.before, starts_at + shape.after)
        if whole[1] > work[1] or not self._is_free(practitioner, shape.practitioner_busy(starts_at)):
            return None
        room = self._free_room(option, whole)
        client = self._free_client(shape.client_busy(starts_at))
        if client is None or (option.service.needs_room and room is None):
            return None
        ends_at = starts_at + option.duration
        plan = Plan(option, Slot(starts_at, ends_at, practitioner, room, self.location, is_best_fit=False), client)
        self._take(plan)
        return plan

    def _free_room(self, option: ServiceOption, whole: Stretch) -> Room | None:
        return next((room for room in self.rooms[option.service_id] if self._is_free(room, [whole])), None)

    def _free_client(self, stretches: list[Stretch]) -> Client | None:
        """Anyone who is not elsewhere that day: nobody comes twice a day."""
        day = [(begins - timedelta(hours=12), ends + timedelta(hours=12)) for begins, ends in stretches]
        tries = self.random.sample(self.clients, k=min(8, len(self.clients)))
        return next((client for client in tries if self._is_free(client, day)), None)

    def _is_free(self, whom: object, stretches: list[Stretch]) -> bool:
        return not any(intervals.overlaps(taken, wanted) for taken in self.busy[whom] for wanted in stretches)

    def _take(self, plan: Plan) -> None:
        shape, slot = shape_of(plan.option), plan.slot
        self.busy[slot.practitioner] += shape.practitioner_busy(slot.starts_at)
        self.busy[plan.client] += shape.client_busy(slot.starts_at)
        if slot.room is not None:
            self.busy[slot.room] += shape.room_busy(slot.starts_at)


def working_time(location: Location, day: date) -> dict[int, list[Stretch]]:
    """Each practitioner's working stretches on that local day without time off, by id. Two queries."""
    zone = localtime.zone(location.timezone)
    work: dict[int, list[tuple[int, int]]] = defaultdict(list)
    valid = WorkingHours.objects.filter(location=location, weekday=day.weekday(), valid_from__lte=day)
    for hours in valid.exclude(valid_through__lt=day):
        work[hours.practitioner_id] += localtime.wall_stretch(day, hours.starts, hours.ends, zone)
    away = list(TimeOff.objects.all())
    return {
        practitioner_id: intervals.subtract(
            [(_instant(begins), _instant(ends)) for begins, ends in stretches],
            [(off.starts_at, off.ends_at) for off in away if off.practitioner_id in (None, practitioner_id)],
        )
        for practitioner_id, stretches in work.items()
    }


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
