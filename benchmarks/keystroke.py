"""From a key to the next record on the screen, in Chromium on a large review; and whether every vote arrived once.

    python -m benchmarks.keystroke [--records 100000] [--database postgresql|sqlite] [--votes 200] [--every 0.7]

Serves the review as `benchmarks.site` says and lets one reviewer, half of the records ahead, press I, E and U. A vote is timed in the
page from the key event to the first frame after the one in which the next record was laid out. ``--every``: seconds between two keys; 0
presses the next key as soon as the next record is on the screen. Target: p95 <= 100 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

from playwright.sync_api import Page, sync_playwright

from benchmarks.seed import PASSWORD
from benchmarks.site import seeded, served
from tests.parts import browser as chromium

WATCH = """() => {
  window.took = [];
  let pressed = 0;
  document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    if (!pressed || !document.querySelector("#screen[data-number]")) return;
    const since = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - since)));
  }).observe(document.getElementById("main"), { childList: true });
}"""
SAVED = "() => Object.keys(localStorage).every((name) => !name.startsWith('unsent'))"


def _sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)


def vote(page: Page, votes: int, every: float) -> list[float]:
    """Milliseconds of each of ``votes`` votes."""
    page.evaluate(WATCH)
    for number in range(votes):
        page.keyboard.press("ieu"[number % 3])
        page.wait_for_function("n => window.took.length > n", arg=number, polling=5)
        time.sleep(every)
    return [float(one) for one in page.evaluate("window.took")]


def _measure(slug: str, address: str, votes: int, every: float) -> None:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium.program(), args=chromium.flags())
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        _sign_in(page, address, "alice@example.org")
        with page.expect_response(lambda answer: "/screening/ahead/" in answer.url):
            page.goto(f"{address}/r/{slug}/screening/")
        took = vote(page, votes, every)
        page.wait_for_function(SAVED, timeout=60_000)
        refused = page.locator("#unsent").count() and page.locator("#unsent").is_visible()
        p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
        load = os.getloadavg()[0]
        print(
            f"key to next record   n {len(took)}   p50 {p50:.1f} ms   p95 {p95:.1f} ms   max {max(took):.1f} ms   load {load:.1f}"
        )
        print("every vote was acknowledged" if not refused else "NOT every vote was acknowledged")
        browser.close()


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--database", choices=["postgresql", "sqlite"], default="sqlite")
    asked.add_argument("--votes", type=int, default=200)
    asked.add_argument("--every", type=float, default=0.7)
    options = asked.parse_args()
    with seeded(options.database, options.records) as slug, served(options.database) as port:
        _measure(slug, f"http://127.0.0.1:{port}", options.votes, options.every)


if __name__ == "__main__":
    main()
