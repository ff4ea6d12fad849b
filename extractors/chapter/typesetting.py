"""Compare how the lines of a chapter are set with how reports are set; every line that stands elsewhere is an error.

A rule or line that moved gives rows that look complete, but the page shows it: in a sound report the lines of a cell
begin at one height below each other, at the same left edge, and a page ends early only where the next part has no room.
"""

from __future__ import annotations

import itertools
import re
import statistics
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from extractors.chapter.tables import BULLETS, ChapterTable
from extractors.model import Cell, Chapter, Grid, Issue, Line, Where
from extractors.rules import current, fold
from extractors.rules.models import ColumnRule, Table

# Lengths are points.
LEAST_LEADING, MOST_LEADING = 0.84, 1.17
"""Of the usual distance between two lines of a cell. In 313 undamaged chapters no lines are closer or further apart,
but for paragraphs of a description, answers, and two cells that are read as one (Burundi 2014, page 1)."""
USUAL_LEADING = 1.15  # type sizes, for a type size of which a chapter has few lines
FEW_LINES = 5
LOWER = 6.0  # the first line of a cell may lie this far below the first lines beside it
SMALLER = 0.6  # the type of one line may differ this much from the others of its cell; notes are 1 point smaller
WORD_OR_YEAR = re.compile(r"[^\W\d_]{2}|(?:19|20)\d\d")
"""A word, or a year like the "– 2019" of a suggested action. A line with neither may be a stray sign or figure."""
INDENT = 40.0  # running text may begin this far right of its usual edge; a table's second column begins further right
SHIFT = 4.0  # a line may begin this far beside the left edge of its column
LIST_CLOSER, LIST_APART = 0.8, 1.5
"""Of the usual distance between two lines of an entry of the reference list. In 321 undamaged chapters no lines are
closer or further apart; a blank line may be above an entry (India 2015, page 12)."""
COLUMN, GUTTER = 100.0, 8.0  # the least width of a column of the reference list, and of the space beside it (seen: 12)
MOST_HIGHER = {"body": 1.5, "column": 0.85}
"""A line may be so much higher than others of its type size: in text and cells, and in the reference list. Two fonts in
one line make up to 1.4, in the list 0.7; a footnote mark makes 2."""
MOST_BLANK = 90.0  # a page may end this early beyond what the next part needs; the most that was seen is 62
SENTENCE_END = re.compile(r"""[.!?:;”"][”")]?\s*(?:\([\d\s,;–-]*\)?)?\W*$""")
"""A line that may end a paragraph of a cell; a citation may follow the sentence."""
CITED_WITHIN = re.compile(r"\S*\s?\(\d[\d\s,;–-]*\)[*†‡§]*\s+[A-Z“\"]\S*")
"""A citation before a capital letter: names, activities and actions end with their citation."""
NOTE_MARK = re.compile(r"[*†‡§]")  # the mark of a footnote is set higher than the line
NUMBERED = re.compile(r"\d{1,3}\b")  # the beginning of an entry of the reference list
REPORT_TITLE = "Findings on the Worst Forms of Child Labor"  # white in the foot of some pages (2016 to 2020)
OPEN_LINES = 3  # lines of the next page that stay together: a page may end early if they do not fit


def misplaced(chapter: Chapter, tables: Iterable[ChapterTable]) -> list[Issue]:
    """Return all findings of this module. Of a source without places (a raw text) only the columns are checked."""
    known = [(table, rule) for table in tables if (rule := current().tables.get(table.code))]
    usual = usual_leadings(grid for table, _ in known for grid, _ in table.parts)
    return [
        *(issue for table, rule in known for issue in in_table(table, rule, usual)),
        *(issue for table, rule in known for issue in itertools.islice(lower_cells(table, rule), 1)),
        *short_pages(chapter),
        *displaced_text(chapter),
        *itertools.islice(high_lines(chapter), 1),
        *itertools.islice(listed_lines(chapter), 1),
        *hidden_headers(chapter),
    ]


