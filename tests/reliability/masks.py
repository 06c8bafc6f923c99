"""What may differ between two answers that say the same. Every entry has its reason; nothing else is masked."""

from __future__ import annotations

import re
from html.parser import HTMLParser

#: (pattern, what stands in its place, why)
MASKS: tuple[tuple[re.Pattern[bytes], bytes, str], ...] = (
    (
        re.compile(rb'name="csrfmiddlewaretoken" value="[^"]{64}"'),
        b'name="csrfmiddlewaretoken" value="*"',
        "the CSRF token is salted anew for each answer",
    ),
    (
        re.compile(rb'name="key" value="[0-9a-f-]{36}"'),
        b'name="key" value="*"',
        "each form carries a random key of its own, so that sent twice it is done once (P31)",
    ),
    (
        re.compile(rb'"id": "[0-9a-f-]{36}"'),
        b'"id": "*"',
        "the same of one's own quotes, as scripts get them",
    ),
    (
        re.compile(rb"/quotes/[0-9a-f-]{36}/"),
        b"/quotes/*/",
        "one's own quotes have random keys, so that no number tells how many there are of others",
    ),
)

#: Headers that are left out, with the reason.
HEADERS = {"Date": "the web server's clock", "X-Request-Id": "random"}

#: Cookies of which only the name and the attributes are compared: their values are random.
COOKIES = ("sessionid", "csrftoken")


def masked(content: bytes) -> bytes:
    """The bytes of an answer without what is random by design."""
    for pattern, stand_in, _ in MASKS:
        content = pattern.sub(stand_in, content)
    return content


class _Unvoted(HTMLParser):
    """Leaves out elements marked ``data-voted-count``, with all that is in them."""

    _VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "col", "wbr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth or "data-voted-count" in dict(attrs):
            self.depth += tag not in self._VOID
            return
        self.kept.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.depth and "data-voted-count" not in dict(attrs):
            self.kept.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self.depth:
            self.depth -= 1
            return
        self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def without_voted_counts(content: bytes) -> bytes:
    """A page without the elements that may tell how many have voted (B3), and without the blanks around them."""
    parser = _Unvoted()
    parser.feed(content.decode())
    parser.close()
    return " ".join("".join(parser.kept).split()).encode()
