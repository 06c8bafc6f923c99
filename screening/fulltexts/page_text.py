"""A program of its own: prints the text of a PDF's first pages as JSON. A hostile PDF ends this process and nothing else.

Usage: ``python -I page_text.py PATH [PAGES]``. Prints ``{"pages": [...], "n": 12}`` or ``{"problem": "locked" | "broken"}``.
"""

from __future__ import annotations

import json
import sys

PAGES = 3
LETTERS = 20_000  # of each page
MEMORY = 512 * 1024 * 1024  # bytes
SECONDS = 20  # of the processor


def limit() -> None:
    """Bound this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the caller's clock alone bounds it
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, hard))


def text_of(path: str, most: int = PAGES) -> dict[str, object]:
    """What is printed."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(path)
        pages = [_page(pdf[number]) for number in range(min(most, len(pdf)))]
        return {"pages": pages, "n": len(pdf)}
    except pypdfium2.PdfiumError as error:
        return {"problem": "locked" if "password" in str(error).lower() else "broken"}


def _page(page: object) -> str:
    found: str = page.get_textpage().get_text_range()[:LETTERS]  # type: ignore[attr-defined]
    return found


if __name__ == "__main__":
    limit()
    sys.stdout.write(json.dumps(text_of(sys.argv[1], *map(int, sys.argv[2:]))))
