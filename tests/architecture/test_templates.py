"""FE3, FE5, FE6: what no template may hold, and how much our own script and style may weigh."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))

FORBIDDEN = {
    "a filter in hx-trigger, which fires on any key": re.compile(r"""hx-trigger\s*=\s*(["'])[^"']*\["""),
    "hx-on, dead under the policy": re.compile(r"\bhx-on\b"),
    "a js: value, dead under the policy": re.compile(r"""=\s*(["'])\s*js:"""),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*="),
    "an inline style": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)"),
    "an inline handler": re.compile(r"\son(?:click|change|submit|load|key\w+|input|focus|blur)\s*="),
    "a data: address": re.compile(r"""(?:src|href)\s*=\s*(["'])data:"""),
}  # fmt: skip
POST = re.compile(r"""<form\b(?=[^>]*method\s*=\s*(["'])post\1)[^>]*>(.*?)</form>""", re.IGNORECASE | re.DOTALL)
KEYED = re.compile(r"<(\w+)\b[^>]*\bdata-shortcut=")
ACTING = re.compile(r"<(\w+)\b[^>]*\bhx-(?:post|put|patch|delete)=")


def _found_in(text: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]


def test_fe3_templates_hold_nothing_that_the_policy_forbids_or_silences() -> None:
    offences = {str(path.relative_to(ROOT)): _found_in(path.read_text()) for path in TEMPLATES}
    assert {path: found for path, found in offences.items() if found} == {}


@pytest.mark.parametrize(
    "planted",
    [
        """<form hx-trigger="keyup[key=='i']">""",
        """<form hx-on:submit="x()">""",
        """<form hx-vals='js:{a: 1}'>""",
        """<a href="javascript:void 0">""",
        """<p style="width: 4px">""",
        "<style>p { }</style>",
        "<script>alert(1)</script>",
        """<button onclick="x()">""",
        """<img src="data:image/png;base64,xx">""",
    ],
)
def test_fe3_each_planted_offence_is_found(planted: str) -> None:
    assert len(_found_in(planted)) == 1


def test_fe5_whatever_posts_by_htmx_is_a_form_or_a_button_that_posts_without_it() -> None:
    wrong = {
        str(path.relative_to(ROOT)): tag
        for path in TEMPLATES
        for tag in ACTING.findall(path.read_text())
        if tag not in {"form", "button"}
    }
    assert wrong == {}


def test_fe5_every_form_that_posts_carries_the_token() -> None:
    bare = [
        str(path.relative_to(ROOT))
        for path in TEMPLATES
        for _, body in POST.findall(path.read_text())
        if "{% csrf_token %}" not in body
    ]
    assert bare == []


def test_fe4_a_shortcut_sits_on_a_button_a_link_the_label_of_a_choice_or_the_summary_of_a_fold() -> None:
    tags = {tag for path in TEMPLATES for tag in KEYED.findall(path.read_text())}
    assert tags, "the pages have shortcuts"
    assert tags <= {"button", "a", "label", "summary"}


def test_k1_n_never_votes() -> None:
    buttons = re.findall(
        r"<button\b[^>]*\bclass=\"vote [^>]*>", (ROOT / "templates/components/votebar.html").read_text()
    )
    keys = {key for button in buttons for key in re.findall(r'data-(?:shortcut|alias)="(.)"', button)}
    assert keys == {"i", "y", "u", "m", "e"}


def test_fe6_our_own_script_and_style_stay_small() -> None:
    script = sum(path.stat().st_size for path in SCRIPTS)
    style = b"".join(path.read_bytes() for path in STYLES)
    assert script <= 24_000
    assert len(style) <= 46_000
    assert len(gzip.compress(style)) <= 12_000, "what a browser waits for"


def test_fe6_every_style_file_declares_a_layer_and_every_script_is_loaded() -> None:
    page = (ROOT / "templates/base.html").read_text()
    scripts = "".join(path.read_text() for path in SCRIPTS)
    for path in STYLES:
        assert "@layer" in path.read_text(), path.name
        assert f"css/{path.name}" in page
    for path in SCRIPTS:
        assert path.name == "app.js" or f"./{path.name}" in scripts
