"""After both have submitted: what they coded alike stands, and what differs is settled passage by passage (I45)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from extraction.coding.models import (
    Code,
    Codebook,
    CodedStudy,
    CodeStatus,
    Coding,
    CodingSettlement,
    CodingTurn,
    Segment,
    SettledHow,
    SourceText,
)
from extraction.coding.passages import Difference, Marked, differences, each, pair_passages
from extraction.coding.queue import speakers
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership, Review
from screening.studies.models import Study

#: A share that no two passages reach: everything that is still open is shown, whatever was merged since.
_NEVER = 2.0


@dataclass(frozen=True, slots=True)
class Both:
    """What the first and the second coder of a revealed study marked, under the codes that speak for theirs; keys number codings."""

    first: list[Marked]
    second: list[Marked]


def marks_of(study: Study, *, only_open: bool = False) -> Both:
    """The codings of a study whose coding is revealed, those of texts set aside left out; ``only_open``: not settled yet."""
    return marks_of_studies(study.review, [study.pk], only_open=only_open)[study.pk]


def marks_of_studies(
    review: Review, studies: Sequence[int], *, only_open: bool = False, at_first: bool = False
) -> dict[int, Both]:
    """The same of several studies by their numbers, in as many queries as of one; ``at_first``: as when they were first revealed."""
    # The codings of somebody who handed them over are taken off, save in a look at the day before that.
    turns = CodingTurn.objects.filter(study__in=studies).values_list("study_id", "coder_id", "slot")
    slots = {(study, coder): slot for study, coder, slot in turns}
    rows = _first(Coding.objects.all()) if at_first else Coding.objects.standing()
    rows = rows.filter(segment__source__study__in=studies, segment__source__set_aside_at__isnull=True)
    named = rows.values_list(
        "pk", "segment__source_id", "code_id", "segment__start", "segment__end", "coder_id", "segment_id",
        "segment__source__study_id",
    )  # fmt: skip
    settled = (
        CodingSettlement.objects.filter(segment__source__study__in=studies)
        if only_open
        else CodingSettlement.objects.none()
    )
    done = set(settled.order_by().values_list("segment_id", "code_id"))
    marks: dict[tuple[int, int], list[Marked]] = {}
    for row in named:
        if (row[6], row[2]) not in done and (slot := slots.get((row[7], row[5]))):
            marks.setdefault((row[7], slot), []).append(Marked(*row[:5]))
    told = speakers(review)
    return {
        study: Both(each(marks.get((study, 1), ()), told), each(marks.get((study, 2), ()), told)) for study in studies
    }


def _first(rows: QuerySet[Coding]) -> QuerySet[Coding]:
    """Codings as they stood when their study was first revealed, whatever was added or taken off since it was reopened."""
    first = F("segment__source__study__coding__first_revealed_at")
    return rows.filter(Q(removed_at__isnull=True) | Q(removed_at__gt=first), made_at__lte=first)


def open_differences(study: Study) -> list[Difference]:
    """What is still to be settled, in the order of the texts; only for a study whose coding is revealed."""
    marks = marks_of(study, only_open=True)
    return differences(marks.first, marks.second, _NEVER)


def reveal(*, study: Study) -> None:
    """Both have submitted: from here each sees the other's codings, and equal ones stand."""
    threshold = Codebook.objects.get(review_id=study.review_id).threshold / 100
    moment = timezone.now()
    states = CodedStudy.objects.filter(study=study)
    states.update(revealed_at=moment)
    states.filter(first_revealed_at__isnull=True).update(first_revealed_at=moment)
    _forget_what_changed(study)
    marks = marks_of(study)
    for one, two in pair_passages(marks.first, marks.second, threshold):
        _settle([one], _Decision(SettledHow.EQUAL), stands=True)
        _settle([two], _Decision(SettledHow.EQUAL), stands=False)
    _close_if_done(study, None)


def _forget_what_changed(study: Study) -> None:
    """Of a study that was reopened: what both coded alike is looked up anew, and so is a decision on passages that were coded since."""
    settled = CodingSettlement.objects.filter(segment__source__study=study)
    settled.filter(how=SettledHow.EQUAL).delete()
    since = Coding.objects.filter(segment=OuterRef("segment"), code=OuterRef("code")).filter(
        Q(made_at__gt=OuterRef("decided_at")) | Q(removed_at__gt=OuterRef("decided_at"))
    )
    for one in settled.filter(Exists(since)).select_related("segment__source"):
        _rows_of(one).delete()


def _rows_of(one: CodingSettlement) -> QuerySet[CodingSettlement]:
    """Every row of the decision to which this one belongs."""
    same = {"act": one.act} if one.act else {"pk": one.pk}
    return CodingSettlement.objects.filter(segment__source__study=one.segment.source.study_id, **same)


@dataclass(frozen=True, slots=True)
class _Decision:
    """How something is settled, by whom and why; its rows share ``act``."""

    how: SettledHow
    member: Membership | None = None
    reason: str = ""
    act: uuid.UUID | None = None

    def row(self, review_id: int, *, stands: bool) -> dict[str, object]:
        return {
            "review_id": review_id, "stands": stands, "how": self.how, "reason": self.reason, "act": self.act,
            "decided_by": self.member, "decided_at": timezone.now(),
        }  # fmt: skip


