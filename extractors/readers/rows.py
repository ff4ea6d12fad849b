"""Rules and white space -> rows: which heights divide the rows of a table, and which columns each of them crosses.

A rule alone does not decide. Lines inside a row lie close to each other (0 to 1 point apart), rows lie 3 points apart
or more. So a rule that runs through the lines of a cell is misplaced, and white space over all columns as high as
that between other rows divides two rows whose rule is missing or cut.
"""

from __future__ import annotations

import bisect
import itertools
import math
import statistics
from collections.abc import Iterable, Sequence

from extractors.readers.frames import merge_heights, same_height
from extractors.readers.marks import Rectangle, Word
from extractors.readers.tolerances import TOLERANCE

Span = tuple[float, float]
SIGNS = frozenset("✓✔✗✘✕✖☓❌")
FEW_RULES = 2  # fewer rules do not show how high the white space between the rows of a table is


def find_rows(
    rules: Sequence[Rectangle], columns: Sequence[Sequence[Word]], edges: Sequence[float], floor: float
) -> tuple[list[float], list[list[bool]]]:
    """The heights between the rows of one table, from the header's floor to its last rule, and for each column which of
    them end a cell. ``columns`` holds the words below the header by column, ``edges`` are the column edges."""
    finder = RowFinder(rules, columns, edges, floor)
    finder.drop_misplaced()
    finder.split_cells()
    finder.cut_rows()
    return finder.heights, finder.crossed


