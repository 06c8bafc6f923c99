"""What is wrong with the look of a page: sideways scrolling, and what axe finds, wide and narrow, light and dark."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark"))


def offences(page: Page, name: str) -> list[str]:
    """One line for each offence; the page is 1280 wide and light before and after."""
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        # Without motion: a colour on its way from light to dark has the contrast of neither.
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{name} {width}: scrolls sideways")
        broken = Axe().run(page).response["violations"]
        found += [f"{name} {width} {scheme} {rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in broken]
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    return found
