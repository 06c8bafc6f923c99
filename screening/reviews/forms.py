"""Forms about a review and its team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

from screening.reviews.actions import EDITABLE, FIGURES, OF_AN_UPDATE
from screening.reviews.models import Membership, Review, ReviewKind
from screening.roles import Role

ROLE_WORDS = {
    Role.LEAD: "Lead: protocol, team, reopening, exports",
    Role.REVIEWER: "Reviewer: screens and votes",
    Role.ADJUDICATOR: "Adjudicator: rules on conflicts, blind to names",
    Role.LIBRARIAN: "Librarian: searches, imports, duplicates, full texts",
    Role.OBSERVER: "Observer: reads what is revealed",
}
LANGUAGES = {
    "en": "English",
    "zh": "Chinese",
    "ar": "Arabic",
    "da": "Danish",
    "de": "German",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
}


def language_words(codes: list[str]) -> str:
    """The languages a member reads, in words; no codes means all of them."""
    return ", ".join(LANGUAGES.get(code, code) for code in codes) or "All languages"


class ReviewForm(forms.ModelForm[Review]):
    """The description of a review. Figures of a previous version belong to an update only, and are dropped otherwise."""

    class Meta:
        model = Review
        fields = EDITABLE
        labels = {
            "registration_id": "Registration",
            "kind": "Kind of review",
            "previous_studies": "Studies, previous version",
            "previous_reports": "Reports, previous version",
            "previous_removed_studies": "Studies no longer fitting",
            "previous_removed_reports": "Reports no longer fitting",
            "studies_in_meta_analysis": "Studies, meta-analysis",
            "reports_in_meta_analysis": "Reports, meta-analysis",
            "hand_over_after_days": "Days until an open conflict goes to the adjudicator by itself",
        }
        help_texts = {
            "question": "What the review asks, in a sentence or two.",
            "registration_id": "For example a PROSPERO or OSF number. Leave empty if there is none.",
            "hand_over_after_days": "Empty means never: one of those who talk, or a lead, hands it over.",
        }
        widgets = {
            "question": forms.Textarea(attrs={"rows": 3}),
            "hand_over_after_days": forms.NumberInput(attrs={"min": 1}),
        }

    def described(self) -> list[BoundField]:
        """The fields that describe the review."""
        return [self[name] for name in self.fields if name not in FIGURES]

    def of_an_update(self) -> list[BoundField]:
        """Figures of the previous version."""
        return [self[name] for name in OF_AN_UPDATE]

    def of_a_meta_analysis(self) -> list[BoundField]:
        """Figures of box 17."""
        return [self[name] for name in FIGURES if name not in OF_AN_UPDATE]

    def clean_hand_over_after_days(self) -> int | None:
        """A number of days, or nothing."""
        days: int | None = self.cleaned_data["hand_over_after_days"]
        if days is not None and not 1 <= days <= 365:
            raise forms.ValidationError("Choose between 1 and 365 days, or leave it empty.")
        return days

    def clean(self) -> dict[str, Any]:
        """Drop what only an update has, so that a changed kind never leaves figures behind; no more is removed than there was."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") != ReviewKind.UPDATE:
            cleaned |= dict.fromkeys(OF_AN_UPDATE)
        for unit in ("studies", "reports"):
            before, removed = cleaned.get(f"previous_{unit}"), cleaned.get(f"previous_removed_{unit}")
            if removed is not None and removed > (before or 0):
                self.add_error(
                    f"previous_removed_{unit}",
                    f"The previous version had {before or 0} {unit}: no more can be removed.",
                )
        return cleaned


class RolesForm(forms.Form):
    """Roles of a person and the languages the person reads."""

    roles = forms.MultipleChoiceField(
        choices=[(role.value, words) for role, words in ROLE_WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
    )
    languages = forms.MultipleChoiceField(
        choices=list(LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Languages read",
        help_text="Records in other languages are not offered to this person. None ticked means all.",
    )

    def clean_roles(self) -> list[Role]:
        """The roles as `Role`, in its order."""
        chosen = set(self.cleaned_data["roles"])
        return [role for role in Role if role.value in chosen]

    @classmethod
    def of(cls, member: Membership) -> RolesForm:
        """The form filled with what a member has; languages outside the list are kept as further choices."""
        form = cls(initial={"roles": [role.value for role in member.roles], "languages": member.languages})
        form.keep(member.languages)
        return form

    def keep(self, codes: list[str]) -> None:
        """Offer codes that the list does not name, so that saving loses none."""
        field = self.fields["languages"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [*LANGUAGES.items(), *((code, code) for code in codes if code not in LANGUAGES)]


class InvitationForm(RolesForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    email.widget.attrs["autocomplete"] = "off"
    field_order = ("email", "roles", "languages")
