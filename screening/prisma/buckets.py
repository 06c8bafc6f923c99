"""How a record comes into its bucket, and which buckets make up each number of the flow.

A number of the flow is the size of a set of records (decision 2): `matches` says which set, for the sum as for the
list that opens when the number is followed. Pure.
"""

from dataclasses import dataclass
from enum import StrEnum

from screening.decisions.verdict import Decision, ItemState
from screening.records.buckets import ASSESSED, EVERY, EXCLUDED, PENDING, REMOVED, SCREENED, SOUGHT
from screening.records.buckets import INCLUDED as INCLUDED
from screening.records.buckets import Bucket as Bucket


class Column(StrEnum):
    """The two columns of the PRISMA 2020 flow."""

    DBR = "dbr"
    OTHER = "other"


class SourceKind(StrEnum):
    """What a source is; it fixes the column."""

    DATABASE = "database"
    REGISTER = "register"
    WEBSITE = "website"
    ORGANISATION = "organisation"
    CITATION = "citation"

    @property
    def column(self) -> Column:
        """The column that records of this kind are counted in."""
        return Column.DBR if self in {SourceKind.DATABASE, SourceKind.REGISTER} else Column.OTHER


@dataclass(frozen=True, slots=True)
class Tally:
    """`n` records of one source that share a bucket, and at full text a reason.

    `by_tool`: excluded at title and abstract by a tool (R6). `duplicate_by`: "rule", "person" or "".
    `across`: a duplicate whose lead stands in the other column (R1). `declared`: removed before import (R10), so
    no record of ours stands behind it. `between`: a duplicate whose lead was found by another search (R8). `late`: a
    duplicate that was decided upon before it was known for one (R2). Raises ValueError for a negative number.
    """

    source_name: str
    source_kind: SourceKind
    bucket: Bucket
    reason: str = ""
    n: int = 1
    by_tool: bool = False
    duplicate_by: str = ""
    across: bool = False
    between: bool = False
    late: bool = False
    declared: bool = False

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError("A tally counts records, so it cannot be negative.")


@dataclass(frozen=True, slots=True)
class Members:
    """Which records a number counts: any of these kinds in any of these buckets; None = every name, every reason."""

    kinds: frozenset[SourceKind]
    buckets: frozenset[Bucket]
    name: str | None = None
    reason: str | None = None

    def holds(self, kind: SourceKind, name: str, bucket: Bucket, reason: str) -> bool:
        """Return whether a record with these facts is one of the members."""
        if kind not in self.kinds or bucket not in self.buckets:
            return False
        return self.name in {None, name} and self.reason in {None, reason}


def bucket_of(
    *,
    duplicate: bool = False,
    removed: str = "",
    ta_state: ItemState = ItemState.OPEN,
    ta_decision: Decision | None = None,
    report_status: str = "",
    ft_state: ItemState = ItemState.OPEN,
    ft_decision: Decision | None = None,
    ft_reason: str = "",
    linked: bool = False,
) -> tuple[Bucket, str]:
    """Return the bucket of one record and, for a full-text exclude, its primary reason; the first match wins.

    `duplicate`: not the lead of its group. `removed`: "", "automation" or "other". `report_status`: "" (sought),
    "retrieved" or "not_retrieved". Anything that is not settled is pending, never excluded (I7).
    Raises ValueError for another `removed` or `report_status`.
    """
    if duplicate:
        return Bucket.DUPLICATE, ""
    if removed:
        return _REMOVAL[_known(removed, _REMOVAL)], ""
    if not _settled(ta_state, ta_decision):
        return Bucket.TA_PENDING, ""
    if ta_decision is Decision.EXCLUDE:
        return Bucket.TA_EXCLUDED, ""
    if report_status != "retrieved":
        return _RETRIEVAL[_known(report_status, _RETRIEVAL)], ""
    if not _settled(ft_state, ft_decision):
        return Bucket.FT_PENDING, ""
    if ft_decision is Decision.EXCLUDE:
        return Bucket.FT_EXCLUDED, ft_reason
    return (Bucket.INCLUDED if linked else Bucket.INCLUDED_UNLINKED), ""


def members(key: str) -> Members | None:
    """Return which records the number under `key` counts; None for a number that counts no records of ours.

    Keys are those of the PRISMA2020 template, `<key>:<name or reason>` for a part of it, and `pending_...`,
    `dbr_...`, `other_...` for what the template has no row for.
    """
    stem, colon, part = key.partition(":")
    whole = _MEMBERS.get(stem)
    if whole is None or not colon:
        return whole
    if stem in _BY_NAME:
        return Members(whole.kinds, whole.buckets, name=part)
    if stem in _BY_REASON:
        return Members(whole.kinds, whole.buckets, reason=part)
    return None


def matches(key: str, source_kind: SourceKind, source_name: str, bucket: Bucket, reason: str = "") -> bool:
    """Return whether a record with these facts is counted by the number under `key` (I12)."""
    found = members(key)
    return found is not None and found.holds(source_kind, source_name, bucket, reason)


