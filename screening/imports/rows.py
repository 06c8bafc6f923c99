"""Rows of an import in the database: made from what a reader hands over, cleaned, taken away again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Left

from screening.imports.bulk import insert, take_ids, values_of
from screening.imports.models import Import, RejectedRow
from screening.imports.parsed import ParsedRecord, ParseProblem
from screening.records.changes import mark_all_moved
from screening.records.models import Record, RecordText, Standing

Entry = ParsedRecord | ParseProblem
NUL_FLAG = "NUL characters were taken out of its text."
SURROGATE_FLAG = "Characters that are no text were replaced by \ufffd."

_SURROGATE = re.compile("[\ud800-\udfff]")
_TEXTS = (
    "title", "title_translated", "raw_year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract", "url",
)  # fmt: skip
_LISTS = ("authors", "keywords", "languages", "raw_languages", "types", "raw_types")
_STANDING = ("record_id", "review_id", "run_id", "source_id", "imported_from_id", "merged_by", "removed",
             "removed_reason", "language")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """One chunk, ready to be written: ``texts[i]``, raw and folded, belongs to ``records[i]``."""

    records: list[tuple[Any, ...]]
    texts: list[tuple[str, str]]
    rejected: list[tuple[Any, ...]]

    def write(self) -> None:
        """Write all of it; call inside a fenced transaction."""
        keys = take_ids(Record, len(self.records))
        insert(Record, self.records, keys=keys)
        insert(RecordText, [(key, *text) for key, text in zip(keys, self.texts, strict=True)])
        insert(RejectedRow, self.rejected)


def rows_of(imported: Import, entries: Sequence[tuple[int, Entry]]) -> Rows:
    """The rows of ``entries``, each with its position in the file, counted from 0."""
    records, texts, rejected = [], [], []
    for position, entry in entries:
        if isinstance(entry, ParseProblem):
            rejected.append(_rejected(imported, position, entry))
            continue
        record = _record(imported, position, entry)
        records.append(record)
        texts.append((clean(entry.raw), record.folded()))
    return Rows(values_of(records), texts, values_of(rejected))


def clean(text: str) -> str:
    """Text that every database takes: without NUL, lone surrogates as U+FFFD (P25)."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def flags_of(entry: ParsedRecord) -> tuple[str, ...]:
    """What the reader flagged, and what cleaning will change."""
    found = []
    if "\0" in entry.raw:
        found.append(NUL_FLAG)
    if not entry.raw.isascii() and _SURROGATE.search(entry.raw):
        found.append(SURROGATE_FLAG)
    return (*entry.flags, *found)


def _record(imported: Import, position: int, entry: ParsedRecord) -> Record:
    texts = {name: clean(getattr(entry, name)) for name in _TEXTS}
    lists = {name: [clean(value) for value in getattr(entry, name)] for name in _LISTS}
    texts["raw_year"] = texts["raw_year"][:60]
    return Record(
        review_id=imported.review_id,
        imported_from_id=imported.pk,
        number=(imported.first_number or 1) + position,
        position=position,
        line=entry.line,
        year=entry.year,
        year_early=entry.year_early,
        language_inferred=entry.language_inferred,
        ids={clean(kind): clean(value) for kind, value in entry.ids.items()},
        flags=list(flags_of(entry)),
        **texts,
        **lists,
    )


def _rejected(imported: Import, position: int, problem: ParseProblem) -> RejectedRow:
    return RejectedRow(
        imported_from_id=imported.pk,
        position=position,
        line=problem.line,
        reason=clean(problem.reason),
        raw=clean(problem.raw),
    )


def stored_positions(imported: Import) -> int:
    """How many entries of the file are in the database already: always the first ones, since chunks are written in order."""
    return imported.records.count() + imported.rejected_rows.count()


def clear_some(imported: Import, size: int) -> int:
    """Take away the last ``size`` rows of an import that is not in the review. Returns how many it took."""
    ids = list(imported.records.order_by("-position").values_list("pk", flat=True)[:size])
    RecordText.objects.filter(pk__in=ids).delete()
    Record.objects.filter(pk__in=ids).delete()
    if ids:
        return len(ids)
    rejected = list(imported.rejected_rows.values_list("pk", flat=True)[:size])
    RejectedRow.objects.filter(pk__in=rejected).delete()
    return len(rejected)


def insert_standings(imported: Import) -> int:
    """Make every record of an import part of the review by one statement; returns how many."""
    chosen = _standings_of(imported)
    sql, params = chosen.query.sql_with_params()
    columns = ", ".join(connection.ops.quote_name(name) for name in _STANDING)
    table = connection.ops.quote_name(Standing._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {sql}", params)
        n = int(cursor.rowcount)
    mark_all_moved(Standing.objects.filter(imported_from=imported))
    return n


def _standings_of(imported: Import) -> QuerySet[Record, Any]:
    text = CharField()
    first_language = Left(Coalesce(KT("languages__0"), Value(""), output_field=text), 8)
    return imported.records.values_list(
        F("pk"), F("review_id"), Value(imported.run_id), Value(imported.source_id), Value(imported.pk),
        Value("", text), Value("", text), Value("", text), first_language,
    )  # fmt: skip


def mapped_before(imported: Import, columns: Sequence[str]) -> dict[str, str]:
    """How this review mapped a table with the same headings last; empty if it never did."""
    earlier = Import.objects.filter(review_id=imported.review_id).exclude(mapping={}).order_by("-pk")
    for question, mapping in earlier.values_list("question", "mapping")[:200]:
        if question.get("columns") == list(columns):
            return dict(mapping)
    return {}
