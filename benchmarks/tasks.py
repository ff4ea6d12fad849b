"""Ten tasks done on a site in headless Chromium, each timed: python -m benchmarks.tasks path/to/site/

The site must have chapters of Peru, Ghana and other countries for several years. Each task ends when the page shows the
answer; the time is wall clock, with everything a reader waits for, and without the reader. A task that fails says why,
and the exit code is 1.
"""

from __future__ import annotations

import csv
import io
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright


def _rows(page: Page) -> None:
    """Wait until all rows of Explore are there."""
    expect(page.locator("[data-download=csv]")).to_be_enabled()


def minimum_age(page: Page, site: str) -> str:
    """Find every country whose minimum age is below 14 in 2020, and download the rows."""
    page.goto(f"{site}/explore/legal-standards.html#standard=minimum_age_work&report_year=2020&age-max=13.9")
    _rows(page)
    with page.expect_download() as download:
        page.click("[data-download=csv]")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert all(float(row["age"]) < 14 and row["report_year"] == "2020" for row in rows)
    return f"{len(rows)} rows: {', '.join(row['iso3'] for row in rows)}"


def inspectors(page: Page, site: str) -> str:
    """See when Ghana's inspectors fell, and which row of which report says so."""
    page.goto(f"{site}/countries/gha.html")
    card = page.locator(".plot-card", has=page.locator("#h-inspectors"))
    card.locator("summary").click()
    rows = [row.split() for row in card.locator("tbody tr").all_inner_texts()]
    card.locator("tbody a").first.click()
    expect(page.locator(".line.chosen")).to_have_count(1)
    return "; ".join(" ".join(row[:2]) for row in rows)


def open_actions(page: Page, site: str) -> str:
    """List the actions for Peru that are open since before 2012."""
    page.goto(f"{site}/explore/suggested-actions.html#iso3=PER&report_year=2020&first_year-max=2011")
    _rows(page)
    return page.inner_text("#shown")


def search_law(page: Page, site: str) -> str:
    """Search a law by its name, and go to a chapter that names it."""
    page.goto(f"{site}/search.html")
    page.fill("[name=text]", "children's act")
    expect(page.locator("#names tbody tr").first).to_be_visible()
    expect(page.locator("#shown")).to_contain_text("words in")
    found = page.inner_text("#shown")
    page.locator("#names tbody td[data-h=Chapters] a").first.click()
    expect(page.locator("[id^=name-]:target, [id^=name-]:focus").first).to_be_visible()
    return found


def to_the_source(page: Page, site: str) -> str:
    """Go from a cell of a table to its row and to its page of the source."""
    page.goto(f"{site}/explore/enforcement.html#iso3=GHA&report_year=2018")
    _rows(page)
    page.locator("#rows tbody td[data-h=raw] a").first.click()
    expect(page.locator("#detail")).to_contain_text("Read from page")
    return page.locator("#detail .aside").first.inner_text()


def back_and_share(page: Page, site: str) -> str:
    """Filter, go Back, go forward again, reload, and open the URL in another tab."""
    page.goto(f"{site}/explore/policies.html")
    _rows(page)
    whole = page.inner_text("#shown")
    page.select_option("[name=iso3]", "PER")
    shown = page.inner_text("#shown")
    page.go_back()
    expect(page.locator("#shown")).to_have_text(whole)
    page.go_forward()
    page.reload()
    expect(page.locator("#shown")).to_have_text(shown)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#shown")).to_have_text(shown)
    other.close()
    return shown


def two_years(page: Page, site: str) -> str:
    """Compare the wording of one action in two years."""
    page.goto(f"{site}/countries/per.html")
    summary = page.locator("summary", has_text="reworded").first
    summary.click()
    expect(page.locator(".reworded ins, .reworded del").first).to_be_visible()
    return f"{page.locator('.reworded ins, .reworded del').count()} marked differences"


def citation(page: Page, site: str) -> str:
    """Copy the citation of a cell."""
    page.goto(f"{site}/chapters/per-2019.html#legal_standards-1.status")
    page.get_by_role("button", name="Copy citation").click()
    text = page.locator("#detail textarea").input_value()
    assert "p. " in text and "per-2019" in text
    return f"{len(text)} characters"


def correction(page: Page, site: str) -> str:
    """Compose a line for corrections.csv."""
    page.goto(f"{site}/chapters/per-2019.html#legal_standards-1.status")
    page.get_by_role("button", name="This is wrong").click()
    page.get_by_label("Right value").fill("No")
    line = page.locator(".correction textarea").input_value()
    assert line.startswith("per-2019,legal_standards,") and ",No," in line
    return line


def keyboard(page: Page, site: str) -> str:
    """Choose a filter, follow a row, and choose a cell with the keyboard alone."""
    page.goto(f"{site}/explore/agencies.html")
    _rows(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "text":
            break
    page.keyboard.type("police peru")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("Boolean(document.activeElement.closest('#rows tbody'))"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".line.chosen")).to_have_count(1)
    page.keyboard.press("l")
    expect(page.locator(".cell.chosen")).to_have_count(1)
    return page.locator("#detail h2").inner_text()


TASKS: tuple[Callable[[Page, str], str], ...] = (
    minimum_age,
    inspectors,
    open_actions,
    search_law,
    to_the_source,
    back_and_share,
    two_years,
    citation,
    correction,
    keyboard,
)


def _listen(page: Page, said: list[str]) -> None:
    """Note what the page says on the console, and its errors."""
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))


def run(site: Path) -> int:
    """Do every task on a fresh page, print its time and answer, and return the exit code."""
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-dev-shm-usage", "--no-sandbox"]
        )
        for task in TASKS:
            context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
            page = context.new_page()
            said: list[str] = []
            _listen(page, said)
            clock = time.perf_counter()
            try:
                answer = task(page, site.resolve().as_uri())
                assert not said, said
            except Exception as error:  # the other tasks are done all the same
                failed += 1
                answer = f"FAILED {type(error).__name__}: {str(error).splitlines()[0]}"
            print(f"{time.perf_counter() - clock:6.2f} s  {(task.__doc__ or '').strip()} {answer}", flush=True)
            context.close()
        browser.close()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
