"""The form of a new token."""

from __future__ import annotations

from typing import Any

from django import forms

from screening.api.scopes import Scope

FOREVER = "never"
LIVES = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year"))


class TokenForm(forms.Form):
    """A name to tell it by, what it is allowed to do beside reading, and how long it lives."""

    name = forms.CharField(
        max_length=60,
        label="What it is for",
        help_text="Such as “flow diagram in R” or “monthly import”.",
        error_messages={"required": "Give the token a name, so that you know later which one to revoke."},
    )
    scopes = forms.MultipleChoiceField(
        label="It may read, and also",
        required=False,
        choices=[(scope.value, scope.words) for scope in (Scope.SCREEN, Scope.MANAGE)],
        widget=forms.CheckboxSelectMultiple,
        help_text="Never more than your roles in a review allow.",
    )
    lives = forms.ChoiceField(
        label="It works for",
        choices=[*((str(days), words) for days, words in LIVES), (FOREVER, "as long as I do not revoke it")],
        initial="90",
    )

    def asked(self) -> dict[str, Any]:
        """Arguments of `make_token` beside the person."""
        lives = self.cleaned_data["lives"]
        return {
            "name": self.cleaned_data["name"],
            "scopes": [Scope(value) for value in self.cleaned_data["scopes"]],
            "days": None if lives == FOREVER else int(lives),
        }
