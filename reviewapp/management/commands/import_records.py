"""`manage.py import_records`: files into a review, as the upload page does it, without a browser or a worker."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.audit.refusal import NotAllowedNow
from screening.imports.actions import AlreadyImported, Description, cancel_import, same_file, start_import
from screening.imports.models import Import, ImportState
from screening.imports.queue import file_report, job_of
from screening.imports.receiving import Received, receive
from screening.jobs.run import wait
from screening.pipeline import HANDLERS
from screening.reviews.models import Membership, Review
from screening.searches.actions import add_search
from screening.searches.models import RunKind, SearchRun, SourceKind

NOT_RECORDED = "(not recorded)"


class Command(BaseCommand):
    """Import files in one go; each file is a whole or nothing."""

    help = "Import files of references into a review and wait until they are stored. Duplicates are looked for by the worker."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("review", help="slug or id of the review")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--database", required=True, metavar="NAME", help="who was asked, such as Scopus")
        parser.add_argument("--search", required=True, metavar="LABEL", help="the search; made if it is new")
        parser.add_argument("--kind", choices=SourceKind.values, default=SourceKind.DATABASE.value)
        parser.add_argument("--platform", default="", metavar="NAME", help="such as Ovid")
        parser.add_argument("--searched", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: today")
        parser.add_argument("--query", default=NOT_RECORDED, metavar="TEXT", help="the query as it was run")
        parser.add_argument("--encoding", default="", metavar="NAME", help="only where the files do not tell")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, review: str, files: list[Path], **options: Any) -> None:
        """Import what can be imported; exit with 1 and a sentence if a file was refused."""
        target = find_review(review)
        missing = [path for path in files if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {missing[0]}. Nothing was imported.")
        actor = _lead(target)
        run = _search(target, options["search"], actor)
        reports = [self._import(run, path, actor, options) for path in files]
        if options["json"]:
            self.stdout.write(json.dumps({"imports": reports}, ensure_ascii=False))
        refused = [f"{report['file']}: {report['refused']}" for report in reports if report["refused"]]
        if refused:
            raise CommandError(" ".join(refused))

    def _import(self, run: SearchRun, path: Path, actor: User, options: dict[str, Any]) -> dict[str, Any]:
        with path.open("rb") as upload:
            received = receive(review=run.review, upload=upload, name=path.name, encoding=options["encoding"])
        if received.file is None:
            return _refused(received)
        for sentence in received.left_out:
            self.stderr.write(f"{path.name}: {sentence}")
        first = same_file(review=run.review, sha256=received.file.sha256)
        if first is not None:
            return self._known(first)
        description = Description(
            database=options["database"],
            kind=options["kind"],
            platform=options["platform"],
            searched_on=options["searched"] or timezone.localdate(),
            query=options["query"],
        )
        try:
            imported = start_import(
                run=run,
                actor=actor,
                file=received.file,
                description=description,
                encoding=options["encoding"],
                accept_damage=True,
            )
        except AlreadyImported as already:
            return self._known(already.first)
        except NotAllowedNow as refusal:
            raise CommandError(str(refusal)) from refusal
        return self._loaded(imported, actor)

    def _known(self, first: Import) -> dict[str, Any]:
        self.stderr.write(f"{first.file_name} is in this review already: 0 records added.")
        return {**file_report(first), "added": 0}

    def _loaded(self, imported: Import, actor: User) -> dict[str, Any]:
        """Do the job here; a question that only a person can answer ends the import."""
        _finish(imported)
        report = file_report(imported)
        if imported.state != ImportState.STORED:
            cancel_import(imported=imported, actor=actor)
            _finish(imported)
            return {**report, "refused": report["refused"] or "It could not be imported.", "added": 0}
        self.stderr.write(
            f"{imported.file_name}: {imported.markers} marked = {imported.parsed} imported + {imported.rejected} rejected"
        )
        return {**report, "added": imported.parsed}


def find_review(name: str) -> Review:
    """The review with this slug or id. Raises CommandError."""
    found = Review.objects.filter(slug=name).first()
    if found is None and name.isdecimal():
        found = Review.objects.filter(pk=int(name)).first()
    if found is None:
        raise CommandError(f"There is no review {name}. Give its slug, the part of its address after /r/.")
    return found


def _lead(review: Review) -> User:
    leads = Membership.objects.select_related("user").filter(review=review, is_lead=True, active_to__isnull=True)
    member = leads.order_by("pk").first()
    if member is None:
        raise CommandError("This review has no lead, so that nobody answers for the import. Make somebody its lead.")
    return member.user


def _search(review: Review, label: str, actor: User) -> SearchRun:
    found = SearchRun.objects.select_related("review").filter(review=review, label__iexact=label).first()
    if found is not None:
        return found
    kind = RunKind.UPDATE if "update" in label.lower() else RunKind.SEARCH
    return add_search(review=review, actor=actor, label=label, kind=kind)


def _finish(imported: Import) -> None:
    job = job_of(imported)
    assert job is not None  # noqa: S101  the import was queued with its job
    try:
        done = wait(job, HANDLERS)
    except TimeoutError as error:
        raise CommandError(str(error)) from error
    imported.refresh_from_db()
    imported.error = imported.error or done.error


def _refused(received: Received) -> dict[str, Any]:
    report = {
        "file": received.name,
        "format": "",
        "encoding": "",
        "markers": 0,
        "parsed": 0,
        "flagged": [],
        "rejected": [],
    }
    return {**report, "refused": received.sentence, "import": None, "added": 0}
