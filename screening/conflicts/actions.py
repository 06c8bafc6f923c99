"""Talking, agreeing, handing over, ruling. Each act leaves the first votes as they are (I21)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.mentions import called
from screening.conflicts.models import Comment, Escalation, Mention, OwnReading, Position, Ruling
from screening.conflicts.queue import callable_by, unread_mentions
from screening.conflicts.settling import agreed
from screening.decisions.actions import ANSWERS, conclude, locked_item, log_fate
from screening.decisions.models import Item, Vote
from screening.decisions.queue import in_play
from screening.decisions.rules import votes_of
from screening.decisions.verdict import Ballot, Decision, ItemState, ReasonClash, Stage
from screening.jobs.actions import enqueue
from screening.protocol.versions import reason_order
from screening.reviews.models import Letters, Membership
from screening.roles import Permission

TALKABLE = (ItemState.CONFLICT, ItemState.REASON_CONFLICT, ItemState.DISCUSSION)
UNSETTLED = (*TALKABLE, ItemState.ARBITRATION)


def is_voter(member: Membership, item: Item) -> bool:
    """True where the member has an active vote in the item's round."""
    return Vote.objects.active().filter(item=item, reviewer=member).exists()


def has_ever_voted(member: Membership, item: Item) -> bool:
    """True where the member voted on the item in any round, taken back or not (S3)."""
    return Vote.objects.filter(item=item, reviewer=member).exists()


def open_conflict(*, member: Membership, item_id: int, states: tuple[ItemState, ...]) -> Item:
    """The item, locked, where it is revealed, in play and in one of the states. Raises NotAllowedNow."""
    item = locked_item(review_id=member.review_id, item_id=item_id)
    if item.state not in states or not item.is_revealed():
        raise NotAllowedNow(
            "This conflict is settled or has moved on. Nothing was changed; look at the record again.", rule="S2"
        )
    if not in_play(item.review_id, Stage(item.stage)).filter(pk=item.pk).exists():
        raise NotAllowedNow(
            "This record has left the stage: it is a duplicate, was removed, or an earlier decision was opened again.",
            rule="R2",
        )
    return item


def _voter_of(*, member: Membership, item_id: int, states: tuple[ItemState, ...]) -> Item:
    item = open_conflict(member=member, item_id=item_id, states=states)
    if not is_voter(member, item):
        raise NotAllowedNow("Only those who voted on this record settle it between them.", rule="I22")
    return item


@transaction.atomic
def add_comment(*, member: Membership, item_id: int, text: str, mentions: Collection[int] = ()) -> Comment:
    """A voter writes in the thread; the first comment opens the discussion.

    Called are the members ``mentions``, and whoever ``text`` names with an @, as far as they may see the item. What called the
    writer here counts as read.
    """
    item = _voter_of(member=member, item_id=item_id, states=UNSETTLED)
    if not text.strip():
        raise NotAllowedNow("The comment is empty. Write a word or two, then send it.")
    comment = Comment.objects.create(
        review_id=item.review_id, item=item, round=item.round, author=member, text=text.strip()
    )
    unread_mentions(member).filter(comment__item=item).update(read_at=timezone.now())
    _call(comment, item, mentions)
    if item.state in (ItemState.CONFLICT, ItemState.REASON_CONFLICT):
        _move(item, ItemState.DISCUSSION)
    _log(verb="comment on conflict", item=item, member=member, after={"text": comment.text})
    return comment


def _call(comment: Comment, item: Item, chosen: Collection[int]) -> None:
    """A row for each who is called; a letter is asked for where one of them wants it at once."""
    may_be = {one.pk: one for one in callable_by(comment.author, item)}
    names = {pk: str(one.user) for pk, one in may_be.items()}
    wanted = [may_be[pk] for pk in sorted((set(chosen) | called(comment.text, names)) & may_be.keys())]
    Mention.objects.bulk_create(Mention(review_id=item.review_id, comment=comment, member=one) for one in wanted)
    if any(one.letters == Letters.AT_ONCE for one in wanted):
        enqueue(name="letters.mentions", review_id=item.review_id)


@transaction.atomic
def read_mentions(*, member: Membership, item_id: int) -> int:
    """Whoever was called on an item has read it. Returns how many mentions that were."""
    return unread_mentions(member).filter(comment__item_id=item_id).update(read_at=timezone.now())


def _move(item: Item, state: ItemState) -> None:
    item.state = state
    item.save(update_fields=["state"])
    log_fate(item=item, at=None)


def _log(*, verb: str, item: Item, member: Membership | None, after: object = None, reason: str = "") -> None:
    audit(
        verb=verb, review_id=item.review_id, actor=member.user if member else None,
        subject=("record", item.record_id, item.record.title), after=after, reason=reason, item=(item.pk, item.round),
    )  # fmt: skip