def usual_leadings(grids: Iterable[Grid]) -> dict[float, float]:
    """Return the usual distance between two lines of a cell, in type sizes, for each type size of the chapter."""
    found: dict[float, list[float]] = defaultdict(list)
    for cell in (cell for grid in grids for row in grid.rows for cell in row if cell):
        for above, line in itertools.pairwise(cell.lines):
            if above.style and (leading := leading_of(above, line)):
                found[above.style.size].append(leading)
    return {size: statistics.median(all_of) for size, all_of in found.items() if len(all_of) >= FEW_LINES}


def in_table(table: ChapterTable, rule: Table, usual: Mapping[float, float]) -> Iterator[Issue]:
    """Return the first misfit of each part of a table and of each of its columns."""
    for grid, names in table.parts:
        yield from joined_cells(grid, names, rule, table.code)
        years = [name for name in names if name.isdecimal()]
        if years != sorted(years):
            message = f"the years over the columns do not ascend: {', '.join(years)}"
            yield Issue("column_unfit", "error", message, grid.where, table.code)
        for number, name in enumerate(names):
            column = rule.columns.get(name)
            cells = [cell for row in grid.rows if (cell := row[number]) is not None and cell.lines]
            yield from itertools.islice(other_type(cells, table.code), 1)
            if column and column.kind in ("text", "dated_name", "label"):
                yield from itertools.islice(in_column(cells, column, table.code, name == rule.key, usual), 1)


def joined_cells(grid: Grid, names: Sequence[str], rule: Table, code: str) -> Iterator[Issue]:
    """Return an error for the first cell that stands for several rows, in a column where every row has its own.

    Labels, areas and sectors may stand for several rows, and what is beside them (Ascension Island 2016, page 6).
    """
    for row in grid.rows:
        below = [name for name, cell in zip(names, row, strict=True) if cell is None]
        lacking = [name for name in below if is_own(name, rule)]
        if lacking and not any(name in rule.carried for name in below):
            words = next((cell.text for cell in row if cell and cell.lines), "")
            message = f"column {lacking[0]} has no cell of its own in the row {words[:80]!r}: a rule may be missing"
            yield Issue("cell_crowded", "error", message, grid.where, code)
            return


def is_own(name: str, rule: Table) -> bool:
    """Tell whether every row has a cell of its own in this column; a column of a year has no rule."""
    column = rule.columns.get(name)
    return column is None or not (column.carried or column.kind in ("picture", "territory"))


def lower_cells(table: ChapterTable, rule: Table) -> Iterator[Issue]:
    """Return an error for each cell that begins below the cells beside it: the rule above it may be missing or moved.

    Labels, names and descriptions begin at the height of their row, or all cells of the column stand in the middle of
    their rows. Sectors may also stand in the middle of several rows (Cambodia 2013).
    """
    for name, placed in itertools.groupby(sorted(top_lines(table, rule), key=column_of), column_of):
        cells = list(placed)
        in_the_middle = cells_in_the_middle(cells, rule.columns[name].split)
        for cell in cells:
            if cell.drop > LOWER and cell not in in_the_middle:
                message = f"this cell begins below the cells beside it: {cell.line.text[:80]!r}; a rule may be missing"
                yield Issue("cell_crowded", "error", f"{message} or moved", cell.line.where, table.code)


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell's first line, its column, and its place in its row, in points."""

    column: str  # its name
    line: Line
    drop: float  # of its first line below the first lines beside it
    slack: float  # what its text is less high than that of its row
    spans: bool  # the cell reaches down into the next row


column_of = attrgetter("column")


def cells_in_the_middle(cells: Sequence[PlacedCell], may_span: bool) -> Sequence[PlacedCell]:
    """Return the cells of a column that stand in the middle of their rows; none if most of them begin at the top."""
    if may_span:
        low = [cell for cell in cells if cell.drop > LOWER]
        return low if len(low) >= sum(cell.drop <= LOWER and cell.spans for cell in cells) else []
    top = sum(cell.slack > LOWER and cell.drop < cell.slack / 4 for cell in cells)
    centered = [cell for cell in cells if cell.slack > LOWER and abs(cell.drop - cell.slack / 2) < cell.slack / 4]
    return centered if len(centered) > max(top, 1) else []


