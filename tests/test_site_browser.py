"""Every kind of page in a browser: light and dark, wide and on a phone, what axe says, and hostile chapters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from review.work import render_chapter
from tests.browsing import NARROW, WIDE, Show, chapter, check_with_axe, needs_chapters
from tests.conftest import arvenia
from tests.sites import hostile, published, site_of

pytest_plugins = ["tests.site_fixtures"]
pytestmark = pytest.mark.slow

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


class TestLook:
    def test_the_last_year_is_what_a_phone_shows(self, shown: Show, several: Path) -> None:
        for path in ("index.html", "countries/xav.html"):
            page = shown(several / path, viewport=NARROW)
            cell = page.locator("a[href$='chapters/xav-2019.html']").first
            cell.scroll_into_view_if_needed()
            box = cell.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= NARROW["width"], path


class TestAccessible:
    @pytest.mark.parametrize(
        "options",
        [{}, {"color_scheme": "dark"}, {"viewport": NARROW}, {"viewport": NARROW, "color_scheme": "dark"}],
        ids=["", "dark", "narrow", "narrow and dark"],
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

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_so_are_the_pages_of_much_and_of_a_raw_text(
        self, shown: Show, crowded: Path, raw_sample: Path, scheme: str
    ) -> None:
        for site, path in (
            (crowded, "index.html"),
            (crowded, "chapters/xav-2021.html"),
            (crowded, "countries/xav.html"),
            (raw_sample, "chapters/xav-2019.html"),
        ):
            for size in (WIDE, NARROW):
                page = shown(site / path, color_scheme=scheme, viewport=size)
                check_with_axe(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    @pytest.mark.parametrize("path", KINDS)
    def test_the_keyboard_begins_at_the_top(self, shown: Show, sample: Path, path: str) -> None:
        page = shown(sample / path)
        if path.startswith("explore"):
            expect(page.locator("[data-download=csv]")).to_be_enabled()
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()

    def test_links_beside_other_words_are_underlined(self, shown: Show, several: Path) -> None:
        page = shown(several / "chapters/xav-2019.html")
        for link in page.locator(".crumbs a, .years a").all():
            expect(link).to_have_css("text-decoration-line", "underline")
        assert page.locator(".crumbs a, .years a").count() == 3

    @pytest.mark.usefixtures("in_process")
    def test_so_are_the_pages_of_what_went_wrong(
        self, shown: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def rendered(view: Any, *more: Any) -> tuple[bytes, bytes]:
            if view.document["report_year"] == 2018:
                raise ZeroDivisionError("made for a test")
            return render_chapter(view, *more)

        chapters = [arvenia(), arvenia(report_year=2018)]
        chapters[0].tables["activities"][1]["row"] = -1  # the row goes to quarantine
        monkeypatch.setattr("review.work.render_chapter", rendered)
        site = site_of(published(tmp_path, chapters))
        for path in ("chapters/xav-2019", "chapters/xav-2018", "explore/quarantine", "explore/corrections"):
            for scheme, size in (("light", WIDE), ("dark", NARROW)):
                page = shown(site / f"{path}.html", color_scheme=scheme, viewport=size)
                for kept in page.locator(".quarantined summary").all():
                    kept.click()
                check_with_axe(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

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
