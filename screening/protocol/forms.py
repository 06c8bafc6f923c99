"""Forms about the protocol: a new review with its preset, a criterion, the stage rules, an amendment."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from screening.protocol.models import Criterion, Direction, ProtocolVersion, StageMode
from screening.protocol.presets import PRESETS
from screening.protocol.versions import STAGE_RULES
from screening.reviews.models import ReviewKind

BLANK = "blank"
SINGLE_WARNING = "Single screening missed a median of 5 % (0 to 58 %) of the studies that belonged in (PMC6599339)."
LIBERAL_WARNING = "Liberal screening is not independent: the second vote depends on the first, so no kappa can be told."
TYPES = {
    "journal_article": "journal article",
    "review": "review",
    "systematic_review": "systematic review",
    "meta_analysis": "meta-analysis",
    "trial": "trial",
    "case_report": "case report",
    "conference_paper": "conference paper",
    "conference_abstract": "conference abstract",
    "editorial": "editorial",
    "comment": "comment",
    "letter": "letter",
    "note": "note",
    "preprint": "preprint",
    "thesis": "thesis",
    "book": "book",
    "chapter": "chapter",
    "report": "report",
    "guideline": "guideline",
    "news": "news",
}


class NewReviewForm(forms.Form):
    """What a new review needs: a title and a Table 1 to begin with; all of it can be changed later."""

    title = forms.CharField(max_length=300)
    question = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the review asks, in a sentence or two.",
    )
    kind = forms.ChoiceField(choices=ReviewKind.choices, label="Kind of review", initial=ReviewKind.SYSTEMATIC)
    registration_id = forms.CharField(
        required=False, max_length=100, label="Registration", help_text="For example a PROSPERO or OSF number."
    )
    preset = forms.ChoiceField(
        label="Criteria (Table 1)",
        choices=[*((name, preset.title) for name, preset in PRESETS.items()), (BLANK, "Blank: I write them myself")],
        widget=forms.RadioSelect,
        initial=next(iter(PRESETS)),
    )
    also_reviewer = forms.BooleanField(label="I also screen records in this review", required=False, initial=True)


class CriterionForm(forms.ModelForm[Criterion]):
    """One row of Table 1. The hint fields make ``rule``: what a record's metadata may suggest, never decide."""

    languages = forms.CharField(
        required=False, max_length=60, label="Accepted languages", help_text="Two-letter codes, for example: en, zh"
    )
    year_from = forms.IntegerField(required=False, min_value=1500, max_value=2200, label="First year")
    year_to = forms.IntegerField(required=False, min_value=1500, max_value=2200, label="Last year")
    types_in = forms.MultipleChoiceField(
        required=False, choices=list(TYPES.items()), widget=forms.CheckboxSelectMultiple, label="Types taken"
    )
    types_out = forms.MultipleChoiceField(
        required=False, choices=list(TYPES.items()), widget=forms.CheckboxSelectMultiple, label="Types left out"
    )
    HINTS = ("languages", "year_from", "year_to", "types_in", "types_out")

    class Meta:
        model = Criterion
        fields = (
            "label", "facet", "question", "direction", "met_when", "not_met_when", "examples_met", "examples_not_met", "at_ta", "at_ft",
        )  # fmt: skip
        help_texts = {
            "label": "At most 35 characters, no comma; printed in the PRISMA diagram as the reason for exclusion.",
            "question": "What a reviewer asks of each record.",
            "examples_met": "One a line. They stand folded beside the criterion wherever it is asked.",
            "examples_not_met": "One a line.",
        }
        widgets = {
            "met_when": forms.Textarea(attrs={"rows": 2}),
            "not_met_when": forms.Textarea(attrs={"rows": 2}),
            "examples_met": forms.Textarea(attrs={"rows": 3}),
            "examples_not_met": forms.Textarea(attrs={"rows": 3}),
            "direction": forms.RadioSelect,
        }

    def __init__(self, *args: Any, version: ProtocolVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        rule = self.instance.rule
        first, last = rule.get("years") or (None, None)
        self.initial.update(
            languages=", ".join(rule.get("languages", [])),
            year_from=first,
            year_to=last,
            types_in=rule.get("types_in", []),
            types_out=rule.get("types_out", []),
        )

    def clean_label(self) -> str:
        """The short name, once in a version whatever its case."""
        label: str = self.cleaned_data["label"].strip()
        others = self.version.criteria.exclude(pk=self.instance.pk).filter(label__iexact=label)
        if others.exists():
            raise forms.ValidationError(f"Another criterion is called {label}. Choose another short name.")
        return label

    def clean_languages(self) -> list[str]:
        """Two-letter codes, lower case."""
        codes = re.split(r"[,;\s]+", self.cleaned_data["languages"].strip().lower())
        wrong = [code for code in codes if code and not re.fullmatch(r"[a-z]{2}", code)]
        if wrong:
            raise forms.ValidationError(f"{wrong[0]} is no two-letter language code. Write for example: en, zh")
        return [code for code in codes if code]

    def clean(self) -> dict[str, Any]:
        """Each direction says its side; years are in order; at least one stage asks."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._say_the_side(cleaned)
        first, last = cleaned.get("year_from"), cleaned.get("year_to")
        if first and last and first > last:
            self.add_error("year_to", "The last year lies before the first.")
        if not cleaned.get("at_ta") and not cleaned.get("at_ft"):
            self.add_error("at_ft", "Ask the criterion at one stage at least.")
        if set(cleaned.get("types_in", [])) & set(cleaned.get("types_out", [])):
            self.add_error("types_out", "A type cannot be both taken and left out.")
        return cleaned

    def _say_the_side(self, cleaned: dict[str, Any]) -> None:
        excludes = cleaned.get("direction") == Direction.EXCLUDE
        side = "not_met_when" if excludes else "met_when"
        if not (cleaned.get(side) or "").strip() and side not in self.errors:
            self.add_error(side, "Say what excludes a record." if excludes else "Say when the criterion is met.")

    def wording(self) -> dict[str, Any]:
        """The checked values as `actions.add_criterion` and `edit_criterion` take them."""
        asked = dict(self.cleaned_data)
        hints = {name: asked.pop(name) for name in self.HINTS}
        examples = {name: _lines(asked[name]) for name in ("examples_met", "examples_not_met")}
        return {**asked, **examples, "rule": _rule(hints)}


def _lines(text: str) -> str:
    """One example a line, without blank ones."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _rule(hints: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {name: hints[name] for name in ("languages", "types_in", "types_out") if hints[name]}
    if hints["year_from"] or hints["year_to"]:
        rule["years"] = [hints["year_from"], hints["year_to"]]
    return rule


class StageRulesForm(forms.ModelForm[ProtocolVersion]):
    """Who votes at each stage, and what Maybe and a clash of reasons mean."""

    class Meta:
        model = ProtocolVersion
        fields = STAGE_RULES
        labels = {
            "ta_mode": "Who screens titles and abstracts",
            "ta_maybe": "What Maybe means there",
            "ft_mode": "Who reviews full texts",
            "reason_clash": "Both exclude a full text, for different reasons",
            "gate_items": "Gate: records two people screen first",
            "gate_agreement": "Gate: agreement to reach, in per cent",
        }
        widgets = {
            "ta_mode": forms.RadioSelect,
            "ta_maybe": forms.RadioSelect,
            "ft_mode": forms.RadioSelect,
            "reason_clash": forms.RadioSelect,
        }

    def clean_gate_items(self) -> int:
        """At least ten: agreement on fewer says nothing."""
        asked: int = self.cleaned_data["gate_items"]
        if not 10 <= asked <= 1000:
            raise forms.ValidationError("Choose between 10 and 1 000 records.")
        return asked

    def clean_gate_agreement(self) -> int:
        """A percentage."""
        asked: int = self.cleaned_data["gate_agreement"]
        if not 50 <= asked <= 100:
            raise forms.ValidationError("Choose between 50 and 100 per cent.")
        return asked


def mode_warnings(version: ProtocolVersion) -> list[str]:
    """What the chosen modes cost, in sentences; empty where two people screen everything independently."""
    modes = {version.ta_mode, version.ft_mode}
    single = {StageMode.SINGLE.value, StageMode.DUAL_THEN_SINGLE.value}
    warnings = [SINGLE_WARNING] if modes & single else []
    return warnings + ([LIBERAL_WARNING] if StageMode.LIBERAL in modes else [])


class AmendmentForm(forms.Form):
    """Why the protocol changes."""

    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Reason for the amendment",
        help_text="Kept with the new version and printed in the methods.",
        error_messages={"required": "Say why the protocol changes."},
    )
