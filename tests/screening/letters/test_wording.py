"""What letters say, and what they never say."""

from __future__ import annotations

from screening.letters.wording import Counts, Waiting, digest, mention

CONFLICTS, RULINGS, SETTINGS = "https://a.example/c/", "https://a.example/rulings/", "https://a.example/letters/"


def test_a_digest_tells_numbers_and_addresses_only() -> None:
    lines = Counts(to_settle=2, mentions=1, to_rule=0).lines(CONFLICTS, RULINGS)
    assert digest("Bob Baker", [Waiting("Taking part", lines)], SETTINGS) == (
        "Hello Bob Baker,\n\n"
        "In Taking part:\n"
        "- 2 conflicts wait for your word: https://a.example/c/?waits=me\n"
        "- 1 conflict mentions you: https://a.example/c/?waits=mentions\n\n"
        "This letter comes once a day at most, and only if something waits. Change that: https://a.example/letters/\n"
    )


def test_what_is_none_is_not_told_and_an_adjudicator_reads_how_many_wait_for_a_ruling() -> None:
    assert Counts().lines(CONFLICTS, RULINGS) == ()
    assert Counts(to_rule=1).lines(CONFLICTS, RULINGS) == (("1 conflict waits for your ruling", RULINGS),)


def test_a_mention_is_told_without_who_where_or_what() -> None:
    said = mention("Bob Baker", "Taking part", CONFLICTS, SETTINGS)
    assert "somebody mentions you in a conflict of Taking part: https://a.example/c/?waits=mentions" in said
