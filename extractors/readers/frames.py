"""Find the tables of a page: header boxes that touch, and the horizontal rules below that fit their edges.

The report's tables have horizontal rules only. So the edges of a table's grey header boxes are its columns, and its
rows lie between rules whose ends lie on those edges.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractors.readers.headers import complete_headers, page_runs, without_marked_cells
from extractors.readers.lines import rows_of_page
from extractors.readers.marks import Marks, Rectangle
from extractors.readers.tolerances import TOLERANCE


@dataclass(slots=True)
class Frame:
    """One table, or the part of it on this page: its header boxes from left to right, and the rules below them.

    ``over`` holds boxes that lie on the header: a head for several columns ("Percent" over three territories, Pakistan
    2017, page 1), or a band over all of them ("ANGUILLA", British Virgin Islands 2016, page 6).
    """

    header: list[Rectangle]
    rules: list[Rectangle] = field(default_factory=list)
    over: list[Rectangle] = field(default_factory=list)

    @property
    def edges(self) -> list[float]:
        """The column edges from left to right, one more than there are columns."""
        return [self.header[0].x0, *(box.x1 for box in self.header)]

    @property
    def top(self) -> float:
        return min(box.top for box in (*self.header, *self.over))

    @property
    def floor(self) -> float:
        """Where the header ends and the first row begins."""
        return max(box.bottom for box in self.header)

    @property
    def bottom(self) -> float:
        return max((rule.bottom for rule in self.rules), default=self.floor)

    @property
    def area(self) -> Rectangle:
        """Where the words of this table may stand."""
        left, right = self.edges[0] - TOLERANCE.table_side, self.edges[-1] + TOLERANCE.table_side
        return Rectangle(left, self.top - TOLERANCE.row_start, right, self.bottom + TOLERANCE.row_end)

    @property
    def bands(self) -> bool:
        """Whether every column has a box lying on it, as under a band over the whole header."""
        return all(any(lies_on(band, column) for band in self.over) for column in self.header)


def find_frames(marks: Marks) -> list[Frame]:
    """The header boxes of a page that hold a word, from the top, with the rules below that fit them, if any."""
    foot = TOLERANCE.foot * marks.height
    middles = sorted((y, x) for x, y in (word.middle for word in marks.words))
    runs, rows = page_runs(marks.rules), rows_of_page(marks)
    headers = group_header_boxes(box for box in marks.boxes if box.bottom < foot)
    headers = complete_headers(without_marked_cells(headers, runs, rows), runs, rows, foot)
    frames = [Frame(header) for header in headers if any(holds_any(box, middles) for box in header)]
    frames.sort(key=lambda frame: frame.top)
    frames = join_upper_boxes(frames)
    add_rules(frames, marks.rules, foot)
    return frames


def add_rules(frames: Sequence[Frame], rules: Sequence[Rectangle], foot: float) -> None:
    """Give each frame its rules: those between its header and the next table below it, or the foot of the page."""
    spans = [(frame.top, frame.edges[0], frame.edges[-1]) for frame in frames]
    overlap = TOLERANCE.header_overlap
    for frame, (_, left, right) in zip(frames, spans, strict=True):
        start, floor = frame.floor - overlap, frame.floor + overlap
        end = min((top for top, x0, x1 in spans if top > floor and x0 < right and left < x1), default=foot)
        frame.rules = fitting_rules((rule for rule in rules if start <= rule.top < end), frame.edges)


def group_header_boxes(boxes: Iterable[Rectangle]) -> list[list[Rectangle]]:
    """Group the boxes that may be a header: each group touches side by side; a box painted twice is kept once."""
    headers: list[list[Rectangle]] = []
    by_bottom = HeightIndex()
    for box in sorted(boxes, key=lambda b: b.x0):
        if box.bottom - box.top < TOLERANCE.header_height or box.x1 - box.x0 < TOLERANCE.header_width:
            continue
        for index in by_bottom.near(box.bottom):
            last = headers[index][-1]
            if same_height(last.bottom, box.bottom) and abs(last.x1 - box.x0) < TOLERANCE.touching:
                headers[index].append(box)
                by_bottom.add(box.bottom, index)
                break
            if painted_twice(last, box):
                break
        else:
            by_bottom.add(box.bottom, len(headers))
            headers.append([box])
    return headers


def join_upper_boxes(frames: list[Frame]) -> list[Frame]:
    """Move boxes that lie on another header from their own frame to that header's; return the frames that are left."""
    by_top = HeightIndex()
    for index, frame in enumerate(frames):
        for box in frame.header:
            by_top.add(box.top, index)
    for frame in frames:
        for box in frame.header:
            for index in by_top.near(box.bottom):
                other = frames[index]
                if other is not frame and any(lies_on(box, below) for below in other.header):
                    other.over.append(box)
    upper = {box for frame in frames for box in frame.over}
    return [frame for frame in frames if upper.isdisjoint(frame.header)]


