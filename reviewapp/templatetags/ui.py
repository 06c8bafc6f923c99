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
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

from screening.records.links import translation_address
from screening.records.structure import parts_of

if TYPE_CHECKING:
    from screening.decisions.screen import Question
    from screening.protocol.words import Marks
    from screening.records.models import Record
    from screening.reviews.models import Membership

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
def criterion(question: Question, place: int, of: str | int = "") -> SafeString:
    """The row of one criterion, its ``place`` in the table, with the answer to choose and what the record itself says.

    ``of`` tells apart the tables of a page that has several.
    """
    asked = question.criterion
    told = question.hint or (f"Record: {question.fact}" if question.fact else "")
    examples = asked.examples_met, asked.examples_not_met
    return _criterion(
        place, asked.key, asked.label, asked.met_when, asked.not_met_when, examples, question.answer, told, str(of)
    )


@lru_cache(maxsize=4000)
def _criterion(
    place: int,
    key: str,
    label: str,
    met_when: str,
    not_met_when: str,
    examples: tuple[str, str],
    answer: str,
    told: str,
    of: str,
) -> SafeString:
    """The row is these words and nothing else, and comes with every record: most of a page's markup, made once."""
    words: dict[str, object] = {
        "place": place,
        "key": key,
        "label": label,
        "met_when": met_when,
        "not_met_when": not_met_when,
        "of": f"-{of}" if of else "",
    }
    words |= {"answer": answer, "told": told, "examples": any(examples)}
    met, not_met = (one.splitlines() for one in examples)
    return render_to_string("components/criterion.html", {**words, "examples_met": met, "examples_not_met": not_met})


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
def abstract(text: str, marks: Marks | None = None) -> SafeString:
    """The abstract in paragraphs, the headings of a structured one before them; with ``marks``, the words of the review's lists."""
    rows = ((_heading(part.heading), marked(part.text, marks)) for part in parts_of(text))
    return format_html_join("", "<p><bdi>{}{}</bdi></p>", rows)


def _heading(words: str) -> SafeString:
    if not words:
        return SafeString()
    return format_html("<b>{}：</b>" if _HAN.match(words) else "<b>{}:</b> ", words)


@register.simple_tag
def marked(text: str, marks: Marks | None = None) -> SafeString:
    """A text of a record, every sign of it as a sign. The first mark of each kind says to a screen reader what it means."""
    if not marks:
        return escape(text)
    pieces: list[SafeString] = []
    end = 0
    for span in marks.spans(text):
        pieces += [escape(text[end : span.start]), _mark(text[span.start : span.end], span.speaks, marks)]
        end = span.end
    return SafeString("".join([*pieces, escape(text[end:])]))


def _mark(words: str, speaks: str, marks: Marks) -> SafeString:
    told = marks.told_once(speaks)
    return format_html('<mark class="{}">{}{}</mark>', speaks, words, _TOLD[speaks] if told else "")


_TOLD = {
    "for": SafeString('<span class="sr"> (speaks for inclusion)</span>'),
    "against": SafeString('<span class="sr"> (speaks for exclusion)</span>'),
}


@register.simple_tag
def translation(record: Record, member: Membership | None = None) -> str:
    """The address at which a translation service offers the title and the abstract, "" where the reader needs none."""
    text = "\n\n".join(part for part in (record.title, record.abstract) if part)
    reads = tuple(member.languages) if member else ()
    return translation_address(text, written_in=_language(text, record.languages), reads=reads)


@register.simple_tag
def svg_inside(drawing: str) -> SafeString:
    """An SVG document of our own making as an element of the page: an image address of its own would be a ``data:`` one (FE1)."""
    return mark_safe(drawing[drawing.index("<svg") :])  # noqa: S308  # drawn by the site, holds no words of a person
