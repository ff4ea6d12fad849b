"""Compare the cells of each column with what the column declares (``rules/tables.yml``); every misfit is an error.

A border, header or column that moved on the page gives rows that look complete. Their cells show it: years stand in the
column of actions, a label stands in the column of answers, a name is longer than its description, a description begins
or ends within a sentence. The same holds for running text: a paragraph with half a sentence has lost the other half.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extractors.chapter import values
from extractors.chapter.reconcile import labels_in, where_of
from extractors.chapter.recorder import published_name
from extractors.chapter.signs import KINDS as SIGN_KINDS
from extractors.chapter.signs import LETTERS as SIGN_LETTERS
from extractors.chapter.tables import BULLETS
from extractors.model import Issue, Severity, Where
from extractors.references.citations import lift
from extractors.rules import Table, current, label_by_words, label_code
from extractors.rules.models import ColumnRule

Record = Mapping[str, Any]

SHORT = re.compile(r"(?:yes|no|\$?\d[\d,.]*%?|(?:19|20)\d\d\s*[-–—]\s*(?:19|20)\d\d)\W*", re.I)
"""What a column of words never holds as the whole text of a cell: an answer, a number, a span of years."""
SENTENCE_OPEN = re.compile(r"[a-z]+[\s,.;]")  # a text that begins within a sentence; "m-Birth" is a name (Ghana 2018)
SENTENCE_END = re.compile(r"""[.!?”")\]:;*†‡§\d]\W*$""")  # a text that ends as a sentence does; a citation may follow
CITED_SENTENCE = re.compile(r"[a-z]{3}\.\s?\(\d")  # a sentence with a citation behind it, which no name holds
SPAN_AFTER_SENTENCE = re.compile(r"\.(?:\([\d,;\s–-]+\))?\s+(?:19|20)\d\d\s*[–-]\s*(?:19|20)\d\d(?:\s|$)")
ANSWERS_IN_ROW = re.compile(r"(?:^|\s)(?:Yes|No|Unknown|N/A)\s*(?:\([\d,;\s–-]*\))?\s+(?:Yes|No|Unknown|N/A)\b")
"""Cells of a table in running text: years behind an action, answers of two columns side by side."""
SIGN_OPEN = re.compile(r"""[^\w\s"“”‘’'(\[•■▪●\-–—$€£¿¡]""")
"""A sign with which no paragraph begins: the marker of a note was misread."""
NO_START = "this text begins within a sentence"
NO_END = "this text ends within a sentence"
LONE_LABEL = "this label of a table stands in running text"
TWO_NAMES, TWO_TEXTS = re.compile(r";\s+[A-Z]"), re.compile(r"[.)\]]\s*;\s+[A-Z]")
"""A name with another behind it, and a sentence or citation with a sentence behind it."""
PLACE = {"row", "page", "bbox", "line"}  # the columns of a row that say nothing about its content
BLANK_ONCE = ("percent", "percent_and_count")
"""Kinds of which two cells of 1,253 are blank in the source (Burma 2017 and 2018, page 1)."""
LONGEST_NAME = 40  # letters of the name of a column
CELLS_JUDGED = 3  # a column with fewer cells is not judged: one strange cell has a finding of its own


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """A published column: its declarations (both enforcement tables have one) and its cells.

    ``cells`` is row number -> (text, provenance).
    """

    table: str
    name: str
    rules: Sequence[ColumnRule]
    cells: Mapping[int, tuple[str, Record]]
    labels: Sequence[str] = ()
    """The lists of labels of the other columns of the table."""

    def fits(self, text: str) -> bool:
        """Tell whether a cell has the declared form."""
        return any(fits(rule, text) for rule in self.rules)

    def is_foreign(self, text: str) -> bool:
        """Tell whether a cell is a label of another column of the table."""
        return any(label_code(codes, text) is not None for codes in self.labels)

    @property
    def where(self) -> Where:
        """The page or line of the first cell."""
        return where_of(next(iter(self.cells.values()))[1])


