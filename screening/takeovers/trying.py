"""A dry run: what of a file fits, as far as whoever brings it in may know. Reads only; never what a vote here says (B2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from screening.audit.refusal import NotAllowedNow
from screening.decisions.bringing_in import People, Rulebook, Unmatched, letters, may_bring_in
from screening.decisions.models import Item, Vote
from screening.decisions.rules import current_mode
from screening.decisions.verdict import Decision, ItemState, Mode, Stage
from screening.decisions.votes_file import VotesFile, read_file
from screening.fulltexts.models import Report, Retrieval
from screening.fulltexts.taking_over import Placed, TakingOver
from screening.imports.storage import path_of
from screening.protocol.versions import criteria_for
from screening.records.models import Record
from screening.reviews.models import Membership, Review
from screening.takeovers.models import Takeover

TWO_IN = "Two votes are already in on this record."
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


@dataclass
class _Seats:
    """How many votes each record still takes, and who has voted on it."""

    review: Review
    over: TakingOver
    record_ids: set[int]
    free: dict[int, int] = field(default_factory=dict)
    voted: set[tuple[int, int]] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    reports: Mapping[int, str] = field(default_factory=dict)
    untitled: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        stage = self.over.stage
        mode = current_mode(version=self.over.book.version, stage=stage)
        found = Item.objects.filter(review=self.review, stage=stage).only(
            "record_id", "mode", "pilot", "voters", "votes_in", "reveal_at"
        )
        for item in found.iterator(chunk_size=2000):
            if item.record_id in self.record_ids:
                self.items.add(item.record_id)
                single = (item.mode or mode) == Mode.SINGLE and not item.pilot
                wanted = 1 if single else item.voters
                self.free[item.record_id] = 0 if item.reveal_at else max(0, wanted - item.votes_in)
        self._read_the_rest(stage)

    def _read_the_rest(self, stage: Stage) -> None:
        active = Vote.objects.active().filter(review=self.review, item__stage=stage)
        self.voted = set(active.values_list("item__record_id", "reviewer_id"))
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
        if self.over.stage is Stage.FULL_TEXT and one.record_id not in self.items:
            status = self.reports.get(one.record_id)
            return NO_REPORT if status is None else NOT_RETRIEVED if status == Retrieval.NOT_RETRIEVED else ""
        if one.record_id in self.untitled and one.record_id not in self.items:
            return NO_TITLE
        if one.row.adjudicator or (one.record_id, one.member.pk) in self.voted:
            return ""
        return "" if self.free.get(one.record_id, 2) else TWO_IN

    def take(self, one: Placed) -> bool:
        """Count the row as a vote; False where its reviewer has voted on the record, here or further up."""
        assert one.member is not None  # noqa: S101
        seat = one.record_id, one.member.pk
        if seat in self.voted:
            return False
        self.voted.add(seat)
        self.free[one.record_id] = self.free.get(one.record_id, 2) - 1
        return True


def _reports(review: Review) -> dict[int, str]:
    """Record id -> how far its report is got, of records whose passing is revealed; sought where nobody has tried yet."""
    passed = Item.objects.revealed().filter(
        review=review, stage=Stage.TITLE_ABSTRACT, state=ItemState.FINAL, decision=Decision.INCLUDE
    )
    tried = Report.objects.filter(review=review).values_list("record_id", "status")
    sought = dict.fromkeys(passed.values_list("record_id", flat=True), Retrieval.SOUGHT.value)
    return sought | {record_id: status for record_id, status in tried if record_id in sought}
