"""The flow adds up, counts what it opens, and says what is not settled."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.prisma.buckets import RECORD_KEYS, Bucket, Column, Tally, matches
from screening.prisma.flow import Flow, build_flow
from screening.prisma.footnotes import Declared
from tests.screening.prisma.flows import CITATION, DATABASE, ORDER, REGISTER, WEBSITE, crowded, flows, tallies, worked


def numbers_of_laws(flow: Flow) -> dict[str, str]:
    return {law.name: law.numbers for law in flow.laws}


def test_the_worked_review_has_the_numbers_of_the_figure() -> None:
    counts = worked().counts()
    assert counts["database_results"] == 814
    assert counts["database_specific_results"] == {
        "MEDLINE": 331,
        "Scopus": 285,
        "Web of Science": 143,
        "Airiti Library": 55,
    }
    assert (counts["duplicates"], counts["records_screened"], counts["records_excluded"]) == (200, 614, 571)
    assert (counts["dbr_sought_reports"], counts["dbr_notretrieved_reports"], counts["dbr_assessed"]) == (41, 2, 38)
    assert counts["dbr_excluded"] == {
        "Population": 9,
        "Focus": 12,
        "Publication type": 4,
        "Study design": 3,
        "Scope": 2,
    }
    assert (counts["website_results"], counts["organisation_results"], counts["citations_results"]) == (3, 2, 9)
    assert (counts["other_not_sought"], counts["other_sought_reports"], counts["other_assessed"]) == (8, 6, 5)
    assert counts["other_excluded"] == {"Focus": 2, "Publication type": 1, "Study design": 1}
    assert (counts["new_studies"], counts["new_reports"]) == (8, 8)
    assert counts["pending"] == {"title_abstract": 2, "retrieval": 1, "full_text": 1}
    assert counts["provisional"] is True
    assert counts["as_of"] == "2026-03-20"
    assert all(counts["laws"].values())


def test_the_laws_speak_in_words_and_numbers() -> None:
    flow = worked()
    laws = {law.name: law for law in flow.laws}
    assert list(laws) == [f"L{number}" for number in range(1, 10)]
    assert laws["L3"].words == "Screened = excluded + sought + pending"
    assert numbers_of_laws(flow) | {"L8": "", "L9": ""} == {
        "L1": "814 = 331 + 285 + 143 + 55",
        "L2": "814 + 0 = 200 + 0 + 0 + 614",
        "L3": "614 = 571 + 41 + 2",
        "L4": "41 = 2 + 38 + 1; 6 = 1 + 5 + 0",
        "L5": "38 = 30 + 7 + 1; 5 = 4 + 1 + 0",
        "L6": "3 + 2 + 9 = 6 + 8 + 0",
        "L7": "8 = 7 + 1",
        "L8": "",
        "L9": "",
    }
    assert [law.holds for law in flow.laws] == [True] * 7 + [None] * 2


def test_counts_are_json_with_the_keys_of_the_template() -> None:
    counts = json.loads(json.dumps(worked().counts()))
    template = {
        "previous_studies previous_reports database_results database_specific_results register_results",
        "register_specific_results website_results organisation_results citations_results duplicates",
        "excluded_automatic excluded_other records_screened records_excluded dbr_sought_reports",
        "dbr_notretrieved_reports other_sought_reports other_notretrieved_reports dbr_assessed dbr_excluded",
        "other_assessed other_excluded new_studies new_reports total_studies total_reports total_studies_ma",
        "total_reports_ma pending laws provisional as_of",
    }
    assert {key for line in template for key in line.split()} <= set(counts)


def test_what_a_review_makes_no_use_of_is_null_in_the_counts() -> None:
    counts = build_flow([]).counts()
    unused = ("previous_studies", "previous_reports", "total_studies", "total_reports", "total_studies_ma", "as_of")
    assert [counts[key] for key in unused] == [None] * len(unused)
    assert counts["database_results"] == 0
    assert counts["database_specific_results"] == {}


def test_an_update_adds_the_previous_version_and_shows_what_no_longer_fits() -> None:
    flow = crowded()
    counts = flow.counts()
    assert (counts["previous_studies"], counts["new_studies"], counts["total_studies"]) == (12, 15_000, 15_011)
    assert counts["total_reports"] == 14 - 2 + counts["new_reports"]
    assert numbers_of_laws(flow)["L8"] == "15\u202f011 = 11 + 15\u202f000"
    notes = {note.key: note.text for note in flow.footnotes}
    assert notes["total_studies"].startswith("1 study and 2 reports of the previous version no longer fit")
    assert counts["total_studies_ma"] == 5


def test_an_update_without_numbers_of_the_previous_version_counts_none() -> None:
    assert build_flow([], kind="update", studies=3).counts()["total_studies"] == 3


def test_r10_declared_removals_add_to_identified_and_removed_and_are_marked() -> None:
    tallied = [Tally("Scopus", DATABASE, Bucket.INCLUDED, n=5)]
    declared = [
        Declared("Scopus", DATABASE, Bucket.DUPLICATE, 12, "EndNote", "L. Wu", "2026-01-02"),
        Declared("Google", WEBSITE, Bucket.REMOVED_OTHER, 3),
    ]
    flow = build_flow(tallied, declared=declared, counted={"database_results": 5, "website_results": 0})
    assert (flow.number("database_results"), flow.number("duplicates")) == (17, 12)
    assert (flow.declared_in("duplicates"), flow.declared_in("database_results"), flow.declared_in("nonsense")) == (
        12,
        12,
        0,
    )
    assert flow.number("other_not_sought") == flow.declared_in("other_not_sought") == 3
    assert flow.violations == ()
    notes = {note.key: note.text for note in flow.footnotes}
    assert "12 records of Scopus, duplicate records, removed by EndNote before import" in notes["duplicates"]
    assert "(L. Wu, 2026-01-02)" in notes["duplicates"]
    assert notes["other_not_sought"].startswith("Declared, not derived: 3 records of Google")
    assert flow.counts()["declared"] == 15


def test_only_removals_can_be_declared() -> None:
    with pytest.raises(ValueError, match="removals before screening"):
        Declared("Scopus", DATABASE, Bucket.TA_EXCLUDED, 3)


def test_r1_cross_column_duplicates_are_told_in_the_footnote_of_what_was_not_sought() -> None:
    notes = {note.key: note for note in worked().footnotes}
    assert notes["other_not_sought"].text == (
        "5 duplicates of records from databases or registers, 3 excluded at title and abstract."
    )
    assert notes["duplicates"].text == "160 found by rule, 40 by people."
    assert (notes["duplicates"].mark, notes["other_not_sought"].mark) == ("a", "b")


def test_r6_what_a_tool_excluded_is_split_off_in_the_footnote_and_stays_in_the_box() -> None:
    flow = build_flow(
        [
            Tally("Scopus", DATABASE, Bucket.TA_EXCLUDED, n=560),
            Tally("Scopus", DATABASE, Bucket.TA_EXCLUDED, n=11, by_tool=True),
            Tally("Google", WEBSITE, Bucket.TA_EXCLUDED, n=4, by_tool=True),
            Tally("Google", WEBSITE, Bucket.REMOVED_AUTOMATION, n=2),
            Tally("Google", WEBSITE, Bucket.REMOVED_OTHER, n=1),
            Tally("Google", WEBSITE, Bucket.DUPLICATE, n=1),
        ]
    )
    notes = {note.key: note.text for note in flow.footnotes}
    assert flow.number("records_excluded") == 571
    assert flow.number("excluded_automatic") == 0
    assert notes["records_excluded"] == "560 excluded by people, 11 by a tool."
    assert notes["other_not_sought"] == (
        "1 duplicate within other methods, 2 marked by tools, 1 removed for other reasons, "
        "4 excluded at title and abstract, of these 4 by a tool."
    )


def test_what_blocks_a_final_export_is_named() -> None:
    flow = crowded()
    blocks = {key: (n, words) for key, n, words in flow.blocks}
    assert blocks["pending_title_abstract"] == (24_000, "records await their decision at title and abstract")
    assert blocks["included_unlinked"] == (3, "included reports are not linked to a study")
    assert "pending_retrieval" not in blocks
    one = build_flow([Tally("ERIC", DATABASE, Bucket.FT_PENDING, n=1)])
    assert one.blocks == (("pending_full_text", 1, "report awaits full text review"),)


def test_an_unlinked_report_is_not_pending_but_the_flow_is_not_final() -> None:
    unlinked = build_flow([Tally("ERIC", DATABASE, Bucket.INCLUDED_UNLINKED, n=1)])
    linked = build_flow([Tally("ERIC", DATABASE, Bucket.INCLUDED, n=1)], studies=1)
    assert (unlinked.provisional, unlinked.is_final) == (False, False)
    assert (linked.provisional, linked.is_final) == (False, True)
    assert not worked().is_final


@pytest.mark.parametrize(
    ("counted", "broken"),
    [
        ({"database_results": 815}, {"L1", "L2"}),
        ({"database_specific_results:Scopus": 286}, {"L1"}),
        ({"database_specific_results:Embase": 1}, {"L1"}),
        ({"register_results": 1}, {"L1", "L2"}),
        ({"duplicates": 199}, {"L2"}),
        ({"records_screened": 613}, {"L3"}),
        ({"records_excluded": 570}, {"L3"}),
        ({"dbr_sought_reports": 40}, {"L4"}),
        ({"other_notretrieved_reports": 2}, {"L4"}),
        ({"dbr_assessed": 39}, {"L5"}),
        ({"dbr_excluded:Focus": 11}, {"L5"}),
        ({"citations_results": 10}, {"L6"}),
        ({"new_reports": 9}, {"L7"}),
    ],
)
def test_a_number_counted_apart_that_differs_breaks_its_law(counted: dict[str, int], broken: set[str]) -> None:
    flow = worked(counted=counted)
    assert {law.name for law in flow.violations} == broken
    assert not flow.is_final
    assert all("≠" in law.numbers for law in flow.violations)
    assert flow.number("database_results") == 814


def test_i17_a_full_text_exclude_without_a_reason_breaks_l5_instead_of_hiding() -> None:
    flow = build_flow([Tally("ERIC", DATABASE, Bucket.FT_EXCLUDED, "", 2)])
    assert [law.name for law in flow.violations] == ["L5"]
    assert flow.number("dbr_excluded") == flow.number("dbr_excluded:") == 2


def test_reasons_stand_in_protocol_order_and_sources_by_size() -> None:
    tallied = [Tally("B", DATABASE, Bucket.FT_EXCLUDED, reason, 1) for reason in ("Scope", "Added", "Focus", "")]
    tallied += [Tally("A", DATABASE, Bucket.INCLUDED, n=4), Tally("C", DATABASE, Bucket.INCLUDED, n=9)]
    flow = build_flow(tallied, reason_order=ORDER)
    assert list(flow.parts["dbr_excluded"]) == ["Focus", "Scope", "Added", ""]
    assert list(flow.parts["database_specific_results"]) == ["C", "A", "B"]


def test_l1_speaks_of_registers_once_there_are_some() -> None:
    flow = build_flow([Tally("CENTRAL", REGISTER, Bucket.INCLUDED, n=2)])
    assert numbers_of_laws(flow)["L1"] == "0 = 0; 2 = 2"


def test_citation_searching_alone_is_a_flow() -> None:
    flow = build_flow([Tally("References", CITATION, Bucket.INCLUDED, n=2)], studies=1)
    assert flow.other
    assert (flow.number("new_reports"), flow.number("database_results"), flow.violations) == (2, 0, ())


def test_pending_is_told_by_column() -> None:
    flow = worked()
    assert flow.pending_in(Column.DBR) == {"title_abstract": 2, "retrieval": 1, "full_text": 1}
    assert flow.pending_in(Column.OTHER) == {"title_abstract": 0, "retrieval": 0, "full_text": 0}


@given(st.lists(tallies(), max_size=14))
def test_i5_everything_that_came_in_is_removed_excluded_included_or_pending(every: list[Tally]) -> None:
    flow = build_flow(every)
    assert flow.sum_holds
    assert sum(tally.n for tally in every) == flow.sum_of_all[0][1]


@given(st.lists(tallies(), max_size=20))
def test_i6_every_law_holds_for_any_partition_of_the_records(every: list[Tally]) -> None:
    flow = build_flow(every, studies=3)
    assert flow.violations == ()
    assert flow.number("dbr_identified") + flow.number("other_identified") == sum(tally.n for tally in every)


@given(st.lists(tallies(), max_size=20))
def test_i12_every_number_is_the_size_of_the_set_it_opens(every: list[Tally]) -> None:
    flow = build_flow(every)
    parts = [f"{key}:{name}" for key, named in flow.parts.items() for name in named]
    for key in (*RECORD_KEYS, *parts):
        opened = sum(
            tally.n for tally in every if matches(key, tally.source_kind, tally.source_name, tally.bucket, tally.reason)
        )
        assert flow.number(key) == opened, key


@given(st.lists(tallies(), max_size=20))
def test_i7_pending_is_never_counted_as_excluded(every: list[Tally]) -> None:
    flow = build_flow(every)
    settled = build_flow([tally for tally in every if not tally.bucket.endswith("_pending")])
    for key in ("records_excluded", "dbr_excluded", "other_excluded", "other_not_sought", "dbr_notretrieved_reports"):
        assert flow.number(key) == settled.number(key)


@given(st.lists(tallies(), max_size=10), st.lists(tallies(), max_size=10))
def test_r8_record_and_report_boxes_add_up_over_searches(first: list[Tally], second: list[Tally]) -> None:
    one, two, both = build_flow(first), build_flow(second), build_flow(first + second)
    assert {key: one.number(key) + two.number(key) for key in RECORD_KEYS} == {
        key: both.number(key) for key in RECORD_KEYS
    }


@given(flows())
def test_i51_provisional_if_and_only_if_something_is_pending(flow: Flow) -> None:
    waiting = sum(flow.number(f"{column}_pending_{name}") for column in Column for name in flow.pending)
    assert flow.provisional is (waiting > 0)
    assert flow.counts()["provisional"] is (sum(flow.counts()["pending"].values()) > 0)


@given(st.lists(tallies(), max_size=12), st.randoms())
def test_the_order_of_tallies_does_not_matter(every: list[Tally], random: object) -> None:
    shuffled = list(every)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert json.dumps(build_flow(every).counts()) == json.dumps(build_flow(shuffled).counts())
