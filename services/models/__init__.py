"""The catalogue: what we offer, who gives it, where, and what we explain. It never knows when anything happens."""

from services.models.articles import Article, Source
from services.models.catalogue import Service, ServiceOption, ServiceType
from services.models.edition import Edition
from services.models.people import Practitioner
from services.models.pictures import Picture
from services.models.places import Equipment, Location, OpeningHours, Room, validate_timezone

__all__ = [
    "Article",
    "Edition",
    "Equipment",
    "Location",
    "OpeningHours",
    "Picture",
    "Practitioner",
    "Room",
    "Service",
    "ServiceOption",
    "ServiceType",
    "Source",
    "validate_timezone",
]
