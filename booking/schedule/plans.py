"""What would a practitioner's hours become? A change is planned as rows to end, to delete and to add, and can be
shown before it is written. Nothing before the chosen day changes. It reads and never writes, `Plan.write` excepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from booking import intervals
from booking.errors import NotPossible
from booking.models import WorkingHours
from booking.schedule.rows import Shift, is_single_day, minutes, regular, shifts_on, span
from services.models import Practitioner

ONE_DAY = timedelta(days=1)


@dataclass
class Plan:
    """What a change makes of one practitioner's rows from `first` through `last` (None: without end).

    `cut` rows are saved with other days, `making_way` are those of `gone` and `cut` that were planned for later.
    """

    practitioner: Practitioner
    first: date
    last: date | None
    before: list[WorkingHours]
    stays: list[WorkingHours] = field(default_factory=list)
    gone: list[WorkingHours] = field(default_factory=list)
    cut: list[WorkingHours] = field(default_factory=list)
    new: list[WorkingHours] = field(default_factory=list)
    making_way: list[WorkingHours] = field(default_factory=list)

    @property
    def after(self) -> list[WorkingHours]:
        return [*self.stays, *self.cut, *self.new]

    def write(self) -> None:
        """Make room first, then fill it, so that the constraint never meets two rows in one place."""
        WorkingHours.objects.filter(pk__in=[row.pk for row in self.gone]).delete()
        for row in [*self.cut, *self.new]:
            row.save()


def plan_week(practitioner: Practitioner, shifts: Sequence[Shift], *, first: date, last: date | None = None) -> Plan:
    """These shifts instead of every week's hours from `first` through `last`.

    Rows that began earlier end the day before and come back after `last`. Single days and rows that begin later stay,
    unless one of the shifts overlaps them.
    """
    plan = Plan(practitioner, first, last, before=_rows(practitioner, first))
    wanted = list(shifts)
    for row in plan.before:
        if same := _same_shift(row, wanted, first, last):
            wanted.remove(same)
            plan.stays.append(row)
        elif _gives_way(row, shifts, first, last):
            _give_way(row, plan)
        else:
            plan.stays.append(row)
    plan.new += [_row(practitioner, shift, first, last) for shift in wanted]
    return plan


def plan_copy(source: Practitioner, targets: Iterable[Practitioner], *, first: date, last: date | None) -> list[Plan]:
    """The week that `source` works on `first`, for each of these."""
    shifts = [Shift(row.weekday, row.location, row.starts, row.ends) for row in regular(source, on=first)]
    return [plan_week(target, shifts, first=first, last=last) for target in targets]


def plan_extra(practitioner: Practitioner, day: date, shift: Shift) -> Plan:
    """One more shift on one day. Raises `NotPossible` when they work then already."""
    plan = Plan(practitioner, day, day, before=_rows(practitioner, day))
    plan.stays = list(plan.before)
    for row in shifts_on(plan.before, day):
        if intervals.overlaps(minutes(row), shift.minutes):
            raise NotPossible(f"{practitioner} already works {span(row)} that day.")
    plan.new = [_row(practitioner, shift, day, day)]
    return plan


def plan_drop(row: WorkingHours) -> Plan:
    """Without this row."""
    plan = Plan(row.practitioner, row.valid_from, row.valid_through, before=_rows(row.practitioner, row.valid_from))
    plan.stays, plan.gone = [one for one in plan.before if one != row], [row]
    return plan


def _rows(practitioner: Practitioner, first: date) -> list[WorkingHours]:
    """All rows that apply on `first` or later; one query."""
    rows = WorkingHours.objects.filter(practitioner=practitioner).select_related("location")
    return list(rows.filter(Q(valid_through__isnull=True) | Q(valid_through__gte=first)).order_by("weekday", "starts"))


def _same_shift(row: WorkingHours, wanted: list[Shift], first: date, last: date | None) -> Shift | None:
    """The wanted shift that this row already is, on all of the days and on no later one it should not be."""
    if row.valid_from > first or is_single_day(row) or row.valid_through != last:
        return None
    key = (row.weekday, row.location_id, row.starts, row.ends)
    return next((one for one in wanted if (one.weekday, one.location.pk, one.starts, one.ends) == key), None)


def _gives_way(row: WorkingHours, shifts: Sequence[Shift], first: date, last: date | None) -> bool:
    if last is not None and row.valid_from > last:
        return False
    if row.valid_from <= first and not is_single_day(row):
        return True
    return any(shift.weekday == row.weekday and intervals.overlaps(shift.minutes, minutes(row)) for shift in shifts)


def _give_way(row: WorkingHours, plan: Plan) -> None:
    """End it the day before, let it begin again the day after, or both, or delete it."""
    if row.valid_from > plan.first or is_single_day(row):
        plan.making_way.append(row)
    later = None
    if plan.last is not None and (row.valid_through is None or row.valid_through > plan.last):
        later = _again(row, plan.last + ONE_DAY)
        plan.new.append(later)
    if row.valid_from < plan.first:
        ended = _again(row, row.valid_from)
        ended.pk, ended.valid_through = row.pk, plan.first - ONE_DAY
        plan.cut.append(ended)
    else:
        plan.gone.append(row)


def _again(row: WorkingHours, valid_from: date) -> WorkingHours:
    """The same shift as a row of its own, from another day on; `row` itself stays as it was read."""
    return WorkingHours(
        practitioner=row.practitioner,
        location=row.location,
        weekday=row.weekday,
        starts=row.starts,
        ends=row.ends,
        valid_from=valid_from,
        valid_through=row.valid_through,
    )


def _row(practitioner: Practitioner, shift: Shift, first: date, last: date | None) -> WorkingHours:
    return WorkingHours(
        practitioner=practitioner,
        location=shift.location,
        weekday=shift.weekday,
        starts=shift.starts,
        ends=shift.ends,
        valid_from=first,
        valid_through=last,
    )
