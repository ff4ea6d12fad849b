"""Tables of a raw text whose columns are made of blanks, of pipes without blanks around them, or of commas.

Programs that keep the layout of a page write such blanks. A line of known heads with two or more blanks between them
begins the table, an empty line ends it. Its lines get tabs in place of the blanks. If a line cannot be divided with
certainty, because its cells go over several lines, the table stays text and has an error.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extractors.model import Issue, Where
from extractors.readers.stacked import END, is_header

GAP = re.compile(r"\s{2,}")
PART = re.compile(r"\S+(?:\s\S+)*")
CELLS = re.compile(r"[\t|]")
SEPARATORS = (",", ";")
LONGEST_HEADS = 400  # letters of a line of heads


def with_tabs(lines: Sequence[str], first: int, issues: list[Issue]) -> list[str]:
    """The lines, those of tables made of blanks with tabs; ``first`` is the number of the first line in the file."""
    out = list(lines)
    piped(out)
    separated(out)
    for start, end in spaced_tables(lines):
        rows = rows_below_heads(lines[start:end]) or rows_between_gaps(lines[start:end])
        if rows and all(is_whole(row) for row in rows):
            out[start:end] = ["\t".join(row) for row in rows]
        else:
            message = f"the columns below {lines[start].strip()[:80]!r} are made of blanks, and a line has no whole row"
            issues.append(Issue("table_unread", "error", message, Where(line=first + start)))
    return out


def spaced_tables(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The first line of each such table and the line behind its last."""
    heads = [[] if CELLS.search(line) else GAP.split(line.strip()) for line in lines]
    starts = [at for at, cells in enumerate(heads) if len(cells) > 1 and is_header(cells)]
    for start in starts:
        end = start + 1
        while end < len(lines) and lines[end].strip() and end not in starts and not END.match(lines[end].strip()):
            end += 1
        if end > start + 1:
            yield start, end


def rows_below_heads(lines: Sequence[str]) -> list[list[str]]:
    """The cells of each line, each in the column of the head above it; none if the lines are not set in columns."""
    starts = [match.start() for match in PART.finditer(lines[0])]
    rows: list[list[str]] = []
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line in lines:
        row = [""] * len(starts)
        for part in PART.finditer(line):
            column = bisect_right(starts, part.start()) - 1
            beyond = starts[column + 1] if column + 1 < len(starts) else len(line) + 1
            if column < 0 or row[column] or part.end() >= beyond:
                return []
            row[column] = part[0]
            places[column].append(part.span())
        rows.append(row)
    return rows if all(is_column(spans[1:]) for spans in places.values()) else []


def is_column(spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the cells below a head begin or end at one place, or have one middle."""
    sums = [start + end for start, end in spans]
    same = len({start for start, _ in spans}) < 2 or len({end for _, end in spans}) < 2
    return same or max(sums) - min(sums) <= 2


def rows_between_gaps(lines: Sequence[str]) -> list[list[str]]:
    """The cells of each line between wide gaps; none if a line has not one for each head."""
    rows = [GAP.split(line.strip()) for line in lines]
    return rows if len({len(row) for row in rows}) == 1 else []


def is_whole(row: Sequence[str]) -> bool:
    """Whether a row has a label and a cell beside it; where the label above holds for it, all its other cells, of which
    none goes on with the line above."""
    return any(row[1:]) if row[0] else all(cell and not cell[0].islower() for cell in row[1:])


def separated(lines: list[str]) -> None:
    """Replace the commas or semicolons between cells by tabs, below a line of known heads, where all lines down to the
    next blank one or note have as many cells. A cell with such a sign stands in quotation marks."""
    at = 0
    while at < len(lines):
        line, start = lines[at], at
        at += 1
        sign = next((sign for sign in SEPARATORS if is_header(cells_between(sign, line[:LONGEST_HEADS]))), "")
        if sign:
            while at < len(lines) and lines[at].strip() and not END.match(lines[at].strip()):
                at += 1
            rows = [cells_between(sign, text) for text in lines[start:at]]
            if len(rows) > 1 and len({len(row) for row in rows}) == 1:
                lines[start:at] = ["\t".join(row) for row in rows]


def cells_between(sign: str, line: str) -> list[str]:
    """The cells of a line between such signs; one empty cell, if it is none or too long."""
    try:
        return next(csv.reader([line], delimiter=sign)) if sign in line else [""]
    except csv.Error:
        return [""]


def piped(lines: list[str]) -> None:
    """Replace the pipes without blanks around them by tabs, below a line of known heads, in rows of equal width."""
    width = 0
    for at, line in enumerate(lines):
        if "|" in line and not CELLS.search(re.sub(r"(?<!\s)\|(?!\s)", "", line)) and is_header(line.split("|")):
            width = line.count("|")
        width = width if line.count("|") == width else 0
        lines[at] = line.replace("|", "\t") if width else line
