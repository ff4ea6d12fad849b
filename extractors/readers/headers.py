"""Header boxes of one page, put right by the rules below them: boxes that are no header, and columns without a box."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterable, Sequence

from extractors.readers.lines import Row, is_heavy
from extractors.readers.marks import Rectangle, Word
from extractors.readers.tolerances import TOLERANCE

Run = Sequence[Rectangle]  # rules, or boxes, that stand side by side


def page_runs(rules: Iterable[Rectangle]) -> list[list[Rectangle]]:
    """The rules of a page from the top, each run from left to right: rules at one height that touch."""
    levels: list[list[Rectangle]] = []
    for rule in sorted(rules, key=lambda r: r.top):
        if levels and rule.top - levels[-1][0].top < TOLERANCE.same_height:
            levels[-1].append(rule)
        else:
            levels.append([rule])
    runs: list[list[Rectangle]] = []
    for level in levels:
        end = float("-inf")
        for rule in sorted(level):
            if rule.x0 - end > TOLERANCE.rule_end:
                runs.append([])
            runs[-1].append(rule)
            end = max(end, rule.x1) if len(runs[-1]) > 1 else rule.x1
    return runs


def straddles(row: Row, edges: Sequence[float]) -> bool:
    """Whether a line of words runs over an inner edge of these columns, as running text does and cells do not."""
    side, gap = TOLERANCE.over_edge, TOLERANCE.cell_gap
    inner = edges[1:-1]
    for edge in inner:  # loops without calls: pages have thousands of words beside edges
        for word in row:
            if word.x0 < edge - side and word.x1 > edge + side:
                return True
    for left, right in itertools.pairwise(row):
        if right.x0 - left.x1 < gap:
            for edge in inner:
                if left.x0 + left.x1 < 2 * edge <= right.x0 + right.x1:
                    return True
    return False


def without_marked_cells(
    headers: Sequence[list[Rectangle]], runs: Sequence[Run], rows: Sequence[Row]
) -> list[list[Rectangle]]:
    """Leave out the boxes that mark a cell or a row of the table above them (a marker, shaded rows)."""
    kept: list[list[Rectangle]] = []
    for header in sorted(headers, key=lambda boxes: boxes[0].top):
        if not any(is_marked_cell(header, above, runs, rows) for above in kept):
            kept.append(header)
    return kept


def is_marked_cell(header: Run, above: Run, runs: Sequence[Run], rows: Sequence[Row]) -> bool:
    """Whether boxes lie among the rows of the table under the header ``above``.

    Its rules go on below them, no running text or caption is between, and they hold another type than a header's bold,
    or mark some of the columns only.
    """
    side, floor, top = TOLERANCE.rule_end, above[-1].bottom, header[0].top
    edges = [above[0].x0, *(box.x1 for box in above)]
    if (
        floor > top + side
        or len(header) > len(above)
        or header[0].x0 < edges[0] - side
        or header[-1].x1 > edges[-1] + side
    ):
        return False
    own = [run[0].top for run in runs if run[0].top > floor and covers(run, edges[0], edges[-1])]
    if max(own, default=0.0) <= header[0].bottom - side:
        return False
    last = max((height for height in own if height < top + side), default=floor)
    if is_parted(rows, last, top, edges):
        return False
    return not covers(header, edges[0], edges[-1]) or not holds_bold_only(header, rows)


def is_parted(rows: Sequence[Row], last: float, top: float, edges: Sequence[float]) -> bool:
    """Whether running text, a caption or blank paper is between a table's last rule and the boxes below it."""
    between = [row for row in rows if last <= row[0].middle[1] < top]
    if not between:
        return top - last > TOLERANCE.rule_end
    return any(straddles(row, edges) for row in between)


def covers(parts: Run, left: float, right: float) -> bool:
    """Whether boxes or rules beside each other begin and end at these places."""
    return abs(parts[0].x0 - left) < TOLERANCE.rule_end and abs(parts[-1].x1 - right) < TOLERANCE.rule_end


