"""RIS, in the dialects of databases and reference managers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.imports.parsers.citations import fill, ovid_citation
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.keywords import at_semicolons
from screening.imports.parsers.tagged import Block, Dialect, Fields, entries
from screening.imports.publication_types import is_type_word
from screening.records.identifiers import (
    doi_in_note,
    doi_in_url,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    pmid_in_text,
)

_DASH = "[-\u2010-\u2015\u2212\uff0d]"
_TAG = re.compile(
    r"^(?P<indent>[ \t\xa0]*)(?P<tag>[A-Za-z][A-Za-z0-9]|PMID|DOI)(?P<gap>[ \t\xa0]{0,6}" + _DASH + r")(?P<value>.*)$",
    re.DOTALL,
)
# The wider the gap, the less a line that begins with it can be text.
_WIDE_TY_VALUE = re.compile(r"^.{0,80}$", re.DOTALL)
_TY_VALUE = re.compile(r"^\s*[\w /&-]{0,40}\s*$")
_LOWER_TY_VALUE = re.compile(r"^\s*(?:[A-Z]{3,6}|jour|book|chap|conf|thes|rprt|gen|cpaper|unpb)\s*$")
_TIGHT_TY_VALUE = re.compile(r"^\s+[A-Z]{3,6}\s*$")
_PLAIN_SHAPE = ".  -"
_NARROW = 2  # a blank and a dash
_TITLES_AND_AUTHORS = frozenset({"TI", "T1", "AU", "A1"})
# Fields whose text may run over several lines: after one of them an oddly spaced tag is text ("IN - vitro").
_WRAPPING = frozenset({"AB", "N1", "N2", "TI", "T1", "T2", "T3", "TT", "AD", "RN", "M1", "U1", "U2", "U3", "C1", "JF"})
# What no title or address goes on with, wherever it was wrapped; an abstract may ("AU - arbitrary units").
_AFTER_TITLES = frozenset({"AU", "A1", "A2", "PY", "Y1", "TI", "T1", "T2", "JF", "JO", "KW", "DO", "UR", "N2"})
_LONG = frozenset({"AB", "N1", "N2"})
_KNOWN = re.compile(
    r"A[1-4BDNUV]|BT|C[1-8ANPTY]|D[ABIOP]|DOI|E[DPT]|I[DS]|J[12AFO]|KW|L[1-4ABK]|M[1-3]|N[12V]|OP|P[BMPY]|PMID"
    r"|R[INP]|S[ENPT]|T[123AIT]|U[1-5]|UR|V[LO]|Y[12]"
)
_CLASS_CODE = re.compile(r"\[\d{3,5}\]$")
_TYPE_IN_NOTE = re.compile(r"\b(?:publication|document) type:\s*([^;.]+)", re.IGNORECASE)
_LANGUAGE_IN_NOTE = re.compile(r"\blanguage:\s*([A-Za-z, ]{1,80}?)\s*(?:[;.]|$)", re.IGNORECASE)
_ACCESSION_IN_NOTE = re.compile(r"\baccession number:\s*([\w.-]+)", re.IGNORECASE)
_EMBASE_NUMBER = re.compile(r"^L\d{6,12}$")
_PMID_IN_NOTE = re.compile(r"\bPMID: ?(?:NLM)?(\d{4,8})\b")  # EBSCO's notes, which begin with the accession number
# CP is the issue of old exports, and the name of the conference in those of Web of Science.
_ISSUE_NUMBER = re.compile(r"^(?:[A-Za-z]{1,6}\.? ?)?\d{1,4}(?:[-/ ](?:[A-Za-z]{1,6}\.? ?)?\d{1,4})?[A-Za-z]?$")
_PLAIN_ISSUE = re.compile(r"^\d{1,3}(?:[-/]\d{1,3})?$")


def _name(found: re.Match[str]) -> str:
    return found["tag"].upper()


def _begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    if _name(found) != "TY":
        return False
    gap = found["gap"]
    if len(gap) > _NARROW or "\t" in gap:
        return _WIDE_TY_VALUE.match(found["value"]) is not None
    kind = _TIGHT_TY_VALUE if len(gap) < _NARROW else _TY_VALUE if found["tag"].isupper() else _LOWER_TY_VALUE
    return kind.match(found["value"]) is not None


def _shape(found: re.Match[str]) -> str:
    """How a tag stands: what is before it, a point for itself (an "a" for one in small letters), what is between it and
    its value (dashes that a word processor made long and spaces that it made hard occur)."""
    sign = "." if found["tag"] == _name(found) else "a"
    return f"{found['indent']}{sign}{found['gap']}".replace("\xa0", " ")


def _accepts(found: re.Match[str], block: Block | None) -> bool:
    """A tag in the spacing that the record's own start line taught, or oddly spaced where no text can be running."""
    shape = _shape(found)
    learnt = block.shape if block is not None and not block.recognised_late else ""
    if "a" in shape and "a" not in learnt:
        return False
    shape, learnt = shape.replace("a", "."), learnt.replace("a", ".")
    if shape[-1] != (learnt or _PLAIN_SHAPE)[-1] or (_is_tight(shape) and not _fits_tight(found, learnt)):
        return False
    if _name(found) == "ER":
        return not found["value"].strip()
    if "\t" in found["gap"]:
        return True
    if block is None or not learnt:
        return shape == _PLAIN_SHAPE
    return learnt == shape or (not found["indent"] and _stands_for_itself(_name(found), block))


