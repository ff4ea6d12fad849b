"""The files in which a table is published, one for each format. ``findings.duckdb`` is made of the Parquet files.

A new format is one function and one line in :data:`FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def write_parquet(table: pd.DataFrame, file: Path) -> None:
    """The table with its types, for programs. Each page of the file has a checksum, which readers can check."""
    table.to_parquet(file, index=False, write_page_checksum=True)


def write_csv(table: pd.DataFrame, file: Path) -> None:
    """The table as text (UTF-8), the same bytes on every system."""
    from flows.database import write_csv as write

    write(table, file)


FORMATS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".parquet": write_parquet,
    ".csv": write_csv,
}
"""Suffix of the file -> what writes a table into it. The same table must give the same bytes."""
