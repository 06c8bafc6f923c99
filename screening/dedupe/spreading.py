"""A large search for duplicates is spread over the workers there are: each part is a row and a job of its own (ADR 8).

The search does parts as well while it waits, so that one worker is enough. Whoever does them, in whatever order: the links are
those of one process. What is over leaves what it has read: a later search reads and compares what is new (DD10).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import QuerySet

from screening.dedupe.keys import Keys
from screening.dedupe.matching import Link, MatchRecord
from screening.dedupe.models import MatchingPart, PartStage
from screening.dedupe.parts import Earlier, Part, do_part, is_what_was_asked, links_by_parts, packed, unpacked
from screening.dedupe.sources import numbering_rows, without_issues
from screening.dedupe.stored import match_records, stored_links
from screening.jobs.actions import Claim, LostClaim, cancel, claim, due, enqueue
from screening.jobs.models import Job, JobState
from screening.records.models import Standing

NAME = "dedupe.part"
AHEAD = 16  # parts offered at a time: what another review asks of the workers waits behind no more of them
WAIT = 0.2  # seconds between two looks at parts that others are doing
TELL = 1.0  # seconds between two words about progress
KEPT = 200_000  # records whose keys the search keeps in memory for comparing them itself
_ROWS = 20  # parts written in one transaction; each may be a megabyte
_IDS = 500

OPEN = (JobState.QUEUED, JobState.RUNNING)


class Changed(Exception):
    """Records of a part changed while it was done: the search begins again with what there is now."""


@dataclass(frozen=True, slots=True)
class Found:
    """The links between the records of a review, and the keys of the parts in which the records were read, if they were."""

    links: list[Link]
    read: frozenset[str] = frozenset()


def spread_links(taken: Claim, review_id: int, records: Sequence[MatchRecord]) -> Found:
    """The links between the records of a review, by all workers that have time. Raises LostClaim and Changed."""
    spread = _Spread(taken, review_id, records)
    links = links_by_parts(records, spread.do, _earlier(review_id))
    return Found(links, frozenset(spread.read))


def _earlier(review_id: int) -> Earlier | None:
    """What the search left that ended last, None where it read in one piece or another has written links since."""
    over = MatchingPart.objects.filter(review_id=review_id, stage=PartStage.OVER).first()
    if over is None:
        return None
    return Earlier(frozenset(unpacked(bytes(over.asked))[0].records), lambda: stored_links(review_id))


def begin_writing(taken: Claim, review_id: int) -> None:
    """From here on the stored links are no search's until one is over."""
    with taken.chunk():
        MatchingPart.objects.filter(review_id=review_id, stage=PartStage.OVER).delete()


def remember(review_id: int, read: Collection[str]) -> None:
    """The stored links are those of the parts ``read``. Call in the transaction that ends the search."""
    part = Part(key=sha256(" ".join(sorted(read)).encode()).hexdigest(), records=tuple(sorted(read)))
    if read:
        MatchingPart.objects.create(
            review_id=review_id, stage=PartStage.OVER, key=part.key, items=part.items, asked=packed(part, ()), found=b""
        )


def do_asked_part(taken: Claim) -> None:
    """Job ``dedupe.part``: what a search of another process asks for. A part that is done or gone is left alone."""
    row = MatchingPart.objects.filter(pk=int(taken.job.subject), found__isnull=True).first()
    answer = _answer(row) if row else None
    with taken.chunk():
        if row and answer is None:
            row.delete()
        elif row:
            MatchingPart.objects.filter(pk=row.pk, found__isnull=True).update(found=answer)
        taken.finish()


def _answer(row: MatchingPart) -> bytes | None:
    """The answer to a part, None where its records are not what was asked about any more."""
    part, numbered = unpacked(bytes(row.asked))
    records = _records(row.review_id, part.records, numbered)
    return do_part(part, records) if is_what_was_asked(part, records) else None


def _records(review_id: int, ids: Sequence[str], numbered: Collection[str]) -> dict[str, MatchRecord]:
    found: dict[str, MatchRecord] = {}
    for start in range(0, len(ids), _IDS):
        here = [int(one) for one in ids[start : start + _IDS]]
        rows = Standing.objects.filter(review_id=review_id, record_id__in=here, removed="")
        found.update({record.id: record for record in without_issues(match_records(rows), numbered)})
    return found


def forget_parts(taken: Claim, review_id: int, read: Collection[str]) -> None:
    """Take the parts of a search that is over away, all but those that it has ``read``."""
    gone = MatchingPart.objects.filter(review_id=review_id).exclude(stage=PartStage.READ, key__in=read)
    while rows := list(gone.values_list("pk", flat=True)[:_ROWS]):
        with taken.chunk():
            MatchingPart.objects.filter(pk__in=rows).delete()
    Job.objects.filter(review_id=review_id, name=NAME).delete()


def stop_parts(review_id: int) -> None:
    """Nobody begins another part; finished ones stay for the next search."""
    for job in Job.objects.filter(review_id=review_id, name=NAME, state__in=OPEN):
        cancel(job=job)


