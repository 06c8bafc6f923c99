"""P15, I26: worlds that differ only in Alice's sealed entry and coding give everybody else the same bytes, until both have submitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from extraction.coding.actions import add_code, make_codebook
from extraction.coding.marking import add_memo, add_source, begin, code_segment
from extraction.coding.marking import submit as submit_coding
from extraction.coding.models import Code, SourceText
from extraction.consensus.actions import submit
from extraction.entries.actions import assign, pin, save_entry
from extraction.entries.filling import Said
from extraction.entries.models import Entry
from extraction.tables.models import Form, FormVersion
from screening.fulltexts.models import ReportFile
from screening.reviews.models import Membership, Review
from screening.roles import Role
from screening.studies.models import Study
from tests.factories import alice, bob, carol, included_study, lead, make_member, make_review
from tests.reliability.crawl import Answer, Visitor, addresses, review_routes
from tests.reliability.scripts import OF_EXTRACTION, ScriptOf

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
#: Routes whose names begin so are all visited, with every known object.
PAGES = (
    "extraction", "form", "entry", "consensus", "coding", "code", "synthesis", "history", "export_", "archive", "studies", "study",
    "review_home", "report_file",
)  # fmt: skip
#: Routes that only take what is sent: they answer every reader alike.
ACTS = (
    "_assign", "_all", "_start", "_save", "_submit", "_back", "_settle", "_lock", "_reopen", "_edit", "_field", "_settings", "_publish",
    "_discard", "_retire", "_import", "_mark", "_aside", "_turn", "_act", "_undo", "_freeze", "_mode", "_rename", "_merge", "_delete",
    "_link", "_unlink", "_each", "_claim", "_remove",
)  # fmt: skip
#: Names and endings of files, as their pages offer them.
FILES: dict[str, list[str]] = {
    "extraction_file": ["csv", "xlsx"], "codebook_file": ["csv", "qdc"], "form_file": ["json", "xlsx"], "manuscript_file": ["md"],
    "synthesis_file": ["csv"], "export_records": ["csv"],
}  # fmt: skip
NAMES = {
    "synthesis_file": ["matrix", "quotes", "characteristics"],
    "export_records": ["included"],
    "manuscript_file": ["manuscript"],
}
CONTENT: dict[str, Any] = {
    "sections": [
        {
            "title": "Study",
            "fields": [
                {"key": "people", "kind": "text", "label": "Participants"},
                {"key": "many", "kind": "integer", "label": "How many"},
            ],
        }
    ]
}
Told = dict[str, Answer]


@dataclass(frozen=True)
class Stand:
    """What all worlds have in common: an included study, extracted by Alice and Bob and coded by both, both under way."""

    review: Review
    study: Study
    file: ReportFile
    source: SourceText
    codes: list[Code]
    readers: dict[str, Membership]

    def entry(self, member: Membership) -> Entry:
        """A member's own."""
        return Entry.objects.get(extractor=member)

    def objects(self) -> dict[str, list[Any]]:
        """Numbers of what is there, by the name of the argument."""
        hers, his = self.entry(alice(self.review)), self.entry(bob(self.review))
        return {
            "study_id": [self.study.pk], "form_id": [hers.extraction.form_id], "entry_id": [hers.pk, his.pk],
            "extraction_id": [hers.extraction_id], "source_id": [self.source.pk], "code_id": [self.codes[0].pk],
            "file_id": [self.file.pk], "number": [self.file.report.record.number],
        }  # fmt: skip


def _make_stand() -> Stand:
    review = make_review()
    study = included_study(review)
    record = study.study_reports.get().record
    file = ReportFile.objects.create(
        review=review, report=record.report, sha256="0" * 64, name="report.pdf", size=1, by=lead(review).user
    )
    form = Form.objects.create(review=review, name="Facts")
    FormVersion.objects.create(review=review, form=form, number=1, content=CONTENT, published_at=timezone.now())
    assign(member=lead(review), study=study, form=form, people=[alice(review), bob(review)])
    make_codebook(member=lead(review), name="Themes")
    codes = [add_code(member=lead(review), name=name) for name in ("Time", "Mentors")]
    source = add_source(member=lead(review), study=study, kind="results", label="Results", text="Few mentors. No time.")
    code_segment(member=bob(review), source=source, start=0, end=12, code=codes[1])
    readers = {
        "partner": bob(review), "lead": lead(review), "adjudicator": carol(review), "third": make_member(review, "Dan Dorn"),
        "observer": make_member(review, "Oscar Oz", Role.OBSERVER),
    }  # fmt: skip
    return Stand(review, study, file, source, codes, readers)


def _little(stand: Stand) -> None:
    """Alice has begun neither."""


def _seated(stand: Stand) -> None:
    """Alice has taken her place and said nothing: that the places are taken is told to all."""
    begin(member=alice(stand.review), study=stand.study)


