"""Where and how a content stream paints: places on the page, kinds of paths and colours, as pdfminer gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pdfminer.utils import MATRIX_IDENTITY

from extractors.readers.content import Box, Content, Point
from extractors.readers.fonts import Font
from extractors.readers.instructions import Unsure
from extractors.readers.visibility import Layers

Matrix = tuple[float, float, float, float, float, float]

RECTANGLES = {"mlllh", "mllll"}
STRAIGHT = {"mlh", "ml"}


class PageTarget:
    """Where all streams of one page paint, and the current matrix.

    pdfminer keeps the matrix of a form after the form has ended, until the page sets another one. So does this.
    """

    def __init__(
        self, content: Content, height: float, left: float, top: float, fonts: dict[int, Font], layers: Layers
    ) -> None:
        self.content = content
        self.layers = layers
        self.height, self.left, self.top = height, left, top
        self.fonts = fonts
        self.ctm: Matrix = MATRIX_IDENTITY

    def tops(self, low: float, high: float) -> tuple[float, float]:
        """Top and bottom, measured down from the page's top, of what lies between two heights."""
        return self.height - high + self.top, self.height - low + self.top

    def box(self, corners: Iterable[Point]) -> Box:
        """The box on the page around corners that are given in the coordinates of the current matrix."""
        a, b, c, d, e, f = self.ctm
        placed = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
        xs, ys = [x for x, _ in placed], [y for _, y in placed]
        top, bottom = self.tops(min(ys), max(ys))
        return min(xs) + self.left, top, max(xs) + self.left, bottom


def glyph_box(matrix: Matrix, x: float, advance: float, low: float, high: float) -> Box:
    """The box (left, low, right, high) around a glyph that is turned, slanted or mirrored."""
    a, b, c, d, e, f = matrix
    e, f = x * a + 0 * c + e, x * b + 0 * d + f
    corners = [(0, low), (advance, low), (advance, high), (0, high)]
    xs = [a * u + c * v + e for u, v in corners]
    ys = [b * u + d * v + f for u, v in corners]
    return min(xs), min(ys), max(xs), max(ys)


def classify_path(steps: str, points: list[Point]) -> tuple[str, list[Point]]:
    """The kind of one part of a path (``line``, ``rect`` or ``curve``) and its corners, as pdfminer gives them.

    ``steps`` has one letter for each point: m move, l line, c curve, h close.
    """
    if len(steps) > 3 and steps[-2:] == "lh" and points[-2] == points[0]:
        steps = steps[:-2] + "h"
        points = points[:-1]
    if steps in STRAIGHT:
        return "line", points[:2]
    if steps in RECTANGLES and is_rectangle(points):
        (x0, y0), _, (x2, y2), *_ = points
        return "rect", [(x0, y0), (x2, y0), (x2, y2), (x0, y2)]
    return "curve", points


def is_rectangle(points: list[Point]) -> bool:
    """Whether five points go around a rectangle whose sides are level and upright, and end where they began."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3), last = points
    if points[0] != last:
        return False
    return (x0 == x1 and y1 == y2 and x2 == x3 and y3 == y0) or (y0 == y1 and x1 == x2 and y2 == y3 and x3 == x0)


def spread(
    codes: Iterable[int], advances: Iterable[float], x: float, started: bool, char_space: float, word_space: float
) -> list[float]:
    """Where glyphs begin that are set with extra space, and where the next one would; all in text space.

    pdfminer adds the space between characters before each glyph but the first of an array (``started`` is False).
    """
    places = []
    for code, advance in zip(codes, advances, strict=True):
        if started:
            x += char_space
        places.append(x)
        x += advance
        if code == 32:
            x += word_space
        started = True
    return [*places, x]


def pattern_in(space: Any, name: str) -> str:
    """The pattern of this name as a colour."""
    if space.name != "Pattern" or space.ncomponents != 1:
        raise Unsure("a pattern in another colour space")
    return name


def color_of(parts: tuple[float, ...], space: Any, before: Any) -> Any:
    """A colour in a colour space; ``before`` if it has two or more than four parts, which pdfminer ignores."""
    if len(parts) != space.ncomponents or space.name == "Pattern":
        raise Unsure(f"a colour of {len(parts)} parts in {space.name}")
    if len(parts) == 1:
        return parts[0]
    return parts if len(parts) in (3, 4) else before
