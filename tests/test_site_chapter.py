"""The page of a chapter as a file: every row with its place, citations, years side by side, pictures."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from flows import publish
from review.chapter import position
from tests.conftest import arvenia, record
from tests.sites import Page, published, site_of, whole

pytest_plugins = ["tests.site_fixtures"]


class TestPages:
    def test_every_row_stands_on_its_page_with_its_place(self, sample: Path) -> None:
        page = Page(sample / "chapters/xav-2019.html")
        ids = set(page.ids)
        output = sample.parent
        counted = 0
        for name in (
            "statistics",
            "legal_standards",
            "enforcement",
            "agencies",
            "paragraphs",
            "references",
            "footnotes",
        ):
            for row in publish.read_table(output, name)["row"]:
                assert f"{name}-{row}" in ids
                counted += 1
        assert counted > 60
        places = {place for one in page.elements for place in one.attributes.get("data-at", "").split()}
        for cell in publish.read_table(output, "provenance").itertuples():
            if cell.table not in ("documents", "citations"):
                assert position({"page": cell.page, "bbox": cell.bbox}) in places, cell

    def test_a_citation_stands_behind_its_sentence(self, sample: Path) -> None:
        text = whole((sample / "chapters/xav-2019.html").read_text("utf-8"), sample / "chapters")
        cited = publish.read_table(sample.parent, "citations")
        found = 0
        for row in cited[cited["column"].isin(["text", "role"]) & cited["end"].notna()].itertuples():
            shown = re.search(rf'id="{row.table}-{row.row}"(.*?)(</tr>|</p>)', text, re.DOTALL)
            plain = ""
            cites: dict[str, list[str]] = {}
            for part in re.split("(<[^>]*>)", shown[1] if shown else ""):
                if 'class="cite' in part:
                    cites.setdefault(re.sub(r'.*href="#references-(\d+)".*', r"\1", part), []).append(plain)
                elif not part.startswith("<"):
                    plain += unescape(part)
            assert any(before.endswith(str(row.sentence)) for before in cites.get(str(row.number), [])), row
            found += 1
        assert found > 20

    def test_years_stand_side_by_side(self, sample: Path) -> None:
        page = Page(sample / "chapters/xav-2019.html")
        enforcement = publish.read_table(sample.parent, "enforcement")
        lines = {one.words.replace(" ", "") for one in page.all("tr")}
        assert "Labelasprinted" + "".join(map(str, sorted(set(enforcement["year"])))) in lines
        for _, rows in enforcement[enforcement["note"] == ""].groupby(["domain", "label"]):
            printed = "".join(f"Row {row.row} {row.raw}" for row in rows.itertuples())
            assert len(rows) < 2 or f"{rows['label'].iloc[0]}{printed}".replace(" ", "") in lines

    def test_only_pages_that_hold_rows_have_a_picture(self, sample: Path) -> None:
        provenance = publish.read_table(sample.parent, "provenance")
        references = publish.read_table(sample.parent, "references")
        drawn = {int(file.stem) for file in (sample / "pages").rglob("*.png")}
        assert drawn == set(provenance["page"].dropna()) | set(references["page"].dropna())


@pytest.mark.usefixtures("in_process")
def test_what_a_chapter_lacks_is_said(tmp_path: Path) -> None:
    added = {**record("changes"), "table": "countries", "change": "chapter_added", "key": "", "rows": 1}
    dangling = [record("citations", 1, resolved=False)]
    site = site_of(published(tmp_path, [arvenia(references=[], citations=dangling, changes=[added])]))
    text = whole((site / "chapters/xav-2019.html").read_text("utf-8"), site / "chapters")
    said = "The chapter has no reference list. So the numbers that it cites lead to no source."
    assert text.index(said) < text.index("Cited, but not in the list")
    assert "Versions of this chapter" not in text
    page = Page(site / "chapters/xav-2019.html")
    [line] = [one.words for one in page.all("tr") if one.words.startswith("countries")]
    assert "1 row" in line
    assert any(one.words == "1 line" for one in page.all(class_="count"))


@pytest.mark.usefixtures("in_process")
def test_a_table_without_rows_is_said_to_have_none(tmp_path: Path) -> None:
    site = site_of(published(tmp_path, [arvenia()]))
    empty, full = Page(site / "explore/corrections.html"), Page(site / "explore/agencies.html")
    assert [one.words for one in empty.all(id="empty")] == ["This table has no rows in this release."]
    assert "hidden" in empty.all(class_="rows-scroll")[0].attributes
    assert full.all(id="empty") == []


@pytest.mark.usefixtures("in_process")
def test_no_heading_of_a_row_is_empty(tmp_path: Path) -> None:
    rows = [record("enforcement", n, territory=territory) for n, territory in enumerate(("", "Northern Isles"), 1)]
    page = Page(site_of(published(tmp_path, [arvenia(enforcement=rows)])) / "chapters/xav-2019.html")
    cells = [one for one in page.elements if "cell" in one.attributes.get("class", "").split()]
    territories = [one for one in cells if one.attributes.get("data-c") == "territory"]
    assert {"", "Northern Isles"} <= {one.words for one in territories}
    assert all(one.words for one in cells if one.tag == "th")
