"""A file of votes on its way in: mapped, tried, taken over by a job, and never a word on what is sealed here."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.bringing_in import KEPT, REMOVED, SETTLED_BY_ONE, TWO_IN
from screening.decisions.models import Item, Vote
from screening.decisions.sharing.models import SharedBy
from screening.decisions.sharing.plan import Share, save_plan
from screening.decisions.verdict import Stage
from screening.decisions.votes_file import LONG
from screening.fulltexts.actions import mark_retrieved
from screening.fulltexts.models import Report, Retrieval
from screening.imports.parsed import Refusal
from screening.imports.storage import path_of
from screening.jobs.actions import Claim, LostClaim, claim, enqueue
from screening.jobs.models import Job
from screening.protocol.actions import freeze_protocol
from screening.protocol.models import ProtocolVersion, StageMode
from screening.protocol.versions import draft_of
from screening.records.models import Standing
from screening.reviews.models import Membership, Review
from screening.roles import Role
from screening.takeovers import bringing
from screening.takeovers.actions import apply, choose_encoding, map_file, receive, set_aside
from screening.takeovers.models import JOB, Takeover, TakeoverState
from screening.takeovers.trying import NOT_RETRIEVED, Fit, fit_of, read
from tests.factories import (
    alice,
    bob,
    carol,
    included_record,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    open_screening,
    reveal,
    run_jobs,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
HEAD = "record_id,reviewer,decision,reason\n"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def four_records(**modes: Any) -> Review:
    """Four records, W1 to W4, with Alice and Bob to screen them, under a protocol of these ``modes``."""
    review = make_review(frozen=False)
    ProtocolVersion.objects.filter(review=review).update(**modes)
    draft = draft_of(review)
    assert draft is not None
    freeze_protocol(version=draft, actor=lead(review).user)
    alice(review)
    bob(review)
    stored = make_import(review, records=0)
    for n in range(1, 5):
        make_record(stored, position=n, ids={"record_id": f"W{n}"})
    return review


@pytest.fixture
def review() -> Review:
    """Its records are read by two."""
    return four_records(ta_mode=StageMode.DUAL)


def send(
    review: Review, text: str, *, name: str = "votes.csv", stage: Stage = TA, by: Membership | None = None
) -> Takeover:
    return receive(member=by or lead(review), stage=stage, upload=BytesIO(text.encode()), name=name)


def trial(takeover: Takeover, by: Membership | None = None) -> Fit:
    takeover.refresh_from_db()
    return fit_of(takeover, read(takeover), by or lead(takeover.review))


def whys(fit: Fit) -> list[str]:
    return [misfit.why for misfit in fit.misfits]


def item(review: Review, key: str, stage: Stage = TA) -> Item:
    return Item.objects.get(review=review, stage=stage, record__ids__record_id=key)


def test_a_trial_stores_nothing_and_the_job_stores_what_the_trial_said(review: Review) -> None:
    rows = (
        "W1,Alice Archer,include,\nW1,bob@example.org,exclude,Focus\nW2,Alice Archer,exclude,\nW9,Bob Baker,include,\n"
    )
    takeover = send(review, HEAD + rows)
    fit = trial(takeover)
    assert (fit.rows, fit.votes, fit.here, len(fit.misfits)) == (4, 3, 0, 1)
    assert "No record of this review is named so." in whys(fit)[0]
    assert not Vote.objects.exists()
    apply(takeover=takeover, member=lead(review))
    run_jobs(review)
    takeover.refresh_from_db()
    assert (takeover.state, takeover.result["votes"], takeover.done_n) == (TakeoverState.DONE, 3, 4)
    assert len(takeover.result["unmatched"]) == 1
    assert set(Vote.objects.values_list("brought_in", flat=True)) == {True}
    assert item(review, "W1").state == "conflict"
    assert item(review, "W2").state == "partial"
    verbs = list(AuditEvent.objects.filter(subject_type="takeover").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["uploaded votes", "asked for votes to be brought in", "brought votes in"]
    assert not path_of(review_id=review.pk, sha256=takeover.sha256).exists()


def test_names_and_reasons_are_mapped_by_hand(review: Review) -> None:
    takeover = send(review, HEAD + "W1,Ann,exclude,wrong focus\nW2,Ann,exclude,off topic\nW1,Old Hand,include,\n")
    assert takeover.people == {}
    assert takeover.reasons == {"wrong focus": "focus"}
    assert len(trial(takeover).misfits) == 3
    people = {"Ann": alice(review).pk, "Old Hand": 0}
    map_file(
        takeover=takeover, member=lead(review), people=people, reasons={"wrong focus": "focus", "off topic": "scope"}
    )
    fit = trial(takeover)
    assert (fit.votes, whys(fit)) == (2, ["Left out, as you chose."])
    apply(takeover=takeover, member=lead(review))
    run_jobs(review)
    cast = {vote.item.record.ids["record_id"]: vote.answers for vote in Vote.objects.select_related("item__record")}
    assert cast == {"W1": {"focus": "not_met"}, "W2": {"scope": "not_met"}}
    assert set(Vote.objects.values_list("reviewer", flat=True)) == {alice(review).pk}


@pytest.mark.parametrize("here", ["include", "exclude"])
def test_i26_a_lead_who_reviews_learns_no_sealed_vote_by_bringing_votes_in(review: Review, here: str) -> None:
    voting_lead = make_member(review, "Vera Lead", Role.LEAD, Role.REVIEWER)
    items = open_screening(review)
    vote(alice(review), items[0], here, note="Zebra")
    vote(alice(review), items[1], "include")
    vote(bob(review), items[1], here)
    takeover = send(
        review, HEAD + "W1,Alice Archer,include,\nW2,Vera Lead,include,\nW3,Vera Lead,maybe,\n", by=voting_lead
    )
    fit = trial(takeover, voting_lead)
    assert (fit.votes, fit.here, whys(fit)) == (1, 1, [TWO_IN])
    apply(takeover=takeover, member=voting_lead)
    run_jobs(review)
    takeover.refresh_from_db()
    told = {key: value for key, value in takeover.result.items() if key != "refused"}
    assert told == {"votes": 1, "rulings": 0, "repeated": 1, "unmatched": []}
    (refused,) = takeover.result["refused"]
    assert refused["reason"].startswith("Two votes are already in")
    assert Vote.objects.get(item=items[0]).decision == here, "nothing overwrites a vote that was cast here"


def test_whose_vote_is_here_keeps_it_and_a_full_record_takes_no_third(review: Review) -> None:
    items = open_screening(review)
    settled(review, items[0], "include", "include")
    third = make_member(review, "Dan Drew")
    takeover = send(
        review, HEAD + "W1,Alice Archer,exclude,\nW1,Dan Drew,include,\nW2,Dan Drew,include,\nW2,Dan Drew,include,\n"
    )
    fit = trial(takeover)
    assert (fit.votes, fit.here, whys(fit)) == (1, 2, [TWO_IN])
    assert third.pk in takeover.people.values()


def test_only_whoever_uploaded_a_file_sees_or_does_anything_with_it(review: Review) -> None:
    takeover = send(review, HEAD + "W1,Alice Archer,include,\n")
    other = make_member(review, "Rula Lead", Role.LEAD)
    for act in (apply, set_aside, partial(map_file, people={}, reasons={})):
        with pytest.raises(NotAllowedNow, match="alone may see what is in it"):
            act(takeover=takeover, member=other)


def test_the_same_file_waits_once_and_may_be_set_aside(
    review: Review, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    first, again = (send(review, HEAD + "W1,Alice Archer,include,\n") for _ in range(2))
    assert first.pk == again.pk
    with django_capture_on_commit_callbacks(execute=True):
        set_aside(takeover=first, member=lead(review))
    assert not path_of(review_id=review.pk, sha256=first.sha256).exists()
    with pytest.raises(NotAllowedNow, match="dealt with already"):
        apply(takeover=first, member=lead(review))


def test_a_file_of_which_no_row_fits_is_not_applied(review: Review) -> None:
    takeover = send(review, HEAD + "W1,Nobody Here,include,\n")
    with pytest.raises(NotAllowedNow, match="No row of the file fits"):
        apply(takeover=takeover, member=lead(review))


@pytest.mark.parametrize(
    "text", ["", "colour,taste\nred,sweet\n", HEAD, "TY  - JOUR\nT1  - A\nER  - \n", "<html>no</html>"]
)
def test_what_holds_no_votes_is_refused_and_leaves_the_disk(review: Review, text: str) -> None:
    with pytest.raises(NotAllowedNow, match=r"\.$"):
        send(review, text)
    assert not Takeover.objects.exists()
    folder = path_of(review_id=review.pk, sha256="x").parent
    assert not folder.exists() or not list(folder.iterdir())


def test_a_file_in_an_unclear_encoding_waits_until_a_person_chooses_one(review: Review) -> None:
    text = HEAD + "W1,王小明,include,\n"
    takeover = receive(member=lead(review), stage=TA, upload=BytesIO(text.encode("gb18030")), name="votes.csv")
    assert takeover.format == ""
    with pytest.raises(Refusal):
        read(takeover)
    choose_encoding(takeover=takeover, member=lead(review), encoding="gb18030")
    takeover.refresh_from_db()
    assert (takeover.format, set(read(takeover).names)) == (LONG, {"王小明"})


def test_i24_before_the_freeze_nothing_is_received() -> None:
    with pytest.raises(NotAllowedNow, match="draft"):
        send(make_review(frozen=False), HEAD + "W1,Alice,include,\n")


def test_p41_a_job_that_was_killed_goes_on_with_the_next_batch(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "BATCH", 2)
    takeover = send(
        review, HEAD + "".join(f"W{n},{who},include,\n" for n in (1, 2, 3) for who in ("Alice Archer", "Bob Baker"))
    )
    apply(takeover=takeover, member=lead(review))
    first = claim(job_id=Job.objects.get(name=JOB).pk)
    assert first is not None
    original, calls = Claim.chunk, []

    def dying(self: Claim, **given: object) -> object:
        calls.append(given)
        if len(calls) == 2:
            raise LostClaim
        return original(self, **given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Claim, "chunk", dying)
        with pytest.raises(LostClaim):
            bringing.bring_in(first)
    assert Vote.objects.count() == 2
    Job.objects.update(state="queued", lease_until=None)
    run_jobs(review)
    takeover.refresh_from_db()
    assert (Vote.objects.count(), takeover.result["votes"], takeover.result["repeated"]) == (6, 6, 0)
    enqueue(name=JOB, review_id=review.pk, subject=str(takeover.pk))
    run_jobs(review)
    assert Vote.objects.count() == 6


def test_full_text_votes_and_rulings_come_in_where_the_report_is_sought(review: Review) -> None:
    sought = included_record(review)
    carol(review)
    sought.ids = {"record_id": "F1"}
    sought.save()
    rows = "F1,Alice Archer,exclude,Focus,\nF1,Bob Baker,include,,\nF1,Carol Chen,exclude,Focus,adjudicator\nW1,Bob Baker,include,,\n"
    takeover = send(review, HEAD.strip() + ",role\n" + rows + "F1,Bob Baker,exclude,,\n", stage=FT)
    assert whys(trial(takeover))[0].startswith("Votes of Bob Baker on this record")
    takeover = send(review, HEAD.strip() + ",role\n" + rows, stage=FT)
    fit = trial(takeover)
    assert (fit.votes, fit.rulings, whys(fit)) == (2, 1, ["It is not under full text review."])
    apply(takeover=takeover, member=lead(review))
    run_jobs(review)
    takeover.refresh_from_db()
    assert (takeover.result["votes"], takeover.result["rulings"]) == (2, 1)
    assert item(review, "F1", FT).decision == "exclude"


def test_a_vote_that_waits_here_is_joined_by_one_that_is_brought_in_and_both_are_open(review: Review) -> None:
    items = open_screening(review)
    vote(alice(review), items[0], "include")
    takeover = send(review, HEAD + "W1,Bob Baker,include,\n")
    apply(takeover=takeover, member=lead(review))
    run_jobs(review)
    reveal(review)
    items[0].refresh_from_db()
    assert (items[0].state, items[0].decision) == ("final", "include")


def test_reports_that_were_given_up_or_are_at_hand_are_told_apart(review: Review) -> None:
    sought = included_record(review)
    sought.ids = {"record_id": "F1"}
    sought.save()
    mark_retrieved(member=lead(review), record=sought)
    assert trial(send(review, HEAD + "F1,Alice Archer,include,\n", stage=FT)).votes == 1


def _apply(takeover: Takeover) -> Takeover:
    apply(takeover=takeover, member=lead(takeover.review))
    run_jobs(takeover.review)
    takeover.refresh_from_db()
    return takeover


def _agrees(takeover: Takeover) -> list[str]:
    """What the trial told of rows that do not fit; the job stores as many, and refuses the others in the same words."""
    fit = trial(takeover)
    result = _apply(takeover).result
    assert result["votes"] == fit.votes
    refused = [(entry["line"], entry["reason"]) for entry in result["refused"]]
    assert refused == [(misfit.line, misfit.why) for misfit in fit.misfits]
    return whys(fit)


def test_s2_the_trial_knows_what_an_include_settles_in_liberal_mode() -> None:
    review = four_records(ta_mode=StageMode.LIBERAL)
    rows = "W1,Alice Archer,include,\nW1,Bob Baker,exclude,\nW2,Alice Archer,exclude,\nW2,Bob Baker,exclude,\n"
    assert _agrees(send(review, HEAD + rows)) == [SETTLED_BY_ONE]
    assert item(review, "W1").decision == "include"


def test_i14_the_trial_knows_for_whom_votes_are_kept_and_which_records_have_left(review: Review) -> None:
    open_screening(review)
    dan = make_member(review, "Dan Dorn")
    shares = {alice(review).pk: Share(50), dan.pk: Share(50)}
    save_plan(lead=lead(review), stage=TA, shared_by=SharedBy.PARTS, shares=shares, order="import", seed=1)
    run_jobs(review)
    Standing.objects.filter(record__ids__record_id="W4").update(removed="other", removed_reason="spam")
    rows = "".join(f"W{n},{who},exclude,\n" for n in (1, 4) for who in ("Alice Archer", "Bob Baker"))
    assert _agrees(send(review, HEAD + rows)) == [KEPT, REMOVED, REMOVED]


def test_s5_two_votes_of_a_file_are_both_taken_though_the_gate_is_passed_meanwhile() -> None:
    review = four_records(ta_mode=StageMode.DUAL_THEN_SINGLE, gate_items=1, gate_agreement=75)
    rows = "".join(f"W{n},{who},exclude,\n" for n in (1, 2, 3) for who in ("Alice Archer", "Bob Baker"))
    assert _agrees(send(review, HEAD + rows + "W4,Alice Archer,exclude,\n")) == []
    assert (item(review, "W3").mode, item(review, "W4").mode) == ("dual", "single")


def test_full_text_rows_of_one_vote_or_none_are_told() -> None:
    review = four_records(ft_mode=StageMode.SINGLE)
    sought = included_record(review)
    sought.ids = {"record_id": "F1"}
    sought.save()
    rows = "F1,Alice Archer,include,\nF1,Bob Baker,include,\n"
    assert _agrees(send(review, HEAD + rows, stage=FT)) == [SETTLED_BY_ONE]
    Report.objects.update(status=Retrieval.NOT_RETRIEVED, cause="no answer")
    assert whys(trial(send(review, HEAD + rows + "\n", stage=FT))) == [NOT_RETRIEVED, NOT_RETRIEVED]