def misfits(tables: Mapping[str, Sequence[Record]]) -> Iterator[Issue]:
    """Return all findings of this module about one chapter; ``tables`` are its records by published table."""
    columns = columns_of(tables["provenance"])
    printed = list(printed_tables(columns))
    yield from unfit_columns(columns)
    yield from missing_cells(printed)
    yield from missing_columns(printed)
    yield from joined_rows(printed)
    yield from repeated_rows(tables)
    yield from cut_text(tables)


def unfit_columns(columns: Sequence[PrintedColumn]) -> Iterator[Issue]:
    """Return an error for each column of which most cells have not the form that the column declares."""
    for column in columns:
        foreign = [(text, cell) for text, cell in column.cells.values() if column.is_foreign(text)]
        if foreign:
            text, cell = foreign[0]
            message = f"column {column.name} holds a label of another column: {text[:80]!r}"
            yield Issue("column_unfit", "error", message, where_of(cell), column.table, cell["row"])
            continue
        named = {text.partition(":")[0] for text, _ in column.cells.values() if ":" in text[:LONGEST_NAME]}
        if len(column.cells) > 1 and len(named) == 1 and all(":" in text for text, _ in column.cells.values()):
            message = f"every cell of column {column.name} begins with {named.pop()!r}, which may be its header"
            yield Issue("column_unfit", "error", message, column.where, column.table)
        strange = [text for text, _ in column.cells.values() if not column.fits(text)]
        if len(column.cells) >= CELLS_JUDGED and 2 * len(strange) > len(column.cells):
            message = f"most cells of column {column.name} do not have its form, as {strange[0][:80]!r}"
            yield Issue("column_unfit", "error", message, column.where, column.table)
    yield from long_names(columns)


def cut_text(tables: Mapping[str, Sequence[Record]]) -> Iterator[Issue]:
    """Return an error for each description or paragraph with half a sentence, and each name with a whole one.

    A paragraph without an end is a warning only, because some chapters print one. Half a sentence is a slip of the
    publisher if no text of the chapter has the other half (Chile 2016, page 6; Pakistan 2018, page 9).
    """
    found = list(cut_cells(tables))
    reasons = {reason for reason, _ in found}
    other_half = {NO_START: NO_END, NO_END: NO_START}
    for reason, issue in found:
        lone = reason in other_half and other_half[reason] not in reasons
        yield replace(issue, origin="source") if lone else issue


def cut_cells(tables: Mapping[str, Sequence[Record]]) -> Iterator[tuple[str, Issue]]:
    """Return what is wrong with each text that is not whole, and the finding that says so."""
    described = {
        (published_name(code), name): name == rule.key
        for code, rule in current().tables.items()
        for name, column in rule.columns.items()
        if rule.cut_rows == "by_name" and column.kind in ("text", "dated_name")
    }
    for cell in tables["provenance"]:
        place, text = (cell["table"], cell["column"]), cell["raw"]
        if place == ("paragraphs", "text"):
            reason = LONE_LABEL if is_label(text) else broken_paragraph(text)
        elif place in described:
            reason = broken_name(text) if described[place] else broken_sentence(text)
        else:
            continue
        if reason:
            severity: Severity = "warning" if place[0] == "paragraphs" and reason == NO_END else "error"
            message = f"{reason}: {shortened(text)!r}"
            yield reason, Issue("cell_cut", severity, message, where_of(cell), cell["table"], cell["row"])


def is_label(text: str) -> bool:
    """Tell whether a text is a label of a table and nothing else."""
    return any(label_code(codes, text) is not None for codes in current().labels)


def broken_sentence(text: str) -> str:
    """Return what is wrong with a text that must consist of whole sentences; empty if nothing is."""
    if SENTENCE_OPEN.match(text):
        return NO_START
    return "" if SENTENCE_END.search(text) else NO_END


def broken_name(text: str) -> str:
    """Return what is wrong with a name; empty if nothing is."""
    if SENTENCE_OPEN.match(text):
        return "this name begins within a sentence"
    return "this name holds a sentence" if CITED_SENTENCE.search(text) else ""


