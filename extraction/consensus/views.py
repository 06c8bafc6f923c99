"""Submitting an entry, what differs between two, and the value that stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from extraction.consensus import actions
from extraction.consensus.comparing import Computed, Pair, follows
from extraction.consensus.models import Chosen, Settlement
from extraction.consensus.queue import agreement_of
from extraction.entries.actions import Incomplete
from extraction.entries.filling import Said
from extraction.entries.forms import Posted, posted
from extraction.entries.models import Anchor, Entry, EntryState, Extraction, ExtractionState, ValueStatus
from extraction.entries.queue import files_of, said_of, spec_of
from extraction.entries.shown import Asked, Pinned, asked_again
from extraction.entries.views import entry_of, entry_page, is_behind, keep, overview_page
from extraction.tables.changes import Change, differences
from extraction.tables.meaning import shown
from extraction.tables.queue import forms_in_use, published_version
from screening.audit.refusal import NotAllowedNow
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission


@require_safe
@requires(Permission.SEE_REVIEW)
def extraction(request: HttpRequest, member: Membership) -> HttpResponse:
    """Every study with every form; below, for those who see results, how well two agreed at first."""
    may_see = member.may(Permission.SEE_RESULTS)
    asked = may_see and "agreement" in request.GET  # every value of every study is compared for it
    agreed = [(form, agreement_of(form)) for form in forms_in_use(member.review)] if asked else None
    return overview_page(request, member, agreed=agreed, may_see_agreement=may_see)


@require_POST
@requires(Permission.EXTRACT)
def entry_submit(request: HttpRequest, member: Membership, entry_id: int) -> HttpResponse:
    """Keep what was typed, then submit; what is missing comes back in one list."""
    found = entry_of(member, entry_id)
    typed = posted(spec_of(found.extraction.version), request.POST)
    if found.state == EntryState.SUBMITTED and not typed.problems and _is_kept(found, typed):
        return _after(member, found.extraction)  # the button was pressed twice
    sentence = keep(request, member, found, typed)
    if not sentence and is_behind(request, found):
        sentence = "The form has changed since this page was opened. It is saved; look at the questions marked below, then submit."
    if sentence or typed.problems:
        return entry_page(
            request, member, entry_of(member, entry_id), typed, 409 if sentence else 422, refused=sentence
        )
    try:
        extraction = actions.submit(member=member, entry_id=entry_id)
    except Incomplete as refusal:
        said = {"refused": str(refusal), "lacks": refusal.lacks}
        return entry_page(request, member, entry_of(member, entry_id), typed, 422, **said)
    if extraction.revealed_at is None:
        messages.success(request, "Submitted. It waits for the other; until then you may take it back.")
    return _after(member, extraction)


def _is_kept(found: Entry, typed: Posted) -> bool:
    """True where the entry says already all that was sent."""
    kept = said_of([found])[found.pk]
    return all(one == kept.get(key, Said()) for key, one in typed.said.items())


def _after(member: Membership, extraction: Extraction) -> HttpResponse:
    if extraction.revealed_at is None:
        return redirect("extraction", member.review.slug)
    return redirect("consensus", member.review.slug, extraction.pk)


@dataclass(frozen=True, slots=True)
class Side:
    """What one entry says of a field, with its quotes."""

    text: str
    note: str
    pins: list[Pinned]


@dataclass(frozen=True, slots=True)
class Row:
    """A field with both sides, what stands, and the inputs for a new value."""

    pair: Pair
    sides: tuple[Side, Side]
    settled: Settlement | None
    words: str
    asked: Asked


@require_safe
@requires(Permission.SEE_RESULTS)
def consensus(request: HttpRequest, member: Membership, extraction_id: int) -> HttpResponse:
    """What differs, side by side; what is equal folded away. There is no such page until both have submitted."""
    return _page(request, member, _revealed(member, extraction_id))


def _revealed(member: Membership, extraction_id: int) -> Extraction:
    rows = Extraction.objects.filter(review=member.review, revealed_at__isnull=False)
    return get_object_or_404(rows.select_related("study", "form", "version", "locked_by__user"), pk=extraction_id)


def _page(request: HttpRequest, member: Membership, found: Extraction, status: int = 200, **said: Any) -> HttpResponse:
    entries = actions.present(found)
    rows = _rows(found, entries, said.get("at", ""), said.get("again"))
    context = {
        "extraction": found, "study": found.study, "names": names_of(member, entries), "rows": rows,
        "differing": [row for row in rows if not row.pair.is_equal], "equal": [row for row in rows if row.pair.is_equal],
        "computed": _computed(found, entries), "changes": _changes(found),
        "left": sum(row.settled is None for row in rows), "is_locked": found.state == ExtractionState.LOCKED,
        "may_settle": found.state != ExtractionState.LOCKED and actions.may_settle(member, found),
        "may_reopen": member.may(Permission.EDIT_FORMS), "statuses": ValueStatus.choices, **said,
    }  # fmt: skip
    return render(request, "extraction/consensus/consensus.html", context, status=status)


def _computed(found: Extraction, entries: Sequence[Entry]) -> list[Computed]:
    said = said_of(entries)
    return follows(spec_of(found.version), said[entries[0].pk], said[entries[-1].pk], actions.what_stands(found))


def _changes(found: Extraction) -> list[Change]:
    """What the form asks otherwise since the study was completed, where that touches it."""
    newest = published_version(found.form) if found.revisit else None
    return differences(spec_of(found.version), spec_of(newest)) if newest else []


def names_of(member: Membership, entries: Sequence[Entry]) -> list[str]:
    """Whose values they are; who may rule is not told (S4)."""
    masked = member.may(Permission.ADJUDICATE) and all(one.extractor_id != member.pk for one in entries)
    return [f"Reviewer {one.slot}" if masked else str(one.extractor.user) for one in entries]


def _rows(found: Extraction, entries: Sequence[Entry], at: str, again: Posted | None) -> list[Row]:
    stands = {row.field: row for row in Settlement.objects.filter(extraction=found, round=found.round)}
    files = {file.sha256: file for file in files_of(found.study)}
    pins: dict[tuple[int, str], list[Pinned]] = {}
    for anchor in Anchor.objects.filter(entry__in=entries):
        pins.setdefault((anchor.entry_id, anchor.field), []).append(Pinned(anchor, files.get(anchor.sha256)))
    made = []
    for pair in actions.pairs_of(found, list(entries)):
        key, settled = pair.field.key, stands.get(pair.field.key)
        sides = tuple(
            Side(_words(pair, one.status, one.value), one.note, pins.get((entry.pk, key), []))
            for one, entry in ((pair.first, entries[0]), (pair.second, entries[-1]))
        )
        words = _words(pair, settled.status, settled.value) if settled else ""
        made.append(
            Row(pair, (sides[0], sides[1]), settled, words, asked_again(pair.field, again if key == at else None))
        )
    return made


def _words(pair: Pair, status: str, value: Any) -> str:
    text = shown(pair.field, value)
    if status == ValueStatus.REPORTED:
        return text or "Left empty"
    label = ValueStatus(status).label
    return f"{label}: {text}" if text else label


@require_POST
@requires(Permission.SETTLE)
def consensus_settle(request: HttpRequest, member: Membership, extraction_id: int) -> HttpResponse:
    """The first value, the second, or a new one with a reason stands."""
    found = _revealed(member, extraction_id)
    key, chosen = request.POST.get("field", ""), request.POST.get("chosen", "")
    if chosen not in (Chosen.FIRST, Chosen.SECOND, Chosen.NEW):
        raise Http404
    typed = posted(spec_of(found.version), request.POST)
    sentence = typed.problems.get(key, "") if chosen == Chosen.NEW else ""
    try:
        if not sentence:
            actions.settle(
                member=member, extraction_id=found.pk, field=key, chosen=Chosen(chosen), new=typed.said.get(key),
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
    except NotAllowedNow as refusal:
        sentence = str(refusal)
    if sentence:
        return _page(request, member, found, 422, refused=sentence, at=key, again=typed)
    return redirect(f"{request.path.removesuffix('settle/')}#c-{key}")


@require_POST
@requires(Permission.SETTLE)
def consensus_lock(request: HttpRequest, member: Membership, extraction_id: int) -> HttpResponse:
    """Close the extraction (I41)."""
    found = actions.lock(member=member, extraction_id=extraction_id)
    messages.success(request, f"Locked: {found.study.label}.")
    return redirect("consensus", member.review.slug, found.pk)


@require_POST
@requires(Permission.EDIT_FORMS)
def consensus_reopen(request: HttpRequest, member: Membership, extraction_id: int) -> HttpResponse:
    """A new round, with a reason."""
    actions.reopen(member=member, extraction_id=extraction_id, reason=request.POST.get("reason", ""))
    messages.success(request, "Reopened. Each entry begins with what was settled.")
    return redirect("extraction", member.review.slug)
