"""The front desk among the clients: against the rules with a reason, other rooms, and taking back what was done last.

The machine of `test_stateful` with more hands. What was taken back leaves the visit as the model knew it before;
where that time has gone, nothing changes.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from booking import appointments
from booking.errors import ClientBusy, NotOffered, NotPossible, SlotTaken
from booking.models import Appointment, Change, TimeOff
from services.models import Room
from tests import factory
from tests.properties.model import Entry, span_of
from tests.properties.test_stateful import FrontDesk
from tests.properties.worlds import examples, instant, midnight_utc, minute_of

HOLDS_TIME = ("pending", "booked", "arrived")
REASON = "A regular"


def overlaps(one: range, other: range) -> bool:
    return max(one.start, other.start) < min(one.stop, other.stop)


class BusyDesk(FrontDesk):
    """Staff do with any visit what they like, but for being in two places."""

    def __init__(self):
        super().__init__()
        self.stood: dict[int, tuple[int, Entry]] = {}  # how each visit stood before its youngest change

    def remembering(self, entry: Entry, act):
        """Act, and keep how it stood before if that made a change."""
        before, youngest = replace(entry), appointments.seen_of(self.row(entry))
        done = act()
        if (change := appointments.seen_of(self.row(entry))) != youngest:
            self.stood[entry.pk] = change, before
        return done

    def note_move(self, entry, row, slot, is_named):
        before = replace(entry)
        super().note_move(entry, row, slot, is_named)
        if row.sequence != before.sequence:
            self.stood[entry.pk] = appointments.seen_of(row), before

    def taken(self, but: Entry | None = None) -> list[Entry]:
        return [
            entry
            for entry in self.entries.values()
            if entry is not but and entry.status in HOLDS_TIME
            and (entry.status != "pending" or entry.is_open_hold(self.now))
        ]  # fmt: skip

    def is_practitioner_free(self, practitioner: int, parts: list[range], but: Entry | None) -> bool:
        others = [one for one in self.taken(but) if one.practitioner == practitioner]
        return not any(
            overlaps(mine, theirs)
            for one in others
            for theirs in one.span.attended(minute_of(one.starts_at))
            for mine in parts
        )

    def free_rooms(self, whole: range, but: Entry | None) -> set[int]:
        taken = {one.room for one in self.taken(but) if overlaps(whole, one.span.whole(minute_of(one.starts_at)))}
        return set(Room.objects.values_list("pk", flat=True)) - taken

    def rooms_out_of_use(self, whole: range) -> set[int]:
        """A reason opens them to who names them, and nobody is put into one unnamed."""
        away = TimeOff.objects.filter(room__isnull=False)
        return {off.room_id for off in away if overlaps(whole, range(minute_of(off.starts_at), minute_of(off.ends_at)))}

    @precondition(lambda self: self.booked())
    @rule(data=st.data(), minute=st.integers(-60, 36 * 60))
    def move_against_the_rules(self, data, minute):
        entry = self.choose(data, self.booked())
        practitioner = data.draw(st.sampled_from(self.practitioners))
        starts_at = instant(midnight_utc(self.day) + minute)
        option = self.row(entry).option
        span, start = span_of(option), minute_of(starts_at)
        rooms = self.free_rooms(span.whole(start), entry) - self.rooms_out_of_use(span.whole(start))
        ends_at = starts_at + option.duration

        def act():
            return appointments.move(
                self.row(entry),
                starts_at=starts_at,
                practitioner=practitioner,
                now=self.now,
                author=factory.DESK,
                override=REASON,
            )

        is_free = self.is_practitioner_free(practitioner.pk, span.attended(start), entry)
        if not is_free or (entry.room is not None and not rooms):
            self.refused(act, SlotTaken)
        elif self.is_busy(entry.person, starts_at, ends_at, but=entry):
            self.refused(act, ClientBusy)
        else:
            event("moved against the rules")
            slot = type("Asked", (), {"starts_at": starts_at, "practitioner": practitioner})
            self.note_move(entry, act(), slot, is_named=True)
            assert self.entries[entry.pk].room is None or self.entries[entry.pk].room in rooms

    @precondition(lambda self: self.promised())
    @rule(data=st.data(), is_overridden=st.booleans())
    def change_room(self, data, is_overridden):
        entry = self.choose(data, self.promised())
        room = data.draw(st.sampled_from(list(Room.objects.order_by("pk"))))
        whole = entry.span.whole(minute_of(entry.starts_at))

        def act():
            override = REASON if is_overridden else ""
            return appointments.change_room(
                self.row(entry), room=room, now=self.now, author=factory.DESK, override=override
            )

        if entry.status not in ("booked", "arrived") or entry.room is None:
            self.refused(act, NotPossible)
        elif room.pk != entry.room and room.pk not in self.free_rooms(whole, entry):
            self.refused(act, SlotTaken, NotOffered)
        else:
            try:
                self.remembering(entry, act)
            except NotOffered:
                assert not is_overridden
                return
            entry.room = room.pk

    @precondition(lambda self: self.promised())
    @rule(data=st.data())
    def take_back(self, data):
        entry = self.choose(data, self.promised())
        change = Change.objects.filter(appointment=entry.pk).first()

        def act():
            return appointments.take_back(change, now=self.now, author=factory.DESK)

        if change.kind == "taken_back":
            self.refused(act, NotPossible)
        elif change.kind == "booked":
            act()
            entry.status, entry.sequence = "cancelled", entry.sequence + 1
        elif change.pk in [known for known, _ in self.stood.values()]:
            self.take_back_to(self.stood[entry.pk][1], act)
        else:  # a step of the day, which moves nothing
            self.take_back_step(entry, change, act)

    def take_back_step(self, entry: Entry, change: Change, act) -> None:
        before = replace(entry, status=change.before.get("status", entry.status))
        self.take_back_to(before, act, is_told=change.kind == "cancelled")

    def take_back_to(self, before: Entry, act, *, is_told: bool | None = None) -> None:
        current = self.entries[before.pk]
        start = minute_of(before.starts_at)
        holds = before.status in HOLDS_TIME
        is_there = not holds or (
            self.is_practitioner_free(before.practitioner, before.span.attended(start), current)
            and (before.room is None or before.room in self.free_rooms(before.span.whole(start), current))
        )
        if not is_there:
            self.refused(act, SlotTaken)
        elif holds and self.is_busy(before.person, before.starts_at, before.ends_at, but=current):
            self.refused(act, ClientBusy)
        else:
            event("taken back")
            moves = (current.starts_at, current.practitioner) != (before.starts_at, before.practitioner)
            is_room_alone = Change.objects.filter(appointment=before.pk).first().kind == "room"
            grows = is_told if is_told is not None else (moves or not is_room_alone)
            act()
            self.entries[before.pk] = replace(before, sequence=current.sequence + grows)

    @invariant()
    def every_visit_has_a_history_that_ends_as_it_stands(self):
        for entry in self.promised():
            changes = list(Change.objects.filter(appointment=entry.pk))
            assert changes[-1].kind == "booked"
            stored = Appointment.objects.get(pk=entry.pk)
            for change in changes:
                if "status" in change.after:
                    assert change.after["status"] == stored.status
                    break
        assert not Change.objects.filter(appointment__status="pending").exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_any_sequence_with_staff_in_it_keeps_every_promise():
    run_state_machine_as_test(BusyDesk, settings=examples(10, long=1_000))
