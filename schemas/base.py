"""What all table models share: the common columns, the column `territory`, and checks that several tables need."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import pandas as pd
import pandera.pandas as pa

from schemas import columns as col
from schemas.columns import Integer, Text

TEXT_SOURCE = "the source is a raw text, or the finding has no position"
PDF_SOURCE = "the source is a PDF, or the finding has no position"
BOX = r"-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}"
EXAMPLE_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def _load_no_dask() -> None:
    """Make pandera do without ``dask.dataframe``: no table is one, and loading it takes a third of a short run.

    Where it is installed, pandera loads it for the types of columns that it could have.
    """
    name = "dask.dataframe" if "dask" in sys.modules else "dask"
    if name in sys.modules:
        return
    sys.modules[name] = None  # type: ignore[assignment]  # Python's own sign for what cannot be imported
    try:
        importlib.import_module("pandera.typing.dask")
    finally:
        del sys.modules[name]


_load_no_dask()


def territory() -> Any:
    """Declare the column for a row that applies to a part of the country only."""
    return col.text(
        "Part of the country to which the row applies, with its full name.",
        example="Northern Isles",
        empty="the row applies to the whole country",
    )


class TableModel(pa.DataFrameModel):
    """The columns that every table has: the chapter, the row number and the position in the source."""

    doc_id: Text = col.text(
        "Identifier of the chapter: `<iso3>-<report year>` in lower case.",
        example="xav-2019",
        pattern=r"[a-z]{3}-\d{4}",
    )
    iso3: Text = col.text(
        "ISO 3166-1 alpha-3 code of the country or territory; `XKX` for Kosovo.", example="XAV", pattern="[A-Z]{3}"
    )
    report_year: Integer = col.integer(
        'Year that the report covers, taken from the opening sentence ("In 2019, …") or the page footer.',
        example=2019,
        low=1990,
        high=2100,
    )
    row: Integer = col.integer(
        "Number of the row within the chapter and table, from 1, in printed order; stable between runs.",
        example=1,
        low=1,
    )
    row_key: Text = col.text(
        "Name of the row within the chapter and table, made of what the row says and not of its number: it stays the "
        "same if the row is read again, read better, or moved. A second equal row ends in `-2`.",
        example="agriculture/growingtobacco",
    )
    page: Integer = col.integer(
        "Page of the PDF on which the row begins, counted from 1.", example=3, low=1, empty=TEXT_SOURCE
    )
    bbox: Text = col.text(
        "Position of the row on the page: `x0,top,x1,bottom` in PDF points from the top left corner. If the row "
        "continues in another column or on another page, only its first part.",
        example="72.0,310.5,540.0,322.1",
        pattern=BOX,
        empty=TEXT_SOURCE,
    )
    line: Integer = col.integer(
        "Line of the raw text on which the row begins, counted from 1.", example=118, low=1, empty=PDF_SOURCE
    )

    class Config:
        strict = True

    @pa.dataframe_check(error="doc_id is not <iso3>-<report_year>")
    def identity(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """``doc_id`` is composed of ``iso3`` and ``report_year``."""
        return frame["doc_id"] == frame["iso3"].str.lower() + "-" + frame["report_year"].astype("str")

    @pa.dataframe_check(error="a place is a page or a line, not both")
    def one_place(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A row comes from a PDF (``page``) or from a raw text (``line``), never from both."""
        return ~(frame["page"].notna() & frame["line"].notna())

    @pa.dataframe_check(error="row_key is used twice in this chapter and table")
    def one_name(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """``doc_id`` and ``row_key`` together identify a row."""
        return ~frame.duplicated(["doc_id", "row_key"])


class NumberedTable(TableModel):
    """A table in which ``doc_id`` and ``row`` together identify a row."""

    @pa.dataframe_check(error="row number is used twice in this chapter and table")
    def one_key(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """Fails for every row whose number another row of the chapter has already used; the first one passes."""
        return ~frame.duplicated(["doc_id", "row"])


def in_order(frame: pd.DataFrame, first: str, last: str) -> pd.Series[bool]:
    """Return for each row whether ``first`` is not above ``last``; a missing value passes."""
    return ~(frame[first] > frame[last]).fillna(False).astype(bool)
