"""The demo clinic's staff sign-ins, one a role. Their password always comes from the caller."""

from django.apps import apps
from django.contrib.auth.models import Group, User

from booking import roles
from services.models import Practitioner

OWNER, FRONT_DESK, PRACTITIONER, EDITOR = "owner", "frontdesk", "mara", "editor"
NAMES = {FRONT_DESK: ("Rosa", "Bell"), PRACTITIONER: ("Mara", "Ellison"), EDITOR: ("Theo", "Lang")}
GROUPS = {FRONT_DESK: roles.FRONT_DESK, PRACTITIONER: roles.PRACTITIONER, EDITOR: roles.EDITOR}
LINKED = "mara-ellison"


def make_owner(password: str) -> bool:
    """Create the superuser `owner`; False, and nothing changed, when there is one already."""
    if User.objects.filter(username=OWNER).exists():
        return False
    User.objects.create_superuser(OWNER, email="owner@stillwater.example", password=password)
    return True


def make_others(password: str) -> list[str]:
    """Create the sign-ins of the other roles that are missing; their names. Mara Ellison's is `mara`."""
    roles.make(apps)
    missing = [name for name in GROUPS if not User.objects.filter(username=name).exists()]
    for name in missing:
        first, last = NAMES[name]
        user = User.objects.create_user(name, password=password, is_staff=True, first_name=first, last_name=last)
        user.groups.set(Group.objects.filter(name=GROUPS[name]))
        if name == PRACTITIONER:
            Practitioner.objects.filter(slug=LINKED, user=None).update(user=user)
    return missing
