"""Votes made elsewhere join the review: which record, member and criterion a row speaks of, and the vote itself.

Nothing is guessed: a row that does not name exactly one of each is told, never stored (commands.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import (
    Choice,
    check_choice,
    locked_item,
    may_vote,
    open_items,
    settle,
)
from screening.decisions.models import Item, Vote
from screening.decisions.rules import chosen_mode, free_slot, mode_of, stage_rules, takes_vote_of, votes_of
from screening.decisions.verdict import Decision, Mode, Stage, StageRules
from screening.decisions.vote_row import VoteRow
from screening.protocol.models import ProtocolVersion, StageMode
from screening.protocol.versions import Versions, criteria_for
from screening.records.models import Record, Standing
from screening.reviews.models import Membership, Review
from screening.roles import Permission

AT_ONCE = timedelta()  # votes made elsewhere have been seen by their team: no undo window


SETTLED_BY_ONE = "In the mode of this stage one vote is enough for this record, and it is in. This one was not added."
TWO_IN = "Two votes are already in on this record."
KEPT = "The votes on this record are kept for other reviewers. Change who shares the work first."
REMOVED = "This record has left screening: it was removed."
READ_AS_ADJUDICATOR = "They read the arguments on this record as adjudicator, so they cannot vote on it."
LEFT_OUT = 0  # what a person chose for a name whose rows are not to be brought in


class Unmatched(Exception):
    """A row names no record or member of the review, or several; the message is the sentence."""


@dataclass
class Records:
    """The records of a review by everything that may name one; duplicates answer for their lead."""

    review: Review
    by_id: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_doi: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_pmid: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_title: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_number: dict[int, set[int]] = field(default_factory=dict)
    years: dict[int, frozenset[int]] = field(default_factory=dict)
    leads: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = Standing.objects.filter(review=self.review).values_list(
            "record_id", "lead_id", "record__ids", "record__doi", "record__pmid", "record__title", "record__title_translated",
            "record__year", "record__year_early", "record__number",
        )  # fmt: skip
        for pk, lead, ids, doi, pmid, title, translated, year, early, number in rows.iterator(chunk_size=2000):
            self.leads[pk] = lead or pk
            self.by_number[number] = {pk}
            self.years[pk] = frozenset(one for one in (year, early) if one is not None)
            for kind, value in ids.items():
                if kind != "database":
                    self.by_id[value.casefold()].add(pk)
            for index, key in (
                (self.by_doi, doi.casefold()),
                (self.by_pmid, pmid),
                (self.by_title, letters(title)),
                (self.by_title, letters(translated)),
            ):
                if key:
                    index[key].add(pk)

    def named_by(self, row: VoteRow) -> int:
        """The lead of the one group that every key of the row which names anything agrees on. Raises Unmatched."""
        named = [found for found in self._by_each_key(row) if found]
        if not named:
            raise Unmatched(self._nothing(row))
        leads = [{self.leads[pk] for pk in found} for found in named]
        common = set.intersection(*leads)
        if len(common) == 1:
            return common.pop()
        if not common:
            raise Unmatched("Its number, id, DOI, PubMed number and title name different records.")
        raise Unmatched(f"It names {len(common)} records. Add a DOI, a PubMed number or the record's own id.")

    def _by_each_key(self, row: VoteRow) -> Iterable[set[int]]:
        yield set.union(set(), *(self.by_id.get(one.casefold(), set()) for one in row.ids))
        yield self.by_doi.get(row.doi.casefold(), set()) if row.doi else set()
        yield self.by_pmid.get(row.pmid, set()) if row.pmid else set()
        yield self.by_number.get(row.number or 0, set())
        yield {pk for pk in self._titled(row) if not self.years[pk] or row.year in self.years[pk]}

    def _titled(self, row: VoteRow) -> set[int]:
        return self.by_title.get(letters(row.title), set()) if letters(row.title) else set()

    def _nothing(self, row: VoteRow) -> str:
        if not row.key:
            return "It names no record: give record (its number here), record_id, doi, pmid or title and year."
        if self._titled(row):
            return (
                "Records of this title are of another year."
                if row.year
                else "A title names a record together with its year only."
            )
        return "No record of this review is named so."


def letters(text: str) -> str:
    """The letters and digits of a title without case: databases differ in brackets, dashes and full stops."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@dataclass
