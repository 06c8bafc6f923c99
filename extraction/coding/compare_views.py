"""The comparison of two coders: what differs, what was settled, taking a decision back, and opening the coding again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from extraction.coding import marking
from extraction.coding.models import Code, CodedStudy, CodingSettlement, SettledHow, SourceText
from extraction.coding.naming import Named, coders_of, names_for
from extraction.coding.overview import names_of
from extraction.coding.passages import Difference, sentences
from extraction.coding.queue import codes
from extraction.coding.reconciling import Edited, open_differences, reconcile, reopen, undo_decision
from extraction.coding.study_views import number, passage_of, study_of
from screening.audit.refusal import NotAllowedNow
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

SHOWN = 50  # differences on the page; the next ones come up as these are settled


@require_safe
@requires(Permission.SEE_RESULTS)
def coding_compare(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """What two coders marked unlike, and what was settled; nothing before both have submitted."""
    study = study_of(member, study_id)
    if not CodedStudy.objects.filter(study=study, revealed_at__isnull=False).exists():
        raise NotAllowedNow("The comparison opens when two people have submitted this study.")
    names, texts = names_of(member.review), {one.pk: one for one in study.source_texts.all()}
    found = open_differences(study)
    rows = CodingSettlement.objects.filter(segment__source__study=study)
    settled = list(rows.select_related("segment__source", "code", "decided_by__user").order_by("decided_at", "pk"))
    context = {
        "study": study, "coders": coders_of(member, study), "codes": codes(member.review),
        "differences": [_shown(one, texts[one.source], names) for one in found[:SHOWN]], "left": len(found),
        "decisions": decisions(settled, names_for(member, study)),
        "equal": [one for one in settled if one.how == SettledHow.EQUAL and one.stands],
        "may": member.may(Permission.SETTLE), "may_reopen": member.may(Permission.REOPEN),
    }  # fmt: skip
    return render(request, "extraction/coding/compare.html", context)


def _shown(one: Difference, source: SourceText, names: dict[int, str]) -> dict[str, object]:
    return {
        "source": source, "code_id": one.code, "code": names[one.code], "start": one.start,
        "first": [source.text[mark.start : mark.end] for mark in one.first],
        "second": [source.text[mark.start : mark.end] for mark in one.second],
        "sentences": [line for line in sentences(source.text) if line.end > one.start and line.start < one.end],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settled:
    """A difference as it was settled: the passages that stand and those that do not; ``row`` names it for taking it back."""

    row: CodingSettlement
    by: str
    stand: list[CodingSettlement]
    fall: list[CodingSettlement]


def decisions(rows: Iterable[CodingSettlement], named: Named) -> list[Settled]:
    """What somebody decided, the latest first; the rows of one decision together."""
    acts: dict[UUID | int, list[CodingSettlement]] = {}
    for row in rows:
        if row.decided_by is not None:
            acts.setdefault(row.act or row.pk, []).append(row)
    return [
        Settled(
            group[0],
            named(group[0].decided_by) if group[0].decided_by else "",
            [one for one in group if one.stands],
            [one for one in group if not one.stands],
        )
        for group in reversed(acts.values())
    ]


@require_POST
@requires(Permission.SETTLE)
def coding_settle(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Settle one difference."""
    study = study_of(member, study_id)
    source = get_object_or_404(
        SourceText.objects.select_related("study__review"), pk=number(request.POST.get("source", "")), study=study
    )
    how, edited = request.POST.get("how", ""), None
    if how == "edit":
        code = get_object_or_404(Code, pk=number(request.POST.get("code", "")), review=member.review)
        edited = Edited(marking.segment_of(source, *passage_of(request, source)), code)
    reconcile(
        member=member, study=study, source=source, code_id=number(request.POST.get("code_id", "")),
        start=number(request.POST.get("at", "")), how=how, reason=request.POST.get("reason", ""), edited=edited,
    )  # fmt: skip
    return redirect("coding_compare", member.review.slug, study.pk)


@require_POST
@requires(Permission.SETTLE)
def coding_unsettle(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Take back how a difference was settled."""
    study = study_of(member, study_id)
    undo_decision(member=member, study=study, settlement_id=number(request.POST.get("settlement", "")))
    messages.success(request, "Taken back. The difference is to be settled again.")
    return redirect("coding_compare", member.review.slug, study.pk)


@require_POST
@requires(Permission.REOPEN)
def coding_reopen(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Open the coding of a study again, with a reason."""
    study = study_of(member, study_id)
    reopen(member=member, study=study, reason=request.POST.get("reason", ""))
    messages.success(request, f"The coding of {study.label} is open again. Both submit anew.")
    return redirect("coding_study", member.review.slug, study.pk)