def holds_bold_only(boxes: Run, rows: Sequence[Row]) -> bool:
    """Whether all words in these boxes are bold."""
    words = (word for row in rows for word in row)
    return all(is_heavy(word.font) for word in words if any(box.holds(*word.middle) for box in boxes))


def complete_headers(
    headers: Sequence[list[Rectangle]], runs: Sequence[Run], rows: Sequence[Row], foot: float
) -> list[list[Rectangle]]:
    """Add the boxes of columns that have none, if the rules below a header run on beside it or over a gap in it."""
    ordered = sorted(headers, key=lambda boxes: (boxes[0].bottom, boxes[0].x0))
    done: list[list[Rectangle]] = []
    while ordered:
        header = ordered.pop(0)
        near = header[0].bottom - TOLERANCE.same_height
        end = min((other[0].top for other in ordered if other[0].top > near), default=foot)
        below = runs_below(header, runs, rows, end)
        beside = [other for other in ordered if beside_at_height(other, header)]
        parts, header = joined_boxes(header, beside, below, rows)
        ordered = [other for other in ordered if other not in parts]
        floor, left = header[0].bottom, header[0].x0
        own = [run[0].top for run in runs if floor < run[0].top < end and abs(run[0].x0 - left) < TOLERANCE.rule_end]
        lowest = max(own, default=floor)
        inner = [row for row in rows if floor < row[0].middle[1] < lowest]
        done.append(divided_bar(header, below, inner, rows) or without_empty_columns(header, inner, rows))
    return done


def divided_bar(header: Run, below: Sequence[Run], inner: Sequence[Row], rows: Sequence[Row]) -> list[Rectangle]:
    """The boxes of the columns under a header that is drawn as one bar; empty if it is none.

    Columns end where the rules ``below`` are pieced, or else at the alleys that the lines ``inner`` of the table leave
    free. No word of the bar stands on such an edge, and the words stand in several columns.
    """
    bar = header[0]
    if len(header) > 1 or not below:
        return []
    held = within(bar, rows)
    edges = [box.x0 for box in boxes_between(bar.x0, bar.x1, ends_of(below), bar)]
    if len(edges) == 1:
        edges += alleys([*held, *within(bar._replace(bottom=math.inf), inner)], bar.x0)
    boxes = [bar._replace(x0=x0, x1=x1) for x0, x1 in itertools.pairwise([*edges, bar.x1])]
    filled = sum(bool(within(box, held)) for box in boxes)
    return boxes if filled > 1 and not any(straddles(row, [*edges, bar.x1]) for row in held) else []


def within(box: Rectangle, rows: Sequence[Row]) -> list[list[Word]]:
    """The words of these lines that stand in a box, line by line."""
    held = ([word for word in row if box.holds(*word.middle)] for row in rows)
    return [words for words in held if words]


def alleys(rows: Sequence[Row], left: float) -> list[float]:
    """The right ends of the vertical alleys between columns that all lines leave free, less a margin."""
    out: list[float] = []
    end = left
    for x0, x1 in sorted((word.x0, word.x1) for row in rows for word in row):
        if end > left and x0 - end > TOLERANCE.alley:
            out.append(x0 - TOLERANCE.alley / 2)
        end = max(end, x1)
    return out


def runs_below(header: Run, runs: Sequence[Run], rows: Sequence[Row], end: float) -> list[Run]:
    """The runs of rules below a header, down to the next header or to the first running text."""
    floor, left, right = header[0].bottom, header[0].x0, header[-1].x1
    edges = [-math.inf, left, *(box.x1 for box in header), math.inf]
    text = (row[0].top for row in rows if row[0].middle[1] > floor and straddles(row, edges))
    end, width = min(end, next(text, end)), TOLERANCE.header_width
    level = [run for run in runs if floor - TOLERANCE.header_overlap < run[0].top < end]
    return [run for run in level if run[0].x0 < right - width and run[-1].x1 > left + width]