class HeightIndex:
    """Numbers stored under heights on the page, so that a look-up does not go through the whole page."""

    def __init__(self) -> None:
        self.strips: dict[int, set[int]] = {}

    def add(self, height: float, number: int) -> None:
        self.strips.setdefault(int(height // TOLERANCE.same_height), set()).add(number)

    def near(self, height: float) -> list[int]:
        """All numbers at the same height, in rising order; a few that lie a little farther away may be among them."""
        strip = int(height // TOLERANCE.same_height)
        none: set[int] = set()
        return sorted(none.union(*(self.strips.get(at, none) for at in (strip - 1, strip, strip + 1))))


def same_height(one: float, other: float) -> bool:
    """Whether two shapes are drawn at one height."""
    return abs(one - other) < TOLERANCE.same_height


def painted_twice(one: Rectangle, other: Rectangle) -> bool:
    """Whether two header boxes are the same box (their tops may differ)."""
    return (
        abs(one.bottom - other.bottom) < TOLERANCE.same_box
        and abs(one.x0 - other.x0) < TOLERANCE.same_box
        and abs(one.x1 - other.x1) < TOLERANCE.same_box
    )


def lies_on(box: Rectangle, below: Rectangle) -> bool:
    """Whether a box lies directly on another one and is at least as wide."""
    side = TOLERANCE.touching
    return same_height(box.bottom, below.top) and box.x0 < below.x0 + side and box.x1 > below.x1 - side


def holds_any(box: Rectangle, middles: Sequence[tuple[float, float]]) -> bool:
    """Whether one of these places, sorted pairs of (height, x), lies in a box."""
    start, end = bisect.bisect_left(middles, (box.top,)), bisect.bisect_right(middles, (box.bottom, math.inf))
    return any(box.x0 <= x <= box.x1 for _, x in middles[start:end])


# ---------------------------------------------------------------------------------------------- rules


@dataclass(slots=True)
class RuleRun:
    """Rules that touch at one height, from left to right; ``x1`` is the right end of the longest."""

    rules: list[Rectangle]
    x1: float

    @property
    def x0(self) -> float:
        return self.rules[0].x0

    @property
    def top(self) -> float:
        return self.rules[0].top

    def fits(self, edges: Sequence[float]) -> bool:
        """Whether both ends lie on column edges; of a run that covers most of the table, one end is enough.

        Beside an emblem a rule may begin inside the first column (Fiji 2018, page 2), or end early.
        """
        ends = sum(any(abs(end - edge) < TOLERANCE.rule_end for edge in edges) for end in (self.x0, self.x1))
        long = self.x1 - self.x0 > TOLERANCE.half_fitting_rule * (edges[-1] - edges[0])
        return ends == 2 or (ends == 1 and long)


def fitting_rules(rules: Iterable[Rectangle], edges: Sequence[float]) -> list[Rectangle]:
    """Those rules below a header that belong to its table.

    They fit the column edges and cover, at one height, more than a third of the table: an underlined address in the
    references below (Philippines 2015, page 9) does not.
    """
    covered: dict[int, float] = {}  # height in whole points -> total width of the rules there
    fitting: list[tuple[int, Rectangle]] = []
    for run in join_rules(rules, edges):
        if run.fits(edges):
            height = next((h for h in covered if same_height(h, run.top)), round(run.top))
            covered[height] = covered.get(height, 0.0) + run.x1 - run.x0
            fitting += [(height, rule) for rule in run.rules]
    least = TOLERANCE.short_rules * (edges[-1] - edges[0])
    return [rule for height, rule in fitting if covered[height] > least]


def join_rules(rules: Iterable[Rectangle], edges: Sequence[float]) -> list[RuleRun]:
    """Join rules within the table that touch at one height."""
    runs: list[RuleRun] = []
    by_top = HeightIndex()
    for rule in sorted(rules, key=lambda r: r.x0):
        if not (edges[0] - TOLERANCE.rule_end < rule.x0 and rule.x1 < edges[-1] + TOLERANCE.rule_end):
            continue
        for index in by_top.near(rule.top):
            run = runs[index]
            if same_height(run.rules[-1].top, rule.top) and rule.x0 - run.x1 < TOLERANCE.rule_end:
                run.rules.append(rule)
                run.x1 = max(run.x1, rule.x1)
                by_top.add(rule.top, index)
                break
        else:
            by_top.add(rule.top, len(runs))
            runs.append(RuleRun([rule], rule.x1))
    return runs


def merge_heights(tops: Iterable[float]) -> list[float]:
    """Rising heights; rules that are drawn piece by piece at one height give one."""
    out: list[float] = []
    for top in sorted(tops):
        if not out or top - out[-1] > TOLERANCE.merged_rules:
            out.append(top)
    return out