def broken_paragraph(text: str) -> str:
    """Return what is wrong with a paragraph; empty if nothing is, or if it is a heading, which has no sentence."""
    if SPAN_AFTER_SENTENCE.search(text) or ANSWERS_IN_ROW.search(text):
        return "cells of a table are in the running text"
    if SIGN_OPEN.match(text):
        return "this text begins with a sign, as a note of a table does whose marker was misread"
    reason = broken_sentence(text)
    heading = reason and (re.match(r"[IVXivx]+\s*\.", text) or sum(map(str.islower, text)) < len(text) / 4)
    return "" if heading else reason


def shortened(text: str) -> str:
    """Return a text without its middle."""
    return text if len(text) <= 80 else f"{text[:40]} ... {text[-40:]}"


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A declared table, its columns that have cells, and row number -> provenance of one of its cells."""

    rule: Table
    name: str
    columns: Sequence[PrintedColumn]
    rows: Mapping[int, Record]


def printed_tables(columns: Sequence[PrintedColumn]) -> Iterator[PrintedTable]:
    """Yield every declared table with what the chapter has of it."""
    for code, rule in current().tables.items():
        own = [column for column in columns if column.table == published_name(code)]
        rows = {row: cell for column in own for row, (_, cell) in column.cells.items()}
        yield PrintedTable(rule, published_name(code), own, rows)


def missing_cells(tables: Iterable[PrintedTable]) -> Iterator[Issue]:
    """Return a finding for each column of which some cells are empty, though each row of such a table has one.

    A column that is mostly empty is another fault: it was not found, or not printed.
    """
    for table in tables:
        for column in (column for column in table.columns if always_filled(table.rule, column.name)):
            lacking = [cell for row, cell in sorted(table.rows.items()) if row not in column.cells]
            if lacking and 2 * len(lacking) < len(table.rows):
                message = f"{len(lacking)} of {len(table.rows)} cells of column {column.name} are empty"
                severity: Severity = "warning" if table.rule.columns[column.name].kind in BLANK_ONCE else "error"
                yield Issue("cell_missing", severity, message, where_of(lacking[0]), table.name, lacking[0]["row"])


def joined_rows(tables: Iterable[PrintedTable]) -> Iterator[Issue]:
    """Return an error for each row whose name and another cell both hold two entries: two rows were made one."""
    for table in tables:
        names = {
            row: cell for column in table.columns if column.name == table.rule.key for row, cell in column.cells.items()
        }
        others = [column.cells for column in table.columns if column.name != table.rule.key]
        for row, (name, cell) in names.items():
            if TWO_NAMES.search(name) and any(TWO_TEXTS.search(cells[row][0]) for cells in others if row in cells):
                message = f"the cells of this row hold two entries: {shortened(name)!r}"
                yield Issue("column_unfit", "error", message, where_of(cell), table.name, row)


def missing_columns(tables: Iterable[PrintedTable]) -> Iterator[Issue]:
    """Return an error for each column without any cell of a table of several rows: it was not found, or the source
    lacks it, as in none of 322 undamaged chapters. An empty column of signs may say that nothing is ratified."""
    others = ("label", "territory", "picture", "check_mark", "ratification")
    for table in tables:
        filled = {column.name for column in table.columns}
        lacking = [name for name, rule in table.rule.columns.items() if rule.kind not in others and name not in filled]
        for name in lacking if len(table.rows) > 1 and not table.rule.year_columns else ():
            message = f"column {name} has no cell in {len(table.rows)} rows"
            yield Issue("column_missing", "error", message, where_of(table.rows[min(table.rows)]), table.name)


def always_filled(rule: Table, name: str) -> bool:
    """Tell whether every row has a cell in this column: all of a table of words, and the answers on standards."""
    kind = rule.columns[name].kind
    return kind == "yes_no" or kind in BLANK_ONCE or (rule.cut_rows != "never" and kind not in ("territory", "picture"))


def columns_of(provenance: Sequence[Record]) -> list[PrintedColumn]:
    """Return the columns that a rule declares, each with its cells that are not empty."""
    declared: dict[tuple[str, str], list[ColumnRule]] = defaultdict(list)
    for code, rule in current().tables.items():
        for name, column in rule.columns.items():
            declared[published_name(code), name].append(column)
    cells: dict[tuple[str, str], dict[int, tuple[str, Record]]] = defaultdict(dict)
    for cell in provenance:
        place = (cell["table"], cell["column"])
        if cell["raw"] and place in declared:
            text = lift(cell["raw"], None).text.strip(BULLETS + " ")
            cells[place][cell["row"]] = (text, cell)
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for (table, name), rules in declared.items():
        labels[table] |= {rule.codes: name for rule in rules if rule.codes}
    return [
        PrintedColumn(
            *place, rules, cells[place], [codes for codes, name in labels[place[0]].items() if name != place[1]]
        )
        for place, rules in declared.items()
        if place in cells
    ]


def fits(rule: ColumnRule, text: str) -> bool:
    """Tell whether a cell may stand in a column of this declaration."""
    if rule.groups and label_code(rule.groups, text) is not None:
        return True
    if rule.codes:
        return labels_in(rule.codes, text) > 0 or label_by_words(rule.codes, text.split("(")[0]) is not None
    form = values.FORMS.get(rule.kind)
    if rule.kind in SIGN_KINDS and text in SIGN_LETTERS:
        return True
    return values.fully_read(form, text) if form else not SHORT.fullmatch(text)


def long_names(columns: Sequence[PrintedColumn]) -> Iterator[Issue]:
    """Return an error for each table whose names are together twice as long as their descriptions.

    In a small table names may be longer (Cook Islands 2014, page 2: 171 letters of names, 95 of roles).
    """
    keys = {(published_name(code), rule.key) for code, rule in current().tables.items()}
    words = [c for c in columns if all(r.kind in ("text", "dated_name") and not r.codes for r in c.rules)]
    for name, other in itertools.permutations(words, 2):
        if name.table != other.table or (name.table, name.name) not in keys:
            continue
        both = name.cells.keys() & other.cells.keys()
        of_names, of_others = (sum(len(column.cells[row][0]) for row in both) for column in (name, other))
        if len(both) >= CELLS_JUDGED and of_names > 2 * of_others:
            message = f"the cells of column {name.name} are longer than those of column {other.name}"
            yield Issue("column_unfit", "error", message, name.where, name.table)


def repeated_rows(tables: Mapping[str, Sequence[Record]]) -> Iterator[Issue]:
    """Return an error for each table that has rows twice or begins again: a table that is printed twice, or the end of
    another chapter.

    A label that holds for the rows below it has one run of rows. One row that is there twice is a slip of the publisher
    (Fiji 2018, page 1).
    """
    for name, rule in {published_name(code): rule for code, rule in current().tables.items()}.items():
        rows = tables.get(name, ())
        twice = twice_there(rows)
        labels = [label for label in rule.carried if label != rule.key]
        again = next((row for label in labels if (row := restart(rows, label))), None)
        if twice > 1 or again:
            first = again or rows[-1]
            reason = f"{twice} rows are there twice" if twice > 1 else "a label begins again after other labels"
            message = f"{reason}: the table is printed twice, or holds rows of another chapter"
            yield Issue("table_repeated", "error", message, where_of(first), name, first["row"])


def twice_there(rows: Sequence[Record]) -> int:
    """Count the rows that say what another row says."""
    said = Counter(tuple((key, value) for key, value in row.items() if key not in PLACE) for row in rows)
    return sum(count > 1 for count in said.values())


def restart(rows: Sequence[Record], name: str) -> Record | None:
    """Return the first row whose label was there before, above other labels; rows for territories may be mixed."""
    if any(row.get("territory") for row in rows):
        return None
    runs = [(label, next(group)) for label, group in itertools.groupby(rows, key=lambda row: row.get(name))]
    seen: set[str] = set()
    for label, row in runs:
        if label in seen - {"other"}:
            return row
        seen.add(label)
    return None
