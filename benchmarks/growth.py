"""What a search for duplicates takes as records become more: seconds, CPU seconds and memory of all its processes, and the exponent.

With several processes the parts of the search are done as workers do them (`screening.dedupe.parts`), only without a database.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

from benchmarks.labelled_sets import Score, heading, line, score, show_errors
from benchmarks.synthetic_records import synthetic
from screening.dedupe.matching import Grouping, MatchRecord, find_links, group
from screening.dedupe.parts import Part, do_part, links_by_parts
from screening.dedupe.sources import trusted

_AHEAD = 2  # parts that wait for each process


@dataclass(frozen=True, slots=True)
class Taken:
    """What one size took. ``megabytes`` are the peaks of all processes added up, the records themselves among them."""

    score: Score
    seconds: float
    cpu_seconds: float
    megabytes: float


def show_growth(sizes: Sequence[int], *, processes: int, errors: bool) -> None:
    """A row for each size, and how fast CPU seconds grow from one to the next: 1 is in proportion to the records."""
    print(f"{heading()}   CPU s     MB   growth   ({processes} processes)")
    before: Taken | None = None
    for size in sizes:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
            taken = alone.submit(measure, size, processes, errors).result()
        grown = f"{exponent(before, taken):9.2f}" if before else ""
        row = line("synthetic", taken.score, taken.seconds)
        print(f"{row}{taken.cpu_seconds:8.1f}{taken.megabytes:7.0f}{grown}", flush=True)
        before = taken


def exponent(before: Taken, after: Taken) -> float:
    """k where CPU seconds grow as records to the power of k."""
    more = after.score.records / before.score.records
    return math.log(after.cpu_seconds / before.cpu_seconds) / math.log(more)


def measure(size: int, processes: int, errors: bool) -> Taken:
    """Match so many made-up records with so many processes. Run it in a process of its own."""
    with ProcessPoolExecutor(processes) as workers:
        list(workers.map(_begin, range(processes)))  # they begin small, before there are records
        records, works = synthetic(size)
        started, began = time.perf_counter(), time.process_time()
        links = (
            find_links(records)
            if processes == 1
            else links_by_parts(records, _Workers(workers, records, _AHEAD * processes).do)
        )
        grouping = group([one.id for one in records], links, records_by_id={one.id: one for one in records})
        seconds, cpu = time.perf_counter() - started, time.process_time() - began
    _show(records, works, grouping, errors)
    here, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu += theirs.ru_utime + theirs.ru_stime
    workers_memory = theirs.ru_maxrss * processes if processes > 1 else 0
    return Taken(score(works, grouping), seconds, cpu, (here.ru_maxrss + workers_memory) / 1024)


def _begin(_: int) -> int:
    return os.getpid()


def _show(records: list[MatchRecord], works: dict[str, str], grouping: Grouping, errors: bool) -> None:
    if errors:
        show_errors(records, works, grouping)


class _Workers:
    """Processes that do parts; few are sent ahead, so that memory holds few."""

    def __init__(self, pool: ProcessPoolExecutor, records: Sequence[MatchRecord], ahead: int) -> None:
        self.pool, self.ahead = pool, ahead
        self.records = {record.id: record for record in trusted(records)}

    def do(self, parts: list[Part]) -> Iterator[bytes]:
        """Answers in the order of ``parts``."""
        sent: deque[Future[bytes]] = deque()
        for part in parts:
            sent.append(self.pool.submit(do_part, part, {one: self.records[one] for one in part.records}))
            while len(sent) > self.ahead:
                yield sent.popleft().result()
        while sent:
            yield sent.popleft().result()
