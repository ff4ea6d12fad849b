"""The matrix over years and its map: they say what the matrix of a year says, and that says what the rows say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows import publish
from review import matrix
from review.release import PublishedRun
from review.site import _meanings
from tests.conftest import arvenia, record
from tests.sites import Page, published, whole

pytest_plugins = ["tests.site_fixtures"]
LINK = re.compile(r'<td class="([^"]+)"(?: data-shade="([^"]+)")?><a href="../([^"]+)">([^<]*)</a>')


def test_an_indicator_over_the_years_and_its_map_say_what_the_year_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arvenia is on no real map, so it gets a place."""
    monkeypatch.setattr(matrix, "_world", lambda: {"width": 9, "height": 9, "shapes": {"XAV": "M0 0z"}, "points": {}})
    inspectors = record("enforcement", domain="labor", metric="inspectors", territory="", year=2019, value=5.0)
    standard = record("legal_standards", territory="", age=15.0)
    release = PublishedRun(published(tmp_path, [arvenia(enforcement=[inspectors], legal_standards=[standard])]))
    made = {name: whole(page.decode()) for name, page in matrix.matrix_pages(release, {"XAV": "Arvenia"}, _meanings())}
    year = {(href, text) for _, _, href, text in LINK.findall(made["matrix/2019.html"])}
    by_indicator = [page for name, page in made.items() if name not in ("matrix.html", "matrix/2019.html")]
    shown = set()
    for page in by_indicator:
        [(kind, shade, href, text)] = LINK.findall(page)
        [on_the_map] = re.findall(r'data-iso3="XAV" class="([^"]*)"><title>Arvenia: ([^<]*)<', page)
        assert on_the_map == (shade or kind.split()[-1], text)
        shown.add((href, text))
    assert shown == year
    assert len(by_indicator) == len(year) == 5


def test_numbers_are_shaded_by_equal_parts_and_the_legend_names_their_ends() -> None:
    cells = [matrix.MatrixCell("", "", "num", "no number", value) for value in [None, 0.0, *map(float, range(1, 11))]]
    limits = matrix._limits(cell.value for cell in cells)
    assert [matrix.shade(cell, limits) for cell in cells][:4] == ["a-unknown", "q0", "q1", "q1"]
    assert [meaning for _, meaning in matrix._legend(cells, limits)] == [
        "0",
        "1 to 2",
        "3 to 4",
        "5 to 6",
        "7 to 8",
        "9 to 10",
        "No number",
    ]


def test_the_map_draws_every_country_as_a_shape_or_a_point() -> None:
    world = matrix._world()
    assert all(re.fullmatch(r"[Mlz0-9. -]+", shape) for shape in world["shapes"].values())
    assert all(0 <= x <= world["width"] and 0 <= y <= world["height"] for x, y in world["points"].values())
    assert {"PER", "GHA", "XKX"} <= world["shapes"].keys()
    assert {"COM", "WSM", "MDV"} <= world["points"].keys() - world["shapes"].keys()


def test_every_value_of_the_matrix_is_that_of_its_row(sample: Path) -> None:
    page = Page(sample / "matrix.html")
    links = {one.attributes["href"]: one.words for one in page.all("a") if "#" in one.attributes["href"]}
    conventions = publish.read_table(sample.parent, "conventions")
    standards = publish.read_table(sample.parent, "legal_standards")
    enforcement = publish.read_table(sample.parent, "enforcement")
    for row, status in conventions[["row", "status"]].to_numpy().tolist():
        assert links[f"chapters/xav-2019.html#conventions-{row}"] == status.replace("_", " ")
    whole = standards[standards["territory"] == ""]
    for row, status, age in zip(whole["row"], whole["status"], whole["age"].fillna(0), strict=True):
        assert links[f"chapters/xav-2019.html#legal_standards-{row}"].startswith(f"{status} {age:g}" if age else status)
    [inspectors] = enforcement[(enforcement["metric"] == "inspectors") & (enforcement["year"] == 2019)].to_dict(
        "records"
    )
    assert links[f"chapters/xav-2019.html#enforcement-{inspectors['row']}"] == f"{inspectors['value']:,.0f}"
