"""Ours beside others on the same records in one run: each tool in a process of its own, on one table.

``python -m benchmarks.deduplication compare`` calls this. bib-dedupe (MIT) is no dependency of ours: it is installed into a
folder that is thrown away, or its Python is named with ``--bib-dedupe``.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.labelled_sets import ISSUE_IS_JUNK, Score, clusters, heading, line, read_set, relabelled, score
from benchmarks.peers import TOOLS
from benchmarks.synthetic_records import synthetic
from screening.dedupe.matching import Grouping, MatchRecord, QueueEntry

BIB_DEDUPE = "bib-dedupe==0.11.0"
PROGRAM = Path(__file__).with_name("bib_dedupe_program.py")
COLUMNS = ("id", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract", "group")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool made of a set, and what it took."""

    grouping: Grouping
    seconds: float
    cpu_seconds: float
    megabytes: float


def compare(names: Sequence[str], folder: Path, *, python: str, size: int) -> None:
    """Print a row per set and tool, the sums, the speed, and how many pairs known to be distinct each tool merged.

    ``names`` are sets in ``folder``; ``size`` made-up records are compared as well where it is not 0. ``python`` has
    bib-dedupe, "" installs it, "none" leaves it out.
    """
    print(heading(wide=40))
    with TemporaryDirectory() as place:
        tools = [*TOOLS, *_with_bib_dedupe(python, Path(place))]
        python = _python(python, Path(place))
        sums: dict[str, list[Score]] = {tool: [] for tool in tools}
        for name in names:
            records, labels = read_set(folder / f"{name}.csv.gz", drop_issue=name in ISSUE_IS_JUNK)
            distinct = distinct_pairs(folder / "hard_pairs.csv.gz", name)
            uncontested = relabelled(labels, name, folder / "contested_labels.csv")
            for tool in tools:
                answer = _run(tool, records, labels, Path(place), python)
                sums[tool].append(score(labels, answer.grouping))
                _print(
                    f"{name}, {tool}", sums[tool][-1], answer, _merged(distinct, labels, answer.grouping), len(distinct)
                )
                if uncontested != labels:
                    _print("   uncontested", score(uncontested, answer.grouping), answer)
        for tool, found in sums.items() if names else ():
            _print_sum(tool, found)
        if size:
            _compare_speed([tool for tool in tools if tool in ("ours", BIB_DEDUPE)], size, Path(place), python)


def _compare_speed(tools: Sequence[str], size: int, place: Path, python: str) -> None:
    """A row per tool for made-up records, and how many times the CPU seconds of the first each other takes."""
    records, works = synthetic(size)
    first = 0.0
    for tool in tools:
        answer = _run(tool, records, works, place, python)
        first = first or answer.cpu_seconds
        _print(f"made up, {tool}", score(works, answer.grouping), answer)
        if tool != tools[0]:
            print(f"{tool} takes {answer.cpu_seconds / first:.1f} times the CPU seconds of {tools[0]}")


def _with_bib_dedupe(python: str, place: Path) -> list[str]:
    """bib-dedupe, if it is there or can be installed; else why not."""
    if python == "none":
        return []
    if not python:
        venv.create(place / "bib-dedupe", with_pip=True)
        told = [_python(python, place), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", BIB_DEDUPE]
        done = subprocess.run(told, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{BIB_DEDUPE} could not be installed, so it is left out: {done.stderr.strip().splitlines()[-1:]}")
            return []
    return [BIB_DEDUPE]


def _python(python: str, place: Path) -> str:
    return python or str(place / "bib-dedupe" / "bin" / "python")


def _run(tool: str, records: Sequence[MatchRecord], labels: Mapping[str, str], place: Path, python: str) -> Answer:
    source, target = place / "records.csv", place / "answer.json"
    write(source, records, labels)
    ours = [sys.executable, "-m", "benchmarks.peers", tool]
    command = [python, str(PROGRAM)] if tool == BIB_DEDUPE else ours
    subprocess.run([*command, str(source), str(target)], check=True, stdout=subprocess.DEVNULL)
    told = json.loads(target.read_text(encoding="utf-8"))
    groups = [tuple(members) for members in told["groups"]]
    cluster = clusters(labels, Grouping(groups))
    asked = [QueueEntry(tuple(ids), 0.0, "") for ids in told["queue"] if len({cluster[one] for one in ids}) > 1]
    return Answer(Grouping(groups, queue=asked), told["seconds"], told["cpu_seconds"], told["megabytes"])


def write(path: Path, records: Sequence[MatchRecord], labels: Mapping[str, str]) -> None:
    """The records as a CSV file with the columns of the labelled sets."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for one in records:
            values = (
                one.title,
                " and ".join(one.authors),
                one.year or "",
                one.journal,
                one.volume,
                one.issue,
                one.pages,
            )
            out.writerow((one.id, *values, one.doi, one.pmid, one.abstract, labels[one.id]))


def distinct_pairs(path: Path, name: str) -> list[tuple[str, str]]:
    """The look-alikes of a set that are distinct works."""
    rows = csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode("utf-8-sig")))
    return [(row["id_a"], row["id_b"]) for row in rows if row["dataset"] == name and row["label"] == "distinct"]


def _merged(distinct: Sequence[tuple[str, str]], labels: Mapping[str, str], grouping: Grouping) -> int:
    cluster = clusters(labels, grouping)
    return sum(cluster[a] == cluster[b] for a, b in distinct)


def _print(name: str, found: Score, answer: Answer, merged: int | None = None, of: int = 0) -> None:
    hard = f"  merged {merged} of {of} distinct" if merged is not None else ""
    print(
        line(name, found, answer.seconds, wide=40),
        f"{answer.cpu_seconds:7.1f} CPU s{answer.megabytes:6.0f} MB{hard}",
        flush=True,
    )


def _print_sum(tool: str, found: Sequence[Score]) -> None:
    columns = ("records", "surplus", "lost", "left", "left_after", "cards", "true_cards")
    total = Score(*(sum(getattr(one, column) for one in found) for column in columns))
    print(line(f"sum, {tool}", total, 0.0, wide=40))
