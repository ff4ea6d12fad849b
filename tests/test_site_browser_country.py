"""The country page, the matrix and the map in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import NARROW, WIDE, Show

pytest_plugins = ["tests.site_fixtures"]
pytestmark = pytest.mark.slow


class TestLook:
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

    def test_the_bars_of_actions_are_drawn_not_painted(self, shown: Show, sample: Path) -> None:
        page = shown(sample / "countries/xav.html")
        page.emulate_media(media="print")
        bars = page.locator(".bars a rect")
        assert bars.count() > 3
        assert bars.first.evaluate("one => getComputedStyle(one).fill") not in ("none", "rgb(0, 0, 0)")
        assert page.locator(".bars a").first.get_attribute("aria-label")

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

    def test_years_of_actions_stay_in_sight(self, shown: Show, crowded: Path) -> None:
        for size in (WIDE, NARROW):
            page = shown(crowded / "countries/xav.html", viewport={**size, "height": 300})
            page.locator(".spans tbody tr").last.evaluate("one => one.scrollIntoView({block: 'center'})")
            expect(page.locator(".spans .axis span").last).to_be_in_viewport(ratio=1)

    @pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "phone"])
    def test_labels_of_a_chart_can_be_read(self, shown: Show, crowded: Path, size: dict[str, int]) -> None:
        page = shown(crowded / "countries/xav.html", viewport=size)
        charts = page.locator(".plot svg")
        assert charts.count() > 0
        for n in range(charts.count()):
            boxes = [one.bounding_box() for one in charts.nth(n).locator("text").all() if one.text_content()]
            sides = [(one["x"], one["y"], one["x"] + one["width"], one["y"] + one["height"]) for one in boxes if one]
            assert len(sides) > 4
            for number, one in enumerate(sides):
                assert one[3] - one[1] >= 10, "large enough"
                assert one[0] >= 0, "within the page"
                for other in sides[:number]:
                    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 4 or other[3] <= one[1] + 4
                    assert apart, "not over one another"

    def test_headings_of_the_matrix_stay_with_their_group(self, shown: Show, crowded: Path) -> None:
        page = shown(crowded / "matrix.html", viewport={"width": 700, "height": 600})
        region = page.get_by_role("region", name="Countries by indicators")
        region.evaluate("one => { one.style.maxHeight = '180px'; one.scrollTop = 40; one.scrollLeft = 400; }")
        group = page.locator("th[scope=colgroup] span").nth(1)
        expect(group).to_be_in_viewport(ratio=1)
        upper, lower = group.bounding_box(), page.locator("thead tr + tr th").last.bounding_box()
        assert upper is not None
        assert lower is not None
        assert upper["y"] + upper["height"] <= lower["y"] + 1
