"""The command that runs a benchmark."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from reviewapp.management.commands.benchmark import FOLDER, PARTS, names

pytestmark = pytest.mark.once


def test_every_benchmark_is_offered_and_no_part_of_one() -> None:
    assert {"speed", "crowd", "deduplication", "replay_review"} <= set(names())
    assert {path.stem for path in FOLDER.glob("*.py")} == set(names()) | (
        PARTS & {path.stem for path in FOLDER.glob("*.py")}
    )
    with pytest.raises(CommandError, match="There is no benchmark seed"):
        call_command("benchmark", "seed")


def test_its_own_options_reach_it(capfd: pytest.CaptureFixture[str]) -> None:
    call_command("benchmark", "crowd", "--help")
    assert "--people" in capfd.readouterr().out
