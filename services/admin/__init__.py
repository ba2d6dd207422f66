"""The catalogue's pages for staff. Practitioners are in `booking.admin`: their page shows hours, and here nobody
knows when."""

from services.admin import articles, catalogue, pictures, places

__all__ = ["articles", "catalogue", "pictures", "places"]
