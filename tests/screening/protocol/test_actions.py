"""The life of a protocol: drafted, frozen, amended; nothing frozen ever changes."""

from __future__ import annotations

from typing import Any

import pytest

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.protocol import actions
from screening.protocol.models import Criterion, ProtocolVersion
from screening.protocol.versions import active_protocol, criteria_for, draft_of, reason_order, snapshot
from screening.reviews.models import Review
from tests.factories import lead, make_review, make_user

pytestmark = pytest.mark.django_db


def draft(review: Review) -> ProtocolVersion:
    found = draft_of(review)
    assert found is not None
    return found


def add(review: Review, label: str = "Setting", **wording: Any) -> Criterion:
    wording = wording or {"met_when": "In a hospital"}
    return actions.add_criterion(version=draft(review), actor=lead(review).user, label=label, **wording)


def old_and_new(verb: str) -> tuple[dict[str, Any], dict[str, Any]]:
    event = AuditEvent.objects.get(verb=verb)
    assert event.before is not None
    assert event.after is not None
    return event.before, event.after


def labels(version: ProtocolVersion) -> list[str]:
    return [criterion.label for criterion in version.criteria.all()]


def amended(review: Review, reason: str = "The search was updated to 2025") -> ProtocolVersion:
    return actions.start_amendment(review=review, reason=reason, actor=lead(review).user)


def test_a_new_review_begins_with_a_draft_that_holds_the_preset() -> None:
    review = make_review(frozen=False)
    assert active_protocol(review) is None
    assert labels(draft(review))[:2] == ["Population", "Focus"]
    assert draft(review).criteria.get(key="timeframe").rule == {"years": [2002, 2024]}


def test_a_blank_review_begins_with_an_empty_draft() -> None:
    review = make_review(preset=None)
    assert labels(draft(review)) == []


def test_a_preset_fills_an_empty_draft_only() -> None:
    review = make_review(preset=None)
    actions.load_preset(version=draft(review), preset="medical-education", actor=lead(review).user)
    assert len(labels(draft(review))) == 7
    with pytest.raises(NotAllowedNow, match="holds criteria already"):
        actions.load_preset(version=draft(review), preset="medical-education", actor=lead(review).user)


def test_a_criterion_is_added_at_the_end_with_a_key_of_its_own() -> None:
    review = make_review(frozen=False)
    criterion = add(review, "Teaching hospital")
    assert (criterion.key, labels(draft(review))[-1]) == ("teaching_hospital", "Teaching hospital")
    assert AuditEvent.objects.filter(verb="added a criterion", subject_id=criterion.pk).exists()


def test_an_exclusion_only_criterion_is_allowed() -> None:
    review = make_review(preset=None)
    criterion = add(review, "Animals", direction="exclude", not_met_when="Studies animals only")
    assert (criterion.met_when, criterion.direction) == ("", "exclude")


def test_a_criterion_that_says_nothing_is_refused() -> None:
    review = make_review(preset=None)
    with pytest.raises(NotAllowedNow, match="when the criterion is met or when it is not"):
        add(review, "Silent", question="Well?")


def test_two_criteria_never_share_a_short_name() -> None:
    review = make_review(frozen=False)
    with pytest.raises(NotAllowedNow, match="Another criterion is called Focus"):
        add(review, "Focus")


def test_chinese_short_names_get_keys_too() -> None:
    review = make_review(preset=None)
    assert [add(review, label).key for label in ("對象", "語言")] == ["criterion", "criterion_2"]


def test_a_deleted_criterion_never_lends_its_key_to_a_new_one_of_the_same_name() -> None:
    review = make_review()
    version = amended(review)
    actions.delete_criterion(criterion=version.criteria.get(key="focus"), actor=lead(review).user)
    assert add(review, "Focus").key == "focus_2"


def test_editing_a_criterion_keeps_its_key_and_logs_both_wordings() -> None:
    review = make_review(frozen=False)
    focus = draft(review).criteria.get(key="focus")
    actions.edit_criterion(
        criterion=focus, actor=lead(review).user, label="Engagement", met_when="Asks about engagement"
    )
    focus.refresh_from_db()
    assert (focus.key, focus.label) == ("focus", "Engagement")
    before, after = old_and_new("edited a criterion")
    assert before | {"label": "Engagement", "met_when": "Asks about engagement"} == after


def test_p12_a_criterion_takes_no_other_field() -> None:
    review = make_review(frozen=False)
    focus = draft(review).criteria.get(key="focus")
    for name in ("key", "order", "version_id"):
        with pytest.raises(TypeError):
            actions.edit_criterion(criterion=focus, actor=lead(review).user, **{name: 1})


def test_criteria_move_up_and_down_and_stop_at_the_ends() -> None:
    review = make_review(frozen=False)
    person = lead(review).user

    def move(key: str, up: bool) -> None:
        actions.move_criterion(criterion=draft(review).criteria.get(key=key), actor=person, up=up)

    move("focus", True)
    move("focus", True)
    assert labels(draft(review))[:2] == ["Focus", "Population"]
    move("scope", False)
    move("timeframe", False)
    assert labels(draft(review))[-2:] == ["Scope", "Timeframe"]
    assert AuditEvent.objects.filter(verb="moved a criterion").count() == 2


def test_i24_freezing_needs_a_criterion() -> None:
    review = make_review(preset=None)
    with pytest.raises(NotAllowedNow, match="no criterion yet"):
        actions.freeze_protocol(version=draft(review), actor=lead(review).user)


