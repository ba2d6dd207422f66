"""The demo clinic's one staff sign-in. Its password always comes from the caller."""

from django.contrib.auth.models import User

OWNER = "owner"


def make_owner(password: str) -> bool:
    """Create the superuser `owner`; False, and nothing changed, when there is one already."""
    if User.objects.filter(username=OWNER).exists():
        return False
    User.objects.create_superuser(OWNER, email="owner@stillwater.example", password=password)
    return True
