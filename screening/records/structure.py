"""The parts of a structured abstract: pure. Databases give them with headings in capitals, run in, glued on, or on a line of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

# ICMJE, CONSORT and PRISMA abstracts, the headings of Emerald and of nursing and education journals, and their kin in other languages.
_KNOWN = (
    "Abstract", "Aims?", "Aims? and objectives?", "Approach", "Background", "Background and aims?", "Background and objectives?",
    "Background/aims?", "Case presentation", "Conclusions?", "Conclusions? and implications?", "Conclusions? and relevance",
    "Context", "Data analysis", "Data collection", "Data extraction", "Data sources?", "Data synthesis", "Design",
    "Design and methods?", "Design/methodology/approach", "Discussion", "Eligibility criteria", "Evaluation", "Evidence review",
    "Exposures?", "Findings", "Funding", "Impact", "Implications?", "Implications? for practice", "Importance",
    "Information sources", "Innovation", "Interpretation", "Interventions?", "Introduction", "Key words", "Keywords",
    "Lessons learned", "Limitations?", "Main outcome measures?", "Main outcomes and measures", "Main outcomes?", "Main results?",
    "Materials and methods?", "Materials & methods?", "Measurements?", "Measures", "Method", "Methods", "Methods and analysis",
    "Methods and findings", "Methods and results", "Methodology", "Objectives?", "Observations", "Originality", "Originality/value",
    "Outcomes?", "Participants", "Patients", "Patients and methods?", "Phenomenon", "Practical implications?", "Problem",
    "Purpose", "Rationale", "Registration", "Relevance", "Research limitations/implications", "Results?", "Results? and discussion",
    "Sample", "Setting", "Settings? and participants", "Significance", "Social implications?", "Study design", "Study selection",
    "Subjects", "Subjects and methods?", "Summary", "Systematic review registration", "Trial registration", "What this study adds",
    "Antecedentes", "Conclusiones", "Introducción", "Métodos", "Objetivos?", "Resultados",
    "Conclusões", "Introdução", "Contexte", "Méthodes?", "Objectifs?", "Résultats",
    "Hintergrund", "Ergebnisse", "Methoden", "Methodik", "Schlussfolgerung(?:en)?", "Ziele?", "Zielsetzung", "Fragestellung",
)  # fmt: skip
_HAN = (
    "目的|背景|方法|材料|結果|结果|結論|结论|討論|讨论|前言|引言|緒論|绪论|考察|対象|對象|对象|研究目的|研究背景|研究方法|研究設計|研究设计|研究結果|研究结果|"
    "研究結論|研究结论|結果與討論|结果与讨论|結論與建議|结论与建议|背景與目的|背景与目的|目的與方法|目的与方法|材料與方法|材料与方法|資料與方法|资料与方法|"
    "對象與方法|对象与方法|対象と方法|主要結果|主要结果|臨床意義|临床意义|建議|建议|局限性|限制|意義|意义|證據來源|摘要"
)

_LATIN = "|".join(sorted(_KNOWN, key=len, reverse=True))
_WORDS = "|".join(sorted(_HAN.split("|"), key=len, reverse=True))
_START = r"(?:^|(?<=[.!?)\]。！？；] )|(?<=[.!?。！？；]))"
_HEADING = re.compile(
    rf"{_START}(?:"
    r"(?P<capitals>[A-Z][A-Z &/,'-]{3,40}):(?=\s?\S)"
    rf"|(?=[A-Z])(?P<named>(?i:{_LATIN})) ?[:：](?=\s?\S)"
    rf"|(?=[A-Z])(?P<glued>(?i:{_LATIN}))(?=[A-Z][a-z]|[A-Z] )"
    rf"|[【〔［\[](?P<boxed>{_WORDS}|(?i:{_LATIN})|[A-Z][A-Z &]{{2,30}})[】〕］\]][ :：\u3000]*"
    rf"|(?P<han>{_WORDS})(?:[ \u3000]?[:：]|[ \u3000]+(?=\S))"
    r")"
)
_ALONE = re.compile(rf"(?:{_WORDS}|(?=[A-Z])(?i:{_LATIN})|[A-Z][A-Z &/,'-]{{3,40}})[:：]?")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph and its heading, "" where it has none."""

    heading: str
    text: str


def parts_of(abstract: str) -> list[Part]:
    """The parts of an abstract in order: cut at line breaks and before headings. Nothing is left out but the colon of a heading."""
    found: list[Part] = []
    for line in abstract.splitlines():
        for part in _cut(line.strip()):
            if found and not part.heading and not found[-1].text:
                found[-1] = Part(found[-1].heading, part.text)
            else:
                found.append(part)
    return found


def _cut(line: str) -> list[Part]:
    if _ALONE.fullmatch(line):
        return [Part(line.rstrip(":："), "")]
    heads = list(_HEADING.finditer(line))
    if not heads:
        return [Part("", line)] if line else []
    parts = [Part("", line[: heads[0].start()].strip())] if line[: heads[0].start()].strip() else []
    ends = [*(one.start() for one in heads[1:]), len(line)]
    for head, end in zip(heads, ends, strict=True):
        name = next(group for group in head.groups() if group)
        parts.append(Part(name.strip(), line[head.end() : end].strip()))
    return parts
