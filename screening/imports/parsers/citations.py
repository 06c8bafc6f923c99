"""A whole citation in one cell or line, taken apart where its shape is certain; what does not fit is left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from screening.imports.parsers.draft import Draft

_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_ISSUE = r"(?P<issue>[^()]{1,60}(?:\([^()]{1,10}\)[^()]{0,20})?)"
_VOLUME = r"(?P<volume>[^\s().,:;]{0,12}\d[^\s().,:;]{0,12})"
_ARTICLE = r"(?P<article>[^\s,;]{1,40}?)"
# Ovid's sources, one for each of its databases. Each must fit from end to end: a journal's name may hold anything.
_OVID = tuple(
    re.compile(pattern)
    for pattern in (
        # Embase: J. 13(2) (pp 150-155), 2011. Article Number: 123. Date of Publication: 01 Mar 2011.
        r"(?P<journal>[^\n]+?)\.(?: (?:Conference|Conference Publication): [^\n]{1,500}?\.)? +(?:" + _VOLUME + r"\s?)?"
        r"(?:\((?!pp[ .]|no pagination)" + _ISSUE + r"\))?\s?\((?:pp?\.? ?(?P<pages>[^()]{1,60})|no pagination)\), "
        + _YEAR + r"\.(?: Article Number: (?:Article )?" + _ARTICLE + r"(?:\.|$))?(?: [A-Z][A-Za-z ]{3,30}: [^\n]{1,200})?",
        # PsycINFO: J. Vol.45,(3), 2024, pp. 1209-1216.  ArtID 108609.
        r"(?P<journal>[^\n]+?)\. +(?:Vol\. ?" + _VOLUME + r"(?:,? ?\(" + _ISSUE + r"\))?, )?"
        r"(?:[A-Z][a-z]{2,8}(?:[-/ ][A-Z][a-z]{2,8})?,? )?" + _YEAR
        + r"(?=,)(?:, (?:pp?\. ?(?:No Pagination Specified|(?P<pages>[^\s.]{1,40}(?:, [^\s.]{1,20})?))))?"
        r"(?:[.,]\s+(?:ArtID|Article):? " + _ARTICLE + r")?\.?",
        # MEDLINE: J. 38(2):e1-e8, 2017 Feb. or, ahead of print, J. 2023 Aug 08.
        r"(?P<journal>[^\n]+?)\. +(?P<volume>[^\s().,:;]{0,12}\d[^\s().,:;]{0,12}(?: (?:Suppl|Pt|Spec)(?: \w{1,6})?)?)"
        r"(?:\(" + _ISSUE + r"\))?:\s?(?P<pages>[^:.]{1,60}?)(?P<article>), "
        + _YEAR + r"(?: (?:[A-Z][a-z]{2,8}(?:[-/][A-Z][a-z]{2,8})?|\d\d)(?: \d{1,2})?)?\.?",
        r"(?P<journal>[^\n]+?)\. +(?P<volume>)(?P<issue>)(?P<pages>)(?P<article>)"
        + _YEAR + r" (?:[A-Z][a-z]{2,8}(?:-[A-Z][a-z]{2,8})?|\d\d)(?: \d{1,2})?\.?",
    )
)  # fmt: skip
_EMBASE = re.compile(
    r"^(?P<journal>.+?) \((?P<year>\d{4})\)(?: (?P<volume>[^:\s(]+))?(?::(?P<issue>\S+))?(?: \((?P<pages>[^)]+)\))?"
)
_PUBMED = re.compile(
    r"^(?P<journal>[^.]+)\. (?P<year>\d{4})[^;:.]{0,20};"
    r"(?P<volume>[^(:;.]{1,20})?(?:\((?P<issue>[^)]{1,20})\))?(?::(?P<pages>[^.;]{1,30}))?"
)
# PubMed's articles ahead of print, the Virtual Health Library's source, SciELO's.
_OTHERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?P<journal>[^.]{2,200})\. (?P<year>\d{4})(?: [A-Z][a-z]{2,5}(?:[-/ ][A-Z][a-z]{2,5})?)?(?: \d{1,2})?"
        r"(?P<volume>)(?P<issue>)(?::(?P<pages>[^.;]{1,30}))?\.(?= |$)",
        r"^(?P<journal>[^;]{2,300});\s?(?P<volume>[^\s(:;,]{1,20})?(?: ?\((?P<issue>[^()]{1,40})\))?"
        r"(?:: (?P<pages>[^\s,;]{1,30}))?, (?P<year>\d{4})(?: [\w. -]{1,20})?\s*$",
        r"^(?P<journal>[^\n]{2,300}?); (?P<volume>[^\s();]{1,20})?(?:\((?P<issue>[^()]{0,40})\))?; (?P<pages>[^\s;]{1,30})(?P<year>)$",
    )
)
# BASE's notes: Source: J ; volume 42, issue 2, page 10-19 ; ISSN 0000-0000 ; Description: ... and as two publishers write it.
_BASE = tuple(
    re.compile(r"Source: (?P<journal>[^;\n]{2,300}?)" + pattern)
    for pattern in (
        r" ; volume (?P<volume>[^\s,;]+)(?:, issue (?P<issue>[^\s,;]+))?(?:, page (?P<pages>[^\s;]+))?(?= ;|$)(?P<year>)",
        r", Vol (?P<volume>[^\s,;]+)(?:, Iss (?P<issue>[^\s,;]*) ?)?(?:, [Pp]p? (?P<pages>[^\s;()]+))? \((?P<year>\d{4})\)",
        r"; Volume (?P<volume>[^\s;]+)(?:; Issue (?P<issue>[^\s;]+))?(?:; Pages: (?P<pages>[^\s;]+))?(?= ;|$)(?P<year>)",
    )
)
_DESCRIPTION = re.compile(r"(?:^|^Source: .* ; )Description: (?P<text>.*)$", re.DOTALL)
_LONGEST_SOURCE = 2000
_SHORTEST_ABSTRACT = 150  # a shorter description of BASE names the publisher or the repository


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a report stands, in the words of its source; ``""`` for what the source does not say."""

    journal: str
    year: str
    volume: str
    issue: str
    pages: str


