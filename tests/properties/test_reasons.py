"""Why a time is not offered: no reason exactly where the engine offers it, and each reason true minute by minute."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from booking import availability, reasons
from tests.properties import random_worlds, worlds
from tests.properties.oracle import Oracle, in_force, suitable_rooms
from tests.properties.test_engine import ignoring
from tests.properties.worlds import instant, minutes_of_day, undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ONE_DAY = timedelta(days=1)


def around(world, start):
    """The same world, asked about the days around this start."""
    day = instant(start).astimezone(UTC).date()
    return replace(world, first_day=day - ONE_DAY, last_day=day + ONE_DAY, asked_people=None, asked_place=None)


def meets(one, other):
    return max(one.start, other.start) < min(one.stop, other.stop)


class Expected:
    """Every reason there is against one start of one world, told from minutes."""

    def __init__(self, world, start, place, person):
        self.world, self.start, self.place, self.asked = around(world, start), start, place, person
        self.whole = world.span.whole(start)
        self.oracle = Oracle(replace(self.world, asked_people=tuple(self.people()), asked_place=place))

    def codes(self):
        common = {*self.of_time(), *self.of_place(), *self.of_rooms()}
        people = [set(self.of_person(person)) for person in self.people()]
        if not people:
            return common | {("nobody",)}
        return common if not all(people) else common.union(*people)

    def people(self):
        if self.asked is not None:
            return [self.asked]
        return [number for number, facts in enumerate(self.world.people) if facts.is_active and facts.gives_it]

    def of_time(self):
        world, moment = self.world, instant(self.start)
        if moment < world.now:
            yield ("past",)
        elif self.start < self.oracle.soonest[self.place]:
            yield ("too-soon",)
        if moment > world.now + worlds.length(world.horizon):
            yield ("too-far",)

    def of_place(self):
        if any(away.place == self.place and meets(away.minutes, self.whole) for away in self.world.away):
            yield ("closure",)

    def of_rooms(self):
        world = self.world
        usable = suitable_rooms(world, self.place)
        if world.is_video or any(self.oracle.room_taken[room].isdisjoint(self.whole) for room in usable):
            return
        suited = [room for room, facts in enumerate(world.rooms) if facts.place == self.place and facts.is_suitable]
        if not suited:
            yield ("no-room-suits",)
        for room in suited:
            if room not in usable:
                yield "room-inactive", room
                continue
            if any(away.room == room and meets(away.minutes, self.whole) for away in world.away):
                yield "room-out", room
            if any(one.room == room and meets(one.span.whole(one.start), self.whole) for one in in_force(world)):
                yield "room-taken", room

    def of_person(self, person):
        facts = self.world.people[person]
        if not facts.is_active:
            yield "inactive", person
        elif not facts.gives_it:
            yield "not-given", person
        else:
            if self.asked is None and not facts.accepts_new_clients:
                yield "no-new-clients", person
            found = {*self.of_hours(person), *self.of_visits(person)}
            if any(away.person == person and meets(away.minutes, self.whole) for away in self.world.away):
                found.add(("time-off", person))
            yield from found
            if self.is_off_grid(person):
                yield "off-grid", person

    def of_hours(self, person):
        world, zone = self.world, self.world.zones[self.place]
        hours = {
            minute
            for shift in world.shifts
            if (shift.person, shift.place) == (person, self.place)
            for day in world.days
            if shift.is_on(day)
            for minute, shown in minutes_of_day(zone, day).items()
            if shift.starts <= shown < shift.ends
        }
        if not hours >= set(self.whole):
            yield ("does-not-fit" if self.start in hours else "not-at-work"), person

    def of_visits(self, person):
        span, bare = self.world.span, self.world.span._replace(before=0, after=0)
        for visit in in_force(self.world):
            if visit.person != person:
                continue
            if crossing(span.attended(self.start), visit.span.attended(visit.start)):
                core = visit.span._replace(before=0, after=0).attended(visit.start)
                yield ("busy" if crossing(bare.attended(self.start), core) else "turnover"), person

    def is_off_grid(self, person):
        """It fits as it stands, neither first of its stretch nor on the clock's grid."""
        oracle, start, place = self.oracle, self.start, self.place
        pair = (person, place)
        if pair not in oracle.works or not oracle.is_in_time(start, place) or not oracle.fits(start, *pair):
            return False
        begins_a_stretch = not oracle.fits(start, *pair, early=1) or not oracle.is_in_time(start - 1, place)
        return not begins_a_stretch and not oracle.is_on_grid(start, self.world.zones[place])


def crossing(some, others):
    return any(meets(one, other) for one in some for other in others)


def told(found, rows):
    """Reasons as the expectation writes them."""
    return {
        (reason.code, rows.rooms.index(reason.room))
        if reason.room
        else (reason.code, rows.practitioners.index(reason.practitioner))
        if reason.practitioner
        else (reason.code,)
        for reason in found
    }


@st.composite
def questions(draw):
    """A world with one start, somebody or anyone, and a place; starts that are offered, near it and anywhere."""
    world = draw(random_worlds.worlds())
    offered = sorted({(offer.start, offer.place) for offer in Oracle(world).offers})
    shift, near = draw(random_worlds.near_a_shift(world))
    start, place = draw(st.sampled_from(offered)) if offered and draw(st.booleans()) else (near, shift.place)
    start += draw(st.sampled_from([0, 0, 0, 1, -1, world.step, -world.step, 7]))
    person = draw(st.none() | st.just(shift.person) | random_worlds.numbers(world.people))
    return world, start, place, person


@given(questions())
@worlds.examples(100, long=3_000)
def test_no_reason_is_given_exactly_when_the_engine_offers_the_start(question):
    """And every reason is true; and where only rules for clients are left, the front desk can have it."""
    world, start, place, person = question
    with undone():
        rows = worlds.build(world)
        asked = {
            "starts_at": instant(start),
            "location": rows.locations[place],
            "now": world.now,
            "ignoring": ignoring(world, rows),
        }
        who = None if person is None else rows.practitioners[person]
        found = reasons.why(rows.option, practitioner=who, **asked)
        slots = availability.find_slot(rows.option, practitioners=None if who is None else [who], **asked)
        assert (found == []) == (slots != [])
        assert told(found, rows) == Expected(world, start, place, person).codes()
        for_staff = availability.find_slot(
            rows.option, practitioners=None if who is None else [who], for_staff=True, **asked
        )
        assert (reasons.easiest(found) in (None, reasons.Binds.CLIENTS)) == (for_staff != [])
        event(", ".join(sorted({reason.code for reason in found})) or "offered")
