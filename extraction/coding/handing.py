"""The unfinished coding of somebody who cannot go on is handed to another, who goes on from it. Nothing is opened by that (promise 1)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from extraction.coding.models import CodedStudy, Coding, CodingTurn
from extraction.coding.queue import codebook_of
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study


@dataclass(frozen=True, slots=True)
class Handing:
    """Whose coding of a study could be handed over, and to whom: the same in any world, since nobody is told who has begun."""

    coders: list[Membership]
    people: list[Membership]


def to_hand_over(study: Study) -> Handing | None:
    """Everybody who codes in the review, those who left it too. None where coding is not blind, or both have submitted."""
    codebook = codebook_of(study.review)
    if codebook is None or not codebook.is_blind:
        return None
    if CodedStudy.objects.filter(study=study, revealed_at__isnull=False).exists():
        return None
    team = Membership.objects.filter(review=study.review, is_reviewer=True).select_related("user")
    coders = list(team.order_by("user__name", "pk"))
    return Handing(coders, [one for one in coders if one.active_to is None and one.may(Permission.CODE)])


@transaction.atomic
def hand_over(*, member: Membership, study: Study, coder: int, to: int) -> CodingTurn:
    """The turn of the membership ``coder`` goes on as that of ``to``, with the same codes on the same passages; the first author's are
    taken off and kept. Whoever once coded the study takes no other's place in it: they know what stands in their own.

    Raises NotAllowedNow where ``coder`` has no unfinished turn, or ``to`` had one or does not code.
    """
    CodedStudy.objects.select_for_update().filter(study=study).first()
    turns = CodingTurn.objects.filter(study=study).select_related("coder__user")
    turn = turns.filter(coder=coder, left_at__isnull=True, submitted_at__isnull=True).first()
    found = to_hand_over(study)
    person = next((one for one in found.people if one.pk == to), None) if found else None
    if turn is None or person is None or turns.filter(coder=person).exists():
        raise NotAllowedNow("Choose whose unfinished coding it is, and a member who has not coded this study.")
    CodingTurn.objects.filter(pk=turn.pk).update(left_at=timezone.now())
    following = CodingTurn.objects.create(
        review_id=turn.review_id, study=study, coder=person, slot=turn.slot, goes_on_from=turn
    )
    _move_codings(turn, person)
    audit(
        verb="hand coding over", review_id=member.review_id, actor=member.user, subject=("study", study.pk, study.label),
        before=str(turn.coder.user), after=str(person.user),
    )  # fmt: skip
    return following


def _move_codings(turn: CodingTurn, person: Membership) -> None:
    moment = timezone.now()
    own = Coding.objects.standing().filter(segment__source__study=turn.study_id, coder=turn.coder_id)
    copies = [
        Coding(review_id=one.review_id, segment_id=one.segment_id, code_id=one.code_id, coder=person, made_at=moment)
        for one in own
    ]
    own.update(removed_at=moment)
    Coding.objects.bulk_create(copies, batch_size=500)