def ovid_citation(text: str) -> Citation | None:
    """Ovid's source line of Embase, PsycINFO or MEDLINE taken apart, an article number as pages; None if it is none."""
    if len(text) > _LONGEST_SOURCE:
        return None
    line = " ".join(text.split())
    found = next((match for shape in _OVID if (match := shape.fullmatch(line))), None)
    if found is None:
        return None
    return _citation(found, found["article"] or "")


def citation(text: str) -> Citation | None:
    """Any whole citation we know: Ovid's, Embase's ``J (2014) 3:3 (152-160)``, PubMed's ``J. 2022 Mar;53(2):334-347.``,
    the Virtual Health Library's ``J;53(2): 334-347, 2022 Mar.`` and SciELO's ``J; 53(2); 334-347``."""
    cited = ovid_citation(text)
    found = _EMBASE.match(text) or _PUBMED.match(text)
    found = found or next((match for shape in _OTHERS if (match := shape.match(text.strip()))), None)
    return cited or (_citation(found) if found else None)


def base_citation(note: str) -> Citation | None:
    """The source that BASE writes into a note, where it names volume and journal apart."""
    found = next((match for shape in _BASE if (match := shape.match(note))), None)
    return _citation(found) if found else None


def base_abstract(note: str) -> str:
    """The description that BASE writes into a note, where it is long enough to be more than a publisher's name."""
    found = _DESCRIPTION.match(note)
    text = found["text"].strip() if found else ""
    return text if len(text) >= _SHORTEST_ABSTRACT else ""


def fill(draft: Draft, cited: Citation | None) -> bool:
    """Put into ``draft`` what it lacks and ``cited`` says; whether there was a citation."""
    if cited is None:
        return False
    draft.journal = draft.journal or cited.journal
    draft.years += [cited.year] if cited.year else []
    draft.volume = draft.volume or cited.volume
    draft.issue = draft.issue or cited.issue
    draft.pages = draft.pages or cited.pages
    return True


def _citation(found: re.Match[str], article: str = "") -> Citation:
    parts = {name: (text or "").strip() for name, text in found.groupdict().items()}
    pages = parts["pages"] or article
    return Citation(parts["journal"], parts["year"], parts["volume"], parts["issue"], pages)
