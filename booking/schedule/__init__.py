"""When is somebody at work, and when not? Writes working hours, time off and closures.

Both make practitioners or rooms *less* available, so their rows are locked before the look (docs/booking.md): a
booking in flight is either seen here, or sees the change. Visits that a change leaves without hours are shown to
whoever makes it and stay as they are until somebody moves them (docs/hours.md).
"""

from booking.schedule.hours import add_shift, copy_week, drop, edition, outside_hours, save_week, stranded
from booking.schedule.plans import Plan, plan_copy, plan_drop, plan_extra, plan_week
from booking.schedule.rows import Shift, is_single_day, is_worked, overlap_among, regular, shifts_on, span
from booking.schedule.swap import Swap, save_swap
from booking.schedule.time_off import VisitsInTheWay, hits, lock_people, save_time_off, visits_in_the_way

__all__ = [
    "Plan",
    "Shift",
    "Swap",
    "VisitsInTheWay",
    "add_shift",
    "copy_week",
    "drop",
    "edition",
    "hits",
    "is_single_day",
    "is_worked",
    "lock_people",
    "outside_hours",
    "overlap_among",
    "plan_copy",
    "plan_drop",
    "plan_extra",
    "plan_week",
    "regular",
    "save_swap",
    "save_time_off",
    "save_week",
    "shifts_on",
    "span",
    "stranded",
    "visits_in_the_way",
]
