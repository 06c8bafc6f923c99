"""Acts after screening: reports sought, had or not had; included reports linked to studies."""

from __future__ import annotations

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from screening.decisions.models import Item
from screening.decisions.verdict import ItemState, Stage
from screening.fulltexts.actions import log_attempt, mark_not_retrieved, mark_retrieved, seek_again
from screening.fulltexts.models import Cause, RetrievalAttempt
from screening.records.models import Record
from screening.studies.actions import create_study, delete_study, link_report, merge_studies, unlink_report
from screening.studies.models import Study, StudyReport
from tests.reliability.acts_before import NUMBERS
from tests.reliability.process import Process, pick


class ActsAfter(Process):
    """A report exists for each record that is included at title and abstract, and only for those."""

    def sought(self) -> list[Record]:
        """Records whose report is sought: revealed, final, included, in the review."""
        return [
            item.record
            for item in self.view.items
            if item.stage == Stage.TITLE_ABSTRACT and self.view.in_play(item) and self.view.is_sought(item.record_id)
        ]

    def _reviewed(self, record: Record) -> bool:
        return any(
            item.votes_in for item in self.view.items if item.record_id == record.pk and item.stage == Stage.FULL_TEXT
        )

    @rule(number=NUMBERS)
    def report_is_had(self, number: int) -> None:
        record = pick(self.sought(), number)
        if record is not None:
            member = self.team.member("alice")
            self.attempt("retrieved", lambda: mark_retrieved(member=member, record=record), allowed=True)

    @rule(number=NUMBERS)
    def report_of_any_record(self, number: int) -> None:
        """R3: a report is of a record that passed title and abstract screening."""
        record_id = pick(list(self.view.standings), number)
        if record_id is not None:
            member, record = self.team.member("libby"), Record.objects.get(pk=record_id)
            self.attempt(
                "retrieved", lambda: mark_retrieved(member=member, record=record), allowed=record in self.sought()
            )

    @rule(number=NUMBERS)
    def try_to_get_a_report(self, number: int) -> None:
        record = pick(self.sought(), number)
        if record is not None:
            member = self.team.member("libby")
            act = lambda: log_attempt(member=member, record=record, way="library", outcome="no answer")  # noqa: E731
            self.attempt("attempt", act, allowed=True)

    @rule(number=NUMBERS, cause=st.sampled_from(Cause))
    def report_is_not_had(self, number: int, cause: Cause) -> None:
        """I32: only after an attempt; I31: never once somebody reviewed it."""
        record = pick(self.sought(), number)
        if record is None:
            return
        member = self.team.member("libby")
        allowed = RetrievalAttempt.objects.filter(report__record=record).exists() and not self._reviewed(record)
        self.attempt(
            "not retrieved", lambda: mark_not_retrieved(member=member, record=record, cause=cause), allowed=allowed
        )

    @rule(number=NUMBERS)
    def seek_a_report_again(self, number: int) -> None:
        record = pick(self.sought(), number)
        if record is not None:
            member = self.team.member("libby")
            allowed = not self._reviewed(record)
            self.attempt("seek again", lambda: seek_again(member=member, record=record), allowed=allowed)

    def included(self) -> list[Item]:
        """Full text items that count as included."""
        return [
            item
            for item in self.view.items
            if item.stage == Stage.FULL_TEXT and item.state == ItemState.FINAL and item.decision == "include"
            and item.is_revealed() and self.view.in_play(item)
        ]  # fmt: skip

    @rule(number=NUMBERS, which=NUMBERS, new=st.booleans())
    def link_a_report(self, number: int, which: int, new: bool) -> None:
        """I33: an included report belongs to a study."""
        item, study = pick(self.included(), number), pick(self._studies(), which)
        if item is None:
            return
        member = self.team.member("vera")
        if study is None or new:
            label = f"Study {Study.objects.count() + which + 1} of {timezone.now():%H:%M:%S}"
            act = lambda: create_study(member=member, label=label, records=[item.record])  # noqa: E731
            self.attempt("create study", act, allowed=True)
        elif not StudyReport.objects.filter(study=study, record=item.record).exists():
            self.attempt(
                "link report", lambda: link_report(member=member, study=study, record=item.record), allowed=True
            )

    def _studies(self) -> list[Study]:
        return list(Study.objects.filter(review_id=self.team.review_id).order_by("pk"))

    @rule(number=NUMBERS)
    def unlink_a_report(self, number: int) -> None:
        link = pick(list(StudyReport.objects.filter(review_id=self.team.review_id).order_by("pk")), number)
        if link is not None:
            member = self.team.member("vera")
            self.attempt(
                "unlink", lambda: unlink_report(member=member, study=link.study, record=link.record), allowed=True
            )

    @rule(number=NUMBERS, other=NUMBERS)
    def join_two_studies(self, number: int, other: int) -> None:
        """I34: no report box moves."""
        kept, merged = pick(self._studies(), number), pick(self._studies(), other)
        if kept is None or merged is None:
            return
        before, member = self.fates(), self.team.member("vera")
        act = lambda: merge_studies(member=member, kept=kept, other=merged)  # noqa: E731
        self.attempt("merge studies", act, allowed=kept.pk != merged.pk)
        assert self.fates() == before

    @rule(number=NUMBERS)
    def delete_a_study(self, number: int) -> None:
        study = pick(self._studies(), number)
        if study is not None:
            member, empty = self.team.member("vera"), not study.study_reports.exists()
            self.attempt("delete study", lambda: delete_study(member=member, study=study), allowed=empty)
