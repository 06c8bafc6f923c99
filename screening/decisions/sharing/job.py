"""The job that does what a stage's plan says: places in the queue, and for whom votes are kept. In batches, beside people who vote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from screening.decisions.actions import share_out_where_planned
from screening.decisions.models import Item, Vote
from screening.decisions.piloting.rounds import let_go_of_leavers
from screening.decisions.queue import in_play, reopen_queue
from screening.decisions.rescreening.rounds import hand_on_readings
from screening.decisions.rules import current_mode
from screening.decisions.sharing.models import Assignment, SharedBy, StagePlan
from screening.decisions.sharing.ordering import Entry, places
from screening.decisions.sharing.spread import Hand, Spread, Task, spread
from screening.decisions.verdict import Mode, Stage
from screening.jobs.actions import Claim
from screening.protocol.versions import active_protocol
from screening.reviews.models import Membership

BATCH = 250  # items; a voter waits no longer than one batch is written

#: Item -> (for whom rows stand: kept, or kept and voted; votes that anybody may give).
Wanted = dict[int, tuple[set[int], int]]


def share_out(claim: Claim) -> None:
    """Job ``decisions.share_out``: subject is the stage, with "anew" where the shares themselves changed.

    Votes that were given stay; so does what is kept for people who are still here, but where shares changed. What somebody voted
    on meanwhile is left for another run.
    """
    stage, anew = Stage(claim.job.subject[:2]), claim.job.subject.endswith("anew")
    assert claim.job.review_id is not None  # noqa: S101  the job is always asked for a review
    with claim.chunk(phase="Letting go of who left"):
        let_go_of_leavers(review_id=claim.job.review_id, stage=stage)
        hand_on_readings(review_id=claim.job.review_id, stage=stage)
    plan = StagePlan.objects.filter(review_id=claim.job.review_id, stage=stage).select_related("review").first()
    missed = moved = ordered = 0
    if plan is not None:
        ordered = _put_in_order(claim, plan)
        moved, missed = _keep_votes(claim, plan, anew=anew)
    with claim.chunk():
        reopen_queue(review_id=claim.job.review_id, stage=stage)
        claim.finish(result={"ordered": ordered, "shared_out": moved})
    if missed:
        share_out_where_planned(review_id=claim.job.review_id, stage=stage, anew=anew)


def _put_in_order(claim: Claim, plan: StagePlan) -> int:
    """Write the places of all items of the stage that stand elsewhere; returns how many moved."""
    rows = Item.objects.filter(review=plan.review, stage=plan.stage).values_list(
        "pk", "order_key", "record__number", "record__year", "record__title", "record__title_translated"
    )
    entries, now_at = [], {}
    for pk, key, number, year, *titles in rows.iterator(chunk_size=5000):
        entries.append(Entry(pk, number, year, titles[0] or titles[1]))
        now_at[pk] = key
    wanted = places(entries, plan.order, seed=plan.seed)
    moving = sorted(pk for pk, place in wanted.items() if now_at[pk] != place)
    for done, batch in _batches(moving):
        with claim.chunk(done_n=done, total_n=len(moving), phase="Putting records in order"):
            Item.objects.bulk_update([Item(pk=pk, order_key=wanted[pk]) for pk in batch], ["order_key"])
    return len(moving)


def _batches(numbers: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    return ((start, numbers[start : start + BATCH]) for start in range(0, len(numbers), BATCH))


@dataclass
class Board:
    """The open items of a stage as they stand: votes given, votes kept, and how many each item takes in all."""

    takes: dict[int, int] = field(default_factory=dict)
    language: dict[int, str] = field(default_factory=dict)
    pool: dict[int, int] = field(default_factory=dict)
    voted: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    ruled: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    kept: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def board_of(plan: StagePlan) -> Board:
    """Read the items of the plan's stage that still take votes; those of a pilot round are no part of it."""
    board = Board()
    still_open = in_play(plan.review_id, Stage(plan.stage)).filter(reveal_at__isnull=True, pilot=0)
    fresh = _takes_now(plan)
    rows = still_open.values_list("pk", "mode", "pool", "record__standing__language")
    for pk, mode, pool, language in rows.iterator(chunk_size=5000):
        board.takes[pk] = 1 if mode == Mode.SINGLE else 2 if mode else fresh
        board.language[pk], board.pool[pk] = language, pool
    _read_votes(plan, board)
    return board


def _takes_now(plan: StagePlan) -> int:
    version = active_protocol(plan.review)
    return 1 if version and current_mode(version=version, stage=Stage(plan.stage)) is Mode.SINGLE else 2


