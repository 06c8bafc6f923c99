"""`manage.py find_duplicates`: which records of some files are one report, without a database."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from screening.dedupe.matching import Grouping, MatchRecord, find_links, group
from screening.imports.parsed import ParsedRecord, Reading, Refusal
from screening.imports.reading import Limits, read
from screening.prisma.numbers import counted

LIMITS = Limits(max_bytes=2 * 1024**3, max_records=1_000_000, max_unpacked=4 * 1024**3)


class Command(BaseCommand):
    """Match the records of files as the site would, and print groups and questions."""

    help = "Find the records of the same report in one or more files. Nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--review-queue", action="store_true", help="also list the groups a person would be asked about"
        )
        parser.add_argument("--encoding", default=None, metavar="NAME", help="only where the files do not tell")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        """Read, match, print. Raises CommandError where a file cannot be read."""
        records = list(self._records(files, options["encoding"]))
        started = time.perf_counter()
        links = find_links(records, progress=self._progress())
        found = group([one.id for one in records], links, records_by_id={one.id: one for one in records})
        seconds = time.perf_counter() - started
        if options["json"]:
            self.stdout.write(
                json.dumps(_document(records, found, seconds, options["review_queue"]), ensure_ascii=False)
            )
            return
        for members in found.groups:
            self.stdout.write("\t".join(members))
        if options["review_queue"]:
            for card in found.queue:
                self.stdout.write(f"? {card.score:.2f}\t{card.kind}\t{card.reason}\t" + "\t".join(card.ids))
        self.stderr.write(_summary(records, found, seconds))

    def _records(self, files: list[Path], encoding: str | None) -> Iterator[MatchRecord]:
        known: set[str] = set()
        for path in files:
            if not path.is_file():
                raise CommandError(f"There is no file {path}. Give the path of a file of references.")
            try:
                for reading in read(path, name=path.name, encoding=encoding, limits=LIMITS):
                    yield from self._of(reading, known)
            except Refusal as refusal:
                raise CommandError(f"{path.name}: {refusal.typed}") from refusal

    def _of(self, reading: Reading, known: set[str]) -> Iterator[MatchRecord]:
        number = 0
        for sentence in reading.left_out:
            self.stderr.write(sentence)
        for entry in reading.entries:
            if not isinstance(entry, ParsedRecord):
                self.stderr.write(f"{reading.name}, line {entry.line}: {entry.reason}")
                continue
            number += 1
            yield match_record(entry, _new_id(entry, reading, number, known), reading.name)

    def _progress(self) -> Callable[[int, int], None] | None:
        if not sys.stderr.isatty():
            return None
        return lambda done, total: self.stderr.write(f"\rComparing pairs: {done:,} of {total:,}", ending="")


def match_record(parsed: ParsedRecord, name: str, source: str) -> MatchRecord:
    """A parsed record as matching wants it, under the id ``name``."""
    return MatchRecord(
        id=name,
        title=parsed.title,
        title_translated=parsed.title_translated,
        authors=parsed.authors,
        year=parsed.year,
        journal=parsed.journal,
        volume=parsed.volume,
        issue=parsed.issue,
        pages=parsed.pages,
        doi=parsed.doi,
        pmid=parsed.pmid,
        abstract=parsed.abstract,
        types=parsed.types,
        source=source,
        ids=tuple(sorted(parsed.ids.items())),
    )


def _new_id(entry: ParsedRecord, reading: Reading, number: int, known: set[str]) -> str:
    """The id a table gives the record, unless another record has it; else the file's name and the record's number."""
    has_ids = reading.format == "CSV" and any(heading.strip().casefold() == "id" for heading in reading.columns)
    own = entry.ids.get("record_id", "") if has_ids else ""
    name = own if own and own not in known else f"{reading.name}:{number}"
    known.add(name)
    return name


def _document(records: list[MatchRecord], found: Grouping, seconds: float, with_queue: bool) -> dict[str, Any]:
    queue = [
        {"ids": list(card.ids), "score": card.score, "reason": card.reason, "kind": card.kind} for card in found.queue
    ]
    return {
        "records": len(records),
        "groups": [list(members) for members in found.groups],
        "queue": queue if with_queue else [],
        "waiting": len(queue),
        "seconds": round(seconds, 3),
    }


def _summary(records: list[MatchRecord], found: Grouping, seconds: float) -> str:
    surplus = sum(len(members) - 1 for members in found.groups)
    return (
        f"{counted(len(records), 'record', 'records')}: {counted(surplus, 'duplicate', 'duplicates')} in "
        f"{counted(len(found.groups), 'group', 'groups')}, {counted(len(found.queue), 'question', 'questions')} for a person, "
        f"{seconds:.1f} s."
    )
