"""The real parts are real: each is there, sees the test's database, and nothing else is reached."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_socket
import redis
from django.db import connection
from playwright.sync_api import Page

from screening.jobs.models import Worker
from tests.parts import private
from tests.parts.worker import RunningWorker, database_url


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Return as soon as it holds; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.django_db
def test_the_run_is_about_the_database_that_was_asked_for() -> None:
    assert connection.vendor == os.environ["TEST_DATABASE"]


@pytest.mark.django_db
def test_an_sqlite_test_database_is_a_file_with_the_options_of_the_site() -> None:
    if connection.vendor != "sqlite":
        return
    assert Path(connection.settings_dict["NAME"]).is_file()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)


def test_no_test_reaches_the_network() -> None:
    with (
        pytest.warns(UserWarning, match=r"192\.0\.2\.1"),
        pytest.raises(pytest_socket.SocketConnectBlockedError),
    ):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_the_private_redis_answers_and_is_empty(redis_url: str) -> None:
    with redis.Redis(unix_socket_path=redis_url.removeprefix("redis+socket://")) as client:
        assert client.ping()
        assert client.dbsize() == 0


def test_a_worker_sees_the_test_database(worker: RunningWorker) -> None:
    wait_until(Worker.objects.exists)


def test_a_worker_on_redis_sees_the_test_database_and_comes_back_after_a_kill(redis_worker: RunningWorker) -> None:
    wait_until(Worker.objects.exists)
    redis_worker.kill()
    Worker.objects.all().delete()
    redis_worker.start()
    wait_until(Worker.objects.exists)


def test_the_served_site_answers_with_its_headers(live_site: str) -> None:
    site = HTTPConnection(urlsplit(live_site).netloc, timeout=30)
    site.request("GET", "/accounts/login/")
    answer = site.getresponse()
    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    site.close()


def test_a_browser_opens_the_site_without_a_complaint(live_site: str, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/accounts/login/")
    assert page.locator("form").count() > 0
    assert complaints == []


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(private.PartError, match="no such option"):
        private.start(private.make_folder("broken"), ["sh", "-c", "echo no such option >&2; exit 1"], lambda: False)


def test_a_password_with_signs_survives_in_a_database_url() -> None:
    account = {"USER": "u", "PASSWORD": "a@b/c", "HOST": "/run/pg", "NAME": "n"}
    assert database_url({"ENGINE": "django.db.backends.postgresql", **account}) == (
        "postgresql://u:a%40b%2Fc@%2Frun%2Fpg/n"
    )