def top_lines(table: ChapterTable, rule: Table) -> Iterator[PlacedCell]:
    """Return the place of each cell of the columns that begin at the height of their row."""
    for grid, names in table.parts:
        for row, below in itertools.zip_longest(grid.rows, grid.rows[1:]):
            heights = [
                (name, cell.lines[0], first[3], last[3], below is not None and below[number] is None)
                for number, (name, cell) in enumerate(zip(names, row, strict=True))
                if cell and cell.lines and begins_at_top(name, rule)
                if (first := cell.lines[0].where.bbox) and (last := cell.lines[-1].where.bbox)
            ]
            top = min((first for _, _, first, _, _ in heights), default=0.0)
            high = max((last - first for _, _, first, last, _ in heights), default=0.0)
            for name, line, first, last, spans in heights:
                yield PlacedCell(name, line, first - top, high - (last - first), spans)


def begins_at_top(name: str, rule: Table) -> bool:
    """Tell whether the cells of a column begin at the height of their row; short answers and years may not."""
    column = rule.columns.get(name)
    if column is None:
        return False
    described = rule.cut_rows == "by_name" and column.kind == "text"
    return bool(column.codes) or column.kind == "territory" or name == rule.key or described


def other_type(cells: Sequence[Cell], code: str) -> Iterator[Issue]:
    """Return an error for each line of another type size than the lines of its cell: a note may be in the table."""
    for cell in cells:
        sizes = [line.style.size for line in cell.lines if line.style]
        usual = statistics.median(sizes) if sizes else 0.0
        for line in cell.lines:
            if line.style and abs(line.style.size - usual) > SMALLER:
                message = f"this line is set in another size than its cell ({line.style.size}): {line.text[:80]!r}"
                yield Issue("text_displaced", "error", message, line.where, code)


def in_column(
    cells: Sequence[Cell], rule: ColumnRule, code: str, is_key: bool, usual: Mapping[float, float]
) -> Iterator[Issue]:
    """Return the misfits of one column. Labels may be indented, and a paragraph of a description may end early."""
    lines = [line for cell in cells for line in cell.lines]
    if not rule.codes and not any(line.text[:1] in BULLETS for line in lines):
        yield from shifted(lines, code)
    if is_key and not rule.codes:
        yield from cited_within(cells, code)
    for cell in cells:
        yield from uneven_lines(cell, code, is_key or bool(rule.codes), usual)


def uneven_lines(cell: Cell, code: str, is_name: bool, usual: Mapping[float, float]) -> Iterator[Issue]:
    """Return an error for lines of a cell that are too close or too far apart; a name or label has no paragraphs."""
    for above, line in itertools.pairwise(cell.lines):
        own = usual.get(above.style.size if above.style else 0.0, USUAL_LEADING)
        leading = leading_of(above, line) / own
        quoted = f"{above.text[-40:]!r} and {line.text[:40]!r}"
        if 0.1 < leading < LEAST_LEADING:
            message = f"the lines {quoted} are closer than the lines of a cell are: one was moved"
            yield Issue("text_displaced", "error", message, line.where, code)
        elif (
            leading > MOST_LEADING and line.text[0] not in BULLETS and (is_name or not SENTENCE_END.search(above.text))
        ):
            message = f"the lines {quoted} of one cell are too far apart: it may hold two rows, or a line was moved"
            yield Issue("cell_crowded", "error", message, line.where, code)


def cited_within(cells: Sequence[Cell], code: str) -> Iterator[Issue]:
    """Return an error for each cell with a citation in its middle, though these texts end with their citation."""
    for cell in cells:
        if inside := CITED_WITHIN.search(cell.text):
            message = f"a citation is within this cell, so it may hold two rows: {inside[0]!r}"
            yield Issue("cell_crowded", "error", message, cell.lines[0].where, code)


def shifted(lines: Sequence[Line], code: str) -> Iterator[Issue]:
    """Return an error for each line that does not begin at the left edge of its column."""
    placed = [(line.where.bbox[0], line) for line in lines if line.where.bbox]
    edge = statistics.median_low(x0 for x0, _ in placed) if placed else 0.0
    for x0, line in placed:
        if abs(x0 - edge) > SHIFT:
            message = f"this line begins {x0 - edge:+.0f} points beside the left edge of its column: {line.text[:80]!r}"
            yield Issue("text_displaced", "error", message, line.where, code)


