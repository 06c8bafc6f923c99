"""Fills a database with one review whose studies are extracted and coded. For benchmarks only; part of `benchmarks.findings`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from screening.reviews.models import Membership, Review
    from screening.studies.models import Study

STUDIES, FIELDS, CODES, SEGMENTS = 200, 60, 100, 5_000
BATCH = 2_000
QUOTE = "Time for research was the first thing to go when clinics were full, and nobody was surprised by it. "
LEVELS = ("individual", "interpersonal", "organisational", "environmental")
FIRST, SECOND, THIRD = "first", "second", "third"
OPTIONS = [{"key": key, "label": f"The {key} answer"} for key in (FIRST, SECOND, THIRD)]
# A kind of field, what else its document says, and the value of study ``n``.
KINDS: tuple[tuple[str, dict[str, Any], Any], ...] = (
    ("text", {}, lambda n: f"What the report says, as study {n} tells it"),
    ("integer", {}, lambda n: n),
    ("number", {"unit": "years"}, lambda n: {"n": f"{n}.5", "unit": "years"}),
    ("choice", {"options": OPTIONS}, lambda n: (FIRST, SECOND, THIRD)[n % 3]),
    ("choices", {"options": OPTIONS}, lambda n: [FIRST, SECOND] if n % 2 else [THIRD]),
    ("country", {}, lambda n: ("GB", "TW", "CA", "IR")[n % 4]),
    ("year", {}, lambda n: 1990 + n % 30),
    ("proportion", {}, lambda n: {"n": n, "N": 400, "percent": None}),
    ("boolean", {}, lambda n: n % 2 == 0),
    ("sample", {}, lambda n: {"invited": 900, "enrolled": 500, "responded": 400, "analysed": 300 + n, "unit": "", "note": ""}),
)  # fmt: skip


def seed_findings(review: Review, first: Membership, second: Membership) -> None:
    """Studies, extraction and coding by these two. The review has screened records, of which the earliest become included."""
    studies = _studies(review)
    _extraction(review, studies, first, second)
    _coding(review, studies, first, second)


def _studies(review: Review) -> list[Study]:
    from screening.decisions.models import Item
    from screening.fulltexts.models import Report, ReportFile
    from screening.studies.models import Study, StudyReport

    screened = list(Item.objects.filter(review=review, stage="ta", state="final").order_by("order_key")[:STUDIES])
    assert len(screened) == STUDIES, "too few records for so many studies"
    Item.objects.filter(pk__in=[one.pk for one in screened]).update(decision="include")
    Item.objects.bulk_create([
        Item(
            review=review, record_id=one.record_id, stage="ft", order_key=one.order_key, state="final", votes_in=2, mode="dual",
            protocol_id=one.protocol_id, via="agreement", decision="include", reveal_at=one.reveal_at,
        )
        for one in screened
    ])  # fmt: skip
    reports = Report.objects.bulk_create(
        [Report(review=review, record_id=one.record_id, status="retrieved") for one in screened]
    )
    by = review.memberships.first().user  # type: ignore[union-attr]
    ReportFile.objects.bulk_create(
        [
            ReportFile(review=review, report=one, sha256=_sha(f"file {n}"), name=f"report {n}.pdf", size=100_000, by=by)
            for n, one in enumerate(reports)
        ]
    )
    studies = Study.objects.bulk_create(
        [Study(review=review, label=f"Author {n:03}, 20{n % 25:02}") for n in range(STUDIES)]
    )
    StudyReport.objects.bulk_create(
        [
            StudyReport(review=review, study=study, record_id=one.record_id)
            for study, one in zip(studies, screened, strict=True)
        ]
    )
    return studies


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _document() -> dict[str, Any]:
    """A form of six sections; no field depends on another."""
    fields = [
        {"key": f"field_{n}", "kind": KINDS[n % 10][0], "label": f"Question {n}", **KINDS[n % 10][1]}
        for n in range(FIELDS)
    ]
    return {"sections": [{"title": f"Part {n // 10 + 1}", "fields": fields[n : n + 10]} for n in range(0, FIELDS, 10)]}


def _extraction(review: Review, studies: Sequence[Study], first: Membership, second: Membership) -> None:
    """The last study is still being filled in; of every tenth, values differ and are unsettled; the others are locked."""
    from extraction.entries.models import Entry, EntryValue, Extraction
    from extraction.tables.models import Form, FormVersion

    past = timezone.now() - timedelta(days=1)
    form = Form.objects.create(review=review, name="Characteristics")
    version = FormVersion.objects.create(
        review=review, form=form, number=1, content=_document(), made_by=first, published_at=past
    )
    made = []
    for n, study in enumerate(studies):
        state = "open" if n == STUDIES - 1 else "differ" if n % 10 == 0 else "locked"
        done: dict[str, Any] = {"locked_at": past, "locked_by": first} if state == "locked" else {}
        made.append(Extraction(
            review=review, study=study, form=form, version=version, mode="dual", state=state,
            revealed_at=None if state == "open" else past, **done,
        ))  # fmt: skip
    Extraction.objects.bulk_create(made)
    entries = [
        Entry(
            review=review, extraction=one, extractor=who, slot=slot, saves=1,
            state="draft" if one.state == "open" else "submitted", submitted_at=None if one.state == "open" else past,
        )
        for one in made for slot, who in ((1, first), (2, second))
    ]  # fmt: skip
    Entry.objects.bulk_create(entries)
    EntryValue.objects.bulk_create(
        [
            EntryValue(review=review, entry=entry, field=f"field_{n}", value=_value(n, place // 2, entry.slot))
            for place, entry in enumerate(entries)
            for n in range(FIELDS)
        ],
        batch_size=BATCH,
    )
    _settlements(review, made, entries, first)


def _value(n: int, study: int, slot: int) -> Any:
    """The two differ in the first field of every part."""
    return KINDS[n % 10][2](study) if n % 10 else f"What the report says, as reader {slot} understood study {study}"


def _settlements(review: Review, made: Sequence[Any], entries: Sequence[Any], who: Membership) -> None:
    """What stands; the first entry's quotes bear every third field."""
    from extraction.consensus.models import Settlement
    from extraction.entries.models import Anchor

    rows = [
        Settlement(
            review=review, extraction=one, field=f"field_{n}", value=_value(n, study, 1),
            chosen="equal" if n % 10 else "first", decided_by=None if n % 10 else who,
        )
        for study, one in enumerate(made) if one.state != "open"
        for n in range(FIELDS) if n % 10 or one.state == "locked"
    ]  # fmt: skip
    Settlement.objects.bulk_create(rows, batch_size=BATCH)
    Anchor.objects.bulk_create(
        [
            Anchor(
                review=review,
                entry=entry,
                field=f"field_{n}",
                sha256=_sha(f"file {place // 2}"),
                page=1 + n % 9,
                quote=QUOTE,
            )
            for place, entry in enumerate(entries)
            for n in range(0, FIELDS, 3)
        ],
        batch_size=BATCH,
    )