class People:
    """The active members of a review by e-mail and by name; ``chosen`` maps names of the file to membership ids by hand."""

    review: Review
    chosen: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _present(self) -> dict[int, Membership]:
        here = Membership.objects.filter(review=self.review, active_to__isnull=True).select_related("review", "user")
        return {member.pk: member for member in here}

    @cached_property
    def _by_key(self) -> dict[str, list[Membership]]:
        found: dict[str, list[Membership]] = defaultdict(list)
        for member in self._present.values():
            for key in {member.user.email.casefold(), " ".join(member.user.name.casefold().split())}:
                found[key].append(member)
        return found

    def named(self, reviewer: str) -> Membership:
        """The member of this e-mail address or name, or the one chosen for it. Raises Unmatched."""
        if reviewer in self.chosen:
            return self._chosen(reviewer)
        found = self._by_key.get(" ".join(reviewer.casefold().split()), []) if reviewer else []
        if len(found) > 1:
            raise Unmatched(f"{len(found)} members are called {reviewer}: write the e-mail address.")
        if not found:
            raise Unmatched(
                f"{reviewer or 'Nobody'} is no member of this review." if reviewer else "The row names no reviewer."
            )
        return found[0]

    def _chosen(self, reviewer: str) -> Membership:
        pk = self.chosen[reviewer]
        if pk == LEFT_OUT:
            raise Unmatched("Left out, as you chose.")
        if pk not in self._present:
            raise Unmatched(f"Whoever was chosen for {reviewer or 'rows without a name'} has left the review.")
        return self._present[pk]


@dataclass
class Rulebook:
    """The frozen protocol as a stage of the review needs it. Raises NotAllowedNow before the first freeze (I24).

    ``chosen`` maps reasons of the file to criteria's keys by hand, "" for none.
    """

    review: Review
    stage: Stage
    chosen: Mapping[str, str] = field(default_factory=dict)
    versions: Versions = field(init=False)
    version: ProtocolVersion = field(init=False)
    keys: dict[str, str] = field(init=False)
    _rules: dict[tuple[int, str, int], StageRules] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.versions = Versions(self.review)
        version = self.versions.active
        if version is None:
            raise NotAllowedNow("The protocol is still a draft. The lead freezes it before votes come in.", rule="I24")
        self.version = version
        asked = criteria_for(version, self.stage.value)
        self.keys = {letters(name): one.key for one in asked for name in (one.key, one.label)}

    def rules(self, version: ProtocolVersion, mode: Mode, voters: int) -> StageRules:
        """The stage's rules, read once."""
        key = version.pk, mode, voters
        if key not in self._rules:
            self._rules[key] = stage_rules(version=version, stage=self.stage, mode=mode, voters=voters)
        return self._rules[key]

    def choice(self, row: VoteRow) -> Choice:
        """The row as a choice; its reason answers that criterion "not met".

        At title and abstract a reason that is no criterion is kept in the note, since no reason is needed there (I19).
        Raises NotAllowedNow at full text, where it is (I17).
        """
        assert row.decision is not None  # noqa: S101  rows with a problem never come here
        if row.decision is not Decision.EXCLUDE or not row.reason:
            return Choice(row.decision, note=_joined(row.note, f"Reason named: {row.reason}" if row.reason else ""))
        key = self.chosen[row.reason] if row.reason in self.chosen else self.keys.get(letters(row.reason), "")
        if key:
            return Choice(
                row.decision, {key: "not_met"}, reason=key if self.stage is Stage.FULL_TEXT else "", note=row.note
            )
        if self.stage is Stage.TITLE_ABSTRACT:
            return Choice(row.decision, note=_joined(row.note, f"Reason named: {row.reason}"))
        named = ", ".join(one.label for one in criteria_for(self.version, self.stage.value))
        raise NotAllowedNow(f"“{row.reason[:60]}” is no criterion. Name one of: {named}.", rule="I17")


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


@dataclass
class Items:
    """The items of a stage by their record."""

    review: Review
    stage: Stage
    known: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        rows = Item.objects.filter(review=self.review, stage=self.stage)
        self.known = dict(rows.values_list("record_id", "pk"))

    def of(self, record_id: int) -> int:
        """The id of a lead's item; at title and abstract it is opened where it waits for that. Raises NotAllowedNow where there is none."""
        if record_id not in self.known and self.stage is Stage.TITLE_ABSTRACT:
            number, title = Record.objects.values_list("number", "title").get(pk=record_id)
            if not title:
                raise NotAllowedNow("It has no title yet. Give it one on its page first.", rule="R3")
            open_items(review_id=self.review.pk, stage=self.stage, records=[(record_id, number)])
        if record_id not in self.known:
            opened = Item.objects.filter(record_id=record_id, stage=self.stage).values_list("pk", flat=True).first()
            if opened is None:
                raise NotAllowedNow("It is not under full text review.", rule="R3")
            self.known[record_id] = opened
        return self.known[record_id]


