"""The example of docs/api.md does what it says, against a served site."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from screening.api.actions import make_token
from screening.api.scopes import Scope
from screening.decisions.models import Item
from screening.fulltexts.actions import mark_retrieved
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import alice, make_import, make_member, make_review, open_screening, run_jobs, settled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
DOCS = Path(__file__).resolve().parents[3] / "docs" / "api.md"


def test_the_example_in_python_runs(
    live_server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    review = make_review()
    make_import(review, records=2)
    settled(review, open_screening(review)[0], "include", "include")
    _include(review)
    everything = make_member(review, "Eve Everything", Role.LEAD)
    _, secret = make_token(user=everything.user, name="Docs", scopes=[Scope.MANAGE], days=1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REVIEWAPP", str(live_server))
    monkeypatch.setenv("REVIEWAPP_TOKEN", secret)
    monkeypatch.setattr(time, "sleep", lambda _: run_jobs(review))
    (tmp_path / "hits.ris").write_text("TY  - JOUR\nTI  - Mentors and how they help\nER  - \n", encoding="utf-8")
    code = DOCS.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    exec(compile(code, str(DOCS), "exec"), {})  # noqa: S102  our own example
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("1 What clinicians say about research, part 1")
    assert said[1:] == ["stored 1 imported, 0 rejected", "3 screened, 2 pending at title and abstract"]
    assert (tmp_path / "included.ris").read_text(encoding="utf-8").count("ER  -") == 1


def _include(review: Review) -> None:
    """The one report is at hand, and both include it."""
    record = Item.objects.get(review=review, decision="include").record
    mark_retrieved(member=alice(review), record=record)
    settled(review, Item.objects.get(record=record, stage="ft"), "include", "include")
