"""What pages say to programs: schema.org nodes, as plain dictionaries without `@context`.

The clinic is told whole on the home and contact pages alone; elsewhere it is a name and its `@id`. Addresses are
absolute, on `SITE_URL`. Each function expects rows as `services.reading` reads them.
"""

from services.structured.care import person, service, service_type
from services.structured.node import Node, absolute
from services.structured.place import breadcrumbs, clinic, website
from services.structured.texts import article, faq

__all__ = [
    "Node",
    "absolute",
    "article",
    "breadcrumbs",
    "clinic",
    "faq",
    "person",
    "service",
    "service_type",
    "website",
]
