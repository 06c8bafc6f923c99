"""Acts on entries: places are assigned and taken, drafts kept, entries submitted and taken back.

What an author does before the reveal leaves no row in the log, which everybody reads: the entries themselves hold the times, and the
reveal is logged with both (`consensus.actions`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from extraction.entries.filling import WITH_VALUE, Missing, Said, missing
from extraction.entries.models import Anchor, Entry, EntryRole, EntryState, EntryValue, Extraction, ExtractionState
from extraction.entries.queue import included_studies, places, quotes_to_check, said_of, spec_of
from extraction.tables.models import EntryMode, Form
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.fulltexts.models import ReportFile
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study

LONGEST_NOTE = 5000
LONGEST_QUOTE = 2000
MOST_QUOTES = 20  # of one field of one entry
AROUND = 64  # letters kept before and after a quote


class StaleEntry(NotAllowedNow):
    """The page is older than what was saved since, in another tab or on another device."""


class Incomplete(NotAllowedNow):
    """What keeps an entry from being submitted, field by field."""

    def __init__(self, lacks: Sequence[Missing]) -> None:
        n = len(lacks)
        super().__init__(
            f"{n} {'field keeps' if n == 1 else 'fields keep'} this entry from being submitted. It is saved."
        )
        self.lacks = list(lacks)


@transaction.atomic
def assign(
    *,
    member: Membership,
    study: Study,
    form: Form,
    people: Sequence[Membership],
    is_pilot: bool = False,
    goes_on: bool = False,
) -> Extraction:
    """These people, in this order, extract the study; whoever is no longer among them keeps what they entered. ``goes_on``: whoever
    takes a place that another had begun goes on from a copy of it; else each begins anew.

    Raises NotAllowedNow where the form is unpublished, too many or the wrong people are named, or the extraction is complete.
    """
    extraction = _extraction(study, form)
    if len(people) > places(extraction.mode) or len({one.pk for one in people}) != len(people):
        raise NotAllowedNow(f"Choose at most {places(extraction.mode)} different people for this form.")
    seated = list(_present(extraction))
    for one in people:
        _refuse_stranger(member, one, {entry.extractor_id for entry in seated})
    before, kept = _names(extraction), {one.pk for one in people}
    leaving = {entry.slot: entry for entry in seated if entry.extractor_id not in kept}
    _present(extraction).exclude(extractor__in=people).update(left_at=timezone.now())
    for one in people:
        entry = _seat(extraction, one)
        if goes_on and entry.slot in leaving and entry.state == EntryState.ASSIGNED:
            _go_on(entry, leaving[entry.slot])
    Extraction.objects.filter(pk=extraction.pk).update(is_pilot=is_pilot)
    extraction.is_pilot = is_pilot
    _log("assign extraction", member, extraction, before=before, after=_names(extraction))
    return extraction


@transaction.atomic
def assign_evenly(*, member: Membership, form: Form, people: Sequence[Membership]) -> int:
    """Fill every free place of the included studies, those with least work first. Returns how many places were filled."""
    load = {one.pk: Entry.objects.filter(extractor=one, extraction__form=form, left_at=None).count() for one in people}
    filled = 0
    for study in included_studies(member.review):
        extraction = _extraction_any(study, form)
        if extraction.state != ExtractionState.OPEN:
            continue
        seated = [entry.extractor for entry in _present(extraction).select_related("extractor__user")]
        free = places(extraction.mode) - len(seated)
        rest = sorted((one for one in people if one not in seated), key=lambda one: (load[one.pk], one.pk))[:free]
        if rest:
            assign(member=member, study=study, form=form, people=[*seated, *rest], is_pilot=extraction.is_pilot)
        for one in rest:
            load[one.pk] += 1
        filled += len(rest)
    if not filled:
        raise NotAllowedNow("No place is free that one of these people could take. Nothing was changed.")
    return filled


@transaction.atomic
def take_place(*, member: Membership, study: Study, form: Form) -> Entry:
    """Take a free place oneself; coming again opens the entry that one has. Raises NotAllowedNow where all are taken."""
    extraction = _extraction(study, form)
    own = _present(extraction).filter(extractor=member).first()
    if own:
        return own
    if _present(extraction).count() >= places(extraction.mode):
        raise NotAllowedNow("Every place of this study is taken. Take another study.")
    entry = _seat(extraction, member)
    _log("take extraction", member, extraction, after=_names(extraction))
    return entry


@transaction.atomic
def save_entry(*, member: Membership, entry_id: int, said: Mapping[str, Said], saves: int) -> Entry:
    """Keep a draft. ``saves`` is what the page knew: an older page is refused (`StaleEntry`), unless it says what is kept already."""
    entry = own_entry(member, entry_id)
    spec = spec_of(entry.extraction.version)
    known = {one.key for one in spec.fields if not one.is_automatic}
    for key, one in said.items():
        if key not in known:
            raise NotAllowedNow("The form has changed since this page was opened. Open the entry again; it is saved.")
        if one.status == "assumed" and not one.note.strip():
            raise NotAllowedNow("An assumption needs a note that says on what it rests.")
    kept = said_of([entry])[entry.pk]
    changed = {key: one for key, one in said.items() if one != kept.get(key, Said())}
    if not changed:
        return entry
    if saves != entry.saves:
        raise StaleEntry(
            "This entry was saved in another window since. Open it again; what you typed here stays on this page."
        )
    _begin(entry)
    for key, one in changed.items():
        value = one.value if one.status in WITH_VALUE else None
        fields = {"status": one.status, "value": value, "note": one.note[:LONGEST_NOTE], "review_id": entry.review_id}
        EntryValue.objects.update_or_create(entry=entry, field=key, defaults=fields)
    entry.saves += 1
    entry.save(update_fields=["saves"])
    return entry


@transaction.atomic
def submit_entry(*, member: Membership, entry_id: int) -> Entry:
    """Close one's own entry. Raises `Incomplete` with every field that is missing. Submitting twice changes nothing."""
    entry = own_entry(member, entry_id, submitted=True)
    if entry.state == EntryState.SUBMITTED:
        return entry
    pinned = set(entry.anchors.values_list("field", flat=True))
    if lacks := missing(spec_of(entry.extraction.version), said_of([entry])[entry.pk], pinned):
        raise Incomplete(lacks)
    entry.state, entry.submitted_at, entry.version = EntryState.SUBMITTED, timezone.now(), entry.extraction.version
    entry.save(update_fields=["state", "submitted_at", "version"])
    return entry


