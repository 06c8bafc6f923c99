"""Forms by which a lead starts and ends a pilot round."""

from __future__ import annotations

from typing import Any

from django import forms

from screening.decisions.piloting.tally import GATE, LARGEST, SIZE, SMALLEST
from screening.reviews.models import Membership


class _Readers(forms.ModelMultipleChoiceField[Membership]):
    def label_from_instance(self, obj: Membership) -> str:
        """The person's name."""
        return str(obj.user)


class PilotForm(forms.Form):
    """How many records a pilot round has, which agreement it is to reach, and who reads it."""

    size = forms.IntegerField(min_value=SMALLEST, max_value=LARGEST, initial=SIZE, label="Records, drawn at random")
    gate = forms.IntegerField(min_value=50, max_value=100, initial=GATE, label="Agreement to reach, in per cent")
    readers = _Readers(
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label="Reviewers",
        help_text="Each of them votes on every record of the round.",
        error_messages={"required": "Choose two reviewers or more."},
    )

    def __init__(self, *args: Any, readers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["readers"]
        assert isinstance(field, _Readers)  # noqa: S101
        field.queryset = readers
        field.initial = [one.pk for one in readers]


class EndPilotForm(forms.Form):
    """How a pilot round ends."""

    reason = forms.CharField(
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Why the stage opens without the gate",
        help_text="Needed to open it; another round needs none.",
    )
    void = forms.BooleanField(
        required=False,
        label="Set the votes of the round aside, because the criteria changed: its records are screened again",
    )
