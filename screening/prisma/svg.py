"""The flow diagram as SVG: a file that stands alone, or a drawing inside the page. Pure.

Presentation attributes only, so that no policy on styles stops it; classes let the page's style sheet colour it.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

from screening.prisma.columns import Columns
from screening.prisma.flow import Flow
from screening.prisma.layout import LEFT, RAIL, Box, Layout, Placed, Point, Rail, Text, lay_out
from screening.prisma.layout_columns import lay_out_columns
from screening.prisma.numbers import counted
from screening.prisma.typeset import clean, is_wide

Link = Callable[[str], str]
Colours = Mapping[str, str]

MARGIN = 24.0
WIDE_FACES = "'Noto Sans CJK TC', 'Noto Sans TC', 'PingFang TC', 'Microsoft JhengHei', 'WenQuanYi Zen Hei', sans-serif"
FACES = "'Noto Sans', 'Noto Sans CJK TC', 'PingFang TC', 'Microsoft JhengHei', system-ui, Arial, sans-serif"
RAISED = 5  # pixels by which a footnote's mark stands above its line

#: Black on white for print, in the colours of the light page.
PAPER: Colours = MappingProxyType(
    {
        "text": "#1a1d21",
        "muted": "#565d66",
        "frame": "#7b838d",
        "surface": "#ffffff",
        "hair": "#dde1e5",
        "pending": "#765100",
        "broken": "#a1292b",
        "rail": "#e9f0f8",
    }
)
#: Whatever colour the surrounding text has, so that it reads in the light and in the dark.
PAGE: Colours = MappingProxyType(
    {
        "text": "currentColor",
        "muted": "currentColor",
        "frame": "currentColor",
        "surface": "none",
        "hair": "currentColor",
        "pending": "currentColor",
        "broken": "currentColor",
        "rail": "none",
    }
)


def draw(flow: Flow, *, title: str, link: Link | None = None, inline: bool = False) -> str:
    """Return the flow as an SVG document.

    `link` gives the address behind a number's key, '' for none. `inline`: for use inside a page, in the page's
    colours and faces; otherwise the drawing brings its own, on white.
    """
    return drawing_of(lay_out(flow), title=title, description=described(flow), link=link, inline=inline)


def draw_columns(columns: Columns, *, title: str, link: Link | None = None, inline: bool = False) -> str:
    """Return several searches side by side as one SVG document; the rest as in `draw`."""
    layout = lay_out_columns(columns)
    return drawing_of(layout, title=title, description=described_columns(columns), link=link, inline=inline)


def described_columns(columns: Columns) -> str:
    """Return each search in words, then the whole."""
    flows = [*(flow for _, flow in columns.each), columns.whole]
    return " ".join(f"{flow.scope or 'All searches'}: {described(flow)}" for flow in flows)


def drawing_of(layout: Layout, *, title: str, description: str, link: Link | None = None, inline: bool = False) -> str:
    """Return a layout as an SVG document; the rest as in `draw`."""
    colours = PAGE if inline else PAPER
    parts = [
        _opening(layout, linked=link is not None, inline=inline),
        f'<title id="flow-title">{_text(title)}</title>',
        f'<desc id="flow-desc">{_text(description)}</desc>',
        *([] if inline else [_paper(layout)]),
        *(_rail(rail, colours) for rail in layout.rails),
        *(_column_head(text, right, colours) for text, right in layout.heads),
        *(_running(text, colours) for text in layout.texts),
        *(_arrow(points, colours) for points in layout.arrows),
        *(_box(box, colours, link) for box in layout.boxes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def described(flow: Flow) -> str:
    """Return the flow in one paragraph, for those who do not see the drawing."""
    n = flow.numbers
    said = [
        f"{_records(n['dbr_identified'])} identified from databases and registers, {n['dbr_removed']} removed before "
        f"screening, {n['records_screened']} screened, {n['records_excluded']} excluded; {_reports(flow, 'dbr')}."
    ]
    if flow.other:
        said.append(f"{_records(n['other_identified'])} identified by other methods; {_reports(flow, 'other')}.")
    included = counted(n["new_reports"], "report", "reports")
    said.append(f"{counted(n['new_studies'], 'study', 'studies')} in {included} included.")
    if flow.provisional:
        said.append(f"Provisional: {flow.provisional_words}.")
    return " ".join(said)


def _records(n: int) -> str:
    return counted(n, "record", "records")


def _reports(flow: Flow, column: str) -> str:
    n = flow.numbers
    return (
        f"{counted(n[f'{column}_sought_reports'], 'report', 'reports')} sought, "
        f"{n[f'{column}_notretrieved_reports']} not retrieved, {n[f'{column}_assessed']} assessed, "
        f"{n[f'{column}_excluded']} excluded"
    )


def _opening(layout: Layout, *, linked: bool, inline: bool) -> str:
    w, h = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"{_px(-MARGIN)} {_px(-MARGIN)} {_px(w)} {_px(h)}",
        "class": "fig",
        "role": "group" if linked else "img",
        "aria-labelledby": "flow-title",
        "aria-describedby": "flow-desc",
        "font-size": "14",
        "width": _px(w),
        **({} if inline else {"height": _px(h), "font-family": FACES}),
    }
    return f"<svg {_attributes(attributes)}>"


def _paper(layout: Layout) -> str:
    w, h = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    return f'<rect x="{_px(-MARGIN)}" y="{_px(-MARGIN)}" width="{_px(w)}" height="{_px(h)}" fill="#ffffff"/>'


def _rail(rail: Rail, colours: Colours) -> str:
    stroke = ' stroke="currentColor" stroke-width="0.5"' if colours is PAGE else ""
    middle = f'transform="translate({_px(RAIL / 2 + 5)} {_px(rail.y + rail.h / 2)}) rotate(-90)"'
    return (
        f'<rect class="rail-box" x="0" y="{_px(rail.y)}" width="{_px(RAIL)}" height="{_px(rail.h)}" rx="2" '
        f'fill="{colours["rail"]}"{stroke}/>'
        f'<text class="t mid" text-anchor="middle" font-weight="600" fill="{colours["text"]}" {middle}>'
        f"{_text(rail.text)}</text>"
    )


def _column_head(text: Text, right: float, colours: Colours) -> str:
    y = text.y + 20 * (len(text.lines) - 1) + 14
    wide = colours is PAPER and any(is_wide(char) for line in text.lines for char in line)
    face = f' font-family="{WIDE_FACES}"' if wide else ""
    lines = "".join(
        f'<text class="colhead" x="{_px(text.x)}" y="{_px(text.y + 20 * place)}" font-size="16" font-weight="600" '
        f'fill="{colours["text"]}"{face}>{_text(line)}</text>'
        for place, line in enumerate(text.lines)
    )
    return f'{lines}<path class="rule" d="M{_px(text.x)} {_px(y)}H{_px(right)}" stroke="{colours["text"]}" stroke-width="1.5"/>'


def _running(text: Text, colours: Colours) -> str:
    colour = {"pend": "pending", "broken": "broken"}.get(text.role, "muted")
    footnote = text.x == LEFT
    marked = footnote and text.role == "m"
    mark, lines = "", text.lines
    if marked:
        mark, _, first = lines[0].partition(" ")
        lines = (first, *lines[1:])
    step, bold = 20 if footnote else 22, text.role in {"pend", "broken"}
    return "".join(
        _words(
            text.role, text.x, text.y + step * place, line, colours, colour, bold=bold, before=mark if not place else ""
        )
        for place, line in enumerate(lines)
    )


def _words(
    kind: str,
    x: float,
    y: float,
    text: str,
    colours: Colours,
    colour: str,
    *,
    bold: bool,
    before: str = "",
    after: str = "",
) -> str:
    weight = ' font-weight="600"' if bold else ""
    # A renderer without a face for Chinese in the list may take the first it happens on, often one with serifs.
    wide = colours is PAPER and any(is_wide(char) for char in text)
    face = f' font-family="{WIDE_FACES}"' if wide else ""
    said = f'{_raised(before)}<tspan dy="{RAISED}">\u00a0{_text(text)}</tspan>' if before else _text(text)
    said += f"\u2009{_raised(after)}" if after else ""
    return f'<text class="{kind}" x="{_px(x)}" y="{_px(y)}" fill="{colours[colour]}"{weight}{face}>{said}</text>'


def _raised(mark: str) -> str:
    """A footnote's mark. Raised letters of Unicode are in few faces: a renderer would set their whole line in another one."""
    return f'<tspan dy="-{RAISED}" font-size="10">{_text(mark)}</tspan>'


