"""What two coders marked unlike, and what stands: nothing of it is there before both have submitted (promise 1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from extraction.api.codings import STUDY, PassageSent, Place, code_in, study_in
from extraction.api.consensus import ReopeningSent
from extraction.coding import marking
from extraction.coding.handing import hand_over
from extraction.coding.models import CodedStudy, CodingSettlement, SourceText
from extraction.coding.naming import coders_of
from extraction.coding.overview import agreed
from extraction.coding.queue import codebook_of
from extraction.coding.reconciling import Edited, open_differences, reconcile, reopen, undo_decision
from screening.api.access import opens
from screening.api.operations.numbers import Id, Number
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study

router = Router()


class HandingSent(Sent):
    """Ids of the member whose coding is unfinished, and of the one who goes on."""

    coder: Number
    to: Number


class Span(Schema):
    """A passage by its code points."""

    start: int
    end: int


class DifferenceShown(Schema):
    """What two coders marked unlike with one code. Settle it by ``source``, ``code`` and ``start``."""

    source: int
    code: int
    start: int
    first: list[Span]
    second: list[Span]


class SettledPassage(Schema):
    """A code that stands on a passage. ``decision`` takes it back; null where both coded alike, which nobody decided."""

    decision: int | None
    source: int
    code: int
    start: int
    end: int
    quote: str
    how: Literal["equal", "first", "second", "both", "edit"]
    reason: str
    at: datetime


class Comparison(Schema):
    """What is still to be settled, and what stands."""

    coders: list[str]
    differences: list[DifferenceShown]
    settled: list[SettledPassage]


class SettlementSent(Sent):
    """What stands instead of a difference; an edit names its passage and code, with a reason."""

    source: Number
    code: Number
    start: Place
    how: Literal["first", "second", "both", "edit"]
    edited: PassageSent | None = None
    reason: str = Field("", max_length=2000)


class CodeAgreementShown(Schema):
    """Agreement on one code: the table, the observed share, kappa and AC1; null where they are undefined."""

    name: str
    studies: list[list[int]]
    passages: list[list[int]]
    kappa: float | None
    ac1: float | None


class CodingAgreement(Schema):
    """Of studies that both have submitted: all codes together, then one by one; null before there is one."""

    studies: int
    overall: CodeAgreementShown
    codes: list[CodeAgreementShown]


@opens(router, "GET", f"{STUDY}/comparison", Permission.SEE_RESULTS, gives=Comparison)
def compare_codings(request: HttpRequest, member: Membership, study_id: Id) -> Comparison:
    """What two coders marked unlike; nothing before both have submitted."""
    return _comparison(member, study_in(member, study_id))


@opens(router, "POST", f"{STUDY}/settle", Permission.SETTLE, gives=Comparison, scope=Scope.SCREEN)
def settle_coding(request: HttpRequest, member: Membership, study_id: Id, sent: SettlementSent) -> Comparison:
    """Settle one difference: as the first, as the second, both, or edited."""
    study = study_in(member, study_id)
    source = get_object_or_404(SourceText.objects.select_related("study__review"), pk=sent.source, study=study)
    edited = None
    if sent.how == "edit":
        if sent.edited is None:
            raise BadInput("edited: send the passage and the code that stand.")
        segment = marking.segment_of(source, sent.edited.start, sent.edited.end)
        edited = Edited(segment, code_in(member, sent.edited.code))
    reconcile(
        member=member, study=study, source=source, code_id=sent.code, start=sent.start, how=sent.how, reason=sent.reason, edited=edited
    )  # fmt: skip
    return _comparison(member, study)


@opens(router, "DELETE", f"{STUDY}/settled/{{decision_id}}", Permission.SETTLE, gives=Comparison, scope=Scope.SCREEN)
def take_settlement_back(request: HttpRequest, member: Membership, study_id: Id, decision_id: Id) -> Comparison:
    """Take back how a difference was settled."""
    study = study_in(member, study_id)
    undo_decision(member=member, study=study, settlement_id=decision_id)
    return _comparison(member, study)


@opens(router, "POST", f"{STUDY}/reopen", Permission.REOPEN, gives=None, scope=Scope.MANAGE, status=204)
def reopen_coding(request: HttpRequest, member: Membership, study_id: Id, sent: ReopeningSent) -> None:
    """Open the coding of a study again; both submit anew."""
    reopen(member=member, study=study_in(member, study_id), reason=sent.reason)


@opens(router, "POST", f"{STUDY}/hand-over", Permission.REOPEN, gives=None, scope=Scope.MANAGE, status=204)
def hand_coding_over(request: HttpRequest, member: Membership, study_id: Id, sent: HandingSent) -> None:
    """Another goes on with somebody's unfinished coding of a study, as sealed as before."""
    hand_over(member=member, study=study_in(member, study_id), coder=sent.coder, to=sent.to)


@opens(router, "GET", "/reviews/{slug}/coding/agreement", Permission.SEE_RESULTS, gives=CodingAgreement | None)
def read_coding_agreement(request: HttpRequest, member: Membership) -> CodingAgreement | None:
    """How well two coders agreed before either saw the other's."""
    codebook = codebook_of(member.review)
    found = agreed(member.review, codebook) if codebook else None
    if found is None:
        return None
    return CodingAgreement(
        studies=found.studies, overall=_agreement(found.overall), codes=[_agreement(one) for one in found.codes]
    )


def _agreement(one: Any) -> CodeAgreementShown:
    return CodeAgreementShown(
        name=one.name, studies=[list(row) for row in one.by_study.table], passages=[list(row) for row in one.by_passage.table],
        kappa=one.by_study.kappa, ac1=one.by_study.ac1,
    )  # fmt: skip


def _comparison(member: Membership, study: Study) -> Comparison:
    if not CodedStudy.objects.filter(study=study, revealed_at__isnull=False).exists():
        raise NotAllowedNow("The comparison opens when two people have submitted this study.")
    settled = CodingSettlement.objects.filter(segment__source__study=study, stands=True).select_related("segment")
    return Comparison(
        coders=coders_of(member, study),
        differences=[
            DifferenceShown(
                source=one.source, code=one.code, start=one.start, first=[Span(start=mark.start, end=mark.end) for mark in one.first],
                second=[Span(start=mark.start, end=mark.end) for mark in one.second],
            )
            for one in open_differences(study)
        ],
        settled=[_settled(one) for one in settled],
    )  # fmt: skip


def _settled(one: CodingSettlement) -> SettledPassage:
    passage, how = one.segment, one.how
    told: Any = {"how": how, "decision": None if how == "equal" else one.pk}
    return SettledPassage(
        source=passage.source_id, code=one.code_id, start=passage.start, end=passage.end, quote=passage.quote, reason=one.reason,
        at=one.decided_at, **told,
    )  # fmt: skip
