"""What the clinic sells, who gives it and where, as it is now: read once, however many days and places are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from booking.availability import shape_of
from services.models import Location, Practitioner, Service, ServiceOption


class Catalogue:
    """Everything by primary key; each a query, the first time it is asked for."""

    @cached_property
    def places(self) -> dict[int, Location]:
        return Location.objects.in_bulk()

    @cached_property
    def options(self) -> list[ServiceOption]:
        """What is offered, the longest first."""
        offered = ServiceOption.objects.active().filter(service__is_active=True)
        return list(offered.select_related("service").order_by("-duration", "pk"))

    @cached_property
    def given(self) -> dict[int, set[int]]:
        """The services of each practitioner."""
        return _sets(Practitioner.services.through.objects.values_list("practitioner_id", "service_id"))

    @cached_property
    def suits(self) -> dict[int, set[int]]:
        """The services of each room."""
        return _sets(Service.rooms.through.objects.values_list("room_id", "service_id"))


def length_of(option: ServiceOption) -> int:
    """How many seconds a visit takes, buffers included."""
    shape = shape_of(option)
    return int((shape.before + shape.after).total_seconds())


def _sets(rows: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    sets: dict[int, set[int]] = defaultdict(set)
    for one, other in rows:
        sets[one].add(other)
    return sets
