"""Publication types as databases write them, as a set of canonical values; the raw words are kept (imports.md 6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# canonical value: every raw value that means it, case-folded, separated by " | ".
_RAW_VALUES = {
    "journal_article": "jour | research articles | journal article | journal articles | article | articles | research-article | j | jfull "
    "| research article | journalarticle | article-journal | reports - research | academic journal | scholarly journal "
    "| scholarly journals | original article | original paper | original research | journal paper | journal | periodical "
    "| peer reviewed journal | magazine article | magazinearticle | article-magazine | mgzn | electronic article "
    "| brief communication | brief report | rapid communication | ieee journals | journal: article | ejour "
    "| 期刊 | 期刊论文 | 期刊論文 | 期刊文章 | 学术期刊",
    "article_in_press": "article in press | articles in press | inpr | early access | ejou | online first | in press "
    "| epub ahead of print | ieee early access articles",
    "review": "review | reviews | review article | review-article | reviewarticle | review paper | literature review "
    "| reports - evaluative | information analyses | scientific review | scoping review | narrative review "
    "| journal: review | 综述",
    "systematic_review": "systematic review | systematic reviews | cochrane review "
    "| cochrane database of systematic reviews | 系统评价 | 系統性回顧",
    "meta_analysis": "meta-analysis | meta analysis | metaanalysis | meta-analyses | 荟萃分析 | 統合分析",
    "conference_paper": "conf | cpaper | proceedings paper | proceedings papers | conference paper | conference papers "
    "| inproceedings | proceedings article | conference proceedings | conference proceeding | conference | proceedings | paper-conference "
    "| conferencepaper | conference article | speeches/meeting papers | collected works - proceedings "
    "| conference papers & proceedings | ieee conferences | journal: conference paper "
    "| 会议 | 会议论文 | 會議論文 | 国内会议 | 国际会议",
    "conference_abstract": "meeting abstract | meeting abstracts | meeting paper | conference abstract | meeting "
    "| conference review | poster | journal: conference abstract | presentation | congress | congresses",
    "editorial": "editorial | editorials | editorial material | edtl | leading article | 社论",
    "letter": "letter | letters | letter to the editor | pcomm | personal communication | correspondence",
    "note": "note | notes | short survey | short communication",
    "comment": "comment | comments | commentary | comment/reply | published comment | viewpoint | reply",
    "erratum": "erratum | errata | correction | corrections | corrigendum | published erratum | correction, addition "
    "| correction/retraction | addendum | expression of concern",
    "retraction": "retracted | retracted publication | retraction | retraction in | retraction of publication "
    "| retracted article | retraction notice | withdrawn publication",
    "book": "book | books | b | whole book | edited book | edbook | book, edited | authored book | ebook | monograph "
    "| electronic book | edited volume | reference book | textbook | encyclopedia | ency | mvbook | collection "
    "| 图书 | 專書 | 专著",
    "chapter": "chap | chapter | book section | book sections | booksection | inbook | incollection | book chapter "
    "| book chapters | electronic book section | echap | ieee book chapters | encyclopedia article | entry-encyclopedia "
    "| reference work entry | conference chapter",
    "thesis": "thes | thesis | theses | dissertation | dissertations | dissertation abstract | dissertation/thesis "
    "| dissertations & theses | dissertations/theses | phdthesis | mastersthesis | masters thesis | doctoral thesis "
    "| doctoral dissertation | phd thesis | ph.d | diss | dissertations/theses - doctoral dissertations "
    "| dissertations/theses - masters theses | 硕士 | 博士 | 碩士 | 学位论文 | 學位論文 | 硕士论文 | 博士论文 | 碩士論文 "
    "| 博士論文 | 硕士学位论文 | 博士学位论文",
    "report": "rprt | report | reports | techreport | technical report | research report | government document | govdoc "
    "| government publication | reports - descriptive | working paper | numerical/quantitative data | 科技报告",
    "guideline": "practice guideline | guideline | guidelines | clinical guideline | consensus statement "
    "| consensus development conference | consensus development conference, nih | 指南",
    "case_report": "case report | casereport | case reports | case-report | case study | 病例报告",
    "trial": "randomized controlled trial | randomised controlled trial | randomized controlled trials | clinical trial "
    "| clinical trials | clinicaltrial | controlled clinical trial | clinical trial, phase i | clinical trial, phase ii | trial "
    "| clinical trial, phase iii | clinical trial, phase iv | pragmatic clinical trial | equivalence trial "
    "| adaptive clinical trial | trial registry record",
    "preprint": "unpb | unpd | unpublished | unpublished work | preprint | preprints | posted content | manscpt | manuscript",
    "news": "newspaper article | newspaperarticle | article-newspaper | newspaper | newspapers | news | news item "
    "| magazine | trade journal | wire feed | press release | blog | 报纸",
    "patent": "pat | patent | patents | p | 专利 | 專利 | 海外专利 | 中国专利",
    "standard": "standard | standards | stand | std | ieee standards | legal rule or regulation | statute | stat | legislation "
    "| bill | 标准 | 標準",
    "dataset": "data paper | dataset | datasets | data set | data | dbase | aggregated database | online database",
    # What a reference manager writes where it knows nothing better.
    "unknown": "gen | generic | misc | miscellaneous | s | ser | serial | other | others | other types | other sources "
    "| online | webpage | web page | elec | electronic | electronic resource | electronic source | icomm | comp | video "
    "| map | art | ctlg | slides | sound | dict | undefined | unspecified | document",
}
_CANONICAL = {raw.strip(): value for value, raws in _RAW_VALUES.items() for raw in raws.split(" | ")}
_SEPARATORS = re.compile(r"\s*[;|\n；]\s*")

CANONICAL_TYPES: tuple[str, ...] = tuple(_RAW_VALUES)

# Words that say where something stands, not what it is: every letter and editorial of a journal has them too (IM8).
_WEAK = frozenset(
    {"jour", "jfull", "ejour", "j", "journal", "periodical", "academic journal", "journalarticle", "journal-article", "article-journal",
     "期刊", "学术期刊"}
)  # fmt: skip
# Formats whose first word of type is the reference manager's own: it writes "Journal Article" or @article for anything.
MANAGED = frozenset({"RIS", "BibTeX", "EndNote XML", "EndNote tagged", "RefWorks tagged", "NoteExpress", "CSL-JSON"})


def canonical_types(raws: Iterable[str]) -> tuple[str, ...]:
    """The canonical values of all raw values, each once, in their order; ``("unknown",)`` where none says anything.

    "Article; Proceedings Paper" is both; words about something else ("Research Support, N.I.H.") give nothing.
    """
    found: dict[str, None] = {}
    for raw in raws:
        for value in _values_of(raw):
            found.setdefault(value)
    found.pop("unknown", None)
    return tuple(found) or ("unknown",)


def stated_types(raws: Sequence[str], file_format: str) -> tuple[str, ...]:
    """Those canonical values that a database stated; ``()`` where only weak words stand (IM8).

    ``raws`` are the raw words of one record in the order of its file, ``file_format`` the format that it was read from.
    ``JOUR``, and the first word of a reference manager's file where it means a journal article, are weak: they count
    neither for nor against. "Article" in a Scopus table and MEDLINE's "Journal Article" are stated.
    """
    first = {"journal_article", "article_in_press"} if file_format in MANAGED else set()
    found: dict[str, None] = {}
    for place, raw in enumerate(raws):
        if _key(raw) not in _WEAK:
            found.update(dict.fromkeys(value for value in _values_of(raw) if place or value not in first))
    found.pop("unknown", None)
    return tuple(found)


def is_type_word(raw: str) -> bool:
    """Whether the tables know this raw value, be it only as one that says nothing (``GEN``, ``misc``)."""
    return bool(_values_of(raw))


def _key(raw: str) -> str:
    return " ".join(raw.strip(" .[]{}\"'\t\r\n").casefold().split())


def _values_of(raw: str) -> list[str]:
    key = _key(raw)
    for spelling in (key, key.replace("-", " ").replace("_", " ")):  # Crossref: journal-article, proceedings_article
        if spelling in _CANONICAL:
            return [_CANONICAL[spelling]]
    parts = _SEPARATORS.split(raw) if _SEPARATORS.search(raw) else raw.split(",")
    return [_CANONICAL[_key(part)] for part in parts if _key(part) in _CANONICAL]
