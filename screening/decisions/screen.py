"""What the screening page shows of one item, and how far its reader has come."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from screening.decisions.forms import Typed
from screening.decisions.models import Item, Vote
from screening.decisions.numbers import numbers_for
from screening.decisions.piloting.models import Pilot
from screening.decisions.rules import votes_of, votes_wanted_in_all
from screening.decisions.verdict import Stage
from screening.dedupe.shown import as_shown
from screening.imports.facts import facts_of
from screening.protocol.hints import hint
from screening.protocol.models import Criterion, ProtocolVersion
from screening.protocol.suggest import suggest
from screening.protocol.versions import Versions, criteria_for
from screening.records.models import Record
from screening.reviews.models import Membership

COUNT_AT_ONCE = 1_000  # records; a larger review counts its progress in a request of its own


@dataclass(frozen=True)
class Question:
    """One criterion with the answer that is shown for it: met, not_met, unclear or ""; ``fact`` is what the record itself says.

    ``hint`` is a sentence on what the criterion's rule makes of that, "" where it makes nothing. It never is an answer (IM7).
    """

    criterion: Criterion
    answer: str
    fact: str
    hint: str = ""


def own_vote(member: Membership, item: Item) -> Vote | None:
    """One's own active vote on an item; an item out of one's queue has none."""
    return Vote.objects.active().filter(item=item, reviewer=member).first()


def own_votes(member: Membership, item_ids: list[int]) -> dict[int, Vote]:
    """One's own active votes by item id."""
    return {vote.item_id: vote for vote in Vote.objects.active().filter(reviewer=member, item__in=item_ids)}


def earlier_vote(member: Membership, item: Item) -> Vote | None:
    """One's own vote on a duplicate that was merged into the record of an item `with_all_shown`: it stopped counting (R2)."""
    if not item.duplicate:
        return None
    merged = Vote.objects.active().filter(
        reviewer=member, item__stage=item.stage, item__record__standing__lead=item.record_id
    )
    return merged.select_related("item__record").order_by("-cast_at", "-pk").first()


def screen_context(
    item: Item,
    stage: Stage,
    *,
    own: Vote | None,
    versions: Versions,
    typed: Typed | None = None,
    earlier: Vote | None = None,
) -> dict[str, Any]:
    """Everything the citation, the criteria and the vote bar need for one item `with_all_shown`; one's own vote only.

    ``typed`` is what stands in the form and is not stored, ``earlier`` what is offered to be confirmed: see `earlier_vote`.
    """
    version = versions.of(item.protocol_id)
    written = typed or own or earlier
    answers = written.answers if written else {}
    record = as_shown(item.record) if item.duplicate else item.record
    questions = questions_for(record, version, answers, stage) if version else []
    return {
        "item": item,
        "record": record,
        "standing": item.record.standing,
        "own": own,
        "earlier": None if own else earlier,
        "written": written,
        "known": own.stamp() if own else "",
        "key": uuid.uuid4(),
        "version": version,
        "questions": questions,
        "suggestion": suggest(answers, [question.criterion for question in questions]),
        "votes_in": _votes_told(item, own),
        "votes_wanted": votes_wanted_in_all(item),
        "maybe_rule": maybe_sentence(version, stage),
    }


def _votes_told(item: Item, own: Vote | None) -> int:
    """How many votes are in, as far as the reader may know.

    Until the reveal, that the record has all of them shows to whoever gave the last one alone: for everybody else, the first
    voter too, it may still be taken back (S1, B3).
    """
    if item.reveal_at is None or item.is_revealed() or (own and own.pk == votes_of(item)[-1].pk):
        return item.votes_in
    return min(item.votes_in, item.voters - 1)


def questions_for(record: Record, version: ProtocolVersion, answers: Mapping[str, str], stage: Stage) -> list[Question]:
    """The criteria of the stage in order, with given answers and what the record says of language, year and type."""
    facts = {
        "language": ", ".join(record.languages)
        + (" (inferred)" if record.languages and record.language_inferred else ""),
        "timeframe": str(record.year or ""),
        "publication_type": ", ".join(kind.replace("_", " ") for kind in record.types),
    }
    told = facts_of(record, record.imported_from.format)
    return [
        Question(
            criterion,
            answers.get(criterion.key, ""),
            facts.get(criterion.facet, ""),
            hint(criterion.rule, told).sentence,
        )
        for criterion in criteria_for(version, stage.value)
    ]


def maybe_sentence(version: ProtocolVersion | None, stage: Stage) -> str:
    """What Maybe means here, in words (interface.md 4)."""
    if stage is Stage.FULL_TEXT:
        return "Maybe is no final decision here: against another vote it is a conflict."
    if version is not None and version.ta_maybe == "strict":
        return "Maybe against Include or Exclude is a conflict here."
    return "Maybe counts as Include here; Maybe against Exclude is a conflict."


def progress(member: Membership, stage: Stage) -> dict[str, int]:
    """How far this member has come: items in play, voted, left; the other lists of the stage; pilot rounds under way.

    Says nothing of sealed outcomes.
    """
    pilots = Pilot.objects.filter(review=member.review_id, stage=stage, ended_at__isnull=True).count()
    return {**asdict(numbers_for(member, stage)), "pilots": pilots}


def progress_now(member: Membership, stage: Stage) -> dict[str, int] | None:
    """The progress where counting is quick, None in a very large review: there the page asks for it separately."""
    return progress(member, stage) if member.review.last_number <= COUNT_AT_ONCE else None
