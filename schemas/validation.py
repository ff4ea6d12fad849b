"""Rows in, typed tables and a quarantine out: every row goes to exactly one of the two.

pandera finds all the failures of a table at once; which rows they condemn is decided here, because pandera's own
``drop_invalid_rows`` also drops valid rows. Then rows that point at other rows are held against what is left, so that
no published row points at nothing.
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
from pandera.errors import SchemaError, SchemaErrors

from schemas.tables import TABLES, Records, Table

POINTERS = ("citations", "entities", "provenance")
"""Tables whose rows point at a row of another table and make no sense without it."""

_Place = tuple[str, str, int]
_INT64 = 2**63
_PLAIN: dict[str, set[type]] = {
    "bool": {bool},
    "str": {str, type(None)},
    "Int64": {int, type(None)},
    "Float64": {float, int, type(None)},
}
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which no file can hold."""


class ChapterRecords(Protocol):
    """What validation needs to know of a chapter: its identity and its rows, table by table."""

    @property
    def doc_id(self) -> str: ...
    @property
    def iso3(self) -> str: ...
    @property
    def report_year(self) -> int: ...
    @property
    def tables(self) -> Mapping[str, list[dict[str, Any]]]: ...


class ValidationSwitchedOff(RuntimeError):
    """The environment tells pandera to check less than everything."""


class RowsLost(RuntimeError):
    """The rows that came in are not the rows that went out: a defect of this module, never of the data."""


@dataclass(frozen=True)
class Validated:
    """All the tables, typed and sorted, ``quality`` and ``quarantine`` among them."""

    tables: dict[str, pd.DataFrame]

    @property
    def quarantined(self) -> int:
        """How many rows failed."""
        return len(self.tables["quarantine"])


@dataclass(slots=True)
class _Row:
    chapter: ChapterRecords
    record: dict[str, Any]
    reasons: list[str] = field(default_factory=list)


def validate(chapters: Sequence[ChapterRecords]) -> Validated:
    """Check all rows of the chapters; what fails is in ``quarantine`` with every reason, and said in ``quality``.

    Rows may hold anything: a missing or unknown column, a value of the wrong type and a table without a schema are
    reasons, not errors. Raises :class:`ValidationSwitchedOff` if pandera would not look.
    """
    config = pandera.config.CONFIG
    if not config.validation_enabled or config.validation_depth not in (
        None,
        pandera.config.ValidationDepth.SCHEMA_AND_DATA,
    ):
        raise ValidationSwitchedOff("unset PANDERA_VALIDATION_ENABLED and PANDERA_VALIDATION_DEPTH")
    rows: dict[str, list[_Row]] = defaultdict(list)
    for chapter in sorted(chapters, key=lambda chapter: chapter.doc_id):
        for name, records in chapter.tables.items():
            rows[name].extend(_Row(chapter, record) for record in records)
    came_in = Counter({name: len(of_table) for name, of_table in rows.items()})

    tables: dict[str, pd.DataFrame] = {}
    for name, model in TABLES.items():
        if name not in (*POINTERS, "quality", "quarantine"):
            tables[name] = _check_table(model, rows[name])
    places = {place for name, frame in tables.items() for place in _places(name, frame)}
    cited = set(_keys(tables["references"], "doc_id", "number"))
    for name in POINTERS:
        frame = _check_table(TABLES[name], rows[name])
        tables[name] = _check_pointers(name, frame, [row for row in rows[name] if not row.reasons], places, cited)
    for name in rows.keys() - TABLES.keys():
        for row in rows[name]:
            row.reasons.append("no schema for this table")
    tables["quality"] = _check_table(TABLES["quality"], rows["quality"])
    findings = _findings(rows)
    tables["quality"] = pd.concat([tables["quality"], _check_table(TABLES["quality"], findings)], ignore_index=True)
    came_in["quality"] += len(findings)
    rejected = [
        (name, row) for name in (*TABLES, *sorted(rows.keys() - TABLES.keys())) for row in rows[name] if row.reasons
    ]
    tables["quarantine"] = _quarantine(rejected)

    if sum(came_in.values()) != sum(len(frame) for frame in tables.values()):
        raise RowsLost(f"{sum(came_in.values())} rows came in, {sum(len(frame) for frame in tables.values())} went out")
    return Validated({name: _sorted(tables[name]) for name in TABLES})