def leading_of(above: Line, line: Line) -> float:
    """Return the distance between the feet of two lines in type sizes; 0 if they have no place on one page."""
    upper, lower = above.where, line.where
    if upper.bbox is None or lower.bbox is None or above.style is None or upper.page != lower.page:
        return 0.0
    return (lower.bbox[3] - upper.bbox[3]) / max(above.style.size, 1.0)


def displaced_text(chapter: Chapter) -> Iterator[Issue]:
    """Return an error for each page with running text where a table's second column begins, or right of it (its first
    such line), and for each page with text in the margin: words were moved out of a table."""
    lines = [(box[0], x) for x in chapter.blocks if isinstance(x, Line) and x.zone == "body" and (box := x.where.bbox)]
    edge = statistics.median_low(x0 for x0, _ in lines) if lines else 0.0
    far = [line for x0, line in lines if x0 > edge + INDENT and WORD_OR_YEAR.search(line.text)]
    for _, page in itertools.groupby(far, key=page_of):
        yield displaced(next(page), "where cells of a table do, or right of them, but no table has it")
    outside = [line for x0, line in lines if x0 < edge - SHIFT and line.text[:1].isalnum()]
    for _, page in itertools.groupby(outside, key=page_of):
        yield displaced(list(page)[-1], "in the margin, left of all others")


def page_of(line: Line) -> int | None:
    return line.where.page


def displaced(line: Line, place: str) -> Issue:
    return Issue("text_displaced", "error", f"this line begins {place}: {line.text[:80]!r}", line.where)


def listed_lines(chapter: Chapter) -> Iterator[Issue]:
    """Return an error for each line of the reference list that breaks the even layout of its column: it was moved.

    The list has one line spacing, and two left edges in each column. A moved line changes two entries, and both still
    look complete.
    """
    lines = [x for x in chapter.blocks if isinstance(x, Line) and x.zone == "column" and x.style and x.where.bbox]
    size = statistics.median(line.style.size for line in lines if line.style) if lines else 0.0
    lines = [line for line in lines if line.style and abs(line.style.size - size) < SMALLER]  # without the heading
    if len(lines) >= FEW_LINES:
        yield from uneven_list(lines)
        yield from shifted_list(lines)
        yield from crossed_gutter(lines)


def uneven_list(lines: Sequence[Line]) -> Iterator[Issue]:
    """Return an error for each line that is too close to the line above or too far from it."""
    steps = [(step, line) for above, line in itertools.pairwise(lines) if (step := leading_of(above, line)) > 0]
    usual = statistics.median(step for step, _ in steps) if steps else 0.0
    for step, line in steps:
        if step < LIST_CLOSER * usual or (step > LIST_APART * usual and not NUMBERED.match(line.text)):
            yield moved_line(line, f"is {step:.2f} type sizes below the line above, the others are {usual:.2f}")


def shifted_list(lines: Sequence[Line]) -> Iterator[Issue]:
    """Return an error for each line whose left edge no other line has."""
    edges = sorted(line.where.bbox[0] for line in lines if line.where.bbox)
    for line in lines:
        edge = line.where.bbox[0] if line.where.bbox else 0.0
        if bisect_right(edges, edge + SHIFT) - bisect_left(edges, edge - SHIFT) == 1:
            yield moved_line(line, "begins where no other line does")


def crossed_gutter(lines: Sequence[Line]) -> Iterator[Issue]:
    """Return an error for the line of a page that reaches into the space between its two columns: it holds words of
    both."""
    for _, page in itertools.groupby(lines, key=page_of):
        placed = sorted((box[0], box[2], line.number, line) for line in page if (box := line.where.bbox))
        jumps = [(right[0] - left[0], right[0]) for left, right in itertools.pairwise(placed)]
        jump, second = max(jumps, default=(0.0, 0.0))
        if jump > COLUMN:
            _, end, _, line = max((one for one in placed if one[0] < second), key=lambda one: one[1])
            if end > second - GUTTER:
                yield moved_line(line, "reaches into the space before the other column")


