"""Tables without header boxes: a table that goes on from the page before, or a header that is not shaded.

They are found by the rules that belong to no other table. Rules that cannot be read as a table are reported.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence

from extractors.model import Issue, Where, rounded
from extractors.readers.ends import LINES_OF_TEXT, columns_of
from extractors.readers.frames import Frame
from extractors.readers.headers import Run, alleys, page_runs, straddles
from extractors.readers.lines import Row, is_heavy, rows_of_page
from extractors.readers.marks import Marks, Rectangle, Word
from extractors.readers.tolerances import TOLERANCE


def find_bare_tables(
    marks: Marks, frames: Sequence[Frame], known: Sequence[float], limit: float
) -> tuple[list[Frame], list[Issue]]:
    """The tables of a page that have no header boxes, and an error for rules that no table could be made of.

    ``frames`` are the tables already found, ``known`` the column edges of the last table of the page before, ``limit``
    the height at which the reference list begins.
    """
    rows = rows_of_page(marks)
    head = TOLERANCE.head * marks.height
    free = [run for run in page_runs(marks.rules) if head < run[0].top < limit and is_free(run, frames, rows)]
    found: list[Frame] = []
    issues: list[Issue] = []
    while free:
        chain = above_heading(chain_of(free, frames), rows)
        free = [run for run in free if run not in chain]
        frame = frame_of(chain, rows, known, head)
        if frame is not None:
            found.append(frame)
            free = [run for run in free if run[0].top > frame.bottom]
        elif holds_small_type(chain, rows):
            issues.append(unread_issue(chain, marks.number))
    return found, issues


def holds_small_type(chain: Sequence[Run], rows: Sequence[Row]) -> bool:
    """Whether words stand between the rules in the type of cells. Rules may also separate parts of a title page."""
    held = between(rows, chain[0][0].top, chain[-1][0].top)
    return bool(held) and statistics.median(row[0].size for row in held) < TOLERANCE.body_size


def unread_issue(chain: Sequence[Run], page: int) -> Issue:
    box = rounded(chain[0][0].x0, chain[0][0].top, max(run[-1].x1 for run in chain), chain[-1][0].top)
    message = f"{len(chain)} rules at this place look like those of a table, but no table could be read"
    return Issue("table_unread", "error", message, Where(page, box))


def is_free(run: Run, frames: Sequence[Frame], rows: Sequence[Row]) -> bool:
    """Whether a run of rules is long, belongs to no table and underlines no words."""
    left, right, height = run[0].x0, run[-1].x1, run[0].top
    if right - left < TOLERANCE.long_rule:
        return False
    side = TOLERANCE.rule_end
    if any(
        frame.top - side < height < frame.bottom + side and left < frame.edges[-1] and right > frame.edges[0]
        for frame in frames
    ):
        return False
    return not underlines(run, [word for row in rows for word in row])


def underlines(run: Run, words: Sequence[Word]) -> bool:
    """Whether a run of rules is a line under words. Such a line begins or ends with them; the words of a cell stand off
    from its borders."""
    left, right, height, side = run[0].x0, run[-1].x1, run[0].top, TOLERANCE.rule_end
    above = [
        word
        for word in words
        if word.top < height < word.bottom + TOLERANCE.underline and word.x1 > left and word.x0 < right
    ]
    if above and min(word.x0 for word in above) > left + side and max(word.x1 for word in above) < right - side:
        return False
    covered = sum(min(word.x1, right) - max(word.x0, left) for word in above)
    return covered >= TOLERANCE.underlined * (right - left)


def chain_of(free: Sequence[Run], frames: Sequence[Frame]) -> list[Run]:
    """The first free run of rules and those below it that lie within its ends, down to the next table."""
    first = free[0]
    side, left, right = TOLERANCE.rule_end, first[0].x0, first[-1].x1
    end = min((frame.top for frame in frames if frame.top > first[0].top), default=float("inf"))
    return [run for run in free if run[0].top < end and left - side < run[0].x0 and run[-1].x1 < right + side]


def above_heading(chain: Sequence[Run], rows: Sequence[Row]) -> Sequence[Run]:
    """The rules down to the first heading or caption between two of them: the next table is below it."""
    for number, (upper, lower) in enumerate(itertools.pairwise(chain), 1):
        if any(is_bold(row) and row[0].size > TOLERANCE.body_size for row in between(rows, upper[0].top, lower[0].top)):
            return chain[:number]
    return chain


def frame_of(chain: Sequence[Run], rows: Sequence[Row], known: Sequence[float], head: float) -> Frame | None:
    """A table from rules that lie below each other; None if they have no columns, or neither header nor beginning."""
    side, first = TOLERANCE.rule_end, chain[0][0].top
    left, right = chain[0][0].x0 - side, chain[0][-1].x1 + side
    inside = within(rows, left, right)
    same = fits(chain, known)
    edges = list(known) if same else edges_of(chain, inside)
    chain = above_text(chain, inside, edges)
    upper = rows_above(inside, first, edges, head)
    lower = between(inside, first, chain[-1][0].top)
    if not any(len(columns_of(row, edges)) > 1 for row in [*upper, *lower]):
        return None
    header = list(itertools.takewhile(is_bold, upper))
    above = [row for row in between(rows, head, first) if row not in upper]
    if not header and not (same and goes_on(upper, above)):
        if len(chain) == 1:
            return None
        if not upper:  # the header is between the first two rules
            header = between(lower, first, chain[1][0].top)
    return framed(edges, header, [*upper, *lower], chain)


def between(rows: Sequence[Row], top: float, bottom: float) -> list[Row]:
    """The lines between two heights."""
    return [row for row in rows if top < row[0].middle[1] < bottom]


def within(rows: Sequence[Row], left: float, right: float) -> list[Row]:
    """The lines that begin and end between two places."""
    return [row for row in rows if row[0].x0 > left and row[-1].x1 < right]


def goes_on(upper: Sequence[Row], above: Sequence[Row]) -> bool:
    """Whether a table begins the page: at most a repeated caption in bold is ``above`` its first lines ``upper``."""
    return not above or (bool(upper) and all(map(is_bold, above)))


def framed(edges: Sequence[float], header: Sequence[Row], body: Sequence[Row], chain: Sequence[Run]) -> Frame | None:
    """A frame for these columns, header lines and rules; None if no rule is below the header."""
    top, floor = header_place(header, body, chain)
    boxes = [Rectangle(x0, top, x1, floor) for x0, x1 in itertools.pairwise(edges)]
    rules = [rule for run in chain for rule in run if rule.top > floor + TOLERANCE.header_line]
    return Frame(boxes, rules) if rules else None


def header_place(header: Sequence[Row], body: Sequence[Row], chain: Sequence[Run]) -> tuple[float, float]:
    """Top and bottom of a header; of a header that is not printed, both are where the first row begins."""
    if not header:
        start = min(chain[0][0].top, min(word.top for word in body[0]) - TOLERANCE.row_start)
        return start, start
    top = min(word.top for word in header[0]) - TOLERANCE.row_start
    bottom = max(word.bottom for word in header[-1])
    close = (run[0].top for run in chain if bottom - 1 < run[0].top < bottom + TOLERANCE.header_rule)
    return top, next(close, bottom + TOLERANCE.row_start)


def is_bold(row: Row) -> bool:
    return all(is_heavy(word.font) for word in row)


def fits(chain: Sequence[Run], edges: Sequence[float]) -> bool:
    """Whether the first rules reach from the first to the last of these column edges, and most pieces between them end
    on one."""
    side = TOLERANCE.rule_end
    if not edges or abs(edges[0] - chain[0][0].x0) > side or abs(edges[-1] - chain[0][-1].x1) > side:
        return False
    ends = [x for run in chain for rule in run for x in (rule.x0, rule.x1) if edges[0] + side < x < edges[-1] - side]
    return not ends or 2 * sum(any(abs(x - edge) < side for edge in edges) for x in ends) > len(ends)


def edges_of(chain: Sequence[Run], rows: Sequence[Row]) -> list[float]:
    """Column edges: where the pieces of the rules end, else the alleys that all lines between the rules leave free."""
    left, right = chain[0][0].x0, chain[0][-1].x1
    inner: list[list[float]] = []
    for x in sorted(rule.x0 for run in chain for rule in run if rule.x0 > left + TOLERANCE.header_width):
        if inner and x - inner[-1][0] < TOLERANCE.rule_end:
            inner[-1].append(x)
        else:
            inner.append([x])
    borders = [statistics.median(xs) for xs in inner if len(xs) > 1 or len(chain) == 1]
    if not borders:
        borders = alleys([row for row in rows if chain[0][0].top < row[0].middle[1] < chain[-1][0].top], left)
    return [left, *borders, right]


def above_text(chain: Sequence[Run], rows: Sequence[Row], edges: Sequence[float]) -> Sequence[Run]:
    """The rules down to the first running text between two of them."""
    for number, (upper, lower) in enumerate(itertools.pairwise(chain), 1):
        if sum(straddles(row, edges) for row in between(rows, upper[0].top, lower[0].top)) >= LINES_OF_TEXT:
            return chain[:number]
    return chain


def rows_above(rows: Sequence[Row], first: float, edges: Sequence[float], head: float) -> list[Row]:
    """The lines above the first rule that stand in the table's columns, from the top."""
    out: list[Row] = []
    below = first
    for row in reversed([row for row in rows if head < row[0].middle[1] < first]):
        bottom = max(word.bottom for word in row)
        same = not out or abs(row[0].size - out[-1][0].size) < TOLERANCE.same_size
        if (
            straddles(row, edges)
            or below - bottom > TOLERANCE.next_row
            or not same
            or row[0].size > TOLERANCE.body_size
        ):
            break
        out.append(row)
        below = min(word.top for word in row)
    return out[::-1]
