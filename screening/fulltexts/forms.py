"""Forms of full texts: an attempt, an outcome of seeking, a file, and a vote with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from screening.decisions.actions import Choice
from screening.decisions.forms import choice_from
from screening.decisions.verdict import Decision
from screening.fulltexts.links import template_problem
from screening.fulltexts.models import Cause

MAX_REASON = 200  # characters


class AttemptForm(forms.Form):
    """One try: day, way, outcome."""

    on = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    way = forms.CharField(label="Way", max_length=100, widget=forms.TextInput(attrs={"list": "ways"}))
    outcome = forms.CharField(label="Outcome", max_length=200)

    def clean_on(self) -> date:
        """A try lies in the past."""
        return _past(self.cleaned_data["on"])


class RequestForm(forms.Form):
    """Whom one asked for the report, how, when, and by when an answer is expected."""

    asked = forms.CharField(
        label="Asked", max_length=200, help_text="A person, a library, a society.",
        error_messages={"required": "Say who was asked for the report."},
    )  # fmt: skip
    way = forms.CharField(label="Way", max_length=100, widget=forms.TextInput(attrs={"list": "ways"}))
    on = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    due_on = forms.DateField(
        label="Answer expected by", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="request_%s", initial=initial)  # its page has a form with the same names

    def clean_on(self) -> date:
        """A request lies in the past."""
        return _past(self.cleaned_data["on"])


class CloseRequestForm(forms.Form):
    """What came of a request that did not bring the report."""

    outcome = forms.CharField(
        label="What came of it", max_length=200, error_messages={"required": "Say what came of the request."}
    )


class ResolverForm(forms.Form):
    """The address of the library's link resolver; empty takes it away."""

    template = forms.CharField(
        label="Address of the link resolver", required=False, max_length=500,
        help_text="It begins with https:// and holds {doi}, {title} or {pmid} where the report is named.",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://library.example.org/find?doi={doi}"}),
    )  # fmt: skip

    def clean_template(self) -> str:
        """An https address with nothing but the three fields in braces."""
        template: str = self.cleaned_data["template"].strip()
        if template and (problem := template_problem(template)):
            raise forms.ValidationError(problem)
        return template


def _past(day: date) -> date:
    if day > timezone.localdate():
        raise forms.ValidationError("That day has not come yet. Give the day of the attempt.")
    return day


class QuoteForm(forms.Form):
    """Words of a file with their page; ``before`` and ``after`` come from the reader, a person leaves them out."""

    file = forms.IntegerField(min_value=1)
    page = forms.IntegerField(
        min_value=1, max_value=100_000, error_messages={"required": "Give the page of the quote."}
    )
    text = forms.CharField(error_messages={"required": "Select words in the PDF first, or type them."})
    before = forms.CharField(required=False, strip=False)
    after = forms.CharField(required=False, strip=False)


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
