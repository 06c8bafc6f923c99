"""One turn at the screening page: a submitted vote is stored once, and the next item follows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial

from django.http import Http404

from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import Choice, locked_record, postpone, vote_on, withdraw_vote
from screening.decisions.models import Item, Vote
from screening.decisions.queue import advance_cursor, next_item
from screening.decisions.submissions import once
from screening.decisions.verdict import Decision, Stage
from screening.protocol.versions import Versions
from screening.reviews.models import Membership

# Two votes are in, those left are kept for others, it left screening, its report is gone: the record takes no vote of this member
# any more, and the queue goes on.
PASSED = frozenset({"S2", "I14", "R2", "I31"})
WORDS = {Decision.INCLUDE: "Included", Decision.MAYBE: "Marked Maybe", Decision.EXCLUDE: "Excluded"}


@dataclass(frozen=True)
class Turn:
    """What came of a submitted vote: what was stored, the vote while one may still take it back, and the next item.

    ``refused`` says why nothing was stored, where others were quicker; it is "" otherwise.
    """

    number: int
    decision: Decision
    undoable: Vote | None
    following: Item | None
    refused: str = ""

    @property
    def said(self) -> str:
        """The sentence that a screen reader speaks."""
        return self.refused or f"{WORDS[self.decision]}. Record {self.number}."


def take_turn(
    *,
    member: Membership,
    stage: Stage,
    number: int,
    choice: Choice,
    key: uuid.UUID,
    known: str,
    versions: Versions,
    read: str = "",
) -> Turn:
    """Vote on record ``number``. The same ``key`` again is the same vote and says what it said (P31).

    ``read`` is the number of the protocol version that the page showed, "" where it told none. Raises NotAllowedNow where another is
    in force for the record (P36), Http404 where there is no such item, NotAllowedNow as `vote_on` where the member can mend it.
    """

    def act() -> tuple[Vote, Item | None]:
        item = locked_record(review_id=member.review_id, stage=stage, number=number)
        if item is None:
            raise Http404
        _refuse_other_criteria(item, read, versions)
        vote = vote_on(item=item, member=member, choice=choice, known=known, versions=versions)
        return vote, advance_cursor(member, stage)

    try:
        stored, done = once(user=member.user, key=key, result={"decision": choice.decision.value}, act=act)
    except NotAllowedNow as refusal:
        if refusal.rule not in PASSED:
            raise
        return Turn(number, choice.decision, None, next_item(member, stage), f"Record {number}: {refusal}")
    if done is None:
        undoable, following = undoable_vote(member, stage, str(number)), next_item(member, stage)
        return Turn(number, Decision(stored["decision"]), undoable, following)
    vote, following = done
    return Turn(number, choice.decision, None if vote.item.is_revealed() else vote, following)


def _refuse_other_criteria(item: Item, read: str, versions: Versions) -> None:
    version = versions.of(item.protocol_id)
    if read and version and str(version.number) != read:
        raise NotAllowedNow(
            f"The criteria were amended while this page was open: version {version.number} holds now. Your vote was not stored; "
            "open the record again, read the criteria, and vote.",
            rule="P36",
        )


def take_back(*, member: Membership, item_id: int, key: uuid.UUID) -> None:
    """Take one's vote back. The same ``key`` again changes nothing (P31). Raises NotAllowedNow as `withdraw_vote`."""
    act = partial(withdraw_vote, member=member, item_id=item_id)
    once(user=member.user, key=key, result={"taken_back": item_id}, act=act)


def put_off(*, member: Membership, item_id: int, why: str, key: uuid.UUID) -> None:
    """Put a record at the end of one's queue. The same ``key`` again changes nothing (P31). Raises NotAllowedNow as `postpone`."""
    act = partial(postpone, member=member, item_id=item_id, why=why)
    once(user=member.user, key=key, result={"put_off": item_id}, act=act)


def undoable_vote(member: Membership, stage: Stage, number: str) -> Vote | None:
    """One's vote on record ``number`` (as an address gives it), while it may still be taken back."""
    if not number.isdecimal() or len(number) > 9:
        return None
    votes = Vote.objects.active().filter(reviewer=member, item__stage=stage, item__record__number=int(number))
    vote = votes.select_related("item__record").first()
    return vote if vote and not vote.item.is_revealed() else None
