"""Pieces of tables -> whole tables with named columns and one row for each label.

In the source, a table may continue on the next page, a page break may cut a row, one ruled row may hold several labels,
and one label may count for several rows. The tables of this module have none of that.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extractors import rules
from extractors.chapter.columns import name_columns
from extractors.chapter.segment import CONTINUED, TablePiece, place
from extractors.chapter.typography import SENTENCE_END
from extractors.model import Cell, Grid, Issue, Line, Where, text_of
from extractors.rules import MARKERS, fold, label_code

BULLETS = "■•·▪●◦"
ANSWER = re.compile(
    r"(?:Unknown|Unavailable|Yes|No|N/?A|\$?\d[\d,.]*(?:\s(?:thousand|million|billion))?)"
    rf"[{re.escape(MARKERS)}]*(?:\s*\([\d\s,;–-]+\))?\s*",
    re.I,
)


@dataclass(slots=True)
class TableRow:
    """One row: our column name -> cell. A cell that counts for several rows is the same object in each of them.

    ``territory`` is the full name of the part of the country that the row is about, empty for the whole country, and
    ``None`` if the printed cell counts. ``joint`` lists all parts if several share one printed answer ("FBiH/RS/BD
    318", Bosnia and Herzegovina 2018, page 6).
    """

    cells: dict[str, Cell]
    where: Where
    territory: str | None = None
    joint: tuple[str, ...] = ()

    def text(self, column: str) -> str:
        """The text of a cell with markers and citations; empty if there is no such cell."""
        cell = self.cells.get(column)
        return cell.text if cell else ""


@dataclass(slots=True)
class ChapterTable:
    """A whole table. ``columns`` are our names from left to right; the name of a column of a year is the year ("2018").

    ``headers`` are the printed headers by column. ``heads`` are rows without answers that only introduce the rows below
    them ("Training for Labor Inspectors"). ``parts`` are the grids of the table, each with the names of its columns,
    ``caption`` the lines of the first caption.
    """

    code: str
    title: str
    territory: str
    columns: list[str]
    headers: dict[str, str]
    rows: list[TableRow] = field(default_factory=list)
    heads: list[TableRow] = field(default_factory=list)
    parts: list[tuple[Grid, list[str]]] = field(default_factory=list)
    caption: Sequence[Line] = ()


def assemble(pieces: Sequence[TablePiece], issues: list[Issue]) -> list[ChapterTable]:
    """Join the pieces of each table (same code and territory) and name their columns.

    A piece of an unknown table becomes a table without a code, with its columns numbered. ``issues`` gets a finding for
    each such table and for each column whose header is unknown.
    """
    tables: dict[tuple[str, str], ChapterTable] = {}
    for number, piece in enumerate(pieces):
        key = (piece.code, piece.territory) if piece.code else (f"unknown {number}", "")
        columns = columns_above(tables.get(key), piece.grid) or name_columns(piece.code, piece.grid, issues)
        title = CONTINUED.sub("", piece.title).strip()
        if not piece.code:
            words = title or " | ".join(cell.text for cell in piece.grid.header)
            message = f"this table is not known; its cells are in other_tables: {words!r}"
            issues.append(Issue("table_unknown", "error", message, piece.grid.where, "other_tables"))
        table = tables.setdefault(key, ChapterTable(piece.code, title, piece.territory, [], {}))
        table.caption = table.caption or piece.caption
        table.columns += [c for c in columns if c not in table.columns]
        headers = (cell.text for cell in piece.grid.header)
        table.headers = {**dict(zip(columns, headers, strict=True)), **table.headers}
        table.parts.append((piece.grid, columns))
        add_rows(table, piece.grid, columns)
    for table in tables.values():
        set_heads_apart(table)
        carry_down(table)
    return list(tables.values())


def columns_above(table: ChapterTable | None, grid: Grid) -> list[str]:
    """The columns of the table that a piece without a header goes on with; none if it has a header or other columns."""
    blank = not any(cell.lines for cell in grid.header)
    return table.columns if table and blank and len(table.columns) == len(grid.header) else []


def add_rows(table: ChapterTable, grid: Grid, columns: Sequence[str]) -> None:
    """Add the rows of a piece; its first row may be the second half of the table's last row."""
    last = table.rows[-1] if table.rows else None
    ruled = list(rows_of(grid, columns, last))
    rows = [part for row in ruled for part in split_stacked(row, table, shared_label(row, ruled, table.code))]
    if last and rows and goes_on(last, rows[0], table.code):
        table.rows[-1] = merge(last, rows.pop(0))
    table.rows += rows


# ---------------------------------------------------------------------------------------------- rows


def rows_of(grid: Grid, columns: Sequence[str], above: TableRow | None) -> Iterator[TableRow]:
    """The rows of a grid with named cells; ``None`` becomes the cell above. Rows without text are left out."""
    last = dict(above.cells) if above else {}
    for cells in grid.rows:
        named: dict[str, Cell] = {}
        for name, cell in zip(columns, cells, strict=True):
            named[name] = last.get(name, Cell()) if cell is None else cell
        own = [cell for cell in cells if cell is not None and cell.lines]
        if not own:
            continue
        last = {**last, **named}
        yield TableRow(named, place_of(own))


def place_of(cells: Iterable[Cell]) -> Where:
    """The place of a row: the box around the lines of its cells, on the page where it begins."""
    return place(sorted((line for cell in cells for line in cell.lines), key=lambda line: line.number))


def goes_on(before: TableRow, row: TableRow, code: str) -> bool:
    """Whether ``row``, the first one on a page, is the second half of ``before``, cut by the page break."""
    entry = rules.table(code)
    if entry is None:
        return False
    key = entry.key
    rest = [name for name in row.cells if name != key and name not in entry.carried]
    if not row.text(key):
        return any(row.text(name) for name in rest) and not entry.codes
    if entry.cut_rows == "by_name":
        if fold(CONTINUED.sub("", row.text(key))) == fold(before.text(key)):
            return True
        text = next(iter(rest), "")
        return bool(row.text(text)[:1].islower()) and not SENTENCE_END.search(before.text(text))
    if entry.cut_rows == "by_text":
        return row.text(key)[:1].islower() and not SENTENCE_END.search(before.text(key))
    return False


def merge(before: TableRow, row: TableRow) -> TableRow:
    """One row of two halves. A name that is printed again with the second half is kept once."""
    cells: dict[str, Cell] = {}
    for name in {**before.cells, **row.cells}:
        first, second = before.cells.get(name, Cell()), row.cells.get(name, Cell())
        if first is second or fold(CONTINUED.sub("", second.text)) == fold(first.text):
            cells[name] = first
        else:
            cells[name] = Cell((*first.lines, *second.lines))
    return TableRow(cells, before.where)


def carry_down(table: ChapterTable) -> None:
    """Copy a label that is printed once to the rows below (sectors, areas, standards of Bosnia and Herzegovina)."""
    entry = rules.table(table.code)
    for column, about in entry.columns.items() if entry else ():
        if not about.carried:
            continue
        if about.codes:
            share_labels(table, column, about.codes)
        if about.split:
            join_split_labels(table.rows, column, about.codes or "")
        label: Cell | None = None
        for row in table.rows:
            if row.text(column):
                label = row.cells[column]
            elif label is not None:
                row.cells[column] = label


def share_labels(table: ChapterTable, column: str, kind: str) -> None:
    """Give each row its label where a cell beside several rows holds several labels, or one label twice.

    A row gets the last label that begins at its height or above (Ukraine 2013, page 6: the rule between two areas is
    missing). Beside one row, a label that is printed twice counts once. Other cells stay whole.
    """
    beside = [(row, row.cells.get(column, Cell())) for row in table.rows]
    for row, cell in beside:
        groups = label_groups(cell.lines, lambda text: label_code(kind, text) is not None)
        if len(groups) < 2:
            continue
        if sum(other is cell for _, other in beside) > 1:
            row.cells[column] = label_at_height(row, cell, groups)
        elif len({label_code(kind, text_of(group)) for group in groups}) == 1:
            row.cells[column] = Cell(tuple(groups[0]))
            repeated = tuple(line for group in groups[1:] for line in group)
            table.heads.append(TableRow({column: Cell(repeated)}, row.where))


def label_at_height(row: TableRow, cell: Cell, groups: Sequence[Sequence[Line]]) -> Cell:
    """The last of the labels in ``cell`` that begins at the height of the row's other cells or above.

    It is the whole cell if the lines have no place on the page.
    """
    own = [line for other in row.cells.values() if other is not cell for line in other.lines]
    if not own or any(line.where.bbox is None for line in (*own, *cell.lines)):
        return cell
    top = min(height(line, 0.5) for line in own)
    return Cell(tuple(groups[last_above([height(group[0], 0.0) for group in groups], top)]))


def join_split_labels(rows: Sequence[TableRow], column: str, kind: str) -> None:
    """Join a known label that a scanner spread over two rows ("Categorical Worst" above "Forms of Child Labor")."""
    for row, below in itertools.pairwise(rows):
        if not row.text(column) or not below.text(column) or label_code(kind, row.text(column)):
            continue
        whole = Cell((*row.cells[column].lines, *below.cells[column].lines))
        if row.cells[column] is not below.cells[column] and label_code(kind, whole.text):
            row.cells[column] = below.cells[column] = whole


# ---------------------------------------------------------------------------------------------- stacked labels


def set_heads_apart(table: ChapterTable) -> None:
    """Move the rows that only introduce the rows below them from ``rows`` to ``heads``."""
    entry = rules.table(table.code)
    if entry is None:
        return
    answers = [name for name in table.columns if name not in (entry.key, "territory")]
    for row in list(table.rows):
        if is_head(row.text(entry.key), table.code) and not any(row.text(name) for name in answers):
            table.rows.remove(row)
            table.heads.append(row)


def is_head(label: str, code: str) -> bool:
    """Whether a label is a known head of the indented labels below it."""
    entry = rules.table(code)
    return entry is not None and strip_bullets(label) in entry.heads


def is_row_label(text: str, code: str) -> bool:
    """Whether a text is a known label of a table's rows, or a known head of them."""
    return is_head(text, code) or label_code(code, strip_bullets(text)) is not None


def strip_bullets(text: str) -> str:
    return fold(text.lstrip(BULLETS + " "))


def shared_label(row: TableRow, rows: Sequence[TableRow], code: str) -> bool:
    """Whether the row shares its label cell with other rows (Pakistan 2015, page 5: rows for provinces)."""
    entry = rules.table(code)
    label = row.cells.get(entry.key) if entry else None
    return entry is not None and label is not None and sum(other.cells.get(entry.key) is label for other in rows) > 1


def split_stacked(row: TableRow, table: ChapterTable, shared: bool) -> list[TableRow]:
    """Cut a ruled row that holds several labels, one below the other, into one row for each (Brazil 2015, page 4).

    A label is a known one or begins with a bullet. :func:`share_lines` gives the lines of the other cells to the
    labels; the row stays whole if that is not possible for a cell. If the label cell is ``shared`` with other rows,
    only the labels with an answer in this row are kept.
    """
    entry = rules.table(table.code)
    if entry is None or not entry.codes:
        return [row]
    key = entry.key
    cells = cut_inline(row.cells, key)
    groups = label_groups(cells.pop(key, Cell()).lines, lambda text: is_row_label(text, table.code))
    answered = [i for i, group in enumerate(groups) if not is_head(Cell(tuple(group)).text, table.code)]
    columns = {name: share_lines(name, cell.lines, groups, answered) for name, cell in cells.items()}
    if len(groups) < 2 or None in columns.values():
        return [row]
    parts = []
    for i, group in enumerate(groups):
        others = {name: Cell(tuple(shares[i])) for name, shares in columns.items() if shares}
        if not shared or any(cell.lines for cell in others.values()):
            parts.append({key: Cell(tuple(group)), **others})
    return [TableRow(part, place_of(part.values())) for part in parts]


def cut_inline(cells: Mapping[str, Cell], key: str) -> dict[str, Cell]:
    """A copy of the cells of a row. Without boxes, several labels or answers may be in one line: each gets its own."""
    label = cells.get(key, Cell())
    if not label.lines or label.lines[0].where.bbox is not None:
        return dict(cells)
    labels = Cell(tuple(part for line in label.lines for part in at_bullets(line)))
    others = {name: cell if name == "territory" else cut_answers(cell) for name, cell in cells.items() if name != key}
    return {key: labels, **others}


def share_lines(
    name: str, lines: Sequence[Line], groups: Sequence[Sequence[Line]], answered: Sequence[int]
) -> Sequence[Sequence[Line]] | None:
    """The lines of the cell in column ``name`` for each label of a row; ``None`` if they cannot be shared out.

    1. As many lines as ``answered`` labels (all but heads): in order. An answer may be one line too low (Ecuador 2015,
       page 4), so this comes before the heights.
    2. The labels have boxes: each line goes to the last label that begins above its middle.
    3. Territories count for every label.
    4. An empty cell is empty for every label.
    """
    if len(lines) == len(answered):
        return [[lines[answered.index(i)]] if i in answered else [] for i in range(len(groups))]
    if groups and groups[0][0].where.bbox is not None:
        tops = [height(group[0], 0.0) for group in groups]
        beside = [last_above(tops, height(line, 0.5)) for line in lines]
        return [[line for line, at in zip(lines, beside, strict=True) if at == i] for i in range(len(groups))]
    if name == "territory":
        return [lines for _ in groups]
    return None if lines else [[] for _ in groups]


def height(line: Line, share: float) -> tuple[int, float]:
    """The page of a line and its distance in points from the top of the page, measured to the ``share`` of its height.

    ``share`` is 0 for the top of the line, 0.5 for its middle and 1 for its bottom.
    """
    assert line.where.bbox is not None
    _, top, _, bottom = line.where.bbox
    return line.where.page or 0, (1 - share) * top + share * bottom


def last_above(starts: Sequence[tuple[int, float]], at: tuple[int, float]) -> int:
    """The index of the last start that is not below ``at``; the first one if all are below."""
    return max((i for i, start in enumerate(starts) if start <= at), default=0)


def at_bullets(line: Line) -> list[Line]:
    """Cut a line before every bullet in it: a scanner puts the bullets of a cell into one line."""
    parts = [part.strip() for part in re.split(rf"(?=[{BULLETS}]\s)", line.text)]
    return [replace(line, text=part) for part in parts if part]


def cut_answers(cell: Cell) -> Cell:
    """Cut every line of a cell after each answer with its citations, if the line holds nothing but answers."""
    lines: list[Line] = []
    for line in cell.lines:
        found = [m.group().strip() for m in ANSWER.finditer(line.text)]
        whole = re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", line.text)
        lines += [replace(line, text=text) for text in found] if whole else [line]
    return Cell(tuple(lines))


def label_groups(lines: Sequence[Line], known: Callable[[str], bool]) -> list[list[Line]]:
    """Cut the lines of a label cell into labels: the longest known label from each line on, else bullet to bullet."""
    groups: list[list[Line]] = []
    i = 0
    while i < len(lines):
        end = next((j for j in range(len(lines), i, -1) if known(text_of(lines[i:j]))), None)
        if end is None and groups and lines[i].text[:1] not in BULLETS:
            groups[-1].append(lines[i])
        else:
            groups.append(list(lines[i : end or i + 1]))
        i = end or i + 1
    sure = all(known(text_of(group)) or group[0].text[:1] in BULLETS for group in groups)
    return groups if sure else [list(lines)]
