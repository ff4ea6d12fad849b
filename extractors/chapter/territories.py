"""Rows for parts of a country: one row for each, under its full name.

A cell may name several parts ("FBiH/RS/BD", Bosnia and Herzegovina 2017, page 5), stack them with an answer beside
each, and use abbreviations that the chapter defines once ("Brčko District (BD)").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from extractors import rules
from extractors.chapter.tables import Row, Table
from extractors.model import Cell
from extractors.references.citations import lift
from extractors.rules import fold

SEPARATORS = re.compile(r"\s*[/,;]\s*")
JOINED = re.compile(r"\s*[/,;]\s*(?:and\s+)?|\s+and\s+|\s+&\s+")
WHOLE = re.compile(r"(all|nationwide)\b")  # "All Pakistan": the whole country
CUTS = (SEPARATORS, JOINED, re.compile(r"\s+"))  # in this order: "Bosnia and Herzegovina" is one name
SMALL = {"of", "and", "the", "de", "la"}


def split_territories(tables: Sequence[Table], texts: Iterable[str]) -> None:
    """Give every row of the tables that have a column of territories one territory, in place.

    ``texts`` is the running text of the chapter, where abbreviations may be defined.
    """
    for table in tables:
        gather(table)
    labelled = [table for table in tables if (rule := rules.table(table.code)) and rule.codes]
    concerned = [table for table in labelled if "territory" in table.columns]
    printed = {printed_name(row) for table in labelled for row in table.rows}
    names = full_names(printed, list(texts))
    for table in tables:
        for row in table.rows:
            if row.territory is not None:
                row.territory = next(iter(territories(row.territory, names)), row.territory)
    for table in concerned:
        table.rows = [part for row in table.rows for part in split_row(row, names)]


def printed_name(row: Row) -> str:
    """A row's territory as printed, without markers and citations."""
    return lift(row.text("territory")).text if row.territory is None else row.territory


def gather(table: Table) -> None:
    """Turn columns "percent/Punjab Province", one for each territory, into rows with a territory."""
    spread = [column for column in table.columns if "/" in column]
    if not spread:
        return
    rows = []
    for row in table.rows:
        for column in spread:
            cells = {name: cell for name, cell in row.cells.items() if name not in spread}
            value, _, territory = column.partition("/")
            cells[value] = row.cells.get(column, Cell())
            rows.append(Row(cells, row.where, territory))
    table.rows = rows
    table.columns = list(dict.fromkeys(column.partition("/")[0] for column in table.columns))


def full_names(cells: Collection[str], texts: Iterable[str]) -> dict[str, str]:
    """Folded name or abbreviation -> full name, for every territory that stands alone in a cell or is defined."""
    names: dict[str, str] = {}
    parts = {part for cell in cells for part in SEPARATORS.split(cell) if part}
    texts = [*cells, *texts]
    stacked = {word for part in parts for word in part.split() if is_short(word) and definition(word, texts)}
    for part in sorted(parts | stacked):
        if defined := re.fullmatch(r"(.+?)\s*\(([^()\s]{2,8})\)", part):
            names[fold(defined[1])] = names[fold(defined[2])] = defined[1]
        elif is_short(part):
            if name := definition(part, texts):
                names[fold(part)] = names[fold(name)] = name
            else:
                names.setdefault(fold(part), part)
        else:
            names.setdefault(fold(part), part)
    lists = [
        name
        for name, text in names.items()
        if any(len(parts_of(text, cut)) > 1 and all(fold(p) in names for p in parts_of(text, cut)) for cut in CUTS)
    ]
    return {name: text for name, text in names.items() if name not in lists}


def is_short(text: str) -> bool:
    """Whether a text looks like an abbreviation."""
    return len(text) <= 6 and sum(c.isupper() for c in text) >= min(2, len(text))


def parts_of(text: str, cut: re.Pattern[str]) -> list[str]:
    """The parts of a cell that lists several territories."""
    return [part for part in cut.split(text) if part]


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
    answers = {column: cell for column, cell in row.cells.items() if column in ("status", "age") or column.isdigit()}
    stacked = {column for column, cell in answers.items() if len(cell.lines) == len(stacks)}
    out = []
    for name, at in found:
        own = {column: Cell((row.cells[column].lines[at],)) for column in stacked} if at >= 0 else {}
        joint = tuple(other for other, place in found if place == at or len(own) < len(answers))
        out.append(Row({**row.cells, **own}, row.where, name, joint if len(joint) > 1 else ()))
    return out


def territories(text: str, names: Mapping[str, str]) -> list[str]:
    """The full names in a cell's text, or nothing where a part of it is no known territory."""
    if WHOLE.match(fold(text)):
        return [""]
    if fold(text) in names:
        return [names[fold(text)]]
    for cut in CUTS:
        found = [names.get(fold(re.sub(r"\s*\([^()]*\)$", "", p)) or fold(p)) for p in parts_of(text, cut)]
        if found and all(found):
            return [name for name in found if name]
    return []
