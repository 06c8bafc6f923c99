"""Loading the demo: once, whole or not at all, and never over a person's account."""

from __future__ import annotations

import json
from io import StringIO
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from reviewapp.demo.load import demo_reviews, load_demo
from reviewapp.demo.play import Play
from screening.reviews.models import Review
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def demo(*options: str) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def rows() -> dict[str, int]:
    """How many rows each table of ours holds."""
    labels = ("screening", "accounts")
    return {
        model.__name__: model._default_manager.count()
        for label in labels
        for model in apps.get_app_config(label).get_models()
    }


def test_running_demo_again_changes_nothing_and_says_the_same() -> None:
    first = json.loads(demo("--json"))
    held = rows()
    assert json.loads(demo("--json")) == first
    assert rows() == held
    assert first["review"] == "demo"
    assert [account["roles"] for account in first["accounts"]] == [
        ["lead", "librarian"],
        ["reviewer"],
        ["reviewer"],
        ["adjudicator"],
    ]
    assert first["password"] in demo()


def test_a_demo_that_stops_half_way_leaves_nothing_behind() -> None:
    held = rows()
    with mock.patch.object(Play, "_study", side_effect=RuntimeError("stopped")), pytest.raises(RuntimeError):
        load_demo()
    assert rows() == held
    assert demo_reviews() == []


def test_the_demo_does_not_take_over_a_persons_account() -> None:
    make_user("Bob Lindqvist", email="bob.lindqvist@example.org")
    with pytest.raises(CommandError, match="somebody's account"):
        demo()
    assert not Review.objects.exists()
