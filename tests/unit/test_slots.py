from datetime import UTC, date, datetime, timedelta

import pytest

from booking.intervals import merge
from booking.localtime import offset_segments, zone
from booking.slots import Shape, start_set, starts

LOS_ANGELES = zone("America/Los_Angeles")
SUMMER = offset_segments(LOS_ANGELES, date(2025, 7, 1), date(2025, 7, 2))
QUARTER = timedelta(minutes=15)


def minutes(count):
    return timedelta(minutes=count)


def at(*fields):
    return int(datetime(*fields, tzinfo=UTC).timestamp())


def shown(epochs):
    return [datetime.fromtimestamp(epoch, UTC).strftime("%H:%M") for epoch in epochs]


def massage():
    return Shape(duration=minutes(60), buffer_before=minutes(5), buffer_after=minutes(10))


def acupuncture(**changes):
    needles = {"duration": minutes(60), "unattended": (minutes(20), minutes(50))}
    return Shape(**(needles | {"buffer_before": minutes(5), "buffer_after": minutes(10)} | changes))


@pytest.mark.parametrize(
    "lengths",
    [
        {"duration": minutes(0)},
        {"buffer_before": minutes(-1)},
        {"buffer_after": minutes(-1)},
        {"unattended": (minutes(-1), minutes(20))},
        {"unattended": (minutes(30), minutes(30))},
        {"unattended": (minutes(30), minutes(61))},
        {"buffer_after": timedelta(milliseconds=1)},
    ],
)
def test_a_shape_refuses_lengths_that_contradict_each_other(lengths):
    with pytest.raises(ValueError, match=r"visit|seconds"):
        Shape(**({"duration": minutes(60)} | lengths))


def test_a_visit_needs_the_practitioner_throughout_buffers_included():
    assert massage().practitioner_parts == ((minutes(5), minutes(70)),)


def test_an_unattended_phase_splits_the_practitioners_part_in_two():
    assert acupuncture().practitioner_parts == ((minutes(5), minutes(20)), (minutes(-50), minutes(70)))


def test_a_part_of_no_length_is_dropped():
    opening = acupuncture(buffer_before=minutes(0), unattended=(minutes(0), minutes(50)))
    closing = acupuncture(buffer_after=minutes(0), unattended=(minutes(20), minutes(60)))
    assert opening.practitioner_parts == ((minutes(-50), minutes(70)),)
    assert closing.practitioner_parts == ((minutes(5), minutes(20)),)


def test_busy_times_of_one_visit():
    nine = datetime(2025, 7, 1, 9, tzinfo=UTC)
    shape = acupuncture()
    assert shape.practitioner_busy(nine) == [
        (nine - minutes(5), nine + minutes(20)),
        (nine + minutes(50), nine + minutes(70)),
    ]
    assert shape.room_busy(nine) == [(nine - minutes(5), nine + minutes(70))]
    assert shape.client_busy(nine) == [(nine, nine + minutes(60))]


def test_busy_times_last_an_hour_of_real_time_while_the_clock_goes_back():
    starts_at = datetime(2025, 11, 2, 1, 30, tzinfo=LOS_ANGELES)
    shape = Shape(duration=minutes(60))
    for busy in (shape.practitioner_busy, shape.room_busy, shape.client_busy):
        ((busy_from, busy_until),) = busy(starts_at)
        assert busy_from == datetime(2025, 11, 2, 8, 30, tzinfo=UTC)
        assert busy_until == datetime(2025, 11, 2, 9, 30, tzinfo=UTC)


def test_starts_offers_the_first_possible_moment_and_then_the_grid():
    first, last = at(2025, 7, 1, 16, 5), at(2025, 7, 1, 17, 0)
    assert shown(starts(first, last, step=QUARTER, segments=SUMMER)) == [
        "16:05",
        "16:15",
        "16:30",
        "16:45",
        "17:00",
    ]


def test_starts_offers_a_first_moment_on_the_grid_once():
    moment = at(2025, 7, 1, 16)
    assert starts(moment, moment, step=QUARTER, segments=SUMMER) == [moment]
    assert starts(moment, moment - 1, step=QUARTER, segments=SUMMER) == []


