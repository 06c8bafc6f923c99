"""Forms of coding: a codebook, a code, a text, a file, a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from extraction.coding.exchange import LONGEST_LEVEL, LONGEST_NAME, LONGEST_TEXT
from extraction.coding.marking import LAST_PAGE, LONGEST_LABEL
from extraction.coding.models import CodingMode, Direction, SourceText, TextKind
from extraction.coding.presets import PRESETS
from screening.fulltexts.models import ReportFile


class CodebookForm(forms.Form):
    """A new codebook."""

    name = forms.CharField(label="Name", max_length=120, initial="Codebook")
    mode = forms.ChoiceField(
        label="How the team codes", choices=CodingMode.choices, widget=forms.RadioSelect, initial=CodingMode.CODEBOOK
    )
    preset = forms.ChoiceField(
        label="Begin with",
        choices=[(one.name, one.label) for one in PRESETS],
        widget=forms.RadioSelect,
        initial="ecological",
    )
    threshold = forms.IntegerField(
        label="Two passages are the same from an overlap of (%)", min_value=1, max_value=100, initial=50,
        help_text="Characters in both passages by characters in either. It is stated with the agreement and stays as it is.",
    )  # fmt: skip


def _long(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class CodeForm(forms.Form):
    """What a code says, its name apart."""

    definition = _long("Definition")
    include_when = _long("Include when")
    exclude_when = _long("Exclude when")
    example = _long("Example")
    level = forms.CharField(label="Level", required=False, max_length=LONGEST_LEVEL)
    direction = forms.ChoiceField(label="Direction", required=False, choices=[("", "None"), *Direction.choices])
    colour = forms.RegexField(
        label="Colour", regex=r"^#[0-9A-Fa-f]{6}$", required=False, help_text="Such as #1A6840.",
        error_messages={"invalid": "Write the colour as # and six digits, such as #1A6840."},
    )  # fmt: skip

    def __init__(self, *args: object, levels: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["level"].help_text = (
            f"One of {', '.join(levels)}, or a new one." if levels else "Such as Individual."
        )


class NewCodeForm(CodeForm):
    """A new code; its name first."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME, error_messages={"required": "A code needs a name."})
    field_order = ("name",)


class TextForm(forms.ModelForm[SourceText]):
    """A text to be pasted."""

    kind = forms.ChoiceField(label="Whose words", choices=TextKind.choices)

    class Meta:
        model = SourceText
        fields = ("kind", "label", "page", "text")
        labels = {"label": "Label", "page": "Page of the report", "text": "Text"}
        help_texts = {"label": "Such as Results, pages 4 to 6, or Reflection 13."}
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}


class PagesForm(forms.Form):
    """Pages of one of the study's PDFs."""

    file = forms.ModelChoiceField(label="PDF", queryset=ReportFile.objects.none(), empty_label=None)
    first = forms.IntegerField(label="From page", min_value=1, max_value=LAST_PAGE, initial=1)
    last = forms.IntegerField(label="To page", min_value=1, max_value=LAST_PAGE, initial=1)
    kind = forms.ChoiceField(label="Whose words", choices=TextKind.choices)
    label = forms.CharField(
        label="Label",
        max_length=LONGEST_LABEL,
        required=False,
        help_text="Such as Results; else the pages are its label.",
    )

    def __init__(self, *args: Any, files: Sequence[ReportFile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ModelChoiceField[ReportFile]", self.fields["file"])
        choice.queryset = ReportFile.objects.filter(pk__in=[one.pk for one in files])


class FileForm(forms.Form):
    """A codebook file."""

    file = forms.FileField(label="Codebook file (.qdc or .csv)", error_messages={"required": "Choose a file first."})
