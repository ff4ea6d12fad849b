"""The files in which a table is published besides Parquet, one for each format; each is made of the Parquet file.

A new format is one function and one line in :data:`FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def write_csv(parquet: Path, file: Path) -> None:
    """The table as text (UTF-8), the same bytes on every system."""
    from flows.database import write_csv as write

    write(parquet, file)


def write_safe(parquet: Path, file: Path) -> None:
    """The table as CSV for spreadsheet programs; see :func:`flows.spreadsheet.write_spreadsheet_safe`."""
    import pandas as pd

    from flows.spreadsheet import write_spreadsheet_safe

    write_spreadsheet_safe(pd.read_parquet(parquet), file)


FORMATS: dict[str, Callable[[Path, Path], None]] = {
    ".csv": write_csv,
}
"""Suffix of the file -> what makes it of the Parquet file of a table. The same table must give the same bytes."""
