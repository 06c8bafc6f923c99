"""Reads of the tables and of the facts behind the paragraphs: only what this reader may see, and nothing that is sealed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import metadata

from django.conf import settings
from django.db.models import Count
from django.utils.module_loading import import_string

from screening.decisions.agreement import printed
from screening.decisions.agreement_shown import agreement_for
from screening.decisions.models import Vote
from screening.decisions.pairs import Subject
from screening.decisions.queue import in_play
from screening.decisions.verdict import ItemState
from screening.decisions.verdict import Stage as StageName
from screening.exports.exported import ExportRecord
from screening.exports.queue import LISTS, chosen, exported_records
from screening.imports.models import Import, ImportState
from screening.manuscript.checklist import Asked, checklist, name_of
from screening.manuscript.methods import Facts, Searched, Stage
from screening.manuscript.tables import Table, citation
from screening.prisma.columns import within
from screening.prisma.counts import columns_of, flow_of
from screening.prisma.flow import Flow
from screening.prisma.numbers import counted
from screening.prisma.table import table_of
from screening.protocol.models import ProtocolVersion
from screening.protocol.versions import active_protocol
from screening.reviews.models import Membership, Review
from screening.studies.queue import studies_of_previous_version

SOFTWARE = (("reviewapp", ""), ("RapidFuzz", "rapidfuzz"))


def tables_of(member: Membership) -> list[Table]:
    """Every table of the review, in the order in which a manuscript has them; those without a row are left out."""
    return [table for table in (make(member) for make in MADE.values()) if table.rows]


def criteria(member: Membership) -> Table:
    """The criteria in force: Table 1 of a review."""
    version = active_protocol(member.review)
    rows = [] if version is None else [(one.label, one.met_when, one.not_met_when) for one in version.criteria.all()]
    note = "" if version is None else f"Version {version.number} of the protocol, frozen on {_day(version.frozen_at)}."
    return Table("criteria", "Inclusion and exclusion criteria", ("Criterion", "Include", "Exclude"), tuple(rows), note)


def amendments(member: Membership) -> Table:
    """Every frozen version after the first, with its reason."""
    later = _frozen(member.review)[1:]
    rows = tuple((str(one.number), _day(one.frozen_at), one.reason) for one in later)
    return Table("amendments", "Amendments of the protocol", ("Version", "Frozen on", "Reason"), rows)


def searches(member: Membership) -> Table:
    """Each stored file with what PRISMA-S asks of a search."""
    rows = tuple(
        (
            one.run.label, one.source.name, one.source.get_kind_display(), one.source.platform, one.searched_on.isoformat(), one.query,
            one.limits, str(one.parsed),
        )
        for one in _stored(member.review)
    )  # fmt: skip
    headings = ("Search", "Source", "Kind", "Platform", "Searched on", "Query as run", "Limits", "Records")
    return Table("searches", "Searches", headings, rows)


def flow_numbers(member: Membership) -> Table:
    """The numbers of the flow diagram."""
    flow = flow_of(member.review)
    rows = tuple(
        (
            f"– {row.label}" if row.part else row.label,
            row.unit,
            str(row.dbr.n) if row.dbr else "",
            str(row.other.n) if row.other else "",
        )
        for row in table_of(flow)
    )
    note = f"Provisional: {flow.provisional_words}." if flow.provisional else ""
    return Table(
        "flow", "Flow of records and reports", ("Box", "Unit", "Databases and registers", "Other methods"), rows, note
    )


def excluded(member: Membership) -> Table:
    """Reports excluded at full text, each with its reason (PRISMA 2020 item 16b)."""
    return _of_list(member, "excluded-fulltext", "Reports excluded at full text", ("Primary reason", "Further reasons"))


def not_retrieved(member: Membership) -> Table:
    """Reports that could not be had."""
    return _of_list(member, "not-retrieved", "Reports not retrieved", ("Cause", "Attempts"))


def included(member: Membership) -> Table:
    """Included reports, each with the study that it tells of."""
    table = _of_list(member, "included", "Included studies and their reports", ("Study",))
    known = studies_of_previous_version(member.review)
    return replace(table, note=f"Of the previous version: {'; '.join(map(str, known))}.") if known else table


def _of_list(member: Membership, name: str, title: str, headings: tuple[str, ...]) -> Table:
    found = chosen(member.review, LISTS[name][1])
    rows = tuple((citation(one), *_extras(one, headings)) for one in exported_records(found))
    return Table(name, title, ("Reference", *headings), rows)


def _extras(record: ExportRecord, headings: Iterable[str]) -> tuple[str, ...]:
    told = dict(record.extras)
    return tuple(told.get(heading, "") for heading in headings)


def agreement(member: Membership) -> Table:
    """Agreement of the independent votes, pair by pair."""
    rows = tuple(
        (
            stage.label,
            one.pair.when,
            one.pair.label,
            " and ".join(one.names),
            str(one.pair.n),
            *(text for _, text in one.figures),
        )
        for stage in StageName
        for one in agreement_for(member, stage)
        if one.figures
    )
    headings = (
        "Stage",
        "Round",
        "On",
        "Reviewers",
        "n",
        "Observed agreement",
        "Kappa",
        "95 % interval",
        "PABAK",
        "AC1",
    )
    return Table("agreement", "Agreement before discussion", headings, rows)


def checklists(member: Membership) -> Table:
    """The checklist for the kind of review and PRISMA-S, filled in where the review has the answer."""
    asked = [
        Asked(
            one.run.label, one.run.kind == "update", one.source.name, one.source.kind, one.source.platform, one.searched_on.isoformat(),
            one.limits,
        )
        for one in _stored(member.review)
    ]  # fmt: skip
    facts = facts_of(member)
    rows = checklist(facts, asked, member.review.question)
    title = f"{name_of(facts.flow.kind)} and PRISMA-S checklists"
    note = "What only the authors can say is left to them. Items in our own words; the lists themselves are with their authors."
    return Table("checklist", title, ("Item", "Asks for", "In this review"), tuple(rows), note)


MADE: dict[str, Callable[[Membership], Table]] = {
    "criteria": criteria,
    "amendments": amendments,
    "searches": searches,
    "flow": flow_numbers,
    "not-retrieved": not_retrieved,
    "excluded-fulltext": excluded,
    "included": included,
    "agreement": agreement,
    "checklist": checklists,
}


def facts_of(member: Membership) -> Facts:
    """What the paragraphs are told from, as this reader may know it."""
    review, version, frozen = member.review, active_protocol(member.review), _frozen(member.review)
    protocol = None
    if version is not None and version.frozen_at is not None:
        protocol = (version.number, version.frozen_at.date(), len(frozen) - 1)
    return Facts(
        registration=review.registration_id,
        protocol=protocol,
        searches=tuple(_searched(review)),
        flow=flow_of(review),
        title_abstract=_stage(member, StageName.TITLE_ABSTRACT, version.ta_mode if version else "dual"),
        full_text=_stage(member, StageName.FULL_TEXT, version.ft_mode if version else "dual"),
        maybe=version.ta_maybe if version else "default",
        tools=tuple((name, metadata.version(package) if package else _own_version()) for name, package in SOFTWARE),
        judged=review.judgements.filter(lifted_at__isnull=True).count(),
        beyond=tuple(told for source in settings.MANUSCRIPT_SOURCES for told in import_string(source)(review)),
    )


def _frozen(review: Review) -> list[ProtocolVersion]:
    return list(review.protocol_versions.filter(frozen_at__isnull=False).order_by("number"))


def _stored(review: Review) -> list[Import]:
    stored = Import.objects.filter(review=review, state=ImportState.STORED).select_related("run", "source")
    return list(stored.order_by("run__number", "source__name", "pk"))


def _searched(review: Review) -> Iterable[Searched]:
    stored = _stored(review)
    for run in review.search_runs.all():
        files = [one for one in stored if one.run_id == run.pk]
        days = sorted(one.searched_on for one in files)
        names = tuple(dict.fromkeys(one.source.name for one in files))
        yield Searched(run.label, names, days[0] if days else None, days[-1] if days else None)


def _stage(member: Membership, stage: StageName, mode: str) -> Stage:
    """Only what is revealed: whoever has voted, how what is final was settled, and how well the voters agreed."""
    items = in_play(member.review_id, stage).revealed()
    votes = Vote.objects.active().filter(item__in=items).order_by()
    voters = votes.values("reviewer").distinct().count()
    elsewhere = votes.filter(brought_in=True).values("item").distinct().count()
    settled = items.filter(state=ItemState.FINAL).order_by().values_list("via").annotate(n=Count("pk"))
    return Stage(mode, voters, dict(settled), _kappa(member, stage), elsewhere)


def _kappa(member: Membership, stage: StageName) -> str:
    """Kappa on the decision of each pair in the first round, in words."""
    pairs = [
        one.pair for one in agreement_for(member, stage) if one.pair.subject is Subject.DECISION and one.pair.round == 1
    ]
    told = []
    for pair in pairs:
        found = pair.found
        if found is None or found.kappa is None or pair.pilot:
            continue
        interval = (
            f", 95 % interval {printed(found.kappa_low)} to {printed(found.kappa_high)}"
            if found.kappa_low is not None
            else ""
        )
        told.append(f"kappa {printed(found.kappa)}{interval} on {counted(pair.n, 'record', 'records')}")
    return "; ".join(told)


def boxes_of(review: Review) -> tuple[Flow, dict[str, int]]:
    """The flow, and the number of each of its boxes and parts by key; of several searches those of each too, by `columns.within`."""
    columns = columns_of(review)
    boxes = dict(_boxes(columns.whole))
    if len(columns.each) > 1:
        boxes |= {within(number, key): n for number, flow in columns.each for key, n in _boxes(flow)}
    return columns.whole, boxes


def _boxes(flow: Flow) -> Iterable[tuple[str, int]]:
    unused = {key for key, n in flow.counts().items() if n is None}
    yield from ((key, n) for key, n in flow.numbers.items() if n and key not in unused)
    yield from ((f"{key}:{part}", n) for key, named in flow.parts.items() for part, n in named.items())


@cache
def _own_version() -> str:
    """The version of this site, as its project file has it."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _day(moment: date | None) -> str:
    return f"{moment.day} {moment:%B %Y}" if moment else ""
