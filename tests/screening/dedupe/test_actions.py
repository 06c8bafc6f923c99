"""Merging in a review: by rule through the job, by people, and apart again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from screening.audit.refusal import NotAllowedNow
from screening.dedupe.actions import answer_card, ask_for_duplicates, part_record, remove_record, undo_answer
from screening.dedupe.models import Answer, CandidateCard, DuplicateLink, Judgement
from screening.jobs.models import Job
from screening.prisma.counts import flow_of
from screening.records.models import Record, Standing
from screening.reviews.models import Review
from tests.factories import (
    alice,
    bob,
    lead,
    make_import,
    make_record,
    make_review,
    open_screening,
    reveal,
    run_jobs,
    vote,
)

pytestmark = pytest.mark.django_db

ARTICLE: dict[str, Any] = {
    "title": "Teaching clinicians to read a forest plot: a randomised comparison",
    "authors": ["Okafor, N.", "Lindqvist, E."],
    "year": 2019,
    "journal": "Teaching and Learning in Practice",
    "volume": "12",
    "issue": "4",
    "pages": "233-241",
}


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def pair(review: Review) -> tuple[Record, Record]:
    first = make_record(make_import(review, records=0), **ARTICLE, doi="10.1000/tlp.233")
    second = make_record(make_import(review, database="Scopus", records=0), **ARTICLE, doi="10.1000/tlp.233")
    return first, second


def _find(review: Review) -> Job:
    job = ask_for_duplicates(member=lead(review))
    run_jobs(review)
    job.refresh_from_db()
    return job


def _leads(review: Review) -> dict[int, int | None]:
    return dict(Standing.objects.filter(review=review).values_list("record__number", "lead__number"))


def _uncertain(review: Review) -> CandidateCard:
    facts = ARTICLE | {"pages": "", "volume": "", "issue": ""}
    make_record(make_import(review, records=0), **ARTICLE, doi="10.1000/tlp.233")
    make_record(make_import(review, database="Scopus", records=0), **facts | {"year": 2021, "authors": ["Okafor, N."]})
    _find(review)
    return CandidateCard.objects.get(review=review)


def test_sure_matches_merge_with_a_reason(review: Review, pair: tuple[Record, Record]) -> None:
    assert _find(review).result == {"merged": 1, "groups": 1, "queue": 0}
    assert _leads(review) == {1: None, 2: 1}
    link = DuplicateLink.objects.get(review=review)
    assert link.automatic
    assert link.reason.endswith(".")
    assert flow_of(review).counts()["duplicates"] == 1


def test_dd11_running_again_changes_nothing(review: Review, pair: tuple[Record, Record]) -> None:
    _find(review)
    before = (_leads(review), review.changes.count(), list(DuplicateLink.objects.values_list("pk", flat=True)))
    _find(review)
    assert (_leads(review), review.changes.count(), list(DuplicateLink.objects.values_list("pk", flat=True))) == before


def test_r1_a_database_leads_before_other_methods_and_the_earlier_before_the_later(review: Review) -> None:
    make_record(
        make_import(review, database="Hand search", kind="citation", records=0), **ARTICLE, doi="10.1000/tlp.233"
    )
    make_record(make_import(review, database="Scopus", records=0), **ARTICLE, doi="10.1000/tlp.233")
    make_record(make_import(review, database="MEDLINE", records=0), **ARTICLE, doi="10.1000/tlp.233")
    _find(review)
    assert _leads(review) == {1: 2, 2: None, 3: 2}


def test_a_duplicate_is_not_screened_and_keeps_its_row(review: Review, pair: tuple[Record, Record]) -> None:
    _find(review)
    assert [item.record_id for item in open_screening(review)] == [pair[0].pk]
    assert Record.objects.filter(review=review).count() == 2


def test_dd8_not_a_duplicate_parts_the_record_and_holds_for_ever(review: Review, pair: tuple[Record, Record]) -> None:
    _find(review)
    act = part_record(member=lead(review), record=pair[1])
    _find(review)
    assert _leads(review) == {1: None, 2: None}, "DD12"
    assert len(open_screening(review)) == 2
    undo_answer(member=lead(review), act=act)
    assert _leads(review) == {1: None, 2: 1}
    with pytest.raises(NotAllowedNow, match="undone already"):
        undo_answer(member=lead(review), act=act)


@pytest.mark.parametrize(
    ("answer", "leads"),
    [(Answer.SAME, {1: None, 2: 1}), (Answer.RELATED, {1: None, 2: None}), (Answer.DIFFERENT, {1: None, 2: None})],
)
def test_a_person_answers_an_uncertain_pair_and_can_undo_it(
    review: Review, answer: Answer, leads: dict[int, int | None]
) -> None:
    card = _uncertain(review)
    act = answer_card(member=lead(review), card=card, answer=answer)
    assert _leads(review) == leads
    _find(review)
    assert _leads(review) == leads
    assert not CandidateCard.objects.filter(review=review, answered_at__isnull=True).exists(), "never asked again"
    undo_answer(member=lead(review), act=act)
    assert _leads(review) == {1: None, 2: None}
    assert CandidateCard.objects.filter(review=review, answered_at__isnull=True).count() == 1


def test_an_answered_card_is_not_answered_twice(review: Review) -> None:
    card = _uncertain(review)
    answer_card(member=lead(review), card=card, answer=Answer.SAME)
    with pytest.raises(NotAllowedNow, match="already"):
        answer_card(member=lead(review), card=card, answer=Answer.DIFFERENT)
    assert Judgement.objects.count() == 1


def test_r2_votes_stay_with_their_record_and_stop_counting_until_the_merge_is_undone(
    review: Review, pair: tuple[Record, Record]
) -> None:
    items = {item.record_id: item for item in open_screening(review)}
    vote(alice(review), items[pair[1].pk], "exclude")
    vote(bob(review), items[pair[1].pk], "exclude")
    reveal(review)
    _find(review)
    assert _leads(review) == {1: 2, 2: None}, "the record that holds votes leads"
    assert flow_of(review).counts()["records_excluded"] == 1
    part_record(member=lead(review), record=pair[1])
    assert flow_of(review).counts()["records_excluded"] == 1


def test_dd13_two_records_that_both_hold_votes_are_merged_by_a_person_only(
    review: Review, pair: tuple[Record, Record]
) -> None:
    items = {item.record_id: item for item in open_screening(review)}
    for who in (alice(review), bob(review)):
        vote(who, items[pair[0].pk], "include")
        vote(who, items[pair[1].pk], "exclude")
    reveal(review)
    _find(review)
    card = CandidateCard.objects.get(review=review)
    assert (card.kind, _leads(review)) == ("late duplicate", {1: None, 2: None})
    act = answer_card(member=lead(review), card=card, answer=Answer.SAME)
    run_jobs(review)
    counts = flow_of(review).counts()
    assert (counts["duplicates"], counts["pending"]["title_abstract"]) == (1, 1), (
        "decided apart: the lead is in conflict (R2)"
    )
    undo_answer(member=lead(review), act=act)
    run_jobs(review)
    counts = flow_of(review).counts()
    assert (counts["duplicates"], counts["records_excluded"], counts["dbr_sought_reports"]) == (0, 1, 1), "I10"


def test_a_merged_record_is_not_removed(review: Review, pair: tuple[Record, Record]) -> None:
    _find(review)
    with pytest.raises(NotAllowedNow, match="Part it"):
        remove_record(member=lead(review), record=pair[0], reason="retracted")


def test_an_answer_given_while_the_job_runs_is_not_overrun(
    review: Review, pair: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.dedupe import finding, stored

    real = stored.moved
    spoiled: list[bool] = []

    def answer_meanwhile(*args: object) -> object:
        if not spoiled:
            spoiled.append(True)
            Judgement.objects.create(
                review=review, first=pair[0], second=pair[1], answer=Answer.DIFFERENT, act=uuid.uuid4(), by=lead(review).user
            )  # fmt: skip
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(finding, "moved", answer_meanwhile)
    _find(review)
    assert _leads(review) == {1: None, 2: None}


def test_dd13_a_vote_cast_while_the_job_runs_makes_it_a_question(
    review: Review, pair: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.dedupe import finding, stored

    items = {item.record_id: item for item in open_screening(review)}
    real = stored.moved
    spoiled: list[bool] = []

    def vote_meanwhile(*args: object) -> object:
        if not spoiled:
            spoiled.append(True)
            vote(alice(review), items[pair[0].pk], "include")
            vote(bob(review), items[pair[1].pk], "exclude")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(finding, "moved", vote_meanwhile)
    _find(review)
    assert _leads(review) == {1: None, 2: None}
    assert CandidateCard.objects.get(review=review).kind == "late duplicate"


def test_r1_a_vote_cast_while_the_job_runs_decides_who_leads(
    review: Review, pair: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.dedupe import finding, stored

    items = {item.record_id: item for item in open_screening(review)}
    real = stored.moved
    spoiled: list[bool] = []

    def vote_meanwhile(*args: object) -> object:
        if not spoiled:
            spoiled.append(True)
            vote(alice(review), items[pair[1].pk], "include")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(finding, "moved", vote_meanwhile)
    _find(review)
    assert _leads(review) == {1: 2, 2: None}


def test_a_record_removed_while_the_job_runs_leads_nobody(
    review: Review, pair: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.dedupe import finding, stored

    make_record(make_import(review, database="Embase", records=0), **ARTICLE, doi="10.1000/tlp.233")
    real = stored.moved
    spoiled: list[bool] = []

    def remove_meanwhile(*args: object) -> object:
        if not spoiled:
            spoiled.append(True)
            remove_record(member=lead(review), record=pair[0], reason="Retracted")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(finding, "moved", remove_meanwhile)
    assert _find(review).result["merged"] == 1
    assert _leads(review) == {1: None, 2: None, 3: 2}


def test_records_are_counted_before_the_first_batch_and_with_the_last(
    review: Review, pair: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count of all for each batch would be a search's longest part where there are a million records."""
    from screening.dedupe import finding

    for name in ("Embase", "CINAHL", "PsycINFO"):
        make_record(make_import(review, database=name, records=0), **ARTICLE, doi="10.1000/tlp.233")
    counted: list[int] = []
    real = finding._present

    def count(review_id: int) -> tuple[object, ...]:
        counted.append(review_id)
        return real(review_id)

    monkeypatch.setattr(finding, "_present", count)
    monkeypatch.setattr(finding, "BATCH", 1)
    assert _find(review).result["merged"] == 4
    assert len(counted) == 2


def test_pairs_stored_by_older_rules_say_what_holds_now_and_answers_of_people_stay(
    review: Review, pair: tuple[Record, Record]
) -> None:
    links = DuplicateLink.objects.filter(review=review)
    told = ("first", "second", "score", "rule", "reason", "kind", "automatic")
    _find(review)
    now = links.values_list(*told).get()
    part_record(member=lead(review), record=pair[1])
    said = list(Judgement.objects.values_list())
    links.update(score=0.5, rule="an older rule", reason="Of old.", kind="same series", automatic=False)
    make_record(make_import(review, database="Embase", records=0), **ARTICLE, doi="10.1000/tlp.233")
    _find(review)
    assert links.filter(first=pair[0], second=pair[1]).values_list(*told).get() == now
    assert list(Judgement.objects.values_list()) == said
    assert links.filter(automatic=True).count() == 3, "with the new record as well"
    assert _leads(review) == {1: None, 2: None, 3: 1}, "DD12"
