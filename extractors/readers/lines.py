"""Words of one page -> lines: which words stand on one line, the line's text, place and style."""

from __future__ import annotations

import bisect
import functools
import itertools
import operator
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.model import BBox, Issue, Line, Style, Where, rounded
from extractors.readers.content import Link
from extractors.readers.marks import Marks, Word
from extractors.readers.tolerances import TOLERANCE


@dataclass(slots=True)
class Progress:
    """What the layout of one page passes to the next page of the same file.

    ``last``: number of the last line made. ``columns``: whether the reference list has begun. ``edges``: left edge in
    points of its left (0) and right (1) column. ``room``: points left free beside the last line of running text, None
    if the page did not end with one. ``table``: column edges of the last table. ``issues``: findings about tables.
    """

    last: int = 0
    columns: bool = False
    edges: dict[int, float] = field(default_factory=dict)
    room: float | None = None
    table: list[float] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def add_first(self, issues: Iterable[Issue]) -> None:
        """Keep the first of some findings, unless its page has one of the same check or a table that was not read: one
        cause has one finding."""
        first = next(iter(issues), None)
        known = {x.check for x in self.issues if first and x.where.page == first.where.page}
        if first and not known & {first.check, "table_unread"}:
            self.issues.append(first)

    def next(self) -> int:
        """Return the number of a new line; lines are numbered from 1 through the whole file in the order of making."""
        self.last += 1
        return self.last


LINK_WIDTH = 1.0  # points that a link annotation and its line share
LINK_HEIGHT = 0.5  # of the lower one; an annotation that shares less is on the line above or below
Row = Sequence[Word]  # the words of one line, from left to right
left_edge = operator.attrgetter("x0")


def rows_of_words(words: Iterable[Word]) -> list[list[Word]]:
    """Group words into rows, from the top of the page to the bottom, and each row's words from left to right.

    Small type comes last: a raised marker joins the row of the words beside it instead of beginning one.
    """
    marker_size = TOLERANCE.marker_size
    ordered = sorted(words, key=lambda word: word.top + word.bottom)
    large, small = RowIndex(), RowIndex()
    tallest = 0.0
    for word in [*(w for w in ordered if w.size >= marker_size), *(w for w in ordered if w.size < marker_size)]:
        row = (small.rows and small.beside(word, tallest)) or large.beside(word, tallest)
        if row:
            row.append(word)
            continue
        (small if word.size < marker_size else large).begin(word)
        tallest = max(tallest, word.bottom - word.top)
    rows = sorted(large.rows + small.rows, key=lambda row: row[0].top)
    for row in rows:
        row.sort(key=left_edge)
    return rows


def rows_of_page(marks: Marks) -> list[list[Word]]:
    """The rows of all words of a page. They are made once and kept with the marks, until words are added."""
    count, rows = marks.rows
    if count != len(marks.words):
        rows = rows_of_words(marks.words)
        marks.rows = len(marks.words), rows
    return rows


class RowIndex:
    """Rows of words, begun from the top down, with the middle height of the word that each begins with."""

    def __init__(self) -> None:
        self.middles: list[float] = []
        self.rows: list[list[Word]] = []

    def begin(self, word: Word) -> None:
        self.middles.append((word.top + word.bottom) / 2)
        self.rows.append([word])

    def beside(self, word: Word, reach: float) -> list[Word] | None:
        """The lowest row on whose line a word stands, among those with a middle less than ``reach`` points away."""
        if not self.rows:
            return None
        top, bottom, middles = word.top, word.bottom, self.middles
        middle = (top + bottom) / 2
        at, end = bisect.bisect_right(middles, middle + reach), middle - reach
        while at and middles[at - 1] >= end:
            at -= 1
            first = self.rows[at][0]
            if first.top < middle < first.bottom and shares_line(first, top, bottom):
                return self.rows[at]
        return None


def shares_line(first: Word, top: float, bottom: float) -> bool:
    """Whether a word of this height stands on the line that ``first`` begins; its middle lies within that word."""
    own, other = bottom - top, first.bottom - first.top
    lowest = bottom if bottom < first.bottom else first.bottom
    highest = top if top > first.top else first.top
    return lowest - highest > TOLERANCE.shared_line * (own if own < other else other)


def text_of_words(row: Sequence[Word]) -> str:
    """Join the words of a row, with a blank where the file has a blank character or the page a gap."""
    parts = [row[0].text]
    gap = TOLERANCE.letter_gap
    for left, right in itertools.pairwise(row):
        if right.spaced or right.x0 - left.x1 >= gap * max(left.size, right.size):
            parts.append(" ")
        parts.append(right.text)
    out = "".join(parts)
    return out if out.isascii() else unicodedata.normalize("NFC", out)


def split_at_gaps(row: Sequence[Word], gap: float) -> list[list[Word]]:
    """Cut a row wherever two words are more than ``gap`` points apart."""
    parts = [[row[0]]]
    for word in row[1:]:
        if word.x0 - parts[-1][-1].x1 > gap:
            parts.append([])
        parts[-1].append(word)
    return parts


def bbox_of(words: Sequence[Word]) -> BBox:
    """The box around words, in points from the page's top left corner."""
    left, top = min([w.x0 for w in words]), min([w.top for w in words])
    return rounded(left, top, max([w.x1 for w in words]), max([w.bottom for w in words]))


def make_line(row: Sequence[Word], page: int, progress: Progress, left: float, gap: bool, zone: Any) -> Line:
    widest = max(row, key=lambda w: len(w.text))
    fonts = {w.font for w in row}
    bold, italic = (any(map(test, fonts)) and most_letters(row, test) for test in (is_heavy, is_slanted))
    return Line(
        number=progress.next(),
        text=text_of_words(row),
        where=Where(page=page, bbox=bbox_of(row)),
        gap=gap,
        zone=zone,
        style=Style(round(widest.size, 1), bold, italic),
        indent=round(row[0].x0 - left, 1),
    )


def most_letters(row: Sequence[Word], test: Callable[[str], bool]) -> bool:
    """Whether most letters of a line are of a font of this kind."""
    return sum(len(w.text) for w in row if test(w.font)) > sum(len(w.text) for w in row) / 2


@functools.lru_cache(1000)
def is_slanted(font: str) -> bool:
    """Whether a font's name says that it is italic."""
    return bool(re.search("ital|-it$|oblique", font, re.I))


@functools.lru_cache(1000)
def is_heavy(font: str) -> bool:
    """Whether a font's name says that it is bold."""
    return bool(re.search("bold|black|heavy", font, re.I))


def links_on(box: BBox | None, links: Sequence[Link]) -> tuple[str, ...]:
    """The addresses of the link annotations that lie on the line with this box."""
    if box is None:
        return ()
    found = []
    for place, address in links:
        width, height = min(box[2], place[2]) - max(box[0], place[0]), min(box[3], place[3]) - max(box[1], place[1])
        if width > LINK_WIDTH and height > LINK_HEIGHT * min(box[3] - box[1], place[3] - place[1]):
            found.append(address)
    return tuple(found)
