"""Forms about duplicates: an answer, an act to undo, a selection of cards, a reason."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms

from screening.audit.refusal import NotAllowedNow
from screening.dedupe.models import Answer, DeclaredRemoval, Kept
from screening.dedupe.queue import Filter
from screening.reviews.models import Review

MAX_REASON = 200  # characters


class KeptForm(forms.Form):
    """Which record leads, and whose values are shown: record numbers; what is not given stays as it is."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for field in Kept:
            wrong = {"invalid": "Choose one of the records that are offered."}
            self.fields[field.value] = forms.IntegerField(
                required=False, min_value=1, max_value=2**31, label=field.label, error_messages=wrong
            )

    def numbers(self) -> dict[str, int]:
        """Field -> record number, for what was given."""
        return {field.value: self.cleaned_data[field] for field in Kept if self.cleaned_data.get(field)}


class AnswerForm(KeptForm):
    """Same, related or different; with the same, what is kept."""

    answer = forms.ChoiceField(choices=Answer.choices, error_messages={"required": "Choose one of the three answers."})


class ActForm(forms.Form):
    """The act to be undone, and the page to return to."""

    act = forms.UUIDField(
        error_messages={"required": "There is nothing to undo.", "invalid": "There is nothing to undo."}
    )


class CardsForm(forms.Form):
    """The cards that were ticked, out of those that were offered."""

    cards = forms.TypedMultipleChoiceField(
        coerce=int, choices=(), error_messages={"required": "Tick at least one candidate."}
    )

    def __init__(self, *args: object, offered: list[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["cards"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101
        field.choices = [(pk, str(pk)) for pk in offered]
        field.error_messages["invalid_choice"] = (
            "Some of these candidates were answered meanwhile. Look at the list again."
        )


class AutomationForm(forms.Form):
    """The number of records that a person saw before removing them."""

    records = forms.IntegerField(
        min_value=1,
        max_value=10_000_000,
        error_messages={"required": "Look at the records first.", "invalid": "Look at the records first."},
    )


class AutomationUndoForm(forms.Form):
    """The removal to be undone."""

    act = forms.IntegerField(
        min_value=1,
        max_value=2**62,
        error_messages={"required": "There is nothing to undo.", "invalid": "There is nothing to undo."},
    )


class RemovalForm(forms.Form):
    """Why a record is taken out."""

    reason = forms.CharField(
        label="Reason",
        max_length=MAX_REASON,
        error_messages={"required": "Say why the record is removed. Nothing was changed."},
    )


class DeclarationForm(forms.ModelForm[DeclaredRemoval]):
    """How many records of a source and search were removed before the file came here, why, and with which tool."""

    class Meta:
        model = DeclaredRemoval
        fields = ("run", "source", "removed_as", "n", "tool")
        labels = {"run": "Search", "removed_as": "Removed as", "n": "Records", "tool": "Tool"}
        help_texts = {"tool": "Such as the reference manager that removed them. May be empty."}
        error_messages = {
            "n": {"required": "Say how many records were removed.", "invalid": "Give the number of records in digits."}
        }

    def __init__(self, *args: object, review: Review, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, rows in (("run", review.search_runs.all()), ("source", review.sources.all())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            field.queryset, field.empty_label = rows, None
        self.fields["n"].widget.attrs["min"] = 1

    def clean_n(self) -> int:
        """Nobody declares nothing, and no file had more than ten million hits."""
        n: int = self.cleaned_data["n"]
        if not 1 <= n <= 10_000_000:
            raise forms.ValidationError("Give a number from 1 to 10,000,000.")
        return n


class MergesForm(forms.Form):
    """What the list of merges is filtered by; a value that is no choice filters nothing."""

    q = forms.CharField(label="Words", required=False, max_length=200)
    search = forms.TypedChoiceField(label="Search", required=False, coerce=int)
    source = forms.TypedChoiceField(label="Source", required=False, coerce=int)
    rule = forms.ChoiceField(label="Rule", required=False)
    screened = forms.BooleanField(label="Already screened", required=False)

    def __init__(self, *args: object, review: Review, rules: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        offered: dict[str, list[tuple[str, str]]] = {
            "search": [(str(run.number), str(run)) for run in review.search_runs.all()],
            "source": [(str(source.pk), str(source)) for source in review.sources.all()],
            "rule": [(rule, rule) for rule in rules],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = [("", "All"), *choices]
        self.is_valid()

    def chosen(self) -> Filter:
        """The filter as asked for."""
        given = self.cleaned_data
        return Filter(
            query=given.get("q", "").strip(),
            source=given.get("source") or 0,
            search=given.get("search") or 0,
            rule=given.get("rule", ""),
            screened=given.get("screened", False),
        )

    def as_query(self) -> str:
        """The filter as a query string, "" where nothing is filtered."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})


def checked(form: forms.Form) -> dict[str, Any]:
    """The cleaned data. Raises NotAllowedNow with the form's own sentence."""
    if form.is_valid():
        return form.cleaned_data
    raise NotAllowedNow(" ".join(str(error) for errors in form.errors.values() for error in errors))
