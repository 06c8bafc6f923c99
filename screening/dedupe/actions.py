"""What people say about duplicates. Each act can be undone; no record and no vote is ever deleted by it (DD7, DD8)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from django.db import transaction
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.dedupe.automation import VERB, previews, reason_for
from screening.dedupe.finding import BATCH, FOLLOWER, NAME, write_cards
from screening.dedupe.leading import may_lead
from screening.dedupe.matching import group
from screening.dedupe.models import Answer, CandidateCard, Judgement, Kept, KeptChoice
from screening.dedupe.shown import gives
from screening.dedupe.spreading import stop_parts
from screening.dedupe.stored import (
    group_of,
    links_among,
    match_records,
    moved,
    places,
    ranks,
    said,
    with_votes,
    write_places,
)
from screening.imports.undoing import forget_places, forget_removal, wait_for_votes
from screening.jobs.actions import cancel, enqueue
from screening.jobs.models import Job
from screening.protocol.models import Criterion
from screening.records.changes import log_change, log_changes
from screening.records.models import ChangeOf, Record, Removal, Standing
from screening.reviews.models import Membership, Review

NO_LONGER_ASKED = (
    "This question is not asked any more: a search has learned more about its records. Nothing was changed."
)


@transaction.atomic
def ask_for_duplicates(*, member: Membership) -> Job:
    """Start the search for duplicates in the whole review."""
    audit(verb="ask for duplicates", review_id=member.review_id, actor=member.user)
    return enqueue(name=NAME, review_id=member.review_id)


@transaction.atomic
def stop_search(*, member: Membership) -> None:
    """Stop the search for duplicates. What it merged so far stands; asking again goes on from there."""
    job = Job.objects.filter(review_id=member.review_id, name=NAME).order_by("-pk").first()
    if job is None or not cancel(job=job):
        raise NotAllowedNow("No search for duplicates is under way.")
    stop_parts(member.review_id)
    audit(verb="stop search for duplicates", review_id=member.review_id, actor=member.user)


@transaction.atomic
def answer_card(
    *,
    member: Membership,
    card: CandidateCard,
    answer: Answer,
    act: uuid.UUID | None = None,
    kept: Mapping[Kept, int] | None = None,
) -> uuid.UUID:
    """Same, related or different, for all records of the card. Returns the id under which it can be undone.

    ``kept`` are the ids of the records that a person chose with "same": which leads, and whose values are shown.
    """
    held = CandidateCard.objects.select_for_update().filter(pk=card.pk).first()
    if held is None:
        raise NotAllowedNow(NO_LONGER_ASKED)
    if held.answered_at is not None:
        raise NotAllowedNow("Somebody answered this one already. Nothing was changed.")
    act = act or uuid.uuid4()
    pairs = [pair for pair in combinations(sorted(held.members), 2) if answer is Answer.SAME or not _merged(*pair)]
    _judge(member=member, pairs=pairs, answer=answer, act=act)
    if kept and answer is Answer.SAME:
        _choose(member=member, members=group_of(member.review_id, held.members), kept=kept, act=act)
    CandidateCard.objects.filter(pk=held.pk).update(answered_at=timezone.now(), answer=answer, act=act)
    regroup(review_id=member.review_id, around=held.members)
    audit(
        verb=f"judge records {answer.value}", review_id=member.review_id, actor=member.user, subject=("duplicates", held.pk, held.reason),
        after={"records": _numbers(held.members), "answer": answer.value, **_told(kept if answer is Answer.SAME else None)},
    )  # fmt: skip
    return act


@transaction.atomic
def choose_kept(*, member: Membership, record: Record, kept: Mapping[Kept, int]) -> uuid.UUID:
    """Which record of a duplicate group leads it, and whose values are shown; undone by the returned id (R1).

    ``kept`` maps a field to a record id of the group of ``record``. No number of the flow moves by it, and no vote.
    """
    members = group_of(member.review_id, [record.pk])
    if len(members) < 2:
        raise NotAllowedNow("This record is not merged with another, so there is nothing to choose.")
    if not kept:
        raise NotAllowedNow("Nothing was chosen that is not so already.")
    act = uuid.uuid4()
    _choose(member=member, members=members, kept=kept, act=act)
    regroup(review_id=member.review_id, around=members)
    audit(
        verb="choose what is kept", review_id=member.review_id, actor=member.user, subject=("record", record.pk, record.title),
        after={"records": _numbers(members), **_told(kept)},
    )  # fmt: skip
    return act


def _told(kept: Mapping[Kept, int] | None) -> dict[str, dict[str, int]]:
    """What was chosen, for the log: field -> record number."""
    if not kept:
        return {}
    numbers = dict(Record.objects.filter(pk__in=kept.values()).values_list("pk", "number"))
    return {"kept": {field.label: numbers[pk] for field, pk in kept.items()}}


def _choose(*, member: Membership, members: Collection[int], kept: Mapping[Kept, int], act: uuid.UUID) -> None:
    records = Record.objects.filter(pk__in=members, review_id=member.review_id)
    wait_for_votes(records)  # a vote that is being cast decides who may lead
    ranked = ranks(member.review_id, members, with_votes(member.review_id, members))
    by_id = {record.pk: record for record in records}
    for field, pk in kept.items():
        if pk not in by_id or (field is not Kept.LEAD and not gives(by_id[pk], field)):
            raise NotAllowedNow("That record is not in this group, or gives no such value. Nothing was changed.")
        if field is Kept.LEAD and pk not in may_lead([one for one in members if one in ranked], ranked):
            raise NotAllowedNow(
                "That record may not lead: records with votes come first, then databases and registers, then the earlier search."
                " Its values can be shown all the same. Nothing was changed."
            )
        KeptChoice.objects.create(review_id=member.review_id, record_id=pk, field=field, act=act, by=member.user)


@transaction.atomic
def accept_cards(*, member: Membership, cards: Collection[CandidateCard]) -> uuid.UUID:
    """ "Same record" for several cards in one act; one undo takes all of them back (U4). Cards answered meanwhile are left."""
    act = uuid.uuid4()
    answered = 0
    for card in cards:
        if CandidateCard.objects.filter(pk=card.pk, review_id=member.review_id, answered_at__isnull=True).exists():
            answer_card(member=member, card=card, answer=Answer.SAME, act=act)
            answered += 1
    if not answered:
        raise NotAllowedNow("None of these candidates is open any more. Nothing was changed.")
    return act


def _numbers(records: Collection[int]) -> list[int]:
    return list(Record.objects.filter(pk__in=records).order_by("number").values_list("number", flat=True))


def _merged(first: int, second: int) -> bool:
    leads = dict(Standing.objects.filter(record_id__in=(first, second)).values_list("record_id", "lead_id"))
    return (leads.get(first) or first) == (leads.get(second) or second)


def _judge(*, member: Membership, pairs: Iterable[tuple[int, int]], answer: Answer, act: uuid.UUID) -> None:
    for first, second in pairs:
        standing = Judgement.objects.filter(
            review_id=member.review_id, first_id=first, second_id=second, lifted_at__isnull=True
        )
        standing.update(lifted_at=timezone.now())
        Judgement.objects.create(
            review_id=member.review_id, first_id=first, second_id=second, answer=answer, act=act, by=member.user
        )


def regroup(*, review_id: int, around: Collection[int]) -> None:
    """Group anew the records around these, from the stored links and what people said; then open what may be screened."""
    records = group_of(review_id, around)
    wait_for_votes(Record.objects.filter(pk__in=records))  # a vote that is being cast decides who may lead
    forget_places(review_id=review_id, records=records | set(around))
    known = list(match_records(Standing.objects.filter(record_id__in=records, removed="")))
    judged = said(review_id, records)
    held = with_votes(review_id, records)
    grouping = group(
        [record.id for record in known], links_among(review_id, records), records_by_id={record.id: record for record in known},
        apart=judged.apart, together=judged.together, held={str(pk) for pk in held},
    )  # fmt: skip
    wanted = places(grouping, [int(record.id) for record in known], ranks(review_id, records, held))
    write_places(review_id, moved(review_id, wanted, records))
    write_cards(review_id, grouping, among=records)
    enqueue(name=FOLLOWER, review_id=review_id)


@transaction.atomic
def undo_answer(*, member: Membership, act: uuid.UUID) -> None:
    """Lift the judgements of one act; the records stand as if it had never been (I10, DD8)."""
    rows = Judgement.objects.filter(review_id=member.review_id, act=act, lifted_at__isnull=True)
    chosen = KeptChoice.objects.filter(review_id=member.review_id, act=act, lifted_at__isnull=True)
    around = {pk for pair in rows.values_list("first_id", "second_id") for pk in pair}
    around |= set(chosen.values_list("record_id", flat=True))
    if not around:
        raise NotAllowedNow("That answer was undone already.")
    rows.update(lifted_at=timezone.now())
    chosen.update(lifted_at=timezone.now())
    cards = CandidateCard.objects.filter(review_id=member.review_id, act=act)
    cards.update(answered_at=None, answer="", act=None)
    regroup(review_id=member.review_id, around=around)
    audit(verb="undo judgement", review_id=member.review_id, actor=member.user, after={"records": _numbers(around)})


@transaction.atomic
def part_record(*, member: Membership, record: Record) -> uuid.UUID:
    """ "Not a duplicate": the record leaves its group and is never merged with its members again, until that is undone (DD12)."""
    others = group_of(member.review_id, [record.pk]) - {record.pk}
    if not others:
        raise NotAllowedNow("This record is not merged with another.")
    act = uuid.uuid4()
    pairs = [(min(record.pk, other), max(record.pk, other)) for other in sorted(others)]
    _judge(member=member, pairs=pairs, answer=Answer.DIFFERENT, act=act)
    regroup(review_id=member.review_id, around=[record.pk, *others])
    audit(
        verb="part duplicate", review_id=member.review_id, actor=member.user, subject=("record", record.pk, record.title),
        after={"from": _numbers(others)},
    )  # fmt: skip
    return act


@transaction.atomic
def remove_record(*, member: Membership, record: Record, reason: str) -> None:
    """Take a record out before screening for another reason than duplication (box 3, other); it can be put back."""
    if not reason.strip():
        raise NotAllowedNow("Say why the record is removed. Nothing was changed.")
    standing = _standing(member=member, record=record)
    if standing.removed:
        raise NotAllowedNow("This record was removed already. Nothing was changed.")
    if standing.lead_id is not None or Standing.objects.filter(lead=record).exists():
        raise NotAllowedNow("This record is merged with others. Part it from them first.")
    _set_removed(member=member, standing=standing, removed=Removal.OTHER, reason=reason.strip())


@transaction.atomic
def put_back(*, member: Membership, record: Record) -> None:
    """Undo a removal: the record stands where it stood, with its votes."""
    standing = _standing(member=member, record=record)
    if not standing.removed:
        raise NotAllowedNow("This record was not removed.")
    _set_removed(member=member, standing=standing, removed=Removal.NONE, reason="")


@transaction.atomic
def remove_by_automation(*, member: Membership, criterion: Criterion, expected: int) -> int:
    """Mark as ineligible every record that the criterion's rule calls not met (box 3, automation); returns how many.

    Only records without a vote, merged with none, of which the metadata leave no doubt (IM8). One act, with one undo. Raises
    NotAllowedNow where their number is no longer the ``expected`` one that a person saw.
    """
    Review.objects.select_for_update().get(pk=member.review_id)  # acts are numbered one after the other
    (found,) = previews(member.review, [criterion])
    if len(found.ineligible) != expected or not expected:
        raise NotAllowedNow(
            f"By now the rule calls {len(found.ineligible)} records not met, not {expected}. Nothing was changed: look again."
        )
    reason = reason_for(criterion)
    _set_all_removed(member=member, records=found.ineligible, removed=Removal.AUTOMATION, reason=reason)
    audit(
        verb=VERB, review_id=member.review_id, actor=member.user, subject=("criterion", criterion.pk, criterion.label),
        after={"records": expected, "rule": criterion.rule}, reason=reason,
    )  # fmt: skip
    return expected


@transaction.atomic
def undo_automation(*, member: Membership, act: int) -> int:
    """Put back every record that this act removed and that is still removed by it; returns how many."""
    event = AuditEvent.objects.filter(pk=act, review_id=member.review_id, verb=VERB).first()
    if event is None:
        raise NotAllowedNow("There is nothing to undo.")
    removed = Standing.objects.select_for_update(of=("self",)).filter(
        review_id=member.review_id, removed=Removal.AUTOMATION, removed_reason=event.reason
    )
    records = tuple(removed.order_by("pk").values_list("pk", flat=True))
    if not records:
        raise NotAllowedNow("That removal was undone already.")
    _set_all_removed(member=member, records=records, removed=Removal.NONE, reason="")
    aside = forget_removal(review_id=member.review_id, reason=event.reason)
    audit(
        verb="undo removal by automation", review_id=member.review_id, actor=member.user, reason=event.reason,
        subject=("criterion", event.subject_id or 0, event.subject_label),
        after={"records": len(records), **({"records_of_undone_imports": aside} if aside else {})},
    )  # fmt: skip
    return len(records)


def _set_all_removed(*, member: Membership, records: Sequence[int], removed: Removal, reason: str) -> None:
    """The same fate for many records at once, in batches of one transaction."""
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        Standing.objects.filter(pk__in=batch).update(removed=removed.value, removed_reason=reason)
    values = ((pk, removed.value) for pk in records)
    log_changes(review_id=member.review_id, fact=ChangeOf.REMOVED, values=values)
    enqueue(name=FOLLOWER, review_id=member.review_id)


def _standing(*, member: Membership, record: Record) -> Standing:
    found = Standing.objects.select_for_update(of=("self",)).filter(record=record, review_id=member.review_id).first()
    if found is None:
        raise NotAllowedNow("This record is not part of the review.")
    return found


def _set_removed(*, member: Membership, standing: Standing, removed: Removal, reason: str) -> None:
    before = {"removed": standing.removed, "reason": standing.removed_reason}
    Standing.objects.filter(pk=standing.pk).update(removed=removed.value, removed_reason=reason)
    log_change(review_id=standing.review_id, record_id=standing.pk, fact=ChangeOf.REMOVED, value=removed.value)
    audit(
        verb="remove record" if removed else "put record back", review_id=standing.review_id, actor=member.user, before=before,
        subject=("record", standing.pk, standing.record.title), after={"removed": removed.value}, reason=reason,
    )  # fmt: skip
    enqueue(name=FOLLOWER, review_id=standing.review_id)