def typed(name: str, records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows that the run itself makes, as the typed frame of their table.

    Raises pandera's ``SchemaErrors`` if one breaks the schema: here that is a defect of ours, not of a source.
    """
    schema = TABLES[name].to_schema()
    kinds = {column: _kind(str(spec.dtype)) for column, spec in schema.columns.items()}
    return schema.validate(_frame(records, kinds), lazy=True)


def _check_table(model: type[Table], rows: list[_Row]) -> pd.DataFrame:
    """The rows without a reason as a typed frame; to the others their reasons are added."""
    schema = model.to_schema()
    kinds = {name: _kind(str(column.dtype)) for name, column in schema.columns.items()}
    doubtful = [name for name, kind in kinds.items() if not _all_fit([row.record.get(name, ...) for row in rows], kind)]
    for row in rows:
        row.reasons.extend(_misfits(row, kinds, doubtful))
    candidates = [row for row in rows if not row.reasons]
    frame = _frame([row.record for row in candidates], kinds)
    try:
        schema.validate(frame, lazy=True)
    except (SchemaErrors, SchemaError) as error:
        for index, reason in _failures(error):
            for row in candidates if index is None else [candidates[index]]:
                row.reasons.append(reason)
    keep = [index for index, row in enumerate(candidates) if not row.reasons]
    return frame.iloc[keep].reset_index(drop=True)


def _kind(dtype: str) -> str:
    return {"Int64": "Int64", "Float64": "Float64", "bool": "bool"}.get(dtype, "str")


def _all_fit(values: list[Any], kind: str) -> bool:
    """Whether a whole column is beyond doubt; it nearly always is, and then no cell need be looked at alone."""
    found = set(map(type, values))
    if not found <= _PLAIN[kind]:
        return False
    said = [value for value in values if value is not None]
    if kind == "str":
        return all(map(str.isascii, said)) or not SURROGATE.search("".join(said))
    return kind == "bool" or not said or (min(said) > -_INT64 and max(said) < _INT64 and all(map(isfinite, said)))


def _misfits(row: _Row, kinds: Mapping[str, str], doubtful: list[str]) -> list[str]:
    """Why this row cannot stand in the table at all: wrong columns, a value of the wrong type (only the ``doubtful``
    columns can hold one), a foreign chapter."""
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
    if kind == "str":
        return isinstance(value, str) and (value.isascii() or not SURROGATE.search(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if kind == "Int64":
        return value == value and abs(value) < _INT64 and value == int(value)
    return abs(value) < float("inf")


def _frame(records: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> pd.DataFrame:
    columns = {}
    for name, kind in kinds.items():
        values = [record[name] for record in records]
        if kind == "str":
            values = ["" if value is None else value for value in values]
        elif kind in ("Int64", "Float64"):
            values = [None if value == "" else value for value in values]
        columns[name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(columns)


def _failures(error: SchemaErrors | SchemaError) -> list[tuple[int | None, str]]:
    """Each failure as (row index or None for the whole table, reason). A check over a whole row is reported once."""
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
    name: str, frame: pd.DataFrame, rows: list[_Row], places: set[_Place], cited: set[tuple[Any, ...]]
) -> pd.DataFrame:
    """The part of the frame that points at published rows; ``rows`` are the frame's own, the others get a reason."""
    for row in rows:
        record = row.record
        if (record["doc_id"], record["table"], record["row"]) not in places:
            row.reasons.append(f"points at {record['table']} row {record['row']}, which is not published")
        if name == "citations" and record["resolved"] is not ((record["doc_id"], record["number"]) in cited):
            row.reasons.append(f"resolved: is not what `references` says of number {record['number']}")
    keep = [index for index, row in enumerate(rows) if not row.reasons]
    return frame.iloc[keep].reset_index(drop=True)


def _places(name: str, frame: pd.DataFrame) -> list[_Place]:
    if not issubclass(TABLES[name], Records):
        return []
    return [(doc_id, name, row) for doc_id, row in _keys(frame, "doc_id", "row")]


def _keys(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(frame[column].tolist() for column in columns), strict=True))


def _findings(rows: Mapping[str, list[_Row]]) -> list[_Row]:
    """One ``quality`` row for each chapter and table that has rows in quarantine."""
    failed: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    came_in: Counter[tuple[str, str]] = Counter()
    for name, of_table in rows.items():
        for row in of_table:
            came_in[row.chapter.doc_id, name] += 1
            if row.reasons:
                failed[row.chapter.doc_id, name].append(row)
    return [
        _Row(
            bad[0].chapter,
            {
                **_identity(bad[0].chapter),
                "row": None,
                "page": None,
                "bbox": "",
                "line": None,
                "check": "rows_quarantined",
                "severity": "error",
                "table": name,
                "message": f"{len(bad)} of {came_in[doc_id, name]} rows "
                f"are in quarantine; the first: {bad[0].reasons[0]}",
            },
        )
        for (doc_id, name), bad in sorted(failed.items(), key=lambda item: item[0])
    ]


def _quarantine(rejected: list[tuple[str, _Row]]) -> pd.DataFrame:
    number: Counter[str] = Counter()
    out: list[_Row] = []
    for table, row in sorted(rejected, key=lambda item: item[1].chapter.doc_id):
        number[row.chapter.doc_id] += 1
        record = {str(key): value for key, value in row.record.items()}
        own_number = record.get("row")
        out.append(
            _Row(
                row.chapter,
                {
                    **_identity(row.chapter),
                    "row": number[row.chapter.doc_id],
                    "page": None,
                    "bbox": "",
                    "line": None,
                    "table": table,
                    "table_row": own_number if type(own_number) is int and 1 <= own_number < _INT64 else None,
                    "reason": _encodable("; ".join(row.reasons)),
                    "record": json.dumps(record, ensure_ascii=True, sort_keys=True, default=repr),
                },
            )
        )
    frame = _check_table(TABLES["quarantine"], out)
    if len(frame) != len(out):
        raise RowsLost(f"quarantine does not take its own rows: {[row.reasons for row in out if row.reasons][:3]}")
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
