"""Give one practitioner's week to others. What becomes of theirs is shown before it is saved."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import access, schedule, wording
from booking.errors import HoursChanged
from booking.schedule import VisitsInTheWay
from booking.staff.confirm import SEEN, accepted, confirm_page, is_confirmed
from booking.staff.hours import whose, words
from booking.staff.hours.forms import CopyForm
from booking.staff.page import allowed, page
from services.models import Practitioner


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(whose.CHANGE)
def hours_copy(request: HttpRequest, pk: int) -> HttpResponse:
    source, now = whose.practitioner_or_404(request, pk), timezone.now()
    today = whose.today(now)
    others = access.practitioners_for(request.user).exclude(pk=source.pk)
    if request.method != "POST":
        first = max(whose.asked_day(request, "from", today), today)
        return _page(request, source, CopyForm(initial={"first": first}, today=today, practitioners=others))
    form = CopyForm(request.POST, today=today, practitioners=others)
    if not form.is_valid():
        return _page(request, source, form, status=422)
    return _ask(request, source, form, now) if not is_confirmed(request) else _save(request, source, form, now)


def _ask(request: HttpRequest, source: Practitioner, form: CopyForm, now: datetime, status: int = 200) -> HttpResponse:
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    people = list(form.cleaned_data["to"])
    plans = schedule.plan_copy(source, people, first=first, last=last)
    return confirm_page(
        request,
        title=f"Before {source}’s week is copied",
        label="Copy the week",
        back=reverse("admin:hours_copy", args=[source.pk]),
        seen=schedule.edition(source, *people),
        visits=[visit for plan in plans for visit in schedule.stranded(plan, now=now)],
        changes=[(plan.practitioner.name, words.plan_words(plan)) for plan in plans],
        outcome="would lie outside working hours",
        error=HoursChanged.sentence if status != 200 else "",
        status=status,
    )


def _save(request: HttpRequest, source: Practitioner, form: CopyForm, now: datetime) -> HttpResponse:
    first, last, people = (form.cleaned_data[name] for name in ("first", "last", "to"))
    seen, ids, people = request.POST.get(SEEN, ""), accepted(request), list(people)
    try:
        schedule.copy_week(source, people, first=first, last=last, seen=seen, accepted=ids, now=now)
    except (VisitsInTheWay, HoursChanged) as changed:
        return _ask(request, source, form, now, status=getattr(changed, "status", 200))
    names = ", ".join(one.name for one in people)
    messages.success(request, f"Saved. {names}: {source}’s week from {words.day_words(first)}.")
    if ids:
        outside = wording.count(len(ids), "visit lies", "visits lie")
        messages.warning(request, f"{outside} outside the new hours. The weeks’ pages lead there.")
    return redirect(f"{reverse('admin:hours')}?from={first.isoformat()}")


def _page(request: HttpRequest, source: Practitioner, form: CopyForm, *, status: int = 200) -> HttpResponse:
    day = form["first"].value()
    shown = schedule.regular(source, on=day) if hasattr(day, "year") else []
    return page(
        request,
        "admin/hours/copy.html",
        title=f"Copy {source}’s week",
        status=status,
        practitioner=source,
        form=form,
        shifts=[words.row_words(row) for row in shown],
    )
