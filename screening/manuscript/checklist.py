"""The checklists as a table: what each item asks, in our words, and what the review can answer by itself.

PRISMA 2020 (doi 10.1136/bmj.n71), for a scoping review PRISMA-ScR (10.7326/M18-0850), for a narrative one SANRA
(10.1186/s41073-019-0064-8), and PRISMA-S (10.1186/s13643-020-01542-z). What only the authors can say is left to them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from screening.manuscript.methods import Facts, Sentence, Topic, paragraphs, plain
from screening.prisma.numbers import counted, grouped, listed

AUTHORS = "For the authors"


@dataclass(frozen=True, slots=True)
class Asked:
    """One stored file as PRISMA-S asks of it."""

    search: str
    update: bool
    source: str
    kind: str
    platform: str
    on: str
    limits: str


_PRISMA = (
    ("1", "Title says that it is a systematic review"),
    ("2", "Abstract by the checklist for abstracts"),
    ("3", "Why the review is needed"),
    ("4", "Question or aims"),
    ("5", "Criteria for inclusion and exclusion"),
    ("6", "Every source, with the day it was last searched"),
    ("7", "Full search of each source, with limits"),
    ("8", "How records were selected, by how many people, with which tools"),
    ("9", "How data were collected"),
    ("10a", "Outcomes that were sought"),
    ("10b", "Other items that were sought"),
    ("11", "How risk of bias was judged"),
    ("12", "Measures of effect"),
    ("13", "How results were synthesised (a to f)"),
    ("14", "How missing results were judged"),
    ("15", "How certainty was judged"),
    ("16a", "Results of search and selection, with a flow diagram"),
    ("16b", "Reports that looked eligible and were excluded, with reasons"),
    ("17", "Each included study with its characteristics"),
    ("18", "Risk of bias in each study"),
    ("19", "Results of each study"),
    ("20", "Results of syntheses (a to d)"),
    ("21", "Results on missing results"),
    ("22", "Certainty of each outcome"),
    ("23", "Discussion (a to d)"),
    ("24a", "Registration"),
    ("24b", "Where the protocol is"),
    ("24c", "Amendments of registration or protocol"),
    ("25", "Funding and support"),
    ("26", "Competing interests"),
    ("27", "Where data, code and other materials are"),
)
_PRISMA_S = (
    ("S1", "Each database, with its platform"),
    ("S2", "Databases searched together on one platform"),
    ("S3", "Study registers"),
    ("S4", "Websites and organisations browsed"),
    ("S5", "Citation searching"),
    ("S6", "People and makers asked"),
    ("S7", "Other methods"),
    ("S8", "Each search as it was run"),
    ("S9", "Limits and restrictions"),
    ("S10", "Published filters"),
    ("S11", "Searches taken from earlier reviews"),
    ("S12", "Updates of the search"),
    ("S13", "Day of each search"),
    ("S14", "Peer review of the search"),
    ("S15", "Records from each source"),
    ("S16", "How duplicates were removed"),
)


_SCOPING = (
    ("1", "Title says that it is a scoping review"),
    ("2", "Structured summary"),
    ("3", "Why a scoping review is needed"),
    ("4", "Questions, with population, concept and context"),
    ("5", "Protocol and registration"),
    ("6", "Criteria for sources of evidence, with reasons"),
    ("7", "Every source, with the day it was last searched"),
    ("8", "Full search of one database at least, with limits"),
    ("9", "How sources of evidence were selected"),
    ("10", "How data were charted"),
    ("11", "Variables that were sought"),
    ("12", "Appraisal of sources, where it was done"),
    ("13", "How charted data were summed up"),
    ("14", "Sources screened, assessed and included, with reasons, in a flow diagram"),
    ("15", "Each source with its characteristics"),
    ("16", "Appraisal of the sources included"),
    ("17", "Data of each source that answer the questions"),
    ("18", "Charting results in sum"),
    ("19", "Main findings against the questions"),
    ("20", "Limits of the scoping process"),
    ("21", "Conclusions and next steps"),
    ("22", "Funding of the sources and of the review"),
)
_NARRATIVE = (
    ("SANRA 1", "Why the topic matters to readers"),
    ("SANRA 2", "Aims or questions"),
    ("SANRA 3", "How the literature was searched"),
    ("SANRA 4", "Statements backed by references"),
    ("SANRA 5", "Evidence weighed by its kind"),
    ("SANRA 6", "Data presented as they bear on the point"),
)
#: By kind of review: name of its list, its items, and which of our answers an item takes. PRISMA 2020 where a kind has none of its own.
_LISTS: dict[str, tuple[str, tuple[tuple[str, str], ...], dict[str, str]]] = {
    "scoping": (
        "PRISMA-ScR",
        _SCOPING,
        {
            "4": "question", "5": "registered", "6": "criteria", "7": "sources", "8": "searches", "9": "selection", "14": "results",
            "10": "collection", "11": "variables", "12": "appraisal", "13": "synthesis", "15": "included", "16": "appraised",
        },
    ),
    "narrative": ("SANRA", _NARRATIVE, {"SANRA 2": "question", "SANRA 3": "search", "SANRA 5": "appraisal"}),
    "": (
        "PRISMA 2020",
        _PRISMA,
        {
            "4": "question", "5": "criteria", "6": "sources", "7": "searches", "8": "selection", "16a": "results", "16b": "excluded",
            "9": "collection", "10b": "variables", "11": "appraisal", "13": "synthesis", "17": "included", "18": "appraised",
            "24a": "registration", "24c": "amendments",
        },
    ),
}  # fmt: skip

_OTHER = (
    ("website_results", "Websites"),
    ("organisation_results", "Organisations"),
    ("citations_results", "Citation searching"),
)


def name_of(kind: str) -> str:
    """The name of the checklist for a kind of review."""
    return _LISTS.get(kind, _LISTS[""])[0]


def checklist(facts: Facts, asked: Iterable[Asked], question: str) -> list[tuple[str, str, str]]:
    """(item, what it asks, what the review answers), the list of this kind of review before PRISMA-S; `AUTHORS` without an answer."""
    files = list(asked)
    _, items, takes = _LISTS.get(facts.flow.kind, _LISTS[""])
    told = dict(_answers(facts, files, question))
    answers = {item: told.get(takes.get(item, ""), "") for item, _ in items} | dict(_searched(facts, files))
    return [(item, topic, answers.get(item) or AUTHORS) for item, topic in (*items, *_PRISMA_S)]


def _answers(facts: Facts, asked: list[Asked], question: str) -> Iterator[tuple[str, str]]:
    """What the review can say by itself, by topic."""
    told = {heading: plain(sentences) for heading, sentences in paragraphs(facts)}
    flow = facts.flow
    yield "question", question
    yield from _of_protocol(facts)
    yield "sources", "; ".join(dict.fromkeys(f"{one.source} ({one.on})" for one in asked))
    yield "searches", "Table “Searches”" if asked else ""
    yield "search", told.get("Search", "")
    yield "selection", told.get("Selection", "")
    yield "results", _with_figure(told.get("Results of the selection", ""))
    n = sum(flow.numbers[key] for key in ("dbr_excluded", "other_excluded"))
    yield "excluded", f"Table “Reports excluded at full text”: {grouped(n)}" if n else ""
    studies = flow.numbers["new_studies"]
    included = f"Table “Included studies and their reports”: {counted(studies, 'study', 'studies')}"
    beyond = {topic: _of_topic(facts, topic) for topic in Topic}
    yield "included", ". ".join(part for part in (included if studies else "", beyond[Topic.CHARACTERISTICS]) if part)
    yield from beyond.items()
    yield "registration", facts.registration


def _of_topic(facts: Facts, topic: Topic) -> str:
    return " ".join(one.sentence for one in facts.beyond if one.topic == topic)


def _of_protocol(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.protocol is None:
        yield "registered", facts.registration
        return
    version, day, amendments = facts.protocol
    changed = (
        f"Table “Amendments of the protocol”: {amendments}" if amendments else "None since the protocol was frozen"
    )
    yield "criteria", f"Table “Inclusion and exclusion criteria”, version {version} of the protocol"
    yield "amendments", changed
    frozen = f"Protocol in version {version}, frozen on {day.isoformat()}"
    yield "registered", f"{facts.registration}. {frozen}" if facts.registration else frozen


def _with_figure(text: str) -> str:
    return f"{text} Figure: flow of records and reports." if text else ""


def _searched(facts: Facts, asked: list[Asked]) -> Iterator[tuple[str, str]]:
    by_kind = {
        "S1": _named(asked, "database"),
        "S3": _named(asked, "register"),
        "S4": _named(asked, "website", "organisation"),
        "S5": _named(asked, "citation"),
    }
    yield from ((item, listed(names)) for item, names in by_kind.items())
    yield "S8", f"Table “Searches”, {counted(len(asked), 'search', 'searches')} as run" if asked else ""
    limits = dict.fromkeys(f"{one.source}: {one.limits}" for one in asked if one.limits)
    yield "S9", "; ".join(limits) or ("None stated" if asked else "")
    updates = dict.fromkeys(one.search for one in asked if one.update)
    yield "S12", "; ".join(updates)
    yield "S13", "; ".join(dict.fromkeys(f"{one.source}: {one.on}" for one in asked))
    sizes = {**facts.flow.parts["database_specific_results"], **facts.flow.parts["register_specific_results"]}
    sizes |= {name: facts.flow.numbers[key] for key, name in _OTHER if facts.flow.numbers[key]}
    yield "S15", "; ".join(f"{name}: {grouped(n)}" for name, n in sizes.items())
    yield "S16", _duplicates(paragraphs(facts))


def _named(asked: Iterable[Asked], *kinds: str) -> list[str]:
    return list(
        dict.fromkeys(
            f"{one.source} ({one.platform})" if one.platform else one.source for one in asked if one.kind in kinds
        )
    )


def _duplicates(told: Iterable[tuple[str, list[Sentence]]]) -> str:
    """The sentences of the search that tell of duplicates."""
    sentences = [one for heading, found in told if heading == "Search" for one in found]
    return plain(
        [one for one in sentences if str(one[0]).startswith(("Records were matched", "Removed as duplicates"))]
    )
