"""The truth table of a screening stage, and the properties that hold for every table of votes."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.decisions.verdict import (
    GATE_VOTES,
    UNSETTLED,
    Ballot,
    Decision,
    ItemState,
    MaybeRule,
    Mode,
    ReasonClash,
    Stage,
    StageRules,
    Verdict,
    earliest_reason,
    is_complete,
    mode_after_gate,
    verdict,
    votes_wanted,
)

LETTERS = {"I": Decision.INCLUDE, "M": Decision.MAYBE, "E": Decision.EXCLUDE}
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
ORDER = ("population", "focus", "language")

TA_DUAL = StageRules(TA)
TA_STRICT = StageRules(TA, maybe_rule=MaybeRule.STRICT)
TA_SINGLE = StageRules(TA, mode=Mode.SINGLE)
TA_SINGLE_STRICT = StageRules(TA, mode=Mode.SINGLE, maybe_rule=MaybeRule.STRICT)
TA_LIBERAL = StageRules(TA, mode=Mode.LIBERAL)
FT_DUAL = StageRules(FT, reason_order=ORDER)
FT_BY_ORDER = StageRules(FT, reason_clash=ReasonClash.BY_ORDER, reason_order=ORDER)
FT_SINGLE = StageRules(FT, mode=Mode.SINGLE, reason_order=ORDER)

INCLUDE = Verdict(ItemState.FINAL, Decision.INCLUDE)
EXCLUDE = Verdict(ItemState.FINAL, Decision.EXCLUDE)
CONFLICT = Verdict(ItemState.CONFLICT)
CLASH = Verdict(ItemState.REASON_CONFLICT)
PARTIAL = Verdict(ItemState.PARTIAL)
OPEN = Verdict(ItemState.OPEN)


def votes(text: str) -> list[Ballot]:
    """`"I E:focus"` is an include, then an exclude for focus."""
    parts = (part.partition(":") for part in text.split())
    return [Ballot(LETTERS[letter], reason) for letter, _, reason in parts]


def excluded_for(reason: str) -> Verdict:
    return Verdict(ItemState.FINAL, Decision.EXCLUDE, reason)


@pytest.mark.parametrize(
    ("rules", "cast", "expected"),
    [
        (TA_DUAL, "", OPEN),
        (TA_DUAL, "I", PARTIAL),
        (TA_DUAL, "M", PARTIAL),
        (TA_DUAL, "E", PARTIAL),
        (TA_DUAL, "I I", INCLUDE),
        (TA_DUAL, "I M", INCLUDE),
        (TA_DUAL, "M M", INCLUDE),
        (TA_DUAL, "I E", CONFLICT),
        (TA_DUAL, "M E", CONFLICT),
        (TA_DUAL, "E E", EXCLUDE),
        (TA_DUAL, "E:focus E:language", EXCLUDE),
        (TA_STRICT, "I I", INCLUDE),
        (TA_STRICT, "I M", CONFLICT),
        (TA_STRICT, "M M", CONFLICT),
        (TA_STRICT, "I E", CONFLICT),
        (TA_STRICT, "M E", CONFLICT),
        (TA_STRICT, "E E", EXCLUDE),
        (TA_SINGLE, "", OPEN),
        (TA_SINGLE, "I", INCLUDE),
        (TA_SINGLE, "M", INCLUDE),
        (TA_SINGLE, "E", EXCLUDE),
        (TA_SINGLE, "I E", CONFLICT),
        (TA_SINGLE_STRICT, "M", PARTIAL),
        (TA_SINGLE_STRICT, "I", INCLUDE),
        (TA_LIBERAL, "", OPEN),
        (TA_LIBERAL, "I", INCLUDE),
        (TA_LIBERAL, "M", INCLUDE),
        (TA_LIBERAL, "E", PARTIAL),
        (TA_LIBERAL, "E E", EXCLUDE),
        (TA_LIBERAL, "E I", INCLUDE),
        (TA_LIBERAL, "E M", INCLUDE),
        (FT_DUAL, "", OPEN),
        (FT_DUAL, "E:focus", PARTIAL),
        (FT_DUAL, "I I", INCLUDE),
        (FT_DUAL, "I M", CONFLICT),
        (FT_DUAL, "M M", CONFLICT),
        (FT_DUAL, "I E:focus", CONFLICT),
        (FT_DUAL, "M E:focus", CONFLICT),
        (FT_DUAL, "E:focus E:focus", excluded_for("focus")),
        (FT_DUAL, "E:focus E:language", CLASH),
        (FT_DUAL, "E E:language", CLASH),
        (FT_DUAL, "E E", CLASH),
        (FT_BY_ORDER, "E:language E:focus", excluded_for("focus")),
        (FT_BY_ORDER, "E:focus E:focus", excluded_for("focus")),
        (FT_BY_ORDER, "E:dropped E:language", excluded_for("language")),
        (FT_BY_ORDER, "E E:language", excluded_for("language")),
        (FT_BY_ORDER, "E E", CLASH),
        (FT_SINGLE, "I", INCLUDE),
        (FT_SINGLE, "M", PARTIAL),
        (FT_SINGLE, "E:focus", excluded_for("focus")),
        (FT_SINGLE, "E", CLASH),
    ],
)
def test_the_truth_table_of_votes(rules: StageRules, cast: str, expected: Verdict) -> None:
    assert verdict(votes(cast), rules) == expected


def test_strictness_changes_nothing_at_full_text() -> None:
    strict = StageRules(FT, maybe_rule=MaybeRule.STRICT, reason_order=ORDER)
    for pair in product("IME", repeat=2):
        cast = votes(" ".join(pair))
        assert verdict(cast, strict) == verdict(cast, FT_DUAL)


def test_a_pilot_round_waits_for_every_reviewer() -> None:
    pilot = StageRules(TA, voters=3)
    assert verdict(votes("I I"), pilot) == PARTIAL
    assert verdict(votes("I M I"), pilot) == INCLUDE
    assert verdict(votes("I I E"), pilot) == CONFLICT
    assert verdict(votes("E E E"), pilot) == EXCLUDE


def test_a_surplus_vote_is_never_ignored() -> None:
    assert verdict(votes("I I E"), TA_DUAL) == CONFLICT
    assert verdict(votes("E E I"), TA_LIBERAL) == INCLUDE


def test_liberal_mode_is_refused_at_full_text() -> None:
    with pytest.raises(ValueError, match="title and abstract only"):
        StageRules(FT, mode=Mode.LIBERAL)


def test_a_dual_stage_takes_at_least_two_votes() -> None:
    with pytest.raises(ValueError, match="two votes or more"):
        StageRules(TA, voters=1)


@pytest.mark.parametrize(
    ("rules", "cast", "wanted"),
    [
        (TA_DUAL, "", 2),
        (TA_DUAL, "E", 1),
        (TA_DUAL, "I E", 0),
        (TA_DUAL, "I E I", 0),
        (TA_SINGLE, "", 1),
        (FT_SINGLE, "M", 0),
        (TA_LIBERAL, "", 1),
        (TA_LIBERAL, "M", 0),
        (TA_LIBERAL, "E", 1),
        (TA_LIBERAL, "E E", 0),
    ],
)
def test_the_number_of_votes_still_wanted(rules: StageRules, cast: str, wanted: int) -> None:
    assert votes_wanted(votes(cast), rules) == wanted


@pytest.mark.parametrize(
    ("both", "agreed", "mode"),
    [(GATE_VOTES, 19, Mode.SINGLE), (GATE_VOTES, 18, Mode.DUAL), (GATE_VOTES - 1, 24, Mode.DUAL), (0, 0, Mode.DUAL)],
)
def test_dual_then_single_opens_at_25_items_with_75_per_cent_agreement(both: int, agreed: int, mode: Mode) -> None:
    assert mode_after_gate(both, agreed) is mode


def test_the_earliest_reason_follows_protocol_order_and_unknown_ones_come_last() -> None:
    assert earliest_reason(["language", "focus"], ORDER) == "focus"
    assert earliest_reason(["gone", "language", ""], ORDER) == "language"
    assert earliest_reason(["zz", "aa"], ORDER) == "aa"
    assert earliest_reason(["", ""], ORDER) == ""


def test_every_word_on_screen_is_named() -> None:
    assert [stage.label for stage in Stage] == ["Title and abstract screening", "Full text review"]
    assert [stage.slug for stage in Stage] == ["title-abstract", "full-text"]
    assert [decision.label for decision in Decision] == ["Include", "Maybe", "Exclude"]
    assert len({state.label for state in ItemState}) == len(ItemState)
    assert ItemState.PARTIAL not in UNSETTLED
    assert ItemState.ARBITRATION in UNSETTLED


ballots = st.lists(st.builds(Ballot, st.sampled_from(Decision), st.sampled_from(["", *ORDER, "gone"])), max_size=4)
stage_rules = st.builds(
    StageRules,
    stage=st.just(TA),
    mode=st.sampled_from(Mode),
    maybe_rule=st.sampled_from(MaybeRule),
    voters=st.integers(2, 4),
) | st.builds(
    StageRules,
    stage=st.just(FT),
    mode=st.sampled_from([Mode.DUAL, Mode.SINGLE]),
    maybe_rule=st.sampled_from(MaybeRule),
    reason_clash=st.sampled_from(ReasonClash),
    reason_order=st.just(ORDER),
    voters=st.integers(2, 4),
)


@given(ballots, stage_rules)
def test_the_order_of_casting_does_not_matter(cast: list[Ballot], rules: StageRules) -> None:
    assert {verdict(order, rules) for order in permutations(cast)} == {verdict(cast, rules)}


@given(ballots, stage_rules)
def test_a_settled_item_is_included_or_excluded_never_maybe(cast: list[Ballot], rules: StageRules) -> None:
    result = verdict(cast, rules)
    assert (result.decision is not None) is (result.state is ItemState.FINAL)
    assert result.decision is not Decision.MAYBE


@given(ballots, stage_rules)
def test_i16_an_include_never_comes_before_the_mode_has_its_votes(cast: list[Ballot], rules: StageRules) -> None:
    result = verdict(cast, rules)
    assert is_complete(cast, rules) is (result.state not in {ItemState.OPEN, ItemState.PARTIAL})
    if is_complete(cast, rules):
        assert votes_wanted(cast, rules) == 0
    if result.decision is Decision.INCLUDE and rules.mode is Mode.DUAL:
        assert len(cast) >= rules.voters


@given(ballots, stage_rules)
def test_i17_i19_only_a_full_text_exclude_carries_a_reason_and_then_exactly_one(
    cast: list[Ballot], rules: StageRules
) -> None:
    result = verdict(cast, rules)
    needs_reason = rules.stage is FT and result.decision is Decision.EXCLUDE
    assert bool(result.reason) is needs_reason
    if needs_reason:
        assert result.reason in {ballot.reason for ballot in cast}


@given(ballots, stage_rules)
def test_no_vote_to_include_is_overruled_by_votes_alone(cast: list[Ballot], rules: StageRules) -> None:
    if any(ballot.decision is Decision.INCLUDE for ballot in cast):
        assert verdict(cast, rules).decision is not Decision.EXCLUDE
