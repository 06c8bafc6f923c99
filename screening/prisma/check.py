"""Checking a stored review: every state and count told again from the log and the raw rows, whatever the pages say.

What does not hold is told in sentences that begin with the number of the rule and name the records (domain.md 5.3, 10).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from screening.prisma import check_counts, check_outcomes, check_places, check_rows, check_votes
from screening.prisma.counts import flow_of, recounted_flows
from screening.prisma.flow import Flow
from screening.prisma.snapshot import read_snapshot
from screening.reviews.models import Review

Check = Callable[[Review], Iterable[str]]
AT_MOST = 50  # sentences for one rule

RULES: tuple[tuple[str, Check], ...] = (
    ("I1", check_rows.each_row_of_an_import_is_one_record),
    ("I2", check_rows.no_file_is_stored_twice),
    ("I3", check_rows.imports_add_up_to_the_records),
    ("I4", check_rows.each_import_says_what_was_asked),
    ("I5", check_counts.each_record_is_in_one_bucket),
    ("I7", check_counts.pending_is_not_counted_as_excluded),
    ("I8", check_counts.replay_tells_the_same),
    ("I8", check_votes.each_vote_is_in_the_log),
    ("I11", check_rows.each_duplicate_has_one_lead),
    ("I12", check_counts.each_number_opens_as_many_records),
    ("I12", check_places.each_tally_says_what_a_count_says),
    ("I12", check_places.each_record_has_its_place),
    ("I13", check_votes.one_active_vote_each),
    ("I14", check_votes.each_voter_was_in_the_pool),
    ("I15", check_outcomes.no_adjudicator_voted_on_the_item),
    ("I16", check_votes.each_state_follows_from_the_votes),
    ("I17", check_votes.each_full_text_exclude_has_its_reason),
    ("I18", check_votes.each_full_text_include_meets_the_criteria),
    ("I20", check_votes.no_vote_changed_after_its_reveal),
    ("I21", check_outcomes.each_ruling_settled_its_item),
    ("I22", check_outcomes.each_discussion_has_both_confirmations),
    ("I23", check_outcomes.each_reopening_has_a_reason),
    ("I24", check_votes.the_protocol_was_frozen_before_the_votes),
    ("I31", check_outcomes.only_retrieved_reports_are_reviewed),
    ("I32", check_outcomes.not_retrieved_has_an_attempt_and_a_cause),
    ("I33", check_counts.studies_are_those_of_included_reports),
    ("ties", check_rows.nothing_belongs_to_another_review),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """Rule -> whether it holds, laws first; and a sentence for each thing that is wrong."""

    laws: dict[str, bool]
    violations: list[str]

    @property
    def holds(self) -> bool:
        """True where nothing is wrong."""
        return not self.violations


def check(review: Review) -> Checked:
    """Check one review, in one snapshot: work may go on meanwhile. Reads only."""
    with read_snapshot():
        return _check(review)


def _check(review: Review) -> Checked:
    broken: dict[str, list[str]] = defaultdict(list)
    laws = {f"L{n}": True for n in range(1, 10)}
    for flow in _flows(review):
        for law in flow.laws:
            laws[law.name] &= law.holds is not False
        for law in flow.violations:
            where = f" in {flow.scope}" if flow.scope else ""
            broken[law.name].append(f"{law.name} does not hold{where}: {law.numbers}.")
    for name, rule in RULES:
        broken[name] += [f"{name}: {sentence}" for sentence in rule(review)]
        laws[name] = not broken[name]
    return Checked(laws, [sentence for told in broken.values() for sentence in _shortened(told)])


def _flows(review: Review) -> list[Flow]:
    """The review's flow, and that of each search: as pages tell them, and from a count of every record."""
    told = [flow_of(review), *(flow_of(review, run=run) for run in review.search_runs.all())]
    return [*told, *recounted_flows(review)]


def _shortened(told: list[str]) -> list[str]:
    if len(told) <= AT_MOST:
        return told
    return [*told[:AT_MOST], f"{told[0].partition(':')[0]}: and {len(told) - AT_MOST} more of the kind."]
