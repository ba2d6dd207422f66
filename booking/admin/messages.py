"""The mail page: every mail we meant to send, what became of it, and what its reader sees."""

from __future__ import annotations

from contextlib import suppress

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe

from booking import outbox
from booking.admin import display
from booking.admin.protected import Kept
from booking.models import Message

# A mail brings its own style attributes and nothing else; whatever it holds, it runs in a box.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "sandbox": [True],
}
FIELDS = (
    "state",
    "recipients",
    "subject",
    "about",
    "queued",
    "goes_out",
    "attempts",
    "last_error",
    "reason",
    "message_id",
)


@admin.register(Message)
class MessageAdmin(Kept, admin.ModelAdmin):
    list_display = ["subject", "recipients", "state", "goes_out", "queued"]
    list_filter = ["status"]
    search_fields = ["subject", "to", "reason"]
    date_hierarchy = "queued_at"
    show_full_result_count = False
    actions = ["send_again"]
    fields = readonly_fields = FIELDS
    change_form_template = "admin/booking/message_form.html"

    def get_queryset(self, request):
        about = ("visit", "location", "practitioner", "option__service")
        return super().get_queryset(request).select_related("consultation", *(f"appointment__{one}" for one in about))

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/html/", wrap(self.html_view), name="booking_message_html"),
            path("<path:object_id>/send/", wrap(self.send_view), name="booking_message_send"),
            *super().get_urls(),
        ]

    @admin.display(description="to")
    def recipients(self, message):
        return ", ".join(message.to)

    @admin.display(description="status", ordering="status")
    def state(self, message):
        return message.get_status_display()

    @admin.display(description="about")
    def about(self, message):
        return message.appointment or message.consultation

    @admin.display(description="queued", ordering="queued_at")
    def queued(self, message):
        return display.moment(message.queued_at)

    @admin.display(description="goes or went out", ordering="send_after")
    def goes_out(self, message):
        if message.status == Message.Status.FAILED:
            return "Given up"
        return display.moment(message.sent_at or message.send_after)

    def render_change_form(self, request, context, *args, **kwargs):
        message = kwargs["obj"]
        may_change = self.has_change_permission(request, message)
        text, html = _as_read_by(message, may_change=may_change)
        context.update(mail_text=text, has_html=bool(html), may_send=may_change)
        context.update(show_save=False, show_save_and_continue=False, show_save_and_add_another=False)
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator([csp(MAIL_POLICY), require_safe])
    def html_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The HTML mail by itself, under a policy of its own."""
        message = self._message(request, object_id)
        if not self.has_view_permission(request, message):
            raise PermissionDenied
        _, html = _as_read_by(message, may_change=self.has_change_permission(request, message))
        return HttpResponse(html)

    @method_decorator(require_POST)
    def send_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        message = self._message(request, object_id)
        if not self.has_change_permission(request, message):
            raise PermissionDenied
        self._send_again(request, [message])
        return redirect(reverse("admin:booking_message_change", args=[message.pk]))

    @admin.action(description="Send again", permissions=["change"])
    def send_again(self, request, queryset):
        self._send_again(request, list(queryset))

    def _send_again(self, request: HttpRequest, chosen: list[Message]) -> None:
        for message in chosen:
            outbox.resend(message, now=timezone.now())
            self.log_change(request, message, "Sent again")
        self.message_user(request, f"On their way again: {len(chosen)}.", messages.SUCCESS)

    def _message(self, request: HttpRequest, object_id: str) -> Message:
        message = self.get_object(request, unquote(object_id))
        if message is None:
            raise Http404
        return message


def _as_read_by(message: Message, *, may_change: bool) -> tuple[str, str]:
    """Text and HTML: with the client's secret link for staff who may change messages, else as stored, without it.

    Without it, too, once the key that made the link is gone.
    """
    if may_change:
        with suppress(LookupError):
            return outbox.rendered(message)
    return message.text, message.html
