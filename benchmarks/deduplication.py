"""Scores matching on labelled sets and times it (`benchmarks.labelled_sets` says what is counted).

    python -m benchmarks.deduplication sets            # the labelled sets below REVIEW_DATA/dedup
    python -m benchmarks.deduplication speed 20000 100000 1000000 --processes 2    # made-up records: seconds, memory, growth
    python -m benchmarks.deduplication compare --size 20000    # sets and made-up records, beside bib-dedupe and two more rules

``--errors`` prints what was lost, what was left and the queue, for reading.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.comparison import compare
from benchmarks.growth import show_growth
from benchmarks.labelled_sets import ISSUE_IS_JUNK, heading, line, read_set, relabelled, run, score, show_errors

SETS = ("sra_respiratory", "digital_work", "asysd_diabetes")
SIZES = (2_000, 10_000, 100_000)


def sets(names: Sequence[str], *, errors: bool) -> None:
    """Score every labelled set, with all labels and without the contested ones."""
    folder = Path(os.environ["REVIEW_DATA"]) / "dedup"
    print(heading())
    for name in names:
        records, labels = read_set(folder / f"{name}.csv.gz", drop_issue=name in ISSUE_IS_JUNK)
        grouping, seconds = run(records)
        print(line(name, score(labels, grouping), seconds))
        uncontested = relabelled(labels, name, folder / "contested_labels.csv")
        if uncontested != labels:
            print(line("  uncontested", score(uncontested, grouping), seconds))
        if errors:
            show_errors(records, labels, grouping)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark named on the command line."""
    parser = argparse.ArgumentParser(description="Score and time the matching of records.")
    parser.add_argument("what", choices=["sets", "speed", "compare"])
    parser.add_argument("which", nargs="*", help="names of sets, or numbers of records; compare: none for speed alone")
    parser.add_argument("--errors", action="store_true", help="print every error for reading")
    parser.add_argument("--bib-dedupe", default="", metavar="PYTHON", help="compare: a Python that has it, or none")
    parser.add_argument("--size", type=int, default=0, help="compare: so many made-up records as well")
    parser.add_argument("--processes", type=int, default=1, help="speed: processes that share the work")
    options = parser.parse_args(arguments)
    if options.what == "sets":
        sets(options.which or SETS, errors=options.errors)
    elif options.what == "compare":
        compare(
            [] if options.which == ["none"] else options.which or SETS,
            Path(os.environ["REVIEW_DATA"]) / "dedup",
            python=options.bib_dedupe,
            size=options.size,
        )
    else:
        sizes = [int(size) for size in options.which or SIZES]
        show_growth(sizes, processes=options.processes, errors=options.errors)


if __name__ == "__main__":
    main()
