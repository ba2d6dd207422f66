"""The staff's pages of working hours: plain forms that keep what was typed, show what they touch, and save once."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client as Browser
from django.urls import reverse

from booking import schedule
from booking.models import TimeOff, WorkingHours
from services.models import Practitioner
from tests.concurrency.races import at_once
from tests.factory import MONDAY, NOW, make_appointment, make_clinic, make_location, make_time_off
from tests.offers import starts

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

DAY = timedelta(days=1)
SATURDAY = MONDAY + 5 * DAY


@pytest.fixture
def desk(frozen, admin_client):
    return admin_client


def url(name, clinic, practitioner=None):
    return reverse(f"admin:{name}", args=[(practitioner or clinic.practitioner).pk])


def week(clinic, *shifts, first=MONDAY, last="", practitioner=None, **more):
    """The week editor's form with these shifts, each as (weekday, starts, ends)."""
    data = {
        "shift-TOTAL_FORMS": len(shifts),
        "shift-INITIAL_FORMS": 0,
        "first": first.isoformat() if isinstance(first, date) else first,
        "last": last,
        "seen": schedule.edition(practitioner or clinic.practitioner),
    }
    for number, (weekday, begins, ends, *place) in enumerate(shifts):
        data |= {
            f"shift-{number}-weekday": weekday,
            f"shift-{number}-starts": begins,
            f"shift-{number}-ends": ends,
            f"shift-{number}-location": place[0] if place else clinic.location.pk,
        }
    return data | more


def confirmed(page):
    """What the button of the page between sends."""
    data: dict = {}
    for name, value in page.context["hidden"]:
        data.setdefault(name, []).append(value)
    return data


