"""The start page in a browser: filters, and the years in sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import NARROW, WIDE, Show

pytest_plugins = ["tests.site_fixtures"]
pytestmark = pytest.mark.slow


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


class TestLook:
    def test_the_years_stay_in_sight(self, shown: Show, several: Path) -> None:
        page = shown(several / "index.html", viewport={"width": 900, "height": 400})
        region = page.locator(".grid-scroll")
        region.evaluate("one => { one.style.maxHeight = '90px'; one.scrollTop = 400; }")
        top = page.locator("#grid thead th").nth(1).bounding_box()
        frame = region.bounding_box()
        assert top is not None
        assert frame is not None
        assert abs(top["y"] - frame["y"]) < 3

    def test_only_years_with_a_chapter_that_fits_are_columns(self, shown: Show, several: Path) -> None:
        page = shown(several / "index.html", "#level=minimal", viewport=NARROW)
        heads = page.locator("#grid thead th:visible")
        expect(heads).to_have_text(["Country", "2018"])
        expect(page.locator("#grid td.has a:visible")).to_be_in_viewport(ratio=1)
        page.locator("#f-text").fill("nowhere")
        expect(page.locator("#grid")).to_be_hidden()
        expect(page.locator("#nothing")).to_be_visible()

    def test_no_table_of_the_last_run_is_wider_than_a_phone(self, shown: Show, crowded: Path) -> None:
        page = shown(crowded / "index.html", viewport=NARROW)
        region = page.get_by_role("region", name="Changes by table")
        assert region.evaluate("one => one.scrollWidth <= one.clientWidth")

    def test_a_phone_shows_two_years_of_a_country_with_a_long_name(self, shown: Show, crowded: Path) -> None:
        page = shown(crowded / "index.html", viewport=NARROW)
        expect(page.locator("a[href$='xav-2020.html']")).to_be_attached()
        for year in (2021, 2020):
            cell = page.locator(f"#grid a[href$='xav-{year}.html']")
            box = cell.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= NARROW["width"]

    def test_nine_years_fit_and_findings_of_a_chapter_stand_together(self, shown: Show, crowded: Path) -> None:
        for size in (WIDE, NARROW):
            page = shown(crowded / "index.html", viewport=size)
            if size == WIDE:
                region = page.locator(".grid-scroll")
                assert region.evaluate("one => one.scrollWidth <= one.clientWidth")
            chips = page.locator("#grid .chips").first.locator(".sev")
            assert chips.count() > 1
            tops = [box["y"] for box in (chips.nth(n).bounding_box() for n in range(chips.count())) if box]
            assert len(set(tops)) == 1
