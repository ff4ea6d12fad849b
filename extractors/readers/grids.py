"""Frames and words -> grids: the cells of each table on a page, and ticks that are drawn instead of written."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from extractors.model import Cell, Grid, Where, rounded
from extractors.readers.frames import Frame, lies_on
from extractors.readers.lines import Progress, make_line, rows_of_words
from extractors.readers.marks import Marks, Rectangle, Word
from extractors.readers.overlaps import gap_issues
from extractors.readers.rows import find_rows
from extractors.readers.tolerances import TOLERANCE

CHECK_MARK, CROSS = "✓", "✗"


def read_grid(frame: Frame, marks: Marks, words: Sequence[Word], progress: Progress) -> Grid:
    """Put the words inside the frame of one table into cells, each by its middle."""
    floor, edges = frame.floor, frame.edges
    header = tuple(
        make_cell(header_words(words, box, frame.over), marks.number, progress, box.x0) for box in frame.header
    )
    lowest = frame.bottom + TOLERANCE.row_start
    body = [(x, word) for word in words for x, y in (word.middle,) if floor < y < lowest]
    held = [[word for x, word in body if left <= x < right] for left, right in itertools.pairwise(edges)]
    below = [rule for rule in frame.rules if rule.top > floor + TOLERANCE.header_line]
    heights, crossings = find_rows(below, held, edges, floor)
    columns: list[list[Cell | None]] = []
    for left, column, crossed in zip(edges, held, crossings, strict=False):
        parts = words_by_row(column, heights, crossed)
        columns.append([part if part is None else make_cell(part, marks.number, progress, left) for part in parts])
    box = rounded(edges[0], frame.top, edges[-1], frame.bottom)
    return Grid(header, tuple(zip(*columns, strict=True)), Where(page=marks.number, bbox=box))


def words_by_row(words: Sequence[Word], heights: Sequence[float], crossed: Sequence[bool]) -> list[list[Word] | None]:
    """Divide the words of one column among the rows of its table; ``crossed``: whether a cell of it ends at a height.

    One cell may stand beside several rows (the sector beside its activities, Peru 2013, page 2): all but the first of
    these rows are None.
    """
    rows: list[list[Word] | None] = []
    placed = [((word.top + word.bottom) / 2, word) for word in words]
    for index, start in enumerate(heights[:-1]):
        if crossed[index]:
            end = heights[crossed.index(True, index + 1)]
            first, last = start - TOLERANCE.row_start, end + TOLERANCE.row_end
            rows.append([word for middle, word in placed if first <= middle < last])
        else:
            rows.append(None)
    return rows


def header_words(words: Sequence[Word], box: Rectangle, over: Sequence[Rectangle]) -> list[Word]:
    """The words of a header box, after those of the boxes that lie on it."""
    boxes = [*(upper for upper in over if lies_on(upper, box)), box]
    return [word for held in boxes for word in words if held.holds(*word.middle)]


def make_cell(words: Sequence[Word], page: int, progress: Progress, left: float) -> Cell:
    """A cell from its words; ``left`` is the cell's left edge, from which its lines are indented."""
    rows = rows_of_words(words)
    progress.add_first(issue for row in rows for issue in gap_issues(row, page, TOLERANCE.cell_word_gap))
    return Cell(tuple(make_line(row, page, progress, left, False, "body") for row in rows))


def add_check_marks(marks: Marks, frame: Frame) -> None:
    """Add a tick or a cross as a word wherever one is drawn: one small filled curve alone in a cell.

    Emblems are drawn too, but of many curves (Peru 2019, page 3).
    """
    near_x, near_y = TOLERANCE.tick_alone_x, TOLERANCE.tick_alone_y
    floor, bottom = frame.floor, frame.bottom
    around = [(*drawing.middle, drawing) for drawing in marks.drawings]
    around = [(x, y, drawing) for x, y, drawing in around if floor - near_y < y < bottom + near_y]
    for left, right in itertools.pairwise(frame.edges):
        for x, y, drawing in around:
            height = drawing.bottom - drawing.top
            if not (left < x < right and floor < y < bottom and height > TOLERANCE.tick_height):
                continue
            near = (d for x2, y2, d in around if abs(x2 - x) < near_x and abs(y2 - y) < near_y)
            if len(list(itertools.islice(near, 2))) == 1:
                sign = CROSS if drawing in marks.crosses else CHECK_MARK
                marks.words.append(Word(sign, *drawing, "drawn", height, True))
