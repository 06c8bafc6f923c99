"""After both have submitted: what they coded alike stands, and what differs is settled passage by passage (I45)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
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


def marks_of_studies(review: Review, studies: Sequence[int], *, only_open: bool = False) -> dict[int, Both]:
    """The same of several studies by their numbers, in as many queries as of one."""
    turns = CodingTurn.objects.filter(study__in=studies).values_list("study_id", "coder_id", "slot")
    slots = {(study, coder): slot for study, coder, slot in turns}
    rows = Coding.objects.standing().filter(
        segment__source__study__in=studies, segment__source__set_aside_at__isnull=True
    )
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


def open_differences(study: Study) -> list[Difference]:
    """What is still to be settled, in the order of the texts; only for a study whose coding is revealed."""
    marks = marks_of(study, only_open=True)
    return differences(marks.first, marks.second, _NEVER)


def reveal(*, study: Study) -> None:
    """Both have submitted: from here each sees the other's codings, and equal ones stand."""
    threshold = Codebook.objects.get(review_id=study.review_id).threshold / 100
    CodedStudy.objects.filter(study=study).update(revealed_at=timezone.now())
    marks = marks_of(study)
    for one, two in pair_passages(marks.first, marks.second, threshold):
        _settle([one], stands=True, how=SettledHow.EQUAL)
        _settle([two], stands=False, how=SettledHow.EQUAL)
    _close_if_done(study, None)


def _settle(
    marks: Sequence[Marked], *, stands: bool, how: SettledHow, member: Membership | None = None, reason: str = ""
) -> None:
    """One row for each passage and code; a row that stands is not taken away by one that does not."""
    for coding in Coding.objects.filter(pk__in=[mark.key for mark in marks]).order_by("pk"):
        said = {
            "review_id": coding.review_id, "stands": stands, "how": how, "reason": reason, "decided_by": member,
            "decided_at": timezone.now(),
        }  # fmt: skip
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
    if chosen == SettledHow.EDIT and edited is not None:
        _keep_edit(member, edited, reason.strip())
    kept = {
        SettledHow.FIRST: found[0].first,
        SettledHow.SECOND: found[0].second,
        SettledHow.BOTH: (*found[0].first, *found[0].second),
    }
    marks = kept.get(chosen, ())
    left = [mark for mark in (*found[0].first, *found[0].second) if mark not in marks]
    _settle(marks, stands=True, how=chosen, member=member, reason=reason.strip())
    _settle(left, stands=False, how=chosen, member=member, reason=reason.strip())
    _close_if_done(study, member)
    audit(
        verb="settle coding", review_id=member.review_id, actor=member.user, subject=("study", study.pk, study.label),
        after={"how": how, "text": source.label, "start": start}, reason=reason,
    )  # fmt: skip


def _keep_edit(member: Membership, edited: Edited, reason: str) -> None:
    if edited.code.status != CodeStatus.ACTIVE:
        raise NotAllowedNow(f"{edited.code.name} takes no new codings. Choose another code.")
    CodingSettlement.objects.update_or_create(
        segment=edited.segment, code=edited.code,
        defaults={
            "review_id": member.review_id, "stands": True, "how": SettledHow.EDIT, "reason": reason, "decided_by": member,
            "decided_at": timezone.now(),
        },
    )  # fmt: skip
