"""Why can this not be booked, and what can the reader do instead? Each error carries the sentence the client
reads, the HTTP status of the page that shows it and a short code for programs. Write modules raise them, each
view catches BookingError in one place. They never carry details for a log or data of another person."""


class BookingError(Exception):
    """Something a person asked for cannot be done, said so that they know what to do next."""

    status = 409
    code = "not-booked"
    sentence = "We could not do that, and nothing has changed. Call us and we will sort it out."

    def __init__(self, message: str | None = None) -> None:
        """Carry the class's own sentence, or one that fits the moment better."""
        self.message = message or self.sentence
        super().__init__(self.message)


class SlotTaken(BookingError):
    code = "slot-taken"
    sentence = "Someone else has just taken this time. Choose another one."


class SlotNotOffered(BookingError):
    code = "slot-not-offered"
    sentence = "This time is not open for booking. Choose one of the times we list."


class NotOffered(BookingError):
    """The service, its option or the place is no longer there, or is not booked online."""

    code = "not-offered"
    sentence = "We no longer offer this online. Choose something else, or call us and we will find a way."


class NoLongerHere(BookingError):
    """Somebody else has deleted what this is about, or merged it into another."""

    code = "no-longer-here"
    sentence = "What you chose was deleted while this page was open. Nothing was saved. Choose again."


class HoldExpired(BookingError):
    code = "hold-expired"
    sentence = "We kept this time for you as long as we could. Choose it again if it is still free."


class HoldLimit(BookingError):
    status = 429
    code = "hold-limit"
    sentence = "We already keep as many times for you as we can. Book one or let one go first."


class ClientBusy(BookingError):
    code = "client-busy"
    sentence = "You already have a visit at this time. Choose another time, or move the visit you have."


class TooLate(BookingError):
    code = "too-late"
    sentence = "It is too late to change this visit here. Call us and we will see what we can do."


class NotPossible(BookingError):
    """The appointment's status does not allow this step."""

    code = "not-possible"
    sentence = "This visit has changed since you opened the page. Open it again to see what you can do now."


class AppointmentChanged(BookingError):
    """Somebody has changed the appointment since this person last saw it."""

    code = "appointment-changed"
    sentence = "Somebody has changed this visit since you opened it. Nothing you entered was saved. Look again."


class FormReused(BookingError):
    """The same form token came back with other content."""

    code = "form-reused"
    sentence = "This form was already sent, with different answers. Open a new form to send these."


class RequestChanged(BookingError):
    """Somebody else has dealt with the consultation request meanwhile."""

    code = "request-changed"
    sentence = "Somebody has dealt with this request since you opened the page. Nothing was sent. Look again."


class HoursChanged(BookingError):
    """Somebody else has changed these working hours meanwhile."""

    code = "hours-changed"
    sentence = "Somebody has changed these hours since you opened the page. Nothing was saved. Look again."


class RoomsChanged(BookingError):
    """Somebody else has changed what rooms suit or have meanwhile."""

    code = "rooms-changed"
    sentence = "Somebody has changed the rooms since you opened the page. Nothing was saved. Look again."


class RequestClosed(BookingError):
    """The consultation request's status does not allow this step."""

    code = "request-closed"
    sentence = "This request is closed. Send us a new one, or call us."


class TooManyRequests(BookingError):
    status = 429
    code = "too-many-requests"
    sentence = "We have had many requests from your address, so we are pausing. What you typed is kept."
