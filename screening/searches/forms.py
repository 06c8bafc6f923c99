"""The form of a search."""

from __future__ import annotations

from typing import Any

from django import forms

from screening.searches.models import SearchRun


class SearchForm(forms.ModelForm[SearchRun]):
    """Label, kind and the range of publication dates."""

    class Meta:
        model = SearchRun
        fields = ("label", "kind", "date_from", "date_to")
        widgets = {
            "label": forms.TextInput(attrs={"autocomplete": "off"}),
            "date_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "date_to": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "label": "Such as “Search 1, August 2022” or “Update, January 2025”. PRISMA counts can be shown by search.",
            "kind": "An updated search is one that was run again after the first.",
            "date_from": "The first publication date you searched for. Leave it empty if there was no limit.",
            "date_to": "The last one.",
        }

    def clean(self) -> dict[str, Any]:
        """The range must run forwards."""
        data = super().clean() or {}
        first, last = data.get("date_from"), data.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", "The last date is before the first: swap the two.")
        return data
