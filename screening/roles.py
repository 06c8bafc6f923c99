"""Who may do what: roles, permissions and the one table that joins them. Denied unless granted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a member is in one review; a member may be several (domain.md 1)."""

    LEAD = "lead"
    REVIEWER = "reviewer"
    ADJUDICATOR = "adjudicator"
    LIBRARIAN = "librarian"
    OBSERVER = "observer"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Permission(StrEnum):
    """One kind of page or act. Each view names exactly one."""

    PUBLIC = "public"  # no account needed: first page, health
    ACCOUNT = "account"  # signed in, no review involved
    SEE_REVIEW = "see review"
    EDIT_REVIEW = "edit review"
    EDIT_PROTOCOL = "edit protocol"
    MANAGE_TEAM = "manage team"
    IMPORT = "import"
    RESOLVE_DUPLICATES = "resolve duplicates"
    REMOVE_RECORDS = "remove records"
    SCREEN = "screen"
    SEE_CONFLICTS = "see conflicts"
    DISCUSS = "discuss"
    ADJUDICATE = "adjudicate"
    REOPEN = "reopen"
    RETRIEVE = "retrieve"
    LINK_STUDIES = "link studies"
    SEE_RESULTS = "see results"
    EXPORT = "export"
    SEE_HISTORY = "see history"
    SEE_PROGRESS = "see progress"
    BRING_IN_VOTES = "bring in votes"
    EDIT_FORMS = "edit forms"
    EXTRACT = "extract"
    SETTLE = "settle entries"
    EDIT_CODEBOOK = "edit codebook"
    CODE = "code"


_EVERYONE = frozenset({Permission.SEE_REVIEW, Permission.SEE_RESULTS, Permission.SEE_HISTORY})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.LEAD: _EVERYONE
    | {
        Permission.EDIT_REVIEW,
        Permission.EDIT_PROTOCOL,
        Permission.MANAGE_TEAM,
        Permission.IMPORT,
        Permission.RESOLVE_DUPLICATES,
        Permission.REMOVE_RECORDS,
        Permission.SEE_CONFLICTS,
        Permission.REOPEN,
        Permission.RETRIEVE,
        Permission.LINK_STUDIES,
        Permission.EXPORT,
        Permission.SEE_PROGRESS,
        Permission.BRING_IN_VOTES,
        Permission.EDIT_FORMS,
        Permission.SETTLE,
        Permission.EDIT_CODEBOOK,
    },
    Role.REVIEWER: _EVERYONE
    | {
        Permission.SCREEN,
        Permission.SEE_CONFLICTS,
        Permission.DISCUSS,
        Permission.RETRIEVE,
        Permission.LINK_STUDIES,
        Permission.EXPORT,
        Permission.EXTRACT,
        Permission.SETTLE,
        Permission.EDIT_CODEBOOK,
        Permission.CODE,
    },
    Role.ADJUDICATOR: _EVERYONE | {Permission.SEE_CONFLICTS, Permission.ADJUDICATE, Permission.SETTLE},
    Role.LIBRARIAN: _EVERYONE
    | {Permission.IMPORT, Permission.RESOLVE_DUPLICATES, Permission.RETRIEVE, Permission.EXPORT},
    Role.OBSERVER: _EVERYONE | {Permission.SEE_PROGRESS},
}


def granted(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything that these roles together may do."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """True where one of the roles grants the permission."""
    return permission in granted(roles)
