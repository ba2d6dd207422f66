"""The staff's own pages, one module a topic. The admin site puts each behind its sign-in, under /admin/."""

from importlib import import_module

urlpatterns = []
for _name in ("clients", "diary", "visits", "why", "hours", "time_off", "rooms", "worklist", "feeds", "reports"):
    try:  # while all are being built at once, one unfinished room does not close the others (goes before the commit)
        urlpatterns += import_module(f"booking.staff.{_name}").urlpatterns
    except (ImportError, AttributeError, SyntaxError, NameError) as _error:
        print("UNFINISHED", _name, _error)  # noqa: T201