def _much(stand: Stand) -> None:
    """A value, a status with a note, a pin, several saves, codings and memos, all still a draft."""
    member, entry = alice(stand.review), stand.entry(alice(stand.review))
    save_entry(member=member, entry_id=entry.pk, said={"people": Said(value="Zebra")}, saves=0)
    said = {"people": Said(value="Quokka"), "many": Said("assumed", 6, "Ocelot")}
    save_entry(member=member, entry_id=entry.pk, said=said, saves=1)
    pin(member=member, entry_id=entry.pk, field="people", file=stand.file, page=2, quote="Ibex")
    for place, code in enumerate(stand.codes):
        code_segment(member=member, source=stand.source, start=5 * place, end=5 * place + 9, code=code)
        add_memo(member=member, code=code, text="Tapir")
    add_memo(member=member, study=stand.study, text="Lemur")


def _submitted(stand: Stand) -> None:
    """The same, handed in."""
    _much(stand)
    submit(member=alice(stand.review), entry_id=stand.entry(alice(stand.review)).pk)
    submit_coding(member=alice(stand.review), study=stand.study)


def _open_to_all(stand: Stand) -> None:
    """Bob has handed in both too."""
    _submitted(stand)
    submit(member=bob(stand.review), entry_id=stand.entry(bob(stand.review)).pk)
    submit_coding(member=bob(stand.review), study=stand.study)


@contextmanager
def _world(stand: Stand, act: Callable[[Stand], None], clock: time_machine.Traveller) -> Iterator[None]:
    """Alice acts an hour after all else, in a world that is gone afterwards."""
    with transaction.atomic():
        clock.move_to(NOW.replace(hour=10))
        act(stand)
        clock.move_to(NOW.replace(hour=12))
        yield
        transaction.set_rollback(True)


def _urls(stand: Stand) -> list[str]:
    found: list[str] = []
    for name, _ in review_routes():
        if name.startswith(PAGES) and not name.endswith(ACTS):
            files = {"ending": FILES[name], "name": NAMES.get(name, [""])} if name in FILES else {}
            found += addresses(stand.review.slug, stand.objects() | files, only=name)
    return sorted(set(found))


def _told(stand: Stand, urls: list[str]) -> Told:
    """What each of the others may read."""
    visitors = {name: Visitor(member.user, stand.review.slug) for name, member in stand.readers.items()}
    return {f"{name}: {url}": visitor.get(url) for name, visitor in visitors.items() for url in urls}


def _told_to_scripts(stand: Stand) -> Told:
    """What a token of each of the others reads, and what its acts on the study, its entries and texts say."""
    found: Told = {}
    for name, member in stand.readers.items():
        one = ScriptOf(member.user, stand.review.slug)
        told = one.reach(stand.objects(), OF_EXTRACTION) | one.tries(stand.objects(), OF_EXTRACTION)
        found |= {f"{name}: {address}": answer for address, answer in told.items()}
    return found


def _differences(first: Told, second: Told) -> list[str]:
    return sorted(key for key in first.keys() | second.keys() if first.get(key) != second.get(key))


def test_p15_nobody_learns_a_sealed_entry_or_coding_from_any_page_or_file() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        stand = _make_stand()
        urls, seats = _urls(stand), f"/r/{stand.review.slug}/extraction/"
        with _world(stand, _little, clock):
            little, at_first = _told(stand, urls), _told(stand, [seats])
        with _world(stand, _much, clock):
            much = _told(stand, [seats])
        with _world(stand, _submitted, clock):
            submitted = _told(stand, urls)
        with _world(stand, _open_to_all, clock):
            opened = _told(stand, [seats])
    assert sum(one.status == 200 for one in little.values()) > 15 * len(stand.readers)
    assert set(_differences(little, submitted)) <= {f"lead: {seats}"}  # only a lead is told who has submitted (B3)
    assert _differences(at_first, much) == []
    assert {key.partition(":")[0] for key in _differences(much, opened)} == set(stand.readers)


def test_p15_no_token_learns_a_sealed_entry_or_coding_by_reading_or_by_acting(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 100_000
    with time_machine.travel(NOW, tick=False) as clock:
        stand = _make_stand()
        told = []
        for act in (_seated, _submitted, _open_to_all):
            with _world(stand, act, clock):
                told.append(_told_to_scripts(stand))
    seated, submitted, opened = told
    seats = f"/api/v1/reviews/{stand.review.slug}/forms/{stand.objects()['form_id'][0]}/studies"
    assert sum(one.status == 200 for one in seated.values()) > 15 * len(stand.readers)
    assert set(_differences(seated, submitted)) <= {f"lead: {seats}"}  # only a lead is told who has submitted (B3)
    assert {key.partition(":")[0] for key in _differences(submitted, opened)} == set(stand.readers)