def _stands_for_itself(name: str, block: Block) -> bool:
    """Whether a tag in another spacing than its record's is one: known, and no text of the field before runs on in it."""
    before = block.fields[-1][0]
    if before in _WRAPPING:
        return name in _AFTER_TITLES and before not in _LONG
    return _KNOWN.fullmatch(name) is not None


def _is_tight(shape: str) -> bool:
    return shape[-2:-1] == "."


def _fits_tight(found: re.Match[str], learnt: str) -> bool:
    """``TI- Title`` in a record that began with ``TY- JOUR``; "IL-6" and a word cut at the end of a line are text."""
    value = found["value"]
    return (
        _is_tight(learnt)
        and (not value or value[0].isspace())
        and bool(_KNOWN.fullmatch(_name(found)) or _name(found) == "ER")
    )


RIS = Dialect(
    tag=_TAG,
    begins=_begins,
    accepts=_accepts,
    shape=_shape,
    ends=lambda found: _name(found) == "ER",
    has_end_tag=True,
    late_starts=_TITLES_AND_AUTHORS,
    name=_name,
)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of a RIS file, one for each ``TY``, or for each closed group of fields that lacks it."""
    return entries(lines, RIS, record_of)


def record_of(block: Block) -> Draft:
    """The fields of one block in our terms (imports.md 6)."""
    fields = block.by_tag()
    draft = Draft(block.line, block.raw)
    ebsco = "ebsco" in fields.first("DP").casefold() or "ebscohost" in fields.first("UR").casefold()
    _describe(draft, fields, ebsco=ebsco)
    _locate(draft, fields)
    _identify(draft, fields)
    return draft


def _describe(draft: Draft, fields: Fields, *, ebsco: bool) -> None:
    notes = fields.all("N1")
    kind = fields.first("TY")
    book = kind.upper() in {"BOOK", "EDBOOK", "CHAP", "CONF", "SER"}
    ovid = any("ovid" in url.casefold() for url in fields.all("L2", "UR"))
    draft.title = fields.first("TI", "T1", "CT", "BT") or (fields.first("T2") if kind.upper() == "BOOK" else "")
    draft.title_translated = fields.first("TT") or (_ebsco_translation(fields) if ebsco else "")
    draft.authors = fields.all("AU") or []
    draft.authors += [name for name in fields.all("A1") if name not in draft.authors]
    if not draft.authors and book:
        draft.authors = fields.all("ED") or ([] if ovid else fields.all("A2"))
    draft.years = fields.all("PY", "Y1", "DA", "YR")
    if kind.upper() == "JOUR":  # EndNote keeps the online date of an article as its edition
        draft.years_early = fields.all("ET")
    draft.abstract = _abstract(fields)
    draft.keywords = at_semicolons(fields.lines("KW", "K1"))
    draft.raw_languages = fields.lines("LA") or _found(_LANGUAGE_IN_NOTE, notes)
    works = [work for work in fields.all("M3", "PT") if not _CLASS_CODE.search(work) and not normalise_doi(work)]
    draft.raw_types = [*([kind] if kind else []), *works, *_found(_TYPE_IN_NOTE, notes)]
    if any("retraction in" in text.casefold() for text in (*notes, *fields.all("T3"))):
        draft.raw_types.append("Retraction in")
    if not works:
        draft.raw_types += [work for work in fields.lines("U3") if is_type_word(work)]


def _ebsco_translation(fields: Fields) -> str:
    """EBSCO puts the translated title into T2 where JO or JF hold the journal."""
    journals = {name.casefold() for name in fields.all("JO", "JF")}
    second = fields.first("T2")
    return second if journals and second.casefold() not in journals else ""


def _abstract(fields: Fields) -> str:
    """The abstract in each language given, each once, without EBSCO's notice of copyright."""
    texts = [text for text in fields.all("AB") if not text.startswith("Copyright of ")]
    texts = texts or [text for text in fields.all("N2") if not text.startswith("Copyright of ")]
    return " ".join(dict.fromkeys(texts))