def joined_boxes(
    header: list[Rectangle], beside: Sequence[list[Rectangle]], below: Sequence[Run], rows: Sequence[Row]
) -> tuple[list[list[Rectangle]], list[Rectangle]]:
    """A header with the boxes that it lacks, and which of the headers ``beside`` it are parts of it.

    ``below`` are the runs of rules below it. A column without a box has words between these.
    """
    left, right, width = header[0].x0, header[-1].x1, TOLERANCE.header_width
    filled = middles_between(rows, header[0].bottom, max((run[0].top for run in below), default=0.0))
    edges = ends_of(below)
    x0 = common_end([run[0].x0 for run in below], left, -1)
    x1 = common_end([run[-1].x1 for run in below], right, 1)
    parts: list[list[Rectangle]] = []
    if x0 is not None and any(x0 < x < left for x in filled):
        header = [*boxes_between(x0, left, edges, header[0]), *header]
    if x1 is not None and any(right < x < x1 for x in filled):
        parts = [other for other in beside if other[0].x0 < x1 - width]
        for other in parts:
            header = [*header, *boxes_between(header[-1].x1, other[0].x0, edges, header[-1]), *other]
        if header[-1].x1 < x1 - width:
            header = [*header, *boxes_between(header[-1].x1, x1, edges, header[-1])]
    return parts, header


def ends_of(runs: Sequence[Run]) -> list[float]:
    """Where the pieces of these rules begin and end."""
    return [x for run in runs for rule in run for x in (rule.x0, rule.x1)]


def middles_between(rows: Sequence[Row], top: float, bottom: float) -> list[float]:
    """The middles of the words between two heights."""
    return [(w.x0 + w.x1) / 2 for row in rows for w in row if top < (w.top + w.bottom) / 2 < bottom]


def beside_at_height(other: Run, header: Run) -> bool:
    """Whether boxes stand right of a header at its height."""
    return abs(other[0].bottom - header[0].bottom) < TOLERANCE.same_height and header[-1].x1 < other[0].x0


def without_empty_columns(header: list[Rectangle], below: Sequence[Row], rows: Sequence[Row]) -> list[Rectangle]:
    """Join a box without words to the one on its left if lines of words below run over the edge between them.

    A header cell may be drawn in two boxes (Burkina Faso 2015, page 6).
    """
    joined = header[:1]
    middles = middles_beside(header, rows)
    for box in header[1:]:
        if any(box.holds(*middle) for middle in middles):
            joined.append(box)
            continue
        last = joined[-1]
        over = sum(straddles(row, [last.x0, box.x0, box.x1]) for row in below)
        apart = sum(
            any(last.x0 < word.middle[0] < box.x0 for word in row) and any(word.middle[0] > box.x0 for word in row)
            for row in below
        )
        if 2 * over > apart:
            joined[-1] = Rectangle(last.x0, last.top, box.x1, last.bottom)
        else:
            joined.append(box)
    return joined


def middles_beside(boxes: Run, rows: Sequence[Row]) -> list[tuple[float, float]]:
    """The middles of the words that stand at the height of these boxes."""
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    return [word.middle for row in rows for word in row if word.top <= bottom and word.bottom >= top]


def common_end(ends: Sequence[float], edge: float, side: int) -> float | None:
    """Where most rules end that run beyond a header's edge, to its right (``side`` 1) or left (-1); else None."""
    beyond = [end for end in ends if side * (end - edge) > TOLERANCE.header_width]
    if not beyond or 2 * len(beyond) < len(ends):
        return None
    usual = statistics.median_low(beyond)
    same = sum(abs(end - usual) < TOLERANCE.rule_end for end in beyond)
    return usual if 2 * same > len(ends) else None


def boxes_between(left: float, right: float, edges: Sequence[float], like: Rectangle) -> list[Rectangle]:
    """Boxes for the columns from ``left`` to ``right``, as high as the box ``like``; ``edges`` are ends of rules."""
    inner = sorted(x for x in edges if left + TOLERANCE.header_width < x < right - TOLERANCE.header_width)
    borders = [left]
    for x, same in itertools.groupby(inner, key=round):
        if len(list(same)) > 1 and x - borders[-1] > TOLERANCE.header_width:
            borders.append(float(x))
    return [Rectangle(a, like.top, b, like.bottom) for a, b in itertools.pairwise([*borders, right])]
