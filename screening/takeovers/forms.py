"""What a person says about a file of votes: its stage, who is who, which reason is which criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.decisions.bringing_in import LEFT_OUT
from screening.decisions.verdict import Decision, Stage
from screening.decisions.votes_file import VotesFile
from screening.protocol.models import Criterion
from screening.reviews.models import Membership
from screening.takeovers.models import Takeover


@dataclass(frozen=True)
class Asked:
    """One thing in the file that needs a person: its words, how often it occurs, its field, the choices and the chosen one."""

    words: str
    n: int
    field: str
    choices: list[tuple[str, str]]
    chosen: str

    @property
    def is_open(self) -> bool:
        """True while nothing is chosen."""
        return not self.chosen


def stage_of(slug: str) -> Stage | None:
    """The stage that a form names."""
    return next((stage for stage in Stage if stage.slug == slug), None)


def asked_people(takeover: Takeover, file: VotesFile, team: Sequence[Membership]) -> list[Asked]:
    """Each name of the file with the members it may be."""
    choices = [("", "Choose"), (str(LEFT_OUT), "Leave these rows out"), *((str(one.pk), str(one.user)) for one in team)]
    return [
        Asked(name, n, f"person_{place}", choices, str(takeover.people[name]) if name in takeover.people else "")
        for place, (name, n) in enumerate(file.names.items())
    ]


def asked_reasons(takeover: Takeover, file: VotesFile, criteria: Sequence[Criterion]) -> list[Asked]:
    """Each reason of the file with the criteria it may be."""
    none = "None: keep it as a note" if takeover.stage == Stage.TITLE_ABSTRACT else "None: leave these rows out"
    choices = [("-", none), *((one.key, one.label) for one in criteria)]
    return [
        Asked(reason, 0, f"reason_{place}", choices, takeover.reasons.get(reason) or "-")
        for place, reason in enumerate(file.reasons)
    ]


def people_from(form: Mapping[str, str], file: VotesFile, team: Sequence[Membership]) -> dict[str, int]:
    """The names that were given a member, or left out. What is no choice is not chosen."""
    known = {str(LEFT_OUT), *(str(one.pk) for one in team)}
    chosen = {name: form.get(f"person_{place}", "") for place, name in enumerate(file.names)}
    return {name: int(value) for name, value in chosen.items() if value in known}


def reasons_from(form: Mapping[str, str], file: VotesFile, criteria: Sequence[Criterion]) -> dict[str, str]:
    """Each reason with its criterion's key, "" for none."""
    keys = {one.key for one in criteria}
    chosen = {reason: form.get(f"reason_{place}", "") for place, reason in enumerate(file.reasons)}
    return {reason: value if value in keys else "" for reason, value in chosen.items()}


def whole_from(form: Mapping[str, str]) -> str:
    """What was decided about every row of a list; "" for nothing."""
    value = form.get("whole", "")
    return value if value in set(Decision) else ""
