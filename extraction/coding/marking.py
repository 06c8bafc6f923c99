"""Acts on the texts of a study: adding them, coding passages, memos, and handing in one's coding of a study."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from extraction.coding.models import (
    Code,
    Codebook,
    CodedStudy,
    CodeStatus,
    Coding,
    CodingMemo,
    CodingTurn,
    Segment,
    SourceText,
    TextKind,
)
from extraction.coding.passages import fingerprint, normalised
from extraction.coding.pdf_pages import put_together
from extraction.coding.reconciling import reveal
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.fulltexts import storage
from screening.fulltexts.models import ReportFile
from screening.fulltexts.reading import read_pdf
from screening.records.models import Record
from screening.reviews.models import Membership
from screening.studies.models import Study
from screening.studies.queue import studies_that_count

LONGEST_TEXT = 400_000  # code points
LONGEST_LABEL = 120
MOST_PAGES = 60  # of one text
LAST_PAGE = 1000  # none after it is read
SECONDS = 10.0  # for reading a PDF, while somebody waits
CODERS = 2
OPENED = "Both have submitted, so the codings stay as they are. Settle what differs on the comparison, or ask a lead to reopen it."


def _refuse_unless_counted(member: Membership, study: Study) -> None:
    if not studies_that_count(member.review).filter(pk=study.pk).exists():
        raise NotAllowedNow("Only studies with an included report are coded. Nothing was changed.", rule="I44")


def _codebook(member: Membership) -> Codebook:
    found = Codebook.objects.filter(review_id=member.review_id).first()
    if found is None:
        raise NotAllowedNow("Make the codebook first.")
    return found


@transaction.atomic
def add_source(
    *,
    member: Membership,
    study: Study,
    kind: str,
    label: str,
    text: str,
    record: Record | None = None,
    page: int | None = None,
    page_starts: Sequence[int] = (),
) -> SourceText:
    """A text of an included study, kept as NFC. Raises NotAllowedNow where it is empty, too long, or there already."""
    _refuse_unless_counted(member, study)
    kept = normalised(text)
    if not kept or not label.strip() or kind not in TextKind.values:
        raise NotAllowedNow("A text needs a kind, a label such as Reflection 13, and some words.")
    if len(label.strip()) > LONGEST_LABEL:
        raise NotAllowedNow(f"A label has at most {LONGEST_LABEL} letters; this has {len(label.strip())}. Shorten it.")
    if len(kept) > LONGEST_TEXT:
        raise NotAllowedNow(f"The text has more than {LONGEST_TEXT:,} characters. Add it in parts.")
    try:
        with transaction.atomic():
            source = SourceText.objects.create(
                review_id=member.review_id, study=study, kind=kind, label=label.strip(), text=kept,
                sha256=fingerprint(kept), record=record, page=page, page_starts=list(page_starts), added_by=member,
            )  # fmt: skip
    except IntegrityError as clash:
        raise NotAllowedNow("This text is there already, with the same label.") from clash
    audit(
        verb="add text", review_id=member.review_id, actor=member.user, subject=("study", study.pk, study.label),
        after={"label": source.label, "kind": kind, "characters": len(kept)},
    )  # fmt: skip
    return source


def take_pages(
    *, member: Membership, study: Study, file: ReportFile, first: int, last: int, kind: str, label: str
) -> SourceText:
    """Pages ``first`` to ``last`` of a PDF as a text of the study. Raises NotAllowedNow where they hold no text."""
    if not 1 <= first <= last <= LAST_PAGE or last - first >= MOST_PAGES:
        raise NotAllowedNow(f"Take 1 to {MOST_PAGES} pages at once, the first not after the last. Nothing was added.")
    reading = read_pdf(storage.path_of(file.review_id, file.sha256), seconds=SECONDS, pages=last)
    if reading.said and not reading.pages:
        raise NotAllowedNow(f"{reading.said} Paste the text instead.")
    text, starts = put_together(reading.pages[first - 1 : last])
    if not text:
        raise NotAllowedNow(f"These pages hold no text; the file has {len(reading.pages)}. Choose others, or paste it.")
    named = label.strip() or (f"Page {first}" if first == last else f"Pages {first} to {last}")
    return add_source(
        member=member, study=study, kind=kind, label=named, text=text, record=file.report.record, page=first, page_starts=starts
    )  # fmt: skip


@transaction.atomic
def set_text_aside(*, member: Membership, source: SourceText, aside: bool = True) -> None:
    """The text and its codings leave the counts, or come back to them; nothing is deleted."""
    SourceText.objects.filter(pk=source.pk).update(set_aside_at=timezone.now() if aside else None)
    audit(
        verb="set text aside" if aside else "bring text back", review_id=member.review_id, actor=member.user,
        subject=("study", source.study_id, str(source.study)), after={"label": source.label},
    )  # fmt: skip


@transaction.atomic
def begin(*, member: Membership, study: Study) -> CodingTurn:
    """The member's turn on the study, begun now where there is none. Raises NotAllowedNow where it may not go on (promise 1)."""
    codebook = _codebook(member)
    _refuse_unless_counted(member, study)
    CodedStudy.objects.get_or_create(study=study, defaults={"review_id": member.review_id})
    state = CodedStudy.objects.select_for_update().get(study=study)
    turn = CodingTurn.objects.filter(study=study, coder=member).first()
    if turn is None:
        turn = _new_turn(member, study, codebook)
    if turn.left_at is not None:
        raise NotAllowedNow("Another person goes on with your coding of this study. What you coded is kept.")
    if codebook.is_blind and state.revealed_at is not None:
        raise NotAllowedNow(OPENED)
    if turn.submitted_at is not None:
        raise NotAllowedNow("You have submitted this study. Take it back to go on coding.")
    return turn


