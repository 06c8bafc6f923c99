"""Forms of a re-screen: how many are drawn, and what a reader says."""

from __future__ import annotations

from django import forms

from screening.decisions.rescreening.bound import LARGEST, SIZES
from screening.decisions.verdict import Decision


class RescreenForm(forms.Form):
    """How many exclusions are read again."""

    n = forms.IntegerField(min_value=1, max_value=LARGEST, initial=SIZES[1], label="Records to read again")


class AgainForm(forms.Form):
    """What a reader says of a record that is read again."""

    decision = forms.ChoiceField(choices=[(one.value, one.label) for one in Decision])
    note = forms.CharField(required=False, max_length=5000)
