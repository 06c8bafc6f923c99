"""Reading the first pages of a stored PDF in a process of its own: a crash, a hang or a bomb costs one file."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(__file__).with_name("page_text.py")
SECONDS = 30  # on the clock; less than the lease of a job
FIRST = 3  # pages that tell which report a file is
LEAST = 40  # letters; a page with fewer is a picture
SENTENCES = {
    "locked": "It is locked with a password, so its text could not be read.",
    "broken": "It cannot be read as a PDF: it may be cut off or damaged. Download it again if it does not open.",
    "slow": "Its text could not be read: it took too long or too much memory, or broke the reader.",
    "scan": "It holds no text on its first pages: a scan, perhaps.",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of the first pages, and a sentence where there is none."""

    pages: tuple[str, ...] = ()
    said: str = ""


def read_pdf(path: Path, seconds: float = SECONDS, pages: int = FIRST) -> Reading:
    """The text of the first ``pages``. Whatever the file does, a `Reading` comes back."""
    command = [sys.executable, "-I", str(PROGRAM), str(path), str(pages)]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False)  # noqa: S603
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return Reading(said=SENTENCES["slow"])
    if "problem" in found:
        return Reading(said=SENTENCES[found["problem"]])
    texts = tuple(found["pages"])
    return Reading(texts, "" if sum(map(len, texts)) >= LEAST else SENTENCES["scan"])
