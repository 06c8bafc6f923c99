"""A real worker is killed twice in the middle of a search for duplicates: it resumes, and each merge is there once (P41)."""

from __future__ import annotations

import os
import uuid
from datetime import date

import pytest
from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.dedupe.actions import ask_for_duplicates
from screening.dedupe.models import DuplicateLink, MatchingPart
from screening.dedupe.spreading import NAME
from screening.imports.models import Import
from screening.jobs.models import Job
from screening.records.models import Change, Record, Standing
from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source
from tests.factories import lead, make_review
from tests.parts.worker import RunningWorker
from tests.reliability.test_import_kill import is_over, let_time_pass, wait_until

PAIRS = 3_000


def _two_databases(review: Review) -> None:
    """The same articles from two databases, told apart by title, page and DOI."""
    run = SearchRun.objects.create(review=review, number=1, label="Search 1")
    for place, name in enumerate(("MEDLINE", "Scopus")):
        source = Source.objects.create(review=review, name=name, kind="database")
        stored = Import.objects.create(
            review=review, run=run, source=source, query="research", searched_on=date(2022, 8, 1), file_name=f"{name}.ris",
            sha256=uuid.uuid4().hex, state="stored", stored_at=timezone.now(), markers=PAIRS, parsed=PAIRS, uploaded_by=lead(review).user,
        )  # fmt: skip
        records = Record.objects.bulk_create(
            Record(
                review=review, imported_from=stored, number=place * PAIRS + n + 1, position=n, line=n + 1, year=2000 + n % 20,
                title=f"How ward {uuid.uuid5(uuid.NAMESPACE_OID, str(n)).hex} learns to do research, study of {n} clinicians",
                authors=[f"Author{n}, A."], journal="Teaching and Learning in Practice", volume=str(n % 30), issue="2",
                pages=f"{n * 10 + 1}-{n * 10 + 9}", doi=f"10.1000/kill.{n}",
            )
            for n in range(PAIRS)
        )  # fmt: skip
        Standing.objects.bulk_create(
            Standing(record=record, review=review, run=run, source=source, imported_from=stored) for record in records
        )


def _leads(review: Review) -> dict[int, int | None]:
    return dict(Standing.objects.filter(review=review).values_list("record__number", "lead__number"))


BROKERS = {"worker": "sqlite", "redis_worker": "postgresql"}  # as one machine has them, and as a server has them


@pytest.mark.parametrize(
    "broker",
    [
        pytest.param(name, marks=[] if kind == os.environ["TEST_DATABASE"] else pytest.mark.slow)
        for name, kind in BROKERS.items()
    ],
)
def test_p41_a_search_for_duplicates_whose_worker_is_killed_twice_merges_every_pair_once(
    broker: str, transactional_db: None, request: pytest.FixtureRequest
) -> None:
    """Once among its parts, once while records are merged; on either broker each merge is there once, and no pair stays behind."""
    worker: RunningWorker = request.getfixturevalue(broker)
    review = make_review()
    _two_databases(review)
    job = ask_for_duplicates(member=lead(review))
    let_time_pass()
    parts = MatchingPart.objects.filter(review=review, found__isnull=False)
    merged = Standing.objects.filter(review=review, lead__isnull=False)
    for sign in (parts, merged):
        wait_until(lambda sign=sign: sign.exists() or is_over(job))  # type: ignore[misc]
        worker.kill()
        assert not is_over(job)
        assert merged.count() < PAIRS
        let_time_pass()
        worker.start()
    wait_until(lambda: is_over(job))
    assert (job.state, job.result["merged"], job.result["groups"]) == ("done", PAIRS, PAIRS)
    assert job.attempt == 3
    assert DuplicateLink.objects.filter(review=review).count() == PAIRS
    assert not MatchingPart.objects.filter(stage="compare").exists()
    assert not Job.objects.filter(review_id=review.pk, name=NAME).exists()
    assert merged.count() == PAIRS
    assert Change.objects.filter(review=review, fact="lead").count() == PAIRS
    assert AuditEvent.objects.filter(review_id=review.pk, verb="find duplicates").count() == 1
    assert _leads(review) == {**dict.fromkeys(range(1, PAIRS + 1)), **{PAIRS + n: n for n in range(1, PAIRS + 1)}}
