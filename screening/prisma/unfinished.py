"""What the numbers of a review do not hold yet: files that are not stored, and a search for duplicates that is not over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from screening.dedupe.finding import FOLLOWER, NAME
from screening.dedupe.models import CandidateCard
from screening.imports.actions import LIVE
from screening.imports.models import Import, ImportState, WaitingFile
from screening.imports.queue import JOB
from screening.jobs.models import Job, JobState
from screening.prisma.flow import Unfinished
from screening.prisma.numbers import counted
from screening.reviews.models import Review
from screening.searches.models import SearchRun

_WORDS: dict[str, str] = {
    ImportState.QUEUED: "waits to be read: none of its records is counted yet.",
    ImportState.LOADING: "is being read: none of its records is counted yet.",
    ImportState.QUESTION: "waits for an answer: none of its records is counted until then.",
    ImportState.REFUSED: "was refused and counts nothing. Import it in another way, or remove it.",
}
_UNDESCRIBED = "is uploaded and waits for its description: none of its records is counted yet."
_STOPPED = "could not be read to its end and counts nothing. Read it again, or remove it."
_SEARCHES = {NAME: "The search for duplicates", FOLLOWER: "The opening of records for screening"}
_STOPPED_SEARCH = "stopped before its end. Find duplicates again."
_IN_READING = (ImportState.QUEUED, ImportState.LOADING)
_OVER_WITHOUT_RESULT = (JobState.FAILED, JobState.CANCELLED)


def unfinished_in(review: Review, *, run: SearchRun | None = None, as_of: datetime | None = None) -> list[Unfinished]:
    """Everything unfinished now, of one search's files or of all, that was begun by ``as_of``.

    A refused file is named until it is removed, or the same file is imported again: then the later import tells.
    """
    return [
        *_undescribed(review, run, as_of),
        *_files(review, run, as_of),
        *_rejected(review, run, as_of),
        *_searches(review, as_of),
        *_cards(review, as_of),
    ]


def _undescribed(review: Review, run: SearchRun | None, as_of: datetime | None) -> Iterator[Unfinished]:
    files = WaitingFile.objects.filter(review=review)
    files = files.filter(run=run) if run else files
    files = files.filter(at__lte=as_of) if as_of else files
    for name, number in files.values_list("name", "run__number"):
        yield Unfinished(name, _UNDESCRIBED, under_way=True, search=number)


def _files(review: Review, run: SearchRun | None, as_of: datetime | None) -> Iterator[Unfinished]:
    imports = Import.objects.filter(review=review, state__in=_WORDS).exclude(_told_by_a_later_one())
    imports = imports.filter(run=run) if run else imports
    imports = imports.filter(created_at__lte=as_of) if as_of else imports
    files = list(imports.order_by("pk").values_list("pk", "file_name", "state"))
    stopped = _stopped(review, [pk for pk, _, state in files if state in _IN_READING])
    for pk, name, state in files:
        if pk in stopped:
            yield Unfinished(name, _STOPPED, under_way=False, import_id=pk)
        else:
            yield Unfinished(name, _WORDS[state], under_way=state != ImportState.REFUSED, import_id=pk)


def _rejected(review: Review, run: SearchRun | None, as_of: datetime | None) -> Iterator[Unfinished]:
    """Rows that became no record, of which nobody has said what became of them (IM13)."""
    open_then = Q(rejected_settled_at__isnull=True) | (Q(rejected_settled_at__gt=as_of) if as_of else Q())
    imports = Import.objects.filter(open_then, review=review, state=ImportState.STORED, rejected__gt=0)
    imports = imports.filter(run=run) if run else imports
    imports = imports.filter(created_at__lte=as_of) if as_of else imports
    for pk, name, n in imports.order_by("pk").values_list("pk", "file_name", "rejected"):
        rows = counted(n, "rejected row", "rejected rows")
        yield Unfinished(
            name, f"has {rows}: say what became of {'it' if n == 1 else 'them'}.", under_way=False, import_id=pk
        )


def _told_by_a_later_one() -> Q:
    """Refused, and the same bytes were imported later, or are stored or under way."""
    same = Import.objects.filter(review=OuterRef("review"), sha256=OuterRef("sha256")).exclude(pk=OuterRef("pk"))
    return Q(Exists(same.filter(Q(state__in=LIVE) | Q(pk__gt=OuterRef("pk")))), state=ImportState.REFUSED)


def _stopped(review: Review, imports: list[int]) -> set[int]:
    """Those of the imports whose last job ended without a result."""
    jobs = Job.objects.filter(review_id=review.pk, name=JOB, subject__in=[str(pk) for pk in imports]).order_by("pk")
    last = dict(jobs.values_list("subject", "state"))
    return {int(subject) for subject, state in last.items() if state in _OVER_WITHOUT_RESULT}


def _searches(review: Review, as_of: datetime | None) -> Iterator[Unfinished]:
    """The last search for duplicates and the job that follows it: it opens records for screening and conflicts of late duplicates."""
    jobs = Job.objects.filter(review_id=review.pk).order_by("-pk")
    jobs = jobs.filter(created_at__lte=as_of) if as_of else jobs
    for name, words in _SEARCHES.items():
        state = jobs.filter(name=name).values_list("state", flat=True).first()
        if state in _OVER_WITHOUT_RESULT:
            yield Unfinished(words, _STOPPED_SEARCH, under_way=False)
        elif state not in (None, JobState.DONE):
            yield Unfinished(words, "is not over: these numbers may still change.", under_way=True)


def _cards(review: Review, as_of: datetime | None) -> Iterator[Unfinished]:
    """Possible duplicates that nobody has judged: a number may hold one report twice, so that it is not final (I51)."""
    cards = CandidateCard.objects.filter(review=review)
    if as_of is None:
        n = cards.filter(answered_at__isnull=True).count()
    else:
        n = cards.filter(Q(answered_at__isnull=True) | Q(answered_at__gt=as_of), found_at__lte=as_of).count()
    if n:
        yield Unfinished(
            counted(n, "possible duplicate", "possible duplicates"),
            "waits for a person: merge it, or keep both." if n == 1 else "wait for a person: merge them, or keep both.",
            under_way=False,
        )
