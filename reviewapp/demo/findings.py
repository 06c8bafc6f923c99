"""What the demo's people extract from the included studies, and how they code them, through the same actions as the pages."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from extraction.appraisal.actions import take_instrument
from extraction.appraisal.instruments import read_instrument
from extraction.coding.actions import add_code, make_codebook
from extraction.coding.marking import add_source, code_segment, submit
from extraction.coding.models import Code, SettledHow, SourceText
from extraction.coding.reconciling import open_differences, reconcile
from extraction.consensus.actions import lock, settle
from extraction.consensus.actions import submit as submit_and_compare
from extraction.consensus.models import Chosen
from extraction.entries.actions import save_entry, take_place
from extraction.entries.filling import Said
from extraction.synthesis.actions import keep_claim
from extraction.tables.actions import make_form, publish
from extraction.tables.fields import Field
from extraction.tables.models import Form
from extraction.tables.presets import preset
from extraction.tables.values import SAMPLE_PARTS
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
    form: Form = field(init=False)
    instrument: Form = field(init=False)

    def acts(self, begin: datetime) -> Iterator[tuple[datetime, Callable[[], object]]]:
        """Every act with its moment, from ``begin`` on."""
        yield begin, self._codebook
        yield begin, self._form
        yield begin, self._instrument
        for place, study in enumerate(self.said["studies"]):
            at = begin + (place + 1) * A_STUDY
            yield at, partial(self._extract, study)
            yield at + A_STUDY / 2, partial(self._code, study)
            yield at + A_STUDY * 3 / 4, partial(self._appraise, study)
        yield begin + 10 * A_STUDY, self._claim

    @property
    def _lead(self) -> Membership:
        return next(iter(self.people.values()))

    def _codebook(self) -> None:
        make_codebook(member=self._lead, name="What helps and what hinders", preset="ecological")
        for code in self.said["codes"]:
            self.codes[code["name"]] = add_code(member=self._lead, **code)

    def _form(self) -> None:
        self.form = make_form(member=self._lead, name="Table 2: study characteristics", preset="study-characteristics")
        publish(member=self._lead, form=self.form)

    def _instrument(self) -> None:
        brought = read_instrument((FOLDER / "reporting.yaml").read_bytes())
        self.instrument = take_instrument(member=self._lead, instrument=brought)
        publish(member=self._lead, form=self.instrument)

    def _extract(self, said: dict[str, Any]) -> None:
        entered = {"alice": _entered(said), "bob": _entered(said | said.get("bob", {}))}
        self._fill_in(self.form, self._study(said), entered, said.get("settled", {}))

    def _appraise(self, said: dict[str, Any]) -> None:
        told = {"alice": said["appraised"], "bob": said["appraised"] | said.get("appraised_by_bob", {})}
        entered = {handle: {key: Said(value=one) for key, one in own.items()} for handle, own in told.items()}
        self._fill_in(self.instrument, self._study(said), entered, said.get("appraisal_settled", {}))

    def _fill_in(
        self, form: Form, study: Study, entered: Mapping[str, dict[str, Said]], settled: Mapping[str, str]
    ) -> None:
        """Both fill in the form, each alone; where they differ the value of Alice stands, and the lead says why. Then it is locked."""
        for handle in CODERS:
            entry = take_place(member=self.people[handle], study=study, form=form)
            save_entry(member=self.people[handle], entry_id=entry.pk, said=entered[handle], saves=entry.saves)
            extraction = submit_and_compare(member=self.people[handle], entry_id=entry.pk)
        for key, reason in settled.items():
            settle(member=self._lead, extraction_id=extraction.pk, field=key, chosen=Chosen.FIRST, reason=reason)
        lock(member=self._lead, extraction_id=extraction.pk)

    def _study(self, said: dict[str, Any]) -> Study:
        return Study.objects.get(review=self._lead.review, label=said["label"])

    def _code(self, said: dict[str, Any]) -> None:
        """Both code the study's text, each alone; what one of them missed stands after they have talked."""
        study = self._study(said)
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


def _entered(said: Mapping[str, Any]) -> dict[str, Said]:
    """What a person enters of each field of Table 2; what the report leaves unsaid is not reported."""
    spec = preset("study-characteristics")
    return {one.key: _one(one, said.get(one.key)) for one in spec.fields if not one.is_automatic}


def _one(asked: Field, value: Any) -> Said:
    if not value:
        return Said(status="not_reported")
    if isinstance(value, list):
        return Said(value="; ".join(value))
    if asked.kind == "choice":
        return Said(value=next(option.key for option in asked.options if option.label == value))
    if asked.kind == "sample":
        return Said(value=dict.fromkeys(SAMPLE_PARTS) | {"unit": "", "note": ""} | value)
    return Said(value=value)
