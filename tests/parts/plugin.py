"""Chooses the database of a test run before Django reads its settings: a conftest would be too late.

TEST_DATABASE is sqlite (the default) or postgresql. Loaded by `-p tests.parts.plugin` (see pyproject.toml), so that the
settings know nothing of tests.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Generator

import pytest

from tests.parts import postgresql
from tests.parts.missing import in_ci

ABSENT = "TEST_POSTGRESQL_ABSENT"
LONGEST = (
    "test_two_worlds",
    "test_pages",
    "test_whole_job",
    "test_dedupe_kill",
    "test_import_kill",
    "test_process_machine",
    "test_ledger",
    "test_processes",
    "test_other_database",
    "test_extraction",
)
OF_THE_DEVELOPER = (
    *("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "TLS", "EMAIL_HOST", "BASE_URL", "LOG_LEVEL"),
    *("CELERY_BROKER_URL", "ALLAUTH_TRUSTED_PROXY_COUNT"),
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Set the environment that the settings read; the outermost wrapper runs before pytest-django loads them."""
    for name in OF_THE_DEVELOPER:
        os.environ.pop(name, None)
    data = tempfile.mkdtemp(prefix="reviewapp-")
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    os.environ["REVIEWAPP_DATA"] = data
    os.environ["DATABASE_URL"] = _database_url(data)
    return (yield)


def _database_url(data: str) -> str:
    database = os.environ.setdefault("TEST_DATABASE", "sqlite")
    if database == "sqlite":
        return f"sqlite:///{data}/reviewapp.sqlite3"
    if database != "postgresql":
        raise pytest.UsageError(f"TEST_DATABASE is {database!r}: say sqlite or postgresql.")
    return _postgresql_url() or f"sqlite:///{data}/reviewapp.sqlite3"


def _postgresql_url() -> str:
    """The server that was given, or that the main process of this run started, or a new one; empty if there is none."""
    url = os.environ.get("TEST_POSTGRESQL_URL", "")
    if url or os.environ.get(ABSENT):
        return url
    binaries = postgresql.programs()
    if binaries is None:
        if in_ci():
            raise pytest.UsageError(f"PostgreSQL not found: {postgresql.REMEDY}.")
        os.environ[ABSENT] = "1"
        return ""
    url, keeper = postgresql.start(binaries)
    atexit.register(keeper.stop)
    os.environ["TEST_POSTGRESQL_URL"] = url
    return url


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark what asks no database, so that the run on the second one can leave it out (`-m 'not once'`); the longest come first.

    A long test that starts last leaves the other cores idle. pytest-django has sorted before the longest are put first.
    """
    for item in items:
        if not _asks_a_database(item):
            item.add_marker("once")
    yield
    items.sort(key=lambda item: item.path.stem not in LONGEST)


def _asks_a_database(item: pytest.Item) -> bool:
    """By marker or fixture; where processes are started, always."""
    if not {"screening", "extraction", "architecture"} & set(item.path.parts):
        return True
    fixtures = {"db", "transactional_db", "live_site", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Without a PostgreSQL nothing may pass in its name."""
    if os.environ.get(ABSENT):
        pytest.skip(f"PostgreSQL not found: {postgresql.REMEDY}")


def pytest_report_header() -> str:
    """Say which database this run is about."""
    return f"database: {os.environ['TEST_DATABASE']}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One red line that says how many tests did not run, and why."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if reasons:
        listed = "; ".join(f"{n} x {reason}" for reason, n in reasons.most_common())
        terminalreporter.write_line(f"NOT RUN: {reasons.total()} tests skipped ({listed})", red=True, bold=True)


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
