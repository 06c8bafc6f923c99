"""Under which names a member reads who coded what in a study."""

from __future__ import annotations

from collections.abc import Callable

from extraction.coding.models import CodingMode, CodingTurn
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study

Named = Callable[[Membership], str]


def names_for(member: Membership, study: Study) -> Named:
    """How ``member`` reads the name of another. Whoever may rule and did not code reads Reviewer 1 and 2 for the coders (S4)."""
    turns = CodingTurn.objects.filter(study=study, review__codebook__mode=CodingMode.CODEBOOK)
    slots = dict(turns.values_list("coder_id", "slot"))
    if member.pk in slots or not member.may(Permission.ADJUDICATE):
        slots = {}
    return lambda other: f"Reviewer {slots[other.pk]}" if other.pk in slots else str(other.user)


def coders_of(member: Membership, study: Study) -> list[str]:
    """The coders of a study in the order of their places, as ``member`` reads their names."""
    named = names_for(member, study)
    turns = CodingTurn.objects.filter(study=study, left_at__isnull=True).select_related("coder__user")
    return [named(turn.coder) for turn in turns]
