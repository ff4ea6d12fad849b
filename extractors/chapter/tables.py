"""Pieces of grids -> whole tables: continuations joined, columns under our names, one row for each label.

A table may go on over pages, a row may be cut by the page's end, one ruled row may hold several labels, and a cell may
stand for the rows below it. After this module none of that is left.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from extractors import rules
from extractors.chapter.segment import CONTINUED, TERMINAL, Piece, place, year_of_head
from extractors.chapter.values import DASHES, answer
from extractors.model import Cell, Grid, Issue, Line, Where
from extractors.rules import MARKERS, fold, label_code

BULLETS = "■•·▪●◦"
ANSWER = re.compile(
    r"(?:Unknown|Unavailable|Yes|No|N/?A|\$?\d[\d,.]*(?:\s(?:thousand|million|billion))?)"
    rf"[{re.escape(MARKERS)}]*(?:\s*\([\d\s,;–-]+\))?\s*",
    re.I,
)
YEAR_SPAN = re.compile(rf"(?:19|20)\d\d\s*(?:[{DASHES}/&]|to|and)\s*\d\d")  # "2018–2019", "2018/19" over a column


@dataclass(slots=True)
class Row:
    """One row: our column name -> cell. A cell that reaches down from above, or is carried down, is shared.

    ``territory`` is the full name of the part of the country that the row is for; empty for the whole country, ``None``
    where the printed cell is to be taken as it is. ``joint``: all the parts for which these answers are printed once
    ("FBiH/RS/BD 318", Bosnia and Herzegovina 2018, page 6), if there are several.
    """

    cells: dict[str, Cell]
    where: Where
    territory: str | None = None
    joint: tuple[str, ...] = ()

    def text(self, column: str) -> str:
        """The cell's words, markers and citations included; empty if there is no such cell."""
        cell = self.cells.get(column)
        return cell.text if cell else ""


@dataclass(slots=True)
class Table:
    """A whole table. ``columns`` are our names from left to right; a year column is named by its year ("2018").

    ``heads`` are rows without answers that head the indented rows below them ("Training for Labor Inspectors").
    """

    code: str
    title: str
    territory: str
    columns: list[str]
    headers: dict[str, str]
    rows: list[Row] = field(default_factory=list)
    heads: list[Row] = field(default_factory=list)


def assemble(pieces: Sequence[Piece], issues: list[Issue]) -> list[Table]:
    """Join the pieces of each table (same code, same territory) and name their columns.

    A piece of no known table gives a table with an empty code and its columns as printed; ``issues`` gets a finding for
    that, and for every column whose header is unknown.
    """
    tables: dict[tuple[str, str], Table] = {}
    for number, piece in enumerate(pieces):
        columns, headers = name_columns(piece.code, piece.grid, issues)
        key = (piece.code, piece.territory) if piece.code else (f"unknown {number}", "")
        table = tables.get(key)
        first = table is None
        if table is None:
            title = CONTINUED.sub("", piece.title).strip()
            table = tables[key] = Table(piece.code, title, piece.territory, columns, headers)
            if not piece.code:
                words = title or " | ".join(cell.text for cell in piece.grid.header)
                issues.append(Issue("table_unknown", "error", f"no known table: {words!r}", piece.grid.where))
        else:
            table.columns += [c for c in columns if c not in table.columns]
            table.headers = {**headers, **table.headers}
        rows = list(rows_of(piece.grid, columns, table.rows[-1] if table.rows else None))
        rows = [part for row in rows for part in split_stacked(row, table, shared_label(row, rows, piece.code))]
        if not first and rows and table.rows and goes_on(table.rows[-1], rows[0], piece.code):
            table.rows[-1] = merge(table.rows[-1], rows.pop(0))
        table.rows += rows
    for table in tables.values():
        set_heads_apart(table)
        carry_down(table)
    return list(tables.values())


# ---------------------------------------------------------------------------------------------- columns


