"""One review in several worlds, which differ only in what Alice said in votes that are still sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import time_machine
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from screening.conflicts.actions import add_comment, escalate, record_own_reading, rule
from screening.decisions.actions import Choice, cast_vote
from screening.decisions.models import Item
from screening.decisions.own.actions import set_own_words, set_tags, set_view
from screening.decisions.rescreening.models import Reading
from screening.decisions.rescreening.rounds import read_again, readings_of, start_rescreen
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.actions import remove_record
from screening.fulltexts.actions import StoredFile, attach, log_attempt, mark_not_retrieved, mark_retrieved
from screening.fulltexts.models import Cause, ReportFile
from screening.fulltexts.quoting import Selection, keep_quote
from screening.imports.models import Import
from screening.records.models import Record
from screening.reviews.models import Membership, Review
from screening.studies.actions import create_study
from tests.factories import make_import, make_record, open_screening, run_jobs
from tests.reliability.team import BEGINNING, Team, make_team

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
INCLUDE, MAYBE, EXCLUDE = Decision.INCLUDE, Decision.MAYBE, Decision.EXCLUDE
ACTED = BEGINNING + timedelta(days=2)
SEEN = ACTED + timedelta(minutes=10)


def _choice(decision: Decision, stage: Stage, reason: str = "focus", note: str = "") -> Choice:
    """What the stage asks for with this decision."""
    if stage is FT and decision is EXCLUDE:
        return Choice(decision, {reason: "not_met"}, reason=reason, note=note)
    return Choice(decision, {reason: "met"} if note else {}, note=note)


Votes = Callable[[Stage], list[Choice]]

#: What Alice says, one after the other; the last one stands.
WORLDS: dict[str, Votes] = {
    "include": lambda stage: [_choice(INCLUDE, stage)],
    "maybe": lambda stage: [_choice(MAYBE, stage)],
    "exclude": lambda stage: [_choice(EXCLUDE, stage)],
    "exclude for another reason": lambda stage: [_choice(EXCLUDE, stage, "language")],
    "include with a note and answers": lambda stage: [_choice(INCLUDE, stage, "population", "Zebra")],
    "edited twice": lambda stage: [
        _choice(INCLUDE, stage),
        _choice(MAYBE, stage, note="Quokka"),
        _choice(EXCLUDE, stage, "language", "Ocelot"),
    ],
}


@dataclass
class Stand:
    """The review before Alice's sealed votes. ``sealed`` takes her vote alone, ``frozen`` a second one: of each stage one item."""

    team: Team
    sealed: dict[Stage, int] = field(default_factory=dict)
    frozen: dict[Stage, int] = field(default_factory=dict)
    objects: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def few(self) -> dict[str, list[Any]]:
        """The objects on which worlds differ most: the frozen pairs."""
        chosen = list(self.frozen.values())
        return {"item_id": chosen, "number": [self.number(pk) for pk in chosen]}

    @property
    def sealed_too(self) -> dict[str, list[Any]]:
        """Those with Alice's vote alone."""
        chosen = list(self.sealed.values())
        return {"item_id": chosen, "number": [self.number(pk) for pk in chosen]}

    @property
    def review(self) -> Review:
        return self.team.review

    def number(self, item_id: int) -> int:
        """The record's number, as addresses have it."""
        return Item.objects.get(pk=item_id).record.number

    def file(self, item_id: int) -> int:
        """The id of the file of the item's report."""
        return _file_of(item_id).pk


def make_stand() -> Stand:
    """Every kind of fate is there, and every kind of page has something to show; nothing of it differs between worlds."""
    with time_machine.travel(BEGINNING, tick=False) as clock:
        stand = Stand(make_team())
        _records(stand.team)
        clock.shift(3600)
        items = open_screening(stand.review)
        _title_and_abstract(stand.team, items, clock)
        _full_text(stand.team, items, clock)
        reports = {item.record_id: item for item in Item.objects.filter(stage=FT)}
        stand.sealed = {TA: items[10].pk, FT: reports[items[3].record_id].pk}
        stand.frozen = {TA: items[11].pk, FT: reports[items[4].record_id].pk}
        clock.shift(3600)
        remove_record(member=stand.team.member("lena"), record=items[14].record, reason="Retracted")
        run_jobs(stand.review)
        _let_alice_read_again(stand.team)
    _name_objects(stand, items)
    return stand


def _records(team: Team) -> None:
    databases = (
        ("MEDLINE", "database"),
        ("Scopus", "database"),
        ("Trial register", "register"),
        ("Reference lists", "citation"),
    )
    for place, (name, kind) in enumerate(databases):
        imported = make_import(team.review, database=name, kind=kind, search=f"Search {1 + place // 2}", records=0)
        for position in range(4):
            number = 4 * place + position
            title = f"{_SUBJECTS[number]} and research, a survey of {_SUBJECTS[-number - 1].lower()}"
            make_record(imported, position=position, title=title, year=2005 + number, abstract=f"{_SUBJECTS[number]}.")
        Import.objects.filter(pk=imported.pk).update(markers=4, parsed=4)


_SUBJECTS = (
    "Anaesthesia", "Burnout", "Curricula", "Dissection", "Ethics", "Funding", "Grants", "Hospitals", "Idleness", "Journals",
    "Kinship", "Libraries", "Mentors", "Nursing", "Outpatients", "Publishing",
)  # fmt: skip


