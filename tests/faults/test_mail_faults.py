"""The mail server is down, refuses or is slow, or the worker dies with a mail in its hands. Booking never notices."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from booking import appointments, outbox, tasks
from booking.models import Message
from tests import serving
from tests.factory import NOW, TEN, make_appointment, make_clinic, make_details

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WAITS = [4, 16, 64, 256, 1024]


def break_down(server):
    server.stop()


def refuse_for_now(server):
    server.reply = lambda message: "451 Try again later"


def refuse_for_good(server):
    server.reply = lambda message: "554 No"


def keep_waiting(server):
    server.before_yes.clear()


def heal(server):
    server.go_on()
    server.reply = lambda message: "250 OK"
    if server.controller is None:
        server.start()


FAULTS = {
    break_down: "ConnectionRefusedError",
    refuse_for_now: "451",
    refuse_for_good: "554",
    keep_waiting: "timed out",
}


def mail_jobs():
    return ProcrastinateJob.objects.filter(queue_name="mail").order_by("pk")


def due_now():
    """As if the wait were over. Jobs are unmanaged: the database's own words."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = %s WHERE status = 'todo'", [LONG_AGO])


def run_worker():
    """A worker of this process does every job that is due, and ends. When it began and ended."""
    began = timezone.now()
    due = {"wait": False, "queues": ["mail"], "listen_notify": False, "install_signal_handlers": False}
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(**due)
    return began, timezone.now()


def assert_waits(job, seconds, run):
    """The job is tried again so many seconds after it failed, some time during that run."""
    began, ended = run
    assert job.status == "todo"
    assert began <= job.scheduled_at - timedelta(seconds=seconds) <= ended


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mail_waits_for_a_broken_mail_server_longer_each_time_and_then_arrives(fault, mail_server):
    fault(mail_server)
    appointment = make_appointment(make_clinic())
    assert appointment.status == "booked"
    for tries, wait in enumerate(WAITS[:2], start=1):
        due_now()
        run = run_worker()
        for message in Message.objects.all():
            assert (message.status, message.attempts) == ("queued", tries)
            assert FAULTS[fault] in message.last_error
        for job in mail_jobs():
            assert_waits(job, wait, run)
    heal(mail_server)
    due_now()
    run_worker()
    assert set(Message.objects.values_list("status", "attempts", "last_error")) == {("sent", 3, "")}
    assert sorted(mail_server.message_ids()) == sorted(Message.objects.values_list("message_id", flat=True))
    assert {job.status for job in mail_jobs()} == {"succeeded"}


def test_a_mail_nobody_takes_is_given_up_after_six_tries_and_holds_up_no_other(mail_server):
    clinic = make_clinic()
    refused = "nobody@example.org"
    mail_server.reply = lambda message: "550 No such mailbox" if message["To"] == refused else "250 OK"
    make_appointment(clinic, details=make_details(email=refused))
    for hour in range(1, 5):
        make_appointment(clinic, starts_at=TEN + hour * HOUR)
    poison = Message.objects.get(to=[refused])
    due_now()
    run = run_worker()
    assert Message.objects.filter(status="sent").count() == 9
    for wait in WAITS:
        assert_waits(mail_jobs().get(status="todo"), wait, run)
        due_now()
        run = run_worker()
    poison.refresh_from_db()
    assert (poison.status, poison.attempts) == ("failed", outbox.ATTEMPTS)
    assert "550" in poison.last_error
    assert [job.status for job in mail_jobs().exclude(status="succeeded")] == ["failed"]
    assert mail_server.tries[poison.message_id] == outbox.ATTEMPTS


def test_a_mail_given_up_can_be_sent_again_by_hand_under_its_own_message_id(mail_server):
    refuse_for_good(mail_server)
    make_appointment(make_clinic())
    message = Message.objects.first()
    for _ in range(outbox.ATTEMPTS):
        due_now()
        run_worker()
    message.refresh_from_db()
    assert message.status == "failed"
    heal(mail_server)
    outbox.resend(message, now=timezone.now())
    run_worker()
    message.refresh_from_db()
    assert (message.status, mail_server.message_ids()) == ("sent", [message.message_id])


def test_dead_workers_do_not_use_up_a_mails_tries(mail_server):
    make_appointment(make_clinic())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 20")
    refuse_for_now(mail_server)
    due_now()
    run_worker()
    heal(mail_server)
    assert {job.status for job in mail_jobs()} == {"todo"}
    due_now()
    run_worker()
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}


def test_cancelling_does_not_wait_for_a_mail_server_that_is_slow(mail_server, settings):
    settings.EMAIL_TIMEOUT = 20
    keep_waiting(mail_server)
    appointment = make_appointment(make_clinic(), now=NOW - timedelta(days=3))
    due_now()
    with ThreadPoolExecutor(1) as beside:
        worker = beside.submit(run_worker)
        serving.wait_until(lambda: mail_server.tries, within=10, what="a mail is on its way")
        started = time.monotonic()
        appointments.cancel(appointment, now=NOW)
        assert time.monotonic() - started < 2
        refuse_for_now(mail_server)
        mail_server.go_on()
        worker.result(timeout=30)
    heal(mail_server)
    due_now()
    run_worker()
    kinds = {identity.split(".")[0] for identity in mail_server.message_ids()}
    assert kinds == {"<cancelled"}, "a confirmation after the cancellation would be believed"


class TestAWorkerKilledWithAMailInItsHands:
    """`kill -9` of a real worker, before and after the mail server's yes; another worker takes over."""

    def run(self, mail_server, hold):
        make_appointment(make_clinic())
        Message.objects.filter(reason__endswith="practitioner").delete()
        message = Message.objects.get()
        due_now()
        hold.clear()
        with serving.worker(EMAIL_URL=mail_server.url) as worker:
            serving.wait_until(
                lambda: mail_server.accepted if hold is mail_server.after_yes else mail_server.tries,
                within=60,
                what="the worker sends",
            )
            worker.kill()
            hold.set()
            assert mail_jobs().get(args={"message_pk": message.pk}).status == "doing"
            serving.let_time_pass_for_dead_workers()
            worker.start()
            with suppress(AlreadyEnqueued):  # by a worker that then died
                tasks.retry_stalled_jobs.defer(timestamp=0)
            serving.wait_until(
                lambda: Message.objects.get().status == "sent", within=60, what="the mail is noted as sent"
            )
            serving.wait_until(lambda: not mail_jobs().exclude(status="succeeded"), within=20, what="no job is stuck")
        return message

    def test_before_the_yes_the_mail_is_sent_by_another(self, mail_server):
        message = self.run(mail_server, mail_server.before_yes)
        assert mail_server.tries == {message.message_id: 2}
        assert message.message_id in mail_server.message_ids()

    def test_after_the_yes_the_mail_arrives_twice_under_one_message_id(self, mail_server):
        message = self.run(mail_server, mail_server.after_yes)
        assert mail_server.message_ids() == [message.message_id] * 2
