"""The drawings of the lead's page: their words, their measures, and nothing that the policy on styles forbids."""

from __future__ import annotations

import re
from datetime import date

import pytest
from defusedxml.ElementTree import fromstring

from screening.progress.plots import Share, Spread, day_bars, interval_plot, share_bars

DAYS = [(date(2024, 5, 29), 0), (date(2024, 5, 30), 4), (date(2024, 5, 31), 8)]
SPREADS = [Spread("A <b> & B", 0.6, 0.2, 1.0), Spread("C and D", -0.3, -0.8, 0.2)]
SHARES = [Share("Focus", 3, 12), Share("Scope", 0, 0)]
DRAWN = {
    "days": day_bars(DAYS, name="days", title="Votes a day"),
    "one": day_bars([(date(2024, 5, 31), 1)], name="one", title="Votes a day"),
    "none": day_bars([], name="none", title="Votes a day"),
    "kappa": interval_plot(SPREADS, name="kappa", title="Kappa"),
    "criteria": share_bars(SHARES, name="criteria", title="Answers that differ"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_each_drawing_is_sound_named_and_coloured_by_the_page(name: str) -> None:
    drawn = fromstring(DRAWN[name])
    assert drawn.get("role") == "img"
    ids = [drawn.get("aria-labelledby"), drawn.get("aria-describedby")]
    assert [child.get("id") for child in list(drawn)[:2]] == ids
    assert not re.search(r"style=|#[0-9a-f]{3}|rgb|nan|inf", DRAWN[name])


def test_what_a_drawing_shows_is_said_in_words() -> None:
    assert "12 votes on 2 of 3 days, at most 8 a day." in DRAWN["days"]
    assert "1 vote on 1 of 1 day, at most 1 a day." in DRAWN["one"]
    assert "A &lt;b&gt; &amp; B: 0.60, from 0.20 to 1.00. C and D: -0.30, from -0.80 to 0.20." in DRAWN["kappa"]
    assert "Focus: 3 of 12. Scope: 0 of 0." in DRAWN["criteria"]


def test_the_longest_bar_fills_the_height_and_a_share_its_part_of_the_width() -> None:
    heights = [float(one.get("height", "")) for one in fromstring(DRAWN["days"]) if one.tag.endswith("rect")]
    assert heights == [0, 55, 110]
    widths = [float(one.get("width", "")) for one in fromstring(DRAWN["criteria"]) if one.get("fill") == "currentColor"]
    assert widths == [85, 0]
