"""A table that the report does not have yet, declared in YAML alone: from the page to the site. Arvenia is invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import review.declared
import schemas
from extractors import extract, rules
from extractors.chapter.records import extract_records
from extractors.chapter.segment import segment
from extractors.model import Extraction
from flows.site import build
from flows.wording import use_rules
from tests.builders import begun
from tests.conftest import ROOT
from tests.releasing import publish_whole
from tests.sites import Page

REGIONS = """
child_labor_indicators:
  title: [Child Labor Indicators by Region]
  key: region
  section: prevalence
  meaning: "*Child Labor Indicators by Region*: how many children work in each region."
  columns:
    region: {header: [Region], meaning: Region as printed., example: Northern Isles, required: true}
    children: {header: [Children], kind: count, meaning: Children in work., example: 1200}
    percent: {header: [Percent], kind: percent, meaning: Share of the children., example: 4.5}
    trend: {header: [Trend], kind: label, codes: trends, meaning: Change since the year before.}
  cut_rows: by_name
"""
TRENDS = """
trends:
  rising: {labels: [Rising], means: more children work than in the year before}
  falling: {labels: [Falling, Declining], means: fewer children work}
"""
SEAT = """
agencies:
  columns:
    seat: {header: [Seat], meaning: Where the agency has its seat., example: Northport}
"""
PRINTED = """
Table 1b. Child Labor Indicators by Region

Region\tChildren\tPercent\tTrend
Lower Osmer (2)\t12,400\t7.4 (3)\tRising
Karsel Highlands\tUnknown\tN/A\tFalling
Velmora\tabout 300\t\tSinking

