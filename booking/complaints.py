"""What hurts, in people's words, and the services that say they may help with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.models import Service


@dataclass
class Complaint:
    label: str
    services: list[Service] = field(default_factory=list)


def listed(services: Iterable[Service]) -> list[Complaint]:
    """Every complaint with its services, those that most services help with first."""
    found: dict[str, Complaint] = {}
    for service in services:
        for label in service.helps_with:
            found.setdefault(label, Complaint(label)).services.append(service)
    return sorted(found.values(), key=lambda complaint: (-len(complaint.services), complaint.label))
