"""Guards: what a constraint cannot say, said by triggers on both databases (reliability.md 6.3). One list, installed after migrate.

Django rebuilds tables on SQLite and drops their triggers silently, so they are installed anew after every migration.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True)
class Guard:
    """A trigger: before ``event`` on ``table``, where ``condition`` holds (SQL over NEW and OLD), refuse with ``sentence``."""

    name: str
    table: str
    event: str
    condition: str
    sentence: str


def _same_review(table: str, column: str, parent: str) -> Guard:
    return Guard(
        name=f"guard_{table}_review",
        table=f"screening_{table}",
        event="INSERT",
        condition=f"NEW.review_id <> (SELECT review_id FROM screening_{parent} WHERE id = NEW.{column})",  # noqa: S608
        sentence=f"P13: a row of {table} may not tie two reviews together",
    )


def _same_review_of(table: str, column: str, parent: str) -> Guard:
    """As `_same_review`, for whole names of tables; the name of the guard tells which column it watches."""
    return Guard(
        name=f"guard_{table}_{column.removesuffix('_id')}",
        table=table,
        event="INSERT",
        condition=f"NEW.review_id <> (SELECT review_id FROM {parent} WHERE id = NEW.{column})",  # noqa: S608
        sentence=f"P13: a row of {table.partition('_')[2]} may not tie two reviews together",
    )


def _member_of_the_item(table: str, column: str) -> Guard:
    of_the_item = "(SELECT review_id FROM screening_item WHERE id = NEW.item_id)"
    of_the_member = f"(SELECT review_id FROM screening_membership WHERE id = NEW.{column})"  # noqa: S608
    return Guard(
        name=f"guard_{table}_review",
        table=f"screening_{table}",
        event="INSERT",
        condition=f"{of_the_item} <> {of_the_member}",
        sentence=f"P13: a row of {table} may not tie two reviews together",
    )


GUARDS = (
    Guard("guard_audit_update", "screening_auditevent", "UPDATE", "TRUE", "P45: the log is append-only"),
    Guard("guard_audit_delete", "screening_auditevent", "DELETE", "TRUE", "P45: the log is append-only"),
    Guard(
        "guard_ruling_by_voter",
        "screening_ruling",
        "INSERT",
        "EXISTS (SELECT 1 FROM screening_vote v WHERE v.item_id = NEW.item_id AND v.reviewer_id = NEW.adjudicator_id)",
        "I15: a voter of the item may not rule on it",
    ),
    Guard("guard_vote_delete", "screening_vote", "DELETE", "TRUE", "S6: votes stay"),
    Guard(
        "guard_protocol_frozen",
        "screening_protocolversion",
        "UPDATE",
        "OLD.frozen_at IS NOT NULL AND (NEW.frozen_at IS NULL OR NEW.ta_mode <> OLD.ta_mode OR NEW.ft_mode <> OLD.ft_mode"
        " OR NEW.ta_maybe <> OLD.ta_maybe OR NEW.reason_clash <> OLD.reason_clash)",
        "I24: a frozen protocol does not change",
    ),
    Guard(
        "guard_record_title",
        "screening_record",
        "UPDATE",
        "NEW.title <> OLD.title AND NEW.title <> COALESCE("
        "(SELECT r.title FROM screening_repair r WHERE r.record_id = NEW.id ORDER BY r.id DESC LIMIT 1), OLD.title)",
        "I1: a title changes by a repair only",
    ),
    Guard(
        "guard_repair_of_a_title",
        "screening_repair",
        "INSERT",
        "(SELECT r.title FROM screening_record r WHERE r.id = NEW.record_id) <> ''"
        " AND NOT EXISTS (SELECT 1 FROM screening_repair r WHERE r.record_id = NEW.record_id)",
        "I1: a title that was imported is never overwritten",
    ),
    Guard("guard_repair_update", "screening_repair", "UPDATE", "TRUE", "I1: what was given is kept"),
    Guard("guard_repair_delete", "screening_repair", "DELETE", "TRUE", "I1: what was given is kept"),
    _same_review("item", "record_id", "record"),
    _same_review("vote", "item_id", "item"),
    _same_review("comment", "item_id", "item"),
    _same_review("position", "item_id", "item"),
    _same_review("ruling", "item_id", "item"),
    _same_review("escalation", "item_id", "item"),
    _same_review("mention", "comment_id", "comment"),
    _same_review("proposal", "item_id", "item"),
    _same_review("standing", "record_id", "record"),
    _same_review("report", "record_id", "record"),
    _same_review("studyreport", "record_id", "record"),
    _same_review("repair", "record_id", "record"),
    _same_review("setaside", "record_id", "record"),
    _same_review_of("extraction_formversion", "form_id", "extraction_form"),
    Guard(
        "guard_form_version_published",
        "extraction_formversion",
        "UPDATE",
        "OLD.published_at IS NOT NULL AND (NEW.published_at IS NULL OR CAST(NEW.content AS TEXT) <> CAST(OLD.content AS TEXT)"
        " OR NEW.number <> OLD.number OR NEW.form_id <> OLD.form_id)",
        "I24: a published form does not change",
    ),
    _same_review_of("extraction_sourcetext", "study_id", "screening_study"),
    _same_review_of("extraction_segment", "source_id", "extraction_sourcetext"),
    _same_review_of("extraction_coding", "segment_id", "extraction_segment"),
    _same_review_of("extraction_coding", "code_id", "extraction_code"),
    _same_review_of("extraction_coding", "coder_id", "screening_membership"),
    _same_review_of("extraction_codingturn", "study_id", "screening_study"),
    _same_review_of("extraction_codingsettlement", "segment_id", "extraction_segment"),
    _same_review_of("extraction_codingsettlement", "code_id", "extraction_code"),
    _member_of_the_item("assignment", "reviewer_id"),
    _member_of_the_item("reading", "reader_id"),
    _member_of_the_item("tagging", "reviewer_id"),
    _same_review_of("extraction_extraction", "study_id", "screening_study"),
    _same_review_of("extraction_entry", "extraction_id", "extraction_extraction"),
    _same_review_of("extraction_entryvalue", "entry_id", "extraction_entry"),
    _same_review_of("extraction_anchor", "entry_id", "extraction_entry"),
    _same_review_of("extraction_settlement", "extraction_id", "extraction_extraction"),
    *(
        Guard(
            f"guard_entryvalue_{event.lower()}",
            "extraction_entryvalue",
            event,
            "EXISTS (SELECT 1 FROM extraction_entry e JOIN extraction_extraction x ON x.id = e.extraction_id"
            " WHERE e.id = OLD.entry_id AND (x.revealed_at IS NOT NULL OR e.round < x.round))",
            "I41: an entry stays as it was once it is revealed",
        )
        for event in ("UPDATE", "DELETE")
    ),
    *(
        Guard(
            f"guard_settlement_{event.lower()}",
            "extraction_settlement",
            event,
            "EXISTS (SELECT 1 FROM extraction_extraction x WHERE x.id = OLD.extraction_id"
            " AND (x.locked_at IS NOT NULL OR OLD.round < x.round))",
            "I41: what was settled stays once it is locked",
        )
        for event in ("UPDATE", "DELETE")
    ),
)


def install() -> None:
    """Install every guard; run after migrate, again and again without harm. A table that is yet to be made gets its guards with it."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in (one for one in GUARDS if one.table in tables):
            for statement in _sql(guard):
                cursor.execute(statement)


def installed() -> set[str]:
    """Names of the guards that the database has, from its catalogue."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'guard_%'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


@contextmanager
def lifted() -> Iterator[None]:
    """Without guards, for emptying a test database or deleting a whole review; they stand again afterwards."""
    drop()
    try:
        yield
    finally:
        install()


def drop() -> None:
    """Take the guards away; only `lifted`, migrations on SQLite and the emptying of a test database do so."""
    with transaction.atomic(), connection.cursor() as cursor:
        for guard in GUARDS:
            cursor.execute(_drop_sql(guard))


def _drop_sql(guard: Guard) -> str:
    on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {guard.name}{on}"


def _sql(guard: Guard) -> list[str]:
    if connection.vendor == "sqlite":
        return [
            _drop_sql(guard),
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} WHEN {guard.condition} "
            f"BEGIN SELECT RAISE(ABORT, '{guard.sentence}'); END",
        ]
    row = "OLD" if guard.event == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {guard.condition} THEN "
        f"RAISE EXCEPTION '{guard.sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$",
        _drop_sql(guard),
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
    ]
