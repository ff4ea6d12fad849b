"""The rejected rows of one chapter, in plain sentences: one entry for each cause, with the rows that it concerns.

A rejected row takes other rows with it: the cells from which it was built, its citations and the names in its text.
They are rejected only because they refer to it, so they belong to its entry.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from review.layout import COMMON, SHORT
from review.release import Record
from review.texts import sentence

POINTERS = {"provenance": "source cell", "citations": "citation", "entities": "name"}
"""Tables whose rows refer to a row of another table, and what such a row is called."""
CONSEQUENCES = re.compile(r"points at .* which is not published|resolved: is not what .*")
"""The reasons of a row that was rejected because of another row."""
KINDS = {"Int64": "a whole number", "Float64": "a number", "bool": "true or false", "str": "a text"}

_REASONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"(\w+): '' fails str_length\(.*", "The column {0} is empty, but must have a value."),
        (r"(\w+): (.*) fails str_matches\(.*", "The column {0} does not have the expected form: {1}."),
        (r"(\w+): (.*) fails isin\(.*", "The column {0} has a value that is not in its code list: {1}."),
        (
            r"(\w+): (.*) fails (?:greater_than_or_equal_to|ge)\((.*)\)",
            "The column {0} is {1}, but must be at least {2}.",
        ),
        (r"(\w+): (.*) fails (?:less_than_or_equal_to|le)\((.*)\)", "The column {0} is {1}, but must be at most {2}."),
        (r"(\w+): (.*) fails not_nullable", "The column {0} is empty, but must have a value."),
        (r"(\w+): (.*) is no (Int64|Float64|bool|str)", "The column {0} is {1}, but must be {kind}."),
        (r"column (\w+) is missing", "The row lacks the column {0}."),
        (r"column (\w+) is unknown", "The row has an additional column {0}."),
        (r"points at (\w+) row (.*), which is not published", "It refers to row {1} of {0}, which was rejected."),
        (
            r"resolved: is not what `references` says of number (.*)",
            "It cites reference {0}, which the published reference list does not contain.",
        ),
        (r"row number is used twice.*", "Another row of the table has the same row number."),
    )
)
"""A reason as validation writes it, and the sentence that the page shows for it."""


@dataclass
class QuarantineEntry:
    """Rows of one table that were rejected for the same reason.

    ``rows`` have their values, their position and the words of the source; ``consequences`` counts the rows that were
    rejected because they refer to them.
    """

    table: str
    reason: str
    rows: list[Record] = field(default_factory=list)
    consequences: Counter[str] = field(default_factory=Counter)

    @property
    def size(self) -> int:
        """Number of rejected rows, without their consequences."""
        return len(self.rows)

    @property
    def at(self) -> str:
        """The positions of all rows, as the script of the page reads them."""
        return " ".join(row["at"] for row in self.rows if row["at"])

    @property
    def heading(self) -> str:
        """What was rejected: ``2 rows of Conventions``, or ``Row 3 of Conventions``."""
        name = SHORT.get(self.table, self.table)
        if len(self.rows) > 1:
            return f"{len(self.rows)} rows of {name}"
        number = self.rows[0]["table_row"]
        return f"Row {number} of {name}" if number else f"A row of {name}"

    @property
    def explanation(self) -> str:
        """Why the rows were rejected, and what was rejected with them."""
        text = plain_reason(self.reason)
        if self.consequences:
            parts = [
                f"{count} {POINTERS.get(table, 'row')}{'' if count == 1 else 's'}"
                for table, count in sorted(self.consequences.items())
            ]
            what = "this row" if len(self.rows) == 1 else "these rows"
            text += f" With {what}, {' and '.join(parts)} that refer to {what} were rejected."
        return text


def plain_reason(reason: str) -> str:
    """Return the reasons of a rejected row as sentences. A reason of unknown form is returned as it is."""
    return " ".join(_plain(part) for part in reason.split("; "))


def _plain(reason: str) -> str:
    for pattern, text in _REASONS:
        found = pattern.fullmatch(reason)
        if found:
            groups = [group or "" for group in found.groups()]
            return text.format(*groups, kind=KINDS.get(groups[-1], "") if groups else "")
    return sentence(reason).rstrip(".") + "."


def quarantine_entries(rows: Iterable[Record]) -> list[QuarantineEntry]:
    """Group the rejected rows of a chapter by table and cause.

    A row that was rejected because of another row is counted in the entry of that row and not listed.
    """
    parsed = [(row, _parsed(row["record"])) for row in rows]
    entries: dict[tuple[str, str], QuarantineEntry] = {}
    by_row: dict[tuple[Any, Any], QuarantineEntry] = {}
    words = _words(parsed)

    def listed(row: Record, record: Record) -> QuarantineEntry:
        key = (row["table"], row["reason"])
        entry = entries.setdefault(key, QuarantineEntry(*key))
        entry.rows.append(_shown(row, record, words))
        return entry

    for row, record in parsed:
        if not CONSEQUENCES.fullmatch(row["reason"]):
            by_row[row["table"], row["table_row"]] = entry = listed(row, record)
            if row["table"] == "references":
                by_row["number", record.get("number")] = entry
    for row, record in parsed:
        if CONSEQUENCES.fullmatch(row["reason"]):
            if cause := _cause(record, by_row):
                cause.consequences[row["table"]] += 1
            else:
                listed(row, record)
    return list(entries.values())


def _cause(record: Record, by_row: Mapping[tuple[Any, Any], QuarantineEntry]) -> QuarantineEntry | None:
    """Return the entry of the rejected row that ``record`` refers to. A rejected row may hold anything."""
    for key in ((record.get("table"), record.get("row")), ("number", record.get("number"))):
        if all(isinstance(part, str | int) for part in key) and key in by_row:
            return by_row[key]
    return None


def _shown(row: Record, record: Record, words: Mapping[tuple[Any, Any], list[str]]) -> Record:
    values = [(key, value) for key, value in record.items() if key not in COMMON and value not in ("", None)]
    found = words.get((row["table"], row["table_row"]), [])
    return {**row, "values": values, "at": _safe_position(record), "words": found}


def _words(parsed: Iterable[tuple[Record, Record]]) -> dict[tuple[Any, Any], list[str]]:
    """Return the text of the source cells of each rejected row, by its table and number."""
    words: dict[tuple[Any, Any], list[str]] = defaultdict(list)
    for row, record in parsed:
        table, number = record.get("table"), record.get("row")
        if row["table"] == "provenance" and isinstance(table, str) and isinstance(number, int) and record.get("raw"):
            words[table, number].append(str(record["raw"]))
    return words


def _parsed(text: str) -> Record:
    try:
        record = json.loads(text)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _safe_position(record: Record) -> str:
    """Return the position in the format of ``review.chapter.position``, from a record that may hold anything."""
    page, line, box = record.get("page"), record.get("line"), record.get("bbox")
    if isinstance(line, int):
        return f"L{line}"
    if not isinstance(page, int):
        return ""
    return f"{page}:{box if isinstance(box, str) and all(c in '0123456789.,-' for c in box) else ''}"
