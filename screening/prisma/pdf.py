"""The flow diagram as a PDF for print: the same drawing as lines and letters, with its fonts inside. Pure."""

import re
from typing import Any

_PAGE = """
#set document(title: sys.inputs.title, date: none)
#set text(lang: "en")
#set page(paper: "a4", flipped: sys.inputs.across == "yes", margin: 12mm)
#align(center + horizon, image("flow.svg", width: 100%, height: 100%, fit: "contain", alt: sys.inputs.alt))
"""
_SIZE = re.compile(r'<svg [^>]*viewBox="[-0-9.]+ [-0-9.]+ ([0-9.]+) ([0-9.]+)"')


def pdf(svg: str, *, title: str, alt: str) -> bytes:
    """Return one page of A4 with the drawing `svg` as large as it fits; `alt` describes it to those who do not see it.

    The page lies on its side where the drawing is wider than high. Chinese labels need a Chinese face on the machine. The same
    drawing gives the same bytes. Raises ValueError for text that is no drawing of ours.
    """
    import typst

    size = _SIZE.match(svg)
    if size is None:
        raise ValueError("A PDF is made of a drawing of the flow only.")
    across = float(size[1]) > float(size[2])
    told = {"title": title, "alt": alt, "across": "yes" if across else "no"}
    sources: Any = {"main.typ": _PAGE.encode(), "flow.svg": svg.encode()}  # its stubs know single files only
    made: bytes = typst.compile(sources, format="pdf", sys_inputs=told)
    return made
