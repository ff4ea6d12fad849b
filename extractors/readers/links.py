"""The link annotations of a page: an annotation holds an address whole that the printed line breaks or cuts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractors.model import BBox

Link = tuple[BBox, str]
"""The box of a link annotation, in points from the page's top left corner, and its address."""

_SHARED_HEIGHT = 0.5  # of the lower one: less than that, and an annotation is on the line above or below
_SHARED_WIDTH = 1.0  # points


def read_links(page: Any) -> list[Link]:
    """The links of a pdfplumber page, from top to bottom, from left to right.

    A damaged annotation gives no link: the words of the page do not need it.
    """
    try:
        links = [((h["x0"], h["top"], h["x1"], h["bottom"]), h["uri"]) for h in page.hyperlinks]
    except Exception:  # pdfminer may raise anything on a damaged object
        return []
    return sorted(links, key=lambda link: (link[0][1], link[0][0]))


def links_on(box: BBox | None, links: Sequence[Link]) -> tuple[str, ...]:
    """The addresses of the annotations that lie on the line with this box."""
    if box is None:
        return ()
    return tuple(address for place, address in links if _shares_line(box, place))


def _shares_line(line: BBox, place: BBox) -> bool:
    width = min(line[2], place[2]) - max(line[0], place[0])
    height = min(line[3], place[3]) - max(line[1], place[1])
    return width > _SHARED_WIDTH and height > _SHARED_HEIGHT * min(line[3] - line[1], place[3] - place[1])
