"""The acceptance on real export files, where REVIEW_DATA names the folder that holds them (imports.md 9)."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from benchmarks.import_samples import Result, score

DATA = Path(os.environ["REVIEW_DATA"]) / "imports" if os.environ.get("REVIEW_DATA") else None
pytestmark = pytest.mark.skipif(DATA is None, reason="REVIEW_DATA is not set")


def rows() -> list[dict[str, str]]:
    if DATA is None:
        return []
    with (DATA / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        return list(csv.DictReader(manifest))


def sample(path: str) -> list[dict[str, Any]]:
    assert DATA is not None
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = expected.get(path, {}).get("sample", [])
    return found


def scored(row: dict[str, str]) -> Result:
    assert DATA is not None
    return score(DATA, row, sample(row["path"]))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["path"])
def test_im1_every_real_file_gives_its_true_count_or_its_refusal(row: dict[str, str]) -> None:
    result = scored(row)
    assert result.right, (result.refusal, result.raised, result.parsed, result.markers)


def test_at_least_995_of_1000_checked_fields_agree() -> None:
    results = [scored(row) for row in rows()]
    agree, checked = sum(result.agree for result in results), sum(result.checked for result in results)
    assert agree >= 0.995 * checked
