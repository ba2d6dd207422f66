"""The week editor: seven days of shifts of one practitioner, from a chosen day on, saved as one.

Rows are added and taken away by buttons of the form itself, so it needs no script, and keeps what was typed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import schedule
from booking.errors import HoursChanged
from booking.models import WorkingHours
from booking.schedule import VisitsInTheWay
from booking.staff.confirm import accepted, confirm_page, is_confirmed
from booking.staff.hours import whose, words
from booking.staff.hours.forms import PREFIX, DaysForm, ShiftWeek, changed_rows, week_of
from booking.staff.page import allowed, page
from clinic.text import is_id
from services.models import Location, Practitioner

ROWS = ("add", "remove")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(*whose.READ)
def hours_week(request: HttpRequest, pk: int) -> HttpResponse:
    practitioner, now = whose.practitioner_or_404(request, pk), timezone.now()
    whose.refuse_unless_changing(request)
    today, places = whose.today(now), whose.locations()
    if request.method != "POST":
        first = max(whose.asked_day(request, "from", today), today)
        form = DaysForm(initial={"first": first, "seen": schedule.edition(practitioner)}, today=today)
        return _page(request, practitioner, form, week_of(schedule.regular(practitioner, on=first), places), first)
    if "drop" in request.POST:
        return _drop(request, practitioner, now)
    form = DaysForm(request.POST, today=today)
    if any(name in request.POST for name in ROWS):
        typed = DaysForm(initial={name: request.POST.get(name, "") for name in form.fields}, today=today)
        return _page(request, practitioner, typed, week_of(changed_rows(request.POST, places), places), today)
    return _save(request, practitioner, form, places, now)


def _save(
    request: HttpRequest, practitioner: Practitioner, form: DaysForm, places: list[Location], now: datetime
) -> HttpResponse:
    week = ShiftWeek(request.POST, prefix=PREFIX, form_kwargs={"locations": places})
    if not (form.is_valid() & week.is_valid()):
        return _page(request, practitioner, form, week, whose.today(now), is_checked=True, status=422)
    first, last, seen = (form.cleaned_data[name] for name in ("first", "last", "seen"))
    plan = schedule.plan_week(practitioner, week.shifts, first=first, last=last)
    visits = schedule.stranded(plan, now=now)
    if (visits or plan.making_way) and not is_confirmed(request):
        return _ask(request, plan, visits, seen)
    ids = accepted(request)
    try:
        schedule.save_week(practitioner, week.shifts, first=first, last=last, seen=seen, accepted=ids, now=now)
    except VisitsInTheWay as found:
        return _ask(request, plan, found.appointments, seen)
    except HoursChanged as error:
        return _changed(request, practitioner, form, week, error, now)
    messages.success(request, f"Saved. {practitioner}’s week from {words.day_words(first)} stands.")
    return _after(practitioner, first, are_left=bool(ids))


def _ask(request: HttpRequest, plan: schedule.Plan, visits: list, seen: str) -> HttpResponse:
    back = f"{reverse('admin:hours_week', args=[plan.practitioner.pk])}?from={plan.first.isoformat()}"
    return confirm_page(
        request,
        title=f"Before {plan.practitioner}’s week is saved",
        label="Save the week",
        back=back,
        seen=seen,
        visits=visits,
        changes=[(plan.practitioner.name, words.plan_words(plan))],
        outcome="would lie outside working hours",
    )


def _changed(
    request: HttpRequest, practitioner: Practitioner, form: DaysForm, week: Any, error: HoursChanged, now: datetime
) -> HttpResponse:
    """What was typed, to be saved over the hours as they are now, or given up."""
    data = request.POST.copy()
    data["seen"] = schedule.edition(practitioner)
    again = DaysForm(data, today=form.fields["first"].today)  # type: ignore[attr-defined]
    return _page(request, practitioner, again, week, whose.today(now), error=error.message, status=error.status)


def _drop(request: HttpRequest, practitioner: Practitioner, now: datetime) -> HttpResponse:
    """Take back a shift that is planned for today or later."""
    given, here = request.POST["drop"], redirect("admin:hours_week", practitioner.pk)
    rows = WorkingHours.objects.filter(practitioner=practitioner, valid_from__gte=whose.today(now))
    row = rows.select_related("practitioner", "location").filter(pk=int(given)).first() if is_id(given) else None
    if row is None:
        messages.warning(request, "That shift is gone already.")
        return here
    try:
        schedule.drop(row, accepted=accepted(request), now=now)
    except VisitsInTheWay as found:
        return _ask(request, schedule.plan_drop(row), found.appointments, "")
    messages.success(request, f"Taken back: {words.row_words(row)}.")
    return here


def _after(practitioner: Practitioner, first: date, *, are_left: bool) -> HttpResponse:
    if are_left:
        return redirect("admin:hours_visits", practitioner.pk)
    return redirect(f"{reverse('admin:hours_week', args=[practitioner.pk])}?from={first.isoformat()}")


def _page(
    request: HttpRequest,
    practitioner: Practitioner,
    form: DaysForm,
    week: Any,
    first: date,
    *,
    is_checked: bool = False,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    coming = WorkingHours.objects.filter(practitioner=practitioner, valid_from__gte=first).select_related("location")
    planned = [row for row in coming.order_by("valid_from", "weekday", "starts") if _is_apart(row, first)]
    return page(
        request,
        "admin/hours/week.html",
        title=f"{practitioner}’s week",
        status=status,
        practitioner=practitioner,
        form=form,
        week=week,
        days=week.days,
        planned=[(row, words.row_words(row)) for row in planned],
        is_checked=is_checked,
        error=error,
        first=first,
        may_change=request.user.has_perm(whose.CHANGE),
        may_be_away=request.user.has_perm("booking.add_timeoff"),
    )


def _is_apart(row: WorkingHours, first: date) -> bool:
    """Whether the seven days do not show it: an extra shift, or hours that begin later."""
    return row.valid_from > first or schedule.is_single_day(row)