@transaction.atomic
def take_back(*, member: Membership, entry_id: int) -> Entry:
    """Open one's own submitted entry again. Raises NotAllowedNow once the other has submitted, or a check of it has begun."""
    entry = own_entry(member, entry_id, submitted=True)
    if entry.state != EntryState.SUBMITTED:
        return entry
    checks = _present(entry.extraction).filter(role=EntryRole.VERIFIER).exclude(state=EntryState.ASSIGNED)
    if entry.role == EntryRole.EXTRACTOR and checks.exists():
        raise NotAllowedNow("The check of this entry has begun, so it stays as it is.")
    entry.state, entry.submitted_at = EntryState.DRAFT, None
    entry.save(update_fields=["state", "submitted_at"])
    return entry


@transaction.atomic
def pin(
    *,
    member: Membership,
    entry_id: int,
    field: str,
    file: ReportFile,
    page: int,
    quote: str,
    before: str = "",
    after: str = "",
) -> Anchor:
    """Pin a field to words of a report (I42). The same words twice are one pin."""
    entry = own_entry(member, entry_id)
    words = " ".join(quote.split())
    if not words or len(words) > LONGEST_QUOTE or not 1 <= page < 100_000:
        raise NotAllowedNow(f"Select 1 to {LONGEST_QUOTE:,} letters in the PDF, or type them with their page.")
    if all(one.key != field for one in spec_of(entry.extraction.version).fields):
        raise NotAllowedNow("Choose the field that these words bear, then pin them.")
    if not entry.extraction.study.study_reports.filter(record_id=file.report.record_id).exists():
        raise NotAllowedNow("This file belongs to another study. Choose one of this study's files.")
    _begin(entry)
    pins = Anchor.objects.filter(entry=entry, field=field)
    if same := pins.filter(sha256=file.sha256, page=page, quote=words).first():
        return same
    if pins.count() >= MOST_QUOTES:
        raise NotAllowedNow(f"This field has {MOST_QUOTES} quotes. Remove one first.")
    return Anchor.objects.create(
        review_id=entry.review_id, entry=entry, field=field, sha256=file.sha256, page=page, quote=words,
        before=before[-AROUND:], after=after[:AROUND],
    )  # fmt: skip


@transaction.atomic
def unpin(*, member: Membership, entry_id: int, anchor_id: uuid.UUID) -> None:
    """Let a quote of one's own draft go."""
    entry = own_entry(member, entry_id)
    _begin(entry)
    Anchor.objects.filter(pk=anchor_id, entry=entry).delete()


def _begin(entry: Entry) -> None:
    """The first act on an entry makes it a draft; a verifier's then holds the quotes of the entry to be checked."""
    if entry.state != EntryState.ASSIGNED:
        return
    Anchor.objects.bulk_create(quotes_to_check(entry))
    entry.state, entry.version = EntryState.DRAFT, entry.extraction.version
    entry.save(update_fields=["state", "version"])


