"""Groups from links: strongest first, never against a person, never two works through a third record."""

from __future__ import annotations

from dataclasses import replace

from screening.dedupe.matching import Link, MatchRecord, find_links, group
from tests.screening.dedupe.pairs import matched

ARTICLE = MatchRecord(
    "article", title="Night shifts and research output of junior doctors", authors=("Okoro, Ada", "Bell, Tim"), year=2021,
    journal="Medical Careers", volume="9", issue="2", pages="88-97", doi="10.9999/mc.1",
)  # fmt: skip
COPY = replace(ARTICLE, id="copy", authors=("Okoro A", "Bell T"), journal="Med Careers", doi="")
THIRD = replace(ARTICLE, id="third", pages="88-97.", doi="10.9999/MC.1")
OTHER = MatchRecord(
    "other", title="Sleep of nurses after night work", authors=("Ek, S.",), year=2019, journal="Nursing", volume="3"
)


def _pair(*ids: str) -> frozenset[str]:
    return frozenset(ids)


def test_links_that_agree_make_one_group_with_the_links_that_explain_it() -> None:
    grouping = matched(ARTICLE, COPY, THIRD, OTHER)
    assert [set(members) for members in grouping.groups] == [{"article", "copy", "third"}]
    assert len(grouping.links) == 3
    assert all(link.automatic and link.reason for link in grouping.links)
    assert grouping.queue == []


def test_dd12_different_holds_against_a_rule() -> None:
    grouping = matched(ARTICLE, COPY, apart={_pair("article", "copy")})
    assert grouping.groups == []
    assert grouping.queue == []


def test_dd12_different_holds_against_a_third_record_that_matches_both() -> None:
    grouping = matched(ARTICLE, COPY, THIRD, apart={_pair("article", "copy")})
    (members,) = grouping.groups
    assert not {"article", "copy"} <= set(members)
    assert "third" in members


def test_dd12_different_holds_against_two_people_who_said_the_same() -> None:
    said = {_pair("article", "copy"), _pair("copy", "third")}
    grouping = matched(ARTICLE, COPY, THIRD, together=said, apart={_pair("article", "third")})
    assert all(not {"article", "third"} <= set(members) for members in grouping.groups)
    assert len(grouping.groups) == 1


def test_dd12_what_was_called_different_is_not_asked_again() -> None:
    twin = replace(ARTICLE, id="twin", pages="188-197", doi="")
    assert [set(card.ids) for card in matched(ARTICLE, twin).queue] == [{"article", "twin"}]
    assert matched(ARTICLE, twin, apart={_pair("article", "twin")}).queue == []


def test_a_person_may_join_what_no_rule_would() -> None:
    grouping = matched(ARTICLE, OTHER, together={_pair("article", "other")})
    assert [set(members) for members in grouping.groups] == [{"article", "other"}]
    assert grouping.links[0].rule == "person"
    assert not grouping.links[0].automatic


def test_a_person_s_word_about_a_record_that_is_gone_is_passed_over() -> None:
    assert matched(ARTICLE, COPY, together={_pair("article", "gone")}).groups == matched(ARTICLE, COPY).groups


def test_dd13_two_records_with_votes_are_asked_about_as_a_late_duplicate() -> None:
    grouping = matched(ARTICLE, COPY, held={"article", "copy"})
    assert grouping.groups == []
    (card,) = grouping.queue
    assert card.kind == "late duplicate"
    assert set(card.ids) == {"article", "copy"}


def test_dd13_one_record_with_votes_takes_new_ones_in() -> None:
    assert len(matched(ARTICLE, COPY, THIRD, held={"article"}).groups[0]) == 3


def test_dd4_two_works_are_not_joined_through_a_bare_record() -> None:
    bare = replace(ARTICLE, id="bare", volume="", issue="", pages="", doi="")
    elsewhere = replace(ARTICLE, id="elsewhere", volume="10", issue="1", pages="5-19", doi="10.9999/mc.2")
    records = {one.id: one for one in (ARTICLE, bare, elsewhere)}
    links = [
        Link("article", "bare", 0.95, "Why.", "some rule", automatic=True),
        Link("bare", "elsewhere", 0.94, "Why.", "some rule", automatic=True),
    ]
    grouping = group(list(records), links, records_by_id=records)
    assert [set(members) for members in grouping.groups] == [{"article", "bare"}]
    assert [set(card.ids) for card in grouping.queue] == [{"bare", "elsewhere"}]
    assert not any(link.b == "elsewhere" for link in grouping.links)


def test_dd4_the_stronger_link_wins() -> None:
    bare = replace(ARTICLE, id="bare", volume="", issue="", pages="", doi="")
    elsewhere = replace(ARTICLE, id="elsewhere", volume="10", issue="1", pages="5-19", doi="10.9999/mc.2")
    records = {one.id: one for one in (ARTICLE, bare, elsewhere)}
    links = [
        Link("article", "bare", 0.91, "Why.", "some rule", automatic=True),
        Link("bare", "elsewhere", 0.94, "Why.", "some rule", automatic=True),
    ]
    for order in (links, links[::-1]):
        grouping = group(list(records)[::-1], order, records_by_id=records)
        assert [set(members) for members in grouping.groups] == [{"bare", "elsewhere"}]


def test_records_that_are_all_in_question_with_each_other_share_one_card() -> None:
    records = {name: replace(OTHER, id=name, volume=name) for name in "123"}
    links = [Link(a, b, 0.8, "Why.", "question", automatic=False) for a, b in ("12", "13", "23")]
    grouping = group(list(records), links, records_by_id=records)
    assert [card.ids for card in grouping.queue] == [("1", "2", "3")]
    chain = group(list(records), links[:2], records_by_id=records)
    assert [card.ids for card in chain.queue] == [("1", "2"), ("1", "3")]


def test_two_groups_are_asked_about_once_by_their_strongest_link() -> None:
    records = {name: replace(OTHER, id=name, abstract=name) for name in "1234"}
    links = [
        Link("1", "2", 0.95, "Why.", "some rule", automatic=True),
        Link("3", "4", 0.95, "Why.", "some rule", automatic=True),
        Link("1", "3", 0.6, "Weak.", "question", automatic=False),
        Link("2", "4", 0.8, "Strong.", "question", automatic=False),
    ]
    grouping = group(list(records), links, records_by_id=records)
    assert [card.reason for card in grouping.queue] == ["Strong."]


def test_links_to_records_outside_are_passed_over() -> None:
    links = find_links([ARTICLE, COPY])
    assert group(["article"], links, records_by_id={"article": ARTICLE}).groups == []


def test_a_hundred_equal_rows_are_one_group() -> None:
    grouping = matched(*(replace(ARTICLE, id=str(n)) for n in range(100)))
    assert [len(members) for members in grouping.groups] == [100]
