"""Forms about one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from reviewapp.accounts.models import User


class SignupForm(forms.Form):
    """What we ask beside allauth's address and password."""

    name = forms.CharField(max_length=150, label="Name", help_text="As your team knows you.")
    name.widget.attrs["autocomplete"] = "name"
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth after the account is stored; the adapter has taken the name already."""


class PreferencesForm(forms.ModelForm[User]):
    """Theme, single-key shortcuts and the undo window."""

    class Meta:
        model = User
        fields = ("theme", "shortcuts_on", "undo_seconds")

    def clean_shortcuts_on(self) -> Any:
        return self.data.get("shortcuts_on", "") in {"on", "true", "1"}
