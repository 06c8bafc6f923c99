"""Forms of studies: a label with reports, a study to join, another study to merge with."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet

from screening.records.models import Record
from screening.studies.models import Study


class LabelForm(forms.Form):
    """The label of a study."""

    label = forms.CharField(
        label="Label",
        max_length=120,
        error_messages={"required": "A study needs a label, such as the first author and the year."},
    )


class NewStudyForm(LabelForm):
    """A new study of one or more reports, given by the numbers of their records."""

    of_previous_version = forms.BooleanField(required=False)
    records = forms.ModelMultipleChoiceField(
        queryset=Record.objects.none(), to_field_name="number", required=False,
        error_messages={"invalid_choice": "Only included reports belong to a study. Look at the list again."},
    )  # fmt: skip

    def __init__(self, *args: object, records: QuerySet[Record], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["records"].queryset = records  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """Whether the previous version of the review included a study already."""

    of_previous_version = forms.BooleanField(required=False)


class StudyForm(forms.Form):
    """One study of the review."""

    study = forms.ModelChoiceField(queryset=Study.objects.none(), error_messages={"required": "Choose a study."})

    def __init__(self, *args: object, studies: QuerySet[Study], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["study"].queryset = studies  # type: ignore[attr-defined]
