"""Forms to begin with, from the files beside this module. Pure."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from extraction.tables.fields import FormSpec, read_form

FOLDER = Path(__file__).with_name("presets")


@cache
def presets() -> dict[str, str]:
    """Each preset with its name, by the name of its file."""
    return {path.stem: str(_read(path.stem)["name"]) for path in sorted(FOLDER.glob("*.yaml"))}


def preset(key: str) -> FormSpec:
    """The form of a preset. Raises KeyError for one that is not there."""
    if key not in presets():
        raise KeyError(key)
    return read_form(_read(key))


@cache
def _read(key: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / f"{key}.yaml").read_text(encoding="utf-8"))
    return found
