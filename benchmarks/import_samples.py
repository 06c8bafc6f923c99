"""Reads the sample export files and scores the readers: counts, refusals and the fields of sampled records, file by file.

    REVIEW_DATA=/path/to/data python -m benchmarks.import_samples            # the table and the totals
    REVIEW_DATA=/path/to/data python -m benchmarks.import_samples --errors   # every field that differs

The folder holds ``imports/manifest.csv`` (path, true_records, outcome) and ``imports/expected.json`` (sampled records, values
as written in the file, null where nothing was checked). Titles are compared case-folded without punctuation, first authors
by family name, DOIs without case.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from screening.imports.parsed import ParsedRecord, Refusal
from screening.imports.reading import read
from screening.records.identifiers import normalise_doi


@dataclass
class Result:
    """One file: what was read, whether the count is right, the fields that agree, and the differences."""

    path: str
    outcome: str
    true: int
    markers: int = 0
    parsed: int = 0
    entries: int = 0
    warned: bool = False
    refusal: str = ""
    raised: str = ""
    seconds: float = 0.0
    agree: int = 0
    checked: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Count and outcome as the manifest has them; a sum that does not close is wrong whatever the count (IM1)."""
        if self.raised or (self.refusal and "refuse" not in self.outcome):
            return False
        if self.refusal:
            return True
        sums = self.parsed == self.true and self.entries == self.markers
        return sums and self.outcome != "refuse" and (self.outcome == "import" or self.warned)


def bare(text: str) -> str:
    """A title without case, punctuation and a bracketed label at its end."""
    without_label = re.sub(r"\s*\[[^\]]*\]\s*$", "", text) or text
    return re.sub(r"[\W_]+", "", without_label.casefold())


def agrees(name: str, wanted: Any, record: ParsedRecord) -> bool:
    """Whether a checked field of ``record`` says what the sample says."""
    if name == "title":
        return bare(wanted) == bare(record.title)
    if name == "first_author":
        family = record.authors[0].split(",")[0] if record.authors else ""
        return bool(family) and bare(family) in bare(wanted)
    if name == "year":
        return bool(record.year == wanted)
    if name == "doi":
        return record.doi == normalise_doi(str(wanted))
    if name == "has_abstract":
        return bool(record.abstract) is bool(wanted)
    raws = record.raw_types if name == "type_raw" else record.raw_languages
    found = {raw.casefold() for raw in raws}
    words: list[str] = wanted if isinstance(wanted, list) else [wanted]
    return {" ".join(word.split()).casefold() for word in words} <= found


def score(folder: Path, row: dict[str, str], sample: list[dict[str, Any]]) -> Result:
    """Read one file and compare it."""
    result = Result(row["path"], row["outcome"], int(row["true_records"]))
    begun = time.perf_counter()
    try:
        (reading,) = read(folder / row["path"], name=row["path"])
        entries = list(reading.entries)
    except Refusal as refusal:
        result.refusal = f"{refusal.code}: {refusal.sentence}"
        return result
    except Exception as error:
        result.raised = repr(error)
        return result
    finally:
        result.seconds = time.perf_counter() - begun
    records = [entry for entry in entries if isinstance(entry, ParsedRecord)]
    result.markers, result.parsed, result.entries = reading.markers, len(records), len(entries)
    result.warned = bool(reading.warnings) or any(record.flags for record in records)
    for expected in sample:
        compare(result, expected, records)
    return result


def compare(result: Result, expected: dict[str, Any], records: list[ParsedRecord]) -> None:
    """Count the checked fields of one sampled record."""
    for name, wanted in expected.items():
        if name == "index" or wanted is None:
            continue
        result.checked += 1
        index = expected["index"]
        if index < len(records) and agrees(name, wanted, records[index]):
            result.agree += 1
        else:
            found = (
                getattr(records[index], {"type_raw": "raw_types", "language_raw": "raw_languages"}.get(name, name), "")
                if index < len(records) and name not in ("first_author", "has_abstract")
                else ""
            )
            result.differences.append(
                f"{result.path}[{index}] {name}: wanted {str(wanted)[:90]!r}, found {str(found)[:90]!r}"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    if "REVIEW_DATA" not in os.environ:
        print("REVIEW_DATA is not set: it names the folder that holds imports/.", file=sys.stderr)
        return 2
    folder = Path(os.environ["REVIEW_DATA"]) / "imports"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest))
    results = [score(folder, row, expected.get(row["path"], {}).get("sample", [])) for row in rows]
    report(results, errors=options.errors)
    return 0 if all(result.right for result in results) else 1


def report(results: list[Result], *, errors: bool) -> None:
    """Print a line a file and the totals."""
    for result in results:
        read_as = result.raised or result.refusal or f"{result.parsed} of {result.true}, markers {result.markers}"
        fields = f"{result.agree}/{result.checked}" if result.checked else "-"
        print(
            f"{'right' if result.right else 'WRONG':6}{result.path:36}{result.seconds:6.2f} s  fields {fields:9}{read_as[:110]}"
        )
        if errors:
            print("".join(f"        {difference}\n" for difference in result.differences), end="")
    agree, checked = sum(result.agree for result in results), sum(result.checked for result in results)
    right = sum(result.right for result in results)
    print(f"\nfiles right: {right} of {len(results)}; records: {sum(result.parsed for result in results)}; ", end="")
    print(f"fields that agree: {agree} of {checked} ({agree / max(checked, 1):.2%}); ", end="")
    print(
        f"files that raise: {sum(bool(result.raised) for result in results)}; slowest {max(r.seconds for r in results):.2f} s"
    )


if __name__ == "__main__":
    raise SystemExit(main())
