"""One way of finding duplicates, run alone in a process so that its seconds and memory are its own.

    python -m benchmarks.peers ours records.csv answer.json    # or "title >= 90", "ASReview's rule"

The two rules are emulations of what is published of them: a title ratio of 90 without any other field, and ASReview's
`asreview/data/utils.py` (equal DOI, or equal title and abstract once everything but a-z and 0-9 is gone).
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from benchmarks.labelled_sets import Union, read_set, run
from screening.dedupe.matching import Grouping, MatchRecord

ROWS = 200  # titles compared with all others at once


def ours(records: Sequence[MatchRecord]) -> Grouping:
    """This project's matching."""
    return run(records)[0]


def title_90(records: Sequence[MatchRecord]) -> Grouping:
    """Every pair of titles with a ratio of 90 or more, and what follows by transitivity."""
    titles = [one.title.casefold() for one in records]
    joined = Union(one.id for one in records)
    for start in range(0, len(titles), ROWS):
        ratios = process.cdist(titles[start : start + ROWS], titles, scorer=fuzz.ratio, score_cutoff=90, dtype=np.uint8)
        for row, column in np.argwhere(ratios >= 90):
            if titles[column]:
                joined.join(records[start + int(row)].id, records[int(column)].id)
    return _grouping(joined, records)


def asreview(records: Sequence[MatchRecord]) -> Grouping:
    """Equal DOI, or equal text of title and abstract in the letters and digits that ASReview keeps."""
    joined = Union(one.id for one in records)
    first: dict[tuple[str, str], str] = {}
    for one in records:
        text = re.sub("[^a-z0-9]", "", f"{one.title} {one.abstract}".lower())
        for key in (("doi", one.doi.strip()), ("text", text)):
            if key[1]:
                joined.join(first.setdefault(key, one.id), one.id)
    return _grouping(joined, records)


TOOLS: dict[str, Callable[[Sequence[MatchRecord]], Grouping]] = {
    "ours": ours,
    "title >= 90": title_90,
    "ASReview's rule": asreview,
}


def _grouping(joined: Union, records: Iterable[MatchRecord]) -> Grouping:
    groups: dict[str, list[str]] = {}
    for one in records:
        groups.setdefault(joined.root(one.id), []).append(one.id)
    return Grouping([tuple(members) for members in groups.values() if len(members) > 1])


def main(tool: str, source: str, target: str) -> None:
    """Run ``tool`` on a CSV file and write groups, queue, seconds, CPU seconds and megabytes as JSON."""
    records, _ = read_set(Path(source))
    start, began = time.perf_counter(), time.process_time()
    found = TOOLS[tool](records)
    answer = {
        "cpu_seconds": time.process_time() - began,
        "groups": found.groups,
        "queue": [card.ids for card in found.queue],
        "seconds": time.perf_counter() - start,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    Path(target).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
