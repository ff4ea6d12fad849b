"""A chapter page in a browser: boxes, keys, citations, cells, names, and what follows the reader."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from flows import publish
from tests.accuracy import SHARED
from tests.browsing import NARROW, REAL, WIDE, Show, chapter, check_with_axe, needs_chapters
from tests.conftest import ROOT

pytest_plugins = ["tests.site_fixtures"]
pytestmark = pytest.mark.slow

ROWS_WHOLE, WORDS_WHOLE = 0.97, 0.98
"""Shares that must lie within the boxes; of a row that goes on in the next column or on the next page only the first
part has one."""
LINES_WHOLE = 0.9


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

    def test_printed_it_is_tables_alone(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        page.emulate_media(media="print")
        expect(page.locator("#source")).to_be_hidden()
        expect(page.locator(".tools")).to_be_hidden()
        expect(page.locator("#legal_standards")).to_be_visible()


class TestInSight:
    """Nothing covers or cuts what one reads."""

    def test_no_table_is_wider_than_a_phone(self, shown: Show, crowded: Path) -> None:
        page = shown(chapter(crowded, "xav-2021"), viewport=NARROW)
        wider = "() => [...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1)"
        assert page.evaluate(f"({wider})().map((one) => one.ariaLabel)") == []
        last_year = page.locator("#enforcement thead th").last
        expect(last_year).to_have_text("2021")
        box = last_year.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= NARROW["width"]

    def test_the_headings_of_a_table_stay_below_the_bar(self, shown: Show, crowded: Path) -> None:
        page = shown(chapter(crowded, "xav-2021"))
        row = page.locator("#enforcement .line").nth(60)
        row.evaluate("one => one.scrollIntoView()")
        years = page.locator("#enforcement thead th").last
        expect(years).to_be_in_viewport(ratio=1)
        seen = """one => { const side = one.getBoundingClientRect();
                           return document.elementFromPoint(side.x + 9, side.y + 9) === one; }"""
        assert years.evaluate(seen), "nothing covers it"
        head, line = years.bounding_box(), row.bounding_box()
        assert head is not None
        assert line is not None
        assert head["y"] + head["height"] <= line["y"] + 1, "it covers no row that was looked for"

    def test_the_shown_page_is_in_sight_among_the_pages(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample), viewport=NARROW)
        page.locator(".strip").evaluate("one => { one.style.width = '90px'; }")
        for _ in range(page.locator("#pages a").count() - 1):
            page.keyboard.press("]")
        expect(page.locator("#pages a[aria-current]")).to_be_in_viewport(ratio=1)

    def test_the_box_of_a_cell_stays_in_sight_beside_its_correction(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample), viewport={"width": 1280, "height": 640})
        page.locator("#legal_standards-2 .cell[data-c=status]").click(position={"x": 8, "y": 8})
        page.get_by_role("button", name="This is wrong").click()
        expect(page.locator("#boxes .box.cell")).to_be_in_viewport(ratio=1)

    def test_what_can_be_done_with_a_cell_is_in_sight_on_a_phone(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample), "#legal_standards-2.status", viewport=NARROW)
        for name in ("Copy link", "Copy citation", "This is wrong"):
            expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)

    def test_a_menu_on_a_phone_is_whole_and_above_all(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample), viewport=NARROW)
        page.locator(".sections summary").click()
        hidden = page.evaluate(
            """() => [...document.querySelectorAll(".sections a")].filter((one) => {
                 const side = one.getBoundingClientRect();
                 return document.elementFromPoint(side.x + side.width / 2, side.y + side.height / 2) !== one;
               }).map((one) => one.textContent)"""
        )
        assert hidden == []

    def test_a_hidden_source_takes_one_line(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample), viewport=NARROW)
        page.locator("#fold").click()
        box = page.locator("#source").bounding_box()
        assert box is not None
        assert box["height"] < 50
        page.locator("#fold").click()
        expect(page.locator("#next-page")).to_be_visible()

    def test_a_label_of_a_card_does_not_run_into_the_next_row(self, shown: Show, crowded: Path) -> None:
        page = shown(chapter(crowded), viewport=NARROW)
        low = page.evaluate(
            """() => [...document.querySelectorAll(".cards td[data-h]")].filter((one) => {
                 const label = document.createElement("span");
                 label.style.cssText = "display: block; width: 6.8rem; font: 400 .8rem/1.75 system-ui, sans-serif";
                 label.textContent = one.dataset.h;
                 document.body.append(label);
                 const height = label.offsetHeight;
                 label.remove();
                 return one.offsetHeight && one.offsetHeight < height;
               }).map((one) => one.dataset.h)"""
        )
        assert low == []

    def test_each_cell_of_a_raw_text_shows_its_own_words(self, shown: Show, raw_sample: Path) -> None:
        page = shown(chapter(raw_sample))
        cell = page.locator("#legal_standards-2 .cell[data-c=status]")
        cell.click(position={"x": 8, "y": 8})
        expect(page.locator("#detail .raw-words")).to_have_text(cell.inner_text())

    def test_the_focus_of_a_bar_moves_nothing(self, shown: Show, sample: Path) -> None:
        page = shown(chapter(sample))
        for sign in ("#next-page", "#zoom", "#sheet", ".sections summary", ".keys summary"):
            page.evaluate("scrollTo(0, 2500)")
            page.locator(sign).evaluate("one => one.focus()")
            assert page.evaluate("scrollY") == 2500, sign

    @pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "phone"])
    def test_what_has_the_focus_is_not_covered(self, shown: Show, sample: Path, size: dict[str, int]) -> None:
        page = shown(chapter(sample), viewport=size)
        covered = []
        for _ in range(80):
            page.keyboard.press("Tab")
            covered += page.evaluate(
                """() => {
                     const one = document.activeElement;
                     const side = one.getClientRects()[0];
                     if (one === document.body || !side || side.height > 200) return [];
                     const top = document.elementFromPoint(side.x + side.width / 2, side.y + side.height / 2);
                     return top && (one.contains(top) || top.contains(one)) ? [] : [one.outerHTML.slice(0, 90)];
                   }"""
            )
        assert covered == []
