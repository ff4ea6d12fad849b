"""The outline (bookmarks) and the page labels of a PDF: what they say about the chapters of a volume.

They are a sign beside those that the pages print, and a check of what was found; a volume needs neither.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass, field

import pypdfium2

from extractors.readers.volume import Bookmark
from extractors.rules import country_code

MOST = 20_000  # bookmarks that are looked at; the volume of a year needs some 200
NUMBERS = re.compile(r"^\W*\d+\W+|\W+\d+\W*$")  # "12. Arvenia", "Arvenia 2019"


@dataclass(frozen=True)
class Bookmarks:
    """``marks``: page (from 1) -> the bookmark of a country in whose range it lies. ``restarts``: pages on which the
    page labels begin again with 1."""

    marks: dict[int, Bookmark] = field(default_factory=dict)
    restarts: frozenset[int] = frozenset()


def read_outline(document: pypdfium2.PdfDocument) -> Bookmarks:
    """The outline of a PDF; an empty one if it has none, or names fewer than two countries."""
    try:
        labels = [document.get_page_label(index) for index in range(len(document))]
        found = [(mark.level, mark.get_title(), mark.get_dest()) for mark in itertools.islice(document.get_toc(), MOST)]
        entries = [(level, title, at + 1) for level, title, to in found if to and (at := to.get_index()) is not None]
        return Bookmarks(ranges(entries, len(document)), restarts(labels))
    except pypdfium2.PdfiumError:
        return Bookmarks()


def ranges(entries: list[tuple[int, str, int]], count: int) -> dict[int, Bookmark]:
    """The bookmark of a country for each page (of ``count``) in its range, which ends at the next bookmark that is not
    below it. ``entries`` are level, title and page. A page with bookmarks of two countries has none."""
    entries = sorted(entries, key=lambda entry: entry[2])
    codes = [country_code(NUMBERS.sub("", title)) or "" for _, title, _ in entries]
    on_page: dict[int, set[str]] = defaultdict(set)
    for (_, _, page), code in zip(entries, codes, strict=True):
        on_page[page] |= {code} - {""}
    marks: dict[int, Bookmark] = {}
    for (level, title, page), code in zip(entries, codes, strict=True):
        if code and len(on_page[page]) == 1:
            end = next((other for its, _, other in entries if other > page and its <= level), count + 1)
            marks |= dict.fromkeys(range(page, end), Bookmark(code, title, page))
    return marks if len({mark.code for mark in marks.values()}) > 1 else {}


def restarts(labels: list[str]) -> frozenset[int]:
    """The pages (from 1) with the label 1 after another page with a label."""
    return frozenset(at for at, (before, label) in enumerate(itertools.pairwise(labels), 2) if before and label == "1")
