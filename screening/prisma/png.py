"""The flow diagram as PNG, for places that take no SVG. Pure."""


def png(svg: str, *, width: int = 2400) -> bytes:
    """Return the SVG drawn on white, `width` pixels wide; Chinese labels need a Chinese face on the machine.

    Raises ValueError for text that is no SVG.
    """
    from resvg_py import svg_to_bytes

    return bytes(svg_to_bytes(svg_string=svg, width=width, background="#ffffff", sans_serif_family="Noto Sans"))
