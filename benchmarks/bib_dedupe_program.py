"""Runs bib-dedupe on a CSV file, in an environment of its own: `python bib_dedupe_program.py records.csv` prints JSON.

It imports nothing of ours, so that it runs wherever bib-dedupe is installed. Columns are those of the labelled sets.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def main(path: str) -> None:
    """Write groups, the pairs that it calls maybe, seconds, CPU seconds, and megabytes of the largest of its processes."""
    import pandas as pd
    from bib_dedupe.bib_dedupe import block, cluster, match, prep  # type: ignore[import-not-found]

    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame = frame.rename(columns={"id": "ID", "authors": "author", "issue": "number"})
    frame["ENTRYTYPE"] = "article"
    columns = ["ID", "ENTRYTYPE", "title", "author", "year", "journal", "volume", "number", "pages", "abstract", "doi"]
    start, began = time.perf_counter(), _cpu_seconds()
    matched: Any = match(block(prep(frame[columns], verbosity_level=0)))
    groups = [list(map(str, members)) for members in cluster(matched)]
    seconds, cpu_seconds = time.perf_counter() - start, _cpu_seconds() - began
    maybe = matched[matched["duplicate_label"] == "maybe"]
    pairs = [[str(a), str(b)] for a, b in zip(maybe["ID_1"], maybe["ID_2"], strict=True)]
    used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    answer = {
        "groups": groups,
        "queue": pairs,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "megabytes": max(used) / 1024,
    }
    Path(sys.argv[2]).write_text(json.dumps(answer), encoding="utf-8")


def _cpu_seconds() -> float:
    """Of this process and of those it started that are over."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main(sys.argv[1])
