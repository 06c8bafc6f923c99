"""Countries by their ISO 3166 code, and a code from what people write. Pure."""

from __future__ import annotations

import unicodedata

import pycountry

COUNTRIES: dict[str, str] = {
    one.alpha_2: getattr(one, "common_name", one.name)
    for one in sorted(pycountry.countries, key=lambda one: getattr(one, "common_name", one.name))
}
#: What English texts write and no standard lists.
_OTHERS = {
    "usa": "US", "us": "US", "u.s.": "US", "u.s.a.": "US", "america": "US", "uk": "GB", "u.k.": "GB", "great britain": "GB",
    "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "russia": "RU", "south korea": "KR", "korea": "KR", "north korea": "KP",
    "iran": "IR", "turkey": "TR", "holland": "NL", "the netherlands": "NL", "czech republic": "CZ", "ivory coast": "CI",
}  # fmt: skip


def country_code(said: str) -> str:
    """The alpha-2 code of a name or code, whatever its case and accents; "" for what is no country."""
    return _KNOWN.get(_plain(said), "")


def _plain(said: str) -> str:
    letters = unicodedata.normalize("NFKD", said.replace("’", "'")).casefold()
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


_KNOWN: dict[str, str] = {_plain(name): one.alpha_2 for one in pycountry.countries for name in (
    one.alpha_2, one.alpha_3, one.name, getattr(one, "common_name", one.name), getattr(one, "official_name", one.name),
)} | _OTHERS  # fmt: skip
