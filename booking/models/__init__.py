"""Every table of the `booking` app, one module a topic."""

from booking.models.appointments import Appointment, BusyTime, Visit
from booking.models.clients import Client
from booking.models.consultations import ConsultationRequest, Proposal
from booking.models.messages import Message
from booking.models.schedule import TimeOff, WorkingHours

__all__ = [
    "Appointment",
    "BusyTime",
    "Client",
    "ConsultationRequest",
    "Message",
    "Proposal",
    "TimeOff",
    "Visit",
    "WorkingHours",
]
