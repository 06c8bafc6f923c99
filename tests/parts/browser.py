"""Chromium: found by environment variable, then on PATH. Its shell without windows draws the same pages in two thirds of the time."""

from __future__ import annotations

import os
import shutil

REMEDY = "install Debian's package chromium-headless-shell or chromium, or set TEST_CHROMIUM to the program"
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str | None:
    """The path of a Chromium, or None."""
    given = os.environ.get("TEST_CHROMIUM")
    return given or next(filter(None, map(shutil.which, PROGRAMS)), None)


def flags() -> list[str]:
    """Its arguments; the sandbox cannot start for root, and is off for root only."""
    return [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
