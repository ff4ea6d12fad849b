"""Rows for parts of a country: one row for each part, with its full name.

A cell may list several parts ("FBiH/RS/BD", Bosnia and Herzegovina 2017, page 5), or have one part on each line with an
answer beside it. It may use abbreviations that the chapter defines once ("Brčko District (BD)").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from extractors import rules
from extractors.chapter.tables import ChapterTable, TableRow
from extractors.model import Cell
from extractors.references.citations import lift
from extractors.rules import country_code, fold

SEPARATORS = re.compile(r"\s*[/,;]\s*")
JOINED = re.compile(r"\s*[/,;]\s*(?:and\s+)?|\s+and\s+|\s+&\s+")
CUTS = (SEPARATORS, JOINED, re.compile(r"\s+"))  # tried in this order: "Bosnia and Herzegovina" is one name
WHOLE = re.compile(r"(all|nationwide)\b")  # "All Pakistan": the whole country
SMALL = {"of", "and", "the", "de", "la", "da", "du", "del"}
ABBREVIATION = re.compile(r"\([A-Z]{2,8}\),?")


def split_territories(tables: Sequence[ChapterTable], texts: Iterable[str]) -> None:
    """Change the tables in place so that every row with answers is about one territory.

    ``texts`` is the running text of the chapter; it may define abbreviations.
    """
    for table in tables:
        gather(table)
    labelled = [table for table in tables if (rule := rules.table(table.code)) and rule.codes]
    names = full_names({printed_name(row) for table in labelled for row in table.rows}, texts)
    for table in tables:
        for row in table.rows:
            row.territory = None if row.territory is None else full_name(row.territory, names)
    for table in labelled:
        if "territory" in table.columns:
            table.rows = [part for row in table.rows for part in split_row(row, names)]


def full_name(printed: str, names: Mapping[str, str]) -> str:
    """The full name of a printed territory. The name of a country is complete, also if it has commas."""
    return printed if country_code(printed) else next(iter(territories(printed, names)), printed)


def printed_name(row: TableRow) -> str:
    """The territory of a row as printed, without markers and citations."""
    return lift(row.text("territory")).text if row.territory is None else row.territory


def gather(table: ChapterTable) -> None:
    """Turn columns for one territory each ("percent/Punjab Province") into rows with a territory."""
    spread = [column for column in table.columns if "/" in column]
    if not spread:
        return
    rows = []
    for row in table.rows:
        for column in spread:
            cells = {name: cell for name, cell in row.cells.items() if name not in spread}
            value, _, territory = column.partition("/")
            cells[value] = row.cells.get(column, Cell())
            rows.append(TableRow(cells, row.where, territory))
    table.rows = rows
    table.columns = list(dict.fromkeys(column.partition("/")[0] for column in table.columns))


def full_names(cells: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """Folded name or abbreviation -> full name of each territory that is alone in a cell or that a text defines.

    1. A part of a cell "Name (ABBR)" defines both.
    2. An abbreviation gets the name that a text defines, here also for one of several with only blanks between them.
    3. Any other part is a name.
    A name that is a list of other names ("Mark of Tal and Lake District") is removed at the end.
    """
    cells = list(cells)
    texts = [*cells, *texts]
    names: dict[str, str] = {}
    parts = {part for cell in cells for part in SEPARATORS.split(cell) if part}
    words = {word for part in parts for word in (part, *part.split()) if is_short(word)}
    defined = {word: name for word in words if (name := definition(word, texts))}
    for part in sorted(parts | defined.keys()):
        if both := re.fullmatch(r"(.+?)\s*\(([^()\s]{2,8})\)", part):
            names[fold(both[1])] = names[fold(both[2])] = both[1]
        elif part in defined:
            names[fold(part)] = names[fold(defined[part])] = defined[part]
        else:
            names.setdefault(fold(part), part)
    return {name: text for name, text in names.items() if not is_list(text, names)}


def is_list(text: str, names: Mapping[str, str]) -> bool:
    """Whether a text is made of several known names."""
    cuts = [parts_of(text, cut) for cut in CUTS]
    return any(len(parts) > 1 and all(fold(part) in names for part in parts) for parts in cuts)


def is_short(text: str) -> bool:
    """Whether a text looks like an abbreviation: at most 6 letters, at least 2 of them capitals."""
    return len(text) <= 6 and sum(c.isupper() for c in text) >= min(2, len(text))


def parts_of(text: str, cut: re.Pattern[str]) -> list[str]:
    """The parts of a text that are not empty."""
    return [part for part in cut.split(text) if part]


def definition(short: str, texts: Iterable[str]) -> str | None:
    """The name before "(BD)": capitalised words from the first one that begins with the abbreviation's first letter.

    A name may have commas, but one without is tried first: "Saint Helena, Ascension, and Tristan da Cunha (SH)"; "Cocos
    (Keeling) Islands (CKI)" has parentheses of its own (Cocos (Keeling) Islands 2016, page 1).
    """
    for text in texts:
        for m in re.finditer(rf"\({re.escape(short)}\)", text, re.I):
            before = text[: m.start()].split()[-9:]
            if name := name_before(before, short, ".,;:") or name_before(before, short, ".;:"):
                return name
    return None


def name_before(words: Sequence[str], short: str, stops: str) -> str:
    """The name at the end of some words. A word that ends in one of the ``stops`` is before the name."""
    name: list[str] = []
    for word in reversed(words):
        named = word.lstrip("(")[:1].isupper() or word.casefold() in SMALL
        if not named or word[-1:] in stops or ABBREVIATION.fullmatch(word):
            break
        name.insert(0, word)
    while name and name[0][:1].casefold() != short[:1].casefold():
        name.pop(0)
    return " ".join(name)


def split_row(row: TableRow, names: Mapping[str, str]) -> list[TableRow]:
    """One row for each territory that the row's cell names; an empty name stands for the whole country.

    If every line of the cell has its own territory, an answer cell with as many lines has one answer for each line.
    """
    parts = parts_of_cell(row.cells.get("territory", Cell()), names)
    answers = [column for column in row.cells if column in ("status", "age") or column.isdigit()]
    stacked = [column for column in answers if len(row.cells[column].lines) == len(parts) > 1]
    everyone = [name for part in parts for name in part]
    out = []
    for at, part in enumerate(parts):
        own = {column: Cell((row.cells[column].lines[at],)) for column in stacked}
        joint = tuple(part if len(stacked) == len(answers) else everyone)
        out += [TableRow({**row.cells, **own}, row.where, name, joint if len(joint) > 1 else ()) for name in part]
    return out or [row]


def parts_of_cell(cell: Cell, names: Mapping[str, str]) -> list[list[str]]:
    """The territories of each line if every line has its own, else those of the whole cell as one part.

    A name and its abbreviation on the line below are one territory (Bosnia and Herzegovina 2018, page 3).
    """
    by_line = [territories(lift(line.text).text, names) for line in cell.lines]
    named = [name for line in by_line for name in line]
    own = len(by_line) > 1 and all(by_line) and len(set(named)) == len(named)
    return by_line if own else [territories(lift(cell.text).text, names)]


def territories(text: str, names: Mapping[str, str]) -> list[str]:
    """The full names of the territories in a text; empty if one of its parts is not a known territory."""
    if WHOLE.match(fold(text)):
        return [""]
    if fold(text) in names:
        return [names[fold(text)]]
    for cut in CUTS:
        found = [names.get(fold(re.sub(r"\s*\([^()]*\)$", "", p)) or fold(p)) for p in parts_of(text, cut)]
        if found and all(found):
            return [name for name in found if name]
    return []