def _arrow(points: tuple[Point, ...], colours: Colours) -> str:
    (x0, y0), (x1, y1) = points[-2:]
    dx, dy = _sign(x1 - x0), _sign(y1 - y0)
    neck = (x1 - 6 * dx, y1 - 6 * dy)
    path = "M" + "L".join(f"{_px(x)} {_px(y)}" for x, y in (*points[:-1], neck))
    wings = ((neck[0] - dx - 3.5 * dy, neck[1] - dy - 3.5 * dx), (neck[0] - dx + 3.5 * dy, neck[1] - dy + 3.5 * dx))
    head = " ".join(f"{_px(x)},{_px(y)}" for x, y in ((x1, y1), *wings))
    return (
        f'<path class="arrow" d="{path}" fill="none" stroke="{colours["muted"]}" stroke-width="1.25"/>'
        f'<polygon class="head" points="{head}" fill="{colours["muted"]}"/>'
    )


def _box(box: Box, colours: Colours, link: Link | None) -> str:
    frame = (
        f'<g class="box"><rect x="{_px(box.x)}" y="{_px(box.y)}" width="{_px(box.w)}" height="{_px(box.h)}" rx="2" '
        f'fill="{colours["surface"]}" stroke="{colours["frame"]}"/></g>'
    )
    lines = (_line(box, placed, colours, link) for placed in box.lines)
    return "\n".join([frame, *lines] if box.framed else lines)


