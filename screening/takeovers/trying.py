"""A dry run: what of a file fits, as far as whoever brings it in may know. Reads only; never what a vote here says (B2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from screening.audit.refusal import NotAllowedNow
from screening.decisions.bringing_in import (
    KEPT,
    REMOVED,
    SETTLED_BY_ONE,
    TWO_IN,
    People,
    Rulebook,
    Unmatched,
    gated,
    letters,
    may_bring_in,
)
from screening.decisions.models import Item, Vote
from screening.decisions.rules import current_mode
from screening.decisions.sharing.models import Assignment
from screening.decisions.verdict import Decision, ItemState, Mode, Stage
from screening.decisions.votes_file import VotesFile, read_file
from screening.fulltexts.models import Report, Retrieval
from screening.fulltexts.taking_over import Placed, TakingOver
from screening.imports.parsed import Refusal
from screening.imports.storage import path_of
from screening.protocol.versions import criteria_for
from screening.records.models import Record, Standing
from screening.reviews.models import Membership, Review
from screening.takeovers.models import Takeover, TakeoverState

NO_REPORT = "It is not under full text review."
NOT_RETRIEVED = "Its report is marked not retrieved here. Mark it retrieved first."
NO_TITLE = "It has no title yet. Give it one on its page first."
NOT_CHOSEN = "Say who this is, or leave the rows out."


@dataclass(frozen=True)
class Misfit:
    """A row that is not brought in, and why; without what it says."""

    line: int
    record: str
    title: str
    reviewer: str
    why: str


@dataclass
class Fit:
    """What would come of the file: rows that become votes or rulings, rows whose reviewer has voted here already, and the others."""

    votes: int = 0
    rulings: int = 0
    here: int = 0
    misfits: list[Misfit] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return self.votes + self.rulings + self.here + len(self.misfits)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why rows do not fit and how many each, the commonest first."""
        return Counter(misfit.why for misfit in self.misfits).most_common()


def read(takeover: Takeover) -> VotesFile:
    """The file as it lies on disk. Raises Refusal where it cannot be read, NotAllowedNow where it is gone."""
    path = path_of(review_id=takeover.review_id, sha256=takeover.sha256)
    if not path.exists():
        raise NotAllowedNow("The file is no longer here. Upload it again.")
    whole = Decision(takeover.whole) if takeover.whole else None
    return read_file(path, name=takeover.name, encoding=takeover.encoding, whole=whole)


def taking(takeover: Takeover, actor: Membership) -> TakingOver:
    """The taking over of this file with its mapping, blind to what is sealed."""
    people = {name: pk for name, pk in takeover.people.items() if pk is not None}
    return TakingOver(
        takeover.review,
        Stage(takeover.stage),
        actor,
        takeover.name,
        people=people,
        reasons=takeover.reasons,
        blind=True,
    )


def first_people(review: Review, names: Iterable[str]) -> dict[str, int]:
    """The names that are a member's own name or address, with that member."""
    people, found = People(review), {}
    for name in names:
        try:
            found[name] = people.named(name).pk
        except Unmatched:
            continue
    return found


def first_reasons(book: Rulebook, reasons: Iterable[str]) -> dict[str, str]:
    """The reasons that name one criterion: by its key or short name, or with it among other words."""
    labels = {one.key: letters(one.label) for one in criteria_for(book.version, book.stage.value)}
    found = {}
    for reason in reasons:
        inside = [key for key, label in labels.items() if label and label in letters(reason)]
        key = book.keys.get(letters(reason), "") or (inside[0] if len(inside) == 1 else "")
        if key:
            found[reason] = key
    return found


def fit_of(takeover: Takeover, file: VotesFile, actor: Membership) -> Fit:
    """Try every row without storing any. Raises NotAllowedNow before the first freeze."""
    over = taking(takeover, actor)
    placed = over.place(file.rows) if over.book else []
    seats = _Seats(takeover.review, over, {one.record_id for one in placed if one.record_id})
    fit = Fit()
    for one in placed:
        why = one.unmatched or one.refused or seats.refusal(one)
        if one.unmatched and one.row.reviewer not in takeover.people:
            why = f"{why} {NOT_CHOSEN}" if "member" in why or "reviewer" in why else why
        if why:
            row = one.row
            fit.misfits.append(Misfit(row.line, row.key[:200], row.title[:200], row.reviewer, why))
        elif one.row.adjudicator:
            fit.rulings += 1
        elif seats.take(one):
            fit.votes += 1
        else:
            fit.here += 1
    fit.misfits.sort(key=lambda misfit: misfit.line)
    return fit


def misfits_of(takeover: Takeover, actor: Membership) -> list[Misfit]:
    """The rows that would not be brought in, or were not. Raises NotAllowedNow for a file that cannot be read."""
    if takeover.state == TakeoverState.WAITING:
        try:
            return fit_of(takeover, read(takeover), actor).misfits
        except Refusal as refusal:
            raise NotAllowedNow(refusal.sentence) from refusal
    listed = [*takeover.result.get("unmatched", ()), *takeover.result.get("refused", ())]
    names = ("line", "record", "title", "reviewer", "reason")
    found = [Misfit(*(entry[name] for name in names)) for entry in listed]
    return sorted(found, key=lambda misfit: misfit.line)


