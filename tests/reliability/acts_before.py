"""Acts before screening: files in and out, duplicates joined and parted, records removed and put back, amendments, the team."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import BytesIO
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from screening.decisions.models import Vote
from screening.dedupe.actions import answer_card, choose_kept, part_record, put_back, remove_record, undo_answer
from screening.dedupe.models import Answer, CandidateCard, Judgement, Kept
from screening.imports.actions import Description, restore_import, start_import, undo_import
from screening.imports.models import Import
from screening.imports.storage import store
from screening.protocol.actions import freeze_protocol, set_stage_rules, start_amendment
from screening.records.models import Record
from screening.reviews.actions import change_roles, end_membership, resume_membership
from screening.searches.actions import add_search
from screening.searches.models import SearchRun
from tests.reliability.process import Process, pick
from tests.reliability.works import SEARCHES, SOURCES, WORKS, as_ris

NUMBERS = st.integers(0, 99)
MANY = 12  # records; a larger review only makes the steps slower

FILE = st.lists(st.integers(0, len(WORKS) - 1), min_size=1, max_size=4)
AMENDMENTS = st.sampled_from(
    [
        {"ta_mode": "dual", "ft_mode": "dual"},
        {"ta_mode": "liberal"},
        {"ta_mode": "single", "ft_mode": "single"},
        {"ta_mode": "dual_then_single", "gate_items": 2},
        {"ta_maybe": "strict", "reason_clash": "by_order"},
        {"ta_maybe": "default", "reason_clash": "queue"},
    ]
)


class ActsBefore(Process):
    """Each act is tried on some target; where the outcome is certain it is asserted."""

    @initialize(works=FILE)
    def begin_with_a_file(self, works: list[int]) -> None:
        self.load(works, SOURCES[0], SEARCHES[0])

    @precondition(lambda self: len(self.view.standings) < MANY)
    @rule(works=FILE, source=st.sampled_from(SOURCES), search=st.sampled_from(SEARCHES))
    def load(self, works: list[int], source: tuple[str, str], search: str) -> None:
        """I2: bytes that are in the review already add nothing."""
        content, review = as_ris(works), self.review
        file = store(review_id=review.pk, name="hits.ris", upload=BytesIO(content))
        known = Import.objects.filter(review=review, sha256=file.sha256, state="stored").exists()
        lead = self.team.member("lena").user
        run = SearchRun.objects.filter(review=review, label=search).first()
        run = run or add_search(review=review, actor=lead, label=search)
        told = Description(database=source[0], kind=source[1], searched_on=date(2024, 2, 1), query="research")
        if self.attempt(
            "import", lambda: start_import(run=run, actor=lead, file=file, description=told), allowed=not known
        ):
            before = len(self.view.standings)
            self.work()
            assert len(self.view.standings) == before + len(works)

    @rule(number=NUMBERS, and_back=st.booleans())
    def undo_a_file(self, number: int, and_back: bool) -> None:
        """I10: an import undone and restored stands where it stood, merged and removed; IM11: never once a record of it has a vote."""
        imported = pick(
            list(Import.objects.filter(review_id=self.team.review_id, state="stored").order_by("pk")), number
        )
        if imported is None:
            return
        before = self.settle()
        lead = self.team.member("lena").user
        held = Vote.objects.filter(item__record__imported_from=imported).exists()
        if (
            not self.attempt("undo import", lambda: undo_import(imported=imported, actor=lead), allowed=not held)
            or not and_back
        ):
            return
        self.work()
        self.attempt("restore import", lambda: restore_import(imported=imported, actor=lead), allowed=True)
        self.is_as_before(before)
        self.work()
        self.is_as_before(before)

    @rule(number=NUMBERS)
    def restore_a_file(self, number: int) -> None:
        """Refused only where the same bytes came in again meanwhile."""
        undone = pick(list(Import.objects.filter(review_id=self.team.review_id, state="undone").order_by("pk")), number)
        if undone is None:
            return
        again = Import.objects.filter(review_id=self.team.review_id, sha256=undone.sha256, state="stored").exists()
        actor = self.team.member("lena").user
        self.attempt("restore import", lambda: restore_import(imported=undone, actor=actor), allowed=not again)

    @rule(number=NUMBERS, answer=st.sampled_from(Answer), and_back=st.booleans(), at_work=st.booleans())
    def judge_a_card(self, number: int, answer: Answer, and_back: bool, at_work: bool) -> None:
        """DD8, I10: an answer undone leaves every record where it stood."""
        before, member = self.settle(), self.team.member("libby")  # a search that waits may withdraw a card
        cards = CandidateCard.objects.filter(review_id=self.team.review_id, answered_at__isnull=True)
        card = pick(list(cards.order_by("pk")), number)
        if card is None:
            return
        acts: list[Any] = []
        self.attempt(
            f"judge {answer}", lambda: acts.append(answer_card(member=member, card=card, answer=answer)), allowed=True
        )
        if at_work:
            self.work()
        if and_back:
            self.attempt("undo judgement", lambda: undo_answer(member=member, act=acts[0]), allowed=True)
            self.work()
            self.is_as_before(before)

    @rule(number=NUMBERS)
    def undo_a_judgement(self, number: int) -> None:
        held = Judgement.objects.filter(review_id=self.team.review_id, lifted_at__isnull=True).order_by("pk")
        judged = pick(list(held), number)
        if judged is not None:
            member = self.team.member("libby")
            self.attempt("undo judgement", lambda: undo_answer(member=member, act=judged.act), allowed=True)

    @rule(
        number=NUMBERS,
        other=NUMBERS,
        field=st.sampled_from([Kept.LEAD, Kept.ABSTRACT, Kept.JOURNAL]),
        and_back=st.booleans(),
    )
    def choose_what_is_kept(self, number: int, other: int, field: Kept, and_back: bool) -> None:
        """R1, I10: another record leads or lends its value; no box moves, and undone all stands where it stood."""
        record_id = pick([pk for pk, place in self.view.standings.items() if place[0] is not None], number)
        if record_id is None:
            return
        before = self.settle()
        lead = self.view.standings[record_id][0]
        members = [pk for pk, place in self.view.standings.items() if lead in (pk, place[0])]
        boxes = Counter((fate.run_id, fate.bucket) for fate in before[0].values())
        member, record = self.team.member("libby"), Record.objects.get(pk=record_id)
        kept = {field: pick(members, other) or record_id}
        acts: list[Any] = []
        if not self.attempt(
            f"choose {field}", lambda: acts.append(choose_kept(member=member, record=record, kept=kept))
        ):
            return
        self.work()
        self.pass_time(60)
        assert Counter((fate.run_id, fate.bucket) for fate in self.fates().values()) == boxes
        if and_back:
            self.attempt("undo choice", lambda: undo_answer(member=member, act=acts[0]), allowed=True)
            self.work()
            self.is_as_before(before)

    @rule(number=NUMBERS)
    def part_a_duplicate(self, number: int) -> None:
        """DD12: it stands for itself again, and stays so."""
        record_id = pick([pk for pk, place in self.view.standings.items() if place[0] is not None], number)
        if record_id is None:
            return
        member, record = self.team.member("libby"), Record.objects.get(pk=record_id)
        self.attempt("part duplicate", lambda: part_record(member=member, record=record), allowed=True)
        lead = self.view.standings[record_id][0]
        assert lead is None or lead not in self.view.standings or self.view.standings[lead][0] is None

    @rule(number=NUMBERS, and_back=st.booleans())
    def remove_a_record(self, number: int, and_back: bool) -> None:
        """I10: a record put back stands where it stood, with its votes."""
        record_id = pick(list(self.view.standings), number)
        if record_id is None:
            return
        before = self.settle()
        places = before[1]
        merged = places[record_id][0] is not None or any(place[0] == record_id for place in places.values())
        out = bool(places[record_id][2])
        member, record = self.team.member("lena"), Record.objects.get(pk=record_id)
        act = lambda: remove_record(member=member, record=record, reason="Retracted")  # noqa: E731
        if self.attempt("remove record", act, allowed=not (merged or out)) and and_back:
            self.work()
            self.attempt("put back", lambda: put_back(member=member, record=record), allowed=True)
            self.is_as_before(before)

    @rule(number=NUMBERS)
    def put_a_record_back(self, number: int) -> None:
        record_id = pick([pk for pk, place in self.view.standings.items() if place[2]], number)
        if record_id is not None:
            member, record = self.team.member("lena"), Record.objects.get(pk=record_id)
            self.attempt("put back", lambda: put_back(member=member, record=record), allowed=True)

    @rule(rules=AMENDMENTS)
    def amend_the_protocol(self, rules: dict[str, Any]) -> None:
        """P36: whatever holds a vote stays under the version of that vote."""
        actor, before = (
            self.team.member("lena").user,
            {item.pk: (item.state, item.mode) for item in self.view.items if item.votes_in},
        )

        def amend() -> None:
            draft = start_amendment(review=self.review, reason="Pilot", actor=actor)
            freeze_protocol(version=set_stage_rules(version=draft, actor=actor, **rules), actor=actor)

        version = self.review.protocol_versions.order_by("-number")[0]
        if all(getattr(version, name) == value for name, value in rules.items()):
            return
        self.attempt("amend protocol", amend, allowed=True)
        assert before == {item.pk: (item.state, item.mode) for item in self.view.items if item.votes_in}

    @rule(languages=st.sampled_from([[], ["en"], ["de"], ["en", "de"]]))
    def dan_reads_other_languages(self, languages: list[str]) -> None:
        member, actor = self.team.member("dan"), self.team.member("lena").user
        if member.is_active and member.languages != languages:
            act = lambda: change_roles(member=member, roles=member.roles, languages=languages, actor=actor)  # noqa: E731
            self.attempt("change languages", act, allowed=True)

    @rule()
    def dan_leaves_or_returns(self) -> None:
        """S6: the votes stay."""
        member, actor = self.team.member("dan"), self.team.member("lena").user
        act = end_membership if member.is_active else resume_membership
        self.attempt("leave or return", lambda: act(member=member, actor=actor), allowed=True)

    @precondition(lambda self: self.view.jobs_wait)
    @rule()
    def the_worker_works(self) -> None:
        self.work()
