"""Forms by which a lead shares out the work of a stage, runs pilot rounds, and has exclusions read again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from screening.decisions.assigning_plan import Share
from screening.decisions.piloting import GATE, LARGEST, SIZE, SMALLEST
from screening.decisions.rescreening import LARGEST as MOST_READ_AGAIN
from screening.decisions.rescreening import SIZES
from screening.decisions.verdict import Decision
from screening.decisions.work import Order, SharedBy, StagePlan
from screening.reviews.models import Membership

MOST = 1_000_000


class PlanForm(forms.Form):
    """How a stage is shared out and ordered, with two fields for each of ``members``."""

    shared_by = forms.ChoiceField(choices=SharedBy.choices, widget=forms.RadioSelect, label="Who is offered a record")
    order = forms.ChoiceField(choices=Order.choices, label="Order")
    seed = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        label="Seed",
        help_text="Of the order at random: the same seed gives the same order again.",
    )

    def __init__(self, *args: Any, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        for member in members:
            self.fields[f"share_{member.pk}"] = forms.IntegerField(
                min_value=0, max_value=MOST, required=False, label=f"Share of {member.user}"
            )
            self.fields[f"key_{member.pk}"] = forms.BooleanField(
                required=False, label=f"One of the voters: {member.user}"
            )

    @classmethod
    def of(cls, plan: StagePlan, shares: dict[int, Share], members: Sequence[Membership]) -> PlanForm:
        """The form filled with a plan."""
        initial: dict[str, Any] = {"shared_by": plan.shared_by, "order": plan.order, "seed": plan.seed}
        for pk, one in shares.items():
            initial |= {f"share_{pk}": one.share or None, f"key_{pk}": one.is_key}
        return cls(initial=initial, members=members)

    def shares(self) -> dict[int, Share]:
        """The checked shares by membership id."""
        asked = self.cleaned_data
        return {one.pk: Share(asked[f"share_{one.pk}"] or 0, bool(asked[f"key_{one.pk}"])) for one in self.members}

    def fields_of(self, member: Membership) -> tuple[BoundField, BoundField]:
        """The two fields of one member."""
        return self[f"share_{member.pk}"], self[f"key_{member.pk}"]


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
        label="Reason, where the gate is not passed",
    )
    void = forms.BooleanField(
        required=False,
        label="Set the votes of the round aside, because the criteria changed: its records are screened again",
    )


class RescreenForm(forms.Form):
    """How many exclusions are read again."""

    n = forms.IntegerField(min_value=1, max_value=MOST_READ_AGAIN, initial=SIZES[1], label="Records to read again")


class AgainForm(forms.Form):
    """What a reader says of a record that is read again."""

    decision = forms.ChoiceField(choices=[(one.value, one.label) for one in Decision])
    note = forms.CharField(required=False, max_length=5000)
