"""The reports' views: which days, which report, as a page or as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import localtime
from booking.reports import REPORTS, Asked, Report, wording
from booking.staff.page import allowed, page
from booking.staff.reports import files, table
from booking.staff.reports.comparison import compared
from booking.staff.reports.draw import drawn, small
from booking.staff.reports.forms import PeriodForm
from services.models import Location

VIEW_REPORTS = "booking.view_reports"


@never_cache
@require_safe
@allowed(VIEW_REPORTS)
def overview(request: HttpRequest) -> HttpResponse:
    """Every report as its key number beside the one of the period before."""
    form, asked = _asked(request, timezone.now())
    if asked is None:
        return _refused(request, form, "Reports")
    before = asked.before
    tiles = [_tile(ask(asked), ask(before)) for ask in REPORTS.values()]
    context = {**_context(form, asked), "tiles": tiles, "before": wording.days(before.period)}
    return page(request, "admin/reports/overview.html", title="Reports", **context)


@never_cache
@require_safe
@allowed(VIEW_REPORTS)
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """One report: its chart, and the table beneath."""
    ask = _report_or_404(slug)
    form, asked = _asked(request, timezone.now())
    if asked is None:
        return _refused(request, form, "Reports")
    found = ask(asked)
    context = {
        **_context(form, asked),
        "report": found,
        "key": wording.text(found.key.value, found.key.kind),
        "chart": drawn(found.chart),
        "table": table.of(found),
        "files": list(files.KINDS),
    }
    return page(request, "admin/reports/report.html", title=found.title, **context)


@never_cache
@require_safe
@allowed(VIEW_REPORTS)
def report_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The rows of the report as a file of this kind."""
    ask = _report_or_404(slug)
    if kind not in files.KINDS:
        raise Http404
    form, asked = _asked(request, timezone.now())
    if asked is None:
        return _refused(request, form, "Reports")
    return files.download(ask(asked), kind, asked.period)


def _report_or_404(slug: str):
    if slug not in REPORTS:
        raise Http404
    return REPORTS[slug]


def _asked(request: HttpRequest, now: datetime) -> tuple[PeriodForm, Asked | None]:
    """The form, and what it asks; None when it makes no sense. 404 before there is a clinic."""
    locations = list(Location.objects.active())
    if not locations:
        raise Http404
    home = locations[0]
    today = localtime.local_day(now, localtime.zone(home.timezone))
    form = PeriodForm(request.GET, today=today, has_locations=len(locations) > 1)
    if not form.is_valid():
        return form, None
    return form, Asked(period=form.chosen, location=form.cleaned_data.get("location"), home=home, now=now)


def _context(form: PeriodForm, asked: Asked) -> dict[str, Any]:
    today = localtime.local_day(asked.now, asked.zone)
    return {
        "form": form,
        "query": form.query,
        "days": wording.days(asked.period),
        "days_to_come": max(0, min(asked.period.days, (asked.period.last_day - today).days)),
        "place": asked.location,
    }


def _refused(request: HttpRequest, form: PeriodForm, title: str) -> HttpResponse:
    return page(request, "admin/reports/refused.html", title=title, form=form, status=422)


def _tile(now: Report, before: Report) -> dict[str, object]:
    return {
        "slug": now.slug,
        "title": now.title,
        "label": now.key.label,
        "value": wording.text(now.key.value, now.key.kind),
        "change": compared(now.key, before.key),
        "bars": small(now.chart),
    }
