"""Addresses outside the site at which a record can be read: plain links, followed by a person's click and by nothing else."""

from __future__ import annotations

from urllib.parse import urlencode

LONGEST = 1_800  # characters that are handed to the translation; longer addresses are refused on the way

_ENGLISH = "en"


def translation_address(text: str, *, written_in: str, reads: tuple[str, ...] = ()) -> str:
    """A translation service with ``text`` filled in; "" where the reader needs none.

    ``reads`` are the language codes that the reader reads, none for all. What is not in English is offered in English; English to
    somebody who does not read it in a language that she reads.
    """
    into = _ENGLISH if not reads or _ENGLISH in reads else reads[0]
    if not text.strip() or written_in == into or written_in in reads:
        return ""
    asked = {"sl": "auto", "tl": into, "op": "translate", "text": text[:LONGEST]}
    return f"https://translate.google.com/?{urlencode(asked)}"
