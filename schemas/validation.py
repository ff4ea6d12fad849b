"""Validates rows: each row goes either to its typed table or to the table ``quarantine``.

pandera reports all failures of a table at once. This module decides which rows they concern, because pandera's own
``drop_invalid_rows`` also drops valid rows. A bad value in a column that may be empty is removed, with a finding
``value_invalid`` that keeps it; only a row that cannot be published without the value goes to ``quarantine``. Then it
checks rows that refer to other rows, so that no published row refers to a row that is not published.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Protocol

import pandas as pd
import pandera
from pandera.api.pandas.container import DataFrameSchema
from pandera.errors import SchemaError, SchemaErrors

from schemas.base import NumberedTable, TableModel
from schemas.keys import ROW_KEY, Record, with_row_keys
from schemas.publisher import COMMAND_TABLES
from schemas.tables import EMPTIED, TABLES

POINTERS = ("citations", "entities", "provenance")
"""Tables whose rows refer to a row of another table and are useless without it."""

PLACE = ("doc_id", "iso3", "report_year", "row", ROW_KEY, "page", "bbox", "line")
_Address = tuple[str, str, int]
NOWHERE: Record = {"row": None, "page": None, "bbox": "", "line": None}
"""The place of what is not about a row."""
_INT64 = 2**63
_PLAIN: dict[str, set[type]] = {
    "bool": {bool},
    "boolean": {bool, type(None)},
    "str": {str, type(None)},
    "Int64": {int, type(None)},
    "Float64": {float, int, type(None)},
}
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a UTF-16 surrogate pair. It cannot be encoded as UTF-8, so no output file can hold it."""


class ChapterRecords(Protocol):
    """What validation needs of a chapter: its identity and its rows by table."""

    @property
    def doc_id(self) -> str: ...
    @property
    def iso3(self) -> str: ...
    @property
    def report_year(self) -> int: ...
    @property
    def tables(self) -> Mapping[str, list[dict[str, Any]]]: ...


class ValidationSwitchedOff(RuntimeError):
    """An environment variable makes pandera skip checks."""


class RowsLost(RuntimeError):
    """The number of rows changed during validation. This is a defect of this module, never of the data."""


@dataclass(frozen=True)
class Validated:
    """All tables as typed and sorted frames, including ``quality`` and ``quarantine``."""

    tables: dict[str, pd.DataFrame]

    @property
    def quarantined(self) -> int:
        """Number of rows that failed."""
        return len(self.tables["quarantine"])


@dataclass(slots=True)
class _Candidate:
    chapter: ChapterRecords
    record: dict[str, Any]
    reasons: list[str] = field(default_factory=list)
    removed: dict[str, str] = field(default_factory=dict)
    """Column that was emptied -> why."""
    as_read: dict[str, Any] | None = None
    """The record before a column was emptied; ``None`` if none was."""


def validate(chapters: Sequence[ChapterRecords]) -> Validated:
    """Check every row of the chapters against the model of its table.

    A bad value is removed from a column that may be empty, with a finding ``value_invalid``. A row that fails otherwise
    goes to ``quarantine`` with all its reasons, and a finding ``rows_quarantined`` in ``quality`` counts such rows for
    each chapter and table. Rows may hold anything: a missing or unknown column, a value of a wrong
    type and a table without a model are reasons for quarantine, not exceptions.

    Returns one typed and sorted frame for each table of ``TABLES``. Raises :class:`ValidationSwitchedOff` if the
    environment makes pandera skip checks, and :class:`RowsLost` if rows are missing at the end.
    """
    _require_full_validation()
    rows = _candidates(chapters)
    received = sum(map(len, rows.values()))
    tables = {
        name: _check_table(model, rows[name])
        for name, model in TABLES.items()
        if name not in (*POINTERS, "quality", "quarantine")
    }
    tables |= _check_pointer_tables(tables, rows)
    for name in rows.keys() - TABLES.keys():
        for row in rows[name]:
            row.reasons.append("no schema for this table")
    reported = _check_table(TABLES["quality"], rows["quality"])
    findings = [*_emptied(rows), *_findings(rows)]
    tables["quality"] = pd.concat([reported, _check_table(TABLES["quality"], findings)], ignore_index=True)
    tables["quarantine"] = _quarantine(
        [(name, row) for name in (*TABLES, *sorted(rows.keys() - TABLES.keys())) for row in rows[name] if row.reasons]
    )
    returned = sum(map(len, tables.values()))
    if received + len(findings) != returned:
        raise RowsLost(f"{received} rows and {len(findings)} findings were passed in, {returned} rows came out")
    return Validated({name: _sorted(tables[name]) for name in TABLES})


