"""A connection that is kept is looked at before each request."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, connections

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps a file, not a connection")


@pytest.fixture
def kept() -> Any:
    """A connection of its own, that no test's transaction needs."""
    mine = connections.create_connection("default")
    mine.ensure_connection()
    yield mine
    mine.close()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_stands_is_usable_and_asks_the_server_nothing(kept: Any) -> None:
    before = kept.connection.info.status, kept.connection.pgconn.socket
    assert kept.is_usable()
    assert (kept.connection.info.status, kept.connection.pgconn.socket) == before


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_made_anew_with_the_next_request(kept: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.connection.info.backend_pid])
    assert not kept.is_usable()
    kept.health_check_enabled, kept.health_check_done = True, False
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_connection_inside_a_failed_transaction_is_not_usable(kept: Any) -> None:
    kept.set_autocommit(False)
    with pytest.raises(Exception, match="division by zero"), kept.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert not kept.is_usable()
    kept.rollback()
    assert kept.is_usable()