def _read_votes(plan: StagePlan, board: Board) -> None:
    open_here = {"item__review": plan.review_id, "item__stage": plan.stage, "item__reveal_at__isnull": True}
    votes = Vote.objects.active().filter(**open_here).values_list("item_id", "reviewer_id")
    for item, member in votes.iterator(chunk_size=5000):
        board.voted[item].add(member)
    kept = Assignment.objects.filter(**open_here).values_list("item_id", "reviewer_id")
    for item, member in kept.iterator(chunk_size=5000):
        board.kept[item].add(member)
    rulers = Item.objects.filter(review=plan.review_id, stage=plan.stage, own_readings__isnull=False)
    for item, member in rulers.values_list("pk", "own_readings__adjudicator"):
        board.ruled[item].add(member)


def hands_of(plan: StagePlan) -> list[Hand]:
    """Reviewers among whom the plan shares out: here, with a share; where anyone takes the next, the key voters."""
    here = Membership.objects.filter(
        review=plan.review_id, is_reviewer=True, active_to__isnull=True, user__is_active=True
    )
    languages = {member.pk: frozenset(member.languages) for member in here}
    rows = plan.shares.filter(member__in=languages).order_by("member")
    hands = [Hand(row.member_id, row.share, languages[row.member_id], row.is_key) for row in rows]
    if plan.shared_by == SharedBy.ANYONE:
        return [Hand(hand.member, 1, hand.reads, is_key=True) for hand in hands if hand.is_key]
    return [hand for hand in hands if hand.share or hand.is_key]


def tasks_of(plan: StagePlan, board: Board) -> list[Task]:
    """What is to be shared out, as the pure rules want it."""
    keys = {row.member_id for row in plan.shares.all() if row.is_key}
    tasks = []
    for item, takes in board.takes.items():
        voted = board.voted.get(item, set())
        needs_key = bool(keys) and not voted & keys
        left = max(0, takes - len(voted))
        if plan.shared_by == SharedBy.ANYONE:
            left = min(left, int(needs_key))
        barred = frozenset(voted | board.ruled.get(item, set()))
        kept = frozenset(board.kept.get(item, set()) - voted)
        tasks.append(Task(item, left, board.language[item], barred, kept, needs_key))
    return tasks


def _keep_votes(claim: Claim, plan: StagePlan, *, anew: bool) -> tuple[int, int]:
    """Keep votes by the plan; returns how many items changed, and how many moved under our hands."""
    claim.beat(phase="Sharing out")
    board, hands = board_of(plan), hands_of(plan)
    wanted = _wanted(plan, board, hands, anew=anew) if hands else {item: (set[int](), 2) for item in board.takes}
    changed = sorted(
        item for item, (rows, pool) in wanted.items() if (rows, pool) != (board.kept.get(item, set()), board.pool[item])
    )
    missed = 0
    for done, batch in _batches(changed):
        with claim.chunk(done_n=done, total_n=len(changed), phase="Sharing out"):
            missed += _write(batch, board, wanted)
    return len(changed) - missed, missed


def _wanted(plan: StagePlan, board: Board, hands: Sequence[Hand], *, anew: bool) -> Wanted:
    """What is to stand in the end; numbers of records count what each has voted on already."""
    exact = plan.shared_by == SharedBy.RECORDS
    if exact:
        done = votes_given(plan)
        hands = [Hand(one.member, max(0, one.share - done.get(one.member, 0)), one.reads, one.is_key) for one in hands]
    result = spread(tasks_of(plan, board), hands, seed=plan.review.seed, anew=anew, exact=exact)
    return _rows(board, result)


def votes_given(plan: StagePlan) -> dict[int, int]:
    """Membership id -> votes given in the stage so far."""
    votes = Vote.objects.active().filter(review=plan.review_id, item__stage=plan.stage)
    return dict(votes.order_by().values_list("reviewer").annotate(n=Count("pk")))


def _rows(board: Board, result: Spread) -> Wanted:
    wanted = {}
    for item, kept in result.items():
        rows = set(kept) | (board.kept.get(item, set()) & board.voted.get(item, set()))
        wanted[item] = rows, max(0, board.takes[item] - len(rows)) if rows else 2
    return wanted


def _write(batch: Sequence[int], board: Board, wanted: Wanted) -> int:
    """Write one batch, but for items that somebody voted on since they were read; returns how many those are."""
    locked = Item.objects.select_for_update().filter(pk__in=batch, reveal_at__isnull=True, pilot=0).order_by("pk")
    here = {item.pk: item.votes_in for item in locked}
    same = [pk for pk in batch if here.get(pk) == len(board.voted.get(pk, ()))]
    gone = [row.pk for row in Assignment.objects.filter(item__in=same) if row.reviewer_id not in wanted[row.item_id][0]]
    Assignment.objects.filter(pk__in=gone).delete()
    added = [Assignment(item_id=pk, reviewer_id=member) for pk in same for member in sorted(wanted[pk][0])]
    Assignment.objects.bulk_create(added, ignore_conflicts=True)
    for pool in (0, 1, 2):
        Item.objects.filter(pk__in=[pk for pk in same if wanted[pk][1] == pool]).update(pool=pool)
    return len([pk for pk in batch if pk in here and pk not in same])