def name_columns(code: str, grid: Grid, issues: list[Issue]) -> tuple[list[str], dict[str, str]]:
    """Our name for every column of a grid, and the header as printed.

    A blank header (Turkey 2016, page 2) takes the name that is still free at its place in the table's usual order.
    """
    entry = rules.table(code)
    texts = [cell.text for cell in grid.header]
    if entry is None:
        names = [f"column_{i + 1}" for i in range(len(texts))]
        return names, dict(zip(names, texts, strict=True))
    names = [year_of_head(text, entry) or rules.column_of(text, entry) for text in texts]
    names = spread_columns(names, texts, entry)
    free = [name for name in entry.in_order if name not in names]
    for name, text in zip(names, texts, strict=True):
        if name.isdigit() and YEAR_SPAN.search(text):
            issues.append(Issue("value_unread", "warning", f"{text!r} is read as {name}", grid.where, code))
    for i, text in enumerate(texts):
        if names[i]:
            continue
        name = ""
        if not fold(text) and free:
            at_place = entry.in_order[i] if len(texts) == len(entry.in_order) else ""
            name = at_place if at_place in free else free[0]
        elif not fold(text) and "territory" not in names and entry.year_columns:
            name = "territory"
        cells = [row[i] or Cell() for row in grid.rows]
        if name == "territory" and any(answer(cell.text).unit for cell in cells):
            name = ""  # numbers and yes or no: a year whose head is lost, no part of the country
        names[i] = name or f"column_{i + 1}"
        free = [other for other in free if other != name]
        if not name and (fold(text) or any(cell.lines for cell in cells)):
            issues.append(Issue("column_unknown", "warning", f"no known column of {code}: {text!r}", grid.where, code))
    for i, name in enumerate(names):
        if name in names[:i]:
            names[i] = f"column_{i + 1}"
            message = f"two columns of {code} are {name!r}, the first counts"
            issues.append(Issue("column_unknown", "warning", message, grid.where, code))
    return names, dict(zip(names, texts, strict=True))


def spread_columns(names: list[str], texts: Sequence[str], entry: rules.Table) -> list[str]:
    """Name columns that hold one value for each territory "percent/Punjab Province": the last columns of a table,
    more than one, that no other wording names."""
    spread = entry.spread
    if spread is None or names.count(spread.column) == 1:
        return names
    first = next((i for i, name in enumerate(names) if i and name in ("", spread.column)), len(names))
    if len(names) - first < 2 or any(name not in ("", spread.column) for name in names[first:]):
        return names
    head = re.compile(rf"^({'|'.join(spread.heads)})\s+", re.I)
    return names[:first] + [f"{spread.column}/{head.sub('', text)}" for text in texts[first:]]


# ---------------------------------------------------------------------------------------------- rows


def rows_of(grid: Grid, columns: Sequence[str], above: Row | None) -> Iterator[Row]:
    """Rows with named cells; ``None`` (the cell above reaches down) becomes that very cell."""
    last = dict(above.cells) if above else {}
    for cells in grid.rows:
        named: dict[str, Cell] = {}
        for name, cell in zip(columns, cells, strict=True):
            named[name] = last.get(name, Cell()) if cell is None else cell
        own = [cell for cell in cells if cell is not None and cell.lines]
        if not own:
            continue
        last = {**last, **named}
        yield Row(named, place_of(own))


def place_of(cells: Iterable[Cell]) -> Where:
    """The place of a row's first piece: the box round its cells' lines on the first page."""
    return place(sorted((line for cell in cells for line in cell.lines), key=lambda line: line.number))


def goes_on(before: Row, row: Row, code: str) -> bool:
    """Whether the first row of a continuation is the rest of the row that the page's end cut."""
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
        return bool(row.text(text)[:1].islower()) and not TERMINAL.search(before.text(text))
    if entry.cut_rows == "by_text":
        return row.text(key)[:1].islower() and not TERMINAL.search(before.text(key))
    return False


def merge(before: Row, row: Row) -> Row:
    """One row of two halves; a name repeated above its second half stands once."""
    cells: dict[str, Cell] = {}
    for name in [*before.cells, *(n for n in row.cells if n not in before.cells)]:
        first, second = before.cells.get(name, Cell()), row.cells.get(name, Cell())
        if first is second or fold(CONTINUED.sub("", second.text)) == fold(first.text):
            cells[name] = first
        else:
            cells[name] = Cell((*first.lines, *second.lines))
    return Row(cells, before.where)


def carry_down(table: Table) -> None:
    """Give a label that stands once to the rows below it (sectors, areas, Bosnia and Herzegovina's standards)."""
    entry = rules.table(table.code)
    for column in entry.carried if entry else ():
        if entry and entry.columns[column].split:
            join_split_labels(table.rows, column, entry.columns[column].codes or "")
        label: Cell | None = None
        for row in table.rows:
            if row.text(column):
                label = row.cells[column]
            elif label is not None:
                row.cells[column] = label


def join_split_labels(rows: Sequence[Row], column: str, kind: str) -> None:
    """Join a label whose lines a scanner spread over two rows ("Categorical Worst" above "Forms of Child Labor")."""
    for row, below in itertools.pairwise(rows):
        if not row.text(column) or not below.text(column) or label_code(kind, row.text(column)):
            continue
        whole = Cell((*row.cells[column].lines, *below.cells[column].lines))
        if row.cells[column] is not below.cells[column] and label_code(kind, whole.text):
            row.cells[column] = below.cells[column] = whole


# ---------------------------------------------------------------------------------------------- stacked labels


