"""Opening entries when the last is in, settling what differs, locking, and reopening with a reason."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from extraction.consensus.comparing import BLANK, Pair, agree, compare
from extraction.consensus.models import Chosen, Settlement
from extraction.entries.actions import submit_entry
from extraction.entries.filling import WITH_VALUE, Said, asked, is_empty
from extraction.entries.models import Anchor, Entry, EntryState, EntryValue, Extraction, ExtractionState
from extraction.entries.queue import places, said_of, spec_of
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership
from screening.roles import Permission


@transaction.atomic
def submit(*, member: Membership, entry_id: int) -> Extraction:
    """Submit one's own entry; the last one opens all and settles what is equal. Raises `entries.actions.Incomplete`."""
    entry = submit_entry(member=member, entry_id=entry_id)
    extraction = (
        Extraction.objects.select_for_update().select_related("study", "form", "version").get(pk=entry.extraction_id)
    )
    entries = present(extraction)
    if extraction.revealed_at is None and _is_complete(extraction, entries):
        _open(extraction, entries)
    return extraction


def present(extraction: Extraction) -> list[Entry]:
    """The entries of the present round that count, by slot."""
    rows = Entry.objects.filter(extraction=extraction, round=extraction.round, left_at__isnull=True)
    return list(rows.select_related("extractor__user").order_by("slot"))


def _is_complete(extraction: Extraction, entries: list[Entry]) -> bool:
    return len(entries) == places(extraction.mode) and all(one.state == EntryState.SUBMITTED for one in entries)


def pairs_of(extraction: Extraction, entries: list[Entry]) -> list[Pair]:
    """What the entries say, field by field; a single entry stands against itself. Fields that a settled value asks anew come last."""
    said, spec = said_of(entries), spec_of(extraction.version)
    found = compare(spec, said[entries[0].pk], said[entries[-1].pk])
    compared = {pair.field.key for pair in found}
    now_asked = asked(spec, what_stands(extraction)) if extraction.revealed_at else []
    return found + [Pair(one, BLANK, BLANK, is_equal=False) for one in now_asked if one.key not in compared]


def what_stands(extraction: Extraction) -> dict[str, Said]:
    """Field key -> what was settled in the present round."""
    rows = Settlement.objects.filter(extraction=extraction, round=extraction.round)
    return {row.field: Said(row.status, row.value, row.note) for row in rows}


def _open(extraction: Extraction, entries: list[Entry]) -> None:
    pairs = pairs_of(extraction, entries)
    extraction.state = ExtractionState.AGREED if agree(pairs) else ExtractionState.DIFFER
    extraction.revealed_at = timezone.now()
    extraction.save(update_fields=["state", "revealed_at"])
    chosen = Chosen.EQUAL if len(entries) > 1 else Chosen.ONLY
    Settlement.objects.bulk_create(
        _settlement(extraction, pair.field.key, pair.first, chosen) for pair in pairs if pair.is_equal
    )
    for one in entries:
        said = {"form": str(extraction.form), "submitted": one.submitted_at.isoformat() if one.submitted_at else ""}
        _log("submit entry", one.extractor, extraction, after=said)
    equal = sum(pair.is_equal for pair in pairs)
    _log("open entries", None, extraction, after={"form": str(extraction.form), "equal": equal, "of": len(pairs)})


def _settlement(extraction: Extraction, key: str, said: Said, chosen: Chosen) -> Settlement:
    value = said.value if said.status in WITH_VALUE else None
    return Settlement(
        review_id=extraction.review_id, extraction=extraction, round=extraction.round, field=key, status=said.status, value=value,
        note=said.note, chosen=chosen,
    )  # fmt: skip


def may_settle(member: Membership, extraction: Extraction) -> bool:
    """True for the two who entered, an adjudicator and a lead."""
    if member.may(Permission.ADJUDICATE) or member.may(Permission.EDIT_FORMS):
        return True
    return any(one.extractor_id == member.pk for one in present(extraction))


@transaction.atomic
def settle(
    *, member: Membership, extraction_id: int, field: str, chosen: Chosen, new: Said | None = None, reason: str = ""
) -> Settlement:
    """The first entry's value, the second's, or a new one with its reason stands for the field; it may be settled again until locked."""
    extraction = _locked(member, extraction_id)
    _refuse_unless_settling(member, extraction)
    pair = next((one for one in pairs_of(extraction, present(extraction)) if one.field.key == field), None)
    if pair is None or pair.is_equal:
        raise NotAllowedNow("Both entries agree on this field, so there is nothing to settle.")
    said = _chosen(pair, chosen, new, reason)
    row = _settlement(extraction, field, said, chosen)
    kept, _ = Settlement.objects.update_or_create(
        extraction=extraction, round=extraction.round, field=field,
        defaults={
            "review_id": extraction.review_id, "status": row.status, "value": row.value, "note": row.note, "chosen": chosen,
            "reason": reason.strip(), "decided_by": member, "decided_at": timezone.now(),
        },
    )  # fmt: skip
    _log("settle value", member, extraction, after={"field": pair.field.label, "chosen": chosen.label}, reason=reason)
    return kept


