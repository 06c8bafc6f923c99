"""Author names as databases write them: one text with several people in it, and one person as "Family, Given"."""

from __future__ import annotations

import re
from itertools import pairwise

from screening.imports.parsers.cleaning import clean
from screening.imports.parsers.latex import plain

_ROLE = re.compile(r"\[[^\[\]]{0,100}\]|\s*\([^()\s]{1,100}@[^()\s]{1,100}\)|\s\d+(?:[ ,]\d+)*$|\s*\*+$")
_NUMBERS = re.compile(r"\d+(?:[ ,]\d+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SUFFIX = r"(?: (?:Jr|Sr|2nd|3rd|4th|5th)\.?)?"
_TRAILING_INITIALS = re.compile(
    r"^(?P<family>[^,]*?[^\W\d_]{2,}[^,]*?) (?P<given>(?:[A-ZÀ-ÞА-ЯЁ]\.?[- ]?){1,4}" + _SUFFIX + r")$"
)
_LEADING_INITIALS = re.compile(r"^(?P<given>(?:-?[A-ZÀ-ÞА-ЯЁ][a-z]?\.[- ]*)+)(?P<family>[^\W\d_][^,.]+)$")
# Google Scholar writes T Marsh, JP van der Kun‐Rodrigues; one letter alone is an initial in any text: T Marsh, not LI Wei.
_BARE_FAMILY = (
    r"(?P<family>(?=[^ ]*(?: [^ ]*){0,3}$)(?=[^a-zß-ÿ]*[a-zß-ÿ])[^\W\d_][^\W\d_'’\u2010\u2011 -]*[\w'’\u2010\u2011 -]*)"
)
_BARE_INITIALS = re.compile(r"^(?P<given>[A-ZÀ-Þ](?:[-\u2010]?[A-ZÀ-Þ]){0,3}) " + _BARE_FAMILY + "$")
_ONE_INITIAL = re.compile(r"^(?P<given>[A-ZÀ-Þ]) " + _BARE_FAMILY + "$")
_MORE = re.compile(r"(?:\.{2,}|…|et\.? al\.?|others)$", re.IGNORECASE)  # stands for the rest of a list that was cut
_DEGREE = re.compile(
    r"(?<=\S),\s*(?:Ph\.?\s?D|D\.?Phil|M\.?D|M\.?P\.?H|Dr\.?P\.?H|M\.?Sc|B\.?Sc|M\.?S|M\.?A|Ed\.?D|Psy\.?D|Pharm\.?D|MBBS|R\.?N)\.?$"
)
_AND_OTHERS = re.compile(r",? et al\.?$|,? and others$|[,，、]? ?等$")
_INITIALS_ONLY = re.compile(r"^(?:[A-ZÀ-ÞА-ЯЁ][a-z]?\.?[- ]?){1,5}(?:,? (?:Jr|Sr|II|III)\.?)?$")
_GROUP = re.compile(
    r"\b(?:group|committee|study|studies|collaborat\w*|consortium|network|investigators|trial|society|association|team"
    r"|university|institute|ministry|department|organi[sz]ation|foundation|centre|center|council|of|for|the)\b",
    re.IGNORECASE,
)
_MISSING = frozenset(
    {"[no author name available]", "anonymous", "anon", "[anonymous]", "no authorship indicated", "et al", "et al.", "others",
     "and others", "等"}
)  # fmt: skip
# Adeli K.Lewis G. F. (a lost line break); Vivek K. PallipuramMohammad Bhuiyan (SpringerLink); not MacArthur, DeVries.
_GLUED = re.compile(r"(?<=[\w.] [A-Z]\.)(?=[A-Z][a-z]{2})|(?<=[^\W\d_A-Z]{3})(?<!Fitz)(?=[A-ZÀ-Þ](?:\.|[^\W\d_A-Z]))")
_LATIN_IN_BRACKETS = re.compile(r"\s*[(（][^(（)）\u3040-\u9fff]{0,100}[)）]")  # Airiti: 王小明(Wang, Xiao-Ming)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_BRACE_OR_AND = re.compile(r"\\.|[{}]|\s+and\s+|、", re.IGNORECASE | re.DOTALL)
_BRACED = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")  # one pair around all of it, commands in braces of their own inside
_LONGEST_NAME = 200  # a longer text is no name of one person and is not taken apart
_MOST_ALIKE = 0.6  # of the parts of a list must be written alike for its commas to part people
_FEWEST_ALIKE = 2
_LATEX = re.compile(r"\\[\"'`^~]\{?\\?[A-Za-z]")  # an accent of BibTeX that somebody took over into another format


def one_name(text: str) -> str:
    """One person as "Family, Given" where initials tell which is which; Chinese and group names stay whole.

    A name that was read stays as it is when it is read again, as it is from our own exports.
    """
    while (name := _read(text)) != text:
        text = name
    return name


def _read(text: str) -> str:
    name = clean(text).strip(" ;,")
    if len(name) > _LONGEST_NAME:
        return name
    while (bare := _bare(name)) != name:  # brackets may stand in brackets
        name = bare
    if not name or name.casefold() in _MISSING:
        return ""
    if "," in name:
        family, given = name.split(",", 1)
        if _NUMBERS.fullmatch(given.strip()):  # of an affiliation: "Marsh,1"
            return family.strip()
        return f"{family.strip()}, {given.strip()}" if given.strip() else family.strip()
    if _CJK.search(name) or _GROUP.search(name):
        return name
    found = _TRAILING_INITIALS.match(name) or _LEADING_INITIALS.match(name) or _ONE_INITIAL.match(name)
    if found is None:
        return name
    return f"{found.group('family').strip()}, {found.group('given').strip()}"


def _bare(name: str) -> str:
    """The name without a role or number behind it, and without the Latin spelling of a Chinese one."""
    name = _AND_OTHERS.sub("", _ROLE.sub("", name)).removesuffix(" and").strip(" ;,")
    if name.count(",") > 1:
        name = _DEGREE.sub("", name)
    return _LATIN_IN_BRACKETS.sub("", name).strip() if _CJK.search(name) else name


def names(values: list[str]) -> list[str]:
    """The people of several fields, one name each; a field may itself hold several, as semicolons and shapes tell."""
    people: list[str] = []
    for value in map(clean, values):
        value = plain(value) if _LATEX.search(value) else value
        parts = re.split(r"\s*[;；]\s*", value) if (";" in value or "；" in value) else [value]
        people += [name for part in parts for one in _several(part) if (name := one_name(one))]
    return people


def _several(text: str) -> list[str]:
    """The people of a field that is meant for one: ``Lin, M and Li, K`` and ``Lin M, Li K`` are two, ``Lin, M`` is one."""
    if " and " in text:
        parts = re.split(r",? and ", text)
        if all(0 < part.find(",") < len(part.strip()) - 1 for part in parts):
            return parts
    parts = text.split(", ") if ", " in text else [text]
    if len(parts) > 1 and all(_TRAILING_INITIALS.match(part) for part in parts) and not _GROUP.search(text):
        return parts
    return [text]


def split_names(text: str) -> list[str]:
    """The people of one cell: ``A; B``, ``A and B``, ``['A', 'B']``, ``Liu R., Adler D.G.``, ``Huey, SL, Mehta, NH``."""
    listed = _literal_list(text)
    if listed is not None:
        return names(listed)
    if re.search(r"[;；\n|]", text):
        return names(re.split(r"\n+" if re.search("[;；]", text) else r"[\n|]+", text))
    glued = _GLUED.split(text)
    if len(glued) > 1 and all(" " in part.strip() for part in glued):
        return names(glued)
    if text.count(".") == 1 and "," in text:
        text = text.rstrip(".")
    people: list[str] = []
    for part in re.split(r",? (?:and|AND|&) (?=\S)", text):
        people += [name for one in _split_at_commas(part.strip(" ,")) if (name := one_name(one))]
    return people


def split_bibtex_names(text: str) -> list[str]:
    """The people of a BibTeX field: ``and`` between them, the last word is the family name, braces keep a group whole."""
    people: list[str] = []
    for part in _outside_braces(text.replace("\n", " ")):
        name = part.strip(" ,")
        if _BRACED.fullmatch(name):
            people.append(plain(name))
        elif name.casefold() != "others":
            people += [_family_first(one) for one in _split_at_commas(plain(name))]
    return [one for one in people if one]


def _outside_braces(text: str) -> list[str]:
    """The parts between ``and`` and 、 that stand in no braces."""
    places = [(0, 0)]
    depth = 0
    for found in _BRACE_OR_AND.finditer(text):
        sign = found[0]
        if sign in "{}":
            depth = max(0, depth + (1 if sign == "{" else -1))
        elif not depth and not sign.startswith("\\"):
            places.append(found.span())
    places.append((len(text), len(text)))
    return [text[before[1] : after[0]] for before, after in pairwise(places)]


def _family_first(name: str) -> str:
    """``Ludwig van Beethoven`` as ``van Beethoven, Ludwig``: BibTeX's rule for names without a comma."""
    words = name.split()
    if (
        "," in name
        or ";" in name
        or len(words) < 2
        or _CJK.search(name)
        or _GROUP.search(name)
        or _TRAILING_INITIALS.match(name)
    ):
        return name
    particles = [index for index, word in enumerate(words[:-1]) if index and word[0].islower()]
    first = particles[0] if particles else len(words) - 1
    return f"{' '.join(words[first:])}, {' '.join(words[:first])}"


def _literal_list(text: str) -> list[str] | None:
    """A list as Python or JSON writes it, as scripts put it into a cell: ``['Marx, Karl', 'Lindgren, Astrid']``."""
    stripped = text.strip()
    if not (stripped.startswith(("['", '["')) and stripped.endswith(("']", '"]'))):
        return None
    return [found[1] or found[2] for found in _QUOTED.finditer(stripped)]


def _split_at_commas(text: str) -> list[str]:
    parts = [part for one in re.split(r"[,，、]", text) if (part := one.strip()) and not _MORE.match(part)]
    if len(parts) < 2:
        return parts
    if _CJK.search(text):
        return parts if all(_CJK.search(part) for part in parts) else [text]
    if len(parts) % 2 == 0 and all(_INITIALS_ONLY.match(given) for given in parts[1::2]):
        return _in_pairs(parts)
    if people := _written_alike(parts):
        return people
    if _are_pairs(parts):
        return _in_pairs(parts)
    if len(parts) > 2 and all(" " in part for part in parts):
        return parts
    return [text]


def _written_alike(parts: list[str]) -> list[str]:
    """The people of a list where most stand as family name and initials, in one order; a group or a single name among
    them stays whole. ``[]`` for any other list."""
    for shape in (_TRAILING_INITIALS, _LEADING_INITIALS, _BARE_INITIALS):
        found = [shape.match(part) or shape.match(part.rstrip(".")) for part in parts]
        alike = sum(match is not None for match in found)
        if alike == len(parts) or (alike >= _FEWEST_ALIKE and alike >= _MOST_ALIKE * len(parts)):
            pairs = zip(parts, found, strict=True)
            if shape is _BARE_INITIALS:
                return [f"{match['family']}, {match['given']}" if match else part for part, match in pairs]
            return parts
    return []


def _are_pairs(parts: list[str]) -> bool:
    """Whether ``Hille, Zeev, Okur, Umut C.`` is family and given name in turn: initials betray it, behind given names only."""
    places = [place for place, part in enumerate(parts) if _TRAILING_INITIALS.match(part)]
    return len(parts) > 2 and len(parts) % 2 == 0 and bool(places) and all(place % 2 for place in places)


def _in_pairs(parts: list[str]) -> list[str]:
    return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]


def split_family_given(text: str) -> list[str]:
    """The people of a cell that is known to name family and given name in turn, all behind commas (SciELO)."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return names(_in_pairs(parts)) if len(parts) % 2 == 0 and ";" not in text else split_names(text)
