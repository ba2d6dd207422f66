"""One practitioner's week: seven columns on the same grid, by the wall clock, so that nine o'clock is one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.http import Http404

from booking import localtime
from booking.diary import board, columns, grid, sources, words
from booking.diary.asked import Asked
from booking.diary.board import Board, Hour
from booking.diary.columns import Column, Plan
from services.models import Practitioner

DAYS = 7
LAST_HOUR = 24


@dataclass(frozen=True, kw_only=True)
class Week:
    """`people` are those whose week this person may open, `whose` the one shown, None where there is nobody."""

    board: Board
    whose: Practitioner | None
    people: Sequence[Practitioner]


def monday(day: date) -> date:
    return day - day.weekday() * localtime.ONE_DAY


def of_week(user: Any, asked: Asked) -> Week:
    """The week that holds the day asked for, of the practitioner asked for, one's own or the first. Raises 404 for
    a practitioner one may not see. Four statements."""
    days = [monday(asked.day) + number * localtime.ONE_DAY for number in range(DAYS)]
    read = sources.by_practitioner(user, asked, days[0], days[-1])
    whose = _whose(user, read.people, asked)
    plans = [columns.of_practitioner(read, whose, day) for day in days] if whose else []
    first, last = _hours(plans, asked)
    axes = {day: grid.of_wall(day, asked.zone, first, last) for day in days}
    shown = [visit for visit in read.visits if whose and visit.practitioner_id == whose.pk]
    labels = [Hour((hour - first) * grid.ROWS_AN_HOUR + 1, _label(hour)) for hour in range(first, last)]
    made = board.frame(asked, axes.get(asked.today, axes[days[0]]), labels, shown)
    made.hours = last - first
    made.title = words.week_title(days[0], days[-1], asked.today)
    made.columns = columns.in_a_row([_column(plan, axes[plan.day], asked) for plan in plans])
    return Week(board=made, whose=whose, people=read.people)


def _whose(user: Any, people: Sequence[Practitioner], asked: Asked) -> Practitioner | None:
    if asked.practitioner is None:
        return next((one for one in people if one.user_id == user.pk), people[0] if people else None)
    found = next((one for one in people if one.pk == asked.practitioner), None)
    if found is None:
        raise Http404
    return found


def _hours(plans: Sequence[Plan], asked: Asked) -> tuple[int, int]:
    """The first and the last hour of the wall clock that any of the days needs."""
    walls = [wall for plan in plans for span in plan.spans for wall in _walls(span, plan.day, asked)]
    walls = walls or [board.USUAL[0].hour * 60, board.USUAL[1].hour * 60]
    first = min(min(walls) // 60, LAST_HOUR - 1)
    return first, max(-(-max(walls) // 60), first + 1)


def _walls(span: grid.Span, day: date, asked: Asked) -> list[int]:
    """Minutes of that day's wall clock at both ends; what begins or ends on another day reaches midnight."""
    found = []
    for epoch in span:
        local = datetime.fromtimestamp(epoch, UTC).astimezone(asked.zone)
        minutes = local.hour * 60 + local.minute
        found.append(minutes if local.date() == day else 0 if local.date() < day else LAST_HOUR * 60)
    return found


def _label(hour: int) -> str:
    return words.hour(datetime.combine(date.min, time(hour)))


def _column(plan: Plan, axis: grid.Axis, asked: Asked) -> Column:
    url = asked.url(view="day", day=plan.day)
    return columns.build(plan, axis, asked, name=words.weekday(plan.day), url=url)
