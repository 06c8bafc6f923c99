"""What keeps a form from being used although it can be read: a circle of conditions, one question twice, words too long. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

from extraction.tables.fields import LONGEST_LABEL, Field, FormSpec, Section

LONGEST_HELP = 2000
LONGEST_UNIT = 40


def flaw(spec: FormSpec) -> str:
    """One sentence for the first that is found; "" for a sound form."""
    return next((sentence for find in _FLAWS for sentence in find(spec)), "")


def wording(label: str) -> str:
    """A label without regard to case, width of letters and blanks: two questions of one wording cannot be told apart."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())


def _circles(spec: FormSpec) -> Iterator[str]:
    for one in spec.fields:
        way = _way_up(spec, one)
        if len(way) > 1 and way[-1].key == one.key:
            rests = ", ".join(f"“{asked.label}” rests on “{other.label}”" for asked, other in pairwise(way))
            yield f"{rests}: nobody would ever be asked. Let one of them always be asked."


def _way_up(spec: FormSpec, one: Field) -> list[Field]:
    """The field and those on whose answers it rests, one after the other; a circle ends where it began."""
    way, seen = [one], {one.key}
    while (condition := way[-1].show_if) and (other := spec.field(condition.field)):
        way.append(other)
        if other.key in seen:
            break
        seen.add(other.key)
    return way


def _doubles(spec: FormSpec) -> Iterator[str]:
    for section in spec.sections:
        seen: set[str] = set()
        for one in section.fields:
            if wording(one.label) in seen:
                yield f"Two fields of {_named(section)} are called “{one.label}”. Give one of them another label."
            seen.add(wording(one.label))


def _too_long(spec: FormSpec) -> Iterator[str]:
    for section in spec.sections:
        told = [
            ("The title of a section", section.title, LONGEST_LABEL),
            (f"The help of {_named(section)}", section.help, LONGEST_HELP),
        ]
        for one in section.fields:
            told += _words(one)
        yield from (
            f"{what} has {len(words):,} letters; {most:,} are the most. Shorten it."
            for what, words, most in told
            if len(words) > most
        )


def _words(one: Field) -> list[tuple[str, str, int]]:
    """What the words of a field are, the words, and how many letters they may have."""
    answers = [(f"An answer of “{one.label}”", each.label, LONGEST_LABEL) for each in one.options]
    columns = [(f"A column of “{one.label}”", each, LONGEST_LABEL) for each in one.columns]
    return [
        (f"The help of “{one.label}”", one.help, LONGEST_HELP),
        (f"The unit of “{one.label}”", one.unit, LONGEST_UNIT),
        *answers,
        *columns,
    ]


def _named(section: Section) -> str:
    return f"“{section.title[:LONGEST_LABEL]}”" if section.title else "one section"


_FLAWS: tuple[Callable[[FormSpec], Iterator[str]], ...] = (_circles, _doubles, _too_long)
