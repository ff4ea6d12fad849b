"""The PDF of a real chapter and a raw text of the same chapter give the same tables, but for what the scan lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors import extract
from tests.accuracy import SHARED
from tests.conftest import ROOT

PDF = SHARED / "reports" / "2019" / "Peru.pdf"
TEXT = SHARED / "reports" / "text" / "peru-2019.txt"
PLACES = ("page", "bbox", "line")
SOURCE = ("source_path", "source_sha256", "source_format", "page_count", "released")
BY_DESIGN = ("quality", "provenance", "entities")  # findings and verbatim cells tell of the source; entities see below
QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})

pytestmark = pytest.mark.skipif(
    not TEXT.exists(), reason=f"no raw text of a real chapter in {SHARED} (FINDINGS_SHARED)"
)

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def both() -> tuple[Tables, Tables]:
    """The tables from the PDF and those from the text."""
    (pdf,), (text,) = extract(PDF), extract(TEXT)
    return dict(pdf.tables), dict(text.tables)


def test_tables_differ_only_where_the_scan_lost_something(both: tuple[Tables, Tables]) -> None:
    found = {place for table in both[0] if table not in BY_DESIGN for place in differences(table, *both)}
    listed = written_list()
    assert found - listed == set(), "not on the list"
    assert listed - found == set(), "on the list, but there is no difference"


def test_nine_of_ten_entities_are_the_same(both: tuple[Tables, Tables]) -> None:
    pdf, text = ({(r["label"], straight(r["text"]), r["table"], r["row"]) for r in t["entities"]} for t in both)
    assert len(pdf & text) >= 0.9 * len(pdf | text)


def differences(table: str, pdf: Tables, text: Tables) -> set[tuple[str, int, str]]:
    """Every (table, row, column) that differs; column ``*`` where one of them has no such row."""
    if len(pdf[table]) != len(text[table]):
        more = max(pdf[table], text[table], key=len)
        return {(table, row["row"], "*") for row in more[min(len(pdf[table]), len(text[table])) :]}
    return {
        (table, a["row"], column)
        for a, b in zip(pdf[table], text[table], strict=True)
        for column in a
        if column not in PLACES + SOURCE and straight(a[column]) != straight(b[column])
    }


def straight(value: Any) -> Any:
    return value.translate(QUOTES) if isinstance(value, str) else value


def written_list() -> set[tuple[str, int, str]]:
    entries = yaml.safe_load(Path(ROOT, "tests", "parity.yml").read_text(encoding="utf-8"))
    assert all(entry["reason"] for entry in entries)
    return {
        (place["table"], row, column)
        for entry in entries
        for place in entry["places"]
        for row in place["rows"]
        for column in place["columns"]
    }
