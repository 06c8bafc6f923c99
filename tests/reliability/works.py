"""Twelve works as database exports tell them: some sure duplicates of each other, some that only a person can judge."""

from __future__ import annotations

from collections.abc import Iterable

SOURCES = (
    ("Scopus", "database"),
    ("MEDLINE", "database"),
    ("Trial register", "register"),
    ("Reference lists", "citation"),
)
SEARCHES = ("Search 1", "Search 2")

_PLOT = {
    "TI": "Teaching clinicians to read a forest plot: a randomised comparison", "AU": "Okafor, N.", "PY": "2019",
    "JO": "Teaching and Learning in Practice", "VL": "12", "IS": "4", "SP": "233", "EP": "241", "DO": "10.1000/tlp.233",
}  # fmt: skip
_WARD = {
    "TI": "Protected time and research engagement on hospital wards", "AU": "Sandoval, R.", "PY": "2014",
    "JO": "Clinical Inquiry", "VL": "3", "IS": "1", "SP": "11", "EP": "19", "DO": "10.1000/ci.11",
}  # fmt: skip

WORKS: tuple[dict[str, str], ...] = (
    _PLOT,
    {**_PLOT, "AB": "The same, with its abstract."},
    {"TI": _PLOT["TI"], "AU": _PLOT["AU"], "PY": "2021", "JO": _PLOT["JO"]},
    _WARD,
    {**_WARD, "LA": "eng"},
    {"TI": _WARD["TI"], "AU": _WARD["AU"], "PY": "2016", "JO": _WARD["JO"]},
    {"TI": "A register of mentors for nurses who begin a study", "AU": "Lindqvist, E.", "PY": "2011", "LA": "eng"},
    {"TI": "Journal clubs after night duty", "AU": "Moreau, P.", "PY": "2018", "DO": "10.1000/jc.5", "LA": "eng"},
    {"TI": "Wer forscht auf der Station? Eine Befragung", "AU": "Brandt, K.", "PY": "2009", "LA": "ger"},
    {"TI": "Grants that nobody applied for", "AU": "Haddad, L.", "PY": "2020"},
    {"TI": "Consent forms as teaching material", "AU": "Ito, M.", "PY": "2016", "DO": "10.1000/cf.77"},
    {"TI": "What residents want from a supervisor of research", "AU": "Novak, J.", "PY": "2013"},
)


def as_ris(works: Iterable[int]) -> bytes:
    """The works with these numbers as one RIS file."""
    told: list[tuple[str, str]] = []
    for number in works:
        told += [("TY", "JOUR"), *WORKS[number].items(), ("ER", "")]
    return "".join(f"{tag}  - {value}\n" for tag, value in told).encode()
