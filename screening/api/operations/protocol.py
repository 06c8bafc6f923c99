"""The protocol: its versions, and the draft of the next one, which is edited until it is frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import LARGEST
from screening.api.problems import BadInput, Sent
from screening.api.reading import checked
from screening.api.scopes import Scope
from screening.protocol import actions
from screening.protocol.access import present_draft, version_in
from screening.protocol.forms import CriterionForm, StageRulesForm
from screening.protocol.models import Criterion, Facet, ProtocolVersion
from screening.protocol.presets import PRESETS
from screening.protocol.versions import STAGE_RULES, active_protocol, draft_of
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/protocol"
DRAFT = f"{AT}/draft"
CRITERION = f"{DRAFT}/criteria/{{key}}"
Key = Annotated[str, Path(max_length=40, description="The criterion's key, the same in every version.")]
Year = Annotated[int | None, Field(ge=1500, le=2200)]
Words = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)]


class CriterionShown(Schema):
    """One criterion; ``key`` stays the same in every version. Examples stand one a line."""

    key: str
    facet: str
    label: str
    question: str
    met_when: str
    not_met_when: str
    examples_met: str
    examples_not_met: str
    direction: Literal["include", "exclude"]
    at_title_abstract: bool
    at_full_text: bool
    hints: dict[str, Any] = Field(description="What the record itself may suggest: languages, years, types.")


class Protocol(Schema):
    """One version of the protocol. ``rules`` are those of the stages."""

    number: int
    is_in_force: bool
    frozen_at: datetime | None
    reason: str
    rules: dict[str, str | int]
    criteria: list[CriterionShown]
    versions: list[int]


class CriterionSent(Sent):
    """A criterion of the draft. The short name has no comma; years, languages and types only suggest, they never decide."""

    label: str = Field(min_length=1, max_length=35)
    facet: Facet = Facet.OTHER
    question: str = Field("", max_length=2000)
    met_when: str = Field("", max_length=2000)
    not_met_when: str = Field("", max_length=2000)
    examples_met: str = Field("", max_length=5000)
    examples_not_met: str = Field("", max_length=5000)
    direction: Literal["include", "exclude"] = "include"
    at_title_abstract: bool = True
    at_full_text: bool = True
    languages: Words = []
    year_from: Year = None
    year_to: Year = None
    types_in: Words = []
    types_out: Words = []

    def as_posted(self) -> dict[str, Any]:
        """As the form of the page takes it."""
        told = self.model_dump(mode="json")
        told |= {"at_ta": told.pop("at_title_abstract"), "at_ft": told.pop("at_full_text")}
        return told | {"languages": ", ".join(self.languages)}


class RulesSent(Sent):
    """Rules of the stages, under the names of ``rules`` of a version; what is left out stays."""

    ta_mode: str = Field("", max_length=20)
    ta_maybe: str = Field("", max_length=20)
    ft_mode: str = Field("", max_length=20)
    reason_clash: str = Field("", max_length=20)
    gate_items: int = Field(25, ge=10, le=1000)
    gate_agreement: int = Field(75, ge=50, le=100)


class AmendmentSent(Sent):
    """Why the protocol changes."""

    reason: str = Field(min_length=1, max_length=1000)


class PresetSent(Sent):
    """The name of a preset of criteria."""

    preset: str = Field(max_length=100)


class MoveSent(Sent):
    """One place up, or down."""

    up: bool


@opens(router, "GET", AT, Permission.SEE_REVIEW, gives=Protocol)
def read_protocol(request: HttpRequest, member: Membership, version: int | None = None) -> Protocol:
    """The criteria in force, or the first draft; with `version` those of one version, a draft included."""
    if version is not None:
        return _shown(member, version_in(member, version if 0 < version <= LARGEST else 0))
    found = active_protocol(member.review) or draft_of(member.review)
    if found is None:
        raise Http404
    return _shown(member, found)


@opens(router, "POST", DRAFT, Permission.EDIT_PROTOCOL, gives=Protocol, scope=Scope.MANAGE, status=201)
def begin_amendment(request: HttpRequest, member: Membership, sent: AmendmentSent) -> Protocol:
    """Begin the next version as a copy of the one in force, which stays in force until the draft is frozen."""
    return _shown(member, actions.start_amendment(review=member.review, reason=sent.reason, actor=member.user))


@opens(router, "DELETE", DRAFT, Permission.EDIT_PROTOCOL, gives=None, scope=Scope.MANAGE, status=204)
def discard_amendment(request: HttpRequest, member: Membership) -> None:
    """Throw the draft of a later version away."""
    actions.discard_draft(version=present_draft(member), actor=member.user)


@opens(router, "POST", f"{DRAFT}/freeze", Permission.EDIT_PROTOCOL, gives=Protocol, scope=Scope.MANAGE)
def freeze_draft(request: HttpRequest, member: Membership) -> Protocol:
    """Put the draft in force, for good."""
    return _shown(member, actions.freeze_protocol(version=present_draft(member), actor=member.user))


@opens(router, "POST", f"{DRAFT}/preset", Permission.EDIT_PROTOCOL, gives=Protocol, scope=Scope.MANAGE)
def fill_from_preset(request: HttpRequest, member: Membership, sent: PresetSent) -> Protocol:
    """Fill an empty draft with the criteria of a preset."""
    if sent.preset not in PRESETS:
        raise BadInput(f"preset: there are {', '.join(PRESETS)}.")
    return _shown(member, actions.load_preset(version=present_draft(member), preset=sent.preset, actor=member.user))


@opens(router, "PUT", f"{DRAFT}/rules", Permission.EDIT_PROTOCOL, gives=Protocol, scope=Scope.MANAGE)
def change_rules(request: HttpRequest, member: Membership, sent: RulesSent) -> Protocol:
    """Who votes at each stage, and what Maybe and a clash of reasons mean."""
    draft = present_draft(member)
    said = {name: getattr(draft, name) for name in STAGE_RULES} | sent.model_dump(exclude_unset=True)
    asked = checked(StageRulesForm(said, instance=ProtocolVersion.objects.get(pk=draft.pk)))
    return _shown(member, actions.set_stage_rules(version=draft, actor=member.user, **asked))


@opens(
    router, "POST", f"{DRAFT}/criteria", Permission.EDIT_PROTOCOL, gives=CriterionShown, scope=Scope.MANAGE, status=201
)  # fmt: skip
def add_one_criterion(request: HttpRequest, member: Membership, sent: CriterionSent) -> CriterionShown:
    """A criterion at the end of the draft; its key is new to the review."""
    draft = present_draft(member)
    form = CriterionForm(sent.as_posted(), version=draft)
    checked(form)
    return _criterion(actions.add_criterion(version=draft, actor=member.user, **form.wording()))


@opens(router, "PUT", CRITERION, Permission.EDIT_PROTOCOL, gives=CriterionShown, scope=Scope.MANAGE)
def change_criterion(request: HttpRequest, member: Membership, key: Key, sent: CriterionSent) -> CriterionShown:
    """Other wording of a criterion of the draft; its key stays."""
    found = _in_draft(member, key)
    form = CriterionForm(sent.as_posted(), instance=Criterion.objects.get(pk=found.pk), version=found.version)
    checked(form)
    return _criterion(actions.edit_criterion(criterion=found, actor=member.user, **form.wording()))


@opens(router, "DELETE", CRITERION, Permission.EDIT_PROTOCOL, gives=None, scope=Scope.MANAGE, status=204)
def delete_one_criterion(request: HttpRequest, member: Membership, key: Key) -> None:
    """Take a criterion out of the draft; frozen versions keep theirs."""
    actions.delete_criterion(criterion=_in_draft(member, key), actor=member.user)


@opens(router, "POST", f"{CRITERION}/move", Permission.EDIT_PROTOCOL, gives=Protocol, scope=Scope.MANAGE)
def move_one_criterion(request: HttpRequest, member: Membership, key: Key, sent: MoveSent) -> Protocol:
    """Swap a criterion with its neighbour: the first that fails in this order is the reason."""
    found = _in_draft(member, key)
    actions.move_criterion(criterion=found, actor=member.user, up=sent.up)
    return _shown(member, found.version)


def _in_draft(member: Membership, key: str) -> Criterion:
    return get_object_or_404(Criterion.objects.select_related("version"), version=present_draft(member), key=key)


def _shown(member: Membership, version: ProtocolVersion) -> Protocol:
    in_force = active_protocol(member.review)
    return Protocol(
        number=version.number,
        is_in_force=in_force is not None and in_force.pk == version.pk,
        frozen_at=version.frozen_at,
        reason=version.reason,
        rules={name: getattr(version, name) for name in STAGE_RULES},
        criteria=[_criterion(one) for one in version.criteria.all()],
        versions=list(member.review.protocol_versions.order_by("number").values_list("number", flat=True)),
    )


def _criterion(one: Criterion) -> CriterionShown:
    return CriterionShown(
        key=one.key, facet=one.facet, label=one.label, question=one.question, met_when=one.met_when,
        not_met_when=one.not_met_when, examples_met=one.examples_met, examples_not_met=one.examples_not_met,
        direction="exclude" if one.direction == "exclude" else "include", at_title_abstract=one.at_ta, at_full_text=one.at_ft,
        hints=one.rule,
    )  # fmt: skip
