"""A front desk to drive: its clinic at early afternoon whenever the tests run, and a hand that counts its clicks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, User
from django.test import Client as Browser
from django.utils import timezone
from playwright.sync_api import expect

from booking import appointments, localtime
from booking.appointments import Details
from booking.appointments.author import Author
from booking.models import Appointment
from tests.factory import make_clinic, make_working_hours, numbers

AFTERNOON = 13


def early_afternoon(now: datetime) -> str:
    """A zone where the clock shows an hour between one and two in the afternoon."""
    ahead = AFTERNOON - now.hour
    return f"Etc/GMT{-ahead:+d}"  # these names count the other way round


class Desk:
    """One clinic on its own clock, one receptionist signed in. `clicks` and `keys` are what her hand has done."""

    def __init__(self, chrome, live_server, *, role: str = "Front desk", javascript: bool = True, **size) -> None:
        self.now = timezone.now()
        self.zone = ZoneInfo(early_afternoon(self.now))
        self.clinic = make_clinic(practitioners=2, rooms=2)
        self.clinic.location.timezone = self.zone.key
        self.clinic.location.save()
        for practitioner in self.clinic.practitioners:
            practitioner.working_hours.all().delete()
            make_working_hours(practitioner, self.clinic.location, weekdays=range(7))
        self.user = User.objects.create_user("rosa", first_name="Rosa", last_name="Lind", is_staff=True)
        self.user.groups.add(Group.objects.get(name=role))
        self.url, self.clicks, self.keys = live_server.url, 0, 0
        self.has_script = javascript
        self.context = chrome.new_context(
            java_script_enabled=javascript, viewport={"width": 1280, "height": 900, **size}, timezone_id=self.zone.key
        )
        self._sign_in()
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("dialog", lambda dialog: dialog.dismiss())

    @property
    def today(self) -> date:
        return localtime.local_day(self.now, self.zone)

    def at(self, wall: str, *, days: int = 0) -> datetime:
        """Today, or so many days on, at this time by the clinic's clock."""
        hour, minute = map(int, wall.split(":"))
        day = self.today + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)

    def visit(self, wall: str, *, days: int = 0, practitioner: int = 0, **details) -> Appointment:
        """A visit in the book, made by telephone."""
        number = next(numbers)
        who = {"first_name": "Noor", "last_name": f"Haddad{number}", "email": f"noor{number}@example.org", **details}
        visit = appointments.book(
            self.clinic.option,
            starts_at=self.at(wall, days=days),
            practitioner=self.clinic.practitioners[practitioner],
            details=Details(**who),
            form_token=f"desk-{number}",
            now=self.now,
            author=Author(user=self.user),
        )
        return visit.appointments.get()

    def open(self, path: str) -> None:
        answer = self.page.goto(self.url + path)
        assert answer.status in (200, 422), f"{path}: {answer.status}"  # an error's page would pass any audit

    def click(self, name: str, *, role: str = "button", within=None, exact: bool = False) -> None:
        """One click on what carries this name."""
        self.clicks += 1
        (within or self.page).get_by_role(role, name=name, exact=exact).first.click()
        self.settle()

    def settle(self) -> None:
        """Wait until the page and every part of it that was asked for are there."""
        if not self.has_script:  # then a click has waited for the next page
            self.page.wait_for_load_state()
        else:
            self.page.wait_for_load_state("networkidle")
            expect(self.page.locator(".htmx-request")).to_have_count(0)

    def tick(self, label: str, *, within=None) -> None:
        """One click on a box or a radio button."""
        self.clicks += 1
        (within or self.page).get_by_label(label).first.check()

    def type(self, label: str, text: str, *, within=None) -> None:
        self.keys += len(text)
        (within or self.page).get_by_label(label).first.fill(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def drag(self, card, cell) -> None:
        """Press, move and let go: one act of the hand."""
        self.clicks += 1
        cell.scroll_into_view_if_needed()
        begins, ends = card.bounding_box(), cell.bounding_box()
        self.page.mouse.move(begins["x"] + 30, begins["y"] + 8)
        self.page.mouse.down()
        self.page.mouse.move(begins["x"] + 32, begins["y"] + 16, steps=3)
        self.page.mouse.move(ends["x"] + 30, ends["y"] + 4, steps=12)
        self.page.mouse.up()
        self.page.wait_for_load_state("networkidle")

    def close(self) -> None:
        self.context.close()

    def _sign_in(self) -> None:
        browser = Browser()
        browser.force_login(self.user)
        name, morsel = next(iter(browser.cookies.items()))
        self.context.add_cookies([{"name": name, "value": morsel.value, "url": self.url}])
