"""What the clinic can learn from its visits. Each report is one function that reads and answers with values.

A report reads by the time of the visits, through indexes, in a few statements whose number does not grow with the
history, the days or the people. It knows nothing of pages, drawings or files. See docs/reports.md.
"""

from __future__ import annotations

from collections.abc import Callable

from booking.reports import (
    articles,
    clients,
    extra_shifts,
    hours,
    lead_time,
    lost_time,
    outcomes,
    practitioners,
    revenue,
    rooms,
    sources,
    unmet,
)
from booking.reports.asked import Asked
from booking.reports.values import Report

REPORTS: dict[str, Callable[[Asked], Report]] = {
    "practitioners": practitioners.report,
    "rooms": rooms.report,
    "hours": hours.report,
    "lost-time": lost_time.report,
    "revenue": revenue.by_service,
    "revenue-by-week": revenue.by_week,
    "clients": clients.report,
    "lost-visits": outcomes.report,
    "sources": sources.report,
    "articles": articles.report,
    "lead-time": lead_time.report,
    "unmet": unmet.report,
    "extra-shifts": extra_shifts.report,
}

__all__ = ["REPORTS", "Asked", "Report"]
