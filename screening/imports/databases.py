"""Names of databases and platforms that are offered, and a guess of the database by the name of its export file."""

from __future__ import annotations

import re

# (name as PRISMA-S wants it, kind, what its export files are called); first match wins, so the narrower name comes first.
_KNOWN: tuple[tuple[str, str, str], ...] = (
    ("Cochrane CENTRAL", "register", r"cochrane|\bcentral\b"),
    ("ClinicalTrials.gov", "register", r"clinicaltrials|\bctgov\b|\bnct\b"),
    ("WHO ICTRP", "register", r"ictrp"),
    ("PubMed", "database", r"pubmed|^csv-.*-set$"),
    ("MEDLINE", "database", r"medline"),
    ("Embase", "database", r"embase"),
    ("Scopus", "database", r"scopus"),
    ("Web of Science", "database", r"web.?of.?science|\bwos\b|savedrecs|\bisi\b"),
    ("CINAHL", "database", r"cinahl"),
    ("APA PsycInfo", "database", r"psyc.?info"),
    ("ERIC", "database", r"\beric\b"),
    ("EconLit", "database", r"econlit"),
    ("SocINDEX", "database", r"socindex"),
    ("IEEE Xplore", "database", r"\bieee\b|xplore|export20\d\d"),
    ("ACM Digital Library", "database", r"\bacm\b"),
    ("ScienceDirect", "database", r"science.?direct"),
    ("SpringerLink", "database", r"springer|searchresults"),
    ("JSTOR", "database", r"jstor"),
    ("Dimensions", "database", r"dimensions"),
    ("Lens.org", "database", r"\blens\b"),
    ("LILACS", "database", r"lilacs"),
    ("SciELO", "database", r"scielo"),
    ("ProQuest Dissertations & Theses", "database", r"proquest|dissertation"),
    ("Airiti Library", "database", r"airiti|華藝"),
    ("CNKI", "database", r"cnki|知网"),
    ("Wanfang Data", "database", r"wanfang|万方"),
    ("Google Scholar", "website", r"scholar"),
    ("ResearchGate", "website", r"researchgate"),
    ("Reference lists of included studies", "citation", r"citation|reference.?list|backward|snowball"),
    ("Citing articles of included studies", "citation", r"forward|cited.?by|citing"),
)
DATABASES = tuple(sorted((name for name, _, _ in _KNOWN), key=str.lower))
PLATFORMS = (
    "Airiti", "CNKI", "Clarivate", "Cochrane Library", "EBSCOhost", "Elsevier", "Embase.com", "NLM", "Ovid", "ProQuest",
    "PubMed", "Web of Science",
)  # fmt: skip
_BY_FORMAT = {
    "MEDLINE": "PubMed",
    "PubMed XML": "PubMed",
    "Web of Science tagged": "Web of Science",
    "CNKI text": "CNKI",
}


def guess_database(file_name: str, format_name: str = "") -> tuple[str, str]:
    """Name and kind of the database that probably wrote the file, ``("", "database")`` where nothing tells."""
    stem = re.sub(r"[_\s]+", "-", file_name.lower().rsplit(".", 1)[0])
    for name, kind, pattern in _KNOWN:
        if re.search(pattern, stem):
            return name, kind
    guess = _BY_FORMAT.get(format_name, "")
    return guess, "database"
