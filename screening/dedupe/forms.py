"""Forms about duplicates: an answer, an act to undo, a selection of cards, a reason."""

from __future__ import annotations

from django import forms

from screening.dedupe.models import Answer, Kept

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