def _coding(review: Review, studies: Sequence[Study], first: Membership, second: Membership) -> None:
    """Ten codes with nine below each; both code every segment, every tenth differently. The last study is sealed."""
    from extraction.coding.models import (
        Code,
        Codebook,
        CodedStudy,
        Coding,
        CodingSettlement,
        CodingTurn,
        Segment,
        SourceText,
    )

    past = timezone.now() - timedelta(days=1)
    book = Codebook.objects.create(review=review, name="Codes", levels=list(LEVELS))
    codes: list[Code] = []
    for n in range(CODES):
        side, level = ("facilitator", "barrier")[n // 10 % 2], LEVELS[n // 10 % 4]
        codes.append(Code.objects.create(
            review=review, codebook=book, name=f"Theme {n}", definition="What is meant by it.", direction=side, level=level,
            position=n, parent=codes[n - n % 10] if n % 10 else None,
        ))  # fmt: skip
    each = SEGMENTS // len(studies)
    texts = SourceText.objects.bulk_create(
        [
            SourceText(
                review=review,
                study=study,
                label="Results",
                text=QUOTE * each * 2,
                sha256=_sha(study.label),
                added_by=first,
            )
            for study in studies
        ]
    )
    Segment.objects.bulk_create(
        [
            Segment(
                review=review,
                source=text,
                start=2 * n * len(QUOTE),
                end=(2 * n + 1) * len(QUOTE) - 1,
                quote=QUOTE.strip(),
            )
            for text in texts
            for n in range(each)
        ],
        batch_size=BATCH,
    )
    segments = list(Segment.objects.filter(review=review).order_by("pk"))
    codings, settled = [], []
    for n, segment in enumerate(segments):
        code, other = codes[n * 7 % CODES], codes[(n * 7 + (n % 10 == 0)) % CODES]
        codings += [
            Coding(review=review, segment=segment, code=code, coder=first, made_at=past),
            Coding(review=review, segment=segment, code=other, coder=second, made_at=past),
        ]
        if n < SEGMENTS - each:
            how = "equal" if code is other else "both"
            settled += [
                CodingSettlement(
                    review=review, segment=segment, code=one, how=how, decided_by=None if how == "equal" else first
                )
                for one in {code, other}
            ]
    Coding.objects.bulk_create(codings, batch_size=BATCH)
    CodingSettlement.objects.bulk_create(settled, batch_size=BATCH)
    CodingTurn.objects.bulk_create([
        CodingTurn(review=review, study=study, coder=who, slot=slot, submitted_at=None if study is studies[-1] else past)
        for study in studies for slot, who in ((1, first), (2, second))
    ])  # fmt: skip
    CodedStudy.objects.bulk_create([
        CodedStudy(
            review=review, study=study, revealed_at=None if study is studies[-1] else past,
            first_revealed_at=None if study is studies[-1] else past,
            settled_at=None if study is studies[-1] else past,
        )
        for study in studies
    ])  # fmt: skip
