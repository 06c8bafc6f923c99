"""Authors as matching reads them: family names from every source's own writing, and how alike two lists are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from . import normalise

_NOBODY = re.compile(
    r"^\W*(unknown|anon(ymous)?\.?|no authors? (listed|available|indicated)|not available|n/?a|nan|佚名|本刊编辑部)?\W*$",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"^\W*(et\.? al\.?|others?|等)\W*$", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[;；|、，]\s*|\s+and\s+|\s+&\s+|\s*\n\s*")
_GLUED = re.compile(r"(?<=[^\W\d_]\.)(?=[^\W\d_]?['’][^\W\d_]|[^\W\d_]{2}|[^\W\d_] [^\W\d_]{2})")
_GLUED_LIST = re.compile(r"[^\W\d_]{2,}\s+(?:[^\W\d_]\.[\s-]*)+[^\W\d_]{2,}")
_COMMA_LIST = re.compile(r"^\s*[^\W\d_][\w'’ -]+ [A-Z]{1,3},\s")
_MARKS = re.compile(r"\d+$")
_COMMA_LIST_CJK = re.compile(rf"^(?:\s*{normalise.CJK.pattern}{{2,5}}[\d*\s]*,){{2,}}")
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?-?){1,4}$")
_COLLECTIVE = frozenset(
    "group study studies investigators investigator consortium collaboration collaborators collaborative committee team network "  # noqa: SIM905
    "society association trial trialists initiative programme organisation organization college academy council ministry agency "
    "federation alliance taskforce party".split()
)
_COLLECTIVE_CJK = re.compile(r"(组|委员会|分会|协会|学会|联盟|研究会|グループ|研究班|학회|위원회|연구회)$")
_COMMON = _COLLECTIVE | {"the", "and", "for", "research"}
_PARTICLES = frozenset("von van de der den del della di da dos du la le ter ten el al bin ibn st".split())  # noqa: SIM905
_SUFFIX = frozenset("jr sr ii iii iv md phd".split())  # noqa: SIM905


MOST = 40
FEW = 0.3


@dataclass(frozen=True, slots=True)
class Authors:
    """``families`` in order, folded; beside them the ``words`` and sorted ``initials`` of each name.

    ``cjk`` stands for names in Chinese, Japanese or Korean, ``cut`` for a list that ends in "et al.", ``collective``
    for one that names groups and no person.
    """

    families: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    initials: tuple[str, ...] = ()
    cjk: bool = False
    cut: bool = False
    collective: bool = False


NOBODY = Authors()


def authors(names: tuple[str, ...]) -> Authors:
    """Read a list of names, each one name or a whole list in one string."""
    families: list[str] = []
    parts: list[tuple[str, ...]] = []
    initials: list[str] = []
    cut, group, person = False, False, False
    for name in names:
        for single in _split(name):
            if len(families) > MOST:
                break
            if _OTHERS.match(single):
                cut = True
            elif not _NOBODY.match(single):
                family, words, letters, named = _read(single)
                group = group or named
                person = person or not (named or single.strip().isalpha())
                families.append(family)
                parts.append(words)
                initials.append(letters)
    if not families:
        return NOBODY
    cjk = normalise.is_cjk("".join(families[:MOST]))
    return Authors(tuple(families[:MOST]), tuple(parts[:MOST]), tuple(initials[:MOST]), cjk, cut, group and not person)


@lru_cache(maxsize=50_000)
def _read(name: str) -> tuple[str, tuple[str, ...], str, bool]:
    """Family name, every word and the sorted initials of one name, and whether it is the name of a group."""
    family, words = _family(name)
    group = len(words) >= 2 and not _COLLECTIVE.isdisjoint(words)
    return family, words, _initials(name), group or bool(_COLLECTIVE_CJK.search(family))


def _split(name: str) -> list[str]:
    pieces: list[str] = []
    for piece in _SEPARATOR.split(name):
        if not piece.strip():
            continue
        if "," not in piece and _GLUED_LIST.search(piece):
            pieces += [glued for glued in _GLUED.split(piece) if glued.strip()]
        elif piece.count(",") > 1 and (_COMMA_LIST.match(piece) or _COMMA_LIST_CJK.match(piece)):
            pieces += [single for single in piece.split(",") if single.strip() and not single.strip().isdigit()]
        else:
            pieces.append(piece)
    return pieces


def _family(name: str) -> tuple[str, tuple[str, ...]]:
    bare = re.sub(r"\(.*?\)|\[.*?\]", " ", name) or name
    family, comma, _ = bare.partition(",")
    folded = normalise.fold(bare).replace("'", "")
    if normalise.is_cjk(folded):
        whole = _MARKS.sub("", normalise.compact(folded))  # numbers point to affiliations
        return whole, (whole,)
    every = tuple(word for word in normalise.words(folded) if len(word) > 1)
    if not comma:
        family = _family_without_comma(family.split())
    return normalise.compact(_without_particles(normalise.fold(family))) or normalise.compact(folded), every


def _family_without_comma(parts: list[str]) -> str:
    """``Adeli K.`` and ``de Boer RA`` end in initials; otherwise the last word is the family name."""
    parts = [part for part in parts if part.lower().strip(".") not in _SUFFIX] or parts
    if len(parts) < 2:
        return "".join(parts)
    if _is_initials(parts[-1]):
        kept = [part for part in parts if not _is_initials(part)]
        return " ".join(kept or parts)
    return parts[-1]


def _initials(name: str) -> str:
    """First letters of every part of a name, sorted: the same whichever part is taken for the family name."""
    if name.isupper():
        return ""
    parts = re.findall(r"[^\W\d_]+", name)
    letters = [letter for part in parts for letter in (part if part.isupper() and len(part) <= 3 else part[0])]
    return "".join(sorted(normalise.fold("".join(letters))))


def _is_initials(part: str) -> bool:
    return bool(_INITIALS.match(part)) and part == part.upper()


def _without_particles(family: str) -> str:
    kept = [word for word in family.split() if word.strip(".'") not in _PARTICLES and word not in _SUFFIX]
    return " ".join(kept) or family


def written(some: Authors) -> str:
    """A list of persons in one line for each; "" for what `are_strangers` does not judge."""
    if not some.families or some.cjk or some.collective:
        return ""
    people = zip(some.families, some.initials, some.words, strict=True)
    return "\n".join(
        ("cut" if some.cut else "", *("\t".join((one, letters, *words)) for one, letters, words in people))
    )


def are_strangers(a: str, b: str) -> bool:
    """True where two lists as `written` have hardly anybody in common."""
    alike = similarity(_read_back(a), _read_back(b)) if a and b else None
    return alike is not None and alike < FEW


def _read_back(text: str) -> Authors:
    cut, *lines = text.split("\n")
    people = [line.split("\t") for line in lines]
    return Authors(
        families=tuple(one[0] for one in people),
        words=tuple(tuple(one[2:]) for one in people),
        initials=tuple(one[1] for one in people),
        cut=bool(cut),
    )


def share_a_family(a: Authors, b: Authors) -> bool:
    """True where two lists may be one: a family name in both, a missing list, or names that cannot be compared."""
    return not a.families or not b.families or a.cjk != b.cjk or not set(a.families).isdisjoint(b.families)


def similarity(a: Authors, b: Authors) -> float | None:
    """0 to 1, None where a list is missing, the two are in different scripts, or one names a group, the other persons.

    A list that is the beginning of the other counts as cut (sources keep 1, 3, 6 or 10 names); else the shared names
    are divided by the longer list.
    """
    if not a.families or not b.families or a.cjk != b.cjk or a.collective != b.collective:
        return None
    if a.families == b.families or (a.cjk and "".join(a.families) == "".join(b.families)):
        return 1.0
    if a.collective:
        return _of_groups(a, b)
    short, long = (a, b) if len(a.families) <= len(b.families) else (b, a)
    if all(_same(short, n, long, n) for n in range(len(short.families))):
        return _begins(len(short.families), len(long.families), short.cut)
    shared = _shared(short, long) / (len(short.families) if short.cut else len(long.families))
    return max(shared, _swapped(a, b)) if shared < 0.6 else shared


def _of_groups(a: Authors, b: Authors) -> float:
    """Share of the words that two names of groups have in common, however a source turned them round."""
    one, other = ({word for words in side.words for word in words if len(word) > 2} - _COMMON for side in (a, b))
    return len(one & other) / max(min(len(one), len(other)), 1)


def _swapped(a: Authors, b: Authors) -> float:
    """0.75 where at least three names in a row agree in every initial: one source took given names for family names."""
    pairs = list(zip(a.initials, b.initials, strict=False))
    if len(a.initials) != len(b.initials) or len(pairs) < 3:
        return 0.0
    agreeing = sum(one == other and len(one) > 1 for one, other in pairs)
    return 0.75 if agreeing >= 0.8 * len(pairs) else 0.0


def _begins(short: int, long: int, cut: bool) -> float:
    if short == long or cut or short >= 3:
        return 1.0
    return 0.75 if short == 2 or long <= 3 else 0.65


def _shared(short: Authors, long: Authors) -> int:
    free = list(range(len(long.families)))
    shared = 0
    for n in range(len(short.families)):
        match = next((m for m in free if _same(short, n, long, m)), None)
        if match is not None:
            free.remove(match)
            shared += 1
    return shared


def _same(a: Authors, n: int, b: Authors, m: int) -> bool:
    one, other = a.families[n], b.families[m]
    if one == other:
        return True
    if a.cjk or b.cjk:
        return False
    if one in b.words[m] or other in a.words[n]:
        return True
    return min(len(one), len(other)) >= 4 and fuzz.ratio(one, other) >= 80
