"""The compose file: valid by its published schema, scalable, without a secret in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services with their merged keys."""
    loaded: dict[str, Any] = YAML(typ="safe").load(TEXT)["services"]
    return loaded


@pytest.mark.parametrize(
    ("schema", "file"),
    [("vendor.compose-spec", "docker-compose.yml"), ("vendor.github-workflows", ".github/workflows/ci.yml")],
)
def test_the_file_follows_its_published_schema(schema: str, file: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_workers_can_be_scaled(services: dict[str, Any]) -> None:
    assert not {"container_name", "ports", "hostname"} & services["worker"].keys()


def test_every_lasting_service_has_a_health_check_and_comes_back(services: dict[str, Any]) -> None:
    lasting = {name: service for name, service in services.items() if name != "migrate"}
    assert lasting.keys() == {"web", "worker", "postgres", "redis"}
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []
    assert {service["restart"] for service in lasting.values()} == {"unless-stopped"}


def test_only_the_web_server_is_reachable_and_only_from_the_server_itself(services: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert list(ports) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_every_variable_stands_in_the_example_without_a_secret() -> None:
    example = (ROOT / ".env.example").read_text()
    variables = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
    assert variables <= set(re.findall(r"^(?:# )?(\w+)=", example, re.MULTILINE))
    secrets = re.findall(r"^(\w*(?:KEY|PASSWORD)\w*)=(.*)$", example, re.MULTILINE)
    assert [name for name, value in secrets if value] == []


def test_the_redis_keeps_its_messages(services: dict[str, Any]) -> None:
    command = " ".join(services["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_the_image_runs_as_a_user_without_rights() -> None:
    users = re.findall(r"^USER (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users[-1:] == ["reviewapp"]
