"""A search whose parts are done by several workers, stopped, begun again: the links are those of one process (DD9, P41)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.synthetic_records import synthetic
from screening.audit.refusal import NotAllowedNow
from screening.dedupe import finding, parts, spreading
from screening.dedupe.actions import ask_for_duplicates, stop_search
from screening.dedupe.models import DuplicateLink, MatchingPart
from screening.jobs.actions import Claim, LostClaim, due, enqueue
from screening.jobs.models import Job, JobState
from screening.jobs.run import run
from screening.pipeline import HANDLERS
from screening.records.models import Record, Standing
from screening.reviews.models import Review
from tests.factories import lead, make_import, make_review

pytestmark = pytest.mark.django_db

Links = list[tuple[int, int, float, str, str, bool]]


@pytest.fixture
def review(monkeypatch: pytest.MonkeyPatch) -> Review:
    """150 made-up records from two databases; a part is about 20 of them."""
    monkeypatch.setattr(finding, "PART", 20)
    monkeypatch.setattr(parts, "PART", 20)
    return _filled(make_review())


def _filled(review: Review, *databases: str) -> Review:
    for half, database in enumerate(("MEDLINE", "Scopus")):
        if databases and database not in databases:
            continue
        stored = make_import(review, database=database, records=0)
        records = Record.objects.bulk_create(
            Record(
                review=review, imported_from=stored, number=n + 1, position=n, line=n + 1, title=one.title, authors=list(one.authors),
                year=one.year, journal=one.journal, volume=one.volume, issue=one.issue, pages=one.pages, doi=one.doi, pmid=one.pmid,
            )
            for n, one in enumerate(synthetic(150, seed=8)[0]) if n % 2 == half
        )  # fmt: skip
        Standing.objects.bulk_create(
            Standing(record=record, review=review, run=stored.run, source=stored.source, imported_from=stored)
            for record in records
        )
    return review


def _search(review: Review) -> Job:
    job = ask_for_duplicates(member=lead(review))
    run(job.pk, HANDLERS)
    job.refresh_from_db()
    return job


def _links(review: Review) -> Links:
    rows = DuplicateLink.objects.filter(review=review).order_by("first__number", "second__number")
    return list(rows.values_list("first__number", "second__number", "score", "rule", "reason", "automatic"))


def _leads(review: Review) -> dict[int, int | None]:
    return dict(Standing.objects.filter(review=review).values_list("record__number", "lead__number"))


def _in_one_process(monkeypatch: pytest.MonkeyPatch) -> tuple[Links, dict[int, int | None]]:
    with monkeypatch.context() as whole:
        whole.setattr(finding, "PART", 10_000)
        review = _filled(make_review(title="In one process"))
        job = _search(review)
    assert job.state == "done"
    assert len(_links(review)) > 30
    return _links(review), _leads(review)


def _count(monkeypatch: pytest.MonkeyPatch) -> list[parts.Part]:
    done: list[parts.Part] = []
    real = parts.do_part

    def counted(part: parts.Part, *others: object) -> bytes:
        done.append(part)
        return real(part, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(spreading, "do_part", counted)
    return done


def _at_each_turn(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something whenever the search looks at what is left."""
    real = spreading._Spread._open

    def looked(self: spreading._Spread, *given: object) -> dict[int, parts.Part]:
        act()
        return real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(spreading._Spread, "_open", looked)


def _offered(review: Review) -> list[int]:
    return list(due().filter(review_id=review.pk, name=spreading.NAME).values_list("pk", flat=True))


