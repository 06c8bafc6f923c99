"""Forms of imports: what PRISMA needs to know of each file, and the answers to what the reader could not know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from screening.imports.actions import Description
from screening.imports.databases import guess_database
from screening.imports.models import Import
from screening.imports.parsers.cleaning import clean
from screening.imports.parsers.headings import MAPPABLE, place_name
from screening.searches.models import SearchRun, SourceKind

SHARED = ("searched_on", "query", "limits")


class DescriptionForm(forms.Form):
    """One file: who was asked, when, with which query (I4). ``name`` and ``format_name`` of the file give a first guess."""

    database = forms.CharField(
        label="Database or other source",
        max_length=100,
        widget=forms.TextInput(attrs={"list": "databases"}),
        error_messages={"required": "Say which database or other source this file comes from."},
    )
    kind = forms.ChoiceField(
        label="Kind", choices=SourceKind.choices, help_text="It decides the column of the PRISMA diagram."
    )
    platform = forms.CharField(
        label="Platform",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "platforms"}),
        help_text="Such as Ovid or EBSCOhost, where the database is offered by several.",
    )
    searched_on = forms.DateField(
        label="Searched on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Give the day on which the search was run.",
            "invalid": "Write the day as 2022-08-31.",
        },
    )
    query = forms.CharField(
        label="Query as it was run",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="Copy it from the database. For citation searching, say which references were followed.",
        error_messages={"required": "Write down what was asked: PRISMA reports the query of every source."},
    )
    limits = forms.CharField(
        label="Limits and filters", required=False, help_text="Such as English and Chinese only, or 2000 to 2022."
    )
    stated_hits = forms.IntegerField(
        label="Hits the database stated",
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        help_text="If it differs from the file, the report says so.",
    )
    use_required_attribute = False  # what is left out may be shared with the first file

    @classmethod
    def for_file(cls, name: str, format_name: str, prefix: str) -> DescriptionForm:
        """An empty form that guesses the database."""
        database, kind = guess_database(name, format_name)
        return cls(prefix=prefix, initial={"database": database, "kind": kind})

    def clean_searched_on(self) -> Any:
        """No search lies ahead (a day of grace for time zones)."""
        day = self.cleaned_data["searched_on"]
        if day > timezone.now().date() + timedelta(days=1):
            raise forms.ValidationError("This day is in the future: give the day on which the search was run.")
        return day

    def description(self) -> Description:
        """The valid answers."""
        return Description(**self.cleaned_data)


class EditForm(DescriptionForm):
    """The same for an import that is there; ``runs`` are the searches it may belong to."""

    search = forms.ModelChoiceField(queryset=SearchRun.objects.none(), label="Search", empty_label=None)
    field_order = ("search",)

    def __init__(self, *args: Any, runs: QuerySet[SearchRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["search"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = runs

    @classmethod
    def of(cls, imported: Import, runs: QuerySet[SearchRun]) -> EditForm:
        """Filled with what is written down."""
        source = imported.source
        initial = {"search": imported.run, "database": source.name, "kind": source.kind, "platform": source.platform}
        for name in ("searched_on", "query", "limits", "stated_hits"):
            initial[name] = getattr(imported, name)
        return cls(initial=initial, runs=runs)

    def run(self) -> SearchRun:
        """The chosen search."""
        return cast(SearchRun, self.cleaned_data["search"])

    def description(self) -> Description:
        """The valid answers without the search."""
        return Description(**{name: value for name, value in self.cleaned_data.items() if name != "search"})


def shared(data: dict[str, Any], prefixes: Sequence[str]) -> dict[str, Any]:
    """The posted data in which an empty date, query or limit takes what was written for the first file."""
    filled = dict(data)
    for prefix in prefixes[1:]:
        for name in SHARED:
            if not str(filled.get(f"{prefix}-{name}", "")).strip():
                filled[f"{prefix}-{name}"] = filled.get(f"{prefixes[0]}-{name}", "")
    return filled


class TitleForm(forms.Form):
    """The title of a record whose file gave none, and where a person found it. ``seen`` is the title that they saw."""

    title = forms.CharField(
        max_length=2000,
        error_messages={
            "required": "Write the title as the publication has it.",
            "max_length": "That is longer than a title: give the title only, at most 2000 characters.",
        },
    )
    found_in = forms.CharField(
        max_length=200,
        error_messages={
            "required": "Say where you found it, such as the raw text or the publisher's page.",
            "max_length": "Say in at most 200 characters where you found it.",
        },
    )
    seen = forms.CharField(required=False, strip=False)

    def clean_title(self) -> str:
        """Written as imported titles are: NFC, single spaces, no markup."""
        title = clean(str(self.cleaned_data["title"]))
        if not title:
            raise forms.ValidationError("Write the title as the publication has it.")
        return title

    def clean_found_in(self) -> str:
        """Without what a database cannot hold."""
        return clean(str(self.cleaned_data["found_in"])) or "not said"


class ColumnsForm(forms.Form):
    """One choice for each column of a table: which of our fields it holds; and whether its first row holds the headings."""

    no_headings = forms.BooleanField(
        label="This table has no headings: what is named above as columns is its first record", required=False
    )

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str],
        sample: Sequence[Sequence[str]] = (),
        guesses: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = list(columns)
        self.sample = sample
        for index, column in enumerate(self.columns):
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=column,
                choices=[("", "Not used"), *MAPPABLE.items()],
                required=False,
                initial=(guesses or {}).get(column, ""),
            )

    def clean(self) -> dict[str, Any]:
        """A title is needed, and no field twice."""
        data = super().clean() or {}
        chosen = [value for name, value in data.items() if value and name != "no_headings"]
        if "title" not in chosen:
            raise forms.ValidationError("Say which column holds the title: a record without one cannot be screened.")
        twice = {MAPPABLE[name] for name in chosen if chosen.count(name) > 1}
        if twice:
            raise forms.ValidationError(f"{', '.join(sorted(twice))}: choose one column for it, not several.")
        return data

    @property
    def rows(self) -> list[tuple[forms.BoundField, list[str]]]:
        """For each column its choice and what its first rows hold."""
        cells = [[row[index] for row in self.sample if index < len(row)] for index in range(len(self.columns))]
        return [(self[f"column-{index}"], cells[index]) for index in range(len(self.columns))]

    def mapping(self) -> dict[str, str]:
        """From heading, or the place of a column without one, to field; without the columns that are not used."""
        values = self.cleaned_data
        places = [place_name(index + 1) for index in range(len(self.columns))]
        names = places if values["no_headings"] else self.columns
        return {name: values[f"column-{index}"] for index, name in enumerate(names) if values[f"column-{index}"]}
