"""Rows for parts of a country: one row for each, under its full name.

A cell may name several parts ("FBiH/RS/BD", Bosnia and Herzegovina 2017, page 5), stack them with an answer beside each,
and use abbreviations that the chapter defines once ("Brčko District (BD)").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from extractors.citations import lift
from extractors.model import Cell, Line
from extractors.rules import fold
from extractors.tables import LABELLED, Row, Table

SEPARATORS = re.compile(r"\s*[/,;]\s*|\s+and\s+|\s+&\s+")
WHOLE = {"all", "all territories", "all entities", "all provinces", "all regions", "nationwide"}
SMALL = {"of", "and", "the", "de", "la"}


def split_territories(tables: Sequence[Table], texts: Iterable[str]) -> None:
    """Give every row of the tables that have a column of territories one territory, in place.

    ``texts`` is the running text of the chapter, where abbreviations may be defined.
    """
    concerned = [t for t in tables if "territory" in t.columns and t.code in LABELLED]
    cells = {fold(lift(row.text("territory")).text): lift(row.text("territory")).text for t in concerned for row in t.rows}
    if not any(cells):
        return
    names = full_names(cells.values(), texts)
    for table in concerned:
        table.rows = [part for row in table.rows for part in split_row(row, names)]


def full_names(cells: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """Folded name or abbreviation -> full name, for every territory that stands alone in a cell or is defined."""
    names: dict[str, str] = {}
    parts = {part for cell in cells for part in SEPARATORS.split(cell) if part}
    texts = [*cells, *texts]
    for part in sorted(parts):
        if defined := re.fullmatch(r"(.+?)\s*\(([^()\s]{2,8})\)", part):
            names[fold(defined[1])] = names[fold(defined[2])] = defined[1]
        elif len(part) <= 6 and sum(c.isupper() for c in part) >= 2:
            if name := definition(part, texts):
                names[fold(part)] = names[fold(name)] = name
            else:
                names.setdefault(fold(part), part)
        else:
            names.setdefault(fold(part), part)
    return names


def definition(short: str, texts: Iterable[str]) -> str | None:
    """The capitalised words before "(BD)": the run that begins with the abbreviation's first letter."""
    for text in texts:
        for m in re.finditer(rf"\({re.escape(short)}\)", text, re.I):
            words: list[str] = []
            for word in reversed(text[: m.start()].split()[-8:]):
                if not (word[:1].isupper() or word.casefold() in SMALL) or word[-1:] in ".,;:":
                    break
                words.insert(0, word)
            while words and words[0][:1].casefold() != short[:1].casefold():
                words.pop(0)
            if words:
                return " ".join(words)
    return None


def split_row(row: Row, names: Mapping[str, str]) -> list[Row]:
    """One row for each territory that the row's cell names; a row for the whole country keeps an empty name.

    Where the cell stacks its territories line by line and another cell has as many lines, each line has its own answer.
    """
    cell = row.cells.get("territory", Cell())
    stacks = [territories(lift(line.text).text, names) for line in cell.lines]
    together = territories(lift(cell.text).text, names)
    if all(stacks) and len(stacks) > 1:
        found = [(name, i) for i, part in enumerate(stacks) for name in part]
    else:
        found = [(name, -1) for name in together]
    if not found:
        return [row]
    out = []
    for name, at in found:
        cells = dict(row.cells)
        cells["territory"] = named(cell, name)
        for column, other in row.cells.items():
            if at >= 0 and column not in ("territory", "legislation") and len(other.lines) == len(stacks):
                cells[column] = Cell((other.lines[at],))
        out.append(Row(cells, row.where))
    return out


def territories(text: str, names: Mapping[str, str]) -> list[str]:
    """The full names in a cell's text, or nothing where a part of it is no known territory."""
    if fold(text) in names:
        return [names[fold(text)]]
    if fold(text) in WHOLE:
        return [""]
    parts = [part for part in SEPARATORS.split(text) if part]
    found = [names.get(fold(re.sub(r"\s*\([^()]*\)$", "", part)) or fold(part)) for part in parts]
    return [name for name in found if name] if found and all(found) else []


def named(cell: Cell, name: str) -> Cell:
    """The cell with the territory's full name in place of what is printed; place and number stay."""
    if not cell.lines or not name:
        return Cell()
    first = cell.lines[0]
    line = Line(first.number, name, first.where, first.gap, first.zone, first.size, first.bold, first.italic)
    return Cell((line,))
