"""The quarantined rows of one chapter, with the text of the source they were read from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from review.release import Record

POINTERS = ("provenance", "citations", "entities")
"""Tables whose rows refer to a row of another table. Such a row is rejected whenever its target is."""
HIDDEN = ("doc_id", "iso3", "report_year", "row", "page", "bbox", "line")
"""Columns of a rejected row that the page does not list: they identify or locate the row."""


def quarantined_rows(rows: Iterable[Record]) -> list[Record]:
    """Return the rejected rows of a chapter with their values, their position and the words of the source.

    The cells from which a rejected row was built are in ``provenance`` and rejected with it. They are not listed as
    rows of their own; their text becomes ``words`` of the row.
    """
    parsed = [(row, _parsed(row["record"])) for row in rows]
    rejected = {(row["table"], row["table_row"]) for row, _ in parsed}
    words: dict[tuple[Any, Any], list[str]] = defaultdict(list)
    shown: list[Record] = []
    for row, record in parsed:
        target = _target(row["table"], record)
        if target not in rejected:
            shown.append({**row, "values": _values(record), "at": _safe_position(record), "words": []})
        elif row["table"] == "provenance" and record.get("raw"):
            words[target].append(str(record["raw"]))
    for row in shown:
        row["words"] = words.get((row["table"], row["table_row"]), [])
    return shown


def _parsed(text: str) -> Record:
    try:
        record = json.loads(text)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _target(table: str, record: Record) -> tuple[str, int] | None:
    """Return the row that a row of one of the ``POINTERS`` refers to. A rejected row may hold anything."""
    name, number = record.get("table"), record.get("row")
    known = table in POINTERS and isinstance(name, str) and isinstance(number, int)
    return (name, number) if known else None  # type: ignore[return-value]


def _values(record: Record) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in record.items() if key not in HIDDEN and value not in ("", None)]


def _safe_position(record: Record) -> str:
    """Return the position in the format of ``review.chapter.position``, from a record that may hold anything."""
    page, line, box = record.get("page"), record.get("line"), record.get("bbox")
    if isinstance(line, int):
        return f"L{line}"
    if not isinstance(page, int):
        return ""
    return f"{page}:{box if isinstance(box, str) and all(c in '0123456789.,-' for c in box) else ''}"
