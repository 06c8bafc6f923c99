"""The job `fulltexts.match`: unpacks zips, reads each file that came, and places the sure ones; the rest wait in the tray.

Each file is settled in one fenced chunk, so that a worker that is killed leaves it to be read again, and never placed twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from screening.audit.refusal import NotAllowedNow
from screening.fulltexts import queue, storage
from screening.fulltexts.actions import StoredFile
from screening.fulltexts.filenames import Sought
from screening.fulltexts.incoming import attached_before, place, take_in, unpacked
from screening.fulltexts.media_types import HEAD, REPORTS, ZIP, media_type
from screening.fulltexts.models import Arrival, FileKind, IncomingFile, ReportFile
from screening.fulltexts.reading import read_pdf
from screening.fulltexts.recognising import Recognised, recognise
from screening.fulltexts.zips import Packed, packed
from screening.imports.rows import clean
from screening.jobs.actions import Claim
from screening.records.models import Record
from screening.reviews.models import Membership, Review

LISTED = 10  # files of a zip that were left out, named one by one
GONE = "The file is missing on the server. Upload it again."


def match_files(claim: Claim) -> None:
    """Read every file of the review that waits to be read."""
    review = Review.objects.get(pk=claim.job.review_id or 0)
    reports = queue.sought_by_name(review)
    done = 0
    for row in _waiting(review):
        left = IncomingFile.objects.filter(review=review, state=Arrival.READING).count()
        claim.beat(done_n=done, total_n=done + left, phase="Reading files")
        if _is_zip(row):
            _unpack(claim, row)
        else:
            _settle(claim, row, reports)
            done += 1
    with claim.chunk(done_n=done):
        claim.finish(result={"read": done})


def _waiting(review: Review) -> Iterator[IncomingFile]:
    """One row after another, those that a zip adds included."""
    rows = IncomingFile.objects.filter(review=review, state=Arrival.READING).select_related("by")
    last = 0
    while row := rows.filter(pk__gt=last).order_by("pk").first():
        last = row.pk
        yield row


def _is_zip(row: IncomingFile) -> bool:
    path = storage.path_of(row.review_id, row.sha256)
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return media_type(stream.read(HEAD)) == ZIP


def _unpack(claim: Claim, row: IncomingFile) -> None:
    try:
        with packed(storage.path_of(row.review_id, row.sha256)) as archive:
            stored, refused = _store_all(claim, row, archive)
    except NotAllowedNow as refusal:
        stored, refused = [], [str(refusal)]
    with claim.chunk():
        rows = take_in(review_id=row.review_id, by=row.by, files=stored)
        told = [f"{len(rows)} file{'' if len(rows) == 1 else 's'} taken from the zip.", *refused[:LISTED]]
        more = [f"And {len(refused) - LISTED} more were not taken."] if len(refused) > LISTED else []
        unpacked(row, " ".join([*(told if stored else refused[:LISTED]), *more]))


def _store_all(claim: Claim, row: IncomingFile, archive: Packed) -> tuple[list[StoredFile], list[str]]:
    stored, refused = [], []
    for member in archive.members:
        claim.beat(phase="Unpacking")
        name = clean(archive.name(member))
        try:
            kept = storage.keep(review_id=row.review_id, chunks=archive.chunks(member), takes=REPORTS)
        except NotAllowedNow as refusal:
            refused.append(f"{name}: {refusal}")
        else:
            stored.append(StoredFile(name, kept.sha256, kept.size))
    return stored, refused


def _settle(claim: Claim, row: IncomingFile, reports: list[Sought]) -> None:
    path = storage.path_of(row.review_id, row.sha256)
    reading = read_pdf(path)
    found = recognise(row.name, reading.pages, reports)
    said = reading.said if path.is_file() else GONE
    with claim.chunk():
        current = IncomingFile.objects.select_for_update().get(pk=row.pk)
        if current.state != Arrival.READING:
            return
        if not (found.number and _placed(current, found)):
            _to_tray(current, found, said)


def _placed(row: IncomingFile, found: Recognised) -> bool:
    """Attach the file where its report is sure; False where the report has one already, or is sought no more."""
    record = Record.objects.get(review_id=row.review_id, number=found.number)
    files = ReportFile.objects.filter(report__record=record, removed_at__isnull=True, kind=FileKind.MAIN)
    if files.exists():
        return False
    member = Membership.objects.get(review_id=row.review_id, user_id=row.by_id)
    try:
        place(member=member, incoming=row, record=record, how=found.how)
    except NotAllowedNow:
        return False
    return True


def _to_tray(row: IncomingFile, found: Recognised, said: str) -> None:
    known = attached_before(row.review_id, row.sha256)
    if known is not None:
        row.state, row.file = Arrival.KNOWN, known
        row.said = f"The same file is attached to record {known.report.record.number} already, as {known.name}."
        row.save()
        return
    row.state, row.offered, row.likely, row.kind = Arrival.TRAY, list(found.offered), found.likely, found.kind
    row.said = said or (f"Record {found.number} has its report already." if found.number else "")
    row.save()
