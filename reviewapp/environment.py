"""What the environment says, read once by the settings; every value has a default that works on one's own machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from reviewapp.folder_broker import SCHEME

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on (any case)."""
    value = os.environ.get(name, "")
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma separated list."""
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def secret_key(data: Path) -> str:
    """SECRET_KEY, or a key made once and kept beside the data, readable by its owner only."""
    given = os.environ.get("SECRET_KEY", "")
    if given:
        return given
    path = data / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text()


def database(data: Path) -> dict[str, Any]:
    """DATABASE_URL, or SQLite beside the data, with the options that make either safe (architecture: one answer on both)."""
    config: dict[str, Any] = dict(
        dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{data}/reviewapp.sqlite3")
    )
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"].endswith("sqlite3"):
        options.update(
            transaction_mode="IMMEDIATE",
            timeout=20,
            init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;",
        )
        return config
    # Compiling a statement takes longer here than running any of ours, hence no jit.
    limits = "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s -c jit=off"
    options.setdefault("options", limits)
    # The database plans a statement that comes again and again once: planning was most of its work on a vote.
    options.setdefault("server_side_binding", True)
    options.setdefault("prepare_threshold", 5)
    config["ENGINE"] = "reviewapp.postgresql"
    config["CONN_MAX_AGE"] = 600
    config["CONN_HEALTH_CHECKS"] = True
    return config


def broker(data: Path) -> tuple[str, dict[str, Any]]:
    """CELERY_BROKER_URL with its transport options, or a folder beside the data."""
    url = os.environ.get("CELERY_BROKER_URL", "")
    if url and not url.startswith((SCHEME, "filesystem")):
        return url, {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 5}
    folder = data / "broker"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    queue = {"data_folder_in": str(folder), "data_folder_out": str(folder)}
    return f"{SCHEME}://localhost", {
        **queue,
        "control_folder": str(folder),
        "store_processed": False,
        "polling_interval": 0.1,
    }


def refuse_if_unsafe(*, hosts: list[str], debug: bool, key: str) -> None:
    """P8: off loopback the site starts neither with DEBUG nor with a weak key. Raises ImproperlyConfigured."""
    if set(hosts) <= set(LOOPBACK):
        return
    if debug:
        raise ImproperlyConfigured("DEBUG is on and ALLOWED_HOSTS names a public host. Unset DEBUG.")
    if len(key) < 50 or len(set(key)) < 10:
        raise ImproperlyConfigured("SECRET_KEY is too weak for a public host. Use 50 or more random characters.")
