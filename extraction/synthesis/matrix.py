"""The matrix of studies and themes. Pure.

A cell holds quotes: the passages of one study that stand for one theme. Totals are told in studies (how many say it) and in quotes (how
often), and never added to each other. A theme with others below it speaks for those as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count

#: The order in which directions are told; any other follows, none comes last.
DIRECTIONS = ("facilitator", "barrier")
HEADINGS = {"facilitator": "Facilitators", "barrier": "Barriers", "": "Themes"}


@dataclass(frozen=True, slots=True)
class Study:
    """A column. ``letter`` is its sign in the figure, told apart from all others."""

    id: int
    label: str
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """A row, in the order of the codebook. ``level`` and ``direction`` may be empty; ``parent`` is the number of the theme above."""

    id: int
    name: str
    direction: str = ""
    level: str = ""
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A passage of a study stands for a theme."""

    study: int
    theme: int
    segment: int


@dataclass(frozen=True, slots=True)
class Total:
    """How many studies, and how many quotes: two counts that are never added."""

    studies: int
    quotes: int


@dataclass(frozen=True, slots=True)
class Row:
    """A theme with its number of quotes for each study, in the order of the columns."""

    theme: Theme
    depth: int
    quotes: tuple[int, ...]
    total: Total


@dataclass(frozen=True, slots=True)
class Group:
    """The themes of one direction and level, with the studies and quotes of all of them together."""

    direction: str
    level: str
    rows: tuple[Row, ...]
    total: Total


@dataclass(frozen=True, slots=True)
class Matrix:
    """``links`` counts pairs of study and theme; ``themes_of`` and ``quotes_of`` follow the columns."""

    studies: tuple[Study, ...]
    groups: tuple[Group, ...]
    themes_of: tuple[int, ...]
    quotes_of: tuple[int, ...]
    links: int
    total: Total

    @property
    def directions(self) -> list[tuple[str, list[Group]]]:
        """The groups by direction, each with its heading."""
        found: dict[str, list[Group]] = {}
        for group in self.groups:
            found.setdefault(group.direction, []).append(group)
        return [(HEADINGS.get(name, name.capitalize()), groups) for name, groups in found.items()]

    @property
    def rows(self) -> list[Row]:
        """Every row, from the first group to the last."""
        return [row for group in self.groups for row in group.rows]


def build(studies: Sequence[Study], themes: Sequence[Theme], links: Iterable[Link]) -> Matrix:
    """Bring links together. A link of a study or theme that is not given does not count; the same passage counts once (I45)."""
    columns, known = {one.id for one in studies}, {one.id: one for one in themes}
    kept = {link for link in links if link.study in columns and link.theme in known}
    spoken = _spoken_for(kept, known)
    rows = [_row(theme, _depth(theme, known), spoken[theme.id], studies) for theme in _in_order(themes)]
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        top = _top(row.theme, known)
        grouped.setdefault((top.direction, top.level), []).append(row)
    levels = list(dict.fromkeys(level for _, level in grouped))
    order = sorted(grouped, key=lambda key: (_place(key[0]), levels.index(key[1])))
    pairs = {(link.study, link.theme) for link in kept}
    themes_of = Counter(study for study, _ in pairs)
    quotes_of = Counter(study for study, _ in {(link.study, link.segment) for link in kept})
    return Matrix(
        studies=tuple(studies),
        groups=tuple(_group(key, grouped[key], kept) for key in order),
        themes_of=tuple(themes_of[one.id] for one in studies),
        quotes_of=tuple(quotes_of[one.id] for one in studies),
        links=len(pairs),
        total=_total(kept),
    )


def together(matrix: Matrix, links: Iterable[Link]) -> list[tuple[Theme, Theme, int, int]]:
    """Pairs of themes that meet: (one, other, studies that have both, passages that stand for both), those that meet most often first."""
    themes = {row.theme.id: row.theme for row in matrix.rows}
    columns = {one.id for one in matrix.studies}
    studies: dict[int, set[int]] = defaultdict(set)
    segments: dict[int, set[int]] = defaultdict(set)
    for link in links:
        if link.theme in themes and link.study in columns:
            studies[link.theme].add(link.study)
            segments[link.theme].add(link.segment)
    met = [
        (themes[one], themes[other], len(studies[one] & studies[other]), len(segments[one] & segments[other]))
        for one, other in combinations([key for key in themes if key in studies], 2)
    ]
    return sorted((pair for pair in met if pair[2]), key=lambda pair: (-pair[2], -pair[3]))


def lettered(labels: Sequence[str]) -> list[str]:
    """A short sign for each label, its first letter where no other begins so, else as few letters as tell it apart, else a number."""
    signs: list[str] = []
    for place, label in enumerate(labels):
        others = [other for at, other in enumerate(labels) if at != place]
        word = label.strip() or str(place + 1)
        lengths = (n for n in range(1, min(len(word), 3) + 1) if not any(one.startswith(word[:n]) for one in others))
        sign = next((word[:n] for n in lengths), "")
        free = (str(n) for n in count(place + 1) if str(n) not in signs)
        signs.append(sign if sign and sign not in signs else next(free))
    return signs


def _spoken_for(links: set[Link], known: Mapping[int, Theme]) -> dict[int, set[Link]]:
    """Each theme with the links of its own and of those below it."""
    found: dict[int, set[Link]] = {key: set() for key in known}
    for link in links:
        for theme in _upwards(known[link.theme], known):
            found[theme.id].add(link)
    return found


def _upwards(theme: Theme, known: Mapping[int, Theme]) -> list[Theme]:
    """The theme, the one above it, and so on; a circle ends where it closes."""
    path = [theme]
    while (above := known.get(path[-1].parent or 0)) is not None and above not in path:
        path.append(above)
    return path


def _top(theme: Theme, known: Mapping[int, Theme]) -> Theme:
    """The theme itself where it says direction or level, else the nearest above that does."""
    path = _upwards(theme, known)
    return next((one for one in path if one.direction or one.level), path[-1])


def _depth(theme: Theme, known: Mapping[int, Theme]) -> int:
    return len(_upwards(theme, known)) - 1


def _in_order(themes: Sequence[Theme]) -> list[Theme]:
    """Each theme with those below it after it."""
    below: dict[int | None, list[Theme]] = defaultdict(list)
    known = {one.id for one in themes}
    for one in themes:
        below[one.parent if one.parent in known else None].append(one)
    found: list[Theme] = []
    waiting = list(reversed(below[None]))
    while waiting:
        found.append(waiting.pop())
        waiting += reversed(below[found[-1].id])
    return found + [one for one in themes if one not in found]


def _row(theme: Theme, depth: int, links: set[Link], studies: Sequence[Study]) -> Row:
    quotes: dict[int, set[int]] = defaultdict(set)
    for link in links:
        quotes[link.study].add(link.segment)
    return Row(theme, depth, tuple(len(quotes[one.id]) for one in studies), _total(links))


def _group(key: tuple[str, str], rows: list[Row], links: set[Link]) -> Group:
    members = {row.theme.id for row in rows}
    return Group(key[0], key[1], tuple(rows), _total({link for link in links if link.theme in members}))


def _total(links: set[Link]) -> Total:
    return Total(len({link.study for link in links}), len({link.segment for link in links}))


def _place(direction: str) -> int:
    if direction in DIRECTIONS:
        return DIRECTIONS.index(direction)
    return len(DIRECTIONS) + (0 if direction else 1)
