"""Where a table ends on a page, by the words: running text is no row of it, and its last row may have no rule."""

from __future__ import annotations

import bisect
import itertools
import statistics
from collections.abc import Sequence

from extractors.readers.frames import Frame, merge_heights
from extractors.readers.headers import straddles
from extractors.readers.lines import Row, rows_of_page
from extractors.readers.marks import Marks, Rectangle, Word
from extractors.readers.tolerances import TOLERANCE

LINES_OF_TEXT = 2  # so many lines that run over the column edges are running text, one may be a group's head


def settle_ends(frames: Sequence[Frame], marks: Marks) -> None:
    """End every table of a page where its last row ends."""
    rows = rows_of_page(marks)
    foot = TOLERANCE.foot * marks.height
    for frame in frames:
        tops = [other.top for other in frames if other.top > frame.floor]
        settle_end(frame, rows, min(tops, default=foot))


def settle_end(frame: Frame, rows: Sequence[Row], limit: float) -> None:
    """End a table above the running text that its rules take in, and below the row that its last rule lies above.

    ``limit`` is the top of the next table or the foot of the page.
    """
    edges = frame.edges
    left, right = edges[0] - TOLERANCE.table_side, edges[-1] + TOLERANCE.table_side
    below = [row for row in rows if row[0].middle[1] > frame.floor and row[0].x0 > left and row[-1].x1 < right]
    end_above_text(frame, below)
    add_last_rows(frame, below, limit)


def end_above_text(frame: Frame, rows: Sequence[Row]) -> None:
    """Remove the rules from the first one on that has running text above it.

    A hairline on the upper edge of the next table's header looks like a rule of this table (Chad 2017, page 2).
    """
    edges, start = frame.edges, frame.floor
    heights = merge_heights(rule.top for rule in frame.rules)
    for height in heights:
        band = [row for row in rows if start < row[0].middle[1] < height]
        over = sum(straddles(row, edges) for row in band)
        if over >= LINES_OF_TEXT or (over and height == heights[-1] and straddles(band[-1], edges) and len(band) > 1):
            frame.rules = [rule for rule in frame.rules if rule.top < height - TOLERANCE.merged_rules]
            return
        start = height


def add_last_rows(frame: Frame, rows: Sequence[Row], limit: float) -> None:
    """Add a rule below the words that go on in the columns of a table below its last rule."""
    edges, bottom = frame.edges, frame.bottom
    inside = [row for row in rows if row[0].middle[1] < bottom]
    if not inside:
        return
    added = rows_going_on([row for row in rows if row[0].middle[1] >= bottom], inside, edges, limit)
    if not added:
        return
    held = {column for row in added for column in columns_of(row, edges)}
    goes_on = min(word.top for word in added[0]) - bottom < TOLERANCE.row_gap
    if len(held) > 1 or (goes_on and held - {0}):
        end = max(word.bottom for row in added for word in row) + TOLERANCE.row_start
        frame.rules.append(Rectangle(edges[0], end, edges[-1], end))


def rows_going_on(rows: Sequence[Row], inside: Sequence[Row], edges: Sequence[float], limit: float) -> list[Row]:
    """The first of these lines, as long as they look like those ``inside`` a table and end above ``limit``.

    They are set in the same type, follow closely, and begin where the lines of their columns begin.
    """
    starts = column_starts(inside, edges)
    size = statistics.median(word.size for row in inside for word in row)
    last = max(word.bottom for row in inside for word in row)
    added: list[Row] = []
    for row in rows:
        top = min(word.top for word in row)
        if top > limit or top - last > TOLERANCE.next_row or abs(row[0].size - size) > TOLERANCE.same_size:
            break
        if straddles(row, edges) or not all(starts_well(row, c, edges, starts) for c in columns_of(row, edges)):
            break
        added.append(row)
        last = max(last, *(word.bottom for word in row))
    return added


def columns_of(row: Row, edges: Sequence[float]) -> set[int]:
    """The numbers of the columns in which a line has words."""
    return {column_of(word, edges) for word in row}


def column_of(word: Word, edges: Sequence[float]) -> int:
    """The number of the column in which the middle of a word lies."""
    return bisect.bisect_right(edges, word.middle[0], 1, max(1, len(edges) - 1)) - 1


def column_starts(rows: Sequence[Row], edges: Sequence[float]) -> dict[int, list[float]]:
    """Where the lines of each column begin: their left ends."""
    starts: dict[int, list[float]] = {}
    for row in rows:
        for column, words in itertools.groupby(row, key=lambda word: column_of(word, edges)):
            starts.setdefault(column, []).append(next(words).x0)
    return starts


def starts_well(row: Row, column: int, edges: Sequence[float], starts: dict[int, list[float]]) -> bool:
    """Whether the words of a line in one column begin where others of that column begin, or stand in its middle."""
    words = [word for word in row if column_of(word, edges) == column]
    middle = (words[0].x0 + words[-1].x1) / 2
    centred = abs(middle - (edges[column] + edges[column + 1]) / 2) < TOLERANCE.same_start
    known = any(abs(words[0].x0 - start) < TOLERANCE.same_start for start in starts.get(column, ()))
    return known or (centred and len(edges) > 3 and column > 0)
