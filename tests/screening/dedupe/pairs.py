"""Made-up pairs of records from tests/data/dedupe, and what matching makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from screening.dedupe.matching import Grouping, MatchRecord, find_links, group

DATA = Path(__file__).parents[2] / "data" / "dedupe"


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a JSON lines file."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def records_of(case: dict[str, Any]) -> tuple[MatchRecord, MatchRecord]:
    """Both records of a case; ``b`` repeats what it does not say otherwise."""
    return _record("a", case["a"]), _record("b", {**case["a"], **case["b"]})


def _record(name: str, fields: dict[str, Any]) -> MatchRecord:
    return MatchRecord(id=name, **{key: _frozen(value) for key, value in fields.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def matched(*records: MatchRecord, **said: Any) -> Grouping:
    """Links and groups of ``records``."""
    by_id = {one.id: one for one in records}
    return group(list(by_id), find_links(records), records_by_id=by_id, **said)


def outcome(*records: MatchRecord) -> str:
    """What happens to ``records`` as one word: merged, asked or kept apart."""
    grouping = matched(*records)
    return "merged" if grouping.groups else "asked" if grouping.queue else "kept apart"
