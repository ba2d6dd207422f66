"""Every table of the `booking` app, one module a topic."""

from booking.models.appointments import Appointment, BusyTime, Visit
from booking.models.changes import Change
from booking.models.clients import Client, ClientNote
from booking.models.consultations import ConsultationRequest, Proposal
from booking.models.demand import UnmetSearch
from booking.models.feeds import CalendarFeed
from booking.models.imports import ClientImport, ImportRow
from booking.models.messages import Message
from booking.models.offers import MoveOffer
from booking.models.schedule import TimeOff, WorkingHours

__all__ = [
    "Appointment",
    "BusyTime",
    "CalendarFeed",
    "Change",
    "Client",
    "ClientImport",
    "ClientNote",
    "ConsultationRequest",
    "ImportRow",
    "Message",
    "MoveOffer",
    "Proposal",
    "TimeOff",
    "UnmetSearch",
    "Visit",
    "WorkingHours",
]
