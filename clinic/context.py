"""What every page knows about the clinic: its name and its main location, read at most once a request."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from services.models import Location


class ClinicFacts:
    """`name`, `trade` and `url` from the settings; `location` is the first active one, or None."""

    name = settings.CLINIC_NAME
    trade = settings.CLINIC_TRADE
    url = settings.SITE_URL

    def __init__(self) -> None:
        self.location = SimpleLazyObject(lambda: Location.objects.active().prefetch_related("opening_hours").first())


def clinic(request: HttpRequest) -> dict[str, object]:
    """Context processor; a view that has a `Page` overrides the None."""
    return {"clinic": ClinicFacts(), "page": None}