def _settle(marks: Sequence[Marked], decision: _Decision, *, stands: bool) -> None:
    """One row for each passage and code; a row that stands is not taken away by one that does not."""
    for coding in Coding.objects.filter(pk__in=[mark.key for mark in marks]).order_by("pk"):
        said = decision.row(coding.review_id, stands=stands)
        CodingSettlement.objects.get_or_create(segment_id=coding.segment_id, code_id=coding.code_id, defaults=said)


def _close_if_done(study: Study, member: Membership | None) -> None:
    if not open_differences(study):
        CodedStudy.objects.filter(study=study).update(settled_at=timezone.now(), settled_by=member)


@dataclass(frozen=True, slots=True)
class Edited:
    """What stands instead of both: another passage, another code, or both."""

    segment: Segment
    code: Code


@transaction.atomic
def reconcile(
    *, member: Membership, study: Study, source: SourceText, code_id: int, start: int, how: str, reason: str = "",
    edited: Edited | None = None,
) -> None:  # fmt: skip
    """Settle the difference that begins at ``start`` of a text with one code: as the first, as the second, both, or edited.

    Raises NotAllowedNow where there is no such difference (another may have settled it), or an edit lacks its reason.
    """
    state = CodedStudy.objects.select_for_update().filter(study=study, revealed_at__isnull=False).first()
    found = [one for one in open_differences(study) if (one.source, one.code, one.start) == (source.pk, code_id, start)]
    if state is None or not found:
        raise NotAllowedNow("This difference is settled already, or not open yet. Look at the list again.")
    if how not in (SettledHow.FIRST, SettledHow.SECOND, SettledHow.BOTH, SettledHow.EDIT):
        raise NotAllowedNow("Choose what stands: the first, the second, both, or an edit.")
    if how == SettledHow.EDIT and (edited is None or not reason.strip()):
        raise NotAllowedNow("An edit needs a code, one or more sentences, and a reason.")
    chosen = SettledHow(how)
    decision = _Decision(chosen, member, reason.strip(), uuid.uuid4())
    if chosen == SettledHow.EDIT and edited is not None:
        _keep_edit(edited, decision)
    kept = {
        SettledHow.FIRST: found[0].first,
        SettledHow.SECOND: found[0].second,
        SettledHow.BOTH: (*found[0].first, *found[0].second),
    }
    marks = kept.get(chosen, ())
    left = [mark for mark in (*found[0].first, *found[0].second) if mark not in marks]
    _settle(marks, decision, stands=True)
    _settle(left, decision, stands=False)
    _close_if_done(study, member)
    audit(
        verb="settle coding", review_id=member.review_id, actor=member.user, subject=("study", study.pk, study.label),
        after={"how": how, "text": source.label, "start": start}, reason=reason,
    )  # fmt: skip


def _keep_edit(edited: Edited, decision: _Decision) -> None:
    """The edited passage stands; where it stood before, it goes on to rest on that decision."""
    if edited.code.status != CodeStatus.ACTIVE:
        raise NotAllowedNow(f"{edited.code.name} takes no new codings. Choose another code.")
    rows = CodingSettlement.objects.filter(segment=edited.segment, code=edited.code)
    if rows.filter(stands=True).exists():
        return
    said = decision.row(edited.segment.review_id, stands=True)
    CodingSettlement.objects.update_or_create(segment=edited.segment, code=edited.code, defaults=said)


@transaction.atomic
def undo_decision(*, member: Membership, study: Study, settlement_id: int) -> None:
    """Take back what was settled of one difference; it is to be settled again. What both coded alike was nobody's decision."""
    state = CodedStudy.objects.select_for_update().filter(study=study, revealed_at__isnull=False).first()
    rows = CodingSettlement.objects.filter(segment__source__study=study).select_related("segment__source", "code")
    one = rows.exclude(how=SettledHow.EQUAL).filter(pk=settlement_id).first()
    if state is None or one is None:
        raise NotAllowedNow("This decision is undone already. Look at the list again.")
    _rows_of(one).delete()
    if open_differences(study):
        CodedStudy.objects.filter(study=study).update(settled_at=None, settled_by=None)
    audit(
        verb="undo settled coding", review_id=member.review_id, actor=member.user, subject=("study", study.pk, study.label),
        before={"how": one.how, "code": one.code.name, "text": one.segment.source.label, "start": one.segment.start},
    )  # fmt: skip


@transaction.atomic
def reopen(*, member: Membership, study: Study, reason: str) -> None:
    """The same two code on, each alone, from what they had; what was settled is kept where nothing changes.

    Agreement goes on to be told of what they had coded when the study was first revealed, since each has seen the other's by now.
    """
    state = CodedStudy.objects.select_for_update().filter(study=study, revealed_at__isnull=False).first()
    if not reason.strip():
        raise NotAllowedNow("Give a reason, so that the others understand. Nothing was changed.")
    if state is None:
        raise NotAllowedNow("The coding of this study is open already.")
    CodedStudy.objects.filter(study=study).update(revealed_at=None, settled_at=None, settled_by=None)
    CodingTurn.objects.filter(study=study).update(submitted_at=None)
    audit(
        verb="reopen coding", review_id=member.review_id, actor=member.user, subject=("study", study.pk, study.label),
        reason=reason.strip(),
    )  # fmt: skip
