"""Draw one ruled table, page by page."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from tests.generator.compose import Box, Row, Table
from tests.generator.layout import Layout
from tests.generator.type import BOLD, BULLET, PLAIN, Face, Sheet, wrap

CELL = Face(PLAIN, 9, 10)
HEADER = Face(BOLD, 9, 10)
INSET = 4.5
EMBLEM_ROW, EMBLEM_ALONE = 15.2, 36.0
LEAST_LINES = 2  # of a cut row on either page


@dataclass(frozen=True)
class Laid:
    """A row with its cells' lines; ``None`` where the cell above reaches down."""

    cells: tuple[Box | None, ...]
    lines: tuple[tuple[str, ...], ...]
    least: float

    def cut(self, count: int) -> tuple[Laid, Laid]:
        """The row's first ``count`` lines and what is left of it."""
        upper = tuple(lines[:count] for lines in self.lines)
        lower = tuple(lines[count:] for lines in self.lines)
        return replace(self, lines=upper), replace(self, cells=tuple(Box() for _ in self.cells), lines=lower)


class Tabular:
    """A table that is drawn in as many pieces as the pages ask for."""

    def __init__(self, table: Table, layout: Layout, left: float, right: float) -> None:
        self.table, self.layout = table, layout
        total = sum(table.shares)
        self.edges = [left]
        for share in table.shares:
            self.edges.append(self.edges[-1] + (right - left) * share / total)
        self.header = [wrap(text, HEADER, self.width(c)) for c, text in enumerate(table.header)]
        self.rows = [self.lay(row) for row in table.rows]
        self.header_height = max(len(lines) for lines in self.header) * CELL.lead + layout.row_padding

    def width(self, column: int) -> float:
        return self.edges[column + 1] - self.edges[column] - 2 * INSET

    def left(self) -> int:
        """How many rows are still to be drawn."""
        return len(self.rows)

    def lay(self, row: Row) -> Laid:
        parts = [self.part_lines(box, column) for column, box in enumerate(row)]
        listed = [p for p in parts if len(p) > 1]
        if len(listed) > 1:  # years stand beside the bullets that they belong to
            for cells in zip(*listed, strict=True):
                height = max(len(lines) for lines in cells)
                for lines in cells:
                    lines.extend([""] * (height - len(lines)))
        least = 0.0
        if self.table.key == "conventions" and self.layout.emblems:
            least = EMBLEM_ALONE if row is self.table.rows[-1] else EMBLEM_ROW
        return Laid(row, tuple(tuple(line for lines in p for line in lines) for p in parts), least)

    def part_lines(self, box: Box | None, column: int) -> list[list[str]]:
        if box is None:
            return []
        out = []
        for part in box.parts:
            if part.startswith(BULLET):
                first, *others = wrap(part[len(BULLET) :], CELL, self.width(column) - 18)
                out.append([BULLET + first, *("  " + line for line in others)])
            else:
                out.append(wrap(part, CELL, self.width(column) - box.indent))
        return out

    # ------------------------------------------------------------------ what fits

    def heights(self, rows: list[Laid]) -> list[float]:
        """Row heights; where a label needs more than its rows, the last of them grows."""
        spanned = [any(cell is None for cell in row.cells) for row in rows]
        heights = []
        for at, row in enumerate(rows):
            begins_span = at + 1 < len(rows) and spanned[at + 1]
            own = [
                len(lines)
                for column, lines in enumerate(row.lines)
                if not (begins_span and not spanned[at] and column == 0)
            ]
            heights.append(max(max(own, default=1) * CELL.lead + self.layout.row_padding, row.least))
        start = 0
        for at in range(1, len(rows) + 1):
            if at == len(rows) or not spanned[at]:
                label = len(rows[start].lines[0]) * CELL.lead + self.layout.row_padding
                heights[at - 1] += max(0.0, label - sum(heights[start:at]))
                start = at
        return heights

    def take(self, space: float, below: float) -> int:
        """How many rows fit; the notes stand on the page of the last row, so the last ones fit only with them."""
        count = 0
        while count < len(self.rows):
            last = count + 1 == len(self.rows)
            if self.header_height + sum(self.heights(self.rows[: count + 1])) + (below if last else 0) > space:
                break
            count += 1
        return count

    def cut_at(self, space: float) -> int:
        """After how many lines the first row may be cut so that its first part fits; 0 where it must not be cut."""
        row = self.rows[0]
        longest = max(len(lines) for lines in row.lines)
        count = int((space - self.header_height - self.layout.row_padding) // CELL.lead)
        others = sorted(len(lines) for lines in row.lines)[:-1]
        if (
            any(cell is None for cell in row.cells)
            or count < max([LEAST_LINES, *others])
            or longest - count < LEAST_LINES
        ):
            return 0
        return count

    def fits(self, space: float, below: float) -> bool:
        return bool(self.take(space, below) or (self.layout.cut_rows and self.cut_at(space)))

    # ------------------------------------------------------------------ drawing

    def draw(self, sheet: Sheet, top: float, space: float, below: float) -> float:
        """Draw the rows that fit (with the header) and forget them; return where the piece ends."""
        count = self.take(space, below)
        rows, self.rows = self.rows[:count], self.rows[count:]
        used = self.header_height + sum(self.heights(rows))
        alone = not rows
        if self.rows and (self.layout.cut_rows or alone):
            lines = self.cut_at(space - used + self.header_height)
            if alone and not lines:
                raise ValueError(f"a row of {self.table.key} is higher than a page")
            if lines:
                upper, lower = self.rows[0].cut(lines)
                rows, self.rows = [*rows, upper], [lower, *self.rows[1:]]
        self.rows = self.carry_label(rows, self.rows)
        return self.draw_rows(sheet, rows, self.draw_header(sheet, top))

    def carry_label(self, drawn: list[Laid], rest: list[Laid]) -> list[Laid]:
        """A label whose rows go on over the page: said again there, or an empty cell."""
        if not rest or rest[0].cells[0] is not None:
            return rest
        labelled = next(row for row in reversed(drawn) if row.cells[0] is not None)
        first = rest[0]
        said = self.layout.repeat_label
        cells = (labelled.cells[0] if said else Box(), *first.cells[1:])
        lines = (labelled.lines[0] if said else (), *first.lines[1:])
        return [replace(first, cells=cells, lines=lines), *rest[1:]]

    def draw_header(self, sheet: Sheet, top: float) -> float:
        bottom = top + self.header_height
        if self.layout.header == "bar":
            sheet.box(self.edges[0], top, self.edges[-1], bottom, self.layout.header_fill)
        elif self.layout.header == "boxes":
            for x0, x1 in zip(self.edges, self.edges[1:], strict=False):
                sheet.box(x0, top, x1, bottom, self.layout.header_fill)
        else:
            for y in (top, bottom):
                sheet.stroke(self.edges[0], self.edges[-1], y, 0.5)
        for column, lines in enumerate(self.header):
            y = top + (self.header_height - len(lines) * CELL.lead) / 2
            for line in lines:
                grey = 0.0 if self.layout.header == "plain" else 1.0
                sheet.write(self.place(column, line, HEADER, 0.0), y, line, HEADER, grey)
                y += CELL.lead
        return bottom

    def place(self, column: int, line: str, face: Face, indent: float) -> float:
        if self.table.header[column] in self.layout.middle_columns:
            return (self.edges[column] + self.edges[column + 1] - face.width(line)) / 2
        return self.edges[column] + INSET + indent

    def draw_rows(self, sheet: Sheet, rows: list[Laid], top: float) -> float:
        heights = self.heights(rows)
        tops = [top]
        for height in heights:
            tops.append(tops[-1] + height)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row.cells):
                if cell is None:
                    continue
                end = at + 1
                while end < len(rows) and rows[end].cells[column] is None:
                    end += 1
                self.draw_cell(sheet, cell, row.lines[column], column, tops[at], tops[end])
        if self.layout.borders == "cells":
            return tops[-1]
        polygon = self.layout.rules == "polygon"
        for at in range(1, len(tops)):
            for column, (x0, x1) in enumerate(zip(self.edges, self.edges[1:], strict=False)):
                if at == len(rows) or rows[at].cells[column] is not None:
                    sheet.rule(x0, x1, tops[at], polygon)
        if self.layout.borders == "grid":
            for x in self.edges:
                sheet.upright(x, top - self.header_height, tops[-1])
        return tops[-1]

    def draw_cell(
        self, sheet: Sheet, cell: Box, lines: tuple[str, ...], column: int, top: float, bottom: float
    ) -> None:
        x0, x1 = self.edges[column], self.edges[column + 1]
        if self.layout.white_cells:
            sheet.box(x0, top, x1, bottom, 1.0)
        if self.layout.borders == "cells":
            sheet.outline(x0, top, x1, bottom)
        if self.table.key == "conventions" and column == 0 and self.layout.emblems:
            emblem(sheet, (x0 + x1) / 2, (top + bottom) / 2, min(15.0, (bottom - top) / 2 - 2))
            return
        if cell.sign:
            sheet.sign((x0 + x1) / 2, (top + bottom) / 2, cell.sign, self.layout.tick == "glyph")
            return
        if not any(lines):
            if self.layout.hidden_text and self.table.key == "legal_standards" and column:
                sheet.write(x0 + INSET, top + self.layout.row_padding / 2, self.layout.hidden_text, CELL, 1.0)
            return
        y = top + self.layout.row_padding / 2
        if self.layout.middle_labels and column == 0:
            y = (top + bottom - len(lines) * CELL.lead) / 2
        for line in lines:
            if line:
                listed = line.startswith((BULLET, "  "))
                x = self.place(
                    column, line, CELL, cell.indent + (8 if listed else 0) + (10 if line.startswith("  ") else 0)
                )
                sheet.write(x, y, line.removeprefix("  "), CELL, raised=self.layout.raised_markers)
            y += CELL.lead


def emblem(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """A wreath around rings, as the organizations' emblems are drawn: many small shapes in a column of their own."""
    for share, grey in ((0.7, 0.2), (0.5, 1.0), (0.3, 0.1)):
        sheet.disc(x, y, radius * share, grey)
    for leaf in range(18):
        angle = math.radians(20 * leaf)
        sheet.disc(x + radius * 0.88 * math.cos(angle), y + radius * 0.88 * math.sin(angle), radius * 0.12, 0.1)