class RowFinder:
    """The heights between the rows of one table, in steps; each step relies on those before it."""

    def __init__(
        self, rules: Sequence[Rectangle], columns: Sequence[Sequence[Word]], edges: Sequence[float], floor: float
    ) -> None:
        self.heights = [floor, *merge_heights(rule.top for rule in rules)]
        self.words = [[extent(word) for word in words] for words in columns]
        self.lines = [merge_spans(words) for words in self.words]
        self.crossed: list[list[bool]] = []
        for left, right in itertools.pairwise(edges):
            middle, side = (left + right) / 2, TOLERANCE.column_side
            own = merge_heights(rule.top for rule in rules if rule.x0 - side < middle < rule.x1 + side)
            crossed = [any(same_height(height, rule) for rule in own) for height in self.heights]
            crossed[0] = crossed[-1] = True
            self.crossed.append(crossed)
        self.usual, self.known = self.usual_gap()
        leading = self.usual_leading()
        self.least = max(TOLERANCE.row_gap, TOLERANCE.usual_gap * self.usual, (leading + self.usual) / 2)
        self.tight = max(min(TOLERANCE.row_gap, TOLERANCE.usual_gap * self.usual), leading + TOLERANCE.more_leading)

    def usual_gap(self) -> tuple[float, bool]:
        """The usual white space around a rule of this table, in points, and whether enough rules show it.

        A table of one row shows it above its first line and below its last one.
        """
        gaps = [gap for i in range(1, len(self.heights) - 1) if 0 < (gap := self.gap_at(i)) < math.inf]
        if len(gaps) >= FEW_RULES:
            return statistics.median(gaps), True
        lines = merge_spans(span for column in self.lines for span in column)
        if not lines:
            return 0.0, False
        around = max(0.0, lines[0][0] - self.heights[0]) + max(0.0, self.heights[-1] - lines[-1][1])
        return min([around, *gaps]), False

    def usual_leading(self) -> float:
        """The usual white space between the lines of one cell, where no rule is."""
        reach = TOLERANCE.rule_in_line
        inner = [
            below - above
            for lines in self.lines
            for (_, above), (below, _) in itertools.pairwise(lines)
            if below - above < TOLERANCE.clearly_less * self.usual
            and not any(above - reach <= height <= below + reach for height in self.heights)
        ]
        return statistics.median(inner) if inner else 0.0

    def gap_at(self, i: int) -> float:
        """The white space around a height, in the columns that it crosses; 0 if it runs through a line."""
        return gap_around(self.lines_of(i, i), self.heights[i])

    def lines_of(self, first: int, last: int) -> list[Span]:
        """The lines of all columns of which cells begin at one of these heights and end at the other."""
        own = (
            lines for lines, crossed in zip(self.lines, self.crossed, strict=True) if crossed[first] and crossed[last]
        )
        return merge_spans(span for lines in own for span in lines)

    def drop_misplaced(self) -> None:
        """Leave out rules that run through a line, or between the lines of one paragraph."""
        for i in reversed(range(1, len(self.heights) - 1)):
            gap = self.gap_at(i)
            if gap < self.tight and not self.is_tight(i):
                del self.heights[i]
                for crossed in self.crossed:
                    del crossed[i]

    def is_tight(self, i: int) -> bool:
        """Whether a rule divides two rows that are set close (Ghana 2016, page 4), although no white space shows it.

        It runs through no line. It crosses a single column (a rule through a row would cross all), or three columns
        have words on both sides, or a column begins below it (a group head has no answers; Argentina 2016, page 3).
        Beside it there is no white space that divides rows: else it was moved away from there.
        """
        start, height, end = self.heights[i - 1 : i + 2]
        whole = between(self.lines_of(i, i), start, end)
        if any(below - above >= self.least for (_, above), (below, _) in itertools.pairwise(whole)):
            return False
        reach = TOLERANCE.tight_rule
        own = [words for words, crossed in zip(self.words, self.crossed, strict=True) if crossed[i]]
        both = only_below = 0
        for words in own:
            cell = between(words, start, end)
            if any(top + reach < height < bottom - reach for top, bottom in cell):
                return False
            above = sum(top + bottom < 2 * height for top, bottom in cell)
            both += 0 < above < len(cell)
            only_below += above == 0 < len(cell)
        return bool(both) and (len(own) == 1 or both > 2 or only_below > 0)

    def split_cells(self) -> None:
        """End a cell at a height that crosses other columns, if its words lie above and below with a row's gap."""
        for lines, crossed in zip(self.lines, self.crossed, strict=True):
            for i in range(1, len(self.heights) - 1):
                if not crossed[i]:
                    crossed[i] = self.splits(lines, crossed, i)

    def splits(self, lines: Sequence[Span], crossed: Sequence[bool], i: int) -> bool:
        """Whether a cell that reaches over a height has a row's white space there, as between two cells of one row.

        The words below it begin right under this height, as those of a row do (Nicaragua 2013, page 7: one area printed
        twice in a cell of eight rows).
        """
        start = next(j for j in range(i - 1, -1, -1) if crossed[j])
        end = crossed.index(True, i + 1)
        reach, height = TOLERANCE.rule_in_line, self.heights[i]
        inner = self.heights[start + 1 : end]
        cell = between(lines, self.heights[start], self.heights[end])
        for (_, above), (below, _) in itertools.pairwise(cell):
            if below - above >= self.least and above - reach <= height <= below + reach:
                held = [other for other in inner if above - reach <= other <= below + reach]
                return held[-1] == height and below - height <= TOLERANCE.row_start_share * self.usual
        return False

    def cut_rows(self) -> None:
        """Divide rows at white space that is as high as that at the rules."""
        for i in reversed(range(len(self.heights) - 1)):
            start, end = self.heights[i], self.heights[i + 1]
            whole = between(self.lines_of(i, i + 1), start, end)
            for above, below in reversed(list(itertools.pairwise(whole))):
                if below[0] - above[1] >= self.least and self.divides(i, above[1], below[0]):
                    self.insert(i, (above[1] + below[0]) / 2)

    def divides(self, i: int, above: float, below: float) -> bool:
        """Whether white space from ``above`` to ``below`` in row ``i`` divides two rows, and not two paragraphs.

        Beside a paragraph break only the text goes on (India 2020, page 11): the first column, or every column, must go
        on too. A single column beside a cell of several rows has only the height of the space to go by.
        """
        own = self.whole_columns(i)
        start, end = self.heights[i], self.heights[i + 1]
        filled = {c: cell for c in own if (cell := between(self.lines[c], start, end))}
        both = {c for c, cell in filled.items() if cell[0][1] <= above and cell[-1][0] >= below}
        if 0 in own and len(self.lines) > 1:
            return 0 in both and (len(both) > 1 or len(own) == 1)
        if len(own) > 1:
            return both == filled.keys()
        return bool(both) and self.known and below - above < TOLERANCE.most_usual * self.usual

    def whole_columns(self, i: int) -> list[int]:
        """The numbers of the columns that have a cell of their own in row ``i``."""
        return [c for c, crossed in enumerate(self.crossed) if crossed[i] and crossed[i + 1]]

    def insert(self, i: int, height: float) -> None:
        """Add a height below row ``i``'s upper end. It crosses the columns that it divides."""
        for crossed in self.crossed:
            crossed.insert(i + 1, crossed[i] and crossed[i + 1])
        self.heights.insert(i + 1, height)
        for lines, crossed in zip(self.lines, self.crossed, strict=True):
            if not crossed[i + 1]:
                crossed[i + 1] = self.splits(lines, crossed, i + 1)


def extent(word: Word) -> Span:
    """The height that a word takes up. Of a tick or a cross, which may be set larger than the text, only its middle."""
    if word.text in SIGNS:
        middle = (word.top + word.bottom) / 2
        return middle, middle
    return word.top, word.bottom


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Join extents that overlap or touch, from the top."""
    out: list[Span] = []
    for top, bottom in sorted(spans):
        if out and top <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], bottom))
        else:
            out.append((top, bottom))
    return out


def between(spans: Sequence[Span], start: float, end: float) -> list[Span]:
    """Those extents whose middle lies between two heights."""
    return [span for span in spans if start <= (span[0] + span[1]) / 2 < end]


def gap_around(spans: Sequence[Span], height: float) -> float:
    """The white space between two extents around a height, in points.

    0 if the height runs through an extent, which it may touch a little; infinite if no extent is above or below it.
    """
    reach = TOLERANCE.rule_in_line
    at = bisect.bisect_left([(top + bottom) / 2 for top, bottom in spans], height)
    above = spans[at - 1][1] if at else -math.inf
    below = spans[at][0] if at < len(spans) else math.inf
    return max(0.0, below - above) if above - reach <= height <= below + reach else 0.0
