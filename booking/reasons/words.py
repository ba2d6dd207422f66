"""The sentences of the reasons, with their facts: times on the wall of the place, lengths in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from booking import localtime, wording
from services.templatetags.catalogue import span

Stretch = tuple[datetime, datetime]


class Words:
    """Writes instants on one wall clock, beside one start."""

    def __init__(self, starts_at: datetime, zone: Any) -> None:
        self.zone = zone
        self.day = localtime.local_day(starts_at, zone)
        self.start = self.clock(starts_at)

    def clock(self, instant: datetime) -> str:
        """10:00 am, with the zone's letters in an hour that comes twice."""
        local = localtime.to_local(instant, self.zone)
        return wording.clock(local) + (f" {local:%Z}" if localtime.is_repeated_hour(instant, self.zone) else "")

    def moment(self, instant: datetime) -> str:
        """10:00 am, with the day when it is another one."""
        day = localtime.local_day(instant, self.zone)
        return self.clock(instant) if day == self.day else f"{self.clock(instant)} on {wording.day(day)}"

    def stretch(self, stretch: Stretch) -> str:
        return f"{self.moment(stretch[0])} to {self.moment(stretch[1])}"

    def too_soon(self, service: str, lead: timedelta, *, last_moment: datetime | None, first: datetime) -> str:
        ahead = f"Clients book {service} at least {span(lead)} ahead" if lead else "Clients book only what lies ahead"
        until = f": {self.moment(last_moment)} was the last moment for this time" if last_moment else ""
        return f"{ahead}{until}. Now they can have times from {self.moment(first)} on."

    def too_far(self, service: str, horizon: timedelta, *, opens: datetime) -> str:
        return f"Clients book {service} at most {span(horizon)} ahead: this time opens at {self.moment(opens)}."

    def not_at_work(self, who: str, where: str, shifts: Sequence[Stretch]) -> str:
        if not shifts:
            return f"{who} does not work at {where} on {wording.day(self.day)}."
        hours = " and ".join(map(self.stretch, shifts))
        return f"{self.start} lies outside the hours of {who}, who works {hours} that day."

    def does_not_fit(self, who: str, shift: Stretch, whole: Stretch) -> str:
        """The start lies in the shift; with its turnover the visit reaches out of it, at one end or both."""
        early, late = whole[0] < shift[0], whole[1] > shift[1]
        begins = f"begins at {self.moment(whole[0])}, before the shift of {who} at {self.moment(shift[0])}"
        ends = f"ends at {self.moment(whole[1])}, after the shift of {who} is over at {self.moment(shift[1])}"
        return f"With its turnover the visit {' and '.join([begins] * early + [ends] * late)}."

    def away(self, whose: str, stretch: Stretch) -> str:
        return f"{whose} from {self.stretch(stretch)}."

    def busy(self, whose: str, visit: Stretch, held_until: datetime | None) -> str:
        if held_until:
            return f"{whose} from {self.stretch(visit)}, held for somebody until {self.moment(held_until)}."
        return f"{whose} from {self.stretch(visit)}."

    def turnover(self, who: str, visit: Stretch) -> str:
        return f"Turnover: too little time is left beside the visit {who} has from {self.stretch(visit)}."

    def off_grid(self, step: timedelta, *, before: datetime | None, after: datetime | None) -> str:
        near = " and ".join(self.moment(one) for one in (before, after) if one)
        return f"The visit would fit, but times are offered every {span(step)}: {near}."
