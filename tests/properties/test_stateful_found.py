"""What the state machines have found, as examples."""

from datetime import timedelta

import pytest

from booking import appointments
from booking.errors import HoldExpired
from booking.models import BusyTime
from tests import factory

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def acupuncture_changed_after(act):
    """A clinic of one, whose option of 60 minutes becomes one of 40 after `act`."""
    clinic = factory.make_clinic(cancellation_notice=timedelta(0))
    clinic.option.unattended_from, clinic.option.unattended_until = 20 * MINUTE, 50 * MINUTE
    clinic.option.save()
    made = act(clinic)
    clinic.option.duration = 40 * MINUTE
    clinic.option.unattended_from, clinic.option.unattended_until = 10 * MINUTE, 30 * MINUTE
    clinic.option.save()
    return clinic, made


@pytest.mark.django_db
def test_move_takes_the_length_and_phase_the_option_has_now():
    _, booked = acupuncture_changed_after(factory.make_appointment)
    moved = appointments.move(booked, starts_at=factory.TEN + 2 * HOUR, now=factory.NOW)
    assert (moved.duration, moved.unattended_from, moved.unattended_until) == (40 * MINUTE, 10 * MINUTE, 30 * MINUTE)


@pytest.mark.django_db
def test_booking_what_is_held_takes_the_client_for_as_long_as_it_was_held():
    asked = {"starts_at": factory.TEN, "owner": "alice", "now": factory.NOW}
    clinic, held = acupuncture_changed_after(lambda clinic: appointments.hold(clinic.option, address="home", **asked))
    visit = appointments.book(clinic.option, details=factory.make_details(), form_token="form", **asked)
    assert visit == held.visit
    during = BusyTime.objects.get(client__isnull=False).during
    assert (during.lower, during.upper) == (held.starts_at, held.ends_at)


@pytest.mark.django_db
def test_hold_that_expired_and_was_swept_cannot_be_extended():
    clinic, later = factory.make_clinic(), factory.NOW + 10 * MINUTE
    held = appointments.hold(clinic.option, starts_at=factory.TEN, owner="alice", address="home", now=factory.NOW)
    factory.make_appointment(clinic, now=later)
    with pytest.raises(HoldExpired):
        appointments.extend(held, now=later)
