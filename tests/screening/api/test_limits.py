"""Requests are counted by account and minute; the next minute begins anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from screening.api.limits import TooMany, count_request

pytestmark = pytest.mark.django_db


def test_a_minute_takes_so_many_requests_of_an_account_and_the_next_begins_anew(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    with time_machine.travel(datetime(2024, 5, 1, 9, 0, 20, tzinfo=UTC), tick=False) as clock:
        count_request(1)
        count_request(1)
        with pytest.raises(TooMany) as refusal:
            count_request(1)
        assert refusal.value.wait == 40
        count_request(2)
        clock.shift(40)
        count_request(1)
