"""The content of one page: the glyph runs and paths that its content stream paints, in the order of the stream.

Made by one of two readers: :mod:`extractors.readers.content_stream`, which is fast, and :func:`plain_content` from
pdfplumber's own objects, which reads every page and is the reference. Places are pdfplumber's: points from the page's
top left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.model import BBox

Point = tuple[float, float]
TURNED = 0.1  # rise of a line over its length: a scanned page may lean by less
Box = tuple[float, float, float, float]  # left, top, right, bottom
Link = tuple[BBox, str]  # the box of a link annotation and its address, whole where the printed line breaks or cuts it
OF_A_CHARACTER = ("top", "bottom", "size", "fontname", "non_stroking_color", "upright")
OF_A_BOX = ("x0", "top", "x1", "bottom")
OF_A_PATH = ("object_type", *OF_A_BOX, "fill", "stroke", "non_stroking_color", "stroking_color", "pts")
"""pdfplumber's names of the fields of a run and of a path, in their order."""


@dataclass(slots=True)
class GlyphRun:
    """One shown string: text, left and right edge of each glyph, and what is the same for all of them.

    ``size`` is pdfplumber's: the height of the glyphs in points. ``upright`` is pdfplumber's as well: it is True for
    text at 45 degrees. ``turned`` is True for all text that does not run from left to right.

    pdfplumber does not know the next two, so only the fast reader sets them. ``hidden``: why a viewer does not show the
    text (empty if it does). ``white``: whether the colour is that of paper; None if ``color`` alone shows it.
    """

    texts: list[str]
    x0: list[float]
    x1: list[float]
    top: float
    bottom: float
    size: float
    font: str
    color: Any
    upright: bool
    turned: bool = False
    hidden: str = field(default="", compare=False, repr=False)
    white: bool | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True)
class PaintedPath:
    """A painted path: its box, its colours and its corners. ``kind`` is ``line``, ``rect`` or ``curve``.

    pdfplumber does not know the other fields, so only the fast reader sets them. ``white`` is as for a run. ``hidden``:
    a viewer does not show the path. ``cover``: the area that an opaque filled rectangle hides; ``after``: the number of
    runs that were painted before it.
    """

    kind: str
    x0: float
    top: float
    x1: float
    bottom: float
    fill: bool
    stroke: bool
    color: Any
    line_color: Any
    points: list[Point]
    white: bool | None = field(default=None, compare=False, repr=False)
    hidden: bool = field(default=False, compare=False, repr=False)
    cover: Box | None = field(default=None, compare=False, repr=False)
    after: int = field(default=0, compare=False, repr=False)


@dataclass(slots=True)
class Content:
    """One page. ``number`` counts from 1, ``width`` and ``height`` are points, ``rotation`` is degrees.

    ``visible`` is the part that a viewer shows (left, top, right, bottom). ``unsure`` is the reason why the fast reader
    gave the page up and pdfplumber read it; empty if the fast reader read it. ``links`` are the link annotations.
    ``unclosed``: the content ends within a part that it began (q without Q, BDC without EMC), as a cut stream does.
    """

    number: int
    width: float
    height: float
    visible: Box
    runs: list[GlyphRun] = field(default_factory=list)
    rects: list[PaintedPath] = field(default_factory=list)
    curves: list[PaintedPath] = field(default_factory=list)
    lines: list[PaintedPath] = field(default_factory=list)
    rotation: int = 0
    unsure: str = ""
    links: list[Link] = field(default_factory=list)
    unclosed: bool = False


def is_turned(matrix: Sequence[float], upright: bool) -> bool:
    """Whether text with this matrix does not run from left to right. Slanted letters are not turned."""
    a, b = matrix[0], matrix[1]
    return not upright or a <= 0 or abs(b) > TURNED * a


def empty_content(page: Any) -> Content:
    """The content of a pdfplumber page before anything is painted. A viewer shows where media and crop box overlap."""
    media, crop = page.mediabox, page.cropbox
    visible = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return Content(
        page.page_number, float(page.width), float(page.height), visible, rotation=page.rotation, links=read_links(page)
    )


def read_links(page: Any) -> list[Link]:
    """The links of a pdfplumber page, from top to bottom, from left to right; none if an annotation is damaged."""
    try:
        links = [((h["x0"], h["top"], h["x1"], h["bottom"]), h["uri"]) for h in page.hyperlinks]
    except Exception:  # pdfminer may raise anything on a damaged object
        return []
    return sorted(links, key=lambda link: (link[0][1], link[0][0]))


def plain_content(page: Any, unsure: str = "") -> Content:
    """The content of a page as pdfplumber reads it: the reference, and seven to ten times slower."""
    content = empty_content(page)
    content.unsure = unsure
    for char in page.chars:
        run = GlyphRun([char["text"]], [char["x0"]], [char["x1"]], *(char[name] for name in OF_A_CHARACTER))
        run.turned = is_turned(char["matrix"], run.upright)
        content.runs.append(run)
    for target, objects in ((content.rects, page.rects), (content.curves, page.curves), (content.lines, page.lines)):
        target += [PaintedPath(*(path[name] for name in OF_A_PATH)) for path in objects]
    return content