def own_entry(member: Membership, entry_id: int, *, submitted: bool = False) -> Entry:
    """One's own entry, locked for writing. Raises NotAllowedNow where it is closed; ``submitted`` lets a submitted one pass."""
    own = Entry.objects.filter(pk=entry_id, extractor=member).values_list("extraction_id", flat=True).first()
    if own is None:
        raise NotAllowedNow("This entry is another person's. Only its author changes it.")
    extraction = Extraction.objects.select_for_update().get(pk=own)
    entry = Entry.objects.select_related("extraction__version", "extraction__study").get(pk=entry_id)
    if entry.left_at:
        raise NotAllowedNow("Another person has taken this place. What you entered is kept.")
    if extraction.revealed_at or entry.round != extraction.round:
        raise NotAllowedNow("This extraction is complete, so its entries stay as they are.")
    if entry.state == EntryState.SUBMITTED and not submitted:
        raise NotAllowedNow("You have submitted this entry. Take it back to change it.")
    return entry


def _extraction(study: Study, form: Form) -> Extraction:
    """The open extraction of the study, made on first use."""
    extraction = _extraction_any(study, form)
    if extraction.state != ExtractionState.OPEN:
        raise NotAllowedNow("This extraction is complete. A lead may reopen it with a reason.")
    return extraction


def _extraction_any(study: Study, form: Form) -> Extraction:
    version = form.versions.filter(published_at__isnull=False).order_by("-number").first()
    if version is None or form.review_id != study.review_id or form.retired_at:
        raise NotAllowedNow("Publish the form first, then assign it.")
    extraction, _ = Extraction.objects.select_for_update().get_or_create(
        study=study, form=form, defaults={"review_id": study.review_id, "version": version, "mode": form.mode}
    )
    return extraction


def _present(extraction: Extraction) -> QuerySet[Entry]:
    return Entry.objects.filter(extraction=extraction, round=extraction.round, left_at__isnull=True).order_by("slot")


def _seat(extraction: Extraction, person: Membership) -> Entry:
    """The person's place: the one they have, the one they left, or the first that is free."""
    taken = set(_present(extraction).values_list("slot", flat=True))
    entry = Entry.objects.filter(extraction=extraction, round=extraction.round, extractor=person).first()
    if entry and entry.left_at is None:
        return entry
    slot = min({1, 2} - taken)
    if entry and entry.slot != slot and (entry.goes_on_from_id or Entry.objects.filter(goes_on_from=entry).exists()):
        raise NotAllowedNow(
            f"{person.user} knows what stands in the other place, which goes on from the same entry. Choose somebody else."
        )
    role = EntryRole.VERIFIER if extraction.mode == EntryMode.VERIFY and slot == 2 else EntryRole.EXTRACTOR
    if entry is None:
        return Entry.objects.create(
            review_id=extraction.review_id, extraction=extraction, extractor=person, round=extraction.round, slot=slot, role=role
        )  # fmt: skip
    entry.left_at, entry.slot, entry.role = None, slot, role
    entry.save(update_fields=["left_at", "slot", "role"])
    return entry


def _refuse_stranger(member: Membership, person: Membership, seated: set[int]) -> None:
    """Whoever has a place keeps it, also after they left the review."""
    is_here = person.active_to is None and person.may(Permission.EXTRACT)
    if person.review_id != member.review_id or not (is_here or person.pk in seated):
        raise NotAllowedNow("Only reviewers of this review extract. Choose among them.")


def _go_on(entry: Entry, left: Entry) -> None:
    """The entry begins with a copy of the one that was left, as a draft."""
    values, anchors = list(left.values.all()), list(left.anchors.all())
    for value in values:
        value.pk, value.entry = None, entry
    for anchor in anchors:
        anchor.pk, anchor.entry = uuid.uuid4(), entry
    EntryValue.objects.bulk_create(values)
    Anchor.objects.bulk_create(anchors)
    state = EntryState.DRAFT if left.state != EntryState.ASSIGNED else EntryState.ASSIGNED
    entry.state, entry.version, entry.goes_on_from = state, left.version, left
    entry.save(update_fields=["state", "version", "goes_on_from"])


def _names(extraction: Extraction) -> dict[str, str]:
    people = [str(entry.extractor.user) for entry in _present(extraction).select_related("extractor__user")]
    return {"extractors": ", ".join(people), "form": str(extraction.form)}


def _log(verb: str, member: Membership, extraction: Extraction, before: object = None, after: object = None) -> None:
    study = ("study", extraction.study_id, extraction.study.label)
    audit(verb=verb, review_id=member.review_id, actor=member.user, subject=study, before=before, after=after)