def _chosen(pair: Pair, chosen: Chosen, new: Said | None, reason: str) -> Said:
    if chosen == Chosen.FIRST:
        return pair.first
    if chosen == Chosen.SECOND:
        return pair.second
    if chosen != Chosen.NEW or new is None:
        raise NotAllowedNow("Choose the first value, the second, or enter a new one.")
    if not reason.strip():
        raise NotAllowedNow("Say why neither value stands. What you chose before is kept.")
    if new.status in WITH_VALUE and is_empty(new.value):
        raise NotAllowedNow("Enter the new value, or say that it is not reported, unclear or not applicable.")
    if new.status == "assumed" and not new.note.strip():
        raise NotAllowedNow("An assumption needs a note that says on what it rests.")
    return new


@transaction.atomic
def lock(*, member: Membership, extraction_id: int) -> Extraction:
    """Close the extraction. Raises NotAllowedNow while a field is unsettled (I41). Locking twice changes nothing."""
    extraction = _locked(member, extraction_id)
    if extraction.state == ExtractionState.LOCKED:
        return extraction
    _refuse_unless_settling(member, extraction)
    if left := unsettled(extraction):
        n = len(left)
        raise NotAllowedNow(
            f"{n} {'field is' if n == 1 else 'fields are'} still to be settled. Settle them, then lock.", rule="I41"
        )
    extraction.state, extraction.locked_at, extraction.locked_by = ExtractionState.LOCKED, timezone.now(), member
    extraction.save(update_fields=["state", "locked_at", "locked_by"])
    _log("lock extraction", member, extraction, after={"form": str(extraction.form)})
    return extraction


def unsettled(extraction: Extraction) -> list[str]:
    """Keys of the fields without a value that stands (I41)."""
    stands = what_stands(extraction)
    return [pair.field.key for pair in pairs_of(extraction, present(extraction)) if pair.field.key not in stands]


@transaction.atomic
def reopen(*, member: Membership, extraction_id: int, reason: str) -> Extraction:
    """A new round for the same people, in the newest version of the form; entries and settlements of the old one are kept.

    Each new entry begins with what was settled, else with what its author had said, and with the author's quotes: a study is
    reopened for a point, not to be typed anew, and what was settled is known to both, so that no one learns more than before.
    """
    extraction = _locked(member, extraction_id)
    if not reason.strip():
        raise NotAllowedNow("Give a reason, so that the others understand. Nothing was changed.")
    if extraction.revealed_at is None:
        raise NotAllowedNow("This extraction is open already.")
    entries = present(extraction)
    stands = what_stands(extraction)
    newest = extraction.form.versions.filter(published_at__isnull=False).order_by("-number").first()
    extraction.version = newest or extraction.version
    extraction.round += 1
    extraction.state, extraction.revisit = ExtractionState.OPEN, False
    extraction.revealed_at = extraction.locked_at = extraction.locked_by = None
    extraction.save()
    said = said_of(entries)
    for one in entries:
        _begin_again(extraction, one, said[one.pk] | stands)
    _log("reopen extraction", member, extraction, after={"round": extraction.round}, reason=reason.strip())
    return extraction


def _begin_again(extraction: Extraction, old: Entry, said: Mapping[str, Said]) -> None:
    keys = {one.key for one in spec_of(extraction.version).fields if not one.is_automatic}
    entry = Entry.objects.create(
        review_id=old.review_id, extraction=extraction, extractor=old.extractor, role=old.role, round=extraction.round,
        slot=old.slot, state=EntryState.DRAFT, version=old.version,
    )  # fmt: skip
    EntryValue.objects.bulk_create(
        EntryValue(review_id=old.review_id, entry=entry, field=key, status=one.status, value=one.value, note=one.note)
        for key, one in said.items()
        if key in keys
    )
    Anchor.objects.bulk_create(
        Anchor(
            review_id=old.review_id, entry=entry, field=one.field, sha256=one.sha256, page=one.page, quote=one.quote,
            before=one.before, after=one.after, found=one.found,
        )
        for one in old.anchors.all()
        if one.field in keys
    )  # fmt: skip


def _locked(member: Membership, extraction_id: int) -> Extraction:
    rows = Extraction.objects.select_for_update(of=("self",)).select_related("study", "form", "version")
    found = rows.filter(pk=extraction_id, review_id=member.review_id).first()
    if found is None:
        raise NotAllowedNow("This extraction is not of this review.")
    return found


def _refuse_unless_settling(member: Membership, extraction: Extraction) -> None:
    if extraction.revealed_at is None:
        raise NotAllowedNow("Both entries must be submitted first. Until then each is its author's alone.", rule="P1")
    if extraction.state == ExtractionState.LOCKED:
        raise NotAllowedNow("This extraction is locked. A lead may reopen it with a reason.")
    if not may_settle(member, extraction):
        raise NotAllowedNow("The two who entered, an adjudicator or a lead settle what differs.")


def _log(verb: str, member: Membership | None, extraction: Extraction, after: object = None, reason: str = "") -> None:
    audit(
        verb=verb, review_id=extraction.review_id, actor=member.user if member else None,
        subject=("study", extraction.study_id, extraction.study.label), after=after, reason=reason,
    )  # fmt: skip
