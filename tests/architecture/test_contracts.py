"""The shape of the house: imports, sizes, style. What a linter can hold is held by one; this runs it with the tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("reviewapp", "screening", "extraction")
LONGEST_FUNCTION = 60
LONGEST_VIEW = 25
LONGEST_MODULE = 400

# Inside a step these names say what a module may do; any other module is a rule and pure, unless it is named below.
FLOORS = {"models", "queue", "actions", "access", "forms", "views", "urls"}
WITH_DATABASE_OR_DISK = {
    "extraction.synthesis.characteristics",
    "extraction.synthesis.second_look",
    "extraction.synthesis.written",
    "extraction.entries.overview",
    "extraction.entries.shown",
    "extraction.entries.refinding",
    "extraction.appraisal.written",
    "extraction.coding.compare_views",
    "extraction.coding.grouping",
    "extraction.coding.handing",
    "extraction.coding.marking",
    "extraction.coding.naming",
    "extraction.coding.overview",
    "extraction.coding.reconciling",
    "extraction.coding.study_views",
    "screening.api.limits",
    "screening.api.paging",
    "screening.api.parts",
    "screening.api.problems",
    "screening.api.reading",
    "screening.api.site",
    "screening.archive.contents",
    "screening.archive.restoring",
    "screening.archive.sealed",
    "screening.archive.writing",
    "screening.audit.guards",
    "screening.audit.head",
    "screening.conflicts.arguments",
    "screening.conflicts.listing",
    "screening.conflicts.overdue",
    "screening.decisions.agreement_shown",
    "screening.decisions.agreement_views",
    "screening.decisions.ahead",
    "screening.decisions.bringing_in",
    "screening.decisions.late",
    "screening.decisions.lists",
    "screening.decisions.numbers",
    "screening.decisions.opening",
    "screening.decisions.pairs",
    "screening.decisions.piloting.rounds",
    "screening.decisions.piloting.waiting",
    "screening.decisions.progress",
    "screening.decisions.quotes",
    "screening.decisions.rescreening.rounds",
    "screening.decisions.rescreening.waiting",
    "screening.decisions.rules",
    "screening.decisions.screen",
    "screening.decisions.sharing.addresses",
    "screening.decisions.sharing.job",
    "screening.decisions.sharing.plan",
    "screening.decisions.submissions",
    "screening.decisions.turn",
    "screening.exports.said",
    "screening.dedupe.automation",
    "screening.dedupe.declaring",
    "screening.dedupe.finding",
    "screening.dedupe.keeping",
    "screening.dedupe.outcomes",
    "screening.dedupe.removal_views",
    "screening.dedupe.shown",
    "screening.dedupe.spreading",
    "screening.dedupe.stored",
    "screening.fulltexts.identifying",
    "screening.fulltexts.incoming",
    "screening.fulltexts.marking",
    "screening.fulltexts.quoting",
    "screening.fulltexts.requesting",
    "screening.fulltexts.reviewing",
    "screening.fulltexts.serving",
    "screening.fulltexts.storage",
    "screening.fulltexts.taking_over",
    "screening.fulltexts.tray",
    "screening.fulltexts.zips",
    "screening.history.reading",
    "screening.imports.bulk",
    "screening.imports.loading",
    "screening.imports.receiving",
    "screening.imports.rows",
    "screening.imports.storage",
    "screening.imports.undoing",
    "screening.imports.waiting",
    "screening.jobs.bell",
    "screening.jobs.run",
    "screening.jobs.sweeper",
    "screening.prisma.carried",
    "screening.prisma.check",
    "screening.prisma.check_counts",
    "screening.prisma.check_places",
    "screening.prisma.check_outcomes",
    "screening.prisma.check_rows",
    "screening.prisma.check_votes",
    "screening.prisma.counts",
    "screening.prisma.history",
    "screening.prisma.listing",
    "screening.prisma.placing",
    "screening.prisma.sealing",
    "screening.prisma.snapshot",
    "screening.prisma.unfinished",
    "screening.progress.reminding",
    "screening.protocol.versions",
    "screening.publishing.freezing",
    "screening.home.addresses",
    "screening.home.steps",
    "screening.home.tasks",
    "screening.records.changes",
    "screening.records.listing",
    "screening.records.placed",
    "screening.records.places",
    "screening.takeovers.bringing",
    "screening.takeovers.trying",
}


def modules() -> list[Path]:
    """Every module of ours that is not a migration."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its length from `def` to its last line."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def rules() -> set[str]:
    """The modules of the steps that are neither a floor nor named as an exception."""
    found = set()
    for path in modules():
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[:3] == ("screening", "api", "operations") or parts[:2] == (
            "extraction",
            "api",
        ):  # views by another name
            continue
        if parts[0] in {"screening", "extraction"} and len(parts) > 2 and parts[-1] not in FLOORS | {"__init__"}:
            found.add(".".join(parts))
    return found - WITH_DATABASE_OR_DISK


def test_ar1_to_ar4_every_import_contract_is_kept() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_ar4_names_every_rule_of_every_step() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    pure = next(contract["source_modules"] for contract in contracts if contract["id"] == "AR4")
    unnamed = [rule for rule in sorted(rules()) if not any(f"{rule}.".startswith(f"{name}.") for name in pure)]
    assert unnamed == [], "name it in AR4, or above as a module with a database"
    assert len(pure) == len(set(pure))


def test_ar7_no_module_is_longer_than_four_hundred_lines() -> None:
    long = [str(path.relative_to(ROOT)) for path in modules() if len(path.read_text().splitlines()) > LONGEST_MODULE]
    assert long == []


def test_ar7_no_function_is_longer_than_sixty_lines_and_no_view_longer_than_twenty_five() -> None:
    long = []
    for path in modules():
        limit = LONGEST_VIEW if path.name == "views.py" else LONGEST_FUNCTION
        for function in functions(ast.parse(path.read_text())):
            if lines(function) > limit:
                long.append(f"{path.relative_to(ROOT)}:{function.lineno} {function.name} has {lines(function)} lines")
    assert long == []


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "misc", "services", "signals"}
    assert [str(path.relative_to(ROOT)) for path in modules() if drawers & set(path.with_suffix("").parts)] == []


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["rules", "layout"])
def test_ruff_finds_nothing(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_the_locks_carry_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==", text, re.MULTILINE)
        hashes = re.findall(r"(?<!\\)\n    --hash=|\\\n    --hash=", text)
        assert pins, name
        assert len(hashes) >= len(pins), name
        assert "://" not in text, name


def test_the_site_is_tested_with_the_versions_that_it_runs_with() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-test.lock")
