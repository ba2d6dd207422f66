"""Fields that clients and appointments share."""

from django import forms

from services import body


class AreasForm(forms.ModelForm):
    """A record with areas to avoid, ticked from the body map's list."""

    areas_to_avoid = forms.MultipleChoiceField(
        choices=[("Back", body.BACK), ("Front", body.FRONT)], required=False, widget=forms.CheckboxSelectMultiple
    )
