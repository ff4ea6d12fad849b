"""The files in which a table is published besides Parquet, one for each format; each is made of the Parquet file.

A new format is one function and one line in :data:`FORMATS`. Spreadsheet programs run some cells of a CSV file as
formulas (CWE-1236). The canonical CSV keeps every cell as it is printed; in the copy for them a text that could be read
as a formula begins with an apostrophe, as such programs themselves mark text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flows.database import write_csv

if TYPE_CHECKING:
    import pandas as pd

FORMATS: dict[str, Callable[[Path, Path], None]] = {
    ".csv": write_csv,
}
"""Suffix of the file -> what makes it of the Parquet file of a table. The same table must give the same bytes."""
LONGEST = 32_000
"""Characters that are kept of a cell. A spreadsheet takes 32,767 and puts the others into cells below it, where nothing
guards their beginning."""
MORE = " … (cut; the whole text is in the other CSV file)"
UNSEEN = r"""[\s"'\u200b\u2060\ufeff\u00ad]*"""
"""Blanks, quotes and what has no width: programs drop them before they look at a cell's first character."""
START = re.compile(rf"""(^{UNSEEN}|[,;\t\r\n"]{UNSEEN})([=+\-@\uff1d\uff0b\uff0d\uff20]?)""")
"""Where a cell begins, also for a program that takes another separator or a line end inside a cell for its end; and
what makes it a formula: = + - @, also in full width."""


def write_safe(parquet: Path, file: Path) -> None:
    """Write a table as CSV for spreadsheet programs. Raises ``OSError``."""
    import pandas as pd

    write_spreadsheet_safe(pd.read_parquet(parquet), file)


def write_spreadsheet_safe(frame: pd.DataFrame, file: Path) -> None:
    """Write a table as CSV that no spreadsheet program takes for formulas, with the mark by which they know UTF-8.

    Numbers, flags and names of columns stay; only texts are changed (:func:`as_text`). Raises ``OSError``.
    """
    import pandas as pd

    safe = frame.copy()
    for column in frame.select_dtypes(exclude=["number", "bool"]):
        texts = frame[column].astype("str").fillna("")
        safe[column] = pd.Series([as_text(text) for text in texts], index=frame.index, dtype="str")
    safe.to_csv(file, index=False, lineterminator="\r\n", encoding="utf-8-sig")


def as_text(cell: str) -> str:
    """The cell with an apostrophe wherever a formula could begin; one that is too long for a spreadsheet is cut.

    >>> as_text("=1+1"), as_text("2016-2019"), as_text("a;@b")
    ("'=1+1", '2016-2019', "a;'@b")
    """
    safe = START.sub(lambda start: f"{start[1]}'{start[2]}" if start[2] else start[0], cell)
    if safe[:1] in ("\t", "\r", "\n"):  # some programs drop these and look at what follows
        safe = f"'{safe}"
    return safe if len(safe) <= LONGEST else safe[:LONGEST] + MORE
