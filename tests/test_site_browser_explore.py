"""Explore and Search in a browser: what is filtered, sorted, linked, found and saved."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from flows import publish
from tests.browsing import NARROW, Show

pytest_plugins = ["tests.site_fixtures"]
pytestmark = pytest.mark.slow


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

    def test_what_is_not_found_is_said_and_no_empty_table_is_shown(self, shown: Show, sample: Path) -> None:
        page = shown(sample / "search.html")
        for heading in ("Names", "Words in the tables"):
            expect(page.get_by_role("heading", name=heading)).to_be_hidden()
        page.get_by_label("Words").fill("qqqzzz")
        expect(page.locator("#nothing")).to_be_visible()
        page.get_by_label("Words").fill("inspect")
        expect(page.locator("#nothing")).to_be_hidden()
        for heading in ("Names", "Words in the tables"):
            expect(page.get_by_role("heading", name=heading)).to_be_visible()


class TestPhone:
    @pytest.mark.parametrize("name", ["enforcement", "legal-standards", "quality"])
    def test_filters_leave_room_for_the_first_row(self, shown: Show, sample: Path, name: str) -> None:
        page = shown(sample / f"explore/{name}.html", viewport=NARROW)
        expect(page.locator("#rows tbody th").first).to_be_in_viewport(ratio=1)
        expect(page.locator(".tables [aria-current]")).to_be_in_viewport(ratio=1)
        inputs = page.locator(".filters fieldset input")
        for n in range(0, inputs.count(), 2):  # both ends of a range in one line
            first, second = inputs.nth(n).bounding_box(), inputs.nth(n + 1).bounding_box()
            assert first is not None
            assert second is not None
            assert first["y"] == second["y"]

    def test_the_rows_scroll_with_the_page(self, shown: Show, sample: Path) -> None:
        page = shown(sample / "explore/enforcement.html", viewport=NARROW)
        expect(page.locator("#rows tbody th").first).to_be_visible()
        assert page.locator(".rows-scroll").evaluate("one => one.scrollHeight - one.clientHeight") <= 1


def test_the_chapter_of_a_row_stays_in_sight(shown: Show, sample: Path) -> None:
    page = shown(sample / "explore/enforcement.html", viewport={"width": 700, "height": 700})
    region = page.locator(".rows-scroll")
    expect(page.locator("#rows tbody th").first).to_be_visible()
    region.evaluate("one => { one.scrollIntoView(); one.scrollLeft = one.scrollWidth; }")
    assert region.evaluate("one => one.scrollLeft") > 100
    expect(page.locator("#rows tbody th").first).to_be_in_viewport(ratio=1)


def test_a_column_of_long_texts_is_wide(shown: Show, sample: Path) -> None:
    page = shown(sample / "explore/documents.html")
    expect(page.locator("#rows tbody th")).to_have_count(1)
    widths = {name: page.locator(f"th[data-column={name}]").bounding_box() for name in ("summary", "source_sha256")}
    assert widths["summary"] is not None
    assert widths["source_sha256"] is not None
    assert widths["summary"]["width"] > 300 > 200 > widths["source_sha256"]["width"]
