"""What the site refuses to start with."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from reviewapp.environment import refuse_if_unsafe

pytestmark = pytest.mark.once

STRONG = "".join(chr(33 + place) for place in range(64))


@pytest.mark.parametrize(("debug", "key"), [(True, STRONG), (False, "short"), (False, "a" * 60)])
def test_p8_off_loopback_the_site_starts_neither_with_debug_nor_with_a_weak_key(debug: bool, key: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        refuse_if_unsafe(hosts=["review.example.org"], debug=debug, key=key)


@pytest.mark.parametrize("hosts", [["127.0.0.1"], ["localhost", "[::1]"]])
def test_on_one_s_own_machine_debugging_is_allowed(hosts: list[str]) -> None:
    refuse_if_unsafe(hosts=hosts, debug=True, key="short")


def test_a_public_host_with_a_strong_key_starts() -> None:
    refuse_if_unsafe(hosts=["review.example.org"], debug=False, key=STRONG)
