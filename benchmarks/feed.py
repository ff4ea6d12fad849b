"""pdfplumber's words and tables made from the fast reader: what ``extract_words(extra_attrs=["fontname", "size"])`` and
``extract_tables()`` give, from shown strings in place of character objects.

pdfplumber's own ``TableFinder`` finds the tables, from the edges of the fast reader's paths; the text of a cell is cut
from the glyph runs. The product reads tables by other rules; this is here to be compared with pdfplumber.
"""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from pdfplumber.table import TableFinder
from pdfplumber.utils.text import LIGATURES, extract_words

from extractors.readers.content import Content, GlyphRun, PaintedPath

TOLERANCE = 3  # points: pdfplumber's default across and along the line
LETTERS = str.maketrans(LIGATURES)
Edge = dict[str, Any]
Cells = list[list[str | None]]


@dataclass(frozen=True, slots=True)
class PlainWord:
    """One word as pdfplumber gives it, with the font of its first letter."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    font: str
    size: float
    upright: bool


def words(content: Content) -> list[PlainWord]:
    """``page.extract_words(extra_attrs=["fontname", "size"])``."""
    found: list[PlainWord] = []
    for _, group in itertools.groupby(content.runs, key=operator.attrgetter("upright", "font", "size")):
        found += words_of_group(list(group))
    return found


def words_of_group(strings: Sequence[GlyphRun]) -> Iterator[PlainWord]:
    """The words of strings that follow each other in the stream and share what pdfplumber groups by."""
    if not strings[0].upright:
        yield from rotated_words(strings)
        return
    for line in clusters(strings):
        yield from words_of_line(line)


def clusters(items: Sequence[Any]) -> list[list[Any]]:
    """Strings or words by line, from the top: those whose tops follow each other by no more than the tolerance."""
    if len(items) == 1:
        return [list(items)]
    line_of: dict[float, int] = {}
    line, last = 0, None
    for top in sorted({item.top for item in items}):
        if last is not None and top > last + TOLERANCE:
            line += 1
        line_of[top], last = line, top
    lines: list[list[Any]] = [[] for _ in range(line + 1)]
    for item in items:
        lines[line_of[item.top]].append(item)
    return lines


def words_of_line(line: Sequence[GlyphRun]) -> Iterator[PlainWord]:
    """The words of one line: cut at blanks, at gaps, and where the stream goes back or jumps."""
    texts, x0, x1, owners = glyphs_in_order(line)
    letters = "".join(texts)
    if len(letters) != len(texts):  # a glyph of several letters or none: cut by glyphs all the same
        letters = "".join(" " if text.isspace() else "x" for text in texts)
    apart = [gap > TOLERANCE for gap in map(operator.sub, x0[1:], x1)]  # x0 > x1 + 3, but for the last bit
    if any((shown.top, shown.bottom) != (line[0].top, line[0].bottom) for shown in line):
        jumps = (abs(after.top - before.top) > TOLERANCE for before, after in itertools.pairwise(owners))
        apart = list(map(operator.or_, apart, jumps))
    for found in re.finditer(r"\S+", letters):
        start, end = found.span()
        for i in range(start + 1, end):
            if apart[i - 1]:
                yield made_word(texts, x0, x1, owners, start, i)
                start = i
        yield made_word(texts, x0, x1, owners, start, end)


def glyphs_in_order(
    line: Sequence[GlyphRun],
) -> tuple[Sequence[str], Sequence[float], Sequence[float], Sequence[GlyphRun]]:
    """The glyphs of a line from left to right: their texts, left and right edges, and the strings they are of."""
    if len(line) == 1:
        [only] = line
        texts, x0, x1, owners = only.texts, only.x0, only.x1, [only] * len(only.texts)
    else:
        texts = [text for shown in line for text in shown.texts]
        x0, x1 = [x for shown in line for x in shown.x0], [x for shown in line for x in shown.x1]
        owners = [shown for shown in line for _ in shown.texts]
    if not any(map(operator.gt, x0, x0[1:])):
        return texts, x0, x1, owners
    order = sorted(range(len(x0)), key=x0.__getitem__)
    return [texts[i] for i in order], [x0[i] for i in order], [x1[i] for i in order], [owners[i] for i in order]


def made_word(
    texts: Sequence[str], x0: Sequence[float], x1: Sequence[float], owners: Sequence[GlyphRun], start: int, end: int
) -> PlainWord:
    own = owners[start:end]
    first = own[0]
    text = "".join(texts[start:end])
    return PlainWord(
        text if text.isascii() else text.translate(LETTERS),
        x0[start],
        min(shown.top for shown in own),
        max(x1[start:end]),
        max(shown.bottom for shown in own),
        first.font,
        first.size,
        True,
    )


def rotated_words(strings: Sequence[GlyphRun]) -> Iterator[PlainWord]:
    """Text that does not stand upright is rare: pdfplumber's own code reads it, from character objects."""
    chars = [
        {
            "text": text,
            "x0": x0,
            "x1": x1,
            "top": shown.top,
            "bottom": shown.bottom,
            "doctop": shown.top,
            "height": shown.bottom - shown.top,
            "fontname": shown.font,
            "size": shown.size,
            "upright": False,
        }
        for shown in strings
        for text, x0, x1 in zip(shown.texts, shown.x0, shown.x1, strict=True)
    ]
    for word in extract_words(chars):
        font, size = strings[0].font, strings[0].size
        yield PlainWord(word["text"], word["x0"], word["top"], word["x1"], word["bottom"], font, size, False)