_REMOVAL = {"automation": Bucket.REMOVED_AUTOMATION, "other": Bucket.REMOVED_OTHER}
_RETRIEVAL = {"": Bucket.RETRIEVAL_PENDING, "not_retrieved": Bucket.NOT_RETRIEVED}


def _known(word: str, words: dict[str, Bucket]) -> str:
    if word not in words:
        raise ValueError(f"Unknown status of a record: {word!r}.")
    return word


def _settled(state: ItemState, decision: Decision | None) -> bool:
    return state is ItemState.FINAL and decision in {Decision.INCLUDE, Decision.EXCLUDE}


def _kinds(*kinds: SourceKind) -> frozenset[SourceKind]:
    return frozenset(kinds)


_DBR = frozenset(kind for kind in SourceKind if kind.column is Column.DBR)
_OTHER = frozenset(SourceKind) - _DBR
_BOTH = frozenset(SourceKind)


def _one(*buckets: Bucket) -> frozenset[Bucket]:
    return frozenset(buckets)


def _of_column(column: Column, kinds: frozenset[SourceKind]) -> dict[str, Members]:
    return {
        f"{column}_identified": Members(kinds, EVERY),
        f"{column}_sought_reports": Members(kinds, SOUGHT),
        f"{column}_notretrieved_reports": Members(kinds, _one(Bucket.NOT_RETRIEVED)),
        f"{column}_assessed": Members(kinds, ASSESSED),
        f"{column}_excluded": Members(kinds, _one(Bucket.FT_EXCLUDED)),
        f"{column}_included": Members(kinds, INCLUDED),
        f"{column}_pending_title_abstract": Members(kinds, _one(Bucket.TA_PENDING)),
        f"{column}_pending_retrieval": Members(kinds, _one(Bucket.RETRIEVAL_PENDING)),
        f"{column}_pending_full_text": Members(kinds, _one(Bucket.FT_PENDING)),
    }


_MEMBERS: dict[str, Members] = {
    **_of_column(Column.DBR, _DBR),
    **_of_column(Column.OTHER, _OTHER),
    "dbr_removed": Members(_DBR, REMOVED),
    "database_results": Members(_kinds(SourceKind.DATABASE), EVERY),
    "database_specific_results": Members(_kinds(SourceKind.DATABASE), EVERY),
    "register_results": Members(_kinds(SourceKind.REGISTER), EVERY),
    "register_specific_results": Members(_kinds(SourceKind.REGISTER), EVERY),
    "website_results": Members(_kinds(SourceKind.WEBSITE), EVERY),
    "organisation_results": Members(_kinds(SourceKind.ORGANISATION), EVERY),
    "citations_results": Members(_kinds(SourceKind.CITATION), EVERY),
    "duplicates": Members(_DBR, _one(Bucket.DUPLICATE)),
    "excluded_automatic": Members(_DBR, _one(Bucket.REMOVED_AUTOMATION)),
    "excluded_other": Members(_DBR, _one(Bucket.REMOVED_OTHER)),
    "records_screened": Members(_DBR, SCREENED),
    "records_excluded": Members(_DBR, _one(Bucket.TA_EXCLUDED)),
    "other_duplicates": Members(_OTHER, _one(Bucket.DUPLICATE)),
    "other_excluded_automatic": Members(_OTHER, _one(Bucket.REMOVED_AUTOMATION)),
    "other_removed": Members(_OTHER, _one(Bucket.REMOVED_OTHER)),
    "other_records_screened": Members(_OTHER, SCREENED),
    "other_records_excluded": Members(_OTHER, _one(Bucket.TA_EXCLUDED)),
    "other_not_sought": Members(_OTHER, REMOVED | {Bucket.TA_EXCLUDED}),
    "all_identified": Members(_BOTH, EVERY),
    "all_removed": Members(_BOTH, REMOVED),
    "all_excluded": Members(_BOTH, EXCLUDED),
    "new_reports": Members(_BOTH, INCLUDED),
    "included_unlinked": Members(_BOTH, _one(Bucket.INCLUDED_UNLINKED)),
    "pending": Members(_BOTH, PENDING),
    "pending_title_abstract": Members(_BOTH, _one(Bucket.TA_PENDING)),
    "pending_retrieval": Members(_BOTH, _one(Bucket.RETRIEVAL_PENDING)),
    "pending_full_text": Members(_BOTH, _one(Bucket.FT_PENDING)),
}

_BY_NAME = frozenset(
    {
        "database_results",
        "database_specific_results",
        "register_results",
        "register_specific_results",
        "website_results",
        "organisation_results",
        "citations_results",
    }
)
_BY_REASON = frozenset({"dbr_excluded", "other_excluded"})

#: Every key whose number is a number of records, parts by name or reason aside.
RECORD_KEYS = tuple(_MEMBERS)
