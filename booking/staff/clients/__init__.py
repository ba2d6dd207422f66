"""Clients at the front desk: find, card, merge, import, export. One module a topic."""

from booking.staff.clients import card, export, find, imports, merge

urlpatterns = [
    *find.urlpatterns,
    *imports.urlpatterns,
    *card.urlpatterns,
    *merge.urlpatterns,
    *export.urlpatterns,
]
