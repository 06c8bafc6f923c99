"""Forms of the builder: a new form, its settings, one field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from extraction.tables.building import lines_of, new_key, options_from
from extraction.tables.fields import CHOOSING, LONGEST_LABEL, Field, FormError, FormSpec, ShowIf
from extraction.tables.models import EntryMode, FormKind
from extraction.tables.presets import presets

BLANK = "blank"
FILE = "file"
ONLY_OF: dict[str, frozenset[str]] = {
    "options": CHOOSING,
    "unit": frozenset({"number"}),
    "tolerance": frozenset({"integer", "number"}),
    "columns": frozenset({"table"}),
    "formula": frozenset({"computed"}),
}
#: What a kind that nobody fills in has no use for.
OF_PEOPLE = ("required", "evidence", "show_field", "show_values")


class SettingsForm(forms.Form):
    """Name of a form, and how many fill it in."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "A form needs a name."})
    mode = forms.ChoiceField(
        label="Who fills it in", choices=EntryMode.choices, widget=forms.RadioSelect, initial=EntryMode.DUAL
    )


class NewFormForm(SettingsForm):
    """A new form, with what it begins from."""

    start = forms.ChoiceField(label="Begin with", widget=forms.RadioSelect, initial="study-characteristics")
    file = forms.FileField(
        label="File", required=False, help_text="A form saved here as JSON or Excel.",
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.xlsx"}),
    )  # fmt: skip
    field_order = ("name", "start", "file", "mode")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*presets().items(), (BLANK, "An empty form"), (FILE, "A file")]
        self.fields["start"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A file is there where one is to begin with."""
        said = super().clean() or {}
        if said.get("start") == FILE and not said.get("file"):
            self.add_error("file", "Choose the file first.")
        return said


class FieldForm(forms.Form):
    """One field of a kind: only what the kind has is asked."""

    label = forms.CharField(
        label="Label", max_length=LONGEST_LABEL, error_messages={"required": "A field needs a label."}
    )
    help = forms.CharField(label="Help", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    options = forms.CharField(label="Answers, one a line", widget=forms.Textarea(attrs={"rows": 6}))
    unit = forms.CharField(
        label="Unit", required=False, max_length=40, help_text="Offered first; another may be typed."
    )
    tolerance = forms.FloatField(
        label="Tolerance",
        required=False,
        min_value=0,
        help_text="Two people agree where their numbers differ by no more.",
    )
    columns = forms.CharField(label="Columns, one a line", widget=forms.Textarea(attrs={"rows": 4}))
    formula = forms.CharField(
        label="Formula", max_length=300,
        help_text="Keys of fields with + - * / ( ), sum, min, max; such as sample.responded / sample.invited * 100.",
    )  # fmt: skip
    required = forms.BooleanField(label="Must be answered", required=False)
    evidence = forms.BooleanField(label="Must be pinned to words of a report", required=False)
    show_field = forms.ChoiceField(label="Ask only if", required=False)
    show_values = forms.CharField(
        label="has one of these answers, one a line", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Empty: whenever it is answered at all.",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        spec: FormSpec,
        kind: str,
        form_kind: str,
        taken: Collection[str],
        former: Field | None,
        **rest: Any,
    ) -> None:
        self.spec, self.kind, self.taken, self.former = spec, kind, taken, former
        rest["initial"] = _initial(spec, former) if former else None
        super().__init__(*args, **rest)
        unused = [name for name, kinds in ONLY_OF.items() if kind not in kinds]
        empty = Field("x", kind, "x")
        for name in (*unused, *(OF_PEOPLE if empty.is_automatic else ())):
            del self.fields[name]
        if "options" in self.fields and form_kind == FormKind.APPRAISAL:
            self.fields[
                "options"
            ].help_text = "With their points: Two groups | 2. An answer that does not apply: Not asked | n/a."
        if "show_field" in self.fields:
            others = [(one.key, one.label) for one in spec.fields if former is None or one.key != former.key]
            askable = [
                (key, label) for key, label in others if key not in {x.key for x in spec.fields if x.is_automatic}
            ]
            self.fields["show_field"].choices = [("", "It is always asked"), *askable]  # type: ignore[attr-defined]

    def field(self) -> Field:
        """The field as it was filled in. Raises FormError with one sentence."""
        said = self.cleaned_data
        key = self.former.key if self.former else new_key(said["label"], self.taken)
        columns = tuple(line.strip() for line in said.get("columns", "").splitlines() if line.strip())
        options = options_from(said.get("options", ""), self.former.options if self.former else ())
        return Field(
            key, self.kind, said["label"], said["help"], said.get("required", False), said.get("evidence", False), options,
            said.get("unit", ""), said.get("tolerance") or 0.0, columns, said.get("formula", ""), self._show_if(),
        )  # fmt: skip

    def _show_if(self) -> ShowIf | None:
        said = self.cleaned_data
        other = self.spec.field(said.get("show_field", ""))
        if other is None:
            return None
        return ShowIf(
            other.key, tuple(_answer(other, line.strip()) for line in said["show_values"].splitlines() if line.strip())
        )


def _answer(other: Field, said: str) -> str:
    """The key of an answer from its words. Raises FormError where the other field has no such answer."""
    if other.kind == "boolean":
        words = {"yes": "true", "no": "false"}
        if said.lower() not in words:
            raise FormError(f"“{other.label}” is answered by yes or no.")
        return words[said.lower()]
    if other.kind not in CHOOSING:
        return said
    for one in other.options:
        if said.casefold() in (one.label.casefold(), one.key):
            return one.key
    raise FormError(f"“{other.label}” has no answer “{said}”.")


def _initial(spec: FormSpec, one: Field) -> dict[str, Any]:
    shown: list[str] = []
    if one.show_if and (other := spec.field(one.show_if.field)):
        shown = [other.label_of(key) for key in one.show_if.values]
    return {
        "label": one.label, "help": one.help, "options": lines_of(one.options), "unit": one.unit, "tolerance": one.tolerance or None,
        "columns": "\n".join(one.columns), "formula": one.formula, "required": one.required, "evidence": one.evidence,
        "show_field": one.show_if.field if one.show_if else "", "show_values": "\n".join(shown),
    }  # fmt: skip
