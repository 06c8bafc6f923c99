"""Agreement of a review's independent votes, from rows: which votes count, paired; the arithmetic is `agreement`'s."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from screening.decisions.agreement import HEADLINE, THREE, Agreement, agreement, pair_up, why_undefined
from screening.decisions.agreement_many import ManyAgreement, agreement_of_many
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import Decision, ItemState, Mode, Stage
from screening.protocol.models import Criterion
from screening.reviews.models import Membership, Review

ANSWERS = ("met", "not_met", "unclear")
DEPENDENT = "not estimable: the second vote depends on the first"


class Subject(StrEnum):
    """What two reviewers may agree on."""

    DECISION = "decision"
    THREE_WAY = "decision_three"
    CRITERION = "criterion"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two reviewers in one stage and round, on one thing.

    ``key`` is a criterion's key where the subject is one; ``label`` says in words what it is. ``found`` is None where
    agreement cannot be estimated, and ``why`` then says so. ``n`` counts the items both voted on.
    Where kappa alone is undefined ``why`` says that. ``of_all`` is the agreement of all reviewers of the stage and round on the same
    thing, None for fewer than three.
    """

    reviewers: tuple[str, str]
    stage: Stage
    round: int
    subject: Subject
    key: str
    label: str
    n: int
    found: Agreement | None
    why: str = ""
    of_all: ManyAgreement | None = None
    pilot: bool = False

    @property
    def when(self) -> str:
        """The round in words: a pilot is told apart from the round that it prepares."""
        return f"pilot, round {self.round}" if self.pilot else f"round {self.round}"

    @property
    def alpha_all(self) -> float | None:
        """Krippendorff's alpha of all reviewers; None where it is undefined, too."""
        return self.of_all.alpha if self.of_all else None

    def figures(self) -> dict[str, Any]:
        """What the command line and the exports print (commands.md)."""
        empty = dict.fromkeys(("po", "kappa", "kappa_low", "kappa_high", "pabak", "ac1"))
        return {
            "reviewers": list(self.reviewers),
            "stage": self.stage.slug,
            "round": self.round,
            "pilot": self.pilot,
            "on": self.key or self.subject.value,
            "label": self.label,
            "kind": self.subject.value,
            **(self.found.figures() if self.found else {"n": self.n, "table": [], **empty}),
            "alpha_all": self.alpha_all,
            "all": self.of_all.figures() if self.of_all else None,
            "estimable": self.found is not None,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class _Given:
    decision: str
    answers: Mapping[str, str]
    reason: str


Votes = Mapping[int, Mapping[str, _Given]]  # item id -> reviewer's name -> what was given


def agreement_of(
    review: Review, stage: Stage, *, settled_only: bool = False, now: datetime | None = None
) -> list[PairAgreement]:
    """One entry for each round (pilots apart), pair of reviewers and subject on which both said something.

    Only votes that are open to all, were given before the reveal, and stand on records that are in the review count: never
    a resolution, never a position taken afterwards (I35, I37, DD14). Items of liberal mode give one entry a pair that says
    why nothing is estimated (B9). ``settled_only`` leaves out items that are not final (S4).
    """
    asked = _criteria(review)
    found: list[PairAgreement] = []
    counted = _independent(review, stage, now)
    if settled_only:
        counted = counted.filter(item__in=Item.objects.revealed(now).filter(state=ItemState.FINAL))
    for which, votes in sorted(_by_round(counted, liberal=False).items()):
        found += _round(stage, which, votes, asked)
    for which, votes in sorted(_by_round(counted, liberal=True).items()):
        found += _dependent(stage, which, votes)
    return found


def _independent(review: Review, stage: Stage, now: datetime | None) -> QuerySet[Vote]:
    """Votes not taken back, of items whose reveal of that round has passed, on records that are neither duplicate nor removed."""
    opened = Q(item__reveal_at__lte=now or timezone.now()) | Q(round__lt=F("item__round"))
    stands = Q(item__record__standing__lead__isnull=True, item__record__standing__removed="")
    return Vote.objects.filter(opened & stands, review=review, item__stage=stage, withdrawn_at__isnull=True)


class _Which(NamedTuple):
    """A round of a stage; a pilot comes before the round that it prepares."""

    number: int
    main: bool  # no pilot


def _by_round(votes: QuerySet[Vote], *, liberal: bool) -> dict[_Which, dict[int, dict[str, _Given]]]:
    """Round -> item -> reviewer -> vote, of votes cast while the stage was in liberal mode, or was not.

    Those of a pilot round are independent in any mode (S5).
    """
    cast_so = Q(item__stage=Stage.TITLE_ABSTRACT, protocol__ta_mode=Mode.LIBERAL, in_pilot=False)
    votes = votes.filter(cast_so) if liberal else votes.exclude(cast_so)
    rows = votes.order_by().values_list("round", "in_pilot", "item_id", "reviewer_id", "decision", "answers", "reason")
    names = _names(votes)
    found: dict[_Which, dict[int, dict[str, _Given]]] = defaultdict(lambda: defaultdict(dict))
    for number, in_pilot, item, reviewer, decision, answers, reason in rows.iterator(chunk_size=5000):
        found[_Which(number, not in_pilot)][item][names[reviewer]] = _Given(decision, answers, reason)
    return found


def _names(votes: QuerySet[Vote]) -> dict[int, str]:
    """Membership id -> name; people of one name are told apart by their address."""
    voters = Membership.objects.filter(pk__in=votes.order_by().values("reviewer")).select_related("user")
    people = {member.pk: member.user for member in voters}
    names = [str(user) for user in people.values()]
    return {pk: str(user) if names.count(str(user)) == 1 else f"{user} ({user.email})" for pk, user in people.items()}


def _criteria(review: Review) -> dict[str, str]:
    """Key -> short name of every criterion that was ever frozen, in protocol order; the newest wording names it."""
    frozen = Criterion.objects.filter(version__review=review, version__frozen_at__isnull=False)
    rows = frozen.order_by("-version__number", "order").values_list("key", "label")
    found: dict[str, str] = {}
    for key, label in rows:
        found.setdefault(key, label)
    return found


def _round(stage: Stage, which: _Which, votes: Votes, asked: Mapping[str, str]) -> Iterator[PairAgreement]:
    for topic in _topics(stage, asked):
        said = _said(votes, topic.value)
        of_all = agreement_of_many(said.values(), topic.categories)
        for pair, values in sorted(pair_up(said).items()):
            found = agreement(values, topic.categories)
            yield PairAgreement(
                pair, stage, which.number, topic.subject, topic.key, topic.label, len(values), found, why_undefined(found), of_all,
                pilot=not which.main,
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Topic:
    """One thing on which reviewers may agree: what of a vote, and which values it may have."""

    subject: Subject
    key: str
    label: str
    categories: tuple[str, ...]
    value: Callable[[_Given], str | None]


def _topics(stage: Stage, asked: Mapping[str, str]) -> Iterator[_Topic]:
    yield _Topic(Subject.DECISION, "", "Decision", HEADLINE, _folded)
    yield _Topic(Subject.THREE_WAY, "", "Decision with Maybe apart", THREE, lambda given: given.decision)
    for key, label in asked.items():
        yield _Topic(Subject.CRITERION, key, label, ANSWERS, partial(_answer, key))
    if stage is Stage.FULL_TEXT and len(asked) > 1:
        label = "Primary reason where both exclude"
        yield _Topic(Subject.REASON, "", label, tuple(asked), lambda given: given.reason or None)


def _answer(key: str, given: _Given) -> str | None:
    return given.answers.get(key)


def _said(votes: Votes, value: Callable[[_Given], str | None]) -> dict[int, dict[str, str]]:
    """Item -> reviewer -> what was said on the topic, where anything was."""
    return {
        item: {name: found for name, given in by.items() if (found := value(given)) is not None}
        for item, by in votes.items()
    }


def _folded(given: _Given) -> str | None:
    """Maybe is read as Include."""
    return Decision.INCLUDE.value if given.decision == Decision.MAYBE else given.decision


def _dependent(stage: Stage, which: _Which, votes: Votes) -> Iterable[PairAgreement]:
    for pair, values in sorted(pair_up(_said(votes, lambda given: given.decision)).items()):
        yield PairAgreement(
            pair,
            stage,
            which.number,
            Subject.DECISION,
            "",
            "Decision",
            len(values),
            None,
            DEPENDENT,
            pilot=not which.main,
        )