@transaction.atomic
def bring_in_vote(
    *,
    member: Membership,
    item_id: int,
    choice: Choice,
    book: Rulebook,
    source: str,
    cast_at: datetime | None = None,
    blind: bool = False,
    paired: bool = False,
) -> bool:
    """Store a vote that was cast elsewhere; it is open as soon as the pair is complete. False where the same vote is here.

    ``source`` names the file, for the log. ``blind``: whoever brings it in may not learn what is sealed, so that any vote of the
    member that is here already stands, without a word on whether it says the same (B2). ``paired``: the file holds two people's votes
    on the record, so that a gate which would leave it to one loses none of them. Raises NotAllowedNow where the member may
    not vote on the item, has voted otherwise (nothing is overwritten), two votes are in (S2), or the choice breaks I17 or I18.
    """
    item = locked_item(review_id=member.review_id, item_id=item_id)
    here = votes_of(item)
    own = next((vote for vote in here if vote.reviewer_id == member.pk), None)
    if own is not None:
        return False if blind else _repeated(own, choice)
    _may_have_voted(member, item)
    version = book.versions.of(item.protocol_id)
    assert version is not None  # noqa: S101  the book is opened on a frozen protocol only
    checked = check_choice(choice=choice, item=item, version=version, brought_in=True)
    mode = Mode.DUAL if paired and gated(item, version) else mode_of(item, version)
    now = timezone.now()
    vote = Vote.objects.create(
        review_id=item.review_id, item=item, reviewer=member, round=item.round, slot=_slot(item, member, here, mode), protocol=version,
        cast_at=min(cast_at or now, now), brought_in=True, decision=checked.decision.value, answers=dict(checked.answers),
        in_pilot=item.pilot > 0, reason=checked.reason, override=checked.override, note=checked.note,
    )  # fmt: skip
    item.protocol, item.mode = version, mode
    audit(
        verb="bring in vote", review_id=item.review_id, actor=member.user, subject=("record", item.record_id, item.record.title),
        after={"decision": vote.decision, "reason": vote.reason, "note": vote.note, "cast_at": vote.cast_at.isoformat()},
        reason=f"from {source}", item=(item.pk, item.round), sealed=True,
    )  # fmt: skip
    settle(item=item, votes=[*here, vote], rules=book.rules(version, mode, item.voters), moment=now, window=AT_ONCE)
    return True


def _may_have_voted(member: Membership, item: Item) -> None:
    """What a voter is told about "your vote" is said of a third person here."""
    try:
        may_vote(member=member, item=item)
    except NotAllowedNow as refusal:
        told = {"R2": REMOVED, "I15": READ_AS_ADJUDICATOR}.get(refusal.rule, str(refusal))
        raise NotAllowedNow(told, rule=refusal.rule) from refusal


def gated(item: Item, version: ProtocolVersion) -> bool:
    """Whether only the gate of dual-then-single would leave the item, still without a vote, to one reviewer."""
    return not item.mode and chosen_mode(version, Stage(item.stage)) == StageMode.DUAL_THEN_SINGLE


def _repeated(own: Vote, choice: Choice) -> bool:
    if own.decision == choice.decision and own.reason in ("", choice.reason):
        return False
    raise NotAllowedNow(
        f"{own.reviewer.user} has voted {own.decision}{f' ({own.reason})' if own.reason else ''} on this record already.",
        rule="I13",
    )


def _slot(item: Item, member: Membership, here: list[Vote], mode: Mode) -> int:
    slot = free_slot(item, here)
    if len(here) == 1 and (item.reveal_at is not None or mode is Mode.SINGLE):
        raise NotAllowedNow(SETTLED_BY_ONE, rule="S2")
    if item.reveal_at is not None or slot is None:
        raise NotAllowedNow(TWO_IN, rule="S2")
    if not takes_vote_of(item, member.pk, here):
        raise NotAllowedNow(KEPT, rule="I14")
    return slot


def may_bring_in(member: Membership, row: VoteRow) -> None:
    """Raise NotAllowedNow unless the member has the role that the row says."""
    wanted = Permission.ADJUDICATE if row.adjudicator else Permission.SCREEN
    if not member.may(wanted):
        raise NotAllowedNow(
            f"{member.user} is no {'adjudicator' if row.adjudicator else 'reviewer'} of this review.", rule="I14"
        )
