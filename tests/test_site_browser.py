"""The review site in a real browser: choosing, searching, keys, citations, light and dark, and what axe says of it.

Debian's Chromium is driven by Playwright. Every test fails if the page says anything on the console, raises an error,
opens a dialog or asks for anything that is not on the disk.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect, sync_playwright

from flows import publish
from tests.accuracy import SHARED
from tests.conftest import ROOT, arvenia, record
from tests.sites import hostile, published, read_sample, site_of

CHROMIUM = shutil.which("chromium")
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
KINDS = (
    "index.html",
    "chapters/xav-2019.html",
    "countries/xav.html",
    "explore/legal-standards.html",
    "search.html",
    "matrix.html",
    "matrix/assessment.html",
    "about.html",
)
ANCHORS = {"chapters/xav-2019.html": "#legal_standards-2", "search.html": "#text=labor"}
"""One page of each kind."""
REAL = {"2018/Ghana.pdf": "gha-2018", "text/peru-2019.txt": "per-2019"}
"""Three real chapters of different years, one of them a raw text."""
ROWS_WHOLE, WORDS_WHOLE = 0.97, 0.98
"""Shares that must lie within the boxes; of a row that goes on in the next column or on the next page only the first
part has one."""
LINES_WHOLE = 0.9
"""The same for the lines of raw texts, whose words are also repaired here and there."""
Show = Callable[..., Page]
PATIENCE = 30_000
"""Milliseconds for what takes a few, on a machine that does much else."""
expect.set_options(timeout=PATIENCE)
SERIOUS = {"serious", "critical"}
pytestmark = pytest.mark.slow

needs_chapters = pytest.mark.skipif(
    not (SHARED / "reports").exists(), reason=f"no real chapters in {SHARED} (FINDINGS_SHARED)"
)


@dataclass
class Watch:
    """What a page did besides showing itself."""

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    files: int = 0

    def failed(self, request: Request) -> None:
        """Note a file that is not there; what is broken off because the page is left is none."""
        if request.failure != "net::ERR_ABORTED":
            self.said.append(f"failed: {request.url}")

    def over(self, context: BrowserContext) -> Page:
        """A page of the context that is watched, and kept from everything that is not on the disk."""

        def only_the_disk(route: Route) -> None:
            if route.request.url.startswith("file://"):
                self.files += 1
                route.continue_()
            else:
                self.asked.append(route.request.url)
                route.abort()

        context.route("**/*", only_the_disk)
        page = context.new_page()
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("requestfailed", self.failed)

        def dismiss(dialog: Any) -> None:
            self.said.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", dismiss)
        return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium. Without it these tests are skipped on a user's machine, and fail in CI."""
    if CHROMIUM is None:
        reason = "Chromium is not installed, so the review site was not tested in a browser (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-dev-shm-usage"])
        yield opened
        opened.close()


def chapter(site: Path, doc_id: str = "xav-2019") -> Path:
    """A chapter's page."""
    return site / "chapters" / f"{doc_id}.html"


@pytest.fixture
def shown(browser: Browser) -> Iterator[Show]:
    """Opens a page of a site; at the end of the test it must have said nothing and asked for nothing."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def show(path: Path, anchor: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, "color_scheme": "light", **options})
        context.set_default_timeout(PATIENCE)
        watch = Watch()
        opened.append((context, watch))
        page = watch.over(context)
        page.goto(path.as_uri() + anchor)
        page.wait_for_selector("body:not([data-packed])", state="attached")
        return page

    yield show
    for context, watch in opened:
        context.close()
        assert watch.said == []
        assert watch.asked == []
        assert watch.files  # all went through the watch; the browser may keep sheet and script in memory


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the invented PDF."""
    return site_of(read_sample(tmp_path_factory.mktemp("sample")))


