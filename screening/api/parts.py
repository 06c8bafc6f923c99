"""The parts of the API that the process of screening gives, in its order."""

from __future__ import annotations

from ninja import Router

from screening.api.operations import (
    amendments,
    archive,
    conflicts,
    duplicates,
    files,
    flow,
    fulltexts,
    history,
    jobs,
    protocol,
    publications,
    records,
    removals,
    rescreens,
    reviews,
    screening,
    searches,
    studies,
    takeovers,
    team,
    work,
)

PARTS: tuple[tuple[str, Router], ...] = (
    ("Reviews", reviews.router),
    ("Team", team.router),
    ("Protocol", protocol.router),
    ("Searches and imports", searches.router),
    ("Records", records.router),
    ("Duplicates", duplicates.router),
    ("Removals before screening", removals.router),
    ("Screening", screening.router),
    ("Sharing out and pilot rounds", work.router),
    ("Exclusions read again", rescreens.router),
    ("Conflicts and rulings", conflicts.router),
    ("Amendments", amendments.router),
    ("Votes made elsewhere", takeovers.router),
    ("Full texts", fulltexts.router),
    ("Studies", studies.router),
    ("PRISMA", flow.router),
    ("Agreement and history", history.router),
    ("Files", files.router),
    ("Archive", archive.router),
    ("Publications", publications.router),
    ("Jobs", jobs.router),
)
