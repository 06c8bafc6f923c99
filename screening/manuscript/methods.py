"""The paragraphs on search, selection and results, in sentences whose numbers are those of the flow (I50). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from screening.prisma.buckets import Bucket, Column
from screening.prisma.flow import Flow
from screening.prisma.numbers import grouped, listed

VIA = ("agreement", "discussion", "adjudicator")
_MODES = {
    "dual": "Two reviewers, independently and blind to each other's decisions, ",
    "single": "One reviewer ",
    "liberal": "Two reviewers (one vote was enough to include, two were needed to exclude) ",
    "dual_then_single": "Two reviewers, independently and blind to each other's decisions, and one reviewer once they agreed well, ",
}
_REMOVED = (
    ("excluded_automatic", "Removed before screening, as ineligible by automation tools"),
    ("excluded_other", "Removed before screening, for other reasons"),
)
_MAYBE = {"default": "Maybe counted as include", "strict": "Maybe against include was a conflict"}


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the flow in a sentence; ``key`` opens its records."""

    key: str
    n: int

    def __str__(self) -> str:
        return grouped(self.n)


Sentence = tuple["str | Count", ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """One search: its label, the sources asked, the days on which that was done."""

    label: str
    sources: tuple[str, ...]
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Stage:
    """How one stage was done: ``via`` counts settled records by how they were settled; ``kappa`` in words, "" for none.

    ``reviewers`` voted; ``elsewhere`` counts the records with votes that were cast elsewhere and brought in.
    """

    mode: str
    reviewers: int
    via: Mapping[str, int] = field(default_factory=dict)
    kappa: str = ""
    elsewhere: int = 0


class Topic(StrEnum):
    """What a sentence from beyond screening is about, by the order of a methods section."""

    COLLECTION = "collection"
    VARIABLES = "variables"
    APPRAISAL = "appraisal"
    SYNTHESIS = "synthesis"
    CHARACTERISTICS = "characteristics"
    APPRAISED = "appraised"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence from beyond screening."""

    topic: Topic
    sentence: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences are told from. ``protocol`` is (version, day of its freezing, amendments), None before the first.

    ``judged`` counts the pairs of records that people judged; ``beyond`` is what later steps of the review tell.
    """

    registration: str
    protocol: tuple[int, date, int] | None
    searches: tuple[Searched, ...]
    flow: Flow
    title_abstract: Stage
    full_text: Stage
    maybe: str
    tools: tuple[tuple[str, str], ...]
    judged: int = 0
    beyond: tuple[Told, ...] = ()


#: What of later steps is method; the rest is told in the checklists.
_METHODS = (Topic.COLLECTION, Topic.APPRAISAL, Topic.SYNTHESIS)


def paragraphs(facts: Facts) -> list[tuple[str, list[Sentence]]]:
    """(heading, sentences) of each paragraph; a sentence for which there is nothing to tell is left out."""
    found = [
        ("Search", list(_search(facts))),
        ("Selection", list(_selection(facts))),
        ("Results of the selection", list(_results(facts))),
        ("Data collection and synthesis", list(_beyond(facts))),
        ("Software", list(_software(facts))),
    ]
    return [(heading, sentences) for heading, sentences in found if sentences]


def plain(sentences: Sequence[Sentence]) -> str:
    """The sentences as text."""
    return " ".join("".join(str(piece) for piece in sentence) for sentence in sentences)


def _search(facts: Facts) -> Iterator[Sentence]:
    for search in facts.searches:
        if search.sources:
            yield (f"{search.label}: we searched {listed(search.sources)}{_days(search)}.",)
    numbers, flow = facts.flow.numbers, facts.flow
    if numbers["dbr_identified"]:
        yield ("Databases and registers gave ", *_counted(flow, "dbr_identified", "record"), ".")
    if flow.other:
        yield ("Other methods gave ", *_counted(flow, "other_identified", "record"), ".")
    if numbers["duplicates"]:
        split = next((note.text for note in flow.footnotes if note.key == "duplicates"), "")
        yield from _matched(facts)
        yield (
            "Removed as duplicates: ",
            *_counted(flow, "duplicates", "record"),
            f" ({split.rstrip('.').replace('. ', '; ')})." if split else ".",
        )
    for key, words in _REMOVED:
        if numbers[key]:
            yield (f"{words}: ", *_counted(flow, key, "record"), ".")


def _matched(facts: Facts) -> Iterator[Sentence]:
    """Duplicates may all have been removed before the import: then nothing was matched here."""
    before = (
        one.n for one in facts.flow.declared if one.bucket is Bucket.DUPLICATE and one.source_kind.column is Column.DBR
    )
    if facts.flow.numbers["duplicates"] <= sum(before):
        return
    by = "Records were matched by title, authors, year, journal, volume, pages and identifiers such as the DOI"
    judged = (
        f"; people judged {grouped(facts.judged)} pair{'s' * (facts.judged != 1)} of records" if facts.judged else ""
    )
    yield (f"{by}{judged}.",)


def _counted(flow: Flow, key: str, noun: str) -> tuple[Count | str, ...]:
    """The number under a key with its noun: 1 record, 2 records, 3 studies."""
    n = flow.number(key)
    many = f"{noun[:-1]}ies" if noun.endswith("study") else f"{noun}s"
    return Count(key, n), f" {noun if n == 1 else many}"


def _days(search: Searched) -> str:
    if search.first is None or search.last is None:
        return ""
    if search.first == search.last:
        return f" on {_day(search.first)}"
    return f" between {_day(search.first)} and {_day(search.last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _selection(facts: Facts) -> Iterator[Sentence]:
    if facts.protocol is not None:
        version, day, amendments = facts.protocol
        registered = f", registered as {facts.registration}," if facts.registration else ""
        changed = f" and amended {_times(amendments)}" if amendments else ""
        first = (
            f"The criteria{registered} were frozen as version {version - amendments} before the first decision{changed}"
        )
        yield (f"{first}; the version in force is of {_day(day)}.",)
    if facts.title_abstract.reviewers:
        yield (_by(facts.title_abstract), f"screened titles and abstracts. {_MAYBE[facts.maybe]}.")
    if facts.full_text.reviewers:
        yield (
            _by(facts.full_text),
            "read the full texts; each report excluded there has one primary reason, a criterion of the protocol.",
        )
    for stage, where in ((facts.title_abstract, "at title and abstract"), (facts.full_text, "at full text")):
        yield from _routes(stage, where)


def _by(stage: Stage) -> str:
    """Who read each record: two people, and of how many where there are more."""
    words = _MODES[stage.mode]
    if stage.mode == "single" or stage.reviewers <= 2:
        return words
    return words.replace("Two reviewers", f"Two of {stage.reviewers} reviewers", 1)


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def _routes(stage: Stage, where: str) -> Iterator[Sentence]:
    agreed, discussed, ruled = (stage.via.get(name, 0) for name in VIA)
    if discussed or ruled:
        settled = f"{grouped(agreed)} agreed at once, {grouped(discussed)} by discussion"
        total = grouped(agreed + discussed + ruled)
        yield (f"Decisions {where}: {total}; {settled}, {grouped(ruled)} by a third expert who had not voted.",)
    elif agreed and stage.mode != "single":
        yield (f"Decisions {where}: {grouped(agreed)}, all agreed at once.",)
    if stage.elsewhere:
        noun = "record" if stage.elsewhere == 1 else "records"
        yield (f"Votes {where} on {grouped(stage.elsewhere)} {noun} were cast elsewhere and brought in.",)
    if stage.kappa:
        yield (f"Agreement {where} before any discussion: {stage.kappa}.",)


def _results(facts: Facts) -> Iterator[Sentence]:
    numbers = facts.flow.numbers
    if facts.flow.provisional:
        yield (f"These numbers are provisional: {facts.flow.provisional_words}.",)
    if not numbers["records_screened"] and not numbers["other_identified"]:
        return
    yield (
        "Titles and abstracts screened: ",
        *_counted(facts.flow, "records_screened", "record"),
        "; excluded: ",
        Count("records_excluded", numbers["records_excluded"]),
        ".",
    )
    for column, words in (("dbr", ""), ("other", ", found by other methods")):
        yield from _reports(facts.flow, column, words)
    if numbers["new_reports"]:
        noun = "new study" if facts.flow.update else "study"
        studies, reports = _counted(facts.flow, "new_studies", noun), _counted(facts.flow, "new_reports", "report")
        yield ("Included: ", *studies, ", described in ", *reports, ".")
    if numbers["included_unlinked"]:
        n = Count("included_unlinked", numbers["included_unlinked"])
        yield ("Not final, as reports are included whose study is not recorded yet: ", n, ".")
    if numbers["previous_studies_with_new_reports"]:
        known = _counted(facts.flow, "previous_studies_with_new_reports", "study")
        yield ("Some of these reports tell of ", *known, " of the previous version of this review.")


def _reports(flow: Flow, column: str, words: str) -> Iterator[Sentence]:
    sought, missing, assessed = (f"{column}_{name}" for name in ("sought_reports", "notretrieved_reports", "assessed"))
    if not flow.numbers[sought]:
        return
    yield (
        f"Full texts sought{words}: ", *_counted(flow, sought, "report"), "; not retrieved: ", Count(missing, flow.numbers[missing]),
        "; assessed for eligibility: ", Count(assessed, flow.numbers[assessed]), ".",
    )  # fmt: skip
    reasons = flow.parts[f"{column}_excluded"]
    if reasons:
        pieces: list[str | Count] = [f"Excluded at full text{words}, by primary reason: "]
        for place, (reason, n) in enumerate(reasons.items()):
            pieces += ["; " if place else "", f"{reason or 'none given'} ", Count(f"{column}_excluded:{reason}", n)]
        yield (*pieces, ".")


def _beyond(facts: Facts) -> Iterator[Sentence]:
    yield from ((one.sentence,) for one in facts.beyond if one.topic in _METHODS)


def _software(facts: Facts) -> Iterator[Sentence]:
    numbers = facts.flow.numbers
    if not facts.tools or not (numbers["dbr_identified"] or numbers["other_identified"]):
        return
    used = listed([f"{name} {version}".strip() for name, version in facts.tools])
    done = listed(["managed", "deduplicated", *(["screened"] if facts.title_abstract.reviewers else [])])
    yield (f"Records were {done} with {used}; every number above is counted from the stored decisions.",)
