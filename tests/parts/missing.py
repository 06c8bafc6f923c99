"""What happens when a part is not there."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def in_ci() -> bool:
    """True where every part must be present."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def missing(part: str, remedy: str) -> NoReturn:
    """Skip the asking test with a reason that says how to get the part; fail it in CI."""
    reason = f"{part} not found: {remedy}"
    if in_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
