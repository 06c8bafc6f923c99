"""Every act that the site writes down has words of one style."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import extraction
import screening
from screening.dedupe.automation import VERB
from screening.dedupe.models import Answer
from screening.fulltexts.models import Retrieval
from screening.history.wording import OF_ANOTHER, WORDS, in_words
from screening.imports.actions import RESTORED, UNDID
from screening.progress.reminding import NOT_SENT, REMINDED
from screening.reviews.actions import EDITED

WRITERS = {"record", "audit", "_log", "_log_criterion", "_tell", "_audit_vote"}
COMPOSED = {
    VERB,
    EDITED,
    UNDID,
    RESTORED,
    REMINDED,
    NOT_SENT,
    *(f"judge records {answer.value}" for answer in Answer),
    *(f"report {status.label.lower()}" for status in Retrieval),
    *(f"settle by {via}" for via in ("agreement", "discussion", "adjudicator")),
}


def written() -> Iterator[str]:
    """The verbs that stand in the code as they are, wherever the log is written."""
    paths = (path for app in (screening, extraction) for path in Path(str(app.__file__)).parent.rglob("*.py"))
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS:
                given = [word.value for word in node.keywords if word.arg == "verb"] or node.args[:2]
                yield from (text for one in given for text in _texts(one))


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (text for part in (node.body, node.orelse) for text in _texts(part))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_each_verb_that_is_written_has_its_words_and_no_other() -> None:
    found = set(written())
    assert len(found) > 40
    assert found | COMPOSED == set(WORDS)
    assert set(OF_ANOTHER) < set(WORDS)


#: Every word that may begin a sentence: all of them in the simple past.
IRREGULAR = {
    "began",
    "brought",
    "came",
    "cast",
    "could",
    "froze",
    "gave",
    "had",
    "kept",
    "left",
    "let",
    "made",
    "put",
    "said",
    "set",
    "split",
    "took",
    "undid",
    "withdrew",
}


@pytest.mark.parametrize("words", sorted({*WORDS.values(), *OF_ANOTHER.values()}))
def test_the_words_tell_what_was_done_in_the_past(words: str) -> None:
    first = words.partition(" ")[0]
    assert first.endswith("ed") or first in IRREGULAR


def test_a_verb_is_shown_as_a_sentence_and_an_unknown_one_as_it_is() -> None:
    assert in_words("cast vote") == "Cast a vote"
    assert in_words("try the clock") == "Try the clock"
    assert in_words("left the team") == "Left the team"
    assert in_words("left the team", of_another=True) == "Ended a membership"