@dataclass
class _Seats:
    """How many votes each record still takes, whose they are to be, and who has voted on it."""

    review: Review
    over: TakingOver
    record_ids: set[int]
    free: dict[int, int] = field(default_factory=dict)
    kept: dict[int, set[int]] = field(default_factory=dict)  # where votes are kept: for whom
    pool: dict[int, int] = field(default_factory=dict)  # where votes are kept: how many anybody else may still give
    liberal: set[int] = field(default_factory=set)
    voted: set[tuple[int, int]] = field(default_factory=set)
    cast: Counter[int] = field(default_factory=Counter)  # how many votes each record has
    items: set[int] = field(default_factory=set)
    standing: set[int] = field(default_factory=set)
    reports: Mapping[int, str] = field(default_factory=dict)
    untitled: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)  # by one vote, as the stage's mode has it

    def __post_init__(self) -> None:
        stage = self.over.stage
        active = Vote.objects.active().filter(review=self.review, item__stage=stage)
        self.voted = set(active.values_list("item__record_id", "reviewer_id"))
        self.cast.update(record_id for record_id, _ in self.voted)
        found = Item.objects.filter(review=self.review, stage=stage).only(
            "review_id", "record_id", "stage", "mode", "pilot", "voters", "pool", "votes_in", "reveal_at"
        )
        pooled = {}
        for item in found.iterator(chunk_size=2000):
            if item.record_id in self.record_ids:
                self.items.add(item.record_id)
                self._count(item)
                if item.pool < 2:
                    pooled[item.pk] = item
        self._keep(pooled)
        for record_id in self.record_ids - self.items:
            self._count(Item(review=self.review, record_id=record_id, stage=stage.value))
        self._read_the_rest(stage)

    @cached_property
    def mode(self) -> Mode:
        """The mode in which a first vote is cast now."""
        return current_mode(version=self.over.book.version, stage=self.over.stage)

    def _count(self, item: Item) -> None:
        gate = item.record_id in self.over.paired and gated(item, self.over.book.version)
        mode = Mode.DUAL if item.pilot or gate else Mode(item.mode or self.mode)
        wanted = 1 if mode is Mode.SINGLE else item.voters
        self.free[item.record_id] = 0 if item.reveal_at else max(0, wanted - item.votes_in)
        if mode is Mode.LIBERAL:
            self.liberal.add(item.record_id)
        if item.votes_in == 1 and not self.free[item.record_id]:
            self.settled.add(item.record_id)

    def _keep(self, pooled: Mapping[int, Item]) -> None:
        for item in pooled.values():
            self.kept[item.record_id], self.pool[item.record_id] = set(), item.pool
        rows = Assignment.objects.filter(item__review=self.review, item__stage=self.over.stage)
        for item_id, member_id in rows.values_list("item_id", "reviewer_id"):
            if item_id in pooled:
                self.kept[pooled[item_id].record_id].add(member_id)
        for record_id, member_id in self.voted:
            if record_id in self.kept and member_id not in self.kept[record_id]:
                self.pool[record_id] -= 1

    def _read_the_rest(self, stage: Stage) -> None:
        standing = Standing.objects.filter(review=self.review, lead__isnull=True, removed="")
        self.standing = set(standing.values_list("record_id", flat=True))
        untitled = Record.objects.filter(review=self.review, title="").values_list("pk", flat=True)
        self.untitled = set(untitled) if stage is Stage.TITLE_ABSTRACT else set()
        self.reports = _reports(self.review) if stage is Stage.FULL_TEXT else {}

    def refusal(self, one: Placed) -> str:
        """Why the row becomes no vote; "" where it may. A vote of the same member that is here is no refusal."""
        assert one.member is not None  # noqa: S101  rows without a place were told before
        try:
            may_bring_in(one.member, one.row)
            self.over.book.choice(one.row)
        except NotAllowedNow as refused:
            return str(refused)
        out = self._out(one.record_id)
        if out or one.row.adjudicator or (one.record_id, one.member.pk) in self.voted:
            return out
        if not self.free[one.record_id]:
            return SETTLED_BY_ONE if one.record_id in self.settled else TWO_IN
        return "" if self._has_place(one.record_id, one.member.pk) else KEPT

    def _out(self, record_id: int) -> str:
        """Why nothing is decided on the record at this stage, if so."""
        if record_id not in self.standing:
            return REMOVED
        if self.over.stage is Stage.FULL_TEXT:
            status = self.reports.get(record_id)
            return NO_REPORT if status is None else NOT_RETRIEVED if status == Retrieval.NOT_RETRIEVED else ""
        return NO_TITLE if record_id in self.untitled and record_id not in self.items else ""

    def _has_place(self, record_id: int, member_id: int) -> bool:
        kept = self.kept.get(record_id)
        return kept is None or member_id in kept or self.pool[record_id] > 0

    def take(self, one: Placed) -> bool:
        """Count the row as a vote; False where its reviewer has voted on the record, here or further up."""
        assert one.member is not None  # noqa: S101
        seat = one.record_id, one.member.pk
        if seat in self.voted:
            return False
        self.voted.add(seat)
        self.cast[one.record_id] += 1
        self.free[one.record_id] -= 1
        if one.record_id in self.kept and one.member.pk not in self.kept[one.record_id]:
            self.pool[one.record_id] -= 1
        self._settle(one)
        return True

    def _settle(self, one: Placed) -> None:
        """What the mode leaves to one vote takes no other."""
        if one.record_id in self.liberal and one.row.decision is not Decision.EXCLUDE:
            self.free[one.record_id] = 0
        if not self.free[one.record_id] and self.cast[one.record_id] == 1:
            self.settled.add(one.record_id)


def _reports(review: Review) -> dict[int, str]:
    """Record id -> how far its report is got, of records whose passing is revealed; sought where nobody has tried yet."""
    passed = Item.objects.revealed().filter(
        review=review, stage=Stage.TITLE_ABSTRACT, state=ItemState.FINAL, decision=Decision.INCLUDE
    )
    tried = Report.objects.filter(review=review).values_list("record_id", "status")
    sought = dict.fromkeys(passed.values_list("record_id", flat=True), Retrieval.SOUGHT.value)
    return sought | {record_id: status for record_id, status in tried if record_id in sought}