class _Spread:
    """A search that has its parts done."""

    def __init__(self, taken: Claim, review_id: int, records: Sequence[MatchRecord]) -> None:
        self.claim, self.review_id = taken, review_id
        self.numbered = numbering_rows(records)
        self.records = {record.id: record for record in without_issues(records, self.numbered)}
        self.known: dict[str, Keys] = {}
        self.read: set[str] = set()
        self.told = 0.0

    def do(self, parts: list[Part]) -> Iterator[bytes]:
        """The answers to ``parts``, all of one stage, in order."""
        if not parts:
            return
        stage = PartStage.COMPARE if parts[0].pairs else PartStage.READ
        if stage == PartStage.READ:
            self.read.update(part.key for part in parts)
        self._write(stage, parts)
        rows = dict(self._rows(stage).values_list("key", "pk"))
        self._wait_for(stage, {rows[part.key]: part for part in parts})
        for part in parts:
            found = MatchingPart.objects.filter(pk=rows[part.key]).values_list("found", flat=True).first()
            if found is None:
                raise Changed
            yield bytes(found)

    def _rows(self, stage: PartStage) -> QuerySet[MatchingPart]:
        return MatchingPart.objects.filter(review_id=self.review_id, stage=stage)

    def _write(self, stage: PartStage, parts: list[Part]) -> None:
        """Write down what is asked and was not asked before."""
        there = set(self._rows(stage).values_list("key", flat=True))
        missing = [part for part in parts if part.key not in there]
        for start in range(0, len(missing), _ROWS):
            rows = [
                MatchingPart(
                    review_id=self.review_id, stage=stage, key=part.key, items=part.items, asked=packed(part, self.numbered)
                )
                for part in missing[start : start + _ROWS]
            ]  # fmt: skip
            with self.claim.chunk(phase=stage.label):
                MatchingPart.objects.bulk_create(rows)

    def _wait_for(self, stage: PartStage, parts: dict[int, Part]) -> None:
        """Do parts until all are done. Only what is left to do counts as progress: the time left is told by its pace."""
        open_parts = self._open(stage, parts)
        total = sum(part.items for part in open_parts.values())
        while open_parts:
            self._tell(stage, total - sum(part.items for part in open_parts.values()), total)
            if not self._help(dict(list(open_parts.items())[:AHEAD])):
                time.sleep(WAIT)
            open_parts = self._open(stage, parts)

    def _open(self, stage: PartStage, parts: dict[int, Part]) -> dict[int, Part]:
        left = set(self._rows(stage).values_list("pk", flat=True))
        if not parts.keys() <= left:
            raise Changed
        waiting = set(self._rows(stage).filter(found__isnull=True).values_list("pk", flat=True))
        return {pk: part for pk, part in parts.items() if pk in waiting}

    def _tell(self, stage: PartStage, done: int, total: int) -> None:
        if time.monotonic() - self.told > TELL:
            self.told = time.monotonic()
            self.claim.beat(phase=stage.label, done_n=done, total_n=total)

    def _help(self, offered: dict[int, Part]) -> bool:
        """Offer parts to the other workers, and do the last of them that nobody has; False where all are taken."""
        jobs = self._jobs(offered)
        for pk in offered.keys() - jobs.keys():  # it failed elsewhere: if it fails here too, the search says so
            self._store(self.claim, pk, offered[pk])
            return True
        free = set(due().filter(pk__in=jobs.values()).values_list("pk", flat=True))
        for pk in reversed([pk for pk, job in jobs.items() if job in free]):
            taken = claim(job_id=jobs[pk])
            if taken is not None:
                self._do(taken, pk, offered[pk])
                return True
        return False

    def _jobs(self, offered: dict[int, Part]) -> dict[int, int]:
        """The job of each part, asked for where there is none; none where it failed."""
        rows = Job.objects.filter(review_id=self.review_id, name=NAME, subject__in=[str(pk) for pk in offered])
        jobs: dict[int, int] = {}
        failed: set[int] = set()
        for subject, pk, state in rows.order_by("pk").values_list("subject", "pk", "state"):
            if state in OPEN:
                jobs[int(subject)] = pk
            elif state == JobState.FAILED:
                failed.add(int(subject))
        missing = sorted(offered.keys() - jobs.keys() - failed)
        if missing:
            with self.claim.chunk():  # a search that was stopped offers nothing any more
                jobs |= {pk: enqueue(name=NAME, review_id=self.review_id, subject=str(pk)).pk for pk in missing}
        return jobs

    def _do(self, taken: Claim, pk: int, part: Part) -> None:
        try:
            self._store(taken, pk, part, last=True)
        except LostClaim:  # another worker has it by now
            return
        except Exception:
            taken.fail(sentence="This part of the search for duplicates failed.")
            raise

    def _store(self, taken: Claim, pk: int, part: Part, *, last: bool = False) -> None:
        if len(self.known) > KEPT:
            self.known.clear()
        answer = do_part(part, self.records, self.known)
        with taken.chunk():
            MatchingPart.objects.filter(pk=pk, found__isnull=True).update(found=answer)
            if last:
                taken.finish()