@pytest.fixture(scope="module")
def raw_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the invented raw text."""
    return site_of(read_sample(tmp_path_factory.mktemp("raw"), "arvenia-2019.txt"))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of three real chapters."""
    return site_of(read_sample(tmp_path_factory.mktemp("real"), *(str(SHARED / "reports" / name) for name in REAL)))


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of made-up chapters of different countries, years, levels and findings; one cites what is not there."""
    note = "Source for all other data: an analysis of statistics from the Harbor Survey, 2016."
    working = [record("statistics", 1, indicator="working", territory="", source=note)]
    counted = [
        record(
            "enforcement", n, domain="labor", metric="inspectors", territory="", year=year, value=value, unit="count"
        )
        for n, (year, value) in enumerate(((2018, 20.0), (2019, 30.0)), 1)
    ]
    chapters = [
        arvenia(
            statistics=working,
            enforcement=counted,
            quality=[record("quality", 1, severity="error", check="url_damaged")],
        ),
        arvenia(statistics=working, report_year=2018),
        arvenia(iso3="XBV", quality=[]),
        arvenia(iso3="XCV", citations=[record("citations", 1), record("citations", 2, number=99, resolved=False)]),
    ]
    levels = ("Moderate Advancement", "Minimal Advancement", "Significant Advancement", "No Advancement")
    for chapter, level, name in zip(chapters, levels, ("Arvenia", "Arvenia", "Bélonia", "Corvia"), strict=True):
        chapter.tables["documents"][0] |= {"assessment": level, "country": name}
    return site_of(published(tmp_path_factory.mktemp("several"), chapters))


CHOOSE_EACH = """() => [...document.querySelectorAll("#main .line")].filter((line) => line.querySelector("[data-at]"))
.map((line) => {
  line.querySelector(".pick").click();
  const image = document.getElementById("picture");
  const [width, height, left, top] =
    document.querySelector("#pages a[aria-current]").dataset.size.split(",").map(Number);
  const page = Number(document.querySelector("#pages a[aria-current]").dataset.page);
  const frame = image.getBoundingClientRect();
  const scale = width / frame.width;
  const boxes = [...document.querySelectorAll("#boxes .row")].map((box) => {
    const side = box.getBoundingClientRect();
    return [side.left - frame.left, side.top - frame.top, side.right - frame.left, side.bottom - frame.top]
      .map((value, index) => value * scale + (index % 2 ? top : left));
  });
  const words = {}, pages = new Set();
  for (const cell of line.querySelectorAll(".cell[data-at]")) {
    const at = cell.dataset.at;
    if (!(at in words)) words[at] = cell.dataset.raw || cell.textContent;
    for (const place of at.split(" ")) pages.add(Number(place.split(":")[0]));
  }
  return { id: line.id, page, pages: [...pages], boxes, words: Object.values(words).join(" "),
           chosen: line.classList.contains("chosen") };
})"""
"""Chooses every row in turn, and tells where the boxes stand that are then shown, in points of the page."""
CHOOSE_LINES = """() => [...document.querySelectorAll("#main .line")].filter((line) => line.querySelector("[data-at]"))
.map((line) => {
  line.querySelector(".pick").click();
  const cells = [...line.querySelectorAll(".cell[data-at]")];
  const shown = [...document.querySelectorAll("#sheet li.row .lt")];
  return { id: line.id, lines: shown.map((one) => one.textContent).join(" "),
           words: cells.map((cell) => cell.dataset.raw || "").join(" ") };
})"""
"""The same for the lines of a raw text; the words are those the cells keep from the source."""


def squeezed(text: str) -> str:
    """Letters and digits alone."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if char.isalnum())


class Sheets:
    """The words of a PDF's pages, as PDFium finds them."""

    def __init__(self, path: Path) -> None:
        self.document = pypdfium2.PdfDocument(path)
        self.pages: dict[int, tuple[Any, float, float]] = {}

    def words_in(self, number: int, box: list[float]) -> str:
        """What stands within a box that is measured from the upper left corner of the media box."""
        if number not in self.pages:
            page = self.document[number - 1]
            media = page.get_mediabox()
            self.pages[number] = (page.get_textpage(), media[0], media[3])
        text, left, top = self.pages[number]
        found: str = text.get_text_bounded(left + box[0], top - box[3], left + box[2], top - box[1])
        return found


def check_boxes(page: Page, pdf: Path) -> str:
    """Choose every row and hold the boxes that are shown against the words of the PDF there; the figures."""
    sheets = Sheets(pdf)
    rows, whole, wanted, held = 0, 0, 0, 0
    for row in page.evaluate(CHOOSE_EACH):
        assert row["chosen"], row["id"]
        assert row["boxes"], row["id"]
        if len(row["pages"]) > 1:  # boxes on another page hold the rest
            continue
        inside = squeezed(" ".join(sheets.words_in(row["page"], box) for box in row["boxes"]))
        words = [word for word in map(squeezed, re.findall(r"\w+", row["words"])) if word]
        there = sum(word in inside for word in words)
        rows, whole, wanted, held = rows + 1, whole + (there == len(words)), wanted + len(words), held + there
    assert rows > 50
    assert whole / rows > ROWS_WHOLE, f"{whole} of {rows}"
    assert held / wanted > WORDS_WHOLE, f"{held} of {wanted}"
    return f"{pdf.name}: {whole} of {rows} rows wholly within their boxes, {held} of {wanted} words"


