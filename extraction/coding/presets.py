"""Codebooks to begin with: levels, and codes where the framework names some. Pure. The wording is our own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """``codes`` are (level, name). ``source`` says where the framework comes from."""

    name: str
    label: str
    source: str = ""
    levels: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


_I_PARIHS = {
    "Innovation": (
        "Knowledge it rests on", "Clarity", "Fit with present practice and values", "Ease of use", "Advantage over what is done now",
        "Can be tried first", "Results that can be seen",
    ),
    "Recipients": (
        "Motivation", "Values and beliefs", "Goals", "Skills and knowledge", "Time, means and support", "Opinion leaders on the spot",
        "Working together", "Networks that exist", "Power and authority", "Boundaries between groups",
    ),
    "Local context": (
        "Support by formal and informal leaders", "Culture", "Earlier experience of change", "Ways to make change last",
        "Evaluation and feedback", "Climate for learning",
    ),
    "Organisational context": (
        "Priorities of the organisation", "Support by senior management", "Culture", "Structures and systems",
        "History of innovation", "Capacity to take up what is new", "Learning networks",
    ),
    "External context": (
        "Policies", "Incentives and mandates", "Rules and regulators", "Stability of the surroundings",
        "Relations with other organisations",
    ),
    "Facilitation": ("Role of the facilitator", "Process of facilitation"),
}  # fmt: skip

PRESETS = (
    Preset(
        "ecological",
        "Ecological Model: individual, interpersonal, environmental; facilitators and barriers",
        "Chen, Liao & Yau 2025, after McLeroy et al. 1988, doi 10.1177/109019818801500401",
        ("Individual", "Interpersonal", "Environmental"),
    ),
    Preset(
        "i-parihs",
        "i-PARIHS: innovation, recipients, context, facilitation",
        "Harvey & Kitson 2016, Table 3, doi 10.1186/s13012-016-0398-2",
        tuple(_I_PARIHS),
        tuple((level, name) for level, names in _I_PARIHS.items() for name in names),
    ),
    Preset("blank", "Blank: levels and codes of one's own"),
)


def preset_named(name: str) -> Preset | None:
    """The preset of this name, None where there is none."""
    return next((one for one in PRESETS if one.name == name), None)
