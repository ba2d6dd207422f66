"""The front desk's pages for everything that has a when, and for practitioners, whose page shows their hours."""

from booking.admin import appointments, busy_time, clients, consultations, messages, practitioners, time_off

__all__ = ["appointments", "busy_time", "clients", "consultations", "messages", "practitioners", "time_off"]
