"""One day that differs: an extra shift, or a day that is moved or swapped. Booked visits it touches are shown first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import access, localtime, schedule
from booking.errors import BookingError, HoursChanged
from booking.models import Appointment, TimeOff
from booking.schedule import Shift, Swap, VisitsInTheWay
from booking.staff import wall
from booking.staff.confirm import SEEN, accepted, confirm_page, is_confirmed
from booking.staff.hours import whose, words
from booking.staff.hours.forms import ExtraForm, SwapForm
from booking.staff.page import allowed, page
from booking.staff.time_off.forms import zone_name
from services.models import Practitioner

SATURDAY = 5


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(whose.CHANGE)
def hours_extra(request: HttpRequest, pk: int) -> HttpResponse:
    practitioner, now = whose.practitioner_or_404(request, pk), timezone.now()
    today, places = whose.today(now), whose.locations()
    if request.method != "POST":
        form = ExtraForm(initial=_usual(request, practitioner, today), today=today, locations=places)
        return _page(request, practitioner, form, "extra")
    form = ExtraForm(request.POST, today=today, locations=places)
    if not form.is_valid():
        return _page(request, practitioner, form, "extra", status=422)
    day, shift = form.cleaned_data["day"], form.shift
    visits, away = _touched(practitioner, day, shift, now)
    if (visits or away) and not is_confirmed(request):
        return _ask_extra(request, practitioner, day, visits, away)
    try:
        schedule.add_shift(practitioner, day, shift, now=now)
    except BookingError as error:
        form.add_error("starts", error.message)
        return _page(request, practitioner, form, "extra", status=422)
    messages.success(request, f"Saved. {practitioner} works {words.day_words(day)}, {schedule.span(shift)}.")
    return redirect(f"{reverse('admin:hours')}?from={day.isoformat()}")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(whose.CHANGE)
def hours_swap(request: HttpRequest, pk: int) -> HttpResponse:
    practitioner, now = whose.practitioner_or_404(request, pk), timezone.now()
    today = whose.today(now)
    others = access.practitioners_for(request.user).exclude(pk=practitioner.pk)
    if request.method != "POST":
        day = max(whose.asked_day(request, "date", today), today)
        return _page(request, practitioner, SwapForm(initial={"day": day}, today=today, others=others), "swap")
    form = SwapForm(request.POST, today=today, others=others)
    if not form.is_valid():
        return _page(request, practitioner, form, "swap", status=422)
    swap = Swap(
        practitioner=practitioner,
        day=form.cleaned_data["day"],
        to_day=form.cleaned_data["to_day"],
        other=form.other,
    )
    try:
        return _swap(request, swap, now)
    except BookingError as error:
        form.add_error("day", error.message)
        return _page(request, practitioner, form, "swap", status=422)


def _swap(request: HttpRequest, swap: Swap, now: datetime) -> HttpResponse:
    """Ask first, always; then save, unless somebody changed hours or booked meanwhile."""
    if not is_confirmed(request):
        return _ask_swap(request, swap, now)
    try:
        saved = schedule.save_swap(swap, seen=request.POST.get(SEEN, ""), accepted=accepted(request), now=now)
    except VisitsInTheWay:
        return _ask_swap(request, swap, now)
    except HoursChanged as error:
        return _ask_swap(request, swap, now, error=error.message, status=error.status)
    messages.success(request, "Saved. The day is swapped.")
    for away in saved:
        if schedule.hits(away, now=now).exists():
            return redirect("admin:time_off_visits", away.pk)
    return redirect(f"{reverse('admin:hours')}?from={swap.day.isoformat()}")


def _ask_swap(request: HttpRequest, swap: Swap, now: datetime, *, error: str = "", status: int = 200) -> HttpResponse:
    swap.plan()
    lines = [f"{row.practitioner} works {words.row_words(row)}." for row in swap.extra]
    for away in swap.time_off:
        zone = localtime.zone(zone_name(away.practitioner, timezone.localdate(away.starts_at)))  # type: ignore[arg-type]
        lines.append(f"{away.practitioner} is away {wall.span(away.starts_at, away.ends_at, zone)}.")
    return confirm_page(
        request,
        title="Before the day is swapped",
        label="Swap the day",
        back=reverse("admin:hours_swap", args=[swap.practitioner.pk]),
        seen=schedule.edition(*swap.people),
        visits=swap.hits(now=now),
        changes=[("What happens", lines)],
        outcome="are booked in the time that is given away",
        error=error,
        status=status,
    )


def _ask_extra(
    request: HttpRequest, practitioner: Practitioner, day: date, visits: list[Appointment], away: list[TimeOff]
) -> HttpResponse:
    lines = [
        f"{practitioner} is away then ({one.reason or 'time off'}): no time is offered while it lasts." for one in away
    ]
    return confirm_page(
        request,
        title="Before the shift is added",
        label="Add the shift",
        back=f"{reverse('admin:hours_extra', args=[practitioner.pk])}?date={day.isoformat()}",
        visits=visits,
        changes=[(words.day_words(day), lines)] if lines else [],
        outcome="are booked then already, and stay as they are",
        stays=True,
    )


def _touched(
    practitioner: Practitioner, day: date, shift: Shift, now: datetime
) -> tuple[list[Appointment], list[TimeOff]]:
    """Visits and time off of theirs within this shift; two queries."""
    zone = localtime.zone(shift.location.timezone)
    stretches = localtime.wall_stretch(day, shift.starts, shift.ends, zone)
    if not stretches:
        return [], []
    begins = datetime.fromtimestamp(stretches[0][0], zone)
    ends = datetime.fromtimestamp(stretches[-1][1], zone)
    as_time_off = TimeOff(practitioner=practitioner, starts_at=begins, ends_at=ends)
    away = TimeOff.objects.filter(practitioner=practitioner, starts_at__lt=ends, ends_at__gt=begins)
    return list(schedule.hits(as_time_off, now=now)), list(away)


def _usual(request: HttpRequest, practitioner: Practitioner, today: date) -> dict[str, Any]:
    """The asked day, else next Saturday, with the hours and the place they usually have."""
    saturday = today + timedelta(days=(SATURDAY - today.weekday()) % 7)
    day = max(whose.asked_day(request, "date", saturday), today)
    found: dict[str, Any] = {"day": day}
    hours = schedule.regular(practitioner, on=today)
    if hours:
        found |= {"starts": hours[0].starts, "ends": hours[0].ends, "location": hours[0].location_id}
    else:
        found["location"] = next((one.pk for one in whose.locations()), None)
    return found


def _page(request: HttpRequest, practitioner: Practitioner, form: Any, kind: str, *, status: int = 200) -> HttpResponse:
    title, label = {
        "extra": (f"An extra shift for {practitioner}", "Add the shift"),
        "swap": (f"Move or swap a day of {practitioner}", "Show what changes"),
    }[kind]
    context = {"practitioner": practitioner, "form": form, "label": label}
    return page(request, "admin/hours/one_day.html", title=title, status=status, **context)