def _locate(draft: Draft, fields: Fields) -> None:
    draft.journal = fields.first("JF", "JO", "T2", "JA", "J2", "J1")
    draft.volume = fields.first("VL", "VO")
    draft.issue = fields.first("IS") or _issue_number(fields.first("CP")) or fields.first("NO")
    if not draft.issue and _PLAIN_ISSUE.match(fields.first("M1")):
        draft.issue = fields.first("M1")
    start, end = fields.first("SP"), fields.first("EP")
    if (start, end) != ("No", "Specified"):
        draft.pages = f"{start}-{end}" if start and end and "-" not in start and start != end else start or end
    draft.pages = draft.pages or fields.first("PG", "C7", "AR")
    whole = ovid_citation(draft.journal)
    if whole:
        draft.journal = ""
    if not fill(draft, whole or ovid_citation(fields.first("SO"))):
        draft.journal = draft.journal or fields.first("SO")
    draft.url = next(iter(fields.all("UR", "L2", "L1", "LK")), "")
    draft.doi = _doi(fields)


def _issue_number(text: str) -> str:
    return text if _ISSUE_NUMBER.match(text) else ""


def _doi(fields: Fields) -> str:
    for value in fields.all("DO", "DI", "DOI", "L3", "M3"):
        if doi := normalise_doi(value):
            return doi
    for value in fields.all("UR", "L2", "L1", "LK"):
        if doi := doi_in_url(value):
            return doi
    notes = (note for note in fields.all("N1", "C2", "U1") if not note.startswith("References"))
    return next((doi for note in notes if (doi := doi_in_note(note))), "")


def _identify(draft: Draft, fields: Fields) -> None:
    database = fields.first("DB", "DP")
    accession = fields.first("AN") or next(iter(_found(_ACCESSION_IN_NOTE, fields.all("N1"))), "")
    if not accession and any("ovid" in url.casefold() for url in fields.all("L2", "UR")):
        accession = fields.first("ID")
    if not accession and _EMBASE_NUMBER.match(fields.first("U2")):
        accession = fields.first("U2")
    draft.ids = {
        "accession": accession,
        "record_id": fields.first("ID"),
        "ut": fields.first("UT"),
        "pmcid": next((found for text in fields.all("C2", "U1", "U2", "PMC") if (found := normalise_pmcid(text))), ""),
        "database": database,
    }
    if accession.upper().startswith(("WOS:", "ISI:")):
        draft.ids["ut"] = accession
    draft.pmid = next((found for text in fields.all("PM", "PMID") if (found := normalise_pmid(text))), "")
    if not draft.pmid and accession.isdigit() and _is_medline(fields.all("DB", "DP")):
        draft.pmid = normalise_pmid(accession)
    if not draft.pmid:
        notes = [note for note in fields.all("N1") if _ACCESSION_IN_NOTE.match(note)]
        labelled = (pmid_in_text(text) for text in fields.all("C3", "C1", "U1", "U2", "AN", "UR", "L2"))
        draft.pmid = next((pmid for pmid in [*labelled, *_found(_PMID_IN_NOTE, notes)] if pmid), "")


def _is_medline(names: list[str]) -> bool:
    return any(name.casefold().startswith(("nlm", "medline", "pubmed", "ovid medline")) for name in names)


def _found(pattern: re.Pattern[str], texts: list[str]) -> list[str]:
    return [found.group(1).strip() for text in texts if (found := pattern.search(text))]
