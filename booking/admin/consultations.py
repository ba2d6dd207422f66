"""Staff pages of consultation requests: read, answer, decline, propose times, book; all through the write module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

from booking import consultations, policy
from booking.admin import display
from booking.admin.consultation_times import AnswerForm, TimesForm
from booking.admin.protected import Kept, ReadOnly
from booking.admin.search import PhoneSearch
from booking.errors import BookingError
from booking.models import ConsultationRequest, Message

ASKED = ("kind", "who", "mail", "phone_display", "service", "message", "preferred_parts_display", "preferred_text")
STEPS: dict[str, Callable[..., ConsultationRequest]] = {
    "answer": consultations.answer,
    "decline": consultations.decline,
}
STATE = ("status", "age", "flags", "handled", "answer", "reply", "held", "client", "visit_link")


class OpenFilter(admin.SimpleListFilter):
    title, parameter_name = "to do", "open"

    def lookups(self, request, model_admin):
        return [("yes", "Open"), ("no", "Closed")]

    def queryset(self, request, queryset):
        open_ones = {"status__in": ConsultationRequest.OPEN}
        return {"yes": queryset.filter(**open_ones), "no": queryset.exclude(**open_ones)}.get(
            self.value() or "", queryset
        )


class MailInline(ReadOnly, admin.TabularInline):
    model = Message
    fields = readonly_fields = ("subject", "to", "status", "sent")
    show_change_link = True
    verbose_name_plural = "mails about it"

    @admin.display(description="sent")
    def sent(self, message):
        return display.moment(message.sent_at)


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(Kept, PhoneSearch):
    list_display = ["who", "kind", "state", "age", "service", "flags"]
    list_filter = [OpenFilter, "status", "kind"]
    list_select_related = ["service"]
    search_fields = ["first_name", "last_name", "email", "message"]
    search_help_text = "Name, e-mail address, words of the message, or any part of the phone number."
    show_full_result_count = False
    inlines = [MailInline]
    fieldsets = [("What they asked", {"fields": ASKED}), ("How it stands", {"fields": STATE})]
    readonly_fields = [*ASKED, *STATE]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("service", "client", "visit", "handled_by")

    def get_ordering(self, request):
        return ConsultationRequest.by_need()

    def save_model(self, request, obj, form, change):
        """Nothing on the form is for editing; the row may have changed since it was read."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/step/<slug:code>/", wrap(self.step_view), name="booking_consultationrequest_step"),
            path("<path:object_id>/times/", wrap(self.times_view), name="booking_consultationrequest_times"),
            *super().get_urls(),
        ]

    @admin.display(description="who")
    def who(self, asked):
        return asked.name

    @admin.display(description="email")
    def mail(self, asked):
        return asked.email

    @admin.display(description="phone")
    def phone_display(self, asked):
        return asked.phone.as_national if asked.phone else display.NOTHING

    @admin.display(description="status", ordering="status")
    def state(self, asked):
        return "Withdrawn" if asked.withdrawn_at else asked.get_status_display()

    @admin.display(description="age", ordering="created_at")
    def age(self, asked):
        return timesince(asked.created_at, timezone.now())

    @admin.display(description="look twice")
    def flags(self, asked):
        return "Has links" if asked.has_links else display.NOTHING

    @admin.display(description="times that suit")
    def preferred_parts_display(self, asked):
        return ", ".join(asked.part_names)

    @admin.display(description="dealt with")
    def handled(self, asked):
        by = f", by {asked.handled_by}" if asked.handled_by else ""
        return f"{display.moment(asked.handled_at)}{by}" if asked.handled_at else display.NOTHING

    @admin.display(description="times held for them")
    def held(self, asked):
        held = asked.proposals.held(timezone.now()).select_related(
            "appointment__location", "appointment__practitioner", "appointment__option__service"
        )
        return "; ".join(f"{display.start_of(one.appointment)}, {one.appointment}" for one in held) or display.NOTHING

    @admin.display(description="visit")
    def visit_link(self, asked):
        if asked.visit is None:
            return display.NOTHING
        address = reverse("admin:booking_visit_change", args=[asked.visit_id])
        return format_html('<a href="{}">{}</a>', address, asked.visit)

    def render_change_form(self, request, context, *args, **kwargs):
        asked = kwargs["obj"]
        context["may_answer"] = asked.is_open and self.has_change_permission(request, asked)
        context["may_book"] = context["may_answer"] and _may_book(request)
        context.update(show_save=False, show_save_and_continue=False, show_save_and_add_another=False)
        return super().render_change_form(request, context, *args, **kwargs)

    def step_view(self, request: HttpRequest, object_id: str, code: str) -> HttpResponse:
        """The buttons of the request's page: `answer` and `decline`, both by mail."""
        asked = self._asked(request, object_id)
        if request.method != "POST" or code not in STEPS:
            raise Http404
        form = AnswerForm(request.POST)
        if not form.is_valid() or (code == "answer" and not form.cleaned_data["text"]):
            self.message_user(request, "Write your answer first. Nothing was sent.", messages.ERROR)
            return self._back(asked)
        asked.sequence, text = form.cleaned_data["sequence"], form.cleaned_data["text"]
        try:
            STEPS[code](asked, text=text, by=request.user, now=timezone.now())
        except BookingError as error:
            self.message_user(request, f"{error.message} You wrote: {text}", messages.ERROR)
            return self._back(asked)
        return self._done(request, asked)

    def times_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open times of a service: tick some and propose them, or tick one and book it."""
        asked, now = self._asked(request, object_id), timezone.now()
        if not _may_book(request):
            raise PermissionDenied
        form = TimesForm(request.POST or request.GET, now=now, asked=asked)
        if request.method == "POST":
            if problem := self._take(request, asked, form):
                self.message_user(request, problem, messages.ERROR)
            else:
                return self._done(request, asked)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Times for {asked.name}",
            "opts": self.opts,
            "asked": asked,
            "form": form,
            "days": form.days(),
            "most": policy.PROPOSALS_AT_ONCE,
            "hours": int(policy.PROPOSAL_LENGTH.total_seconds() // 3600),
        }
        return TemplateResponse(request, "admin/booking/consultationrequest/times.html", context)

    def _take(self, request: HttpRequest, asked: ConsultationRequest, form: TimesForm) -> str:
        """Propose or book what is ticked; why not, or blank once it is done."""
        slots = form.slots() if form.is_valid() else []
        if not slots:
            return form.problem
        asked.sequence = form.cleaned_data["sequence"]
        given: dict[str, Any] = {"option": form.chosen_option, "by": request.user, "now": form.now}
        try:
            if form.is_booking:
                consultations.convert(asked, slots[0], **given)
            else:
                until = form.now + policy.PROPOSAL_LENGTH
                consultations.propose(asked, slots, until, text=form.cleaned_data["text"], **given)
        except BookingError as error:
            return error.message
        return ""

    def _asked(self, request: HttpRequest, object_id: str) -> ConsultationRequest:
        asked = self.get_object(request, unquote(object_id))
        if asked is None:
            raise Http404
        if not self.has_change_permission(request, asked):
            raise PermissionDenied
        return asked

    def _done(self, request: HttpRequest, asked: ConsultationRequest) -> HttpResponse:
        asked.refresh_from_db()
        self.log_change(request, asked, asked.get_status_display())
        self.message_user(request, f"{asked}: {asked.get_status_display()}.", messages.SUCCESS)
        return self._back(asked)

    def _back(self, asked: ConsultationRequest) -> HttpResponse:
        return redirect(reverse("admin:booking_consultationrequest_change", args=[asked.pk]))


def _may_book(request: HttpRequest) -> bool:
    return request.user.has_perm("booking.add_appointment")
