"""A private Redis on a unix socket: found by environment variable, then on PATH."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import redis

from tests.parts import private

SOCKET = "redis.sock"
REMEDY = "install Debian's package redis-server, or set TEST_REDIS_SERVER to the program"


def program() -> str | None:
    """The path of redis-server, or None."""
    return os.environ.get("TEST_REDIS_SERVER") or shutil.which("redis-server")


def start(server: str) -> tuple[str, private.Keeper]:
    """Serve an empty Redis that keeps nothing on disk; its broker URL, and what keeps it alive."""
    folder = private.make_folder("redis")
    return f"redis+socket://{folder / SOCKET}", serve(server, folder)


def serve(server: str, folder: Path) -> private.Keeper:
    """Serve in a folder that `start` made, as again after a kill: empty once more."""
    socket = folder / SOCKET
    place = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "777", "--dir", str(folder)]
    return private.start(folder, [server, *place, "--save", "", "--appendonly", "no"], lambda: _answers(socket))


def _answers(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def empty(url: str) -> None:
    """Forget every key."""
    with redis.Redis(unix_socket_path=url.removeprefix("redis+socket://")) as client:
        client.flushall()
