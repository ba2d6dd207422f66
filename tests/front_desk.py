"""Staff pages over HTTP: somebody signed in with these permissions or this role, and the words of a page."""

from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from booking.models import Appointment
from tests.factory import NOW


def stopped_clock(monkeypatch, settings):
    """A function that sets what time it is, NOW to begin with; a sign-in outlasts every jump of a test."""
    settings.SESSION_COOKIE_AGE = 400 * 24 * 60 * 60

    def set_to(instant):
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)

    set_to(NOW)
    return set_to


def sign_in(client, *codes, role=""):
    """The same browser, signed in as somebody new; `client.user` is who."""
    user = User.objects.create_user(f"rosa{User.objects.count()}", first_name="Rosa", last_name="Lind", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    if role:
        user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    client.user = user
    return client


def url(name, *args):
    return reverse(f"admin:{name}", args=args)


def text(page):
    return page.content.decode()


def fresh(visit):
    return Appointment.objects.with_everything().get(pk=visit.pk)
