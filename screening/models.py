"""All models of screening, for Django, in the order of the process."""

from screening.amendments.models import Proposal
from screening.api.models import ApiToken
from screening.audit.models import AuditEvent
from screening.conflicts.models import Comment, Escalation, Mention, OwnReading, Position, Ruling
from screening.decisions.models import Item, Postponed, QueueCursor, Quote, Submission, Tagging, Vote
from screening.decisions.piloting.models import GatePassed, Pilot
from screening.decisions.rescreening.models import Reading, Rescreen
from screening.decisions.sharing.models import Assignment, StagePlan, WorkShare
from screening.dedupe.models import CandidateCard, DeclaredRemoval, DuplicateLink, Judgement, KeptChoice, MatchingPart
from screening.fulltexts.models import IncomingFile, LinkResolver, Report, ReportFile, RetrievalAttempt
from screening.imports.models import Import, RejectedRow, SetAside
from screening.jobs.models import Job, Worker
from screening.letters.models import Letter
from screening.protocol.models import Criterion, Desk, ProtocolVersion, ReviewWords
from screening.publishing.models import Publication
from screening.records.models import Change, Record, RecordText, Repair, Standing
from screening.reviews.models import Invitation, Membership, Review
from screening.searches.models import SearchRun, Source
from screening.studies.models import Study, StudyReport
from screening.takeovers.models import Takeover

__all__ = [
    "ApiToken",
    "Assignment",
    "AuditEvent",
    "CandidateCard",
    "Change",
    "Comment",
    "Criterion",
    "DeclaredRemoval",
    "Desk",
    "DuplicateLink",
    "Escalation",
    "GatePassed",
    "Import",
    "IncomingFile",
    "Invitation",
    "Item",
    "Job",
    "Judgement",
    "KeptChoice",
    "Letter",
    "LinkResolver",
    "MatchingPart",
    "Membership",
    "Mention",
    "OwnReading",
    "Pilot",
    "Position",
    "Postponed",
    "Proposal",
    "ProtocolVersion",
    "Publication",
    "QueueCursor",
    "Quote",
    "Reading",
    "Record",
    "RecordText",
    "RejectedRow",
    "Repair",
    "Report",
    "ReportFile",
    "Rescreen",
    "RetrievalAttempt",
    "Review",
    "ReviewWords",
    "Ruling",
    "SearchRun",
    "SetAside",
    "Source",
    "StagePlan",
    "Standing",
    "Study",
    "StudyReport",
    "Submission",
    "Tagging",
    "Takeover",
    "Vote",
    "WorkShare",
    "Worker",
]
