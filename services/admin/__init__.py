"""The catalogue's pages for staff. Practitioners are in `booking.admin`: their page shows hours, and here nobody
knows when."""

from services.admin import catalogue, places

__all__ = ["catalogue", "places"]
