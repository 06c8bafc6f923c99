"""Proposing a change of a criterion, taking it into a draft or declining it, and screening touched records again."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.amendments.models import Proposal
from screening.amendments.queue import touched
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.actions import UNSETTLED, add_comment, is_voter, open_conflict
from screening.decisions.actions import reopen_item
from screening.decisions.verdict import Stage
from screening.protocol.actions import start_amendment
from screening.protocol.models import ProtocolVersion
from screening.protocol.versions import active_protocol, draft_of
from screening.reviews.models import Membership
from screening.roles import Permission

MOST_AT_ONCE = 200  # records that one act screens again


@transaction.atomic
def propose(*, member: Membership, item_id: int, key: str, text: str) -> Proposal:
    """From a conflict: this criterion should change. A voter's proposal stands in the thread as well."""
    item = open_conflict(member=member, item_id=item_id, states=UNSETTLED)
    votes = is_voter(member, item)
    if not (votes or member.may(Permission.REOPEN)):
        raise NotAllowedNow("One of those who voted, or a lead, proposes a change from a conflict.")
    criterion = item.protocol.criteria.filter(key=key).first() if item.protocol else None
    if criterion is None or not text.strip():
        raise NotAllowedNow("Choose a criterion and say what should change. Nothing was stored.")
    proposal = Proposal.objects.create(
        review_id=item.review_id, item=item, round=item.round, key=key, text=text.strip(), member=member
    )
    if votes:
        add_comment(member=member, item_id=item.pk, text=f"Proposes a change of {criterion.label}: {proposal.text}")
    audit(
        verb="propose change of criterion", review_id=item.review_id, actor=member.user,
        subject=("criterion", criterion.pk, criterion.label), after={"text": proposal.text}, item=(item.pk, item.round),
    )  # fmt: skip
    return proposal


def _open(proposal: Proposal) -> Proposal:
    present = Proposal.objects.select_for_update(of=("self",)).select_related("version", "review").get(pk=proposal.pk)
    if present.declined_at is not None or present.version is not None:
        raise NotAllowedNow("This proposal was answered already. Nothing was changed.")
    return present


@transaction.atomic
def take_up(*, proposal: Proposal, actor: User, reason: str) -> ProtocolVersion:
    """The proposal goes into the draft, which is started with ``reason`` where there is none. A lead publishes it by freezing."""
    present = _open(proposal)
    draft = draft_of(present.review) or start_amendment(review=present.review, reason=reason, actor=actor)
    present.version = draft
    present.save(update_fields=["version"])
    _log(verb="take up proposal", proposal=present, actor=actor, after={"version": draft.number})
    return draft


@transaction.atomic
def decline(*, proposal: Proposal, actor: User, answer: str) -> Proposal:
    """The criterion stays; ``answer`` says why."""
    present = _open(proposal)
    if not answer.strip():
        raise NotAllowedNow("Say why the criterion stays as it is. Nothing was changed.")
    present.declined_at, present.answer = timezone.now(), answer.strip()
    present.save(update_fields=["declined_at", "answer"])
    _log(verb="decline proposal", proposal=present, actor=actor, reason=present.answer)
    return present


def _log(*, verb: str, proposal: Proposal, actor: User, after: object = None, reason: str = "") -> None:
    audit(
        verb=verb, review_id=proposal.review_id, actor=actor, subject=("proposal", proposal.pk, proposal.key), after=after,
        reason=reason, item=(proposal.item_id, proposal.round),
    )  # fmt: skip


@transaction.atomic
def screen_again(
    *, member: Membership, version: ProtocolVersion, key: str, stage: Stage, item_ids: Collection[int], reason: str
) -> int:
    """Open a new round, under the version in force, for the chosen records that its change of a criterion touches.

    Earlier rounds are kept; what was decided counts no more until it is decided again, and each record's log says why. Returns how
    many records that were: one that moved on meanwhile is left alone. Raises NotAllowedNow for a version that is not in force.
    """
    if active_protocol(version.review) != version:
        raise NotAllowedNow("Only the version in force can be screened under. Freeze the draft first.", rule="I24")
    if not reason.strip():
        raise NotAllowedNow("Say why these records are screened again. Nothing was changed.", rule="I23")
    if len(item_ids) > MOST_AT_ONCE:
        raise NotAllowedNow(f"Choose at most {MOST_AT_ONCE} records at a time. Nothing was changed.")
    chosen = list(touched(version, key, stage).filter(pk__in=item_ids).order_by("pk").values_list("pk", flat=True))
    if not chosen:
        raise NotAllowedNow("Choose at least one record. Nothing was changed.")
    return sum(
        _again(member, item_id, f"Version {version.number} of the protocol: {reason.strip()}") for item_id in chosen
    )


def _again(member: Membership, item_id: int, reason: str) -> int:
    try:
        reopen_item(item_id=item_id, lead=member, reason=reason)
    except NotAllowedNow:
        return 0
    return 1
