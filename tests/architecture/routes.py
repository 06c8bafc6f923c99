"""The one table of the authorisation matrix: every route of a review and the permission that it needs (P9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from screening.roles import Permission as P

TABLE: dict[str, P] = {
    "review_home": P.SEE_REVIEW,
    "review_settings": P.EDIT_REVIEW,
    "team": P.SEE_REVIEW,
    "team_invite": P.MANAGE_TEAM,
    "team_invitation_revoke": P.MANAGE_TEAM,
    "team_member": P.MANAGE_TEAM,
    "team_member_end": P.MANAGE_TEAM,
    "team_member_resume": P.MANAGE_TEAM,
    "team_work": P.MANAGE_TEAM,
    "team_work_save": P.MANAGE_TEAM,
    "team_pilot": P.SEE_RESULTS,
    "team_pilot_start": P.MANAGE_TEAM,
    "team_pilot_end": P.MANAGE_TEAM,
    "team_rescreen": P.SEE_RESULTS,
    "team_rescreen_start": P.REOPEN,
    "team_rescreen_end": P.REOPEN,
    "screening_again": P.SCREEN,
    "screening_again_read": P.SCREEN,
    "protocol": P.SEE_REVIEW,
    "protocol_version": P.SEE_REVIEW,
    "protocol_preset": P.EDIT_PROTOCOL,
    "protocol_rules": P.EDIT_PROTOCOL,
    "protocol_freeze": P.EDIT_PROTOCOL,
    "protocol_amend": P.EDIT_PROTOCOL,
    "protocol_discard": P.EDIT_PROTOCOL,
    "protocol_criterion_add": P.EDIT_PROTOCOL,
    "protocol_criterion": P.EDIT_PROTOCOL,
    "protocol_criterion_move": P.EDIT_PROTOCOL,
    "protocol_criterion_delete": P.EDIT_PROTOCOL,
    "searches": P.SEE_REVIEW,
    "search_new": P.IMPORT,
    "search_edit": P.IMPORT,
    "search_remove": P.IMPORT,
    "records": P.SEE_REVIEW,
    "record": P.SEE_REVIEW,
    "imports_upload": P.IMPORT,
    "imports_describe": P.IMPORT,
    "imports_forget": P.IMPORT,
    "record_title": P.IMPORT,
    "import_report": P.SEE_REVIEW,
    "import_rejected": P.SEE_REVIEW,
    "import_encoding": P.IMPORT,
    "import_columns": P.IMPORT,
    "import_accept": P.IMPORT,
    "import_again": P.IMPORT,
    "import_cancel": P.IMPORT,
    "import_edit": P.IMPORT,
    "import_undo": P.IMPORT,
    "import_restore": P.IMPORT,
    "duplicates": P.SEE_RESULTS,
    "duplicates_find": P.RESOLVE_DUPLICATES,
    "duplicates_stop": P.RESOLVE_DUPLICATES,
    "duplicates_progress": P.SEE_RESULTS,
    "duplicates_undo": P.RESOLVE_DUPLICATES,
    "duplicates_accept": P.RESOLVE_DUPLICATES,
    "duplicates_merged": P.SEE_RESULTS,
    "duplicates_apart": P.SEE_RESULTS,
    "duplicates_check": P.SEE_RESULTS,
    "duplicates_csv": P.SEE_RESULTS,
    "duplicate_card": P.SEE_RESULTS,
    "duplicate_answer": P.RESOLVE_DUPLICATES,
    "duplicates_numbers": P.SEE_RESULTS,
    "duplicates_declare": P.IMPORT,
    "duplicates_withdraw": P.IMPORT,
    "duplicate_kept": P.RESOLVE_DUPLICATES,
    "duplicate_part": P.RESOLVE_DUPLICATES,
    "record_remove": P.REMOVE_RECORDS,
    "record_put_back": P.REMOVE_RECORDS,
    "record_automation": P.REMOVE_RECORDS,
    "record_automation_list": P.REMOVE_RECORDS,
    "record_automation_remove": P.REMOVE_RECORDS,
    "record_automation_undo": P.REMOVE_RECORDS,
    "screening_ta": P.SCREEN,
    "screening_ta_ahead": P.SCREEN,
    "screening_ta_view": P.SCREEN,
    "screening_ta_progress": P.SEE_REVIEW,
    "screening_ta_list": P.SEE_REVIEW,
    "screening_ta_record": P.SCREEN,
    "vote_ta": P.SCREEN,
    "vote_ta_take_back": P.SCREEN,
    "vote_ta_postpone": P.SCREEN,
    "screening_reopen": P.REOPEN,
    "words": P.SEE_REVIEW,
    "words_review": P.EDIT_PROTOCOL,
    "words_own": P.SCREEN,
    "words_view": P.SCREEN,
    "my_records": P.SCREEN,
    "my_time": P.SEE_REVIEW,
    "screening_highlights": P.SCREEN,
    "screening_tags": P.SCREEN,
    "agreement": P.SEE_RESULTS,
    "agreement_csv": P.SEE_RESULTS,
    "conflicts": P.SEE_CONFLICTS,
    "conflict": P.SEE_CONFLICTS,
    "conflict_comment": P.DISCUSS,
    "conflict_position": P.DISCUSS,
    "conflict_escalate": P.SEE_CONFLICTS,
    "conflict_reason": P.SEE_CONFLICTS,
    "conflict_take_back": P.SEE_CONFLICTS,
    "conflict_read": P.SEE_CONFLICTS,
    "proposal_new": P.SEE_CONFLICTS,
    "proposals": P.SEE_CONFLICTS,
    "proposal_take_up": P.EDIT_PROTOCOL,
    "proposal_decline": P.EDIT_PROTOCOL,
    "amendment": P.SEE_RESULTS,
    "amendment_records": P.SEE_RESULTS,
    "amendment_again": P.REOPEN,
    "my_letters": P.SEE_REVIEW,
    "rulings": P.ADJUDICATE,
    "ruling": P.ADJUDICATE,
    "ruling_read": P.ADJUDICATE,
    "ruling_later": P.ADJUDICATE,
    "ruling_give": P.ADJUDICATE,
    "fulltexts": P.SEE_RESULTS,
    "fulltexts_upload": P.RETRIEVE,
    "fulltexts_match": P.RETRIEVE,
    "fulltexts_place": P.RETRIEVE,
    "fulltexts_bring_back": P.RETRIEVE,
    "fulltexts_library": P.EDIT_REVIEW,
    "incoming_file": P.RETRIEVE,
    "report": P.SEE_RESULTS,
    "report_attempt": P.RETRIEVE,
    "report_request": P.RETRIEVE,
    "report_request_close": P.RETRIEVE,
    "report_retrieved": P.RETRIEVE,
    "report_not_retrieved": P.RETRIEVE,
    "report_seek_again": P.RETRIEVE,
    "report_upload": P.RETRIEVE,
    "report_file": P.SEE_REVIEW,
    "report_file_kind": P.RETRIEVE,
    "report_file_remove": P.RETRIEVE,
    "screening_ft": P.SCREEN,
    "screening_ft_list": P.SEE_REVIEW,
    "screening_ft_record": P.SCREEN,
    "vote_ft": P.SCREEN,
    "vote_ft_take_back": P.SCREEN,
    "vote_ft_postpone": P.SCREEN,
    "quote_keep": P.SCREEN,
    "quote_remove": P.SCREEN,
    "studies": P.SEE_RESULTS,
    "study_new": P.LINK_STUDIES,
    "studies_each": P.LINK_STUDIES,
    "study": P.SEE_RESULTS,
    "study_rename": P.LINK_STUDIES,
    "study_merge": P.LINK_STUDIES,
    "study_delete": P.LINK_STUDIES,
    "study_unlink": P.LINK_STUDIES,
    "study_link": P.LINK_STUDIES,
    "prisma": P.SEE_RESULTS,
    "prisma_box": P.SEE_RESULTS,
    "prisma_columns": P.SEE_RESULTS,
    "prisma_columns_file": P.SEE_RESULTS,
    "prisma_file": P.SEE_RESULTS,
    "history": P.SEE_HISTORY,
    "history_csv": P.EXPORT,
    "takeovers": P.BRING_IN_VOTES,
    "takeover": P.BRING_IN_VOTES,
    "takeover_apply": P.BRING_IN_VOTES,
    "takeover_set_aside": P.BRING_IN_VOTES,
    "takeover_misfits": P.BRING_IN_VOTES,
    "progress": P.SEE_PROGRESS,
    "progress_remind": P.MANAGE_TEAM,
    "archive": P.EDIT_REVIEW,
    "archive_new": P.EDIT_REVIEW,
    "archive_file": P.EDIT_REVIEW,
    "archive_delete": P.EDIT_REVIEW,
    "exports": P.EXPORT,
    "export_records": P.EXPORT,
    "export_decisions": P.EXPORT,
    "manuscript": P.SEE_RESULTS,
    "extraction": P.SEE_REVIEW,
    "extraction_assign": P.EDIT_FORMS,
    "extraction_assign_all": P.EDIT_FORMS,
    "extraction_start": P.EXTRACT,
    "entry": P.EXTRACT,
    "entry_save": P.EXTRACT,
    "entry_submit": P.EXTRACT,
    "entry_take_back": P.EXTRACT,
    "consensus": P.SEE_RESULTS,
    "consensus_settle": P.SETTLE,
    "consensus_lock": P.SETTLE,
    "consensus_reopen": P.EDIT_FORMS,
    "coding": P.SEE_RESULTS,
    "coding_study": P.SEE_RESULTS,
    "coding_text_new": P.EDIT_CODEBOOK,
    "coding_text_aside": P.EDIT_CODEBOOK,
    "coding_text": P.SEE_RESULTS,
    "coding_mark": P.CODE,
    "coding_turn": P.CODE,
    "coding_compare": P.SEE_RESULTS,
    "coding_settle": P.SETTLE,
    "codebook": P.SEE_RESULTS,
    "codebook_new": P.EDIT_CODEBOOK,
    "codebook_mode": P.EDIT_CODEBOOK,
    "codebook_freeze": P.EDIT_CODEBOOK,
    "codebook_import": P.EDIT_CODEBOOK,
    "codebook_version": P.SEE_RESULTS,
    "codebook_file": P.EXPORT,
    "code": P.SEE_RESULTS,
    "code_new": P.EDIT_CODEBOOK,
    "code_act": P.EDIT_CODEBOOK,
    "code_undo": P.EDIT_CODEBOOK,
    "extraction_file": P.EXPORT,
    "synthesis": P.SEE_RESULTS,
    "synthesis_quotes": P.SEE_RESULTS,
    "synthesis_figure": P.SEE_RESULTS,
    "synthesis_characteristics": P.SEE_RESULTS,
    "synthesis_together": P.SEE_RESULTS,
    "synthesis_claim": P.EDIT_CODEBOOK,
    "synthesis_claim_remove": P.EDIT_CODEBOOK,
    "synthesis_file": P.EXPORT,
    "manuscript_check": P.SEE_RESULTS,
    "manuscript_file": P.EXPORT,
    "publications": P.EDIT_REVIEW,
    "publication_new": P.EDIT_REVIEW,
    "publication_revoke": P.EDIT_REVIEW,
}

OUTSIDE: dict[str, P] = {
    "front": P.PUBLIC,
    "health": P.PUBLIC,
    "security_txt": P.PUBLIC,
    "invitation": P.PUBLIC,
    "published": P.PUBLIC,
    "api_reference": P.PUBLIC,
    "api_description": P.PUBLIC,
    "api_nowhere": P.PUBLIC,
    "account_preferences": P.ACCOUNT,
    "review_new": P.ACCOUNT,
    "api_tokens": P.ACCOUNT,
    "api_token_revoke": P.ACCOUNT,
}


@dataclass(frozen=True)
class Route:
    """One address: its pattern, name, the permission stamped on its view, and the parameters that it takes."""

    pattern: str
    name: str
    permission: P | None
    parameters: tuple[str, ...]


def routes() -> list[Route]:
    """Every page of the site but those of the accounts library, which guards its own. The API has a table of its own."""
    return [
        route
        for route in _walk(get_resolver())
        if not route.pattern.startswith("accounts/") and not _is_operation(route)
    ]


def operations() -> list[Route]:
    """Every address of the API, its description apart, which is a page."""
    return [route for route in _walk(get_resolver()) if _is_operation(route)]


def _is_operation(route: Route) -> bool:
    return route.pattern.startswith("api/v1/") and route.name != "api_description"


def _walk(resolver: URLResolver, before: str = "") -> Iterator[Route]:
    for found in resolver.url_patterns:
        pattern = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from _walk(found, pattern)
        elif isinstance(found, URLPattern):
            permission: Any = getattr(found.callback, "permission", None)
            parameters = tuple(part.split(">")[0].split(":")[-1] for part in pattern.split("<")[1:])
            yield Route(pattern, found.name or "", permission, parameters)
