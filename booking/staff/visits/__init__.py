"""Acting on visits from the diary: the panel, its steps, moving, booking, writing to the client. One module a topic."""

from booking.staff.visits import again, message, move, new, note, panel, receipt, room, steps, take_back

urlpatterns = [
    *new.urlpatterns,
    *panel.urlpatterns,
    *move.urlpatterns,
    *room.urlpatterns,
    *again.urlpatterns,
    *message.urlpatterns,
    *receipt.urlpatterns,
    *note.urlpatterns,
    *take_back.urlpatterns,
    *steps.urlpatterns,
]