def test_starts_offers_both_passes_of_a_repeated_hour():
    segments = offset_segments(LOS_ANGELES, date(2025, 11, 2), date(2025, 11, 2))
    found = starts(at(2025, 11, 2, 7, 30), at(2025, 11, 2, 10, 30), step=minutes(60), segments=segments)
    assert shown(found) == ["07:30", "08:00", "09:00", "10:00"]


def test_starts_moves_its_grid_with_a_clock_that_jumps_half_an_hour():
    lord_howe = zone("Australia/Lord_Howe")
    segments = offset_segments(lord_howe, date(2025, 10, 5), date(2025, 10, 5))
    found = starts(at(2025, 10, 4, 13, 30), at(2025, 10, 4, 17, 0), step=minutes(60), segments=segments)
    # 00:00, 01:00, the jump from 02:00 to 02:30, 03:00, 04:00
    assert shown(found) == ["13:30", "14:30", "16:00", "17:00"]


def test_starts_may_end_at_midnight():
    first, last = at(2025, 7, 2, 6, 50), at(2025, 7, 2, 7, 0)
    assert shown(starts(first, last, step=QUARTER, segments=SUMMER)) == ["06:50", "07:00"]


def test_starts_reaches_both_edges_of_its_segments_and_refuses_to_go_past_them():
    opens, closes = SUMMER[0].starts_at, SUMMER[-1].ends_at
    assert starts(opens, opens, step=QUARTER, segments=SUMMER) == [opens]
    assert starts(closes - 1, closes - 1, step=QUARTER, segments=SUMMER) == [closes - 1]
    for moment in (opens - 1, closes):
        with pytest.raises(ValueError, match="do not cover"):
            starts(moment, moment, step=QUARTER, segments=SUMMER)


def test_starts_refuses_to_answer_without_segments():
    with pytest.raises(ValueError, match="do not cover"):
        starts(at(2025, 7, 1), at(2025, 7, 1), step=QUARTER, segments=[])


def day(*stretches):
    """Stretches of a day written in minutes, as epoch seconds."""
    return [(start * 60, end * 60) for start, end in stretches]


def test_start_set_keeps_the_buffers_inside_working_hours():
    assert start_set(day((540, 660)), day((0, 1440)), None, massage()) == day((545, 590))


def test_start_set_offers_a_gap_that_fits_exactly_as_one_single_start():
    assert start_set(day((0, 1440)), day((540, 615)), None, massage()) == day((545, 545))
    assert start_set(day((0, 1440)), day((540, 614)), None, massage()) == []


def test_start_set_lets_another_visit_use_the_unattended_phase():
    needles_in = day((0, 565), (595, 1440))
    assert start_set(day((540, 660)), needles_in, None, acupuncture()) == day((545, 545))
    assert start_set(day((540, 660)), needles_in, None, massage()) == []


def test_start_set_keeps_the_unattended_phase_inside_working_hours_too():
    split_shift = day((540, 570), (590, 660))
    assert start_set(split_shift, day((0, 1440)), None, acupuncture()) == []


def test_start_set_never_changes_rooms_during_a_visit():
    one_after_the_other = [day((540, 580)), day((580, 660))]
    assert start_set(day((540, 660)), day((540, 660)), one_after_the_other, massage()) == day((585, 590))


def test_start_set_keeps_the_buffers_inside_the_rooms_free_time():
    assert start_set(day((0, 1440)), day((0, 1440)), [day((540, 660))], massage()) == day((545, 590))


def test_start_set_joins_the_starts_of_different_rooms():
    rooms = [day((540, 625)), day((545, 660))]
    assert start_set(day((540, 660)), day((540, 660)), rooms, massage()) == day((545, 590))


def test_start_set_offers_nothing_where_a_room_is_needed_and_none_is_there():
    assert start_set(day((540, 660)), day((540, 660)), [], massage()) == []
    assert start_set(day((540, 660)), day((540, 660)), None, massage()) == day((545, 590))


def test_start_set_needs_no_free_practitioner_for_a_visit_without_attended_part():
    resting = Shape(duration=minutes(60), unattended=(minutes(0), minutes(60)))
    assert start_set(day((540, 660)), [], None, resting) == day((540, 600))


def test_the_busy_times_of_two_starts_that_fit_in_turn_only_touch():
    first = datetime(2025, 7, 1, 16, tzinfo=UTC)
    busy = massage().practitioner_busy(first) + massage().practitioner_busy(first + minutes(75))
    assert merge(busy) == [(first - minutes(5), first + minutes(145))]
