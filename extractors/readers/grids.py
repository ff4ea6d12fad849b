"""Frames and words -> grids: the cells of each table on a page, and ticks that are drawn instead of written."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from extractors.model import Cell, Grid, Where
from extractors.readers.frames import Frame, lies_on, merge_heights, same_height
from extractors.readers.lines import Progress, make_line, rows_of_words
from extractors.readers.marks import Marks, Rectangle, Word
from extractors.readers.tolerances import TOLERANCE

CHECK_MARK = "✓"


def read_grid(frame: Frame, marks: Marks, words: Sequence[Word], progress: Progress) -> Grid:
    """Put the words of one table into cells, each by its middle.

    ``words`` are all words inside the frame. Every row has as many cells as the header; None stands where the cell
    above reaches down.
    """
    floor, edges = frame.floor, frame.edges
    rules = [rule for rule in frame.rules if rule.top > floor + TOLERANCE.header_line]
    heights = [floor, *merge_heights(rule.top for rule in rules)]
    header = tuple(
        make_cell(header_words(words, box, frame.over), marks.number, progress, box.x0) for box in frame.header
    )
    lowest = frame.bottom + TOLERANCE.row_start
    body = [(x, y, word) for word in words for x, y in (word.middle,) if floor < y < lowest]
    columns: list[list[Cell | None]] = []
    for left, right in itertools.pairwise(edges):
        column = [(y, word) for x, y, word in body if left <= x < right]
        rows = words_by_row(column, heights, crossing_heights(rules, (left + right) / 2))
        columns.append([row if row is None else make_cell(row, marks.number, progress, left) for row in rows])
    x0, top, x1, bottom = (round(value, 2) for value in (edges[0], frame.top, edges[-1], frame.bottom))
    return Grid(header, tuple(zip(*columns, strict=True)), Where(page=marks.number, bbox=(x0, top, x1, bottom)))


def crossing_heights(rules: Sequence[Rectangle], middle: float) -> list[float]:
    """The heights of the rules that cross the middle of a column."""
    side = TOLERANCE.column_side
    return merge_heights(rule.top for rule in rules if rule.x0 - side < middle < rule.x1 + side)


def words_by_row(
    words: Sequence[tuple[float, Word]], heights: Sequence[float], own: Sequence[float]
) -> list[list[Word] | None]:
    """Divide the words of one column, each with the height of its middle, among the rows of its table.

    ``heights`` are the heights between the rows of the whole table, from the header's floor to its last rule; ``own``
    are those of the rules that cross this column. A rule that does not reach into a column leaves one cell beside
    several rows (the sector beside its activities, Peru 2013, page 2): all but the first of these rows are None.
    """
    rows: list[list[Word] | None] = []
    crossed = [any(same_height(height, rule) for rule in own) for height in heights]
    crossed[0] = crossed[-1] = True
    for index, start in enumerate(heights[:-1]):
        if crossed[index]:
            end = heights[crossed.index(True, index + 1)]
            first, last = start - TOLERANCE.row_start, end + TOLERANCE.row_end
            rows.append([word for y, word in words if first <= y < last])
        else:
            rows.append(None)
    return rows


def header_words(words: Sequence[Word], box: Rectangle, over: Sequence[Rectangle]) -> list[Word]:
    """The words of a header box, after those of the boxes that lie on it."""
    boxes = [*(upper for upper in over if lies_on(upper, box)), box]
    return [word for held in boxes for word in words if held.holds(*word.middle)]


def make_cell(words: Sequence[Word], page: int, progress: Progress, left: float) -> Cell:
    """A cell from its words; ``left`` is the cell's left edge, from which its lines are indented."""
    return Cell(tuple(make_line(row, page, progress, left, False, "body") for row in rows_of_words(words)))


def add_check_marks(marks: Marks, frame: Frame) -> None:
    """Add a tick as a word wherever one is drawn: one small filled curve alone in a cell.

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
                marks.words.append(Word(CHECK_MARK, *drawing, "drawn", height, True))
