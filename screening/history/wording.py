"""What was done, in words of one style: the simple past, after the name of who did it. Pure.

The log keeps the words that it was given at the time; only the page speaks these.
"""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        # reviews
        "created the review": "created the review",
        "brought in an archive": "brought the review in from an archive",
        "edited the review": "edited the review",
        "invited a person": "invited a person",
        "revoked an invitation": "revoked an invitation",
        "joined the team": "joined the team",
        "changed roles": "changed the roles of a member",
        "left the team": "left the team",
        "came back to the team": "came back to the team",
        "sent a reminder": "reminded a member by e-mail",
        "could not send a reminder": "could not remind a member: no e-mail was sent",
        # scripts
        "made an API token": "made an API token",
        "revoked an API token": "revoked an API token",
        # protocol
        "loaded a preset": "loaded a preset",
        "added a criterion": "added a criterion",
        "edited a criterion": "edited a criterion",
        "moved a criterion": "moved a criterion",
        "deleted a criterion": "deleted a criterion",
        "changed the stage rules": "changed the rules of a stage",
        "edit highlighted words": "changed the words to highlight",
        "froze the protocol": "froze the protocol",
        "started an amendment": "started an amendment",
        "discarded a draft": "discarded a draft",
        # searches and imports
        "added a search": "added a search",
        "edited a search": "edited a search",
        "removed a search": "removed a search",
        "sent a file": "uploaded a file, to be described",
        "set a file aside": "took an uploaded file off the list",
        "uploaded a file": "uploaded a file",
        "answered a question about a file": "answered a question about a file",
        "had a file read again": "had a file read again",
        "imported a file": "imported a file",
        "refused a file": "refused a file",
        "cancelled an import": "cancelled an import",
        "corrected an import": "corrected an import",
        "saw to rejected rows": "said what became of the rejected rows of an import",
        "undid an import": "undid an import",
        "restored an import": "restored an import",
        "gave a title": "gave a title to a record",
        "corrected a title": "corrected the title of a record",
        # duplicates and removals
        "ask for duplicates": "started a search for duplicates",
        "stop search for duplicates": "stopped a search for duplicates",
        "find duplicates": "searched for duplicates",
        "judge records same": "judged records to be the same",
        "judge records related": "judged records to be related",
        "judge records different": "judged records to be different",
        "undo judgement": "undid a judgement on records",
        "choose what is kept": "decided which record of a group is kept",
        "part duplicate": "parted a record from its duplicates",
        "remove record": "removed a record",
        "put record back": "put a record back",
        "remove records by automation": "removed records by a rule",
        "undo removal by automation": "undid a removal by a rule",
        "declare removal before import": "declared records removed before import",
        "withdraw declaration": "withdrew what was declared of records removed before import",
        # screening
        "cast vote": "cast a vote",
        "change vote": "changed a vote",
        "tag record": "tagged a record",
        "take back vote": "took back a vote",
        "bring in vote": "brought in a vote",
        "reopen": "reopened a record",
        "plan stage": "changed how the work of a stage is shared out",
        "pass gate": "passed the gate: one vote a record is enough from here on",
        "start pilot": "started a pilot round",
        "end pilot": "ended a pilot round",
        "start re-screen": "had exclusions read again",
        "end re-screen": "ended a re-screen of exclusions",
        # votes made elsewhere
        "uploaded votes": "uploaded a file of votes made elsewhere",
        "asked for votes to be brought in": "had a file of votes brought in",
        "brought votes in": "brought in votes made elsewhere",
        "set votes aside": "set a file of votes aside",
        # conflicts
        "comment on conflict": "commented on a conflict",
        "take position": "took a position on a conflict",
        "ask adjudicator": "asked for the adjudicator",
        "take back hand-over": "took a conflict back from the adjudicator",
        "put off ruling": "put off a ruling",
        "propose change of criterion": "proposed a change of a criterion",
        "take up proposal": "took a proposed change into a draft",
        "decline proposal": "declined a proposed change",
        "open arguments": "opened the arguments on a conflict",
        "settle by discussion": "settled a conflict by discussion",
        "settle by adjudicator": "settled a conflict by a ruling",
        "settle by agreement": "picked the reason of an exclusion",
        # results
        "ask for archive": "asked for the archive of the review",
        "delete archive": "deleted the archive from the site",
        "publish flow": "published the flow",
        "revoke publication": "took back the link of a published flow",
        # full texts
        "log retrieval attempt": "logged an attempt to retrieve a report",
        "report sought": "marked a report as sought",
        "report retrieved": "marked a report as retrieved",
        "report not retrieved": "marked a report as not retrieved",
        "upload report": "uploaded a report",
        "remove report file": "removed the file of a report",
        "change kind of file": "changed what a file is to its report",
        "undo file of report": "took a file off a report again",
        "put file aside": "put an uploaded file aside",
        "bring file back": "brought a file back to the tray",
        "close request": "closed a request for a report",
        "set link resolver": "set the link resolver of the library",
        "keep quote": "kept a quote of a report",
        "remove quote": "removed a quote of a report",
        # entries and consensus
        "assign extraction": "assigned the extraction of a study",
        "take extraction": "took a place in the extraction of a study",
        "submit entry": "submitted an entry",
        "open entries": "opened the entries of a study, which are all in",
        "settle value": "settled a value",
        "lock extraction": "locked the extraction of a study",
        "reopen extraction": "reopened the extraction of a study",
        # synthesis
        "keep claim": "kept a sentence to be held against the studies",
        "remove claim": "removed a sentence held against the studies",
        # studies
        "create study": "created a study",
        "rename study": "renamed a study",
        "say version of study": "said which version of the review a study is of",
        "merge studies": "merged studies",
        "delete study": "deleted a study",
        "link report to study": "linked a report to a study",
        "unlink report from study": "unlinked a report from a study",
        # forms of extraction and appraisal
        "make form": "made a form",
        "edit form": "edited the draft of a form",
        "discard draft of form": "discarded the draft of a form",
        "publish form": "published a form",
        "change form": "changed the name of a form, or how many fill it in",
        "retire form": "took a form out of use",
        "bring form back": "put a form into use again",
        # coding
        "make codebook": "made the codebook",
        "change way of coding": "changed the way of coding",
        "freeze codebook": "kept a version of the codebook",
        "add code": "added a code",
        "edit code": "edited a code",
        "move code": "moved a code",
        "merge codes": "merged a code into another",
        "split code": "split a code",
        "rename code": "renamed a code",
        "retire code": "retired a code",
        "undo change of code": "undid a change of a code",
        "keep set of codes": "kept a set of codes",
        "remove set of codes": "removed a set of codes",
        "add text": "added a text of a study",
        "set text aside": "set a text of a study aside",
        "bring text back": "brought a text of a study back",
        "submit coding": "submitted the coding of a study",
        "take back coding": "took back the coding of a study",
        "settle coding": "settled a difference in coding",
        "undo settled coding": "took back how a difference in coding was settled",
        "hand coding over": "handed the unfinished coding of a study over",
        "reopen coding": "opened the coding of a study again",
    }
)


#: The same where somebody else did it than the member whom it is about.
OF_ANOTHER: Mapping[str, str] = MappingProxyType(
    {
        "joined the team": "added a member to the team",
        "left the team": "ended a membership",
        "came back to the team": "let a member back into the team",
    }
)


def in_words(verb: str, *, of_another: bool = False) -> str:
    """The sentence of a stored verb, as the page shows it: "Cast a vote". A verb of another version stays as it is."""
    words = OF_ANOTHER.get(verb, "") if of_another else ""
    words = words or WORDS.get(verb, verb)
    return words[:1].upper() + words[1:]
