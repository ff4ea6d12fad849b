"""The CSV files for spreadsheet programs hold no formula, and the same numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from flows.formats import LONGEST, as_text, write_spreadsheet_safe
from tests.conftest import arvenia


def formulas(written: bytes) -> Iterator[str]:
    """Cells that a spreadsheet program could take for a formula, whatever it takes for a separator."""
    text = written.decode("utf-8-sig")
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield from (cell for cell in row if _is_formula(cell))
    for line in re.split(r"[\r\n]+", text):  # a program that does not know of line ends inside cells
        for cell in re.split(r"[,;\t]", line):
            if _is_formula(cell):
                yield cell


def _is_formula(cell: str) -> bool:
    start = cell.strip().lstrip('"\u200b\u2060\ufeff\u00ad ').lstrip()
    if start[:1] not in tuple("=+-@＝＋－＠"):
        return False
    return not re.fullmatch(r"-?\d+(\.\d+)?", start)


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\ttext", "'\ttext"),
        ("\rtext", "'\rtext"),
        ("\ntext", "'\ntext"),
        ("  =1", "  '=1"),
        ('"=1"', '"\'=1"'),
        ("'=1", "''=1"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM", "'＠SUM"),
        ("\u200b=1", "\u200b'=1"),
        ("a;=1", "a;'=1"),
        ("a;\u200b=1", "a;\u200b'=1"),
        ("a, =1", "a, '=1"),
        ('a"=1', "a\"'=1"),
        ("a\n=1", "a\n'=1"),
        ("2016-2019", "2016-2019"),
        ("a = b", "a = b"),
        ("mail@example.org", "mail@example.org"),
        ("https://example.org/?a=1&b=-2", "https://example.org/?a=1&b=-2"),
        ("", ""),
    ],
)
def test_an_apostrophe_stands_where_a_formula_could_begin(cell: str, safe: str) -> None:
    assert as_text(cell) == safe


def test_a_cell_too_long_for_a_spreadsheet_is_cut() -> None:
    assert len(as_text("x" * 40_000)) < 32_767
    assert as_text("x" * LONGEST) == "x" * LONGEST


@given(st.lists(st.text(st.sampled_from("=+-@＝＠ \t\r\n\"',;a1|!\u200b"), max_size=12), min_size=1, max_size=3))
def test_no_text_is_a_formula(texts: list[str]) -> None:
    path = io.BytesIO()
    frame = pd.DataFrame({"text": pd.Series(texts, dtype="str"), "number": -5})
    write_spreadsheet_safe(frame, path)  # type: ignore[arg-type]
    assert list(formulas(path.getvalue())) == []


def test_numbers_and_the_canonical_table_stay(tmp_path: Path) -> None:
    frame = schemas.validate([arvenia()]).tables["enforcement"].assign(value=[-5.0, 7.5], raw=["-5", "=7.5"])
    before = frame.copy()
    write_spreadsheet_safe(frame, tmp_path / "x.csv")
    pd.testing.assert_frame_equal(frame, before)
    again = pd.read_csv(tmp_path / "x.csv", keep_default_na=False)
    assert again["value"].tolist() == [-5.0, 7.5]
    assert again["raw"].tolist() == ["'-5", "'=7.5"]
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")
