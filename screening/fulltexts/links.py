"""Where a person may find a report: plain links that the own browser follows; the server fetches nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

FIELDS = ("doi", "title", "pmid")
LONGEST_TITLE = 300  # letters; addresses have an end
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Link:
    """A label and an https address."""

    label: str
    url: str


def template_problem(template: str) -> str:
    """Why this is no address of a link resolver, in a sentence; "" where it is one."""
    bare = _FIELD.sub("", template)
    try:
        parts = urlsplit(template.strip())
        host = parts.hostname or ""
    except ValueError:
        return "This is no web address. Copy the resolver's address from your library's page."
    if parts.scheme != "https" or not host or "." not in host or "@" in parts.netloc or "{" in parts.netloc:
        return "The address begins with https:// and the library's own host, as in https://library.example.org/find?doi={doi}."
    unknown = [name for name in _FIELD.findall(template) if name not in FIELDS]
    if unknown or "{" in bare or "}" in bare:
        return "Only {doi}, {title} and {pmid} can stand in braces."
    if not _FIELD.search(template):
        return "Put {doi}, {title} or {pmid} where the address names the report."
    if re.search(r"[\s<>\"'\\\x00-\x1f]", template):
        return "An address holds no spaces, quotes or angle brackets."
    return ""


def resolved(template: str, values: Mapping[str, str]) -> str:
    """The template with each field's value percent-encoded (RFC 3986), so that no value can change what the address means."""
    return _FIELD.sub(lambda found: quote(values.get(found.group(1), ""), safe=""), template)


def links_of(*, doi: str, title: str, pmid: str, pmcid: str, template: str = "") -> Iterator[Link]:
    """The ways to a report that its identifiers open: publisher, PubMed, PubMed Central, and the library's resolver."""
    if doi:
        yield Link("Publisher, by DOI", f"https://doi.org/{quote(doi, safe='/:;().')}")
    if pmcid:
        yield Link("Open access at PubMed Central", f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(pmcid, safe='')}/")
    if pmid:
        yield Link("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{quote(pmid, safe='')}/")
    values = {"doi": doi, "title": title[:LONGEST_TITLE], "pmid": pmid}
    asked = _FIELD.findall(template)
    if template and not template_problem(template) and any(values.get(name) for name in asked):
        yield Link("Find it in the library", resolved(template, values))
