"""What clients send: the chosen time, the filters of the times page, their details, a request for a consultation."""

from booking.forms.choice import Choice, ChoiceForm, FilterForm, choice_fields
from booking.forms.consultation import ConsultationForm, OtherTimesForm
from booking.forms.details import DetailsForm
from booking.forms.fields import InstantField, LineField, ParagraphField

__all__ = [
    "Choice",
    "ChoiceForm",
    "ConsultationForm",
    "DetailsForm",
    "FilterForm",
    "InstantField",
    "LineField",
    "OtherTimesForm",
    "ParagraphField",
    "choice_fields",
]