"""


@pytest.fixture
def declare(tmp_path: Path) -> Iterator[Any]:
    """Use an overlay with these files; afterwards only the installed rules and the models are there again."""

    def use(**files: str) -> None:
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.yml").write_text(text, encoding="utf-8")
        use_rules(folder)

    yield use
    use_rules(None)
    review.declared.show({})  # a build of the site in this process has added the declared columns


def chapter(folder: Path) -> tuple[Path, Extraction]:
    """The raw text of Arvenia with the new table, and what is read from it."""
    text = (ROOT / "raw" / "arvenia-2019.txt").read_text(encoding="utf-8")
    source = folder / "arvenia-2019.txt"
    source.write_text(text.replace("\nFigure 1.", f"{PRINTED}Figure 1.", 1), encoding="utf-8")
    (extraction,) = extract(source)
    return source, extraction


def published(extraction: Extraction, source: Path, output: Path) -> Path:
    """Publish a chapter without its names, as a run would, and build its site."""
    whole = replace(extraction, tables={**extraction.tables, "entities": []})
    sha256 = extraction.tables["documents"][0]["source_sha256"]
    facts = {"inputs": [{"path": str(source), "sha256": sha256}]}
    publish_whole(schemas.validate([whole]).tables, facts, output)
    report = build(output, workers=1)
    assert not report.faults
    return output


def test_a_table_that_only_yaml_declares_is_published_like_any_other(declare: Any, tmp_path: Path) -> None:
    declare(tables=REGIONS, labels=TRENDS)
    source, extraction = chapter(tmp_path)
    output = published(extraction, source, tmp_path / "output")

    columns = ["region", "children", "children_status", "percent", "percent_status", "trend"]
    frame = pd.read_parquet(output / "tables" / "child_labor_indicators.parquet")
    assert list(frame.columns[8:]) == columns
    assert frame[columns].astype(object).where(frame[columns].notna(), None).to_numpy().tolist() == [
        ["Lower Osmer", 12400, "reported", 7.4, "reported", "rising"],
        ["Karsel Highlands", None, "unknown", None, "not_applicable", "falling"],
        ["Velmora", None, "reported", None, "blank", "other"],
    ]
    csv = pd.read_csv(output / "tables" / "child_labor_indicators.csv")
    assert csv["region"].tolist() == ["Lower Osmer", "Karsel Highlands", "Velmora"]
    with duckdb.connect(str(output / "findings.duckdb"), read_only=True) as database:
        rows = database.execute("SELECT region, children FROM child_labor_indicators ORDER BY row").fetchall()
        query = "SELECT comment FROM duckdb_columns() WHERE table_name = ? AND column_name = 'region'"
        comment = database.execute(query, ["child_labor_indicators"]).fetchone()
    assert rows == [("Lower Osmer", 12400), ("Karsel Highlands", None), ("Velmora", None)]
    assert comment == ("Region as printed.",)

    provenance = pd.read_parquet(output / "tables" / "provenance.parquet").query("table == 'child_labor_indicators'")
    assert provenance.query("row == 1")[["column", "raw"]].to_numpy().tolist() == [
        ["region", "Lower Osmer (2)"],
        ["children", "12,400"],
        ["percent", "7.4 (3)"],
        ["trend", "Rising"],
    ]
    citations = pd.read_parquet(output / "tables" / "citations.parquet").query("table == 'child_labor_indicators'")
    assert citations[["row", "number", "resolved"]].to_numpy().tolist() == [[1, 2, True], [1, 3, True]]
    quality = pd.read_parquet(output / "tables" / "quality.parquet").query("table == 'child_labor_indicators'")
    assert quality[["row", "check"]].to_numpy().tolist() == [
        [3, "label_unknown"],
        [3, "value_unread"],
        [3, "cell_missing"],
    ]
    assert "table_unknown" not in [row["check"] for row in extraction.tables["quality"]]

    dictionary = schemas.dictionary()
    assert "## child_labor_indicators\n\n*Child Labor Indicators by Region*: how many children work" in dictionary
    assert (
        "| `children` | whole number, from 0 |  | Children in work. | the cell holds no number | `1200` |" in dictionary
    )
    assert "- `rising`: more children work than in the year before" in dictionary

    page = Page(output / "site" / "chapters" / "xav-2019.html")
    words = next(one for one in page.all(id="child_labor_indicators")).words
    for shown in ("Region", "Lower Osmer", "12,400", "7.4", "More children work than in the year before"):
        assert shown in words
    assert page.all(id="child_labor_indicators-1")


def test_the_site_of_a_published_run_needs_no_rules(declare: Any, tmp_path: Path) -> None:
    declare(tables=REGIONS, labels=TRENDS)
    source, extraction = chapter(tmp_path)
    output = published(extraction, source, tmp_path / "output")
    shown = (output / "site" / "chapters" / "xav-2019.html").read_bytes()
    use_rules(None)
    assert "child_labor_indicators" not in schemas.TABLES
    build(output, tmp_path / "again", workers=1)
    assert (tmp_path / "again" / "chapters" / "xav-2019.html").read_bytes() == shown


def test_without_its_declaration_the_table_is_an_error_and_no_silence(tmp_path: Path) -> None:
    _, extraction = chapter(tmp_path)
    assert "child_labor_indicators" not in extraction.tables
    found = [row for row in extraction.tables["quality"] if row["check"] == "table_unknown"]
    assert [row["severity"] for row in found] == ["error"]


def test_the_table_is_read_from_a_pdf_too(declare: Any) -> None:
    declare(tables=REGIONS, labels=TRENDS)
    draft = begun()
    draft.caption("Table 1. Child Labor Indicators by Region")
    draft.grid(("Region", "Children", "Percent", "Trend"), [("Lower Osmer", "12,400", "7.4", "Declining")])
    made = draft.chapter()
    (extraction,) = extract_records(made, segment(made))
    (row,) = extraction.tables["child_labor_indicators"]
    assert (row["region"], row["children"], row["percent"], row["trend"]) == ("Lower Osmer", 12400, 7.4, "falling")
    assert row["page"] == 1
    assert row["bbox"]


def test_a_new_column_of_a_known_table_is_one_line(declare: Any, tmp_path: Path) -> None:
    declare(tables=SEAT)
    text = (ROOT / "raw" / "arvenia-2019.txt").read_text(encoding="utf-8")
    lines = text.splitlines()
    at = lines.index("Organization/Agency\tRole")
    lines[at] += "\tSeat"
    lines[at + 1] += "\tNorthport"
    source = tmp_path / "arvenia-2019.txt"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (extraction,) = extract(source)
    assert [row["seat"] for row in extraction.tables["agencies"]] == ["Northport", "", "", ""]
    output = published(extraction, source, tmp_path / "output")
    frame = pd.read_parquet(output / "tables" / "agencies.parquet")
    assert list(frame.columns[8:]) == ["agency", "territory", "role", "seat"]
    assert (
        "| `seat` | text |  | Where the agency has its seat. | the cell is empty | `Northport` |"
        in schemas.dictionary()
    )
    page = Page(output / "site" / "chapters" / "xav-2019.html")
    assert "Northport" in next(one for one in page.all(id="agencies")).words


@pytest.mark.parametrize("key", ["meaning", "section"])
def test_a_new_table_needs_what_the_dictionary_and_the_site_say_of_it(declare: Any, key: str) -> None:
    lines = [line for line in REGIONS.splitlines() if not line.startswith(f"  {key}:")]
    with pytest.raises(rules.RulesError, match=f"a table without a model needs `{key}`") as caught:
        declare(tables="\n".join(lines), labels=TRENDS)
    assert caught.value.key == f"child_labor_indicators.{key}"
    assert caught.value.line == 2
