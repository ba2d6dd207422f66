"""Where a shift goes: for any shift, visits and rooms, the heaps add up, and each second is where a clock says."""

from hypothesis import given
from hypothesis import strategies as st

from booking.reports.ledger import Need, account

DAY = 60  # the smaller the day, the more things meet
stretch = st.tuples(st.integers(0, DAY), st.integers(1, 15)).map(lambda pair: (pair[0], pair[0] + pair[1]))
stretches = st.lists(stretch, max_size=6)
needs = st.lists(
    st.builds(Need, st.integers(1, 12), st.none() | st.frozensets(st.integers(0, 2), max_size=3)), max_size=3
)
blocked = st.fixed_dictionaries(dict.fromkeys(range(3), stretches))


def seconds(some):
    return {second for start, end in some for second in range(start, end)}


def runs(found):
    """The set's unbroken runs."""
    run = []
    for second in sorted(found):
        if run and second != run[-1] + 1:
            yield run
            run = []
        run.append(second)
    if run:
        yield run


def sellable(spare, need, blocked):
    if need.rooms is None:
        return {second for run in runs(spare) if len(run) >= need.length for second in run}
    found = set()
    for room in need.rooms:
        found |= {second for run in runs(spare - seconds(blocked[room])) if len(run) >= need.length for second in run}
    return found


@given(stretches, stretches, st.integers(0, 4), needs, blocked)
def test_the_heaps_add_up_to_the_shift_and_are_what_a_clock_says(work, visits, buffer, needs, blocked):
    taken = [(start - buffer, end + buffer) for start, end in visits]
    found = account(work, visits, taken, needs, blocked=blocked)
    shift, sold = seconds(work), seconds(work) & seconds(visits)
    spare = shift - seconds(taken)
    assert found.shift == found.sold + found.buffers + found.gaps + found.roomless + found.free
    assert found.shift == found.sold + found.lost + found.free
    assert min(found.sold, found.buffers, found.gaps, found.roomless, found.free) >= 0
    assert found.sold <= found.shift
    assert (found.shift, found.sold) == (len(shift), len(sold))
    assert found.buffers == len(shift) - len(sold) - len(spare)
    shortest = min((need.length for need in needs), default=0)
    long_enough = {second for run in runs(spare) if len(run) >= shortest for second in run}
    assert found.gaps == len(spare) - len(long_enough)
    free = set().union(*(sellable(long_enough, need, blocked) for need in needs)) if needs else long_enough
    assert found.free == len(free)
