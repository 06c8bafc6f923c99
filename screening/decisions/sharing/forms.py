"""The form by which a lead shares out the work of a stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from screening.decisions.sharing.models import Order, SharedBy, StagePlan
from screening.decisions.sharing.plan import Share
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
