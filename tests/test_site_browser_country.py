"""The country page, the matrix and the map in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import Show

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
