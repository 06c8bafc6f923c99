"""The one choice about letters."""

from __future__ import annotations

from django import forms

from screening.reviews.models import Letters


class LettersForm(forms.Form):
    """When the site may write to a member."""

    letters = forms.ChoiceField(
        choices=Letters.choices,
        widget=forms.RadioSelect,
        label="E-mails about this review",
        help_text="They say how many conflicts wait for you and link to them. They hold no title, vote or name of a reviewer.",
    )
