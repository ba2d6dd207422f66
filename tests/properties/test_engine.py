"""The engine, on the real database, against an oracle that counts single minutes and against the specification
composed in Python: three answers to one question."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from booking import availability, localtime, policy
from booking.intervals import intersect, subtract
from booking.slots import start_set, starts
from tests.properties import random_worlds, worlds
from tests.properties.oracle import Offer, Oracle, in_force, suitable_rooms, who_and_where
from tests.properties.worlds import instant, minute_of, undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def asked(world, rows):
    """The world's question in the engine's words."""
    people, place = world.asked_people, world.asked_place
    return {
        "practitioners": None if people is None else [rows.practitioners[person] for person in people],
        "location": None if place is None else rows.locations[place],
        "now": world.now,
    }


def of_days(world):
    return {"first_day": world.first_day, "last_day": world.last_day}


def ignoring(world, rows):
    return [rows.appointments[number].pk for number in world.ignoring]


def offers(slots, rows):
    """Slots as the oracle writes them."""
    return [
        Offer(
            minute_of(slot.starts_at),
            rows.practitioners.index(slot.practitioner),
            rows.locations.index(slot.location),
            None if slot.room is None else rows.rooms.index(slot.room),
        )
        for slot in slots
    ]


def seconds(minutes):
    return minutes.start * 60, minutes.stop * 60


def composed(world, option):
    """Every (start, person, place) told by the pure modules alone."""
    shape = availability.shape_of(option)
    return {
        (start // 60, person, place)
        for person, place in who_and_where(world)
        for start in _composed_starts(world, shape, person, place)
    }


def _composed_starts(world, shape, person, place):
    zone, step = localtime.zone(world.zones[place]), worlds.length(world.step)
    work = _work(world, person, place, zone)
    visits = [visit for visit in in_force(world) if visit.person == person]
    free = subtract(work, [seconds(part) for visit in visits for part in visit.span.attended(visit.start)])
    rooms = None
    if not world.is_video:
        rooms = [_free_room(world, room) for room in suitable_rooms(world, place)]
    fitting = [(first, last + 1) for first, last in start_set(work, free, rooms, shape)]
    segments = localtime.offset_segments(zone, world.first_day, world.last_day)
    for first, end in intersect(fitting, [_in_time(world, zone, step)]):
        yield from starts(first, end - 1, step=step, segments=segments)


def _work(world, person, place, zone):
    hours = [
        stretch
        for day in world.days
        for shift in world.shifts
        if (shift.person, shift.place) == (person, place) and shift.is_on(day)
        for stretch in localtime.wall_stretch(day, _wall(shift.starts), _wall(shift.ends), zone)
    ]
    return subtract(
        hours, [seconds(away.minutes) for away in world.away if away.person == person or away.place == place]
    )


def _free_room(world, room):
    first, last = worlds.midnight_utc(world.first_day), worlds.midnight_utc(world.last_day)
    window = range(first - 2 * worlds.DAY, last + 3 * worlds.DAY)
    visits = [visit for visit in in_force(world) if visit.room == room]
    taken = [visit.span.whole(visit.start) for visit in visits]
    out = [away.minutes for away in world.away if away.room == room]
    return subtract([seconds(window)], [seconds(minutes) for minutes in taken + out])


def _in_time(world, zone, step):
    notice_ends = policy.earliest_start(world.now, worlds.length(world.lead))
    latest = policy.latest_start(world.now, worlds.length(world.horizon))
    return int(localtime.next_on_grid(notice_ends, zone, step).timestamp()), int(latest.timestamp()) + 1


def _wall(minutes):
    return datetime(2000, 1, 1, *divmod(minutes, 60), tzinfo=UTC).time()


@given(random_worlds.worlds())
@worlds.examples(100, long=3_000)
def test_open_slots_are_what_the_oracle_and_the_specification_offer(world):
    oracle = Oracle(world)
    event("something is offered" if oracle.offers else "nothing is offered")
    with undone():
        rows = worlds.build(world)
        slots = availability.open_slots(
            rows.option, **asked(world, rows), **of_days(world), ignoring=ignoring(world, rows)
        )
        found = offers(slots, rows)
        assert len(found) == len(set(found))
        assert set(found) == oracle.offers
        assert {offer[:3] for offer in found} == composed(world, rows.option)
        order = [(slot.starts_at, slot.practitioner.position, slot.practitioner.pk) for slot in slots]
        assert order == sorted(order)
        assert all(slot.ends_at - slot.starts_at == rows.option.duration for slot in slots)


@given(random_worlds.worlds())
@worlds.examples(60, long=2_000)
def test_days_with_openings_are_the_days_of_the_open_slots(world):
    world = replace(world, ignoring=())
    with undone():
        rows = worlds.build(world)
        days = availability.days_with_openings(rows.option, **asked(world, rows), **of_days(world))
        assert days == Oracle(world).days
        slots = availability.open_slots(rows.option, **asked(world, rows), **of_days(world))
        zones = {location.pk: localtime.zone(location.timezone) for location in rows.locations}
        assert days == sorted({localtime.local_day(slot.starts_at, zones[slot.location.pk]) for slot in slots})


@given(random_worlds.worlds(), st.data())
@worlds.examples(40, long=1_000)
def test_find_slot_gives_a_start_when_it_is_offered_and_never_else(world, data):
    oracle = Oracle(world)
    offered = sorted({offer.start for offer in oracle.offers})
    somewhere = sorted(minute for works in oracle.works.values() for minute in works)
    if not somewhere:
        return
    minutes = st.sampled_from(somewhere) | st.sampled_from(offered or somewhere)
    with undone():
        rows = worlds.build(world)
        for start in data.draw(st.lists(minutes, min_size=3, max_size=3)):
            found = availability.find_slot(
                rows.option, starts_at=instant(start), **asked(world, rows), ignoring=ignoring(world, rows)
            )
            assert set(offers(found, rows)) == {offer for offer in oracle.offers if offer.start == start}


@given(random_worlds.worlds(), st.data())
@worlds.examples(40, long=1_000)
def test_a_start_is_taken_when_it_would_fit_an_empty_calendar_and_does_not_fit_now(world, data):
    world = replace(world, ignoring=())
    oracle, empty = Oracle(world), Oracle(replace(world, taken=()))
    inside = sorted(minute for works in oracle.works.values() for minute in works)
    if not inside:
        return
    fitting = [minute for minute in inside if empty.fits_somewhere(minute)]
    beaten = [minute for minute in fitting if not oracle.fits_somewhere(minute)]
    event("some starts are taken" if beaten else "none is taken")
    minutes = st.sampled_from(beaten or fitting or inside) | st.sampled_from(inside)
    with undone():
        rows = worlds.build(world)
        for start in data.draw(st.lists(minutes, min_size=3, max_size=3)):
            is_taken = availability.is_taken(rows.option, starts_at=instant(start), **asked(world, rows))
            assert is_taken == (start in beaten)
