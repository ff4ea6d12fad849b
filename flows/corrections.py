"""Values that the user has corrected: the file ``corrections.csv``, which the user keeps under version control.

A line replaces the value of one cell, but only while the value that is read is the one that the line expects. It is
applied to what was read, before validation, so a chapter that is read again keeps its corrections. A line that fits no
more is stale: the value is published as it is read, and the line is reported.
"""

from __future__ import annotations

import csv
import getpass
import io
import logging
import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.ending import Refused
from flows.log import log_line
from flows.losses import NOT_COUNTED
from schemas.codes import CORRECTIONS

if TYPE_CHECKING:
    import pandas as pd

    from extractors.model import Extraction
    from flows.published import PublishedRelease

DERIVED = NOT_COUNTED | {"citations", "works"}
"""Tables that are made of others, or by the run."""
FIXED = frozenset({"doc_id", "iso3", "report_year", "row_key", "work_id", "action_id", "likeness", "suggested_since"})
"""Columns that name a row or are derived."""
FIXED_IN = {
    "documents": ("source_", "page_count", "released"),
    "references": ("number",),
    "footnotes": ("table",),
    "captions": ("table",),
}
"""Beginnings of other columns to which the file or other tables refer."""
APPLIED, SETTLED = "applied", "settled"
MISSING_CHAPTER, MISSING_ROW, OTHER_VALUE = "stale_chapter", "stale_row", "stale_value"
SHOWN = 80
"""Characters of a value in a message."""
Record = dict[str, Any]


class CorrectionsError(Refused):
    """A line of the file is wrong; the message names file, line and reason."""


@dataclass(frozen=True)
class Correction:
    """One line. ``row_key`` is that of the row as it is read, ``expected`` and ``new`` are written as in the CSV files;
    ``line`` is the number of the line in the file."""

    doc_id: str
    table: str
    row_key: str
    column: str
    expected: str
    new: str
    reason: str
    who: str
    date: str
    line: int = 0

    @property
    def cell(self) -> tuple[str, str, str, str]:
        """What is corrected: chapter, table, row and column."""
        return self.doc_id, self.table, self.row_key, self.column

    def __str__(self) -> str:
        return f"{self.doc_id} {self.table} {self.row_key} {self.column}"


COLUMNS = tuple(field.name for field in fields(Correction))[:-1]
"""The columns of the file, which may have them in any order."""


def load(file: Path) -> list[Correction]:
    """Return the lines of a file; none if there is no such file.

    Raises :class:`CorrectionsError` for a file of another form, an empty or wrong field, and a second line for a cell.
    Tables, columns and values are checked by :func:`check`.
    """
    found: dict[tuple[str, ...], Correction] = {}
    for number, record in _records(file):
        if fault := _fault(record):
            raise CorrectionsError(f"{file}, line {number}: {fault}")
        tidy = {name: " ".join(record[name].split()) for name in ("reason", "who", "date")}
        one = Correction(**{**record, **tidy}, line=number)
        if one.cell in found:
            raise CorrectionsError(f"{file}, line {number}: corrects the same cell as line {found[one.cell].line}")
        found[one.cell] = one
    return list(found.values())