@transaction.atomic
def take_position(
    *, member: Membership, item_id: int, decision: Decision, reason: str = "", now: datetime | None = None
) -> Item:
    """A voter says what it should be now; when all voters say the same the item is final by discussion (I22)."""
    item = _voter_of(member=member, item_id=item_id, states=TALKABLE)
    if decision is Decision.MAYBE:
        raise NotAllowedNow("A conflict ends with Include or Exclude.")
    checked = checked_reason(item=item, decision=decision, reason=reason)
    Position.objects.update_or_create(
        item=item,
        round=item.round,
        member=member,
        defaults={
            "review_id": item.review_id,
            "decision": decision.value,
            "reason": checked,
            "at": now or timezone.now(),
        },
    )
    _log(verb="take position", item=item, member=member, after={"decision": decision.value, "reason": checked})
    done = _agreed(item)
    if done is not None:
        conclude(
            item=item, decision=done.decision, via="discussion", reason=done.reason, by=member.user, moment=now or timezone.now()
        )  # fmt: skip
    elif item.state != ItemState.DISCUSSION:
        _move(item, ItemState.DISCUSSION)
    return item


def _agreed(item: Item) -> Ballot | None:
    """What the voters' positions settle the item with, if anything."""
    said = {one.member_id: one for one in Position.objects.filter(item=item, round=item.round)}
    voters = {vote.reviewer_id for vote in votes_of(item)}
    clash = ReasonClash(item.protocol.reason_clash) if item.protocol else ReasonClash.QUEUE
    return agreed(
        [Ballot(Decision(said[pk].decision), said[pk].reason) for pk in voters if pk in said],
        voters=len(voters),
        stage=Stage(item.stage),
        clash=clash,
        order=reason_order(item.protocol) if item.protocol else (),
    )


def checked_reason(*, item: Item, decision: Decision, reason: str) -> str:
    """The primary reason of a full-text exclude, from the item's own protocol version (I17); empty otherwise."""
    if item.stage != Stage.FULL_TEXT or decision is not Decision.EXCLUDE:
        return ""
    if item.protocol is None or not item.protocol.criteria.filter(key=reason).exists():
        raise NotAllowedNow(
            "An exclusion at full text needs one reason: pick the criterion that is not met.", rule="I17"
        )
    return reason


@transaction.atomic
def pick_reason(*, member: Membership, item_id: int, reason: str) -> Item:
    """Both exclude and differ in the reason only: a voter or a lead picks one of the two (domain.md 3)."""
    item = open_conflict(member=member, item_id=item_id, states=(ItemState.REASON_CONFLICT,))
    if not (is_voter(member, item) or member.may(Permission.REOPEN)):
        raise NotAllowedNow("One of the two voters, or a lead, picks the reason.")
    given = set(Vote.objects.active().filter(item=item).values_list("reason", flat=True))
    if reason not in given:
        raise NotAllowedNow("Pick one of the two reasons that were given.", rule="I17")
    conclude(
        item=item, decision=Decision.EXCLUDE, via="agreement", reason=reason, by=member.user, moment=timezone.now()
    )
    return item


@transaction.atomic
def escalate(*, member: Membership, item_id: int, note: str = "") -> Item:
    """A voter, or a lead, says that no consensus can be had: the item goes to the adjudicator."""
    item = open_conflict(member=member, item_id=item_id, states=TALKABLE)
    if not (is_voter(member, item) or member.may(Permission.REOPEN)):
        raise NotAllowedNow("One of those who voted, or a lead, hands a conflict to the adjudicator.")
    hand_over(item=item, member=member, note=note.strip())
    return item


def hand_over(*, item: Item, member: Membership | None, note: str = "", after_days: int | None = None) -> None:
    """Write the hand-over of a locked item down: by ``member``, or by the review's rule after so many days."""
    Escalation.objects.update_or_create(  # handed over before, where a late duplicate came, went and came again (R2)
        item=item, round=item.round, taken_back_at=None,
        defaults={
            "review_id": item.review_id, "member": member, "after_days": after_days, "note": note, "came_from": item.state,
            "at": timezone.now(),
        },
    )  # fmt: skip
    _move(item, ItemState.ARBITRATION)
    by_rule = {"by rule": f"after {after_days} day{'' if after_days == 1 else 's'}"} if after_days else None
    _log(verb="ask adjudicator", item=item, member=member, reason=note, after=by_rule)