def set_heads_apart(table: Table) -> None:
    """Take the rows that only head the rows below them out of the table's rows."""
    entry = rules.table(table.code)
    if entry is None:
        return
    answers = [name for name in table.columns if name not in (entry.key, "territory")]
    for row in list(table.rows):
        if strip_bullets(row.text(entry.key)) in entry.heads and not any(row.text(name) for name in answers):
            table.rows.remove(row)
            table.heads.append(row)


def strip_bullets(text: str) -> str:
    return fold(text.lstrip(BULLETS + " "))


def shared_label(row: Row, rows: Sequence[Row], code: str) -> bool:
    """Whether the row's label cell reaches over other rows too (Pakistan 2015, page 5: rows for provinces)."""
    entry = rules.table(code)
    label = row.cells.get(entry.key) if entry else None
    return entry is not None and label is not None and sum(other.cells.get(entry.key) is label for other in rows) > 1


def split_stacked(row: Row, table: Table, shared: bool) -> list[Row]:
    """Cut a ruled row that holds several labels one below the other (Brazil 2015, page 4) at the labels' heights.

    The labels are known ones, or begin with a bullet. As many answers as labels are taken in order; else the lines of
    the other cells go to the label beside them, and where no heights are known (a raw text) the row stays whole. Of a
    label cell that is ``shared`` with other rows, a row takes the labels that it has answers beside. In a raw text
    labels and answers stand in one line; they are cut before each bullet and after each answer.
    """
    entry = rules.table(table.code)
    if entry is None or not entry.codes:
        return [row]
    key = entry.key
    cell = row.cells.get(key, Cell())
    flat = bool(cell.lines) and cell.lines[0].where.bbox is None
    labels = [part for line in cell.lines for part in (at_bullets(line) if flat else [line])]
    if len(labels) < 2:
        return [row]
    groups = label_groups(labels, entry)
    if len(groups) < 2:
        return [row]
    others = {name: other for name, other in row.cells.items() if name != key}
    if flat:
        others = {
            n: c if n == "territory" else Cell(tuple(a for x in c.lines for a in answers(x))) for n, c in others.items()
        }
    parts: list[dict[str, Cell]] = [{key: Cell(tuple(group))} for group in groups]
    tops = [group[0].where.bbox[1] if group[0].where.bbox else None for group in groups]
    pages = [group[0].where.page for group in groups]
    answered = [i for i, group in enumerate(groups) if strip_bullets(Cell(tuple(group)).text) not in entry.heads]
    for name, other in others.items():
        filled: list[list[Line]] = [[] for _ in groups]
        if len(other.lines) == len(answered):  # in order: an answer may stand a line too low (Ecuador 2015, page 4)
            for i, line in zip(answered, other.lines, strict=True):
                filled[i].append(line)
        elif tops[0] is not None:
            for line in other.lines:
                assert line.where.bbox is not None
                middle = (line.where.bbox[1] + line.where.bbox[3]) / 2
                at = 0
                for i, top in enumerate(tops):
                    if top is not None and (pages[i], top) <= (line.where.page, middle):
                        at = i
                filled[at].append(line)
        elif name == "territory":
            filled = [list(other.lines) for _ in groups]
        elif other.lines:
            return [row]
        for part, lines in zip(parts, filled, strict=True):
            part[name] = Cell(tuple(lines))
    if shared:
        parts = [part for part in parts if any(part[name].lines for name in others)]
    return [Row(part, place_of(part.values())) for part in parts]


def at_bullets(line: Line) -> list[Line]:
    """A line cut before every bullet in it: a scanner gives a cell's bullets in one line."""
    parts = [part.strip() for part in re.split(rf"(?=[{BULLETS}]\s)", line.text)]
    return [replace(line, text=part) for part in parts if part]


def answers(line: Line) -> list[Line]:
    """A line cut after every answer with its citations, if it holds nothing but answers."""
    found = [m.group().strip() for m in ANSWER.finditer(line.text)]
    if re.sub(r"\s", "", "".join(found)) != re.sub(r"\s", "", line.text):
        return [line]
    return [replace(line, text=text) for text in found]


def label_groups(lines: Sequence[Line], entry: rules.Table) -> list[list[Line]]:
    """Cut a label cell into labels: the longest known label from each line on, else from bullet to bullet."""

    def known(part: Sequence[Line]) -> bool:
        text = strip_bullets(" ".join(line.text for line in part))
        return text in entry.heads or label_code(entry.codes, text) is not None

    groups: list[list[Line]] = []
    i = 0
    while i < len(lines):
        ends = [j for j in range(len(lines), i, -1) if known(lines[i:j])]
        if ends:
            groups.append(list(lines[i : ends[0]]))
            i = ends[0]
        elif lines[i].text[:1] in BULLETS or not groups:
            groups.append([lines[i]])
            i += 1
        else:
            groups[-1].append(lines[i])
            i += 1
    sure = all(known(group) or group[0].text[:1] in BULLETS for group in groups)
    return groups if sure else [list(lines)]