# ---------------------------------------------------------------------------------------------- tables


def tables(content: Content) -> list[Cells]:
    """``page.extract_tables()``."""
    box = (0, 0, content.width, content.height)
    page: Any = SimpleNamespace(edges=list(edges(content)), bbox=box)
    return [cells_of(table, content.runs) for table in TableFinder(page).tables]


def edges(content: Content) -> Iterator[Edge]:
    """The straight edges of all shapes, as ``page.edges`` has them."""
    for shape in content.lines:
        yield edge(shape.kind, shape.x0, shape.top, shape.x1, shape.bottom, "h" if shape.top == shape.bottom else "v")
    for shape in content.rects:
        yield from rect_edges(shape)
    for shape in content.curves:
        for (xa, ya), (xb, yb) in itertools.pairwise(shape.points):
            if xa == xb or ya == yb:
                side = "v" if xa == xb else "h"
                yield edge("curve_edge", min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb), side)


def rect_edges(shape: PaintedPath) -> Iterator[Edge]:
    x0, top, x1, bottom = shape.x0, shape.top, shape.x1, shape.bottom
    yield edge("rect_edge", x0, top, x1, top, "h")
    yield edge("rect_edge", x0, bottom, x1, bottom, "h")
    yield edge("rect_edge", x0, top, x0, bottom, "v")
    yield edge("rect_edge", x1, top, x1, bottom, "v")


def edge(kind: str, x0: float, top: float, x1: float, bottom: float, orientation: str) -> Edge:
    return {
        "object_type": kind,
        "x0": x0,
        "top": top,
        "x1": x1,
        "bottom": bottom,
        "doctop": top,
        "width": x1 - x0,
        "height": bottom - top,
        "orientation": orientation,
    }


def cells_of(table: Any, strings: Iterable[GlyphRun]) -> Cells:
    """The text of a table's cells, row by row: that of the glyphs whose middles lie inside."""
    left, upper, right, lower = table.bbox
    near = [
        ((shown.top + shown.bottom) / 2, shown)
        for shown in strings
        if upper <= (shown.top + shown.bottom) / 2 < lower and max(shown.x1) >= left and min(shown.x0) < right
    ]
    rows: Cells = []
    for row in table.rows:
        _, top, _, bottom = row.bbox
        beside = [(y, shown) for y, shown in near if top <= y < bottom]
        rows.append([None if cell is None else cell_text(cell, beside) for cell in row.cells])
    return rows


def cell_text(cell: tuple[float, float, float, float], beside: Iterable[tuple[float, GlyphRun]]) -> str:
    x0, top, x1, bottom = cell
    parts = [part for y, shown in beside if top <= y < bottom and (part := cut(shown, x0, x1))]
    found: list[PlainWord] = []
    for _, group in itertools.groupby(parts, key=operator.attrgetter("upright")):
        found += words_of_group(list(group))
    if not found:
        return ""
    return "\n".join(" ".join(word.text for word in line) for line in clusters(found))


def cut(shown: GlyphRun, left: float, right: float) -> GlyphRun | None:
    """The glyphs of a string whose middles lie between two edges."""
    x0, x1 = shown.x0, shown.x1
    if left <= min(x0) and max(x1) < right:
        return shown
    keep = [i for i, (a, b) in enumerate(zip(x0, x1, strict=True)) if left <= (a + b) / 2 < right]
    if not keep:
        return None
    return replace(shown, texts=[shown.texts[i] for i in keep], x0=[x0[i] for i in keep], x1=[x1[i] for i in keep])