@pytest.mark.parametrize("others", [0, 1, 4])
def test_dd9_the_links_are_those_of_one_process_however_many_workers_share_the_parts(
    review: Review, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    done = _count(monkeypatch)
    by_others: list[int] = []

    def work() -> None:
        for job in _offered(review)[:others]:
            run(job, HANDLERS)
            by_others.append(job)

    _at_each_turn(monkeypatch, work)
    job = _search(review)
    assert (job.state, job.error) == ("done", "")
    # How many they are follows from the records' numbers, by which they are cut.
    assert len(done) == len({part.key for part in done}) > 5, "each part is done once"
    assert {bool(part.pairs) for part in done} == {True, False}
    assert bool(by_others) == bool(others)
    assert not MatchingPart.objects.filter(stage="compare").exists(), "only what was read stays"
    assert not Job.objects.filter(name=spreading.NAME).exists()
    assert (_links(review), _leads(review)) == _in_one_process(monkeypatch)


def test_a_search_that_was_stopped_and_begun_again_does_no_finished_part_twice(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _count(monkeypatch)

    def stop_at_the_first_pairs() -> None:
        if any(part.pairs for part in done) and ask.state != "cancelled":
            stop_search(member=lead(review))
            ask.refresh_from_db()
            when_stopped.append(len(done))

    when_stopped: list[int] = []
    monkeypatch.setattr(spreading, "TELL", 1e9)
    _at_each_turn(monkeypatch, stop_at_the_first_pairs)
    ask = ask_for_duplicates(member=lead(review))
    run(ask.pk, HANDLERS)
    ask.refresh_from_db()
    assert ask.state == "cancelled"
    assert _offered(review) == [], "nobody goes on with its parts"
    finished = len(done)
    assert finished > 4
    assert when_stopped == [finished], "it does no other part itself"
    again = _search(review)
    assert again.state == "done"
    assert len(done) == len({part.key for part in done}), "none is done twice"
    assert len([part for part in done[finished:] if not part.pairs]) == 0, "all records were read before"
    assert (_links(review), _leads(review)) == _in_one_process(monkeypatch)


def test_p41_a_part_whose_worker_died_is_done_again_and_counts_once(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease runs out; the worker that wakes late writes nothing."""
    late: list[Job] = []

    def die() -> None:
        waiting = _offered(review)
        if waiting and not late:
            Job.objects.filter(pk=waiting[-1]).update(state="running", attempt=1, lease_until="2020-01-01T00:00Z")
            late.append(Job.objects.get(pk=waiting[-1]))

    _at_each_turn(monkeypatch, die)
    job = _search(review)
    assert (job.state, len(late)) == ("done", 1)
    with pytest.raises(LostClaim):
        spreading.do_asked_part(Claim(late[0]))
    assert (_links(review), _leads(review)) == _in_one_process(monkeypatch)


def test_a_part_done_twice_changes_nothing(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def again() -> None:
        row = MatchingPart.objects.filter(found__isnull=False).first()
        if row is not None and not seen:
            job = enqueue(name=spreading.NAME, review_id=review.pk, subject=str(row.pk))
            run(job.pk, HANDLERS)
            job.refresh_from_db()
            assert job.state == "done"
            before = bytes(row.found or b"")
            row.refresh_from_db()
            seen.extend([before, bytes(row.found or b"")])

    _at_each_turn(monkeypatch, again)
    assert _search(review).state == "done"
    assert seen[0] == seen[1] != b""


def test_a_record_that_goes_meanwhile_lets_the_search_begin_again(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others read is what is there now, never what was there when the part was cut."""
    gone: list[int] = []

    def take_away() -> None:
        waiting = _offered(review)
        if waiting and not gone:
            row = MatchingPart.objects.get(pk=int(Job.objects.get(pk=waiting[0]).subject))
            gone.append(int(parts.unpacked(bytes(row.asked))[0].records[0]))
            Standing.objects.filter(pk=gone[0]).update(removed="other", removed_reason="Retracted")
            run(waiting[0], HANDLERS)
            assert not MatchingPart.objects.filter(pk=row.pk).exists()

    _at_each_turn(monkeypatch, take_away)
    assert _search(review).state == "done"
    assert Standing.objects.get(pk=gone[0]).lead is None
    linked = {pk for pair in DuplicateLink.objects.values_list("first_id", "second_id") for pk in pair}
    assert gone[0] not in linked
    assert len(linked) > 50


def test_what_fails_in_a_part_is_told_by_the_search(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise ValueError("a record that nobody thought of")

    def work() -> None:
        for job in _offered(review)[:2]:
            run(job, HANDLERS)

    monkeypatch.setattr(spreading, "do_part", fail)
    _at_each_turn(monkeypatch, work)
    job = _search(review)
    assert job.state == JobState.FAILED
    assert "stopped on an error of the site" in job.error
    monkeypatch.setattr(spreading, "do_part", parts.do_part)
    assert _search(review).state == "done", "begun again it does what failed itself"
    assert (_links(review), _leads(review)) == _in_one_process(monkeypatch)


def test_only_what_is_left_counts_as_progress(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int, int]] = []
    monkeypatch.setattr(spreading, "TELL", -1.0)

    def look() -> None:
        job = Job.objects.get(name=finding.NAME)
        seen.append((job.phase, job.done_n, job.total_n))

    _at_each_turn(monkeypatch, look)
    _search(review)
    reading = [(done, total) for phase, done, total in seen if phase == "Reading records" and total]
    assert {total for _, total in reading} == {len(synthetic(150, seed=8)[0])}
    assert [done for done, _ in reading] == sorted(done for done, _ in reading)
    assert reading[0][0] == 0
    assert any(phase == "Comparing pairs" and 0 < done < total for phase, done, total in seen)


def test_a_search_that_is_over_cannot_be_stopped(review: Review) -> None:
    _search(review)
    with pytest.raises(NotAllowedNow):
        stop_search(member=lead(review))


def _pairs_compared(done: list[parts.Part]) -> set[frozenset[int]]:
    return {frozenset(map(int, pair)) for part in done for pair in part.pairs}


def test_dd10_a_later_search_reads_and_compares_what_is_new_and_ends_as_one_after_all_files(
    monkeypatch: pytest.MonkeyPatch, review: Review
) -> None:
    later = _filled(make_review(title="File by file"), "MEDLINE")
    assert _search(later).state == "done"
    old = set(Standing.objects.filter(review=later).values_list("pk", flat=True))
    _filled(later, "Scopus")
    done = _count(monkeypatch)
    assert _search(later).state == "done"
    assert not old & {int(one) for part in done if not part.pairs for one in part.records}, "none is read again"
    within_old = {pair for pair in _pairs_compared(done) if pair <= old}
    linked = {
        frozenset(pair) for pair in DuplicateLink.objects.filter(review=later).values_list("first_id", "second_id")
    }
    assert len(_pairs_compared(done)) > 40
    assert within_old <= linked, "links in one file are settled by all of it; what was rejected there stays so"
    assert (_links(later), _leads(later)) == _in_one_process(monkeypatch)


def test_dd11_a_search_with_nothing_new_compares_links_within_a_file_alone(
    monkeypatch: pytest.MonkeyPatch, review: Review
) -> None:
    _search(review)
    before = _links(review), _leads(review)
    done = _count(monkeypatch)
    assert _search(review).state == "done"
    files = dict(Standing.objects.values_list("pk", "imported_from_id"))
    assert all(part.pairs for part in done)
    assert all(len({files[one] for one in pair}) == 1 for pair in _pairs_compared(done))
    assert (_links(review), _leads(review)) == before


def test_what_an_interrupted_search_has_written_is_no_ones_answer(
    monkeypatch: pytest.MonkeyPatch, review: Review
) -> None:
    """It took links away for records that are gone by the next search: only a search that is over may be relied upon."""
    _search(review)
    before = _links(review), _leads(review)

    def stop(*_: object) -> object:
        DuplicateLink.objects.filter(review=review).delete()
        raise LostClaim

    with monkeypatch.context() as interrupted:
        interrupted.setattr(finding, "_merged", stop)
        ask = ask_for_duplicates(member=lead(review))
        run(ask.pk, HANDLERS)
    Job.objects.filter(pk=ask.pk).update(state=JobState.CANCELLED)
    assert _links(review) == []
    assert _search(review).state == "done"
    assert (_links(review), _leads(review)) == before


def test_a_record_that_went_lets_all_be_compared_again(monkeypatch: pytest.MonkeyPatch, review: Review) -> None:
    """Words may be rarer now, and other pairs meet."""
    _search(review)
    first = DuplicateLink.objects.filter(review=review)[0].first
    Standing.objects.filter(pk=first.pk).update(removed="other", removed_reason="Retracted", lead=None, merged_by="")
    assert _search(review).state == "done"
    links = _links(review)
    assert first.number not in {one for link in links for one in link[:2]}
    MatchingPart.objects.all().delete()
    assert _search(review).state == "done"
    assert _links(review) == links
