"""The reports in a real browser: nothing an audit finds, in both schemes, on a phone and enlarged, without script."""

import pytest
from django.contrib.auth.models import User

from booking.models import UnmetSearch
from booking.reports import REPORTS
from tests.browser.audit import audit
from tests.factory import MONDAY, TEN, make_appointment

PASSWORD = "a long enough password"
DAYS = "period=days&first=2026-11-01&last=2026-12-20"


@pytest.fixture
def reported(open_clinic):
    User.objects.create_superuser("owner", password=PASSWORD)
    for practitioner in open_clinic.practitioners:
        make_appointment(open_clinic, practitioner=practitioner)
    UnmetSearch.objects.create(
        asked_date=MONDAY,
        service=open_clinic.service,
        location=open_clinic.location,
        first_day=MONDAY,
        part="eve",
        count=3,
    )
    make_appointment(open_clinic, starts_at=TEN.replace(day=24))
    return open_clinic


def signed_in(chrome, live_server, **given):
    context = chrome.new_context(**given)
    page = context.new_page()
    page.goto(live_server.url + f"/admin/reports/?{DAYS}")
    page.fill("#id_username", "owner")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Reports')")
    return page


def test_reports_pass_the_audit_without_scrolling_sideways(live_server, reported, chrome):
    page = signed_in(chrome, live_server)
    for path in ["/admin/reports/", *(f"/admin/reports/{slug}/" for slug in REPORTS)]:
        assert page.goto(f"{live_server.url}{path}?{DAYS}").ok, path  # an error's page would pass any audit
        audit(page, path)
    page.context.close()


def test_reports_are_read_and_fetched_without_script(live_server, reported, chrome):
    page = signed_in(chrome, live_server, java_script_enabled=False)
    page.get_by_role("link", name="Utilisation by practitioner").click()
    assert page.locator("table.figures tbody tr").count() == 2
    assert page.get_by_role("img", name="Utilisation by practitioner").is_visible()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="CSV").click()
    assert fetched.value.suggested_filename == "stillwater-practitioners-2026-11-01-to-2026-12-20.csv"
    page.select_option("#id_period", "week")
    page.get_by_role("button", name="Show").click()
    assert "period=week" in page.url
    page.context.close()
