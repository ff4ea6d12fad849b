"""Tables of a raw text that have one cell a line, as a browser copies them: the header's cells, then those of each row.

An empty cell is an empty line. A row begins with a label that the rules know, or has no empty cell. A table whose lines
cannot be divided into rows with certainty stays text, with an error: a cell that was dropped would move all others. So
does one with a row whose first cell is empty because the label above holds for it: text may begin in the same way.
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
    """A table with one cell a line, from its ``first`` line to the one before ``end``; ``whole``: in whole rows."""

    first: int
    end: int
    width: int
    whole: bool


def stacked_tables(lines: Sequence[str]) -> Iterator[Stacked]:
    """Find the tables of a text that have one cell a line, in their order."""
    at = 0
    while at < len(lines):
        header = header_at(lines, at)
        if header is None:
            at += 1
            continue
        start = at + header.width
        end = rows_end(lines, start, header)
        yield Stacked(at, end, header.width, end > start and not goes_on(lines, end, header))
        at = end


@dataclass(frozen=True)
class Header:
    """The header of a table: its rule, and our names of its columns; a column of a year has the year's words."""

    table: Table
    names: tuple[str, ...]

    @property
    def width(self) -> int:
        """The number of lines of the header and of each row."""
        return len(self.names)

    @property
    def lists(self) -> list[str]:
        """The lists of the labels that a row may begin with."""
        return [kind for column in self.table.columns.values() for kind in (column.codes, column.groups) if kind]

    def is_label(self, text: str) -> bool:
        """Whether a cell is a label that the rules know."""
        return fold(text) in self.table.heads or any(label_code(kind, text) is not None for kind in self.lists)


def header_at(lines: Sequence[str], at: int) -> Header | None:
    """The header that begins with a line; ``None`` where none begins."""
    if CELLS.search(lines[at]) or not 0 < len(lines[at].strip()) <= LONGEST_HEADER:
        return None
    found = [Header(table, header_names(lines, at, table)) for table in current().tables.values()]
    longest = max(found, key=lambda header: header.width)
    return longest if longest.width > 1 else None


def header_names(lines: Sequence[str], at: int, table: Table) -> tuple[str, ...]:
    """The columns of a table of which the lines from this one on are the header, each of another column."""
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
    return tuple(names)


def rows_end(lines: Sequence[str], start: int, header: Header) -> int:
    """The line behind the last row."""
    at = start
    while at < len(lines) and is_row(cells_at(lines, at, header), header):
        at += header.width
    return min(at, len(lines))


def cells_at(lines: Sequence[str], at: int, header: Header) -> list[str]:
    """The lines of one row; lines behind the end of the text count as empty."""
    row = [line.strip() for line in lines[at : at + header.width]]
    return row + [""] * (header.width - len(row))


def is_row(row: Sequence[str], header: Header) -> bool:
    """Whether lines are one row: the first is a label that the rules know and no other is, or none is empty."""
    if not row[0] or any(is_end(cell) for cell in row) or any(header.is_label(cell) for cell in row[1:] if cell):
        return False
    if not header.lists:
        return all(row)
    return header.is_label(row[0]) or (all(row) and len(row[0].split()) >= LEAST_WORDS)


def is_end(text: str) -> bool:
    """Whether a line is no cell, because something else begins with it."""
    return bool(END.match(text) or CELLS.search(text)) or fold(text) in current().headings.subsections


def goes_on(lines: Sequence[str], end: int, header: Header) -> bool:
    """Whether cells may follow the last row: behind it, below empty lines, or after an empty first cell."""
    at = next((number for number in range(end, len(lines)) if lines[number].strip()), len(lines))
    if at == len(lines) or is_end(lines[at].strip()) or header_at(lines, at):
        return False
    if at == end:
        return True
    row = cells_at(lines, at, header)
    known = header.is_label(row[0]) or not header.lists
    return (known and is_short(row[0]) and is_row(row, header)) or is_carried_row(lines, at, header)


def is_carried_row(lines: Sequence[str], at: int, header: Header) -> bool:
    """Whether a line may be the second cell of a row whose first one is empty, because the label above holds for it."""
    rest = cells_at(lines, at, header)[:-1]
    carried = header.names[0] in header.table.carried
    return carried and all(rest) and is_short(rest[-1]) and not any(is_end(cell) for cell in rest)


def is_short(text: str) -> bool:
    """Whether a line looks like a cell, and not like running text."""
    return len(text) <= LONGEST_HEADER and not text.endswith((".", ":", "!", "?"))


def is_header(cells: Sequence[str]) -> bool:
    """Whether at least two cells are column headers of the report's tables; behind one, years are headers too."""
    years = sum(YEAR.fullmatch(cell) is not None for cell in cells[1:]) if is_head(cells[0]) else 0
    return sum(map(is_head, cells)) + years >= 2


def is_head(text: str) -> bool:
    """Whether a text is the header of a column of the report's tables."""
    tables, folded = current().tables.values(), fold(text)
    return any(folded in phrases for table in tables for phrases in table.headers.values())
