"""Each record has one bucket, and each number of the flow counts a set of them."""

from itertools import product

import pytest

from screening.decisions.verdict import Decision, ItemState
from screening.prisma.buckets import RECORD_KEYS, Column, SourceKind, Tally, bucket_of, matches, members
from screening.records.buckets import ASSESSED, EVERY, INCLUDED, PENDING, REMOVED, SCREENED, SOUGHT, Bucket

FINAL, INCLUDE, EXCLUDE = ItemState.FINAL, Decision.INCLUDE, Decision.EXCLUDE
ADVANCED = {"ta_state": FINAL, "ta_decision": INCLUDE}
RETRIEVED = {**ADVANCED, "report_status": "retrieved"}


@pytest.mark.parametrize(
    ("facts", "bucket", "reason"),
    [
        ({}, Bucket.TA_PENDING, ""),
        ({"duplicate": True}, Bucket.DUPLICATE, ""),
        ({"duplicate": True, "removed": "automation"}, Bucket.DUPLICATE, ""),
        ({"removed": "automation"}, Bucket.REMOVED_AUTOMATION, ""),
        ({"removed": "other", **ADVANCED}, Bucket.REMOVED_OTHER, ""),
        ({"ta_state": FINAL, "ta_decision": EXCLUDE}, Bucket.TA_EXCLUDED, ""),
        ({"ta_state": ItemState.CONFLICT}, Bucket.TA_PENDING, ""),
        ({"ta_state": ItemState.ARBITRATION, "ta_decision": EXCLUDE}, Bucket.TA_PENDING, ""),
        (ADVANCED, Bucket.RETRIEVAL_PENDING, ""),
        ({**ADVANCED, "report_status": "not_retrieved"}, Bucket.NOT_RETRIEVED, ""),
        (RETRIEVED, Bucket.FT_PENDING, ""),
        ({**RETRIEVED, "ft_state": ItemState.REASON_CONFLICT}, Bucket.FT_PENDING, ""),
        (
            {**RETRIEVED, "ft_state": FINAL, "ft_decision": EXCLUDE, "ft_reason": "Focus"},
            Bucket.FT_EXCLUDED,
            "Focus",
        ),
        ({**RETRIEVED, "ft_state": FINAL, "ft_decision": INCLUDE}, Bucket.INCLUDED_UNLINKED, ""),
        ({**RETRIEVED, "ft_state": FINAL, "ft_decision": INCLUDE, "linked": True}, Bucket.INCLUDED, ""),
    ],
)
def test_the_bucket_of_a_record(facts: dict[str, object], bucket: Bucket, reason: str) -> None:
    assert bucket_of(**facts) == (bucket, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("facts", [{"removed": "lost"}, {**ADVANCED, "report_status": "found"}])
def test_an_unknown_status_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Unknown status"):
        bucket_of(**facts)  # type: ignore[arg-type]


def test_i5_i7_i31_every_combination_of_facts_has_one_bucket_and_pending_is_never_excluded() -> None:
    decisions = (None, *Decision)
    seen = set()
    for ta_state, ta, status, ft_state, ft, linked in product(
        ItemState, decisions, ("", "retrieved", "not_retrieved"), ItemState, decisions, (False, True)
    ):
        bucket, _ = bucket_of(
            ta_state=ta_state, ta_decision=ta, report_status=status, ft_state=ft_state, ft_decision=ft, linked=linked
        )
        seen.add(bucket)
        if bucket is Bucket.TA_EXCLUDED:
            assert (ta_state, ta) == (FINAL, EXCLUDE)
        if bucket in {Bucket.FT_EXCLUDED, *INCLUDED}:
            assert (ta_state, ta, status, ft_state) == (FINAL, INCLUDE, "retrieved", FINAL)
        if ta_state is not FINAL:
            assert bucket is Bucket.TA_PENDING
    assert seen == EVERY - REMOVED


def test_the_sets_of_buckets_nest_as_the_flow_does() -> None:
    assert REMOVED | SCREENED == EVERY
    assert not REMOVED & SCREENED
    assert INCLUDED < ASSESSED < SOUGHT < SCREENED
    assert {bucket for bucket in Bucket if bucket.endswith("_pending")} == PENDING


def test_the_kind_of_a_source_fixes_its_column() -> None:
    assert [kind.column for kind in SourceKind] == [Column.DBR, Column.DBR, Column.OTHER, Column.OTHER, Column.OTHER]


def test_a_part_is_found_by_name_or_reason_even_with_a_colon_in_it() -> None:
    database, excluded = SourceKind.DATABASE, Bucket.FT_EXCLUDED
    assert matches("dbr_excluded:Focus: too wide", database, "Scopus", excluded, "Focus: too wide")
    assert not matches("dbr_excluded:Focus", database, "Scopus", excluded, "Focus: too wide")
    assert matches("database_specific_results:Scopus", database, "Scopus", excluded, "Focus")
    assert not matches("database_specific_results:ERIC", database, "Scopus", excluded, "Focus")
    assert not matches("other_excluded:Focus", database, "Scopus", excluded, "Focus")
    assert matches("citations_results:Reference lists", SourceKind.CITATION, "Reference lists", excluded, "Focus")


@pytest.mark.parametrize("key", ["new_studies", "total_reports", "records_screened:Scopus", "nonsense", ""])
def test_a_number_that_counts_no_records_has_no_members(key: str) -> None:
    assert members(key) is None
    assert not matches(key, SourceKind.DATABASE, "Scopus", Bucket.INCLUDED)


def test_every_key_of_records_has_members() -> None:
    assert all(members(key) for key in RECORD_KEYS)


def test_a_negative_tally_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        Tally("Scopus", SourceKind.DATABASE, Bucket.INCLUDED, n=-1)
