"""What may happen to the protocol: drafted, edited while a draft, frozen for good, amended as a new version."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from reviewapp.accounts.models import User
from screening.audit.actions import record
from screening.audit.refusal import NotAllowedNow
from screening.protocol.models import Criterion, Facet, ProtocolVersion
from screening.protocol.presets import PRESETS
from screening.protocol.versions import (
    STAGE_RULES,
    WORDING,
    active_protocol,
    criterion_facts,
    draft_of,
    snapshot,
)
from screening.reviews.actions import create_review
from screening.reviews.models import Review, ReviewKind


@transaction.atomic
def set_up_review(
    *,
    title: str,
    lead: User,
    preset: str | None = None,
    question: str = "",
    registration_id: str = "",
    kind: str = ReviewKind.SYSTEMATIC,
    slug: str = "",
    also_reviewer: bool = False,
) -> Review:
    """A new review with the first draft of its protocol: the criteria of ``preset`` (a name of `PRESETS`), or none."""
    review = create_review(
        title=title,
        lead=lead,
        question=question,
        registration_id=registration_id,
        kind=kind,
        slug=slug,
        also_reviewer=also_reviewer,
    )
    version = ProtocolVersion.objects.create(review=review, number=1)
    if preset:
        load_preset(version=version, preset=preset, actor=lead)
    return review


@transaction.atomic
def load_preset(*, version: ProtocolVersion, preset: str, actor: User) -> ProtocolVersion:
    """Fill an empty draft with the criteria of a preset. Raises NotAllowedNow where criteria are written already."""
    version = _draft(version)
    if version.criteria.exists():
        raise NotAllowedNow("The draft holds criteria already; a preset fills an empty table only.")
    chosen = PRESETS[preset]
    known_facets = set(Facet.values)
    for order, row in enumerate(chosen.criteria, start=1):
        Criterion.objects.create(
            version=version,
            key=row.key,
            facet=row.key if row.key in known_facets else Facet.OTHER,
            label=row.label,
            question=row.question,
            met_when=row.met_when,
            not_met_when=row.not_met_when,
            direction=row.direction,
            order=order,
            rule=row.rule,
        )
    _log(version, "loaded a preset", actor, after={"preset": preset, "criteria": len(chosen.criteria)})
    return version


@transaction.atomic
def add_criterion(*, version: ProtocolVersion, actor: User, label: str, **wording: Any) -> Criterion:
    """A new row at the end of a draft's Table 1; ``wording`` is any of `WORDING`. Its key is new to the whole review.

    A new key even where a deleted criterion had the same name: old answers are about the old question. Raises
    NotAllowedNow outside a draft and where the short name is taken.
    """
    version = _draft(version)
    last = version.criteria.aggregate(last=Max("order"))["last"] or 0
    criterion = Criterion(version=version, key=_new_key(version, label), label=label, order=last + 1)
    _put(criterion, wording)
    _save(criterion)
    _log_criterion(criterion, "added a criterion", actor, after=criterion_facts(criterion))
    return criterion


@transaction.atomic
def edit_criterion(*, criterion: Criterion, actor: User, **wording: Any) -> Criterion:
    """Change the wording of a draft's criterion; the key stays. Raises NotAllowedNow outside a draft."""
    _draft(criterion.version)
    criterion = Criterion.objects.select_related("version").get(pk=criterion.pk)
    before = criterion_facts(criterion)
    _put(criterion, wording)
    if criterion_facts(criterion) != before:
        _save(criterion)
        _log_criterion(criterion, "edited a criterion", actor, before=before, after=criterion_facts(criterion))
    return criterion


@transaction.atomic
def move_criterion(*, criterion: Criterion, actor: User, up: bool) -> Criterion:
    """Swap a draft's criterion with its neighbour: the order decides which failed criterion is the reason."""
    version = _draft(criterion.version)
    rows = list(version.criteria.all())
    place = next(n for n, row in enumerate(rows) if row.pk == criterion.pk)
    target = place - 1 if up else place + 1
    if not 0 <= target < len(rows):
        return rows[place]
    rows[place], rows[target] = rows[target], rows[place]
    for order, row in enumerate(rows, start=1):
        row.order = order
    Criterion.objects.bulk_update(rows, ["order"])
    _log_criterion(rows[target], "moved a criterion", actor, before={"place": place + 1}, after={"place": target + 1})
    return rows[target]


@transaction.atomic
def delete_criterion(*, criterion: Criterion, actor: User) -> None:
    """Take a row out of a draft's Table 1; frozen versions keep theirs. Raises NotAllowedNow outside a draft."""
    _draft(criterion.version)
    _log_criterion(criterion, "deleted a criterion", actor, before=criterion_facts(criterion))
    criterion.delete()


@transaction.atomic
def set_stage_rules(*, version: ProtocolVersion, actor: User, **rules: Any) -> ProtocolVersion:
    """Change any of `STAGE_RULES` of a draft: modes, Maybe rule, clash of reasons, gate. Raises NotAllowedNow."""
    version = _draft(version)
    before = snapshot(version)["stage_rules"]
    for name, value in rules.items():
        if name not in STAGE_RULES:
            raise TypeError(f"set_stage_rules() does not change {name}")
        setattr(version, name, value)
    after = snapshot(version)["stage_rules"]
    if after != before:
        version.save(update_fields=STAGE_RULES)
        _log(version, "changed the stage rules", actor, before=before, after=after)
    return version


