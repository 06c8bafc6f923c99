"""How records are set: authors, languages, abstracts, the language of a text for glyphs and line breaks; and how the site is set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

if TYPE_CHECKING:
    from screening.decisions.screen import Question

register = template.Library()

SHOWN_AUTHORS = 12
LANGUAGES = {
    "cs": "Czech", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French",
    "hu": "Hungarian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "zh": "Chinese",
}  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_HEADING = re.compile(r"(?:(?<=^)|(?<=[.!?)] )|(?<=\n))(?=[A-Z][A-Z &/,'-]{3,40}: ?\S)")
_CAPITALS = re.compile("[A-Z &/,'-]:")  # quick to look for, and absent from most abstracts


@register.simple_tag
def lang_of(text: str, codes: Sequence[str] = ()) -> SafeString:
    """``lang="..."`` for a text: by its script, else by the record's one language code."""
    return format_html('lang="{}"', _language(text or "", codes or ()))


def _language(text: str, codes: Sequence[str]) -> str:
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    if len(_HAN.findall(text)) * 3 > len(text):
        return "zh"
    latin = [code for code in codes if code not in ("zh", "ja", "ko")]
    return latin[0] if len(latin) == 1 else "en"


@register.filter
def age(since: datetime) -> str:
    """How long ago something was, in words: "3 minutes", or "just now" within the first one."""
    return timesince(since) if timezone.now() - since >= timedelta(minutes=1) else "just now"


@register.simple_tag
def mark(value: str) -> SafeString:
    """The sign of a vote, an answer or an outcome, beside its word: a tick, a cross or a question mark. A tag: a page has dozens."""
    return _SIGNS.get(value, _DOUBT)


def _sign(path: str) -> SafeString:
    return format_html(
        '<svg class="mk" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg>', path
    )


_TICK, _CROSS = _sign("M3 8.5 6.5 12 13 4.5"), _sign("M4 4l8 8M12 4l-8 8")
_DOUBT = _sign("M5.2 6a2.8 2.8 0 1 1 4.2 2.4C8.4 9 8 9.4 8 10.4M8 13.4v.1")
_SIGNS = {"include": _TICK, "met": _TICK, "ok": _TICK, "exclude": _CROSS, "not_met": _CROSS, "bad": _CROSS}


@register.simple_tag
def criterion(question: Question, place: int) -> SafeString:
    """The row of one criterion, its ``place`` in the table, with the answer to choose and what the record itself says."""
    asked = question.criterion
    told = question.hint or (f"Record: {question.fact}" if question.fact else "")
    return _criterion(place, asked.key, asked.label, asked.met_when, asked.not_met_when, question.answer, told)


@lru_cache(maxsize=4000)
def _criterion(
    place: int, key: str, label: str, met_when: str, not_met_when: str, answer: str, told: str
) -> SafeString:
    """The row is these words and nothing else, and comes with every record: most of a page's markup, made once."""
    words = {"place": place, "key": key, "label": label, "met_when": met_when, "not_met_when": not_met_when}
    return render_to_string("components/criterion.html", {**words, "answer": answer, "told": told})


@register.simple_tag
def most_files() -> int:
    """How many files one form takes at a time."""
    return int(settings.DATA_UPLOAD_MAX_NUMBER_FILES)


@register.simple_tag
def mail_is_printed() -> bool:
    """Whether the site's messages appear where it was started, as nobody has told it a mail server."""
    return not settings.EMAIL_HOST


@register.simple_tag
def authors(names: Sequence[str]) -> str:
    """ "Family G, Family G": at most 12, then how many more."""
    if not names:
        return "Authors not given"
    shown = ", ".join(_short(name) for name in names[:SHOWN_AUTHORS])
    more = len(names) - SHOWN_AUTHORS
    return f"{shown} and {more} more" if more > 0 else shown


def _short(name: str) -> str:
    family, comma, given = name.partition(",")
    if _HAN.search(name):
        return family.strip() + given.strip()
    if not comma:
        return name
    initials = "".join(part[0] for part in re.split(r"[\s.\-]+", given) if part)
    return f"{family.strip()} {initials}".strip()


@register.simple_tag
def language_names(codes: Sequence[str]) -> str:
    """English names of language codes; an unknown code stays as it is."""
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


@register.simple_tag
def abstract(text: str) -> SafeString:
    """The abstract in paragraphs: at line breaks, and before the capitalised headings of a structured one, which stand out."""
    lines = text.splitlines()
    parts = [part.strip() for line in lines for part in (_HEADING.split(line) if _CAPITALS.search(line) else (line,))]
    return format_html_join("", "<p><bdi>{}{}</bdi></p>", (_headed(part) for part in parts if part))


def _headed(part: str) -> tuple[SafeString, str]:
    heading, colon, rest = part.partition(":")
    if not colon or not _HEADING.match(part):
        return SafeString(), part
    return format_html("<b>{}:</b>", heading), rest


@register.simple_tag
def svg_inside(drawing: str) -> SafeString:
    """An SVG document of our own making as an element of the page: an image address of its own would be a ``data:`` one (FE1)."""
    return mark_safe(drawing[drawing.index("<svg") :])  # noqa: S308  # drawn by the site, holds no words of a person
