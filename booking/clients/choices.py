"""Two records of one person: which value of each field stays when they become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booking.models import Client

KEEP, OTHER, BOTH = "keep", "other", "both"
IDENTITY = ("first_name", "last_name", "email")
FIELDS = (*IDENTITY, "phone", "pressure", "talk", "warmth", "scent", "areas_to_avoid")


def suggested(keep: Client, other: Client) -> dict[str, str]:
    """The side to start with, by field: what is filled in wins, areas to avoid are put together."""
    sides = {name: OTHER if not _is_said(keep, name) and _is_said(other, name) else KEEP for name in FIELDS}
    return {**sides, "areas_to_avoid": BOTH}


def apply(keep: Client, other: Client, chosen: Mapping[str, str]) -> None:
    """Give `keep` the chosen values, unsaved; a field that is not named stays as suggested."""
    sides = {**suggested(keep, other), **chosen}
    for name in FIELDS:
        setattr(keep, name, _value(keep, other, name, sides[name]))
    keep.created_at = min(keep.created_at, other.created_at)


def identity(client: Client) -> tuple[str, str, str]:
    """First name, last name and address as they are stored."""
    return client.first_name, client.last_name, client.email


def is_same_person(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether two identities lead to the same client when somebody books."""
    return [part.lower() for part in one] == [part.lower() for part in other]


def _is_said(client: Client, name: str) -> bool:
    value = getattr(client, name)
    return value != Client.Pressure.DECIDE if name == "pressure" else bool(value)


def _value(keep: Client, other: Client, name: str, side: str) -> Any:
    if side == BOTH and name == "areas_to_avoid":
        return sorted({*keep.areas_to_avoid, *other.areas_to_avoid})
    return getattr(other if side == OTHER else keep, name)
