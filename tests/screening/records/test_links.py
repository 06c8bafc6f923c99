"""Addresses outside the site: plain, encoded, and a translation only for who needs one."""

from __future__ import annotations

import pytest

from screening.records.links import translation_address


@pytest.mark.parametrize(
    ("written_in", "reads", "into"),
    [
        ("zh", (), "en"), ("en", (), ""), ("en", ("zh",), "zh"), ("zh", ("zh",), ""), ("de", ("zh", "en"), "en"), ("en", ("en", "zh"), ""),
    ],
)  # fmt: skip
def test_a_translation_is_offered_into_a_language_that_the_reader_reads(
    written_in: str, reads: tuple[str, ...], into: str
) -> None:
    address = translation_address("探討 <b>&", written_in=written_in, reads=reads)
    assert address == "" if not into else f"&tl={into}&" in address


def test_the_text_is_encoded_and_cut() -> None:
    address = translation_address("<b>&" + "字" * 5000, written_in="zh")
    assert address.startswith("https://translate.google.com/?sl=auto&tl=en&op=translate&text=%3Cb%3E%26%E5%AD%97")
    assert len(address) < 17_000
    assert translation_address("  ", written_in="zh") == ""
