"""Fixtures that several steps share: the databases, a Redis, a worker, a served site, a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker, Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from screening.audit import guards
from tests.parts import browser as browser_part
from tests.parts import redis as redis_part
from tests.parts.missing import in_ci, missing
from tests.parts.site import Site
from tests.parts.worker import RunningWorker

# Nobody waits for a shared machine; in CI the same examples come every time.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, max_examples=60)
expect.set_options(timeout=20_000)
hypothesis.settings.load_profile("ci" if in_ci() else "here")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite tests use a file, as the site does: threads and a worker then see what a user would."""
    database = django_settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = 0  # a kept connection would outlive the test database
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = os.path.join(os.environ["REVIEWAPP_DATA"], "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """PostgreSQL drops no database in which a killed worker's last statement still runs."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            others = "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity {others}")


@pytest.fixture(autouse=True, scope="session")
def _flush_without_guards() -> Iterator[None]:
    """Emptying a test database deletes rows that the guards hold for ever; flush installs them again (post_migrate)."""
    teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def lifting(case: TransactionTestCase) -> None:
        guards.drop()
        teardown(case)

    TransactionTestCase._fixture_teardown = lifting  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_looked_for_once() -> Iterator[None]:
    """Every test client starts the middleware anew, and that reads each static file's facts; a server does it once."""
    look: Callable[[WhiteNoiseMiddleware], None] = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[object, dict[str, Any]] = {}

    def once(middleware: WhiteNoiseMiddleware) -> None:
        key = (middleware.static_prefix, middleware.max_age, middleware.autorefresh)
        if key not in found:
            look(middleware)
            found[key] = dict(middleware.files)
        middleware.files.update(found[key])

    WhiteNoiseMiddleware.add_files_from_finders = once
    yield
    WhiteNoiseMiddleware.add_files_from_finders = look


@pytest.fixture(scope="session")
def private_redis() -> Iterator[str]:
    """The broker URL of one Redis for the whole run."""
    server = redis_part.program()
    if server is None:
        missing("Redis", redis_part.REMEDY)
    url, keeper = redis_part.start(server)
    yield url
    keeper.stop()


@pytest.fixture
def redis_url(private_redis: str) -> str:
    """The broker URL of an empty Redis, `redis+socket://PATH`."""
    redis_part.empty(private_redis)
    return private_redis


@pytest.fixture
def worker(transactional_db: None) -> Iterator[RunningWorker]:
    """A real celery worker process on the test's own database and folder broker."""
    running = RunningWorker(connection.settings_dict)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def redis_worker(transactional_db: None, redis_url: str) -> Iterator[RunningWorker]:
    """The same on Redis; this process sends there too until the test ends."""
    running = RunningWorker(connection.settings_dict, broker=redis_url)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def served_site(django_db_setup: None) -> Iterator[Site]:
    """The site behind its own web server, in this process: a test's settings and clock hold for it."""
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def live_site(served_site: Site, transactional_db: None, settings: Settings) -> str:
    """The address of the served site, without a slash at the end."""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    return served_site.address


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium without the connections of its own that a closed network refuses."""
    path = browser_part.program()
    if path is None:
        missing("Chromium", browser_part.REMEDY)
    # Playwright's event loop runs in the thread of the tests; Django would take them for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": path, "args": browser_part.flags()}


@pytest.fixture(scope="session")
def base_url(served_site: Site) -> str:
    """Where paths such as `page.goto("/")` lead."""
    return served_site.address


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """British English, and times in UTC."""
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "UTC"}


@pytest.fixture
def review_data() -> Path:
    """The folder of real export files and labelled sets that REVIEW_DATA names; no test needs it in CI."""
    folder = os.environ.get("REVIEW_DATA", "")
    if not folder:
        pytest.skip("REVIEW_DATA names no folder of real data")
    return Path(folder)
