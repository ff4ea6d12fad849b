"""What one page's content stream paints, before anyone asks what it means: shown strings and shapes, in content order.

Two feeds make it: :mod:`extractors.readers.content_stream`, fast, and :func:`plain_content` from pdfplumber's own
objects, which is the reference and reads whatever the fast one is not sure of. Places are pdfplumber's: points from
the page's top left corner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Point = tuple[float, float]


@dataclass(slots=True)
class Shown:
    """One shown string: a text, a left and a right edge for each glyph; all else is the same for all of them."""

    texts: list[str]
    x0: list[float]
    x1: list[float]
    top: float
    bottom: float
    size: float
    font: str
    color: Any
    upright: bool


@dataclass(slots=True)
class Shape:
    """A painted line, rectangle (``rect``) or other path (``curve``): its box, its colours and its corners."""

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


@dataclass(slots=True)
class Content:
    """One page: its size, the part that a viewer shows (left, top, right, bottom), its strings and its shapes, and by
    how many degrees the file turns it.

    ``unsure`` says why the page was read by the reference feed although the fast one was asked; empty if it was not.
    """

    number: int
    width: float
    height: float
    visible: tuple[float, float, float, float]
    strings: list[Shown] = field(default_factory=list)
    rects: list[Shape] = field(default_factory=list)
    curves: list[Shape] = field(default_factory=list)
    lines: list[Shape] = field(default_factory=list)
    rotation: int = 0
    unsure: str = ""


def empty_content(page: Any) -> Content:
    """The frame of a pdfplumber page, without anything on it; a viewer shows where media box and crop box both are."""
    media, crop = page.mediabox, page.cropbox
    visible = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return Content(page.page_number, float(page.width), float(page.height), visible, rotation=page.rotation)


def plain_content(page: Any, unsure: str = "") -> Content:
    """A page as pdfplumber reads it: the reference, and seven to ten times slower than the fast feed."""
    content = empty_content(page)
    content.unsure = unsure
    content.strings = [
        Shown(
            [char["text"]],
            [char["x0"]],
            [char["x1"]],
            char["top"],
            char["bottom"],
            char["size"],
            char["fontname"],
            char["non_stroking_color"],
            char["upright"],
        )
        for char in page.chars
    ]
    for target, objects in ((content.rects, page.rects), (content.curves, page.curves), (content.lines, page.lines)):
        target += [
            Shape(
                shape["object_type"],
                shape["x0"],
                shape["top"],
                shape["x1"],
                shape["bottom"],
                shape["fill"],
                shape["stroke"],
                shape["non_stroking_color"],
                shape["stroking_color"],
                shape["pts"],
            )
            for shape in objects
        ]
    return content
