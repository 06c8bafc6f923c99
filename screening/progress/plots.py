"""The drawings of the lead's page as SVG inside the page. Pure.

Presentation attributes and the classes of `.fig` only, so that no policy on styles stops them and the page colours them. Each has a
title and a description that says the same in words; the table beside it has the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from screening.prisma.numbers import counted

WIDTH = 340.0
LINE = 20.0
BAR = 'fill="currentColor" fill-opacity="0.55"'
DOT = 'fill="currentColor"'
RULE = 'stroke="currentColor" stroke-opacity="0.35"'


@dataclass(frozen=True, slots=True)
class Spread:
    """A value with its interval, named; all within [-1, 1]."""

    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole``, named."""

    label: str
    part: int
    whole: int


def day_bars(days: Sequence[tuple[date, int]], *, name: str, title: str) -> str:
    """One bar a day, the oldest left. ``name`` is the drawing's own among those of a page."""
    top, height = max((n for _, n in days), default=0), 110.0
    step = WIDTH / max(len(days), 1)
    parts = [
        _text(0, 12, counted(top, "vote", "votes"), "m"),
        _rule(0, 18, WIDTH, 18),
        _rule(0, 18 + height, WIDTH, 18 + height),
    ]
    for place, (_, n) in enumerate(days):
        tall = height * n / top if top else 0.0
        parts.append(_rect(place * step + 1, 18 + height - tall, step - 2, tall))
    if days:
        parts.append(_text(0, 18 + height + 16, days[0][0].isoformat(), "m"))
        parts.append(_text(WIDTH, 18 + height + 16, days[-1][0].isoformat(), "m end", anchor="end"))
    total, voted = sum(n for _, n in days), sum(1 for _, n in days if n)
    said = f"{counted(total, 'vote', 'votes')} on {voted} of {counted(len(days), 'day', 'days')}, at most {top} a day."
    return _svg(name, title, said, 18 + height + 22, parts)


def interval_plot(spreads: Sequence[Spread], *, name: str, title: str) -> str:
    """A point with its interval for each, on one scale that holds nought and one."""
    least = min([0.0, *(one.low for one in spreads)])
    scale = (WIDTH - 20) / (1 - least)
    height = 2 * LINE * len(spreads)
    parts = [_rule(_x(at, least, scale), height, _x(at, least, scale), height + 5) for at in _ticks(least)]
    for place, one in enumerate(spreads):
        y = 2 * LINE * place
        parts.append(_text(0, y + 14, one.label, ""))
        parts += [_rule(_x(at, least, scale), y + 19, _x(at, least, scale), y + 37) for at in _ticks(least)]
        low, at, high = (_x(value, least, scale) for value in (one.low, one.value, one.high))
        parts.append(f'<path d="M{_px(low)} {_px(y + 28)}H{_px(high)}" stroke="currentColor" stroke-width="2"/>')
        parts.append(f'<circle cx="{_px(at)}" cy="{_px(y + 28)}" r="4.5" {DOT}/>')
    for at in _ticks(least):
        parts.append(_text(_x(at, least, scale), height + 20, f"{at:g}", "m mid", anchor="middle"))
    said = " ".join(f"{one.label}: {one.value:.2f}, from {one.low:.2f} to {one.high:.2f}." for one in spreads)
    return _svg(name, title, said, height + 26, parts)


def share_bars(shares: Sequence[Share], *, name: str, title: str) -> str:
    """A bar for each part of its whole, below its name."""
    parts = []
    for place, one in enumerate(shares):
        y = 2 * LINE * place
        parts.append(_text(0, y + 14, one.label, ""))
        parts.append(_text(WIDTH, y + 14, f"{one.part} of {one.whole}", "m end", anchor="end"))
        parts.append(f'<rect x="0" y="{_px(y + 20)}" width="{_px(WIDTH)}" height="10" fill="none" {RULE}/>')
        parts.append(_rect(0, y + 20, WIDTH * one.part / one.whole if one.whole else 0.0, 10))
    said = " ".join(f"{one.label}: {one.part} of {one.whole}." for one in shares)
    return _svg(name, title, said, 2 * LINE * len(shares), parts)


def _ticks(least: float) -> list[float]:
    return [at for at in (-1.0, -0.5, 0.0, 0.5, 1.0) if at >= least]


def _x(value: float, least: float, scale: float) -> float:
    return 10 + (value - least) * scale


def _svg(name: str, title: str, said: str, height: float, parts: Iterable[str]) -> str:
    named = f'aria-labelledby="{name}-title" aria-describedby="{name}-said"'
    box = f'viewBox="0 0 {_px(WIDTH)} {_px(height)}" width="{_px(WIDTH)}"'
    head = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-said">{escape(said)}</desc>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="fig" role="img" {named} {box}>{head}{"".join(parts)}</svg>'


def _rect(x: float, y: float, width: float, height: float) -> str:
    return f'<rect x="{_px(x)}" y="{_px(y)}" width="{_px(width)}" height="{_px(height)}" {BAR}/>'


def _rule(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{_px(x)} {_px(y)}L{_px(to_x)} {_px(to_y)}" {RULE}/>'


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    named = f" class={quoteattr(kind)}" if kind else ""
    return f'<text x="{_px(x)}" y="{_px(y)}"{named} font-size="14" text-anchor="{anchor}">{escape(text)}</text>'


def _px(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
