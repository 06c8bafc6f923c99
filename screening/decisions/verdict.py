"""What the votes of one item and round amount to: pure rules, the truth table of a screening stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The two stages at which people vote."""

    TITLE_ABSTRACT = "ta"
    FULL_TEXT = "ft"

    @property
    def label(self) -> str:
        """The stage's name on screen."""
        return {"ta": "Title and abstract screening", "ft": "Full text review"}[self.value]

    @property
    def slug(self) -> str:
        """The stage's name on the command line and in addresses."""
        return {"ta": "title-abstract", "ft": "full-text"}[self.value]


class Decision(StrEnum):
    """What a reviewer may say; a settled item is never `maybe`."""

    INCLUDE = "include"
    MAYBE = "maybe"
    EXCLUDE = "exclude"

    @property
    def label(self) -> str:
        """The word on the button."""
        return self.value.capitalize()


class Mode(StrEnum):
    """Who must vote; dual-then-single is one of these by the time votes are read (see `mode_after_gate`)."""

    DUAL = "dual"
    SINGLE = "single"
    LIBERAL = "liberal"


class MaybeRule(StrEnum):
    """Whether Maybe counts as Include at title and abstract; at full text it never does."""

    DEFAULT = "default"
    STRICT = "strict"


class ReasonClash(StrEnum):
    """What happens when two reviewers exclude a report for different primary reasons."""

    QUEUE = "queue"
    BY_ORDER = "by_order"


class ItemState(StrEnum):
    """Where an item stands; `verdict` yields open, partial, conflict, reason_conflict and final only."""

    OPEN = "open"
    PARTIAL = "partial"
    CONFLICT = "conflict"
    REASON_CONFLICT = "reason_conflict"
    DISCUSSION = "discussion"
    ARBITRATION = "arbitration"
    FINAL = "final"
    OUT = "out"

    @property
    def label(self) -> str:
        """The state in the words of the lists."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    ItemState.OPEN: "No votes yet",
    ItemState.PARTIAL: "Awaiting other reviewer",
    ItemState.CONFLICT: "Conflict",
    ItemState.REASON_CONFLICT: "Same decision, different reasons",
    ItemState.DISCUSSION: "In discussion",
    ItemState.ARBITRATION: "With the adjudicator",
    ItemState.FINAL: "Settled",
    ItemState.OUT: "Out of the stage",
}

#: States in which an item waits for people who have already voted, or for the adjudicator.
UNSETTLED = frozenset({ItemState.CONFLICT, ItemState.REASON_CONFLICT, ItemState.DISCUSSION, ItemState.ARBITRATION})

#: The pilot's gate for dual-then-single, as the JBI manual's pilot suggests.
GATE_VOTES = 25
GATE_AGREEMENT = 0.75


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote as the rules see it: the decision and, for an exclude, the primary reason's key."""

    decision: Decision
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StageRules:
    """A stage's settings under one protocol version.

    `reason_order` lists the criteria's keys in protocol order; `voters` is how many independent votes a
    dual item takes (2; a pilot round asks every reviewer, rule S5).
    Raises ValueError for liberal mode at full text and for fewer than two voters.
    """

    stage: Stage
    mode: Mode = Mode.DUAL
    maybe_rule: MaybeRule = MaybeRule.DEFAULT
    reason_clash: ReasonClash = ReasonClash.QUEUE
    reason_order: tuple[str, ...] = ()
    voters: int = 2

    def __post_init__(self) -> None:
        if self.stage is Stage.FULL_TEXT and self.mode is Mode.LIBERAL:
            raise ValueError("Liberal mode exists at title and abstract only.")
        if self.voters < 2:
            raise ValueError("A dual stage takes two votes or more.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the votes amount to; `decision` is None until final, `reason` is set by a full-text exclude only."""

    state: ItemState
    decision: Decision | None = None
    reason: str = ""


def verdict(ballots: Sequence[Ballot], rules: StageRules) -> Verdict:
    """Return what the ballots of one item and round, in order of casting, amount to.

    Votes beyond what the mode asks for are never ignored: in single mode a second one is read as in dual
    mode. No mode depends on the order of casting.
    """
    if not ballots:
        return Verdict(ItemState.OPEN)
    if votes_wanted(ballots, rules) > 0:
        return Verdict(ItemState.PARTIAL)
    decisions = {_as_counted(ballot.decision, rules) for ballot in ballots}
    if len(ballots) == 1 and decisions == {Decision.MAYBE}:
        return Verdict(ItemState.PARTIAL)
    if decisions == {Decision.INCLUDE}:
        return Verdict(ItemState.FINAL, Decision.INCLUDE)
    if decisions == {Decision.EXCLUDE}:
        return _excluded(ballots, rules)
    if rules.mode is Mode.LIBERAL:
        return Verdict(ItemState.FINAL, Decision.INCLUDE)
    return Verdict(ItemState.CONFLICT)


def is_complete(ballots: Sequence[Ballot], rules: StageRules) -> bool:
    """Return whether no further vote is taken (rule S2): the votes settle the item or clash."""
    return verdict(ballots, rules).state not in {ItemState.OPEN, ItemState.PARTIAL}


def votes_wanted(ballots: Sequence[Ballot], rules: StageRules) -> int:
    """Return how many more votes the item needs at the least before it can settle or clash."""
    if rules.mode is Mode.DUAL:
        return max(0, rules.voters - len(ballots))
    if rules.mode is Mode.SINGLE:
        return 0 if ballots else 1
    spoken_for = any(ballot.decision is not Decision.EXCLUDE for ballot in ballots)
    return 0 if spoken_for or len(ballots) >= 2 else 1


def mode_after_gate(both_voted: int, agreed: int) -> Mode:
    """Return the mode that dual-then-single stands in, from items both voted on and items they agreed on."""
    passed = both_voted >= GATE_VOTES and agreed >= GATE_AGREEMENT * both_voted
    return Mode.SINGLE if passed else Mode.DUAL


def earliest_reason(reasons: Sequence[str], order: Sequence[str]) -> str:
    """Return the reason that comes first in protocol order; one unknown to the order comes last, none is ''."""
    known = sorted({reason for reason in reasons if reason})
    place = {key: index for index, key in enumerate(order)}
    return min(known, key=lambda reason: place.get(reason, len(place)), default="")


def _as_counted(decision: Decision, rules: StageRules) -> Decision:
    lenient = rules.maybe_rule is MaybeRule.DEFAULT or rules.mode is Mode.LIBERAL
    if decision is Decision.MAYBE and rules.stage is Stage.TITLE_ABSTRACT and lenient:
        return Decision.INCLUDE
    return decision


def _excluded(ballots: Sequence[Ballot], rules: StageRules) -> Verdict:
    """Settle an exclude; at full text it needs one primary reason (I17), so none named is a clash as well."""
    if rules.stage is Stage.TITLE_ABSTRACT:
        return Verdict(ItemState.FINAL, Decision.EXCLUDE)
    reasons = [ballot.reason for ballot in ballots]
    agreed = len(set(reasons)) == 1
    earliest = earliest_reason(reasons, rules.reason_order)
    if earliest and (agreed or rules.reason_clash is ReasonClash.BY_ORDER):
        return Verdict(ItemState.FINAL, Decision.EXCLUDE, earliest)
    return Verdict(ItemState.REASON_CONFLICT)