def _require_full_validation() -> None:
    config = pandera.config.CONFIG
    full = (None, pandera.config.ValidationDepth.SCHEMA_AND_DATA)
    if not config.validation_enabled or config.validation_depth not in full:
        raise ValidationSwitchedOff(
            "the environment switches pandera's checks off: unset PANDERA_VALIDATION_ENABLED and "
            "PANDERA_VALIDATION_DEPTH"
        )


def _candidates(chapters: Sequence[ChapterRecords]) -> dict[str, list[_Candidate]]:
    """Return the rows of all chapters by table, with their keys, the chapters in order of their identifiers."""
    rows: dict[str, list[_Candidate]] = defaultdict(list)
    for chapter in sorted(chapters, key=lambda chapter: chapter.doc_id):
        for name, records in with_row_keys(chapter.tables).items():
            rows[name].extend(_Candidate(chapter, record) for record in records)
    return rows


def _check_pointer_tables(
    tables: Mapping[str, pd.DataFrame], rows: Mapping[str, list[_Candidate]]
) -> dict[str, pd.DataFrame]:
    """Return the tables that refer to rows of other tables, without the rows whose target is not in ``tables``."""
    published = {key for name, frame in tables.items() for key in _addresses(name, frame)}
    listed = set(_keys(tables["references"], "doc_id", "number"))
    checked = {}
    for name in POINTERS:
        frame = _check_table(TABLES[name], rows[name])
        valid = [row for row in rows[name] if not row.reasons]
        checked[name] = _check_pointers(name, frame, valid, published, listed)
    return checked


