"""Identifiers as databases write them, made comparable: the one place that knows what a DOI or a PMID looks like."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

# The DOI handbook (doi:10.1000/182) allows any printable character after the slash; databases do not put spaces, quotes
# or Chinese text there, so those end it.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"'\u2018-\u201f\u3000-\u9fff\uff01-\uff5e]+", re.IGNORECASE)
_DOI_IN_URL = re.compile(
    r"doi\.org/+(?P<host>10\.[^\s]+)|[?&;](?:doi?=|id=(?:doi:)?)(?P<query>10(?:\.|%2e)[^&\s]+)"
    r"|/(?:doi|articles?|chapter|book|articlepdf|pii)/(?:[a-z]+/)*(?P<path>10\.\d{4,9}/[^?#&\s]+)",
    re.IGNORECASE,
)
_DOI_LABEL = re.compile(r"\bdoi\b\s*[:=]?\s*(?=https?://|10\.)", re.IGNORECASE)
_FILE_ENDING = re.compile(r"(?:\.pdf|\.epub|\.html?|/(?:full|abstract|pdf|meta|epdf))$", re.IGNORECASE)
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}
_LONGEST_DOI = 512
_TRAILING = ".,;:!?*\\|。，；：、"

# Digits behind a letter are of another number: PMC484668 is none of PubMed's.
_PMID = re.compile(r"(?<![\w.])(?:NLM)?0*([1-9]\d{0,7})(?![\d.]\d|\d)")
_PMID_LABELLED = re.compile(
    r"(?:\bpmid(?![a-z])|\bpubmed\b|\bmedline\b|pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed)"
    r"(?:\s*id)?[\s:=/#-]*(?:NLM)?0*([1-9]\d{0,7})(?!\d)|(?<!\d)0*([1-9]\d{0,7})\s*\[(?:pmid|pubmed)\]",
    re.IGNORECASE,
)
_PMCID = re.compile(r"\bPMC\s*0*([1-9]\d{2,8})\b", re.IGNORECASE)
_ISSN = re.compile(r"(?<![\dX])(\d{4})-?(\d{3}[\dX])(?![\dX])", re.IGNORECASE)
_DASHES = re.compile(r"\s*(?:-{2,8}|[\u2010-\u2015\u2212\uff0d~\uff5e-])\s*")
_PAGE_WORD = re.compile(r"^(?:pp\.?|pages?|[ps]\.)\s*(?=\S*\d)", re.IGNORECASE)
_AFTER_PAGES = re.compile(r"(?<=\w)[\s.,;:-]+$")
_PAGE_RANGE = re.compile(r"^([A-Za-z]*)(\d+)-([A-Za-z]*)(\d+)$")
_NO_PAGES = frozenset({"no-specified", "no specified", "not specified", "no pagination", "np", "n.p.", "-"})


def _without_tail(doi: str) -> str:
    """Drop sentence punctuation and brackets that were never opened: SICI DOIs hold balanced ones."""
    while doi:
        last = doi[-1]
        if last in _TRAILING or (last in _BRACKETS and doi.count(last) > doi.count(_BRACKETS[last])):
            doi = doi[:-1]
            continue
        break
    return doi


def normalise_doi(text: str) -> str:
    """The first DOI of ``text``: lower case, without host, label or trailing punctuation; ``""`` if it holds none.

    Case does not distinguish DOIs (DOI handbook, section 2.4), so lower case makes them comparable.
    """
    if "10" not in text:
        return ""
    cleaned = html.unescape(text.replace("\\_", "_").replace("\\&", "&").replace("{", "").replace("}", ""))
    if "%2f" in cleaned.lower() or "%28" in cleaned:
        cleaned = unquote(cleaned)
    found = _DOI.search(cleaned)
    if found is None:
        return ""
    doi = _without_tail(found.group(0)[:_LONGEST_DOI]).lower()
    return doi if _DOI.fullmatch(doi) else ""


def doi_in_url(url: str) -> str:
    """The DOI that an address carries (doi.org, ``?doi=``, ``/doi/10...``), or ``""``."""
    if "10" not in url:
        return ""
    found = _DOI_IN_URL.search(url)
    if found is None:
        return ""
    part = unquote(found.group("host") or found.group("query") or found.group("path") or "")
    return normalise_doi(_FILE_ENDING.sub("", part.split("?")[0] if found.group("path") else part))


def doi_in_note(text: str) -> str:
    """The DOI of a note that says so ("doi: 10.1000/182"), or that is nothing but a DOI; ``""`` otherwise."""
    if "10." not in text:
        return ""
    label = _DOI_LABEL.search(text)
    if label:
        return normalise_doi(text[label.end() : label.end() + 300])
    stripped = text.strip()
    return normalise_doi(stripped) if _DOI.fullmatch(stripped) else ""


def normalise_pmid(text: str) -> str:
    """The PubMed number of a field that holds one (``12643982 (http://...)``), without leading zeros, or ``""``."""
    found = _PMID_LABELLED.search(text)
    if found:
        return found.group(1) or found.group(2)
    plain = _PMID.search(text)
    return plain.group(1) if plain else ""


def pmid_in_text(text: str) -> str:
    """The PubMed number that a text labels as such (``PUBMED 21314913``, ``35957633 [PMID]``), or ``""``."""
    found = _PMID_LABELLED.search(text)
    return (found.group(1) or found.group(2)) if found else ""


def normalise_pmcid(text: str) -> str:
    """The PubMed Central number as ``PMC123``, or ``""``."""
    found = _PMCID.search(text)
    return f"PMC{found.group(1)}" if found else ""


def normalise_issn(text: str) -> str:
    """The first ISSN as ``1234-567X``, or ``""``."""
    found = _ISSN.search(text)
    return f"{found.group(1)}-{found.group(2).upper()}" if found else ""


def normalise_pages(text: str) -> str:
    """A page range with one hyphen and whole numbers: ``pp. 466--75`` becomes ``466-475``; other pagination stays.

    NLM shortens the last page by the digits it shares with the first (MEDLINE field PG); they are written out here.
    """
    pages = _AFTER_PAGES.sub("", _PAGE_WORD.sub("", _DASHES.sub("-", text.strip())).strip(" ,;"))
    if pages.casefold() in _NO_PAGES:
        return ""
    found = _PAGE_RANGE.match(pages)
    if found is None:
        return pages
    before, first, behind, last = found.groups()
    if len(last) < len(first) and len(first) > 1 and behind in ("", before):
        whole = first[: -len(last)] + last
        if int(whole) > int(first):
            last = whole
    return f"{before}{first}-{behind}{last}"
