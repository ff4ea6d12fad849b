"""Pictures of each kind of page of a site, to be looked at: python -m benchmarks.sheets path/to/site FOLDER

One PNG for each view: a wide window, light and dark, and beside it a phone in both, at the top of the page and
one screen further down. Prints what a page says on the console, and where it is wider than its window. The views are of
pages that every site has, of the country with most reports, and of its last chapter.
"""

from __future__ import annotations

import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import typer
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

WIDE, PHONE = (1440, 900), (390, 844)
GAP = 20
LOADED = "() => !document.querySelector('[data-download]')?.disabled || document.getElementById('empty')"
FOUND = "() => /words in/.test(document.getElementById('shown').textContent)"
CHOSEN = "#legal_standards-1.status"


class View(NamedTuple):
    """A page and what is done before its picture is taken."""

    path: str
    anchor: str = ""
    ready: str = ""
    click: str = ""
    scroll: str = ""

    @property
    def name(self) -> str:
        """The name of its picture."""
        words = [self.path.removesuffix(".html"), self.anchor, self.click, self.scroll]
        return "-".join("".join(char if char.isalnum() else " " for char in " ".join(words)).split())


def views(site: Path) -> Iterator[View]:
    """Yield every kind of page of a site, and what can be opened or chosen on it."""
    for scroll in ("", "#h-checks", "#h-run", "#h-changes"):
        yield View("index.html", scroll=scroll)
    yield View("index.html", "#severity=warning&level=none")
    yield View("index.html", "#text=nowhere")
    for scroll in ("", "#h-tables"):
        yield View("about.html", scroll=scroll)
    yield View("search.html")
    for text in ("labor", "qqqzzz"):
        yield View("search.html", f"#text={text}", FOUND)
    yield View("matrix.html")
    yield View("matrix.html", click=".indicators summary")
    for file in sorted((site / "matrix").glob("[a-z]*.html"))[::6]:
        yield View(f"matrix/{file.name}")
        yield View(f"matrix/{file.name}", scroll="#by-year")
    for file in sorted((site / "explore").glob("*.html")):
        yield View(f"explore/{file.name}", ready=LOADED)
    chapters = sorted(file.stem for file in (site / "chapters").glob("*.html"))
    most = Counter(name[:3] for name in chapters).most_common(1)[0][0]
    country, chapter = f"countries/{most}.html", f"chapters/{max(name for name in chapters if name[:3] == most)}.html"
    for scroll in ("", ".plot-card:nth-child(3)", "#h-actions", "#h-indicators", "#h-named"):
        yield View(country, scroll=scroll)
    for anchor in ("", CHOSEN, "#enforcement", "#legal_standards", "#references", "#names", "#findings", "#file"):
        yield View(chapter, anchor)
    for click in (".sections summary", ".keys summary", "#zoom", "#fold", ".line .cite"):
        yield View(chapter, click=click)
    yield View(chapter, CHOSEN, click=".acts button:last-child")


def shots(page: Page, view: View, site: Path, second: bool) -> list[Image.Image]:
    """Open a view and take its picture; with ``second`` also the one of the next screen."""
    page.goto((site / view.path).as_uri() + view.anchor)
    page.wait_for_selector("body:not([data-packed]):not([data-part])", state="attached")
    if view.ready:
        page.wait_for_function(view.ready)
    for sign, act in ((view.click, "one => one.click()"), (view.scroll, "one => one.scrollIntoView()")):
        if sign and page.locator(sign).count():
            page.locator(sign).first.evaluate(act)
    page.wait_for_timeout(400)
    taken = [page.screenshot()]
    if second:
        page.evaluate("scrollBy(0, innerHeight - 60)")
        page.wait_for_timeout(200)
        taken.append(page.screenshot())
    return [Image.open(io.BytesIO(data)).convert("RGB") for data in taken]


def sheet(browser: Browser, view: View, site: Path, say: Callable[[str], None]) -> Image.Image:
    """Return the pictures of a view in all four forms, side by side."""
    whole = Image.new("RGB", (WIDE[0] + 2 * (PHONE[0] + GAP), 2 * WIDE[1] + GAP), "#888")
    for row, scheme in enumerate(("light", "dark")):
        for size in (WIDE, PHONE):
            viewport = {"width": size[0], "height": size[1]}
            context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            page.on("console", lambda message: say(f"console: {message.text}"))
            page.on("pageerror", lambda error: say(f"error: {error}"))
            left = 0 if size == WIDE else WIDE[0] + GAP
            for number, shot in enumerate(shots(page, view, site, size == PHONE)):
                whole.paste(shot, (left + number * (PHONE[0] + GAP), row * (WIDE[1] + GAP)))
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size[0]:
                say(f"{width} pixels wide in a window of {size[0]}")
            context.close()
    return whole


def main(site: Path, folder: Path) -> None:
    """Write the pictures of a site into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    said = 0

    def say(text: str) -> None:
        nonlocal said
        said += 1
        typer.echo(f"  {text}")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--disable-dev-shm-usage"])
        for view in views(site):
            typer.echo(view.name)
            sheet(browser, view, site.resolve(), say).save(folder / f"{view.name}.png")
        browser.close()
    raise typer.Exit(int(said > 0))


if __name__ == "__main__":
    typer.run(main)
