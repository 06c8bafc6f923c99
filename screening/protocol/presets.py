"""Ready-made criteria a team can load into an empty draft and then change: pure data, in our own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PresetCriterion:
    """One row of a preset's Table 1; the fields are those of `screening.protocol.models.Criterion`."""

    key: str
    label: str
    question: str
    met_when: str
    not_met_when: str
    direction: str = "include"
    rule: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preset:
    """A named table of criteria. ``about`` says in a sentence when it fits."""

    name: str
    title: str
    about: str
    criteria: tuple[PresetCriterion, ...]


# Rows after Table 1 of Chen, Liao & Yau 2025, which pairs two unrelated rules in its last row: here one criterion is
# one question.
MEDICAL_EDUCATION = Preset(
    name="medical-education",
    title="Medical education (Table 1)",
    about="Seven criteria for reviews of what helps or hinders health professionals in education research.",
    criteria=(
        PresetCriterion(
            key="population",
            label="Population",
            question="Does it study health professionals in education research?",
            met_when="Health professionals (clinicians, educators, administrators) in education research",
            not_met_when="Only students, patients or lay people",
        ),
        PresetCriterion(
            key="focus",
            label="Focus",
            question="Does it ask what helps or hinders taking part?",
            met_when="Asks what helps or hinders taking part in medical education research",
            not_met_when="No engagement factor, for example only curriculum",
        ),
        PresetCriterion(
            key="publication_type",
            label="Publication type",
            question="Is it an article in a peer-reviewed academic journal?",
            met_when="Article in a peer-reviewed academic journal",
            not_met_when="Proceedings, editorial, commentary, opinion, unpublished",
            rule={
                "types_in": ["journal_article"],
                "types_out": [
                    "conference_paper",
                    "conference_abstract",
                    "editorial",
                    "comment",
                    "letter",
                    "preprint",
                    "thesis",
                    "news",
                ],
            },
        ),
        PresetCriterion(
            key="language",
            label="Language",
            question="Is it written in a language the review reads?",
            met_when="English or Chinese",
            not_met_when="Any other language",
            rule={"languages": ["en", "zh"]},
        ),
        PresetCriterion(
            key="study_design",
            label="Study design",
            question="Does it report an empirical study?",
            met_when="Empirical: qualitative, quantitative or mixed",
            not_met_when="Theory or method without data",
        ),
        PresetCriterion(
            key="timeframe",
            label="Timeframe",
            question="Was it published within the years of the review?",
            met_when="Published 2002 to 2024, both included",
            not_met_when="Published earlier or later",
            rule={"years": [2002, 2024]},
        ),
        PresetCriterion(
            key="scope",
            label="Scope",
            question="Does it touch research engagement?",
            met_when="Touches research engagement",
            not_met_when="Only an organisation's teaching and learning strategy",
            direction="exclude",
        ),
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (MEDICAL_EDUCATION,)}