@transaction.atomic
def freeze_protocol(*, version: ProtocolVersion, actor: User) -> ProtocolVersion:
    """Make a draft the version in force, unchangeable from now on (I24).

    Votes stay tied to the version they were cast under; nothing that holds a vote is touched (P36). Raises
    NotAllowedNow without a criterion to exclude by at full text (I17), and for an amendment that changes nothing.
    """
    version = _draft(version)
    if not version.criteria.exists():
        raise NotAllowedNow("The protocol has no criterion yet. Write Table 1 or load a preset first.", rule="I24")
    if not version.criteria.filter(at_ft=True).exists():
        raise NotAllowedNow(
            "No criterion is asked at full text, so no report could be excluded there. Tick full text on at least one.",
            rule="I17",
        )
    former = active_protocol(version.review)
    if former is not None and snapshot(former) == snapshot(version):
        raise NotAllowedNow(f"The draft equals version {former.number}. Change something, or discard the draft.")
    version.frozen_at = timezone.now()
    version.frozen_by = actor
    version.save(update_fields=["frozen_at", "frozen_by"])
    _log(version, "froze the protocol", actor, after=snapshot(version))
    return version


@transaction.atomic
def start_amendment(*, review: Review, reason: str, actor: User) -> ProtocolVersion:
    """A new draft that begins as a copy of the version in force, with the reason for the change.

    Raises NotAllowedNow before the first freeze, while another draft is open, and without a reason.
    """
    Review.objects.select_for_update().get(pk=review.pk)
    active = amendable(review)
    if not reason.strip():
        raise NotAllowedNow("Say why the protocol changes; the reason is kept with the new version.", rule="I24")
    rules = {name: getattr(active, name) for name in STAGE_RULES}
    draft = ProtocolVersion.objects.create(review=review, number=active.number + 1, reason=reason.strip(), **rules)
    for criterion in active.criteria.all():
        copied = {name: getattr(criterion, name) for name in WORDING}
        Criterion.objects.create(version=draft, key=criterion.key, order=criterion.order, **copied)
    _log(draft, "started an amendment", actor, reason=draft.reason)
    return draft


def amendable(review: Review) -> ProtocolVersion:
    """The version that an amendment would begin from. Raises NotAllowedNow before the first freeze and beside a draft."""
    active = active_protocol(review)
    if active is None:
        raise NotAllowedNow("The protocol is still a draft: edit it directly, no amendment is needed.", rule="I24")
    if draft_of(review) is not None:
        raise NotAllowedNow("An amendment is being drafted already. Freeze or discard it first.", rule="I24")
    return active


@transaction.atomic
def discard_draft(*, version: ProtocolVersion, actor: User) -> None:
    """Throw an amendment's draft away; the version in force stays. Raises NotAllowedNow for a review's first draft."""
    version = _draft(version)
    if version.number == 1:
        raise NotAllowedNow("This is the first draft of the protocol. Edit it, or delete its criteria one by one.")
    _log(version, "discarded a draft", actor, before=snapshot(version), reason=version.reason)
    version.delete()


def _draft(version: ProtocolVersion) -> ProtocolVersion:
    """The locked draft; two who freeze and edit at one instant act one after the other."""
    Review.objects.select_for_update().get(pk=version.review_id)
    present = ProtocolVersion.objects.select_related("review").filter(pk=version.pk).first()
    if present is None:
        raise NotAllowedNow("This draft was discarded meanwhile. Nothing was changed.", rule="I24")
    if not present.is_draft:
        raise NotAllowedNow(
            f"Version {present.number} is frozen and cannot be changed. Start an amendment instead.", rule="I24"
        )
    return present


def _new_key(version: ProtocolVersion, label: str) -> str:
    base = slugify(label).replace("-", "_")[:32] or "criterion"
    taken = set(Criterion.objects.filter(version__review_id=version.review_id).values_list("key", flat=True))
    n = 1
    while (key := base if n == 1 else f"{base}_{n}") in taken:
        n += 1
    return key


def _put(criterion: Criterion, wording: dict[str, Any]) -> None:
    for name, value in wording.items():
        if name not in WORDING:
            raise TypeError(f"a criterion has no {name} to change")
        setattr(criterion, name, value)


def _save(criterion: Criterion) -> None:
    try:
        with transaction.atomic():
            criterion.save()
    except IntegrityError as problem:
        if not (criterion.met_when or criterion.not_met_when):
            raise NotAllowedNow("Say when the criterion is met or when it is not; nothing was saved.") from problem
        raise NotAllowedNow(f"Another criterion is called {criterion.label}. Choose another short name.") from problem


def _log(version: ProtocolVersion, verb: str, actor: User, **more: Any) -> None:
    subject = ("protocol", version.pk, f"version {version.number}")
    record(verb=verb, review_id=version.review_id, actor=actor, subject=subject, **more)


def _log_criterion(criterion: Criterion, verb: str, actor: User, **more: Any) -> None:
    review_id = criterion.version.review_id
    record(verb=verb, review_id=review_id, actor=actor, subject=("criterion", criterion.pk, criterion.label), **more)
