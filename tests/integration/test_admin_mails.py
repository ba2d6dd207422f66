"""The mail page shows what a reader gets, keeps the secret link from those who may only look, and sends again."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import links, mails
from booking.models import Message
from tests.factory import make_appointment

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def mail(clinic):
    """The confirmation to a client."""
    make_appointment(clinic)
    return Message.objects.get(reason__startswith="confirmation/", reason__endswith="/client")


@pytest.fixture
def onlooker(client):
    """Staff who may look at mails and change none."""
    user = User.objects.create_user("rosa", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_message"))
    user.user_permissions.add(Permission.objects.get(codename="view_everyone"))
    client.force_login(user)
    return client


def page(message, name="change"):
    return reverse(f"admin:booking_message_{name}", args=[message.pk])


def secret(message):
    return links.token(message.appointment.visit)


def test_list_says_to_whom_what_and_when(admin_client, mail):
    html = admin_client.get(reverse("admin:booking_message_changelist")).content.decode()
    for words in (mail.to[0], mail.subject, "Queued", "Sun 22 Nov 2026, 12:03 pm PST"):
        assert words in html


def test_record_shows_the_text_with_the_link_and_the_calendar_file(admin_client, mail):
    html = admin_client.get(page(mail)).content.decode()
    assert secret(mail) in html and mails.LINK not in html
    assert "BEGIN:VCALENDAR" in html
    assert 'name="_save"' not in html


def test_who_may_only_view_never_sees_the_secret_link(onlooker, mail):
    for name in ("change", "html"):
        html = onlooker.get(page(mail, name)).content.decode()
        assert secret(mail) not in html and mails.LINK in html
    assert 'action="' + page(mail, "send") not in onlooker.get(page(mail)).content.decode()


def test_html_mail_stands_alone_under_its_own_policy(admin_client, mail):
    answer = admin_client.get(page(mail, "html"))
    assert secret(mail) in answer.content.decode()
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["style-src"] == "'unsafe-inline'"
    assert "sandbox" in policy and "script-src" not in policy
    assert answer["Cache-Control"] and "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["html", "send"])
def test_pages_of_a_mail_that_is_not_there(admin_client, mail, name):
    where = reverse(f"admin:booking_message_{name}", args=[0])
    assert (admin_client.get(where) if name == "html" else admin_client.post(where)).status_code == 404


def test_html_mail_is_for_staff_who_may_see_mails(client, mail):
    assert client.get(page(mail, "html")).status_code == 302
    sam = User.objects.create_user("sam", is_staff=True)
    client.force_login(sam)
    assert client.get(page(mail, "html")).status_code == 404  # about a visit they may not see
    sam.user_permissions.add(Permission.objects.get(codename="view_everyone"))
    assert client.get(page(mail, "html")).status_code == 403


@pytest.mark.parametrize("way", ["button", "action"])
def test_send_again_queues_the_same_mail(admin_client, mail, way):
    Message.objects.filter(pk=mail.pk).update(status="failed", attempts=6, last_error="SMTP said no")
    before = ProcrastinateJob.objects.count()
    if way == "button":
        answer = admin_client.post(page(mail, "send"), follow=True)
    else:
        chosen = {"action": "send_again", "_selected_action": [mail.pk]}
        answer = admin_client.post(reverse("admin:booking_message_changelist"), chosen, follow=True)
    assert "On their way again: 1." in answer.content.decode()
    again = Message.objects.get(pk=mail.pk)
    assert (again.status, again.attempts, again.message_id) == ("queued", 0, mail.message_id)
    assert ProcrastinateJob.objects.count() == before + 1


def test_who_may_only_view_cannot_send_again(onlooker, mail):
    before = ProcrastinateJob.objects.count()
    assert onlooker.post(page(mail, "send")).status_code == 403
    onlooker.post(reverse("admin:booking_message_changelist"), {"action": "send_again", "_selected_action": [mail.pk]})
    assert ProcrastinateJob.objects.count() == before


def test_reading_never_sends(admin_client, mail):
    before = ProcrastinateJob.objects.count()
    assert admin_client.get(page(mail, "send")).status_code == 405
    admin_client.get(page(mail, "html"))
    assert ProcrastinateJob.objects.count() == before


def test_mail_whose_key_is_gone_is_shown_without_its_link(admin_client, mail, settings):
    settings.SECRET_KEY = "another-key-" + "y" * 40
    admin_client.force_login(User.objects.get(is_superuser=True))
    answer = admin_client.get(page(mail))
    assert answer.status_code == 200 and mails.LINK in answer.content.decode()