def test_i17_freezing_needs_a_criterion_to_exclude_full_texts_by() -> None:
    review = make_review(preset=None)
    add(review, "Setting", met_when="In a hospital", at_ft=False)
    with pytest.raises(NotAllowedNow, match="No criterion is asked at full text"):
        actions.freeze_protocol(version=draft(review), actor=lead(review).user)


def test_i24_a_frozen_version_refuses_every_change() -> None:
    review = make_review()
    version = active_protocol(review)
    assert version is not None
    before = snapshot(version)
    person = lead(review).user
    focus = version.criteria.get(key="focus")
    for act in (
        lambda: actions.add_criterion(version=version, actor=person, label="New", met_when="x"),
        lambda: actions.edit_criterion(criterion=focus, actor=person, label="Other"),
        lambda: actions.move_criterion(criterion=focus, actor=person, up=True),
        lambda: actions.delete_criterion(criterion=focus, actor=person),
        lambda: actions.set_stage_rules(version=version, actor=person, ta_mode="single"),
        lambda: actions.load_preset(version=version, preset="medical-education", actor=person),
        lambda: actions.freeze_protocol(version=version, actor=person),
        lambda: actions.discard_draft(version=version, actor=person),
    ):
        with pytest.raises(NotAllowedNow, match="Version 1 is frozen"):
            act()
    assert snapshot(version) == before


def test_the_freeze_says_who_and_when_and_logs_the_whole_version() -> None:
    review = make_review()
    version = active_protocol(review)
    assert version is not None
    assert (version.frozen_by, version.frozen_at is not None) == (lead(review).user, True)
    assert AuditEvent.objects.get(verb="froze the protocol").after == snapshot(version)


def test_an_amendment_copies_the_version_in_force_which_stays_in_force() -> None:
    review = make_review()
    version = amended(review)
    active = active_protocol(review)
    assert active is not None
    assert (version.number, version.is_draft, active.number) == (2, True, 1)
    assert snapshot(version) == snapshot(active)
    assert {c.pk for c in version.criteria.all()}.isdisjoint(c.pk for c in active.criteria.all())


def test_a_frozen_amendment_comes_into_force_and_leaves_the_old_version_as_it_was() -> None:
    review = make_review()
    first = active_protocol(review)
    assert first is not None
    before = snapshot(first)
    version = amended(review)
    timeframe = version.criteria.get(key="timeframe")
    actions.edit_criterion(criterion=timeframe, actor=lead(review).user, met_when="Published 2002 to 2025")
    actions.freeze_protocol(version=version, actor=lead(review).user)
    assert active_protocol(review) == version
    assert snapshot(first) == before


def test_an_amendment_that_changes_nothing_is_not_frozen() -> None:
    review = make_review()
    with pytest.raises(NotAllowedNow, match="equals version 1"):
        actions.freeze_protocol(version=amended(review), actor=lead(review).user)


def test_an_amendment_needs_a_frozen_version_a_reason_and_no_other_draft() -> None:
    with pytest.raises(NotAllowedNow, match="still a draft"):
        amended(make_review(frozen=False))
    review = make_review("Another")
    with pytest.raises(NotAllowedNow, match="Say why"):
        amended(review, " ")
    amended(review)
    with pytest.raises(NotAllowedNow, match="being drafted already"):
        amended(review)


def test_a_discarded_draft_leaves_no_trace_but_the_log() -> None:
    review = make_review()
    actions.discard_draft(version=amended(review), actor=lead(review).user)
    assert draft_of(review) is None
    assert AuditEvent.objects.get(verb="discarded a draft").reason == "The search was updated to 2025"
    assert amended(review).number == 2


def test_the_first_draft_is_not_discarded() -> None:
    review = make_review(frozen=False)
    with pytest.raises(NotAllowedNow, match="first draft"):
        actions.discard_draft(version=draft(review), actor=lead(review).user)


def test_a_draft_that_somebody_discarded_meanwhile_is_refused_with_a_sentence() -> None:
    review = make_review()
    version = amended(review)
    actions.discard_draft(version=version, actor=lead(review).user)
    with pytest.raises(NotAllowedNow, match="discarded meanwhile"):
        actions.add_criterion(version=ProtocolVersion(pk=10**6, review=review, number=2), actor=make_user(), label="x")


def test_stage_rules_belong_to_the_version_and_are_logged() -> None:
    review = make_review()
    version = actions.set_stage_rules(
        version=amended(review), actor=lead(review).user, ta_mode="single", ta_maybe="strict"
    )
    assert (version.ta_mode, version.ta_maybe) == ("single", "strict")
    before, after = old_and_new("changed the stage rules")
    assert before | {"ta_mode": "single", "ta_maybe": "strict"} == after
    active = active_protocol(review)
    assert active is not None
    assert active.ta_mode == "dual"
    with pytest.raises(TypeError):
        actions.set_stage_rules(version=version, actor=lead(review).user, number=7)


def test_criteria_are_read_by_stage_in_protocol_order() -> None:
    review = make_review(preset=None)
    add(review, "Title only", met_when="x", at_ft=False)
    add(review, "Full text only", met_when="x", at_ta=False)
    add(review, "Both", met_when="x")
    version = draft(review)
    assert [c.label for c in criteria_for(version, "ta")] == ["Title only", "Both"]
    assert [c.label for c in criteria_for(version, "ft")] == ["Full text only", "Both"]
    assert reason_order(version) == ("full_text_only", "both")
