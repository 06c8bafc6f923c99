"""Rayyan's exports: all votes on a reference packed into its note, and the log of who decided what and when. Pure.

Written from Rayyan's own help ("Understanding Your Rayyan Export Files") and from exports that were published. The log's columns
are article_id, user_email, created_at, key and value: of ``included`` 1 is Include, 0 Maybe, -1 Exclude, ``deleted`` taken back;
a key with ``__EXR__`` is a reason of that person.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from screening.decisions.verdict import Decision
from screening.decisions.vote_row import VoteRow, decision_of, moment_of

LOG_COLUMNS = frozenset({"article_id", "user_email", "key", "value"})
REASON_MARK = "__EXR__"

_PACKED = re.compile(r"RAYYAN-INCLUSION:\s*\{(.*?)\}", re.DOTALL)
_VOTE = re.compile(r'"+([^"]+)"+\s*=>\s*"+([^"]+)"+')
_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|\n\r]+)")
_NOTES = re.compile(r"USER-NOTES:\s*\{(.*?)(?:\|\s*RAYYAN-|$)", re.DOTALL)
_NOTE = re.compile(r'"+([^"]+)"+\s*=>\s*(\[.*?\]|"[^"]*")(?=\s*[,}])', re.DOTALL)
_ARTICLE = re.compile(r"rayyan-(\d+)", re.IGNORECASE)
_LOGGED = {"1": Decision.INCLUDE, "0": Decision.MAYBE, "-1": Decision.EXCLUDE}


@dataclass(frozen=True, slots=True)
class Event:
    """One person's last word on a reference, with the reasons that stand."""

    decision: Decision | None = None
    at: datetime | None = None
    reasons: tuple[str, ...] = ()


@dataclass
class Log:
    """Article number -> e-mail address -> what stands in the end."""

    said: dict[str, dict[str, Event]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, article: str) -> Mapping[str, Event]:
        """What each person decided on the article."""
        return {who: event for who, event in self.said.get(article, {}).items() if event.decision is not None}


def is_log(heading: Sequence[str]) -> bool:
    """Whether a table with these headings is Rayyan's log."""
    return {cell.strip().casefold() for cell in heading} >= LOG_COLUMNS


def read_log(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Log:
    """The log's rows in their order; the last word of a person on an article stands."""
    names = [cell.strip().casefold() for cell in heading]
    found = [dict(zip(names, row, strict=False)) for row in rows]
    log = Log()
    for row in sorted(found, key=lambda row: row.get("created_at", "")):
        _log_one(log, row)
    return log


def _log_one(log: Log, row: Mapping[str, str]) -> None:
    article, who = row.get("article_id", "").strip(), row.get("user_email", "").strip()
    key, value = row.get("key", "").strip().strip('"'), row.get("value", "").strip()
    before = log.said[article].get(who, Event())
    if key == "included":
        log.said[article][who] = replace(before, decision=_LOGGED.get(value), at=_moment(row.get("created_at", "")))
    elif REASON_MARK in key:
        reason = key.replace(REASON_MARK, "").strip()
        kept = tuple(one for one in before.reasons if one != reason)
        log.said[article][who] = replace(before, reasons=(*kept, reason) if value == "1" else kept)


def _moment(text: str) -> datetime | None:
    return moment_of(text.strip())[0]


def votes_in_note(record: VoteRow, note: str, log: Log | None = None) -> Iterator[VoteRow]:
    """The votes that a note packs, one row each. Where the log says the same of the article its people, times and reasons are taken.

    Rayyan's note keeps the reasons of a reference together, so that without the log a reason is one vote's only where there is one
    of both.
    """
    packed = _PACKED.search(note)
    if packed is None:
        return
    cast = _VOTE.findall(packed.group(1))
    logged = _logged(record, log, [word for _, word in cast])
    if logged:
        for who, event in logged.items():
            yield _from_log(record, who, event)
        return
    said = _notes_in(note)
    named = _REASONS.search(note)
    reasons = [reason.strip() for reason in named.group(1).strip('"{}, ').split(",") if reason.strip()] if named else []
    excluders = sum(decision_of(word)[0] is Decision.EXCLUDE for _, word in cast)
    for who, word in cast:
        vote = replace(record, reviewer=" ".join(who.split()), decision=decision_of(word)[0], note=said.get(who, ""))
        if vote.decision is None:
            vote = replace(vote, problem=f"“{word[:40]}” is no decision: write include, maybe or exclude.")
        yield _with_reasons(vote, reasons, alone=excluders == 1)


def _logged(record: VoteRow, log: Log | None, words: Sequence[str]) -> Mapping[str, Event]:
    """What the log says of the article, if note and log tell the same decisions; the note is the later word."""
    article = next((found.group(1) for one in record.ids if (found := _ARTICLE.fullmatch(one))), "")
    said = log.of(article) if log and article else {}
    in_note = Counter(decision_of(word)[0] for word in words)
    return said if Counter(event.decision for event in said.values()) == in_note else {}


def _from_log(record: VoteRow, who: str, event: Event) -> VoteRow:
    vote = replace(record, reviewer=who, decision=event.decision, decided_at=event.at)
    return _with_reasons(vote, event.reasons, alone=True)


def _with_reasons(vote: VoteRow, reasons: Sequence[str], *, alone: bool) -> VoteRow:
    if vote.decision is not Decision.EXCLUDE or not reasons:
        return vote
    if len(reasons) == 1 and alone:
        return replace(vote, reason=reasons[0])
    named = f"Reasons named: {', '.join(reasons)}"
    return replace(vote, note="\n".join(part for part in (vote.note, named) if part))


def _notes_in(note: str) -> dict[str, str]:
    """What each person wrote about the reference, one note a line."""
    packed = _NOTES.search(note)
    written = _NOTE.findall(packed.group(1)) if packed else []
    return {who: text.strip('[]" \n').replace('", "', "\n").replace('\\"', '"') for who, text in written}