def click_words(page: Page, link: Locator) -> None:
    """Click the words of a link that also holds words for screen readers alone, which are nowhere to be clicked."""
    x, y = link.evaluate(
        """one => { const range = document.createRange(); range.selectNodeContents(one.lastChild);
                    const side = range.getBoundingClientRect();
                    return [(side.left + side.right) / 2, (side.top + side.bottom) / 2]; }"""
    )
    page.mouse.click(x, y)


class TestBoxes:
    def test_each_row_of_the_sample_chooses_boxes_that_hold_its_words(
        self, shown: Show, sample: Path, figures: Callable[[str], None]
    ) -> None:
        figures(check_boxes(shown(chapter(sample)), ROOT / "raw/arvenia-2019.pdf"))

    @needs_chapters
    @pytest.mark.parametrize("name", [name for name in REAL if name.endswith(".pdf")])
    def test_each_row_of_a_real_chapter_does(
        self, shown: Show, real: Path, name: str, figures: Callable[[str], None]
    ) -> None:
        figures(check_boxes(shown(chapter(real, REAL[name])), SHARED / "reports" / name))

    @pytest.mark.parametrize("which", ["raw_sample", pytest.param("real", marks=needs_chapters)])
    def test_each_row_of_a_raw_text_chooses_its_lines(
        self, shown: Show, which: str, request: pytest.FixtureRequest, figures: Callable[[str], None]
    ) -> None:
        site: Path = request.getfixturevalue(which)
        page = shown(chapter(site, "per-2019") if which == "real" else chapter(site))
        rows = page.evaluate(CHOOSE_LINES)
        assert len(rows) > 100
        held = wanted = 0
        for row in rows:
            assert row["lines"], row["id"]
            words = [word for word in map(squeezed, re.findall(r"\w+", row["words"])) if word]
            held, wanted = held + sum(word in squeezed(row["lines"]) for word in words), wanted + len(words)
        assert held / wanted > LINES_WHOLE
        figures(f"raw text ({which}): {held} of {wanted} words of {len(rows)} rows within the lines shown")

    def test_a_cell_chooses_its_own_box_and_shows_its_words(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        cell = page.locator("#legal_standards-2 .cell[data-h='Legislation']")
        cell.click(position={"x": 3, "y": 3})
        expect(page.locator("#boxes .cell")).to_have_count(1)
        expect(page.locator("#boxes .row")).not_to_have_count(1)
        expect(page.locator("#detail h2")).to_have_text("Table 4 · Laws and regulations, row 2 · Legislation")
        expect(page.locator("#detail .raw-words")).to_contain_text(str(cell.inner_text())[:20])
        expect(page.locator("#legal_standards-2")).to_contain_class("chosen")

    def test_a_box_chooses_its_row(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample), "#legal_standards-1")
        box = page.get_by_role("button", name="Laws and regulations, row 3, Legislation")
        box.scroll_into_view_if_needed()
        box.click()
        expect(page.locator("#legal_standards-3")).to_contain_class("chosen")
        expect(page.locator("#legal_standards-3")).to_be_in_viewport()
        expect(page.locator(".line.chosen")).to_have_count(1)

    def test_a_line_of_a_raw_text_chooses_its_row(self, shown: Show, raw_sample: Path) -> None:
        page = shown(chapter(raw_sample))
        line = page.locator("li:has(a.ln[href='#legal_standards-2'])")
        line.locator(".lt").click()
        expect(page.locator("#legal_standards-2")).to_contain_class("chosen")
        expect(line).to_contain_class("row")

    def test_a_finding_shows_its_place(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample), "#findings")
        finding = page.locator("#findings tr:has(.goto)").first
        finding.locator(".goto").click()
        number = finding.locator(".goto").get_attribute("data-page")
        expect(page.locator("#which-page")).to_contain_text(f"Page {number}")
        expect(finding).to_contain_class("chosen")


