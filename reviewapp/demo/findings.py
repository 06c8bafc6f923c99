"""What the demo's people extract from the included studies, and how they code them, through the same actions as the pages."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from extraction.coding.actions import add_code, make_codebook
from extraction.coding.marking import add_source, code_segment, submit
from extraction.coding.models import Code, SettledHow, SourceText
from extraction.coding.reconciling import open_differences, reconcile
from extraction.synthesis.actions import keep_claim
from reviewapp.demo.script import FOLDER
from screening.reviews.models import Membership
from screening.studies.models import Study

CODERS = ("alice", "bob")
A_STUDY = timedelta(minutes=20)
LABEL = "Results, in our own words for the demo"


def read_findings() -> dict[str, Any]:
    """The file of findings; its first lines explain the keys."""
    found: dict[str, Any] = tomllib.loads((FOLDER / "findings.toml").read_text(encoding="utf-8"))
    return found


@dataclass
class Findings:
    """The acts after the last study is included; ``people`` by handle, the lead first."""

    people: Mapping[str, Membership]
    said: dict[str, Any] = field(default_factory=read_findings)
    codes: dict[str, Code] = field(default_factory=dict)

    def acts(self, begin: datetime) -> Iterator[tuple[datetime, Callable[[], object]]]:
        """Every act with its moment, from ``begin`` on."""
        yield begin, self._codebook
        for place, study in enumerate(self.said["studies"]):
            at = begin + (place + 1) * A_STUDY
            yield at, partial(self._code, study)
        yield begin + 10 * A_STUDY, self._claim

    @property
    def _lead(self) -> Membership:
        return next(iter(self.people.values()))

    def _codebook(self) -> None:
        make_codebook(member=self._lead, name="What helps and what hinders", preset="ecological")
        for code in self.said["codes"]:
            made = add_code(member=self._lead, name=code["name"], level=code["level"], direction=code["direction"])
            self.codes[code["name"]] = made

    def _code(self, said: dict[str, Any]) -> None:
        """Both code the study's text, each alone; what one of them missed stands after they have talked."""
        study = Study.objects.get(review=self._lead.review, label=said["label"])
        text = " ".join(passage["text"] for passage in said["passages"])
        source = add_source(member=self._lead, study=study, kind="results", label=LABEL, text=text)
        for handle in CODERS:
            self._mark(handle, source, said["passages"])
            submit(member=self.people[handle], study=study)
        for difference in open_differences(study):
            how = SettledHow.FIRST if difference.first else SettledHow.SECOND
            reconcile(
                member=self.people["alice"], study=study, source=source, code_id=difference.code, start=difference.start, how=how
            )  # fmt: skip

    def _mark(self, handle: str, source: SourceText, passages: list[dict[str, Any]]) -> None:
        for passage in passages:
            if passage.get("missed_by") == handle:
                continue
            start = source.text.index(passage["text"])
            for name in passage["codes"]:
                end = start + len(passage["text"])
                code_segment(member=self.people[handle], source=source, start=start, end=end, code=self.codes[name])

    def _claim(self) -> None:
        keep_claim(member=self._lead, text=self.said["claim"])
