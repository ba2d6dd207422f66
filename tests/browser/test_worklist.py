"""The worklist as somebody at the desk has it before them: every state passes the audit, and works without script."""

from booking.models import Message
from tests.browser.audit import audit
from tests.browser.desk import Desk
from tests.factory import make_request


def busy_desk(chrome, live_server, **size):
    """A desk with a request, a mail that failed and a visit nobody has confirmed."""
    desk = Desk(chrome, live_server, **size)
    appointment = desk.visit("15:00")
    make_request(now=desk.now)
    message = Message.objects.filter(appointment=appointment).first()
    Message.objects.filter(pk=message.pk).update(status="failed", last_error="550 no such mailbox")
    return desk


def test_worklist_passes_the_audit_and_fits_the_screen(live_server, transactional_db, chrome):
    desk = busy_desk(chrome, live_server)
    for path in ("/admin/worklist/", "/admin/feeds/"):
        desk.open(path)
        audit(desk.page, path)
    desk.close()


def test_failed_mail_is_sent_again_with_two_clicks_and_without_script(live_server, transactional_db, chrome):
    desk = busy_desk(chrome, live_server, javascript=False)
    desk.open("/admin/")
    desk.page.locator(".staff-nav").get_by_role("link", name="Worklist").click()
    desk.page.get_by_role("button", name="Send again").click()
    assert "On its way again" in desk.page.locator(".messagelist").inner_text()
    assert not Message.objects.filter(status="failed").exists()
    desk.close()
