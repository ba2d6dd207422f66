"""Two records of one person become one. The survivor gets everything that belongs to the other, whoever wrote it.

The other record stays, points at the survivor and keeps its name and address, so that a booking under them still
lands with the right person. Visits keep their links: no mail that went out stops working.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.dateformat import format as date_format

from booking import localtime, wording
from booking.clients import choices, history
from booking.errors import BookingError
from booking.models import BusyTime, Client, Message, Visit


class MergeRefused(BookingError):
    """These two cannot become one now; the sentence says why."""

    code = "merge-refused"
    sentence = "These two cannot be merged. Nothing has changed."


@transaction.atomic(durable=True)
def merge(keep: Client, other: Client, *, choices: Mapping[str, str], by: User, now: datetime) -> Client:
    """Make `other` a part of `keep` and return the survivor.

    `choices` names a side by field (`booking.clients.choices`). Both rows are locked in primary-key order, against
    everybody who would add a row to either. Raises `MergeRefused`; nothing has changed then.
    """
    keep, other = _locked(keep, other)
    BusyTime.objects.filter(client__in=[keep, other], expires_at__lte=now).delete()
    _refuse_two_places(keep, other)
    _move_rows(keep, other)
    lost = _take_values(keep, other, choices)
    _redirect_mail(keep, lost)
    history.note(keep, by=by, message=f"Merged with client {other.pk}, who is now part of this one.")
    history.note(other, by=by, message=f"Merged into client {keep.pk}.")
    return keep


def relations() -> list[Any]:
    """Every foreign key that points at a client, except the one that says who was merged into whom."""
    fields = Client._meta.get_fields(include_hidden=True)
    keys = [one.field for one in fields if one.auto_created and one.is_relation and hasattr(one, "field")]
    return [key for key in keys if key.model is not Client]


def moving(other: Client) -> list[tuple[str, int]]:
    """What would move, in words with its number, the empty kinds left out; one query a kind.

    What hangs on an appointment alone is not told twice.
    """
    shown = [key for key in relations() if key.model not in (BusyTime, Visit)]
    counted = [(key.model._meta, key.model._base_manager.filter(**{key.name: other}).count()) for key in shown]
    return [
        (str(meta.verbose_name if number == 1 else meta.verbose_name_plural), number)
        for meta, number in counted
        if number
    ]


def _locked(keep: Client, other: Client) -> tuple[Client, Client]:
    if keep.pk == other.pk:
        raise MergeRefused("This is one and the same client. Choose another.")
    pair = [keep.pk, other.pk]
    # Who books under a name merged long ago locks that record, then its survivor: so do we.
    list(Client.objects.select_for_update().filter(merged_into__in=pair).order_by("pk").values_list("pk"))
    rows = Client.objects.select_for_update().filter(pk__in=pair).order_by("pk")
    found = {client.pk: client for client in rows}
    if len(found) < 2:
        raise MergeRefused("One of the two has been deleted meanwhile. Nothing has changed.")
    for client in found.values():
        if client.merged_into_id:
            raise MergeRefused(f"{client.name} has been merged into another client meanwhile. Nothing has changed.")
    return found[keep.pk], found[other.pk]


def _refuse_two_places(keep: Client, other: Client) -> None:
    ours = BusyTime.objects.filter(client=keep, during__overlap=OuterRef("during"))
    theirs = BusyTime.objects.filter(client=other).filter(Exists(ours))
    about = ("appointment__location", "appointment__practitioner", "appointment__option__service")
    clash = theirs.select_related(*about).order_by("during").first()
    if clash is None:
        return
    mine = BusyTime.objects.filter(client=keep, during__overlap=clash.during).select_related(*about)[0]
    raise MergeRefused(
        f"Nobody can be in two places: {keep.name} has {_named(mine)}, and {other.name} has {_named(clash)}. "
        "Move or cancel one of the two visits first. Nothing has changed."
    )


def _named(busy: BusyTime) -> str:
    visit = busy.appointment
    local = localtime.to_local(visit.starts_at, localtime.zone(visit.location.timezone))
    when = f"{date_format(local, 'D j M Y')} at {wording.clock(local)}"
    return f"{visit.option.service} with {visit.practitioner} on {when}"


def _move_rows(keep: Client, other: Client) -> None:
    for key in relations():
        key.model._base_manager.filter(**{key.name: other}).update(**{key.name: keep})
    Client.objects.filter(merged_into=other).update(merged_into=keep)  # nobody is two steps away from the survivor


def _take_values(keep: Client, other: Client, chosen: Mapping[str, str]) -> set[str]:
    """Write both rows; every name with an address that led to either leads to the survivor. The addresses it lost."""
    was, theirs = choices.identity(keep), choices.identity(other)
    choices.apply(keep, other, chosen)
    now_is = choices.identity(keep)
    _refuse_a_third(keep, other)
    freed = [one for one in (was, theirs) if not choices.is_same_person(one, now_is)]
    other.merged_into, other.email = keep, ""  # out of the unique index, so that the survivor can take the name
    other.save()
    keep.save()
    if freed:
        other.first_name, other.last_name, other.email = freed[-1]
        other.save()
    if len(freed) == 2:
        _keep_leading_here(keep, freed[0])
    return {was[2], theirs[2]} - {keep.email, ""}


def _keep_leading_here(keep: Client, named: tuple[str, str, str]) -> None:
    first_name, last_name, email = named
    if email and not Client.objects.of(email, first_name, last_name).exists():
        Client.objects.create(first_name=first_name, last_name=last_name, email=email, merged_into=keep)


def _refuse_a_third(keep: Client, other: Client) -> None:
    """The survivor's name with its address may belong to a third; one merged before just gives it up."""
    if not keep.email:
        return
    same: Any = Client.objects.of(keep.email, keep.first_name, keep.last_name).exclude(pk__in=[keep.pk, other.pk])
    same.filter(merged_into=keep).update(email="")
    if same.exists():
        raise MergeRefused(
            f"A third client is called {keep.name} at {keep.email}. Merge that one first, or choose another address."
        )


def _redirect_mail(keep: Client, lost: set[str]) -> None:
    """Mails that wait go to the address that was chosen; one on its way this moment is left to its sender."""
    if not keep.email:
        return
    waiting = Message.objects.filter(appointment__client=keep, status=Message.Status.QUEUED)
    ours = waiting.filter(to__in=[[address] for address in lost]).select_for_update(of=("self",), skip_locked=True)
    Message.objects.filter(pk__in=[message.pk for message in ours]).update(to=[keep.email])
