"""Made-up bibliographic records with known duplicates: copies damaged as databases damage them, and look-alikes.

``synthetic(count, seed)`` gives about ``count`` records, a quarter of them surplus, and the work each one stands for. Nothing
is drawn from real records: names, journals and titles are put together from syllables and stock phrases. More records have more
terms, as more titles have more words: without that a million titles would be put together from the words of some thousand.

    python -m benchmarks.synthetic_records 50000 large.ris --seed 1    # the same as a RIS file of 1.5 kB a record
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from screening.dedupe.matching import MatchRecord

_SYLLABLES = "ba be bo da de do fa fi ga go ha ho ka ke ki la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se si so ta te to va ve vi wa zo".split()  # noqa: E501, SIM905
_EFFECTS = (
    "Effect of",
    "Effects of",
    "Influence of",
    "Safety of",
    "Efficacy of",
    "Costs of",
    "Experience with",
    "Role of",
)
_OUTCOMES = (
    "blood pressure", "quality of life", "wound healing", "sleep", "pain", "anxiety", "length of stay", "mortality", "adherence",
    "burnout", "clinical reasoning", "research participation", "weight", "glycaemic control", "fatigue", "return to work",
    "exercise capacity", "readmission", "learning outcomes", "job satisfaction", "lung function", "infection", "cognition",
)  # fmt: skip
_GROUPS = (
    "medical residents", "nurses", "older adults", "adolescents", "children", "pregnant women", "men", "stroke survivors",
    "general practitioners", "rural hospitals", "patients with asthma", "patients with diabetes", "intensive care", "mice", "rats",
    "primary care", "dental students", "surgical wards", "people with dementia", "caregivers",
)  # fmt: skip
_DESIGNS = (
    "a randomised controlled trial", "a cohort study", "a systematic review", "a qualitative study", "a cross-sectional survey",
    "a pilot study", "protocol for a randomised trial", "a mixed methods study", "a retrospective analysis", "",
)  # fmt: skip
_FIELDS = (
    "Medicine", "Surgery", "Nursing", "Cardiology", "Oncology", "Education", "Psychology", "Pediatrics", "Neurology", "Endocrinology",
    "Radiology", "Rehabilitation", "Epidemiology", "Pharmacology", "Immunology", "Gastroenterology",
)  # fmt: skip
_SHORT = {
    "Journal": "J", "International": "Int", "European": "Eur", "American": "Am", "Annals": "Ann", "Archives": "Arch",
    "Clinical": "Clin", "Experimental": "Exp", "Research": "Res", "Medicine": "Med", "Surgery": "Surg", "Nursing": "Nurs",
    "Cardiology": "Cardiol", "Oncology": "Oncol", "Education": "Educ", "Psychology": "Psychol", "Pediatrics": "Pediatr",
    "Neurology": "Neurol", "Endocrinology": "Endocrinol", "Radiology": "Radiol", "Rehabilitation": "Rehabil", "of": "", "and": "",
}  # fmt: skip


_FEWEST_TERMS = 20_000
# Titles of 22,000 reports, of 3 and of 11 labelled sets, have words as their number to the power of 0.5 to 0.65 (Heaps' law).
_HEAPS = 0.55


class _Luck(random.Random):
    """The dice, with the terms they fall on: as many as titles of so many records have."""

    terms: list[str]


def _luck(seed: int, records: int) -> _Luck:
    luck = _Luck(seed)
    luck.terms = _terms(int(_FEWEST_TERMS * max(1.0, records / _FEWEST_TERMS) ** _HEAPS))
    return luck


@lru_cache(maxsize=1)
def _terms(count: int) -> list[str]:
    return [_invented(random.Random(number), 2, 5).lower() + "ia" for number in range(count)]


@dataclass(frozen=True, slots=True)
class Work:
    """One made-up work: the record an ideal database would hold, and the name of the work."""

    name: str
    record: MatchRecord


def synthetic(count: int, seed: int = 1) -> tuple[list[MatchRecord], dict[str, str]]:
    """About ``count`` records in random order, and for each id the work it stands for."""
    luck = _luck(seed, count)
    journals = [_journal(luck) for _ in range(600)]
    people = [_person(luck) for _ in range(max(200, count // 8))]
    records: list[MatchRecord] = []
    works: dict[str, str] = {}
    while len(records) < count:
        for work in _family(luck, len(works), journals, people):
            for copy in _copies(luck, work.record):
                one = replace(copy, id=f"r{len(records)}")
                records.append(one)
                works[one.id] = work.name
    luck.shuffle(records)
    return records, works


def write_ris(path: Path, count: int, seed: int = 1) -> None:
    """Exactly ``count`` made-up records as a database exports them, with keywords and abstracts that do not repeat."""
    luck = _luck(seed, count)
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        for number, record in enumerate(synthetic(count, seed)[0][:count]):
            file.writelines(f"{tag}  - {value}\n" for tag, value in _ris(luck, number, record))
            file.write("\n")


def _ris(luck: _Luck, number: int, record: MatchRecord) -> Iterator[tuple[str, str]]:
    start, _, end = record.pages.partition("-")
    yield "TY", "JOUR"
    yield "TI", record.title
    yield from (("AU", author) for author in record.authors)
    yield from (("T2", record.journal), ("PY", str(record.year)), ("VL", record.volume), ("IS", record.issue))
    yield from (("SP", start), ("EP", end), ("DO", record.doi), ("AN", record.pmid), ("AB", _abstract(luck)))
    yield from (("KW", _term(luck)) for _ in range(6))
    yield from (("LA", "English"), ("M3", "Article"), ("DB", "Made up"), ("UR", f"https://example.org/{number}"))
    yield "ER", ""


def _abstract(luck: _Luck) -> str:
    return " ".join(f"{_title(luck)[:-1]} {_term(luck)}." for _ in range(8))


def _family(luck: _Luck, number: int, journals: list[str], people: list[str]) -> Iterator[Work]:
    """A work, and now and then one that looks like it but is another."""
    first = _work(luck, number, journals, people)
    yield Work(f"w{number}", first)
    if luck.random() < 0.12:
        yield Work(f"w{number}-like", luck.choice(_LOOK_ALIKES)(luck, first))


def _invented(luck: random.Random, low: int, high: int) -> str:
    return "".join(luck.choice(_SYLLABLES) for _ in range(luck.randint(low, high))).capitalize()


def _person(luck: _Luck) -> str:
    given = [_invented(luck, 1, 3)] + ([luck.choice("ABCDEFGHJKLMNPRSTW") + "."] if luck.random() < 0.4 else [])
    return f"{_invented(luck, 2, 4)}, {' '.join(given)}"


def _journal(luck: _Luck) -> str:
    head = luck.choice(
        [
            "Journal of",
            "International Journal of",
            "European Journal of",
            "Annals of",
            "Archives of",
            "American Journal of",
        ]
    )
    fields = luck.sample(_FIELDS, luck.choice([1, 2]))
    return (
        f"{head} {luck.choice(['', 'Clinical ', 'Experimental ', _invented(luck, 2, 3) + ' '])}{' and '.join(fields)}"
    )


def _title(luck: _Luck) -> str:
    treatment = f"{_term(luck)} {luck.choice(['therapy', 'training', 'treatment', 'surgery', 'feedback', 'screening'])}"
    design = luck.choice(_DESIGNS)
    outcome = f"{_term(luck)} {luck.choice(_OUTCOMES)}" if luck.random() < 0.6 else luck.choice(_OUTCOMES)
    plain = f"{luck.choice(_EFFECTS)} {treatment} on {outcome} in {luck.choice(_GROUPS)} with {_term(luck)}"
    return f"{plain}: {design}" if design else plain


def _term(luck: _Luck) -> str:
    """A term of the field: a few are everywhere, most are rare, as in real titles."""
    return luck.terms[int(len(luck.terms) * luck.random() ** 3)]


def _work(luck: _Luck, number: int, journals: list[str], people: list[str]) -> MatchRecord:
    year, start = luck.randint(1990, 2024), luck.randint(2, 1800)
    return MatchRecord(
        id="",
        title=_title(luck),
        authors=tuple(luck.sample(people, luck.choice([1, 2, 3, 3, 4, 5, 6, 8]))),
        year=year,
        journal=luck.choice(journals),
        volume=str(year - 1970),
        issue=str(luck.randint(1, 12)),
        pages=f"{start}-{start + luck.randint(3, 14)}",
        doi=f"10.{luck.randint(1000, 1400)}/x.{year}.{number:06d}" if luck.random() < 0.8 else "",
        pmid=str(10_000_000 + number) if luck.random() < 0.6 else "",
    )


def _copies(luck: _Luck, record: MatchRecord) -> Iterator[MatchRecord]:
    """The record as 1 to 4 databases hold it: each damages it in its own way, none so much that its place is lost."""
    yield record
    for _ in range(luck.choices([0, 1, 2, 3], weights=[76, 16, 6, 2])[0]):
        copy = record
        for damage in luck.sample(_DAMAGES, luck.randint(1, 4)):
            copy = damage(luck, copy)
        yield copy


def _abbreviated_journal(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, journal=" ".join(filter(None, (_SHORT.get(word, word) for word in record.journal.split()))))


def _initials_only(luck: _Luck, record: MatchRecord) -> MatchRecord:
    names = [name.partition(", ") for name in record.authors]
    return replace(record, authors=tuple(f"{family}, {given[0]}." if given else family for family, _, given in names))


def _glued_authors(luck: _Luck, record: MatchRecord) -> MatchRecord:
    names = [name.partition(", ") for name in record.authors]
    if not all(given for _, _, given in names):
        return record
    return replace(record, authors=("".join(f"{family} {given[0]}." for family, _, given in names),))


def _cut_authors(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, authors=(*record.authors[:3], "et al.")) if len(record.authors) > 3 else record


def _without_identifiers(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, doi="", pmid="")


def _without_issue(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, issue="")


def _short_pages(luck: _Luck, record: MatchRecord) -> MatchRecord:
    start, _, end = record.pages.partition("-")
    same = next((n for n, pair in enumerate(zip(start, end, strict=False)) if pair[0] != pair[1]), 0)
    return replace(record, pages=f"{start}-{end[same:]}" if len(start) == len(end) else record.pages)


def _start_page_only(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, pages=record.pages.partition("-")[0])


def _other_dash(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, pages=record.pages.replace("-", luck.choice(["\u2013", "\u2010", "--", " - "])))


def _typing_error(luck: _Luck, record: MatchRecord) -> MatchRecord:
    place = luck.randint(8, len(record.title) - 3)
    return replace(
        record, title=record.title[:place] + record.title[place + 1] + record.title[place] + record.title[place + 2 :]
    )


def _capitals(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, title=record.title.upper())


def _american(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, title=record.title.replace("randomised", "randomized").replace("glycaemic", "glycemic"))


def _note(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(
        record, title=record.title + luck.choice([".", " [Review]", " [24 refs]", " [see comment]", " (Abstract)"])
    )


def _next_year(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(record, year=(record.year or 0) + luck.choice([-1, 1]))


_DAMAGES: tuple[Callable[[_Luck, MatchRecord], MatchRecord], ...] = (
    _abbreviated_journal, _initials_only, _glued_authors, _cut_authors, _without_identifiers, _without_issue, _short_pages,
    _start_page_only, _other_dash, _typing_error, _capitals, _american, _note, _next_year,
)  # fmt: skip


def _later(luck: _Luck, record: MatchRecord, *, years: int) -> MatchRecord:
    start = luck.randint(2, 1800)
    return replace(
        record,
        year=(record.year or 0) + years,
        volume=str(int(record.volume) + years),
        pages=f"{start}-{start + 7}",
        doi=f"{record.doi}.b" if record.doi else "",
        pmid=str(int(record.pmid) + 50_000_000) if record.pmid else "",
    )


def _other_group(luck: _Luck, record: MatchRecord) -> MatchRecord:
    """The same team's twin study: one word of the title is another, in the same volume."""
    old = next(group for group in sorted(_GROUPS, key=len, reverse=True) if group in record.title)
    new = luck.choice([group for group in _GROUPS if group not in old and old not in group])
    return replace(_later(luck, record, years=0), title=record.title.replace(old, new))


