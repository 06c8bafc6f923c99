"""The job `extraction.refind`: looks for the quotes of each study whose files or quotes are new, in its newest PDF (I42).

A quote that its file has stays where it is; one of a file that was replaced moves to the page of the newest PDF that has it, and one
that is nowhere is flagged. Nothing that was quoted is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max, Q
from django.utils import timezone

from extraction.entries.models import Anchor
from extraction.entries.queue import files_of
from extraction.entries.words import pages_of, refind
from screening.fulltexts import storage
from screening.fulltexts.models import FileKind, ReportFile
from screening.fulltexts.reading import read_pdf
from screening.jobs.actions import Claim, enqueue
from screening.jobs.models import Job, JobState
from screening.reviews.models import Review
from screening.studies.models import Study

JOB = "extraction.refind"
PAGES = 2000  # of one file
EVERY = timedelta(minutes=1)  # between two looks at one review
OVERLAP = timedelta(seconds=30)  # what was committed late is met by the next look

Texts = dict[str, tuple[str, ...]]


def ask_when_replaced() -> None:
    """Ask for a look at each review whose files or quotes are newer than the last look."""
    newest = dict(Anchor.objects.values_list("review_id").annotate(at=Max("made_at")))
    files = ReportFile.objects.filter(review__in=newest).values("review_id")
    for row in files.annotate(added=Max("at"), removed=Max("removed_at")):
        at = max(one for one in (newest[row["review_id"]], row["added"], row["removed"]) if one)
        if _is_due(row["review_id"], at):
            enqueue(name=JOB, review_id=row["review_id"])


def _is_due(review_id: int, at: datetime) -> bool:
    last = Job.objects.filter(review_id=review_id, name=JOB).order_by("-pk").first()
    if last is None:
        return True
    began = last.started_at or last.created_at
    return last.is_over and at > began - OVERLAP and began < timezone.now() - EVERY


def refind_quotes(claim: Claim) -> None:
    """Look through every study of the review with something new since the last look that was finished."""
    review_id = claim.job.review_id or 0
    done = Job.objects.filter(review_id=review_id, name=JOB, state=JobState.DONE).exclude(pk=claim.job.pk)
    last = done.aggregate(last=Max("started_at"))["last"]
    studies = list(_studies(review_id, last - 2 * OVERLAP if last else None))
    for number, study in enumerate(studies):
        claim.beat(done_n=number, total_n=len(studies), phase="Looking for quotes")
        with claim.alive():
            looked = _looked(study)
        with claim.chunk(done_n=number + 1):
            for anchor in looked:
                Anchor.objects.filter(pk=anchor.pk).update(sha256=anchor.sha256, page=anchor.page, found=anchor.found)
    with claim.chunk():
        claim.finish(result={"studies": len(studies)})


def _studies(review_id: int, since: datetime | None) -> Iterable[Study]:
    rows = Study.objects.filter(review_id=review_id, extractions__entries__anchors__isnull=False)
    if since is not None:
        files = ReportFile.objects.filter(Q(at__gte=since) | Q(removed_at__gte=since), review_id=review_id)
        quoted = Anchor.objects.filter(review_id=review_id, made_at__gte=since).values("entry__extraction__study")
        touched = files.values("report__record__study_reports__study")
        rows = rows.filter(Q(pk__in=quoted) | Q(pk__in=touched))
    return rows.distinct().order_by("pk")


def _looked(study: Study) -> list[Anchor]:
    """Quotes whose place or flag is another than before. Without a PDF on disk nothing can be said."""
    files = sorted(files_of(study), key=lambda file: (file.kind != FileKind.MAIN, -file.at.timestamp()))
    texts = {file.sha256: _text(file) for file in files if storage.path_of(file.review_id, file.sha256).is_file()}
    anchors = Anchor.objects.filter(entry__extraction__study=study) if texts else ()
    return [anchor for anchor in anchors if _moved(anchor, texts)]


def _text(file: ReportFile) -> tuple[str, ...]:
    return read_pdf(storage.path_of(file.review_id, file.sha256), pages=PAGES).pages


def _moved(anchor: Anchor, texts: Texts) -> bool:
    before = (anchor.sha256, anchor.page, anchor.found)
    own = {anchor.sha256: texts[anchor.sha256]} if anchor.sha256 in texts else {}
    anchor.found = False
    for sha256, pages in {**own, **texts}.items():
        page = _place(anchor, pages, is_own=sha256 in own)
        if page is not None:
            anchor.sha256, anchor.page, anchor.found = sha256, page, True
            break
    return before != (anchor.sha256, anchor.page, anchor.found)


def _place(anchor: Anchor, pages: tuple[str, ...], *, is_own: bool) -> int | None:
    """The page that was said, where the file has the words there; else the best."""
    if is_own and anchor.page in pages_of(pages, anchor.quote):
        return anchor.page
    return refind(pages, anchor.quote, page=anchor.page, before=anchor.before, after=anchor.after)


def misquoted(review: Review) -> list[str]:
    """A sentence for each quote that is not on its page and is not flagged, where its file is at hand (I42)."""
    texts: Texts = {}
    found = []
    anchors = Anchor.objects.filter(review=review, found=True).select_related("entry__extraction__study")
    live = {one.sha256: one for one in ReportFile.objects.filter(review=review, removed_at=None)}
    for one in anchors.order_by("sha256", "pk"):
        if one.sha256 not in live or not storage.path_of(review.pk, one.sha256).is_file():
            continue
        if one.sha256 not in texts:
            texts = {one.sha256: _text(live[one.sha256])}
        if one.page not in pages_of(texts[one.sha256], one.quote):
            found.append(
                f"I42: a quote of {one.entry.extraction.study.label} is not on page {one.page} of its file: {one.quote[:60]}"
            )
    return found