def moved_line(line: Line, why: str) -> Issue:
    """Return the error for a moved line of the reference list."""
    return Issue("text_displaced", "error", f"the line {line.text[:80]!r} {why}", line.where, "references")


def high_lines(chapter: Chapter) -> Iterator[Issue]:
    """Return an error for each line that is taller than other lines of its type size: it holds words of two lines."""
    heights: dict[tuple[str, float], list[tuple[float, Line]]] = defaultdict(list)
    for line in chapter.lines():
        if line.style and line.where.bbox and line.zone in MOST_HIGHER and not NOTE_MARK.search(line.text):
            heights[line.zone, line.style.size].append((line.where.bbox[3] - line.where.bbox[1], line))
    for (zone, _), lines in heights.items():
        usual = statistics.median(height for height, _ in lines)
        for height, line in lines if len(lines) >= FEW_LINES else []:
            if height > usual + MOST_HIGHER[zone]:
                message = f"this line is {height:.1f} points high, the others are {usual:.1f}: {line.text[:80]!r}"
                yield Issue("text_displaced", "error", message, line.where)


def hidden_headers(chapter: Chapter) -> Iterator[Issue]:
    """Return an error for each page on which the words of a table's header cannot be seen: its box is not drawn."""
    phrases = {letters_of(h) for table in current().tables.values() for c in table.columns.values() for h in c.header}
    alternatives = "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))
    header = re.compile(rf"(?:[\d]*{letters_of(REPORT_TITLE)})?((?:{alternatives}|(?:19|20)\d\d)+)")
    for page in chapter.pages:
        for piece in page.left_out.split():
            if (found := header.fullmatch(letters_of(piece))) and not found[1].isdecimal():
                message = f"the words of a table's header are printed white on white: {piece[-80:]!r}"
                yield Issue("table_unread", "error", message, Where(page=page.number))


def letters_of(text: str) -> str:
    """Return a text in small letters without blanks and signs."""
    return re.sub(r"\W", "", fold(text))


def short_pages(chapter: Chapter) -> Iterator[Issue]:
    """Return an error for each page that ends early, though the first part of the next page has room on it.

    The reference list is left out: it is set in two columns.
    """
    pages = blocks_by_page(chapter)
    foot = max((foot_of(blocks) for blocks in pages.values()), default=0.0)
    for page, blocks in pages.items():
        following = pages.get(page + 1, [])
        if not following or any(isinstance(x, Line) and x.zone == "column" for x in (*blocks, *following)):
            continue
        blank = foot - foot_of(blocks)
        if blank - height_needed(following) > MOST_BLANK:
            message = f"{blank:.0f} points at the end of this page are empty, but the next page goes on"
            yield Issue("stream_damaged", "error", message, Where(page=page))


def blocks_by_page(chapter: Chapter) -> dict[int, list[Line | Grid]]:
    """Return the blocks below the head and above the foot of each page that has a number."""
    pages: dict[int, list[Line | Grid]] = defaultdict(list)
    for block in chapter.blocks:
        inside = isinstance(block, Grid) or block.zone in ("body", "column")
        if inside and block.where.page is not None and block.where.bbox is not None:
            pages[block.where.page].append(block)
    return pages


def foot_of(blocks: Iterable[Line | Grid]) -> float:
    return max(block.where.bbox[3] for block in blocks if block.where.bbox)


def height_needed(blocks: Sequence[Line | Grid]) -> float:
    """Return the height of what stays together at the top of a page: some lines, or all to the first row of a table."""
    top = min(block.where.bbox[1] for block in blocks if block.where.bbox)
    table = next((block for block in blocks[: 2 * OPEN_LINES] if isinstance(block, Grid)), None)
    if table is None:
        return foot_of(blocks[:OPEN_LINES]) - top
    first = [line for row in table.rows[:1] for cell in row if cell for line in cell.lines]
    return (foot_of(first) if first else foot_of([table])) - top