def _records(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of the file by column, with their numbers."""
    header: list[str] = []
    number = 0
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            for cells in reader:
                begins, number = number + 1, reader.line_num
                if not header:
                    header = [cell.strip() for cell in cells]
                    if sorted(header) != sorted(COLUMNS):
                        raise CorrectionsError(f"{file}, line {begins}: the columns must be {','.join(COLUMNS)}")
                elif len(cells) != len(header) and any(cells):
                    reason = f"has {len(cells)} fields, the first line has {len(header)}"
                    raise CorrectionsError(f"{file}, line {begins}: {reason}")
                elif any(cells):
                    yield begins, dict(zip(header, cells, strict=True))
    except FileNotFoundError:
        return
    except (OSError, ValueError, csv.Error) as error:
        raise CorrectionsError(f"{file}, line {number + 1}: {str(error).splitlines()[0]}") from error


def _fault(record: Mapping[str, str]) -> str:
    """What is wrong with a line of the file, without the tables' definitions."""
    empty = [name for name in COLUMNS if name not in ("expected", "new") and not record[name].strip()]
    if empty:
        return f"{empty[0]} is empty"
    if not re.fullmatch(r"[a-z]{3}-\d{4}", record["doc_id"]):
        return f"doc_id: {record['doc_id']!r} is no chapter, such as xav-2019"
    try:
        date.fromisoformat(record["date"].strip())
    except ValueError:
        return f"date: {record['date']!r} is no date, such as 2020-01-31"
    return "the new value is the expected one" if record["expected"] == record["new"] else ""


def check(file: Path, corrections: Sequence[Correction]) -> None:
    """Hold the lines against the tables' definitions. Raises :class:`CorrectionsError` for a table or column that there
    is not or that cannot be corrected, and for a value that the column does not take."""
    columns: dict[tuple[str, str], list[Correction]] = defaultdict(list)
    for one in corrections:
        if fault := _place_fault(one.table, one.column):
            raise CorrectionsError(f"{file}, line {one.line}: {fault}")
        columns[one.table, one.column].append(one)
    for lines in columns.values():
        _check_values(file, lines)


def _place_fault(table: str, column: str) -> str:
    import schemas

    if table not in schemas.TABLES:
        return f"there is no table {table!r}"
    if table in DERIVED:
        return f"{table} is made of other tables; correct those"
    if column not in schemas.TABLES[table].to_schema().columns:
        return f"{table} has no column {column!r}"
    if column in FIXED or column in schemas.PLACES or column.startswith(FIXED_IN.get(table, ("\0",))):
        return f"{column} of {table} cannot be corrected"
    return ""


def _check_values(file: Path, corrections: Sequence[Correction]) -> None:
    """Check the values of lines for one column."""
    import pandas as pd
    from pandera.errors import SchemaErrors

    table, column = corrections[0].table, corrections[0].column
    kind = kind_of(table, column)
    values = []
    for one in corrections:
        try:
            value_of(one.expected, kind, removed=True)
            values.append(value_of(one.new, kind))
        except ValueError as error:
            raise CorrectionsError(f"{file}, line {one.line}: {column}: {error}") from error
    try:
        _column(table, column).validate(pd.DataFrame({column: pd.Series(values, dtype=kind)}), lazy=True)
    except SchemaErrors as error:
        case = error.failure_cases.iloc[0]
        one = corrections[0 if pd.isna(case["index"]) else int(case["index"])]
        raise CorrectionsError(f"{file}, line {one.line}: {column}: {one.new!r} fails {case['check']}") from error


def _column(table: str, column: str) -> Any:
    import schemas

    return schemas.TABLES[table].to_schema().columns[column]


def kind_of(table: str, column: str) -> str:
    """Return the type of a column: ``Int64``, ``Float64``, ``bool``, ``boolean``, or ``str`` for any text."""
    found = str(_column(table, column).dtype)
    return found if found in ("Int64", "Float64", "bool", "boolean") else "str"


def value_of(text: str, kind: str, removed: bool = False) -> Any:
    """Return the value that a CSV file writes as this text; ``None`` for an empty one that is no text.

    Raises ``ValueError`` if it is not of the kind; an empty Boolean is none unless ``removed``.
    """
    if kind == "str":
        return text
    word = text.strip()
    if kind in ("bool", "boolean"):
        found = {"true": True, "false": False, "": None}.get(word.lower(), word)
        if isinstance(found, str) or (found is None and kind == "bool" and not removed):
            raise ValueError(f"{text!r} is not true or false")
        return found
    if not word:
        return None
    try:
        number = float(word)
    except ValueError as error:
        raise ValueError(f"{text!r} is no number") from error
    if not math.isfinite(number) or (kind == "Int64" and number != int(number)):
        raise ValueError(f"{text!r} is no {'whole' if kind == 'Int64' else 'finite'} number")
    return number if kind == "Float64" else int(number)


def shown(value: Any) -> str:
    """Return a value as the CSV files write it; a missing one is empty."""
    if isinstance(value, str):
        return value
    text = str(value)
    if value is None or text in ("nan", "<NA>"):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return text.lower() if text in ("True", "False") else text


def quoted(text: str) -> str:
    """Return a value for a message; a long one is cut off."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


def by_chapter(corrections: Sequence[Correction]) -> dict[str, list[Correction]]:
    """The lines for each chapter, by its ``doc_id``."""
    found: dict[str, list[Correction]] = defaultdict(list)
    for one in corrections:
        found[one.doc_id].append(one)
    return dict(found)


def without_chapter(lines: Mapping[str, list[Correction]], chapters: Collection[str]) -> list[Record]:
    """A row of ``corrections`` for each line whose chapter is not among the ``chapters`` of the run."""
    rows = []
    for doc_id in lines.keys() - set(chapters):
        identity = {"doc_id": doc_id, "iso3": doc_id[:3].upper(), "report_year": int(doc_id[4:])}
        rows += [_row(one, number, identity, MISSING_CHAPTER) for number, one in enumerate(lines[doc_id], 1)]
    return rows


def table(rows: Sequence[Record]) -> pd.DataFrame:
    """The table ``corrections`` of these rows."""
    import schemas

    return schemas.typed("corrections", sorted(rows, key=lambda row: (row["doc_id"], row["row"])))


def report_stale(rows: Sequence[Record]) -> list[str]:
    """Log the lines that were not applied to a chapter of the run. Return them for the end of the run."""
    stale = []
    for row in rows:
        if row["state"] not in (APPLIED, MISSING_CHAPTER):
            stale.append(f"{row['doc_id']} {row['table']} {row['key']} {row['column']}: {CORRECTIONS[row['state']]}")
            log_line(logging.WARNING, row["doc_id"], "corrections", stale[-1])
    if rows:
        applied = sum(row["state"] == APPLIED for row in rows)
        log_line(logging.INFO, "run", "corrections", f"{applied} of {len(rows)} applied")
    return stale


def changed_chapters(*tables: pd.DataFrame) -> set[str]:
    """The chapters of which other corrections are applied in one of two tables ``corrections`` than in the other."""
    applied: set[tuple[str, ...]] = set()
    for table in tables:
        used = table.loc[table["state"] == APPLIED, ["doc_id", "table", "key", "column", "new"]]
        applied ^= set(used.itertuples(index=False, name=None))
    return {doc_id for doc_id, *_ in applied}


def correct(chapter: Extraction, corrections: Sequence[Correction]) -> tuple[Extraction, list[Record]]:
    """Return a chapter with its lines applied where they fit, and a row of ``corrections`` for each of them.

    Each line is a finding of the chapter, and the provenance of a corrected cell has the reason. The rows of a
    corrected table keep the keys that they have as they are read: a line goes on to find its row.
    """
    from schemas.keys import with_row_keys

    keyed = with_row_keys(chapter.tables)
    tables = {**chapter.tables, **{one.table: keyed[one.table] for one in corrections if one.table in keyed}}
    for name in ("provenance", "entities", "citations", "quality"):
        tables[name] = [*tables.get(name, [])]
    identity = {"doc_id": chapter.doc_id, "iso3": chapter.iso3, "report_year": chapter.report_year}
    rows = []
    for number, one in enumerate(corrections, 1):
        place = next((row for row in tables.get(one.table, ()) if row.get("row_key") == one.row_key), None)
        state = _state(one, place)
        rows.append(_row(one, number, identity, state, place))
        tables["quality"].append(_finding(one, rows[-1]))
        if place is not None and state == APPLIED:
            _apply(one, place, tables)
    return replace(chapter, tables=tables), rows


def _state(one: Correction, place: Mapping[str, Any] | None) -> str:
    """Whether a line fits the row that has its key."""
    if place is None or one.column not in place:
        return MISSING_ROW
    kind = kind_of(one.table, one.column)
    read = (place[one.column] or "") if kind == "str" else place[one.column]
    if read == value_of(one.expected, kind, removed=True):
        return APPLIED
    return SETTLED if read == value_of(one.new, kind) else OTHER_VALUE


def _row(
    one: Correction, number: int, identity: Mapping[str, Any], state: str, place: Mapping[str, Any] | None = None
) -> Record:
    """The row of ``corrections`` for a line."""
    where = place or {}
    return {
        **identity,
        "row": number,
        "page": where.get("page"),
        "bbox": where.get("bbox") or "",
        "line": where.get("line"),
        "table": one.table,
        "table_row": where.get("row"),
        "key": one.row_key,
        "column": one.column,
        "expected": one.expected,
        "as_read": shown(where.get(one.column)),
        "new": one.new,
        "state": state,
        "reason": one.reason,
        "who": one.who,
        "date": one.date,
    }


def _finding(one: Correction, row: Mapping[str, Any]) -> Record:
    """The row of ``quality`` that says what became of a line."""
    said = f"{one.reason} ({one.who}, {one.date})"
    read, expected, new = map(quoted, (row["as_read"], one.expected, one.new))
    message = {
        APPLIED: f"{one.column}: {read} was replaced by {new}: {said}",
        SETTLED: f"{one.column} is read as {new} now, so the correction is not needed any more",
        OTHER_VALUE: f"{one.column} is read as {read}, the correction to {new} expects {expected} and was not applied: "
        f"{said}",
        MISSING_ROW: f"no row has the key {one.row_key!r}, so {one.column} was not corrected to {new}: {said}",
    }[row["state"]]
    if row["state"] == APPLIED:
        check, severity = "value_corrected", "info"
    else:
        check, severity = "correction_stale", "info" if row["state"] == SETTLED else "warning"
    places = ("doc_id", "iso3", "report_year", "page", "bbox", "line", "table")
    return {
        **{name: row[name] for name in places},
        "row": row["table_row"],
        "check": check,
        "severity": severity,
        "message": message,
        "origin": "reading",
        "acknowledged": False,
    }


def _apply(one: Correction, place: Record, tables: Mapping[str, list[Record]]) -> None:
    """Replace the value, and bring what depends on it in line: provenance, names in the text, the id of a work."""
    read = place[one.column]
    place[one.column] = value_of(one.new, kind_of(one.table, one.column))
    if one.table == "references":
        from extractors.references.works import work_id

        author, title, date_iso = (place[name] or "" for name in ("author", "title", "date_iso"))
        place["work_id"] = work_id(author, title, date_iso, place["url_guess"] or place["url"] or "", place["text"])
    _trace(one, place, read, tables["provenance"])
    for number, row in enumerate(tables["citations"]):
        if _is_of(row, one, place):  # the sentence is as printed, and stands nowhere in the corrected text
            tables["citations"][number] = {**row, "start": None, "end": None}
    names = [row for row in tables["entities"] if _is_of(row, one, place)]
    for row in names:
        tables["entities"].remove(row)
    tables["entities"].extend(moved for row in names if (moved := _moved(row, one.new)))


def _is_of(row: Mapping[str, Any], one: Correction, place: Mapping[str, Any]) -> bool:
    """Whether a row of provenance or entities is about the corrected cell."""
    return (row.get("table"), row.get("row"), row.get("column")) == (one.table, place["row"], one.column)


def _trace(one: Correction, place: Mapping[str, Any], read: Any, provenance: list[Record]) -> None:
    """Write the reason beside the cell; a column that was made of another cell gets a row of its own."""
    own = [number for number, row in enumerate(provenance) if _is_of(row, one, place)]
    for number in own:
        provenance[number] = {**provenance[number], "correction": one.reason}
    if not own:
        where = {name: place[name] for name in ("doc_id", "iso3", "report_year", "row", "page", "bbox", "line")}
        cell = {"table": one.table, "column": one.column, "raw": shown(read), "correction": one.reason}
        provenance.append({**where, **cell})


def _moved(row: Record, text: str) -> Record | None:
    """A mention at the place that it has in the corrected text; nothing if the text does not have it."""
    places = [found.start() for found in re.finditer(re.escape(row["text"]), text)]
    if not places:
        return None
    start = min(places, key=lambda start: abs(start - row["start"]))
    return {**row, "start": start, "end": start + len(row["text"])}


def add(file: Path, one: Correction) -> None:
    """Append a line. The rest of the file stays as it is. Raises :class:`CorrectionsError` if the file, or the line in
    it, is wrong; then nothing is written."""
    have = load(file)
    again = next((other for other in have if other.cell == one.cell), None)
    if again:
        raise CorrectionsError(f"{file}, line {again.line}: corrects the same cell; change that line")
    if fault := _fault(vars(one)):
        raise CorrectionsError(fault)
    before = file.read_text(encoding="utf-8-sig") if file.exists() else ""
    header = next(csv.reader(io.StringIO(before)), None) or list(COLUMNS)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not before:
        writer.writerow(header)
    writer.writerow([getattr(one, name.strip()) for name in header])
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8", newline="") as stream:
        stream.write(("\n" if before and not before.endswith("\n") else "") + text.getvalue())


def proposed(
    release: PublishedRelease,
    cell: Mapping[str, str],
    expected: str | None,
    reason: str,
    who: str,
    pending: Sequence[Correction] = (),
) -> Correction:
    """Return a line for a published value, dated today. ``expected`` is the published value unless it is given.

    ``cell`` gives the other fields, ``pending`` the lines of the file, which may change other columns of the row.
    Raises :class:`CorrectionsError` if there is no such value, or if its column or its row does not take the new one.
    """
    import pandas as pd

    import schemas

    if declared := release.facts.get("declared"):  # tables that only the rules of that run declare
        schemas.declare(declared)
    table, column = cell["table"], cell["column"]
    if fault := _place_fault(table, column):
        raise CorrectionsError(fault)
    frame = release.frame(table)
    rows = frame[(frame["doc_id"] == cell["doc_id"]) & (frame["row_key"] == cell["row_key"])].to_dict("records")
    if not rows:
        raise CorrectionsError(f"{table} has no row {cell['row_key']} of {cell['doc_id']}")
    row = {str(name): None if pd.isna(value) else value for name, value in rows[0].items()}
    expected = shown(row[column]) if expected is None else expected
    today = datetime.now(UTC).date().isoformat()
    said = {"expected": expected, "reason": reason, "who": who or getpass.getuser(), "date": today}
    one = Correction(**cell, **said, line=0)
    try:
        new = value_of(one.new, kind_of(table, column))
    except ValueError as error:
        raise CorrectionsError(f"{column}: {error}") from error
    others = {
        other.column: value_of(other.new, kind_of(table, other.column))
        for other in pending
        if other.cell[:3] == one.cell[:3]
    }
    if fault := _row_fault(table, {**row, **others, column: new}):
        raise CorrectionsError(fault)
    return one


def _row_fault(table: str, row: Record) -> str:
    """Why a row would be rejected; empty if it would not."""
    from pandera.errors import SchemaErrors

    import schemas

    try:
        schemas.typed(table, [row])
    except SchemaErrors as error:
        case = error.failure_cases.iloc[0]
        whole = case["schema_context"] == "DataFrameSchema"
        return str(case["check"]) if whole else f"{case['column']}: {case['failure_case']!r} fails {case['check']}"
    return ""
