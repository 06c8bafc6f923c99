"""What holds for any records in a review: whatever came first, however often duplicates are looked for (DD9 to DD12)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.synthetic_records import synthetic
from screening.decisions.models import Item, Vote
from screening.dedupe.actions import answer_card, ask_for_duplicates, part_record, regroup, undo_answer
from screening.dedupe.models import Answer, CandidateCard, DuplicateLink
from screening.dedupe.shapes import MatchRecord
from screening.imports.models import Import
from screening.jobs.run import run
from screening.pipeline import HANDLERS
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.records.changes import mark_all_moved
from screening.records.models import Record, Standing
from screening.reviews.models import Review
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, reveal, run_jobs, vote

pytestmark = pytest.mark.django_db

Files = Sequence[Sequence[MatchRecord]]
Groups = set[frozenset[str]]
DATABASES = ("MEDLINE", "Scopus", "Embase")
# Shrinking such an example takes minutes and makes it no shorter to read.
few = settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow], phases=set(Phase) - {Phase.shrink})


@dataclass
class Library:
    """A review and the made-up record that each of its records holds."""

    review: Review = field(default_factory=make_review)
    made_up: dict[int, str] = field(default_factory=dict)

    def bring_in(self, records: Sequence[MatchRecord], database: str) -> None:
        stored = make_import(self.review, database=database, records=0)
        Import.objects.filter(pk=stored.pk).update(markers=len(records), parsed=len(records))
        first = len(self.made_up) + 1
        rows = Record.objects.bulk_create(
            Record(
                review=self.review, imported_from=stored, number=first + n, position=n, line=n + 1, title=one.title,
                authors=list(one.authors), year=one.year, journal=one.journal, volume=one.volume, issue=one.issue, pages=one.pages,
                doi=one.doi, pmid=one.pmid,
            )
            for n, one in enumerate(records)
        )  # fmt: skip
        Standing.objects.bulk_create(
            Standing(record=row, review=self.review, run=stored.run, source=stored.source, imported_from=stored)
            for row in rows
        )
        mark_all_moved(Standing.objects.filter(imported_from=stored))
        self.made_up |= {row.pk: one.id for row, one in zip(rows, records, strict=True)}

    def search(self) -> None:
        job = ask_for_duplicates(member=lead(self.review))
        run(job.pk, HANDLERS)
        job.refresh_from_db()
        assert job.state == "done"

    def groups(self) -> Groups:
        found: dict[int, set[str]] = {}
        for pk, led_by in Standing.objects.filter(review=self.review).values_list("record_id", "lead_id"):
            found.setdefault(led_by or pk, set()).add(self.made_up[pk])
        return {frozenset(members) for members in found.values() if len(members) > 1}

    def cards(self) -> Groups:
        return {self._named(card.members) for card in self.waiting()}

    def waiting(self) -> list[CandidateCard]:
        return list(CandidateCard.objects.filter(review=self.review, answered_at__isnull=True).order_by("pk"))

    def _named(self, members: Iterable[int]) -> frozenset[str]:
        return frozenset(self.made_up[pk] for pk in members)

    def rows(self) -> tuple[object, ...]:
        links = DuplicateLink.objects.filter(review=self.review).order_by("pk").values_list()
        standings = Standing.objects.filter(review=self.review).order_by("pk").values_list()
        cards = CandidateCard.objects.filter(review=self.review).order_by("pk").values_list()
        return tuple(links), tuple(standings), tuple(cards)

    def record(self, name: str) -> Record:
        return Record.objects.get(pk=next(pk for pk, one in self.made_up.items() if one == name))


@st.composite
def files(draw: st.DrawFn) -> Files:
    """Three exports of forty made-up records in all, duplicates and look-alikes among them."""
    records, _ = synthetic(40, seed=draw(st.integers(0, 500)))
    first, second = sorted((draw(st.integers(5, 35)), draw(st.integers(5, 35))))
    return [records[:first], records[first:second], records[second:]]


def all_at_once(parts: Files, order: Sequence[int] = (0, 1, 2)) -> Library:
    library = Library()
    for n in order:
        library.bring_in(parts[n], DATABASES[n])
    library.search()
    return library


@given(files(), st.permutations([0, 1, 2]))
@few
def test_dd9_files_in_any_order_end_in_the_same_groups_and_questions(parts: Files, order: list[int]) -> None:
    one, other = all_at_once(parts), all_at_once(parts, order)
    assert one.groups() == other.groups()
    assert one.cards() == other.cards()


@given(files())
@few
def test_dd10_a_search_after_each_file_ends_as_one_after_all(parts: Files) -> None:
    library = Library()
    for part, database in zip(parts, DATABASES, strict=True):
        library.bring_in(part, database)
        library.search()
    whole = all_at_once(parts)
    assert library.groups() == whole.groups()
    assert library.cards() == whole.cards()


@given(files())
@few
def test_i11_a_group_of_n_gives_n_minus_1_duplicates_and_one_record_to_screen(parts: Files) -> None:
    library = all_at_once(parts)
    flow, sizes = flow_of(library.review), [len(group) for group in library.groups()]
    assert flow.numbers["duplicates"] == sum(n - 1 for n in sizes)
    assert flow.numbers["records_screened"] == sum(map(len, parts)) - sum(sizes) + len(sizes)


@given(files())
@few
def test_dd10_what_is_stored_groups_as_the_search_did(parts: Files) -> None:
    library = Library()
    for part, database in zip(parts, DATABASES, strict=True):
        library.bring_in(part, database)
        library.search()
    before = library.groups(), library.cards()
    with transaction.atomic():
        regroup(review_id=library.review.pk, around=list(library.made_up))
    assert (library.groups(), library.cards()) == before


@given(files())
@few
def test_dd11_a_second_search_writes_nothing(parts: Files) -> None:
    library = all_at_once(parts)
    before = library.rows()
    library.search()
    assert library.rows() == before


@given(files())
@few
def test_dd12_different_and_related_hold_through_later_files(parts: Files) -> None:
    library = Library()
    library.bring_in([*parts[0], *parts[1][::2]], DATABASES[0])
    library.search()
    apart: Groups = set()
    for members in library.groups():
        name = min(members)
        part_record(member=lead(library.review), record=library.record(name))
        apart |= {frozenset((name, other)) for other in members - {name}}
    for n, card in enumerate(library.waiting()):
        answer_card(member=lead(library.review), card=card, answer=(Answer.DIFFERENT, Answer.RELATED)[n % 2])
        apart |= {frozenset(pair) for pair in combinations(library._named(card.members), 2)}
    for part, database in zip((parts[1][1::2], parts[2]), DATABASES[1:], strict=True):
        library.bring_in(part, database)
        library.search()
    assert not [pair for pair in apart for members in library.groups() if pair <= members]
    assert not apart & library.cards()


@given(files())
@few
def test_dd8_all_answers_taken_back_leave_no_trace(parts: Files) -> None:
    library = all_at_once(parts)
    before = library.groups(), library.cards()
    acts = [part_record(member=lead(library.review), record=library.record(min(one))) for one in library.groups()]
    answers = (Answer.SAME, Answer.RELATED, Answer.DIFFERENT)
    for n, card in enumerate(library.waiting()):
        acts.append(answer_card(member=lead(library.review), card=card, answer=answers[n % 3]))
    for act in reversed(acts):
        undo_answer(member=lead(library.review), act=act)
    assert (library.groups(), library.cards()) == before


def _standing_of(review: Review) -> tuple[object, ...]:
    """What an undo restores bit for bit: who leads whom, states and votes, and what is counted."""
    standings = Standing.objects.filter(review=review).order_by("pk").values_list()
    items = Item.objects.standing().filter(review=review).order_by("pk").values_list("record_id", "state", "decision")
    counts = {name: number for name, number in flow_of(review).counts().items() if name != "as_of"}
    return tuple(standings), tuple(items), _votes(review), counts


def _votes(review: Review) -> tuple[object, ...]:
    return tuple(Vote.objects.filter(item__review=review).order_by("pk").values_list())


def _vote_on_some(review: Review, luck: random.Random) -> None:
    for item in open_screening(review):
        for who in (alice(review), bob(review)):
            if luck.random() < 0.4:
                vote(who, item, luck.choice(["include", "exclude"]))
    reveal(review)


@given(files(), st.randoms(use_true_random=False))
@settings(few, max_examples=2)
def test_i10_r2_no_vote_is_lost_and_every_law_holds_through_merges_answers_and_their_undoing(
    parts: Files, luck: random.Random
) -> None:
    library = Library()
    review = library.review
    library.bring_in(parts[0], DATABASES[0])
    _vote_on_some(review, luck)
    votes = _votes(review)
    for part, database in zip(parts[1:], DATABASES[1:], strict=True):
        library.bring_in(part, database)
        library.search()
    run_jobs(review)
    assert check(review).violations == []
    before = _standing_of(review)
    acts = [part_record(member=lead(review), record=library.record(min(one))) for one in library.groups()]
    for card in library.waiting():
        acts.append(answer_card(member=lead(review), card=card, answer=luck.choice(list(Answer))))
    run_jobs(review)
    assert check(review).violations == []
    for act in reversed(acts):
        undo_answer(member=lead(review), act=act)
    run_jobs(review)
    assert check(review).violations == []
    assert _votes(review) == votes
    assert _standing_of(review) == before