class TestKeys:
    def test_rows_cells_findings_and_pages_are_walked_with_keys(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        ids = page.evaluate("[...document.querySelectorAll('.line')].map((line) => line.id)")
        for key, wanted in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
            page.keyboard.press(key)
            expect(page.locator(".line.chosen")).to_have_id(ids[wanted])
            expect(page.locator(".line.chosen a.pick")).to_be_focused()
        page.keyboard.press("l")
        expect(page.locator(".cell.chosen")).to_have_count(1)
        page.keyboard.press("n")
        expect(page.locator(".finding.chosen")).to_have_id(page.locator(".finding[id]").first.get_attribute("id") or "")
        first = page.locator(".finding.chosen").get_attribute("id")
        page.keyboard.press("n")
        expect(page.locator(".finding.chosen")).not_to_have_id(str(first))
        page.keyboard.press("p")
        expect(page.locator(".finding.chosen")).to_have_id(str(first))
        page.keyboard.press("Escape")
        expect(page.locator(".chosen")).to_have_count(0)

    def test_pages_are_turned_with_keys_and_buttons(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        which = page.locator("#which-page")
        expect(which).to_contain_text("Page 1")
        page.keyboard.press("]")
        expect(which).to_contain_text("Page 2")
        page.locator("#next-page").click()
        expect(which).to_contain_text("Page 3")
        page.keyboard.press("[")
        expect(which).to_contain_text("Page 2")
        expect(page.locator("#picture")).to_have_js_property("complete", True)
        assert page.evaluate("document.getElementById('picture').naturalWidth") > 500

    def test_keys_can_be_turned_off(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        page.locator(".keys summary").click()
        page.locator("#use-keys").uncheck()
        page.keyboard.press("j")
        expect(page.locator(".line.chosen")).to_have_count(0)

    def test_boxes_can_be_reached_without_a_mouse(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        page.locator("#boxes button").first.focus()
        page.keyboard.press("ArrowDown")
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("Enter")
        expect(page.locator(".line.chosen")).to_have_count(1)
        expect(page.locator("#detail h2")).to_have_text(name.replace(", ", " · ").replace(" · row", ", row"))


class TestCitations:
    def test_a_number_leads_to_the_reference_and_the_reference_back(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        row = page.locator("tr.line:has(.cite)").first
        anchor = row.get_attribute("id")
        cite = row.locator(".cite").first
        target = cite.get_attribute("href") or ""
        cite.click()
        reference = page.locator(target)
        expect(reference).to_contain_class("chosen")
        expect(reference).to_be_in_viewport()
        expect(reference.locator(".pick")).to_have_text(re.compile(rf"\b{cite.get_attribute('aria-label')}$"))
        click_words(page, reference.locator(f".citedby a[href='#{anchor}']"))
        expect(row).to_contain_class("chosen")
        expect(row).to_be_in_viewport()

    def test_every_citation_stands_in_the_list_of_its_reference(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        missing = page.evaluate(
            """() => [...document.querySelectorAll("#main .line .cite")].filter((cite) => {
                 const from = cite.closest(".line").id, to = document.querySelector(cite.getAttribute("href"));
                 return !to || !to.querySelector(`a[href="#${from}"]`);
               }).length"""
        )
        assert missing == 0
        assert page.locator("#main .line .cite").count() > 50

    def test_a_dangling_one_stands_out_and_is_listed(self, shown: Show, several: Path) -> None:
        page = shown(chapter(several, "xcv-2019"))
        dangling = page.locator(".line .cite.dangling")
        expect(dangling).to_have_count(1)
        good = page.locator(".line .cite:not(.dangling)").first
        colour = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
        for mine, other in zip(dangling.evaluate(colour), good.evaluate(colour), strict=True):
            assert mine != other
        expect(dangling).to_have_accessible_name("99 not in the reference list")
        dangling.click()
        listed = page.locator("#dangling-99")
        expect(listed).to_be_in_viewport()
        expect(listed.locator("a")).to_have_count(1)


class TestCell:
    """What can be copied from a cell."""

    def chosen(self, page: Page) -> Locator:
        cell = page.locator("#legal_standards-2 .cell[data-c='status']")
        cell.click(position={"x": 3, "y": 3})
        return cell

    def test_the_url_names_the_chosen_cell_and_chooses_it_again(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        self.chosen(page)
        page.wait_for_url("**#legal_standards-2.status")
        page.reload()
        expect(page.locator("#legal_standards-2 .cell.chosen[data-c='status']")).to_be_in_viewport()

    def test_a_link_that_was_followed_stays_in_the_url(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        self.chosen(page)
        page.evaluate("history.pushState(null, '', '#references-3')")  # followed before the page has stored the choice
        page.wait_for_timeout(600)
        assert page.evaluate("location.hash") == "#references-3"

    def test_link_and_citation_name_the_cell_its_page_and_its_chapter(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        cell = self.chosen(page)
        page.get_by_role("button", name="Copy link").click()
        copied = page.get_by_label("Text to copy")
        expect(copied).to_have_value(chapter(sample).as_uri() + "#legal_standards-2.status")
        page.get_by_role("button", name="Copy citation").click()
        text = copied.input_value()
        number = (cell.get_attribute("data-at") or "").split(":")[0]
        for part in ("Findings on the Worst Forms of Child Labor: Arvenia", f"p. {number}", "row 2", "xav-2019"):
            assert part in text
        assert re.search(r"release \d{8}T\d{6}Z", text)

    def test_a_correction_is_a_line_of_csv_with_the_published_value(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        self.chosen(page)
        page.get_by_role("button", name="This is wrong").click()
        page.get_by_label("Right value").fill("No, or N/A")
        page.get_by_label("Reason").fill('The page says "no"')
        page.get_by_label("Your name").fill("A. Reader")
        line = page.get_by_label("Line for corrections.csv").input_value()
        [fields] = csv.reader([line])
        rows = publish.read_table(sample.parent, "legal_standards")
        status = rows[rows["row"] == 2]["status"].iloc[0]
        assert fields[:2] == ["xav-2019", "legal_standards"]
        assert fields[3:8] == ["status", status, "No, or N/A", 'The page says "no"', "A. Reader"]
        check_with_axe(page)

    def test_every_cell_names_the_published_columns_and_their_values(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        cells = page.evaluate(
            """() => [...document.querySelectorAll("#main .line .cell[data-c]")].map((cell) => ({
                 id: cell.closest(".line").id, fields: cell.dataset.c.split(" "),
                 value: cell.dataset.v === undefined ? cell.textContent : cell.dataset.v }))"""
        )
        tables: dict[str, dict[int, dict[str, Any]]] = {}
        for cell in cells:
            name, _, number = cell["id"].rpartition("-")
            if name not in tables:
                frame = publish.read_table(sample.parent, name)
                tables[name] = {row["row"]: row for row in frame.astype(object).to_dict("records")}  # type: ignore
            row = tables[name][int(number)]
            published = ["" if pd.isna(row[field]) else str(row[field]) for field in cell["fields"]]
            shown_values = json.loads(cell["value"]) if len(published) > 1 and cell["value"] else [cell["value"]]
            assert [value.lower() for value in published] == [value.lower() for value in shown_values], cell
        assert len(cells) > 200


class TestNames:
    def test_a_name_leads_to_its_entry_and_kinds_can_be_put_out(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        name = page.locator("a.name.agency").first
        border = "one => getComputedStyle(one).borderBottomColor"
        assert name.evaluate(border) != "rgba(0, 0, 0, 0)"
        name.click()
        entry = page.locator(name.get_attribute("href") or "")
        expect(entry).to_be_in_viewport()
        page.locator("input[data-label=agency]").uncheck()
        expect(entry).to_be_hidden()
        assert name.evaluate(border) == "rgba(0, 0, 0, 0)"


class TestStart:
    @pytest.mark.parametrize(
        ("field", "value", "left"),
        [
            ("text", "belonia", {"XBV 2019"}),
            ("text", "xav", {"XAV 2018", "XAV 2019"}),
            ("year", "2018", {"XAV 2018"}),
            ("level", "none", {"XCV 2019"}),
            ("severity", "error", {"XAV 2019"}),
            ("severity", "warning", {"XAV 2018", "XCV 2019"}),
            ("severity", "clean", {"XBV 2019"}),
            ("check", "url_damaged", {"XAV 2019"}),
        ],
    )
    def test_filters(self, shown: Show, several: Path, field: str, value: str, left: set[str]) -> None:
        page = shown(several / "index.html")
        assert self.left(page) == {"XAV 2018", "XAV 2019", "XBV 2019", "XCV 2019"}
        control = page.locator(f"#f-{field}")
        if field == "text":
            control.fill(value)
        else:
            control.select_option(value)
        assert self.left(page) == left
        expect(page.locator("#shown")).to_have_text(f"{len(left)} of 4 chapters")
        page.get_by_role("button", name="Clear").click()
        expect(page.locator("#shown")).to_have_text("4 chapters")
        assert len(self.left(page)) == 4

    def test_filters_together_and_nothing_left(self, shown: Show, several: Path) -> None:
        page = shown(several / "index.html")
        page.locator("#f-text").fill("arvenia")
        page.locator("#f-year").select_option("2019")
        assert self.left(page) == {"XAV 2019"}
        page.locator("#f-level").select_option("none")
        assert self.left(page) == set()
        expect(page.locator("#nothing")).to_be_visible()

    def test_a_check_of_the_list_sets_the_filter(self, shown: Show, several: Path) -> None:
        page = shown(several / "index.html")
        page.locator("button[data-check]").first.click()
        expect(page.locator("#f-check")).not_to_have_value("")
        assert "XBV 2019" not in self.left(page)

    def test_filters_are_in_the_url_and_survive_reload_and_back(self, shown: Show, several: Path) -> None:
        page = shown(several / "index.html")
        page.locator("#f-year").select_option("2019")
        page.locator("#f-level").select_option("minimal")
        assert page.evaluate("location.hash") == "#year=2019&level=minimal"
        page.reload()
        expect(page.locator("#f-year")).to_have_value("2019")
        assert self.left(page) == set()
        page.go_back()
        expect(page.locator("#f-level")).to_have_value("")
        assert self.left(page) == {"XAV 2019", "XBV 2019", "XCV 2019"}
        page.locator("#grid td.has:not(.out) a").first.click()
        page.locator("h1").wait_for()
        page.go_back()
        expect(page.locator("#f-year")).to_have_value("2019")
        assert len(self.left(page)) == 3
        page.go_back()
        expect(page.locator("#shown")).to_have_text("4 chapters")

    def test_a_link_with_filters_shows_the_same_chapters(self, shown: Show, several: Path) -> None:
        page = shown(several / "index.html", "#text=B%C3%A9lonia")
        assert self.left(page) == {"XBV 2019"}
        expect(page.locator("#f-text")).to_have_value("Bélonia")

    def test_a_link_with_unknown_filters_shows_all_chapters(self, shown: Show, several: Path) -> None:
        assert len(self.left(shown(several / "index.html", "#year=1066&color=red"))) == 4

    def test_two_clicks_from_the_start_to_the_place_of_a_value(self, shown: Show, sample: Path) -> None:
        page = shown(sample / "index.html")
        page.locator("#grid td.has a").first.click()
        page.locator("#enforcement-3 .cell").first.click()
        expect(page.locator("#boxes .row").first).to_be_visible()

    def left(self, page: Page) -> set[str]:
        cells = page.locator("#grid td.has:not(.out) a")
        found = (cells.nth(n) for n in range(cells.count()))
        links = [cell.get_attribute("href") or "" for cell in found if cell.is_visible()]
        return {f"{link[9:12].upper()} {link[13:17]}" for link in links}


class TestExplore:
    """The page of a table: what is filtered, sorted, linked and saved."""

    def rows(self, page: Page) -> list[str]:
        return page.locator("#rows tbody th").all_inner_texts()

    def test_filters_are_in_the_url_and_survive_reload_and_back(self, shown: Show, several: Path) -> None:
        page = shown(several / "explore/legal-standards.html")
        expect(page.locator("#shown")).to_have_text("8 of 8 rows")
        assert self.rows(page)[0] == "Arvenia 2019"
        assert self.rows(page)[-1] == "Arvenia 2018"
        page.get_by_label("Report").select_option("2019")
        page.get_by_label("Country").select_option("XBV")
        page.get_by_label("Words").fill("belonia MINIMUM")
        expect(page.locator("#shown")).to_have_text("2 of 8 rows")
        page.keyboard.press("Tab")
        assert page.evaluate("location.hash") == "#text=belonia+MINIMUM&iso3=XBV&report_year=2019"
        page.reload()
        expect(page.locator("#shown")).to_have_text("2 of 8 rows")
        page.locator("#rows td a").first.click()
        expect(page.locator("#legal_standards-1 .cell.chosen")).to_be_visible()
        page.go_back()
        expect(page.locator("#shown")).to_have_text("2 of 8 rows")
        page.go_back()
        expect(page.get_by_label("Country")).to_have_value("")
        expect(page.locator("#shown")).to_have_text("6 of 8 rows")
        page.get_by_role("button", name="Clear").click()
        expect(page.locator("#shown")).to_have_text("8 of 8 rows")

    def test_choices_count_their_rows_and_numbers_have_a_range(self, shown: Show, several: Path) -> None:
        page = shown(several / "explore/enforcement.html", "#year-min=2019&iso3=XAV")
        expect(page.locator("#shown")).to_have_text(re.compile("^3 of "))
        assert page.locator("select[name=iso3] option[value=XAV]").evaluate("one => one.label") == "Arvenia (3)"
        page.get_by_label("year from").fill("")
        expect(page.locator("#shown")).to_have_text(re.compile("^4 of "))

    def test_headings_sort_with_the_keyboard_and_downloads_are_the_view(self, shown: Show, sample: Path) -> None:
        page = shown(sample / "explore/enforcement.html", "#domain=labor&status=reported")
        expect(page.locator("[data-download=csv]")).to_be_enabled()
        page.get_by_role("button", name="value", exact=True).focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#sort=-value&domain=labor&status=reported"
        expect(page.locator("th[aria-sort=descending]")).to_have_text("value")
        published = publish.read_table(sample.parent, "enforcement")
        fitting = published[(published["domain"] == "labor") & (published["status"] == "reported")]
        wanted = fitting.sort_values("value", ascending=False, kind="stable", na_position="last")
        saved = {}
        for kind in ("csv", "json"):
            with page.expect_download() as download:
                page.locator(f"[data-download={kind}]").click()
            saved[kind] = download.value.path().read_text("utf-8")
        records = list(csv.DictReader(saved["csv"].splitlines()))
        assert len(wanted) > 3
        assert [int(row["row"]) for row in records] == wanted["row"].to_list()
        assert [row["raw"] for row in records] == wanted["raw"].to_list()
        assert [row["row"] for row in json.loads(saved["json"])] == wanted["row"].to_list()


class TestSearch:
    def test_an_acronym_finds_its_agency_and_a_word_its_rows(self, shown: Show, sample: Path) -> None:
        page = shown(sample / "search.html")
        page.get_by_label("Words").fill("nli")
        name = page.locator("#names tbody tr").first
        expect(name).to_contain_text("National Labor Inspectorate")
        page.get_by_label("Words").fill("inspect")
        section = page.locator(".in-table[data-file=suggested-actions]")
        expect(section).to_contain_text("1 chapter")
        section.get_by_role("link", name="Arvenia 2019").click()
        published = publish.read_table(sample.parent, "suggested_actions")
        wanted = published["action"].str.contains("inspect", case=False).sum()
        expect(page.locator("#shown")).to_have_text(f"{wanted} of {len(published)} rows")
        page.go_back()
        name.get_by_role("link", name="2019").click()
        expect(page.locator("tr:target")).to_contain_text("National Labor Inspectorate")


class TestLook:
    def test_bar_and_picture_follow_what_one_reads(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        name = page.locator("#here").inner_text()
        row = page.locator("#references .line").nth(3)
        row.evaluate("row => row.scrollIntoView()")
        expect(page.locator("#here")).to_have_text(f"{name} · References")
        place = str(row.locator(".cell").get_attribute("data-at"))
        expect(page.locator("#which-page")).to_contain_text(f"Page {place.split(':')[0]} ")
        page.goto(f"{chapter(sample).as_uri()}#enforcement")  # a link to a table turns the page at once
        place = str(page.locator("#enforcement .cell").first.get_attribute("data-at"))
        expect(page.locator("#which-page")).to_contain_text(f"Page {place.split(':')[0]} ")
        expect(page.locator("#here")).to_have_text(re.compile(f"^{name} · Tables? \\d+"))

    def test_the_map_is_coloured_by_the_chosen_column_of_the_table(self, shown: Show, several: Path) -> None:
        page = shown(several / "matrix/assessment.html")
        page.evaluate("document.querySelector('.world path').dataset.iso3 = 'XBV'")  # Arvenia is on no map
        shape = page.locator(".world path").first
        page.select_option("[name=map]", "2018")
        expect(shape).not_to_have_attribute("class", re.compile("."))  # it has no chapter of that year
        page.select_option("[name=map]", "2019")
        expect(shape).to_have_class("significant")
        cell = page.locator("#by-year tr[data-iso3=XBV] td").first.inner_text()
        assert str(shape.text_content()).endswith(f": {cell}")
        page.go_back()
        expect(shape).not_to_have_attribute("class", re.compile("."))

    def test_the_last_year_is_what_a_phone_shows(self, shown: Show, several: Path) -> None:
        for path in ("index.html", "countries/xav.html"):
            page = shown(several / path, viewport=NARROW)
            cell = page.locator("a[href$='chapters/xav-2019.html']").first
            cell.scroll_into_view_if_needed()
            box = cell.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= NARROW["width"], path

    def test_the_years_stay_in_sight(self, shown: Show, several: Path) -> None:
        page = shown(several / "index.html", viewport={"width": 900, "height": 400})
        region = page.locator(".grid-scroll")
        region.evaluate("one => { one.style.maxHeight = '90px'; one.scrollTop = 400; }")
        top = page.locator("#grid thead th").nth(1).bounding_box()
        frame = region.bounding_box()
        assert top is not None
        assert frame is not None
        assert abs(top["y"] - frame["y"]) < 3

    def test_the_bars_of_actions_are_drawn_not_painted(self, shown: Show, sample: Path) -> None:
        page = shown(sample / "countries/xav.html")
        page.emulate_media(media="print")
        bars = page.locator(".bars a rect")
        assert bars.count() > 3
        assert bars.first.evaluate("one => getComputedStyle(one).fill") not in ("none", "rgb(0, 0, 0)")
        assert page.locator(".bars a").first.get_attribute("aria-label")

    def test_printed_it_is_tables_alone(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        page.emulate_media(media="print")
        expect(page.locator("#source")).to_be_hidden()
        expect(page.locator(".tools")).to_be_hidden()
        expect(page.locator("#legal_standards")).to_be_visible()

    def test_a_plot_has_its_table(self, shown: Show, several: Path) -> None:
        page = shown(several / "countries/xav.html")
        cards = page.locator(".plot-card:has(svg)")
        assert cards.count() >= 2
        for n in range(cards.count()):
            card = cards.nth(n)
            expect(card.locator("table")).to_be_hidden()
            card.locator("summary").click()
            expect(card.locator("table")).to_be_visible()
            drawn = [one.inner_text() for one in card.locator(".figure > a").all()]
            assert card.locator("circle").count() == len([text for text in drawn if re.search(r"\d", text)])


def check_with_axe(page: Page) -> None:
    """Axe finds no serious or critical fault. It is not to fetch the style sheet, which the page's policy forbids."""
    result = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    assert [one for one in result.response["violations"] if one["impact"] in SERIOUS] == [], result.generate_report()


class TestAccessible:
    @pytest.mark.parametrize(
        "options", [{}, {"color_scheme": "dark"}, {"viewport": NARROW}], ids=["", "dark", "narrow"]
    )
    @pytest.mark.parametrize("path", KINDS)
    def test_a_page_is_accessible_fits_and_is_dark_or_light(
        self, shown: Show, sample: Path, path: str, options: dict[str, Any]
    ) -> None:
        page = shown(sample / path, ANCHORS.get(path, ""), **options)
        check_with_axe(page)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", colour))) < 3 * 60) == (options.get("color_scheme") == "dark")
        width = options.get("viewport", WIDE)["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "no page is wider than a phone"

    @needs_chapters
    def test_nor_in_a_real_chapter(self, shown: Show, real: Path) -> None:
        check_with_axe(shown(chapter(real, "gha-2018")))


def test_a_hostile_chapter_does_nothing(shown: Show, tmp_path: Path) -> None:
    site = site_of(hostile(tmp_path / "output"))
    explored = {"legal-standards", "entity-registry", "quality"}  # all of them have the same script
    for path in sorted(site.rglob("*.html")):
        if path.parent.name == "explore" and path.stem not in explored:
            continue
        page = shown(path, "#text=script" if path.name == "search.html" else "")
        if "chapters" in path.parts:
            for key in "jjlnn]":
                page.keyboard.press(key)
            page.evaluate("document.querySelectorAll('.line .pick, .cell').forEach((one) => one.click())")
        assert page.evaluate("window.hit === undefined"), path
        assert page.locator("img[src=x], svg[onload]").count() == 0
