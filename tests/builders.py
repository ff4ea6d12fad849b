"""Chapters made by hand, line by line, as the PDF reader or the raw text reader would return them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractors.model import Block, Cell, Chapter, Grid, Line, Source, Style, Where

YEAR = 2031
OPENING = f"In {YEAR}, Arvenia, a country that is invented, made a moderate advancement in eliminating such work."
COLUMN = 120.0  # points: the width of every table column
LETTER = 4.0  # points: the width of every letter


class Draft:
    """The blocks of a chapter so far. ``sized`` lines have places, type sizes and weights, as those of a PDF have; the
    lines of a raw text have a number and nothing else."""

    def __init__(self, sized: bool = True) -> None:
        self.sized = sized
        self.blocks: list[Block] = []
        self.number = 0
        self.page = 1
        self.y = 82.0

    def make(self, text: str, x: float = 54.0, y: float | None = None, **style: Any) -> Line:
        """A line at a place, not yet one of the blocks; in a raw text it has the number of the last line."""
        placed = {name: value for name, value in style.items() if name in ("gap", "zone")}
        if not self.sized:
            return Line(self.number, text, Where(line=self.number), **placed)
        self.number += 1
        top = self.y if y is None else y
        size = style.get("size", 11.0)
        box = (x, top, x + LETTER * len(text), top + size)
        type_ = Style(size, style.get("bold", False), style.get("italic", False))
        return Line(self.number, text, Where(page=self.page, bbox=box), **placed, style=type_)

    def add(self, text: str, **style: Any) -> Line:
        """A line below the last one."""
        if not self.sized:
            self.number += 1
        line = self.make(text, **style)
        self.y += (line.style.size if line.style else 0.0) + (9.0 if line.gap else 2.0)
        self.blocks.append(line)
        return line

    def text(self, *texts: str, **style: Any) -> None:
        """One paragraph of running text in lines."""
        for i, text in enumerate(texts):
            self.add(text, **{"gap": i == 0, **style})

    def summary(self, *texts: str) -> None:
        self.text(*texts or (OPENING,), size=12.0, italic=True)

    def heading(self, text: str, **style: Any) -> Line:
        return self.add(text, **{"gap": True, "size": 12.0, "bold": True, **style})

    def caption(self, text: str, **style: Any) -> Line:
        return self.add(text, **{"gap": True, "bold": True, **style})

    def note(self, text: str, **style: Any) -> Line:
        return self.add(text, **{"size": 8.0, **style})

    def head(self, text: str, **style: Any) -> Line:
        return self.add(text, **{"zone": "head", "size": 26.0, **style})

    def foot(self, text: str, **style: Any) -> Line:
        return self.add(text, **{"zone": "foot", "size": 9.0, **style})

    def new_page(self) -> None:
        self.page += 1
        self.y = 82.0

    def make_cell(self, text: str, x: float, y: float) -> Cell:
        """A cell of as many lines as ``text`` has; ``text`` without letters is an empty cell."""
        parts = text.split("\n") if text else []
        return Cell(tuple(self.make(part, x, y + 10 * i, size=9.0) for i, part in enumerate(parts)))

    def grid(self, header: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Grid:
        """A table piece; ``None`` is a cell that reaches down from above, a line break ends a line in a cell."""
        made: list[tuple[Cell | None, ...]] = []
        top = self.y
        for row in (header, *rows):
            if not self.sized:
                self.number += 1
            height = 10 * max(1 + (text or "").count("\n") for text in row) + 4
            lefts = (54 + COLUMN * i for i in range(len(row)))
            made.append(
                tuple(None if t is None else self.make_cell(t, x, self.y) for t, x in zip(row, lefts, strict=True))
            )
            self.y += height
        box = (54.0, top, 54 + COLUMN * len(header), self.y)
        where = Where(page=self.page, bbox=box) if self.sized else Where(line=self.number - len(rows))
        grid = Grid(tuple(cell for cell in made[0] if cell is not None), tuple(made[1:]), where)
        self.blocks.append(grid)
        return grid

    def chapter(self) -> Chapter:
        source = Source("arvenia.pdf", "0" * 64, "pdf", self.page) if self.sized else Source("a.txt", "1" * 64, "text")
        return Chapter(source, tuple(self.blocks))


def begun(sized: bool = True) -> Draft:
    """A chapter of Arvenia up to its first section heading."""
    draft = Draft(sized)
    if sized:
        draft.head("Arvenia")
        draft.head("MODERATE ADVANCEMENT", size=12.0, bold=True)
    draft.summary()
    draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION OF CHILD LABOR")
    return draft