def typed(name: str, records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows that the run or a command itself produced as the typed frame of table ``name``, with their keys.

    Raises pandera's ``SchemaErrors`` if a row is invalid. For such rows this is a defect of the code, not of a source.
    """
    schema = {**TABLES, **COMMAND_TABLES}[name].to_schema()
    kinds = _kinds(schema)
    chapters: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for record in records:
        chapters[record["doc_id"]].append(record)
    keyed = [row for rows in chapters.values() for row in with_row_keys({name: rows})[name]]
    frame = _frame(_columns(keyed, kinds), kinds)
    return schema.validate(frame, lazy=True) if keyed else frame  # pandera takes as long for no row as for ten


def empty(name: str) -> pd.DataFrame:
    """Return the table ``name`` without a row, with its columns and types."""
    kinds = _kinds(TABLES[name].to_schema())
    return _frame(_columns([], kinds), kinds)


def _check_table(model: type[TableModel], rows: list[_Candidate]) -> pd.DataFrame:
    """Return the valid rows as a typed frame, and add the reasons of failure to the other rows.

    The rows are checked again after bad values were removed, because the check of a whole row may fail only then.
    """
    while True:
        frame = _check_rows(model, rows)
        mended = [row for row in rows if row.reasons and _mend(row, model)]
        if not mended:
            return frame


def _check_rows(model: type[TableModel], rows: list[_Candidate]) -> pd.DataFrame:
    schema = model.to_schema()
    kinds = _kinds(schema)
    columns = {name: [row.record.get(name, ...) for row in rows] for name in kinds}
    doubtful = [name for name, kind in kinds.items() if not _all_fit(columns[name], kind)]
    for row in rows:
        row.reasons.extend(_misfits(row, kinds, doubtful))
    candidates = [row for row in rows if not row.reasons]
    if len(candidates) < len(rows):
        columns = _columns([row.record for row in candidates], kinds)
    frame = _frame(columns, kinds)
    if candidates:  # pandera takes as long for no row as for ten
        _add_failures(schema, frame, candidates)
    keep = [index for index, row in enumerate(candidates) if not row.reasons]
    return frame.iloc[keep].reset_index(drop=True)


def _add_failures(schema: DataFrameSchema, frame: pd.DataFrame, candidates: Sequence[_Candidate]) -> None:
    """Add what the schema finds wrong in a frame to the rows that the frame was made of."""
    try:
        schema.validate(frame, lazy=True)
    except (SchemaErrors, SchemaError) as error:
        for index, reason in _failures(error):
            for row in candidates if index is None else [candidates[index]]:
                row.reasons.append(reason)


def _mend(row: _Candidate, model: type[TableModel]) -> bool:
    """Remove the bad values of a row, if that is all that is wrong with it. Returns whether it is to be checked again.

    Never removed are the chapter, the number and the place of the row, and the only text of a row.
    """
    columns = model.to_schema().columns
    bad: dict[str, str] = {}
    for reason in row.reasons:
        for column in EMPTIED.get(reason, (reason.partition(": ")[0],)):
            bad[column] = reason
    if not all(column in columns and column not in PLACE and _may_be_empty(columns[column]) for column in bad):
        return False
    if bad.keys() <= row.removed.keys():
        return False
    row.as_read = row.as_read or row.record
    for column, reason in bad.items():
        row.removed.setdefault(column, f"{_shown(row.record.get(column))} was removed: {reason}")
    row.record = {**row.record, **{column: "" if _kind(columns[column]) == "str" else None for column in bad}}
    row.reasons.clear()
    return True


def _kinds(schema: DataFrameSchema) -> dict[str, str]:
    """Column -> its type: one of the keys of ``_PLAIN``."""
    return {name: _kind(column) for name, column in schema.columns.items()}


def _kind(column: Any) -> str:
    kind = str(column.dtype)
    return kind if kind in _PLAIN else "str"


def _may_be_empty(column: Any) -> bool:
    """Whether a value of the column can be removed; never a text of free form, which is the content of the row."""
    return bool(column.metadata["empty"]) and (_kind(column) != "str" or bool(column.checks))


def _all_fit(values: list[Any], kind: str) -> bool:
    """Whether all values of a column are of its type. If so, which is nearly always, cells need no separate check."""
    found = set(map(type, values))
    if not found <= _PLAIN[kind]:
        return False
    known = [value for value in values if value is not None]
    if kind == "str":
        return all(map(str.isascii, known)) or not SURROGATE.search("".join(known))
    return (
        kind in ("bool", "boolean")
        or not known
        or (min(known) > -_INT64 and max(known) < _INT64 and all(map(isfinite, known)))
    )


def _misfits(row: _Candidate, kinds: Mapping[str, str], doubtful: list[str]) -> list[str]:
    """Return why the row does not fit into the table: wrong columns, values of a wrong type, or another chapter.

    Only the columns ``doubtful`` can contain a value of a wrong type.
    """
    record, chapter = row.record, row.chapter
    if record.keys() != kinds.keys():
        reasons = [f"column {name} is missing" for name in kinds if name not in record]
        return reasons + [f"column {name} is unknown" for name in record if name not in kinds]
    reasons = [
        f"{name}: {_shown(record[name])} is no {kinds[name]}"
        for name in doubtful
        if not _fits(record[name], kinds[name])
    ]
    if (record["doc_id"], record["iso3"], record["report_year"]) != (chapter.doc_id, chapter.iso3, chapter.report_year):
        reasons.append(f"doc_id: the row is not of chapter {chapter.doc_id}")
    return reasons


def _fits(value: Any, kind: str) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if value is None or value == "":
        return True
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "str":
        return isinstance(value, str) and (value.isascii() or not SURROGATE.search(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if kind == "Int64":
        return value == value and abs(value) < _INT64 and value == int(value)
    return abs(value) < float("inf")


def _columns(records: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> dict[str, list[Any]]:
    return {name: [record[name] for record in records] for name in kinds}


def _frame(values_of: Mapping[str, list[Any]], kinds: Mapping[str, str]) -> pd.DataFrame:
    columns = {}
    for name, kind in kinds.items():
        values = values_of[name]
        if kind == "str":
            values = ["" if value is None else value for value in values]
        elif kind in ("Int64", "Float64", "boolean"):
            values = [None if value == "" else value for value in values]
        columns[name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(columns)


def _failures(error: SchemaErrors | SchemaError) -> list[tuple[int | None, str]]:
    """Return each failure as (row index or None for the whole table, reason); a check of a whole row is listed once."""
    cases = error.failure_cases
    if not isinstance(error, SchemaErrors) or not isinstance(cases, pd.DataFrame) or "index" not in cases:
        return [(None, str(error))]
    found: dict[tuple[int | None, str], None] = {}
    for case in cases.to_dict("records"):
        index = None if pd.isna(case["index"]) else int(case["index"])
        whole_row = case["schema_context"] == "DataFrameSchema"
        reason = (
            str(case["check"])
            if whole_row
            else f"{case['column']}: {_shown(case['failure_case'])} fails {case['check']}"
        )
        found[index, reason] = None
    return list(found)


def _check_pointers(
    name: str, frame: pd.DataFrame, rows: list[_Candidate], published: set[_Address], listed: set[tuple[Any, ...]]
) -> pd.DataFrame:
    """Return the rows of ``frame`` that refer to published rows. The other ``rows`` get a reason; both are parallel."""
    for row in rows:
        record = row.record
        if (record["doc_id"], record["table"], record["row"]) not in published:
            row.reasons.append(f"points at {record['table']} row {record['row']}, which is not published")
        if name == "citations" and record["resolved"] is not ((record["doc_id"], record["number"]) in listed):
            row.reasons.append(f"resolved: is not what `references` says of number {record['number']}")
    keep = [index for index, row in enumerate(rows) if not row.reasons]
    return frame.iloc[keep].reset_index(drop=True)


def _addresses(name: str, frame: pd.DataFrame) -> list[_Address]:
    if not issubclass(TABLES[name], NumberedTable):
        return []
    return [(doc_id, name, row) for doc_id, row in _keys(frame, "doc_id", "row")]


def _keys(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(frame[column].tolist() for column in columns), strict=True))


def _emptied(rows: Mapping[str, list[_Candidate]]) -> list[_Candidate]:
    """Return one ``quality`` row for each value that was removed from a published row."""
    return [
        _finding("value_invalid", row.chapter, name, f"{column}: {reason}", (row.record[ROW_KEY], column), row.record)
        for name, of_table in rows.items()
        for row in of_table
        if not row.reasons
        for column, reason in row.removed.items()
    ]


def _findings(rows: Mapping[str, list[_Candidate]]) -> list[_Candidate]:
    """Return one ``quality`` row for each chapter and table that has rows in quarantine."""
    failed: dict[tuple[str, str], list[_Candidate]] = defaultdict(list)
    total: Counter[tuple[str, str]] = Counter()
    for name, of_table in rows.items():
        for row in of_table:
            total[row.chapter.doc_id, name] += 1
            if row.reasons:
                failed[row.chapter.doc_id, name].append(row)
    return [
        _finding(
            "rows_quarantined",
            bad[0].chapter,
            name,
            f"{len(bad)} of {total[doc_id, name]} rows failed validation and are in quarantine; reason of the first: "
            f"{bad[0].reasons[0]}",
        )
        for (doc_id, name), bad in sorted(failed.items(), key=lambda item: item[0])
    ]


def _finding(
    check: str, chapter: ChapterRecords, table: str, message: str, about: tuple[str, ...] = (), place: Record = NOWHERE
) -> _Candidate:
    """A row of ``quality`` about a table, or about a row of it (the keys ``about``) that has this place."""
    key = "/".join((table, *about[:1], check, *about[1:]))
    return _Candidate(
        chapter,
        {
            **_identity(chapter),
            **{column: place.get(column) for column in NOWHERE},
            ROW_KEY: key,
            "check": check,
            "severity": "error",
            "origin": "reading",
            "acknowledged": False,
            "table": table,
            "message": _encodable(message),
        },
    )


def _quarantine(rejected: list[tuple[str, _Candidate]]) -> pd.DataFrame:
    number: Counter[str] = Counter()
    out: list[_Candidate] = []
    for table, row in sorted(rejected, key=lambda item: item[1].chapter.doc_id):
        number[row.chapter.doc_id] += 1
        record = {str(key): value for key, value in (row.as_read or row.record).items() if key != ROW_KEY}
        own_number = record.get("row")
        out.append(
            _Candidate(
                row.chapter,
                {
                    **_identity(row.chapter),
                    **NOWHERE,
                    "row": number[row.chapter.doc_id],
                    ROW_KEY: f"{table}/{row.record[ROW_KEY]}",
                    "table": table,
                    "table_row": own_number if type(own_number) is int and 1 <= own_number < _INT64 else None,
                    "reason": _encodable("; ".join(row.reasons)),
                    "record": json.dumps(record, ensure_ascii=True, sort_keys=True, default=repr),
                },
            )
        )
    frame = _check_table(TABLES["quarantine"], out)
    if len(frame) != len(out):
        raise RowsLost(
            f"rows of quarantine fail validation themselves: {[row.reasons for row in out if row.reasons][:3]}"
        )
    return frame


def _identity(chapter: ChapterRecords) -> dict[str, Any]:
    return {"doc_id": chapter.doc_id, "iso3": chapter.iso3, "report_year": chapter.report_year}


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    by = [column for column in ("doc_id", "table", "row") if column in frame]
    return frame.sort_values(by, kind="stable", ignore_index=True)


def _shown(value: Any) -> str:
    shown = value if isinstance(value, str) else repr(value)
    return repr(shown[:80]) if isinstance(value, str) else shown[:80]


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
