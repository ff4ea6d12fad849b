"""Tables of a raw text that have one cell a line, as a browser copies them: the header's cells, then those of each row.

An empty cell is an empty line. A row begins with a label that the rules know, or has no empty cell. A table whose lines
cannot be divided into rows with certainty stays text, with an error: a cell that was dropped would move all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.rules import MARKERS, column_of, current, fold, label_code
from extractors.rules.models import Table

LONGEST_HEADER = 60  # letters of a header's cell
MOST_COLUMNS = 8
LEAST_WORDS = 3  # of a label that the rules do not know
CELLS = re.compile(r"[\t|]")
END = re.compile(rf"(?:table|figure)\s+\d+\s*[.:]|[IVX]+\.\s|\[?[{re.escape(MARKERS)}]+\]?\s|#", re.I)
"""What begins a line that is no cell: a caption, the heading of a section, a note, a Markdown heading."""
YEAR = re.compile(r"(?:\w+ ){0,2}20\d\d")


@dataclass(frozen=True)
class Stacked:
    """A table with one cell a line: its first line, the line behind its last, and the number of its columns.

    ``whole``: its lines could be divided into rows.
    """

    first: int
    end: int
    width: int
    whole: bool


def stacked_tables(lines: Sequence[str]) -> Iterator[Stacked]:
    """Find the tables of a text that have one cell a line, in their order."""
    at = 0
    while at < len(lines):
        width, table = header_at(lines, at)
        if table is None:
            at += 1
            continue
        start = at + width
        end = rows_end(lines, start, width, table)
        yield Stacked(at, end, width, end > start and not goes_on(lines, end))
        at = end


def header_at(lines: Sequence[str], at: int) -> tuple[int, Table | None]:
    """The number of columns of the header that begins with a line, and its table; ``None`` where none begins."""
    if CELLS.search(lines[at]) or not 0 < len(lines[at].strip()) <= LONGEST_HEADER:
        return 0, None
    found = [(header_width(lines, at, table), table) for table in current().tables.values()]
    width, table = max(found, key=lambda pair: pair[0])
    return (width, table) if width > 1 else (0, None)


def header_width(lines: Sequence[str], at: int, table: Table) -> int:
    """How many lines from this one on are the header of a table, each of another column."""
    names: list[str] = []
    for line in lines[at : at + MOST_COLUMNS]:
        if CELLS.search(line) or len(line.strip()) > LONGEST_HEADER:
            break
        name = column_of(line, table)
        if not name and names and table.year_columns and YEAR.fullmatch(line.strip()):
            name = line.strip()
        if not name or name in names:
            break
        names.append(name)
    return len(names)


def rows_end(lines: Sequence[str], start: int, width: int, table: Table) -> int:
    """The line behind the last row."""
    at = start
    while at < len(lines):
        row = [line.strip() for line in lines[at : at + width]]
        row += [""] * (width - len(row))
        if any(is_end(cell) for cell in row) or not is_row(row, table):
            break
        at += width
    return min(at, len(lines))


def is_row(row: Sequence[str], table: Table) -> bool:
    """Whether lines are one row: the first is a label that the rules know and no other is, or none is empty."""
    if not row[0]:
        return False
    lists = [kind for column in table.columns.values() for kind in (column.codes, column.groups) if kind]
    if not lists:
        return all(row)
    labels = [fold(cell) in table.heads or any(label_code(kind, cell) for kind in lists) for cell in row if cell]
    if any(labels[1:]):
        return False
    return labels[0] or (all(row) and len(row[0].split()) >= LEAST_WORDS)


def is_end(text: str) -> bool:
    """Whether a line is no cell, because something else begins with it."""
    return bool(END.match(text) or CELLS.search(text)) or fold(text) in current().headings.subsections


def goes_on(lines: Sequence[str], end: int) -> bool:
    """Whether cells follow the last row that was found: a line without an empty one before it."""
    return end < len(lines) and bool(lines[end].strip()) and not is_end(lines[end].strip())
