"""How many requests one account may send in a minute, counted in the cache that all processes share."""

from __future__ import annotations

import math

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

WINDOW = 60  # seconds


class TooMany(Exception):
    """More requests than a minute allows; ``wait`` says how many seconds are left of it."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"Too many requests: wait {wait} seconds.")
        self.wait = wait


def count_request(user_id: int) -> None:
    """Count one request of the account. Raises TooMany beyond `settings.API_REQUESTS_A_MINUTE` in this minute."""
    now = timezone.now().timestamp()
    key = f"api:requests:{user_id}:{int(now // WINDOW)}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        counted = cache.incr(key)
    except ValueError:  # evicted between the two
        return
    if counted > settings.API_REQUESTS_A_MINUTE:
        raise TooMany(math.ceil(WINDOW - now % WINDOW))