def signed_in(*permissions):
    user = User.objects.create_user(f"user{User.objects.count()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Browser()
    browser.force_login(user)
    return user, browser


class TestOverview:
    def test_everybody_s_week_with_extra_shifts_time_off_and_who_has_none(self, desk):
        clinic = make_clinic(practitioners=2, rooms=2)
        working, idle = clinic.practitioners
        idle.working_hours.all().delete()
        make_time_off(practitioner=working, starts_at=NOW, ends_at=NOW + 3 * DAY, reason="Training")
        page = desk.get(reverse("admin:hours"), {"from": MONDAY.isoformat()})
        html = page.content.decode()
        assert [one.name for one in page.context["without"]] == [idle.name]
        assert "9 am–5 pm" in html and "Training" in html
        assert url("hours_extra", clinic, idle) + f"?date={SATURDAY}" in html

    def test_it_takes_as_many_queries_for_twenty_as_for_one(self, desk, django_assert_max_num_queries):
        make_clinic(practitioners=20)
        with django_assert_max_num_queries(14):
            desk.get(reverse("admin:hours"))

    @pytest.mark.parametrize("day", ["x", "0001-01-01", "9999-12-31", "2026-02-30", "²"])
    def test_a_nonsense_day_shows_this_week(self, desk, clinic, day):
        page = desk.get(reverse("admin:hours"), {"from": day})
        assert page.status_code == 200 and page.context["days"][0] == MONDAY - 7 * DAY


class TestWeekEditor:
    def test_it_shows_seven_days_with_their_shifts(self, desk, clinic):
        page = desk.get(url("hours_week", clinic))
        assert [len(rows) for _, _, rows in page.context["days"]] == [1] * 7

    def test_saving_replaces_the_week(self, desk, clinic):
        answer = desk.post(url("hours_week", clinic), week(clinic, (0, "10:00", "12:00"), (0, "13:00", "15:00")))
        assert answer.status_code == 302
        assert starts(clinic)[0] == "10:00" and starts(clinic)[-1] == "14:00"
        assert starts(clinic, day=MONDAY + DAY) == []

    def test_a_row_is_added_and_removed_and_nothing_typed_is_lost(self, desk, clinic):
        typed = week(clinic, (0, "10:00", "nonsense"), (3, "11:00", ""), first="soon")
        added = desk.post(url("hours_week", clinic), {**typed, "add": "0"})
        days = {number: rows for number, _, rows in added.context["days"]}
        assert [row["ends"].value() for row in days[0]] == ["nonsense", ""]
        assert 'value="soon"' in added.content.decode()
        removed = desk.post(url("hours_week", clinic), {**typed, "remove": "0"})
        days = {number: rows for number, _, rows in removed.context["days"]}
        assert days[0] == [] and days[3][0]["starts"].value() == "11:00"
        assert WorkingHours.objects.filter(valid_through__isnull=False).count() == 0

    @pytest.mark.parametrize(
        ("shifts", "words"),
        [
            ([(0, "12:00", "10:00")], "A shift must end after it starts."),
            ([(0, "10:00", "")], "Enter when it ends"),
            ([(0, "10:00", "12:00"), (0, "11:00", "13:00")], "This overlaps the shift from 10:00 am to 12:00 pm."),
            ([(0, "ten", "12:00")], "Write the time as in 9:30"),
            ([(0, "10:00", "12:00", "999999")], "Choose one of the locations."),
        ],
    )
    def test_mistakes_are_said_beside_the_shift(self, desk, clinic, shifts, words):
        make_location()  # with one place alone there is nothing to choose
        page = desk.post(url("hours_week", clinic), week(clinic, *shifts))
        assert page.status_code == 422 and words in page.content.decode()
        assert not WorkingHours.objects.filter(valid_from=MONDAY).exists()

    @pytest.mark.parametrize("first", ["", "x", "2026-11-21", "2019-01-01", "9999-01-01", "0001-01-01", "\x00"])
    def test_the_past_and_the_far_future_are_refused(self, desk, clinic, first):
        page = desk.post(url("hours_week", clinic), week(clinic, first=first))
        assert page.status_code == 422 and page.context["form"].errors["first"]

    @pytest.mark.parametrize(
        "nonsense",
        [
            {"shift-TOTAL_FORMS": "9999999"},
            {"shift-TOTAL_FORMS": "x"},
            {"shift-0-weekday": "9"},
            {"shift-0-weekday": "²"},
            {"shift-0-location": "\x00"},
            {"shift-0-starts": "\x00"},
            {"seen": "\x00"},
            {"add": "8"},
            {"add": "²"},
            {"remove": "٣"},
            {"drop": "9" * 40},
        ],
    )
    def test_nothing_a_program_sends_breaks_it(self, desk, clinic, nonsense):
        before = WorkingHours.objects.count()
        answer = desk.post(url("hours_week", clinic), {**week(clinic, (0, "10:00", "12:00")), **nonsense})
        assert answer.status_code in (200, 302, 422) and WorkingHours.objects.count() == before

    def test_visits_left_outside_are_listed_before_anything_is_saved(self, desk, clinic):
        visit = make_appointment(clinic)
        page = desk.post(url("hours_week", clinic), week(clinic, (0, "12:00", "17:00")))
        html = page.content.decode()
        assert visit.client.name in html and "Nothing has been saved yet" in html
        assert "09:00" in starts(clinic, day=MONDAY + DAY)
        answer = desk.post(url("hours_week", clinic), confirmed(page))
        assert answer.url == url("hours_visits", clinic)
        assert starts(clinic)[0] == "12:00"
        assert visit.client.name in desk.get(answer.url).content.decode()

    def test_one_booked_while_the_list_was_read_is_shown_before_saving(self, desk, clinic):
        make_appointment(clinic)
        page = desk.post(url("hours_week", clinic), week(clinic))
        newcomer = make_appointment(clinic, starts_at=NOW + 2 * DAY)
        page = desk.post(url("hours_week", clinic), confirmed(page))
        assert newcomer.client.name in page.content.decode() and starts(clinic)

    def test_the_second_of_two_editors_is_told_and_may_save_over_it(self, desk, clinic):
        mine = week(clinic, (0, "10:00", "12:00"))
        assert desk.post(url("hours_week", clinic), week(clinic, (0, "13:00", "15:00"))).status_code == 302
        page = desk.post(url("hours_week", clinic), mine)
        assert page.status_code == 409 and "Somebody has changed these hours" in page.content.decode()
        assert starts(clinic)[0] == "13:00"
        assert 'value="10:00"' in page.content.decode()
        again = {**mine, "seen": page.context["form"]["seen"].value()}
        assert desk.post(url("hours_week", clinic), again).status_code == 302
        assert starts(clinic)[0] == "10:00"

    def test_an_extra_shift_is_taken_back(self, desk, clinic):
        clinic.practitioner.working_hours.all().delete()
        desk.post(url("hours_extra", clinic), extra(clinic))
        row = WorkingHours.objects.get()
        assert "Take back" in desk.get(url("hours_week", clinic)).content.decode()
        for _ in range(2):  # pressed twice
            assert desk.post(url("hours_week", clinic), {"drop": row.pk}).status_code == 302
        assert not WorkingHours.objects.exists()

    def test_who_may_only_read_changes_nothing(self, frozen, clinic):
        _, browser = signed_in("view_workinghours", "view_everyone")
        page = browser.get(url("hours_week", clinic))
        assert page.status_code == 200 and "Save the week" not in page.content.decode()
        assert browser.post(url("hours_week", clinic), week(clinic)).status_code == 403
        assert browser.get(url("hours_extra", clinic)).status_code == 403

    def test_practitioners_change_their_own_hours_alone(self, frozen):
        clinic = make_clinic(practitioners=2)
        mine, theirs = clinic.practitioners
        mine.user, browser = signed_in("view_workinghours", "change_workinghours")
        mine.save()
        assert browser.get(url("hours_week", clinic, mine)).status_code == 200
        for name in ("hours_week", "hours_copy", "hours_extra", "hours_swap"):
            assert browser.get(url(name, clinic, theirs)).status_code == 404
        assert theirs.name not in browser.get(reverse("admin:hours")).content.decode()

    @pytest.mark.parametrize("pk", ["0", "9" * 19, "9" * 40])
    def test_an_unknown_practitioner_is_not_found(self, desk, clinic, pk):
        assert desk.get(f"/admin/hours/{pk}/").status_code == 404


def extra(clinic, **changed):
    return {
        "day": SATURDAY.isoformat(),
        "starts": "09:00",
        "ends": "13:00",
        "location": clinic.location.pk,
        **changed,
    }


class TestExtraShift:
    def test_the_form_knows_the_usual_hours_and_next_saturday(self, desk, clinic):
        form = desk.get(url("hours_extra", clinic)).context["form"]
        assert form["day"].value() == SATURDAY and f"{form['starts'].value():%H:%M}" == "09:00"

    def test_it_is_saved_at_once_where_it_touches_nothing(self, desk, clinic):
        clinic.practitioner.working_hours.filter(weekday=5).delete()
        assert desk.post(url("hours_extra", clinic), extra(clinic)).status_code == 302
        assert starts(clinic, day=SATURDAY)[0] == "09:00"

    def test_visits_already_booked_then_are_shown_first(self, desk, clinic):
        visit = make_appointment(clinic, starts_at=NOW + 6 * DAY)  # Saturday noon
        clinic.practitioner.working_hours.filter(weekday=5).delete()
        page = desk.post(url("hours_extra", clinic), extra(clinic))
        assert visit.client.name in page.content.decode()
        assert not WorkingHours.objects.filter(valid_from=SATURDAY).exists()
        assert desk.post(url("hours_extra", clinic), confirmed(page)).status_code == 302
        assert WorkingHours.objects.filter(valid_from=SATURDAY).exists()

    def test_time_off_over_it_is_named(self, desk, clinic):
        clinic.practitioner.working_hours.filter(weekday=5).delete()
        make_time_off(practitioner=clinic.practitioner, starts_at=NOW, ends_at=NOW + 20 * DAY, reason="Holiday")
        page = desk.post(url("hours_extra", clinic), extra(clinic))
        assert "is away then (Holiday)" in page.content.decode()

    def test_over_hours_they_have_it_is_refused_in_words(self, desk, clinic):
        page = desk.post(url("hours_extra", clinic), extra(clinic))
        assert page.status_code == 422 and "already works 9:00 am to 5:00 pm that day" in page.content.decode()


class TestCopy:
    def test_the_result_is_shown_before_it_is_saved(self, desk):
        clinic = make_clinic(practitioners=3, rooms=3)
        source, one, two = clinic.practitioners
        desk.post(url("hours_week", clinic, source), week(clinic, (0, "12:00", "17:00"), practitioner=source))
        visit = make_appointment(clinic, practitioner=one)
        data = {"to": [one.pk, two.pk], "first": MONDAY.isoformat(), "last": ""}
        page = desk.post(url("hours_copy", clinic, source), data)
        html = page.content.decode()
        assert visit.client.name in html and one.name in html and two.name in html
        assert starts(clinic, practitioners=[two])[0] == "09:00"
        assert desk.post(url("hours_copy", clinic, source), confirmed(page)).status_code == 302
        assert starts(clinic, practitioners=[two])[0] == "12:00"

    def test_hours_changed_meanwhile_are_shown_again(self, desk):
        clinic = make_clinic(practitioners=2)
        source, target = clinic.practitioners
        data = {"to": [target.pk], "first": MONDAY.isoformat(), "last": ""}
        page = desk.post(url("hours_copy", clinic, source), data)
        target.working_hours.filter(weekday=3).delete()
        again = desk.post(url("hours_copy", clinic, source), confirmed(page))
        assert again.status_code == 409 and "Somebody has changed these hours" in again.content.decode()

    @pytest.mark.parametrize("to", [[], ["999"], ["x"], ["\x00"], ["9" * 40]])
    def test_nobody_or_a_stranger_is_refused(self, desk, to):
        clinic = make_clinic(practitioners=2)
        page = desk.post(url("hours_copy", clinic), {"to": to, "first": MONDAY.isoformat(), "last": ""})
        assert page.status_code == 422


class TestSwap:
    def test_it_is_shown_then_saved_and_leads_to_the_visits(self, desk):
        clinic = make_clinic(practitioners=2, rooms=2)
        giver, taker = clinic.practitioners
        taker.working_hours.all().delete()
        visit = make_appointment(clinic, practitioner=giver)
        page = desk.post(url("hours_swap", clinic), {"day": MONDAY.isoformat(), "other": taker.pk, "to_day": ""})
        assert visit.client.name in page.content.decode() and not TimeOff.objects.exists()
        answer = desk.post(url("hours_swap", clinic), confirmed(page))
        assert answer.url == reverse("admin:time_off_visits", args=[TimeOff.objects.get().pk])
        assert starts(clinic, practitioners=[giver]) == [] and starts(clinic, practitioners=[taker])[0] == "09:00"

    def test_a_day_elsewhere_is_spoken_of_on_its_own_clock(self, desk):
        clinic = make_clinic()
        clinic.practitioner.working_hours.update(location=make_location(name="Z London", timezone="Europe/London"))
        clinic.practitioner.working_hours.exclude(weekday=0).delete()
        page = desk.post(url("hours_swap", clinic), {"day": MONDAY.isoformat(), "to_day": "2026-11-28", "other": ""})
        assert "is away Monday 23 November, 9:00 am to 5:00 pm." in page.content.decode()

    @pytest.mark.parametrize(
        "data",
        [
            {"day": "", "to_day": ""},
            {"day": "2026-11-23", "to_day": ""},
            {"day": "2026-11-23", "to_day": "2026-11-23"},
            {"day": "2026-11-23", "to_day": "2026-11-24"},
            {"day": "2026-11-23", "to_day": "9999-11-24"},
            {"day": "2026-11-23", "to_day": "2026-11-24", "other": "\x00"},
        ],
    )
    def test_what_cannot_be_swapped_is_refused_in_words(self, desk, clinic, data):
        page = desk.post(url("hours_swap", clinic), data)
        assert page.status_code == 422 and page.context["form"].errors
        assert not TimeOff.objects.exists()


def record(clinic, starts, ends):
    """The practitioner's own record with one shift on Mondays."""
    one = Practitioner.objects.get()
    return {
        "name": one.name, "slug": one.slug, "email": one.email, "position": 0, "languages": "",
        "services": [clinic.service.pk], "is_active": "on",
        "working_hours-TOTAL_FORMS": 1, "working_hours-INITIAL_FORMS": 0,
        "working_hours-0-location": clinic.location.pk, "working_hours-0-weekday": 0,
        "working_hours-0-starts": starts, "working_hours-0-ends": ends,
        "working_hours-0-valid_from": "2026-11-23",
        "time_off-TOTAL_FORMS": 0, "time_off-INITIAL_FORMS": 0,
    }  # fmt: skip


def test_the_record_s_own_form_names_the_visits_it_leaves_outside(desk, clinic):
    make_appointment(clinic)
    clinic.practitioner.working_hours.all().delete()
    address = reverse("admin:services_practitioner_change", args=[clinic.practitioner.pk])
    html = desk.post(address, record(clinic, "12:00", "17:00"), follow=True).content.decode()
    assert "1 booked visit lies outside these hours" in html and url("hours_visits", clinic) in html


@pytest.mark.django_db(transaction=True)
def test_two_people_who_save_overlapping_hours_at_once_get_a_page_each(transactional_db, monkeypatch):
    """The practitioner's own record: the second to come sees what the first did, and no constraint is hit."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    clinic = make_clinic()
    clinic.practitioner.working_hours.all().delete()
    User.objects.create_superuser("rosa")
    address = reverse("admin:services_practitioner_change", args=[clinic.practitioner.pk])

    def save(starts, ends):
        browser = Browser()
        browser.force_login(User.objects.get())
        return browser.post(address, record(clinic, starts, ends))

    answers = at_once(partial(save, "09:00", "12:00"), partial(save, "11:00", "14:00"))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    refused = next(answer for answer in answers if answer.status_code == 200)
    assert "overlap other working hours" in refused.content.decode()
    assert WorkingHours.objects.count() == 1