def _vote(team: Team, name: str, item: Item, decision: Decision, reason: str = "focus") -> None:
    cast_vote(member=team.member(name), item_id=item.pk, choice=_choice(decision, Stage(item.stage), reason))


def _title_and_abstract(team: Team, items: list[Item], clock: time_machine.Traveller) -> None:
    """Excluded, five included, three conflicts, and a vote of Bob's that waits for its other half."""
    pairs = [(EXCLUDE, EXCLUDE), *[(INCLUDE, INCLUDE)] * 5, *[(INCLUDE, EXCLUDE)] * 3]
    for item, pair in zip(items, pairs, strict=False):
        first = "alice" if item.pk % 2 else "dan"
        _vote(team, first, item, pair[0])
        clock.shift(10)
        _vote(team, "bob", item, pair[1])
        clock.shift(60)
    for item in items[6:8]:
        add_comment(member=team.member("bob"), item_id=item.pk, text="Does it fit?")
        escalate(member=team.member("bob"), item_id=item.pk)
        record_own_reading(member=team.member("carol"), item_id=item.pk, answers={"focus": "met"})
    rule(member=team.member("carol"), item_id=items[7].pk, decision=EXCLUDE, rationale="Does not fit Table 1")
    _vote(team, "bob", items[9], MAYBE)


def _full_text(team: Team, items: list[Item], clock: time_machine.Traveller) -> None:
    """One included and in a study, one excluded, two under review, one not retrieved."""
    libby = team.member("libby")
    for item in items[1:5]:
        mark_retrieved(member=libby, record=item.record)
    for item in items[3:5]:
        attach(member=libby, record=item.record, stored=StoredFile("report.pdf", f"{item.pk:064d}", 9))
    log_attempt(member=libby, record=items[5].record, way="library", outcome="no answer")
    mark_not_retrieved(member=libby, record=items[5].record, cause=Cause.NO_REPLY)
    for item, decision in zip(items[1:3], (INCLUDE, EXCLUDE), strict=True):
        report = Item.objects.get(record=item.record, stage=FT)
        for name in ("dan", "bob"):
            _vote(team, name, report, decision)
        clock.shift(60)
    create_study(member=team.member("vera"), label="Anaesthesia 2006", records=[items[1].record])


def _let_alice_read_again(team: Team) -> None:
    """A re-screen of the one agreed exclusion is under way, and it waits for Alice."""
    start_rescreen(lead=team.member("lena"), stage=TA, size=1, now=BEGINNING + timedelta(days=30))
    Reading.objects.update(reader=team.member("alice"))


def _name_objects(stand: Stand, items: list[Item]) -> None:
    """What the addresses of the routes are made with; further ones are found by following links."""
    chosen = [*stand.sealed.values(), *stand.frozen.values(), items[6].pk]
    stand.objects = {
        "number": [1, *(stand.number(pk) for pk in chosen)],
        "item_id": chosen,
        "name": ["to-screen", "awaiting", "my-votes", "conflicts", "excluded", "included", "box", "excluded_fulltext"],
        "kind": ["svg", "json", "csv"],
        "stage": [stage.slug for stage in Stage],
        "ending": ["csv", "ris"],
        "by": ["rule", "person"],
        "quote_id": [UUID(int=1)],
        **{name: [1] for name in ("pk", "import_id", "card_id", "study_id", "file_id")},
    }


@contextmanager
def world(stand: Stand, votes: Votes | None) -> Iterator[time_machine.Traveller]:
    """The review in which Alice has voted so (None: not at all); afterwards everything is as before, numbers of rows too."""
    _number_rows_from_here()
    with time_machine.travel(ACTED, tick=False) as clock, transaction.atomic():
        for stage in Stage:
            for item_id in (stand.sealed[stage], stand.frozen[stage]):
                for choice in votes(stage) if votes else ():
                    clock.shift(5)
                    _vote_and_keep(stand.team.member("alice"), item_id, choice)
        for choice in votes(TA) if votes else ():
            _read_again(stand.team.member("alice"), choice)
        clock.move_to(SEEN)
        yield clock
        transaction.set_rollback(True)


def _read_again(reader: Membership, choice: Choice) -> None:
    """What Alice reads again is sealed until the re-screen ends."""
    number = readings_of(reader, TA)[0].item.record.number
    read_again(member=reader, stage=TA, number=number, decision=choice.decision, note=choice.note)


def _vote_and_keep(alice: Membership, item_id: int, choice: Choice) -> None:
    """Her vote, with the time that it took, and what she keeps beside it: a quote, a tag, words of her own to highlight (P19)."""
    if choice.note and Item.objects.get(pk=item_id).stage == FT:
        keep_quote(member=alice, item_id=item_id, file=_file_of(item_id), selection=Selection(3, choice.note))
    cast_vote(member=alice, item_id=item_id, choice=replace(choice, seconds=20 + 10 * len(choice.note)))
    if choice.note:
        set_tags(member=alice, item=Item.objects.get(pk=item_id), names=[choice.note])
        set_own_words(member=alice, speaks_for=choice.note, speaks_against="survey")
        set_view(member=alice, highlights_on=len(choice.note) == 5, hides_authors=True)


def _file_of(item_id: int) -> ReportFile:
    return ReportFile.objects.get(report__record__items=item_id)


def _number_rows_from_here() -> None:
    """PostgreSQL's sequences do not roll back: set them to the highest number of each table."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(apps.get_models()))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def record_of(item_id: int) -> Record:
    """The record that is voted on."""
    return Item.objects.select_related("record").get(pk=item_id).record