@transaction.atomic
def take_back_hand_over(*, member: Membership, item_id: int) -> Item:
    """The talk goes on: whoever may hand a conflict over takes it back, until an adjudicator has opened it.

    Raises NotAllowedNow after that, since the adjudicator has answered alone and seen the arguments (S4), and for a hand-over by
    rule, which would only come again.
    """
    item = open_conflict(member=member, item_id=item_id, states=(ItemState.ARBITRATION,))
    if not (is_voter(member, item) or member.may(Permission.REOPEN)):
        raise NotAllowedNow("One of those who voted, or a lead, takes a hand-over back.")
    handed = Escalation.objects.filter(item=item, round=item.round, taken_back_at__isnull=True).first()
    if handed is None or handed.member_id is None:
        raise NotAllowedNow("The rule of this review handed this conflict over, so it stays with the adjudicator.")
    if OwnReading.objects.filter(item=item, round=item.round).exists():
        raise NotAllowedNow(
            "An adjudicator has opened this conflict already, so it can no longer be taken back. The ruling will come.",
            rule="S4",
        )
    handed.taken_back_at, handed.taken_back_by = timezone.now(), member
    handed.save(update_fields=["taken_back_at", "taken_back_by"])
    _move(item, ItemState(handed.came_from or ItemState.DISCUSSION))
    _log(verb="take back hand-over", item=item, member=member)
    return item


def may_rule(*, member: Membership, item: Item) -> None:
    """Raise NotAllowedNow unless the member is an adjudicator who never voted on the item (I15, S3)."""
    if not member.is_active or not member.may(Permission.ADJUDICATE):
        raise NotAllowedNow("Only an adjudicator of this review rules.", rule="I15")
    if has_ever_voted(member, item):
        raise NotAllowedNow("You voted on this record yourself, so another adjudicator has to rule.", rule="I15")


@transaction.atomic
def record_own_reading(*, member: Membership, item_id: int, answers: Mapping[str, str]) -> OwnReading:
    """The adjudicator's own answers on the bare record; from now on the arguments are open to them, and that is logged (S4)."""
    item = open_conflict(member=member, item_id=item_id, states=(ItemState.ARBITRATION,))
    may_rule(member=member, item=item)
    known = set(item.protocol.criteria.values_list("key", flat=True)) if item.protocol else set()
    kept = {key: value for key, value in answers.items() if key in known and value in ANSWERS}
    reading, made = OwnReading.objects.get_or_create(
        item=item, round=item.round, adjudicator=member, defaults={"review_id": item.review_id, "answers": kept}
    )
    if made:
        _log(verb="open arguments", item=item, member=member, after={"answers": kept})
    return reading


@transaction.atomic
def put_off_ruling(*, member: Membership, item_id: int, draft: str) -> OwnReading:
    """The adjudicator is undecided: the words so far are kept, and other conflicts come first."""
    item = open_conflict(member=member, item_id=item_id, states=(ItemState.ARBITRATION,))
    may_rule(member=member, item=item)
    reading = _own_reading(member, item)
    reading.draft, reading.put_off_at = draft.strip(), timezone.now()
    reading.save(update_fields=["draft", "put_off_at"])
    _log(verb="put off ruling", item=item, member=member)
    return reading


def _own_reading(member: Membership, item: Item) -> OwnReading:
    reading = OwnReading.objects.filter(item=item, round=item.round, adjudicator=member).first()
    if reading is None:
        raise NotAllowedNow("Record your own answers on the record first; then the arguments open.", rule="S4")
    return reading


@transaction.atomic
def rule(
    *,
    member: Membership,
    item_id: int,
    decision: Decision,
    rationale: str,
    reason: str = "",
    now: datetime | None = None,
) -> Ruling:
    """The adjudicator decides, with a written reason. Raises NotAllowedNow to the second of two (P33)."""
    item = open_conflict(member=member, item_id=item_id, states=(ItemState.ARBITRATION,))
    may_rule(member=member, item=item)
    reading = _own_reading(member, item)
    if decision is Decision.MAYBE:
        raise NotAllowedNow("A ruling is Include or Exclude.")
    if not rationale.strip():
        raise NotAllowedNow("A ruling needs its reason in words. Nothing was changed.")
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            ruling = Ruling.objects.create(
                review_id=item.review_id, item=item, round=item.round, adjudicator=member, decision=decision.value,
                reason=checked_reason(item=item, decision=decision, reason=reason), rationale=rationale.strip(),
                answers=reading.answers, at=moment,
            )  # fmt: skip
    except IntegrityError as clash:
        raise NotAllowedNow("Another adjudicator has ruled on this record already.", rule="P33") from clash
    conclude(
        item=item, decision=decision, via="adjudicator", reason=ruling.reason, why=ruling.rationale, by=member.user, moment=moment
    )  # fmt: skip
    return ruling
