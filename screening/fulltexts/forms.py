"""Forms of full texts: an attempt, an outcome of seeking, a file, and a vote with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django import forms
from django.utils import timezone

from screening.decisions.actions import Choice
from screening.decisions.forms import choice_from
from screening.decisions.verdict import Decision
from screening.fulltexts.models import Cause

MAX_REASON = 200  # characters


class AttemptForm(forms.Form):
    """One try: day, way, outcome."""

    on = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    way = forms.CharField(label="Way", max_length=100, widget=forms.TextInput(attrs={"list": "ways"}))
    outcome = forms.CharField(label="Outcome", max_length=200)

    def clean_on(self) -> date:
        """A try lies in the past."""
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("That day has not come yet. Give the day of the attempt.")
        return day


class RetrievedForm(forms.Form):
    """At hand, with a link where there is one."""

    url = forms.URLField(
        label="Link to the full text", required=False, max_length=500, assume_scheme="https",
        help_text="Where the reviewers can read it, if there is no PDF here.",
    )  # fmt: skip


class NotRetrievedForm(forms.Form):
    """Given up, with a cause (I32)."""

    cause = forms.ChoiceField(
        label="Cause", choices=Cause.choices, widget=forms.RadioSelect,
        error_messages={"required": "Not retrieved needs a cause. Choose one."},
    )  # fmt: skip


class SeekAgainForm(forms.Form):
    """Why it is sought again."""

    reason = forms.CharField(label="Reason", required=False, max_length=MAX_REASON)


class RemoveFileForm(forms.Form):
    """Why a file is taken off."""

    reason = forms.CharField(
        label="Reason",
        max_length=MAX_REASON,
        error_messages={"required": "Say why the file is removed. Nothing was changed."},
    )


WAYS = ("Publisher's site", "Library", "Interlibrary loan", "Repository", "E-mail to the authors", "Search engine")


def review_choice(post: Mapping[str, str]) -> Choice:
    """A vote at full text. The reason chosen for Exclude answers its criterion with not met where that was left open (I17)."""
    choice = choice_from(post)
    if choice.decision is not Decision.EXCLUDE or not choice.reason or choice.reason in choice.answers:
        return choice
    return replace(choice, answers={**choice.answers, choice.reason: "not_met"})
