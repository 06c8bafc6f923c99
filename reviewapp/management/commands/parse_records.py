"""`manage.py parse_records`: what the readers make of files, without a review, an account or a database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from screening.imports.parsed import ParsedRecord, ParseProblem, Reading, Refusal
from screening.imports.reading import read

Report = dict[str, Any]


class Command(BaseCommand):
    """Read files of references and say what is in them."""

    help = "Read files of references and report records, flags and rejected rows. Stores nothing, touches no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--encoding", metavar="NAME", help="only where a file does not tell, such as gb18030 or big5"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, files: list[Path], encoding: str | None, **options: Any) -> None:
        """Report every file; exit with 1 and a sentence if one was refused."""
        reports: list[Report] = []
        for path in files:
            for report in reports_of(path, encoding):
                reports.append(report)
                if not report["refused"]:
                    self.stderr.write("\n".join([summary(report), *report["warnings"]]))
        if options["json"]:
            self.stdout.write(json.dumps(reports, ensure_ascii=False))
        refused = [f"{report['file']}: {report['refused']}" for report in reports if report["refused"]]
        if refused:
            raise CommandError(" ".join(refused))


def reports_of(path: Path, encoding: str | None) -> Iterator[Report]:
    """One report for a file, one for each member of a zip; a refused file has its sentence under ``refused``."""
    if not path.is_file():
        yield _refused(str(path), "There is no such file.")
        return
    try:
        readings = read(path, name=path.name, encoding=encoding)
    except Refusal as refusal:
        yield _refused(str(path), refusal.typed)
        return
    for reading in readings:
        name = str(path) if reading.name == path.name and len(readings) == 1 else f"{path}/{reading.name}"
        try:
            yield report_of(reading, name)
        except Refusal as refusal:
            yield _refused(name, refusal.typed)


def report_of(reading: Reading, name: str) -> Report:
    """The file report: counts, flags and rejected rows with their lines, and every record."""
    report: Report = {**_refused(name, None), "format": reading.format, "encoding": reading.encoding}
    report |= {"markers": reading.markers, "warnings": [*reading.left_out, *reading.warnings]}
    for entry in reading.entries:
        if isinstance(entry, ParseProblem):
            report["rejected"].append({"line": entry.line, "reason": entry.reason, "raw": entry.raw})
            continue
        report["parsed"] += 1
        report["flagged"] += [{"line": entry.line, "reason": flag} for flag in entry.flags]
        report["records"].append(record_of(entry))
    return report


def record_of(entry: ParsedRecord) -> dict[str, Any]:
    """A record as the JSON of a file report has it; its raw text stays out."""
    return {
        "line": entry.line,
        "title": entry.title,
        "title_translated": entry.title_translated,
        "authors": list(entry.authors),
        "year": entry.year,
        "journal": entry.journal,
        "volume": entry.volume,
        "issue": entry.issue,
        "pages": entry.pages,
        "doi": entry.doi,
        "pmid": entry.pmid,
        "abstract": entry.abstract,
        "keywords": list(entry.keywords),
        "language": list(entry.languages),
        "language_inferred": entry.language_inferred,
        "types": list(entry.types),
        "raw_types": list(entry.raw_types),
        "url": entry.url,
        "ids": dict(entry.ids),
    }


def summary(report: Report) -> str:
    """One line about a file that was read, for a person at a terminal."""
    lines = len({flag["line"] for flag in report["flagged"]})
    sums = f"{report['markers']} marked = {report['parsed']} parsed + {len(report['rejected'])} rejected"
    return f"{report['file']}: {report['format']}, {report['encoding']}: {sums}; {lines} flagged"


def _refused(name: str, sentence: str | None) -> Report:
    return {
        "file": name,
        "format": "",
        "encoding": "",
        "markers": 0,
        "parsed": 0,
        "flagged": [],
        "rejected": [],
        "refused": sentence,
        "warnings": [],
        "records": [],
    }