def _second_part(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(_later(luck, record, years=0), title=f"{record.title}. Part 2")


def _yearly_update(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return _later(luck, record, years=luck.choice([1, 2]))


def _erratum(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(_later(luck, record, years=0), title=f"Erratum: {record.title}")


def _reply(luck: _Luck, record: MatchRecord) -> MatchRecord:
    return replace(_later(luck, record, years=0), title=f"{record.title}: reply")


def _neighbour_in_supplement(luck: _Luck, record: MatchRecord) -> MatchRecord:
    """Another abstract of one supplement: same DOI, volume and page, other title."""
    return replace(record, title=_title(luck), pmid="", issue="Suppl 1", pages=record.pages.partition("-")[0])


def _second_congress(luck: _Luck, record: MatchRecord) -> MatchRecord:
    """The same abstract given at two congresses."""
    page = luck.randint(100, 400)
    meeting = replace(record, journal=f"Proceedings of the Society of {luck.choice(_FIELDS)}", pages=f"S{page}")
    return replace(meeting, volume=str(luck.randint(200, 300)), issue="Suppl 2", doi="", pmid="")


_LOOK_ALIKES: tuple[Callable[[_Luck, MatchRecord], MatchRecord], ...] = (
    _other_group, _second_part, _yearly_update, _erratum, _reply, _neighbour_in_supplement, _second_congress,
)  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("count", type=int)
    asked.add_argument("file", type=Path)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    write_ris(options.file, options.count, options.seed)
