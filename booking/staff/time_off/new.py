"""Blocking time: a form filled in from where somebody clicked, the visits it hits, and then what becomes of them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from booking import access, schedule
from booking.models import TimeOff, WorkingHours
from booking.schedule import VisitsInTheWay, shifts_on
from booking.staff import wall
from booking.staff.confirm import accepted, confirm_page
from booking.staff.hours import whose
from booking.staff.page import allowed, page, way_back
from booking.staff.time_off.forms import DAY, LENGTHS, SPAN, TimeOffForm, key_of
from clinic.text import is_id
from services.models import Location, Practitioner, Room

ABOUT = ("practitioner", "location", "room")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("booking.add_timeoff")
def time_off_new(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today, subjects = whose.today(now), _subjects(request)
    if request.method != "POST":
        form = TimeOffForm(initial=_initial(request, subjects, today), today=today, subjects=subjects)
        return _page(request, form)
    form = TimeOffForm(request.POST, today=today, subjects=subjects)
    if not form.is_valid():
        return _page(request, form, status=422)
    with timezone.override(form.zone):  # what is said of it is on the same clock
        return _save(request, form.time_off, now)


def _save(request: HttpRequest, away: TimeOff, now: datetime) -> HttpResponse:
    try:
        schedule.save_time_off(away, now=now, accepted=accepted(request))
    except VisitsInTheWay as found:
        return _ask(request, away, found)
    messages.success(request, f"Saved. {_words(away)}.")
    return _after(request, away, now)


def _ask(request: HttpRequest, away: TimeOff, found: VisitsInTheWay) -> HttpResponse:
    return confirm_page(
        request,
        title="Before the time is blocked",
        label="Block the time, then choose for each",
        back=_diary(away),
        visits=found.appointments,
        changes=[("What is blocked", [f"{_words(away)}."])],
        outcome="would lie inside it",
    )


def _after(request: HttpRequest, away: TimeOff, now: datetime) -> HttpResponse:
    back = way_back(request, _diary(away))
    if not schedule.hits(away, now=now).exists():
        return redirect(back)
    if not request.user.has_perm("booking.change_appointment"):
        messages.warning(request, "Booked visits lie inside it. The front desk finds them in the worklist.")
        return redirect(back)
    return redirect(f"{reverse('admin:time_off_visits', args=[away.pk])}?{urlencode({'next': back})}")


def _diary(away: TimeOff) -> str:
    day = timezone.localdate(away.starts_at)
    return f"{reverse('admin:diary')}?{urlencode({'date': day.isoformat()})}"


def _words(away: TimeOff) -> str:
    """Mara is away Friday 4 December, 12:00 pm to midnight."""
    whom = away.practitioner or away.location or away.room
    verb = "is away" if away.practitioner else "is closed" if away.location else "is out of use"
    zone = timezone.get_current_timezone()
    return f"{whom} {verb} {wall.span(away.starts_at, away.ends_at, zone)}"  # type: ignore[arg-type]


def _subjects(request: HttpRequest) -> list[Model]:
    """Themselves for a practitioner; everybody, every place and every room for who sees everyone."""
    people: list[Model] = list(access.practitioners_for(request.user))
    if not access.sees_everyone(request.user):
        return people
    return [*people, *Location.objects.active(), *Room.objects.active().select_related("location")]


def _initial(request: HttpRequest, subjects: list[Model], today: date) -> dict[str, Any]:
    """What the address says, as from the diary: `practitioner`, `location` or `room`, `date`, `at`, `length`."""
    keys = {key_of(one): one for one in subjects}
    asked = [f"{name}-{request.GET[name]}" for name in ABOUT if is_id(request.GET.get(name, ""))]
    about = next((key for key in asked if key in keys), next(iter(keys), ""))
    day = max(whose.asked_day(request, "date", today), today)
    found: dict[str, Any] = {"about": about, "day": day, "length": DAY}
    try:
        at = time.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        at = None
    if at is not None:
        found |= {"length": SPAN, "starts": at.replace(tzinfo=None), "ends": _end_of_work(keys.get(about), day, at)}
    length = request.GET.get("length", "")
    return {**found, "length": length} if length in dict(LENGTHS) else found


def _end_of_work(subject: Model | None, day: date, at: time) -> time | None:
    """When their last shift that day ends, if that is later."""
    if not isinstance(subject, Practitioner):
        return None
    ends = [row.ends for row in shifts_on(WorkingHours.objects.filter(practitioner=subject), day)]
    return max(ends) if ends and max(ends) > at.replace(tzinfo=None) else None


def _page(request: HttpRequest, form: TimeOffForm, *, status: int = 200) -> HttpResponse:
    back = way_back(request, "")
    return page(request, "admin/time_off/new.html", title="Block time", form=form, status=status, next=back)
