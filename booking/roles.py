"""Who works here in which role: groups and exactly what each may do (docs/roles.md says why).

Made by a migration. A later change of a role is another migration that calls `make` again: it adds what is missing
and never takes away what an owner gave.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

OWNER, FRONT_DESK, PRACTITIONER, EDITOR = "Owner", "Front desk", "Practitioner", "Content editor"

# Every permission of these apps, and of users and groups.
OWNER_APPS = ("booking", "services")
OWNER_MODELS = (("auth", "user"), ("auth", "group"))

ROLES: dict[str, tuple[str, ...]] = {
    FRONT_DESK: (
        "booking.view_diary",
        "booking.view_everyone",
        "booking.override_rules",
        "booking.view_appointment",
        "booking.add_appointment",
        "booking.change_appointment",
        "booking.view_visit",
        "booking.view_change",
        "booking.view_client",
        "booking.add_client",
        "booking.change_client",
        "booking.merge_client",
        "booking.export_client",
        "booking.view_clientnote",
        "booking.add_clientnote",
        "booking.change_clientnote",
        "booking.delete_clientnote",
        "booking.view_consultationrequest",
        "booking.change_consultationrequest",
        "booking.view_message",
        "booking.change_message",
        "booking.view_workinghours",
        "booking.add_workinghours",
        "booking.change_workinghours",
        "booking.delete_workinghours",
        "booking.view_timeoff",
        "booking.add_timeoff",
        "booking.change_timeoff",
        "booking.delete_timeoff",
        "booking.view_calendarfeed",
        "booking.change_calendarfeed",
        "services.view_room",
        "services.change_room",
        "services.view_equipment",
        "services.view_location",
        "services.view_practitioner",
        "services.view_servicetype",
        "services.view_service",
        "services.view_serviceoption",
    ),
    PRACTITIONER: (
        "booking.view_diary",
        "booking.view_appointment",
        "booking.add_appointment",
        "booking.change_appointment",
        "booking.view_visit",
        "booking.view_change",
        "booking.view_client",
        "booking.view_clientnote",
        "booking.add_clientnote",
        "booking.change_clientnote",
        "booking.view_workinghours",
        "booking.view_timeoff",
        "booking.view_calendarfeed",
        "booking.change_calendarfeed",
    ),
    EDITOR: (
        "services.view_article",
        "services.add_article",
        "services.change_article",
        "services.delete_article",
        "services.view_source",
        "services.view_picture",
        "services.change_picture",
        "services.delete_picture",
        "services.view_servicetype",
        "services.change_servicetype",
        "services.view_service",
        "services.change_service",
    ),
}


def make(apps: Any) -> None:
    """Create the groups that are missing and give each what it lacks; `apps` is a migration's, or Django's own."""
    groups, permissions = apps.get_model("auth", "Group").objects, apps.get_model("auth", "Permission").objects
    for label in ("auth", *OWNER_APPS):  # Django makes permissions after all migrations; the groups need them now
        create_permissions(installed.get_app_config(label), apps=apps, verbosity=0)
    owner, _ = groups.get_or_create(name=OWNER)
    owner.permissions.add(*permissions.filter(content_type__app_label__in=OWNER_APPS))
    for label, model in OWNER_MODELS:
        owner.permissions.add(*permissions.filter(content_type__app_label=label, content_type__model=model))
    for name, wanted in ROLES.items():
        group, _ = groups.get_or_create(name=name)
        for label in OWNER_APPS:
            codes = [one.split(".")[1] for one in wanted if one.startswith(f"{label}.")]
            group.permissions.add(*permissions.filter(content_type__app_label=label, codename__in=codes))
