"""The HTML reader on an invented country page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extractors import Extraction, UnreadableSource, extract

STANDARDS = "".join(
    f"<tr><td>{name}</td><td>{age}</td><td>{answer}</td><td>{law}</td></tr>"
    for name, age, answer, law in [
        ("Minimum Age for Work", "16", "✓", "Article 4 of the Labor Code<sup>3</sup>"),
        ("Minimum Age for Hazardous Work", "17.5", "✗", "Articles 4 and 9"),
    ]
)
PAGE = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Arvenia</title><script>var x = "In 2019, Fiji made no advancement";</script>
<style>p {{ color: red }}</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li>Countries</li></ul></nav>
<div class="site-menu">Child Labor Fiji Jordan</div>
<main>
<h1>Arvenia</h1>
<h2>2024 Findings on the Worst Forms of Child Labor:</h2>
<p><strong>Moderate Advancement</strong></p>
<p>In 2024, Arvenia made moderate advancement in efforts to eliminate the worst forms of child labor. Parliament
amended the Child Protection Act. However, the law does not meet all standards.</p>
<h2>I. Prevalence and Sectoral Distribution of Child Labor</h2>
<p>Children in Arvenia mine amber.<sup>1,2</sup></p>
<p style="display:none">Nobody sees this.</p>
<h3>Children at Higher Risk</h3>
<p>Children of herders work at night.</p>
<table><caption>Table 1. Overview of Children’s Work by Sector and Activity</caption>
<thead><tr><th>Sector/Industry</th><th>Activity</th></tr></thead>
<tbody><tr><td rowspan="2">Agriculture</td><td>Picking hops</td></tr><tr><td>Fishing</td></tr>
<tr><td>Industry</td><td>Mining amber</td></tr></tbody></table>
<h2>Child Labor and Forced Labor Reports</h2>
<ul><li>Amber <img src="a.png"> icon</li></ul>
<p>Get the app today.</p>
<h2>II. Legal Framework for Child Labor</h2>
<p><strong>Table 2. Laws and Regulations on Child Labor</strong></p>
<table><tr><th>Standard</th><th>Age</th><th>Meets International Standards</th><th>Legislation</th></tr>
{STANDARDS}</table>
</main><footer>About us. Contact.</footer></body></html>
"""


def read(tmp_path: Path, page: str | bytes, name: str = "arvenia.html") -> tuple[Extraction, ...]:
    path = tmp_path / name
    path.write_bytes(page.encode() if isinstance(page, str) else page)
    return extract(path)


@pytest.fixture(scope="module")
def arvenia(tmp_path_factory: pytest.TempPathFactory) -> Extraction:
    (found,) = read(tmp_path_factory.mktemp("html"), PAGE)
    return found


def column(chapter: Extraction, table: str, *names: str) -> list[Any]:
    return [tuple(row[name] for name in names) for row in chapter.tables[table]]


def test_the_chapter_is_known_by_its_page(arvenia: Extraction) -> None:
    document = arvenia.tables["documents"][0]
    assert arvenia.doc_id == "xav-2024"
    assert (document["country"], document["assessment"], document["source_format"]) == (
        "Arvenia",
        "Moderate Advancement",
        "html",
    )
    assert document["summary"].startswith("In 2024, Arvenia made moderate advancement")
    assert document["summary"].endswith("does not meet all standards.")


def test_headings_and_paragraphs_keep_their_place(arvenia: Extraction) -> None:
    texts = column(arvenia, "paragraphs", "section", "subsection", "text")
    assert ("prevalence", "", "Children in Arvenia mine amber.") in texts
    assert ("prevalence", "Children at Higher Risk", "Children of herders work at night.") in texts


def test_raised_numbers_are_citations(arvenia: Extraction) -> None:
    assert [number for (number,) in column(arvenia, "citations", "number")] == [1, 2, 3]


def test_a_cell_over_two_rows_is_both_rows_sector(arvenia: Extraction) -> None:
    assert column(arvenia, "activities", "sector", "activity") == [
        ("Agriculture", "Picking hops"),
        ("Agriculture", "Fishing"),
        ("Industry", "Mining amber"),
    ]


def test_nothing_beside_the_chapter_is_in_a_table(arvenia: Extraction) -> None:
    texts = str([rows for name, rows in arvenia.tables.items() if name != "quality"])
    for words in ("Home", "Fiji", "Nobody sees", "icon", "Get the app", "Contact", "color: red"):
        assert words not in texts


def test_the_place_of_a_row_is_the_line_of_its_element(arvenia: Extraction) -> None:
    (row,) = [row for row in arvenia.tables["paragraphs"] if row["text"] == "Children of herders work at night."]
    assert PAGE.splitlines()[row["line"] - 1] == "<p>Children of herders work at night.</p>"


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("windows-1252", "cp1252"), ("utf-16", "utf-16"), ("utf-8", "cp1252"), ("windows-1252", "utf-8-sig")],
)
def test_the_encoding_is_that_of_the_bytes(charset: str, encoding: str, tmp_path: Path) -> None:
    page = PAGE.replace("utf-8", charset).replace("✓", "Yes").replace("✗", "No").replace("herders", "hérders")
    (found,) = read(tmp_path, page.encode(encoding))
    assert "Children of hérders work at night." in [text for (text,) in column(found, "paragraphs", "text")]


def test_two_countries_on_one_page_have_their_own_ids(tmp_path: Path) -> None:
    both = PAGE.replace(
        "</main>", PAGE.partition("<main>")[2].partition("</main>")[0].replace("Arvenia", "Fiji") + "</main>"
    )
    found = read(tmp_path, both)
    assert [chapter.doc_id for chapter in found] == ["xav-2024", "fji-2024"]
    assert [len(chapter.tables["activities"]) for chapter in found] == [3, 3]


def test_a_page_without_a_chapter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="not a chapter of the report"):
        read(tmp_path, "<html><body><h1>Page not found</h1><p>Sorry.</p></body></html>", "missing.htm")


def test_a_table_that_no_rule_knows_is_kept_cell_by_cell(tmp_path: Path) -> None:
    new = (
        "<p><strong>Table 9. Inspections by District</strong></p>"
        "<table><tr><th>District</th><th>Visits</th></tr><tr><td>Karsel</td><td>12</td></tr></table></main>"
    )
    (found,) = read(tmp_path, PAGE.replace("</main>", new))
    assert column(found, "other_tables", "title", "table_row", "column", "text") == [
        ("Table 9. Inspections by District", 1, "District", "Karsel"),
        ("Table 9. Inspections by District", 1, "Visits", "12"),
    ]
    (finding,) = [row for row in found.tables["quality"] if row["check"] == "table_unknown"]
    assert (finding["severity"], "'Table 9. Inspections by District'" in finding["message"]) == ("error", True)
