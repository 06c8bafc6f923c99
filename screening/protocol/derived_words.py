"""Words to mark that the criteria themselves suggest: offered to be ticked, never taken by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from screening.protocol.words import fold

MOST = 40  # words that are offered for one list
LONGEST_PHRASE = 3  # words
LONGEST_RUN = 8  # characters of a script without spaces

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_CLAUSES = re.compile(r"[^\w\s'’\-]+|[\n\r_]+")
# Small words, but not within words that merely contain them: take part, aim, subject, behaviour, higher, in service.
_HAN_CUTS = re.compile(
    "以及|或者|沒有|没有|僅有|仅有|屬於|属于|包括|任何|其他|有關|有关|(?<!目)的|在(?![職职])|於|于|[對对](?![象照])|是|以|(?<!行)[為为]|之|(?<![參参])[與与]"
    "|或|和|及|(?<!高)等(?![級级])|非|不|僅|仅|只|並|并|且|無|无|\\s+"
)
_SMALL = """
    a about after all also an and any are article articles as asks at author authors be been before below between both but by can case
    cases concerns does done e each earlier either etc example examples for from g has have having how i if in included including into
    is it its later least less made many may met more most must neither no none nor not of off on one only or other others out outside
    over paper papers part per published publication record records report reported reports same several should since some such taking
    than that the their them then these they this those through to touches two under unless until up upon use used uses using via was
    were what when where whether which while who whose why with within without year years
"""
_PASSED_OVER = frozenset(_SMALL.split())


class Worded(Protocol):
    """What is read of a criterion."""

    @property
    def met_when(self) -> str: ...

    @property
    def not_met_when(self) -> str: ...


@dataclass(frozen=True)
class Derived:
    """Words that speak for inclusion and against it, in the order of the criteria."""

    speaks_for: list[str]
    speaks_against: list[str]


def derive(criteria: Iterable[Worded]) -> Derived:
    """Short phrases of what is met and of what is not; what stands on both sides tells nothing and is left out."""
    asked = list(criteria)
    met = _once(phrase for one in asked for phrase in phrases(one.met_when))
    failed = _once(phrase for one in asked for phrase in phrases(one.not_met_when))
    both = met.keys() & failed.keys()
    return Derived(*([phrase for key, phrase in side.items() if key not in both][:MOST] for side in (met, failed)))


def _once(found: Iterable[str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for phrase in found:
        kept.setdefault(fold(phrase)[0], phrase)
    return kept


def phrases(text: str) -> Iterator[str]:
    """The phrases of a sentence, cut at its signs and its small words, with ``*`` for a plural ending."""
    for clause in _CLAUSES.split(text):
        if _HAN.search(clause):
            yield from (run for run in _HAN_CUTS.split(clause) if 2 <= len(run) <= LONGEST_RUN)
        else:
            yield from _latin(clause.lower().split())


def _latin(words: list[str]) -> Iterator[str]:
    """Stretches without a small word; one that is too long for a phrase is given word by word."""
    stretch: list[str] = []
    for word in [*words, "the"]:
        plain = word.strip("'’-")
        if plain and plain not in _PASSED_OVER and not plain.isdigit():
            stretch.append(plain)
            continue
        pieces = [stretch] if len(stretch) <= LONGEST_PHRASE else [[one] for one in stretch]
        yield from (_cut(piece) for piece in pieces if len("".join(piece)) > 3)
        stretch = []


def _cut(words: list[str]) -> str:
    """A phrase that finds singular and plural alike."""
    *before, last = words
    if len(last) > 5 and last.endswith("ies"):
        last = f"{last[:-3]}*"
    elif len(last) > 4 and last.endswith("s") and not last.endswith(("ss", "us", "is", "ous")):
        last = f"{last[:-1]}*"
    return " ".join([*before, last])
