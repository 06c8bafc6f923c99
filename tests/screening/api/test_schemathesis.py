"""The API against its own description: whatever is sent, it is answered as described, and nothing breaks the site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from reviewapp.wsgi import application
from screening.api.actions import make_token
from screening.api.scopes import Scope
from screening.roles import Role
from tests.architecture.test_access import _world
from tests.factories import make_member
from tests.screening.api.clients import called_otherwise

Operation = APIOperation[Any, Any, Any, Any]
pytestmark = [pytest.mark.django_db, pytest.mark.once]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW = hypothesis.settings(
    max_examples=1,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Requests run in the test's transaction, as those of Django's own client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def operations(_one_connection: None) -> list[Operation]:
    """Every operation, as the site describes it over WSGI."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(found) > 170
    return found


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_sent_is_answered_as_described(
    operations: list[Operation], mode: GenerationMode, settings: Any
) -> None:
    settings.API_REQUESTS_A_MINUTE = 100_000
    world = _world("Taking part in research")
    everything = make_member(world.review, "Eve Everything", *Role)
    _, secret = make_token(user=everything.user, name="Fuzz", scopes=tuple(Scope), days=1)
    known = {**world.values, "slug": world.review.slug, **called_otherwise(world.values)}
    answered = set()
    for operation in operations:
        for case in _cases(operation, mode, known):
            with transaction.atomic():
                response = case.call(headers={"Authorization": f"Bearer {secret}"})
                case.validate_response(response, checks=CHECKS)
                transaction.set_rollback(True)
            answered.add(response.status_code)
            assert case.call().status_code == 401, operation.label
    assert {200, 404, 409} <= answered if mode is GenerationMode.POSITIVE else 422 in answered


def _cases(operation: Operation, mode: GenerationMode, known: dict[str, Any]) -> list[Case[Any]]:
    """A case of an operation; what its address names is there, where it is known."""
    names = [
        name
        for name in known
        if f"{{{name}}}" in operation.path and name not in ("name", "kind", "ending", "stage", "outcome")
    ]
    found: list[Case[Any]] = []

    @FEW
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: Case[Any]) -> None:
        case.path_parameters = {**(case.path_parameters or {}), **{name: known[name] for name in names}}
        found.append(case)

    collect()
    return found
