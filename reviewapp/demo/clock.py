"""The demo's own time: what is played inside happens on a past day, in every row that an act writes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


@contextmanager
def clock_at(moment: datetime.datetime) -> Iterator[None]:
    """Let Django's clock stand at ``moment``, from which all rows take their time.

    Rows that must not be changed afterwards (votes, log) then never need to be. For one process that does nothing
    else meanwhile, such as a command.
    """
    with mock.patch.object(timezone, "datetime", _standing_at(moment)):
        yield


def _standing_at(moment: datetime.datetime) -> type[datetime.datetime]:
    class Standing(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    return Standing