def _line(box: Box, placed: Placed, colours: Colours, link: Link | None) -> str:
    rule = _rule(box, placed, colours) if placed.ruled else ""
    words = "".join(_label(placed, colours)) + _value(placed, colours)
    address = link(placed.line.key) if link else ""
    if not address:
        return rule + words
    said = f"{clean(placed.line.label)}, n = {placed.line.n}"
    area = (
        f'<rect class="hit" x="{_px(box.x + 1)}" y="{_px(placed.y + 1)}" width="{_px(box.w - 2)}" '
        f'height="{_px(placed.height - 2)}" fill="none" pointer-events="all"/>'
    )
    return f'{rule}<a class="number" href={quoteattr(clean(address))} aria-label={quoteattr(said)}>{area}{words}</a>'


def _rule(box: Box, placed: Placed, colours: Colours) -> str:
    pending = placed.line.role == "pend"
    y = placed.y - (0 if placed.line.role == "head" else 6)
    kind, colour = ("dash", "pending") if pending else ("hair", "hair")
    dashes = ' stroke-dasharray="4 3"' if pending else ""
    left, right = box.x + 14, box.x + box.w - 14
    thin = ' stroke-width="0.5"' if colours is PAGE and not pending else ""
    return f'<path class="{kind}" d="M{_px(left)} {_px(y)}H{_px(right)}" stroke="{colours[colour]}"{dashes}{thin}/>'


def _label(placed: Placed, colours: Colours) -> Iterable[str]:
    role = placed.line.role
    first, step = (26, 20) if role == "head" else (15, 18)
    kind, colour = {"head": ("t", "text"), "pend": ("pend", "pending")}.get(role, ("m", "muted"))
    for place, line in enumerate(placed.text):
        last = place == len(placed.text) - 1
        mark = placed.line.mark if last else ""
        shown = line.removesuffix(mark).rstrip() if mark else line
        yield _words(
            kind, placed.x, placed.y + first + step * place, shown, colours, colour, bold=kind != "m", after=mark
        )


def _value(placed: Placed, colours: Colours) -> str:
    pending, head = placed.line.role == "pend", placed.line.role == "head"
    kind, colour, weight = ("v pend", "pending", ' font-weight="600"') if pending else ("v", "text", "")
    y = placed.y + placed.drop + (27 if head else 15)
    start = (
        f'<text class="{kind}" x="{_px(placed.right)}" y="{_px(y)}" text-anchor="end" fill="{colours[colour]}"{weight}>'
    )
    if not head:
        return f"{start}{placed.value}</text>"
    muted = f'class="m" fill="{colours["muted"]}"'
    return (
        f'{start}<tspan {muted} font-style="italic">n</tspan><tspan {muted}>\u00a0=\u00a0</tspan>'
        f'<tspan class="big" font-size="18" font-weight="600">{placed.value}</tspan></text>'
    )


def _text(text: str) -> str:
    return escape(text if text.isprintable() else clean(text))


def _attributes(attributes: Mapping[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
