"""Keywords as files hold them: one to a field, or several of them behind semicolons or commas in one."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COMMA = re.compile(r",\s*(?![^()]{0,200}\))")
_FEWEST_COMMAS = 2  # one may belong to a term: "Models, Theoretical"


def at_semicolons(texts: Sequence[str]) -> list[str]:
    """Each keyword of the fields, which semicolons alone part."""
    return [word.strip() for text in texts for word in re.split("[;；]", text)]


def split_keywords(texts: Sequence[str]) -> list[str]:
    """Each keyword of the fields; commas part them only in a field that stands alone and holds several."""
    words = at_semicolons(texts)
    if len(words) == 1 and words[0].count(",") >= _FEWEST_COMMAS:
        return _COMMA.split(words[0])
    return words