def _new_turn(member: Membership, study: Study, codebook: Codebook) -> CodingTurn:
    last = CodingTurn.objects.filter(study=study, left_at__isnull=True).aggregate(last=Max("slot"))["last"] or 0
    if codebook.is_blind and last >= CODERS:
        raise NotAllowedNow("Two people code this study already. Choose another one.")
    return CodingTurn.objects.create(review_id=member.review_id, study=study, coder=member, slot=last + 1)


@transaction.atomic
def code_segment(*, member: Membership, source: SourceText, start: int, end: int, code: Code) -> Coding:
    """Put a code on code points ``start`` to ``end`` of a text. The same again changes nothing."""
    if source.set_aside_at is not None:
        raise NotAllowedNow("This text is set aside. Bring it back to code it.")
    begin(member=member, study=source.study)
    code.refresh_from_db()
    if code.status != CodeStatus.ACTIVE or code.review_id != source.review_id:
        raise NotAllowedNow(f"{code.name} takes no new codings. Choose another code.")
    segment = segment_of(source, start, end)
    coding, made = Coding.objects.get_or_create(
        segment=segment, code=code, coder=member, defaults={"review_id": member.review_id}
    )
    if not made and coding.removed_at is not None:
        _put_back(coding, source)
    return coding


def _put_back(coding: Coding, source: SourceText) -> None:
    """One that stood when the study was first revealed is the same again, so that the agreement of that day stays."""
    first = CodedStudy.objects.get(study=source.study_id).first_revealed_at
    stood = (
        first is not None and coding.made_at <= first and coding.removed_at is not None and coding.removed_at > first
    )
    made_at = coding.made_at if stood else timezone.now()
    Coding.objects.filter(pk=coding.pk).update(removed_at=None, made_at=made_at)
    coding.refresh_from_db()


def segment_of(source: SourceText, start: int, end: int) -> Segment:
    """The passage, without white space at its ends. Raises NotAllowedNow where it holds no words."""
    start, end = max(0, start), min(end, len(source.text))
    while start < end and source.text[start].isspace():
        start += 1
    while end > start and source.text[end - 1].isspace():
        end -= 1
    if start >= end:
        raise NotAllowedNow("Choose some words of the text first, or tick one or more sentences.")
    found, _ = Segment.objects.get_or_create(
        source=source, start=start, end=end,
        defaults={"review_id": source.review_id, "quote": source.text[start:end], "page": _page_at(source, start)},
    )  # fmt: skip
    return found


def _page_at(source: SourceText, start: int) -> int | None:
    return None if source.page is None else source.page + bisect_right(source.page_starts, start)


@transaction.atomic
def remove_coding(*, member: Membership, source: SourceText, start: int, end: int, code: Code) -> None:
    """Take one's own code off a passage. Raises NotAllowedNow as `begin` does."""
    begin(member=member, study=source.study)
    own = Coding.objects.filter(segment__source=source, segment__start=start, segment__end=end, code=code, coder=member)
    own.filter(removed_at__isnull=True).update(removed_at=timezone.now())


@transaction.atomic
def submit(*, member: Membership, study: Study) -> CodingTurn:
    """Hand in one's coding of a study. The second of two reveals both, and what both coded alike stands at once.

    The log, which everybody reads, is told of both at the reveal; where coding is not blind, of each at once (promise 1).
    """
    turn = begin(member=member, study=study)
    turn.submitted_at = timezone.now()
    turn.save(update_fields=["submitted_at"])
    if not _codebook(member).is_blind:
        _log("submit coding", turn)
        return turn
    submitted = CodingTurn.objects.filter(study=study, submitted_at__isnull=False).select_related(
        "coder__user", "study"
    )
    if len(submitted) == CODERS:
        reveal(study=study)
        for one in submitted:
            _log("submit coding", one, after={"submitted": one.submitted_at.isoformat() if one.submitted_at else ""})
    return turn


def _log(verb: str, turn: CodingTurn, after: object = None) -> None:
    subject = ("study", turn.study_id, turn.study.label)
    audit(verb=verb, review_id=turn.review_id, actor=turn.coder.user, subject=subject, after=after)


@transaction.atomic
def take_back(*, member: Membership, study: Study) -> None:
    """Go on coding a study that one submitted, while the other has not."""
    state = CodedStudy.objects.select_for_update().filter(study=study).first()
    if state is not None and state.revealed_at is not None:
        raise NotAllowedNow(OPENED)
    turn = CodingTurn.objects.filter(study=study, coder=member, submitted_at__isnull=False).first()
    if turn is None:
        return
    turn.submitted_at = None
    turn.save(update_fields=["submitted_at"])
    if not _codebook(member).is_blind:
        _log("take back coding", turn)


@transaction.atomic
def add_memo(
    *,
    member: Membership,
    text: str,
    study: Study | None = None,
    segment: Segment | None = None,
    code: Code | None = None,
) -> CodingMemo:
    """A thought on a study, on a passage of it, or on a code."""
    if not text.strip():
        raise NotAllowedNow("Write the memo first.")
    about = segment.source.study if segment is not None else study
    return CodingMemo.objects.create(
        review_id=member.review_id, author=member, study=about, segment=segment, code=None if about else code, text=text.strip()
    )  # fmt: skip


@transaction.atomic
def remove_memo(*, member: Membership, memo: CodingMemo) -> None:
    """Take off a memo of one's own."""
    CodingMemo.objects.filter(pk=memo.pk, author=member, removed_at__isnull=True).update(removed_at=timezone.now())
