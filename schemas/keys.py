"""``row_key``: the name of a row within its table and chapter, made of what the row says and never of its number.

A row that is read again, or read better, keeps its key: only letters and digits count, without case, accents and
blanks, so that a mended blank or hyphen changes nothing.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.codes import OTHER
from schemas.tables import KEYS

ROW_KEY = "row_key"
ALSO_NAMED_BY: dict[str, tuple[str, ...]] = {
    "paragraphs": ("text",),
    "footnotes": ("text",),
    "quality": ("message",),
    "changes": ("release", "table", "change", "key", "field"),
    "publisher_differences": ("table", "key", "territory", "column"),
}
"""Columns that name a row in addition to those of ``KEYS``, which also match rows whose text changed."""
HEAD, TAIL, SPARED = 30, 10, 4
"""Of a longer text only the first and the last letters count, so that what is read better between them changes nothing;
a text is not shortened to spare fewer letters than these."""
ENDS = 200
"""Characters at each end of a text that certainly hold these letters, to save folding a whole paragraph."""
LONG_TAIL = {"action": 40}
"""Columns whose texts often share their beginning and differ only before their last words."""

Record = Mapping[str, Any]


def with_row_keys(tables: Mapping[str, Sequence[Record]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of one chapter, each with ``row_key``. Rows of a table that have their keys already, because one
    of them was corrected after it was read, keep them.

    The key is made of the columns of ``KEYS``, joined by ``/``. ``label`` counts only where a code is ``other``. In
    tables that refer to other rows the key of that row stands in place of its number. Equal rows get ``-2``, ``-3``
    in printed order. Rows may hold anything: a missing column counts as empty.
    """
    targets: dict[tuple[str, Any], str] = {}
    keyed: dict[str, list[dict[str, Any]]] = {}
    for name in sorted(tables, key=_refers):
        refers = _refers(name)
        columns = (*KEYS.get(name, ()), *ALSO_NAMED_BY.get(name, ()))
        own = tuple(column for column in columns if not refers or column not in ("table", "row"))
        used: Counter[str] = Counter()
        given = _given(tables[name])
        keyed[name] = []
        for record in tables[name] if refers else sorted(tables[name], key=lambda record: _number(record) or 0):
            key: Any = record.get(ROW_KEY)
            if str(key) not in given:
                target = _target(record, targets) if refers else ()
                key = "/".join(filter(None, (*target, *_says(record, own)))) or name
                used[key] += 1
                if used[key] > 1:
                    key = f"{key}-{used[key]}"
            if not refers:
                targets[name, _number(record)] = key
            keyed[name].append({**record, ROW_KEY: key})
    return {name: keyed[name] for name in tables}


def _given(records: Sequence[Record]) -> set[str]:
    """The keys that rows have already. A key that is given twice names no row and does not count."""
    keys = [str(record[ROW_KEY]) for record in records if record.get(ROW_KEY) is not None]
    return set(keys) if len(set(keys)) == len(keys) else set()


def _refers(name: str) -> bool:
    """Whether the rows of a table are about rows of other tables, which are keyed first."""
    return {"table", "row"} <= set(KEYS.get(name, ()))


def _says(record: Record, columns: Sequence[str]) -> list[str]:
    """What a row says in the columns that name it, folded; what is empty is left out."""
    values = {column: record.get(column) for column in columns}
    if OTHER in values.values():
        values["label"] = record.get("label")
    elif "text" not in columns:  # the label of a name is its kind, not the printed words of a code
        values.pop("label", None)
    return [
        _folded(_ends(str(value)), LONG_TAIL.get(column, TAIL))
        for column, value in values.items()
        if value is not None and value != ""
    ]


def _target(record: Record, targets: Mapping[tuple[str, Any], str]) -> tuple[str, str]:
    """The table of the row that a row refers to, and the key of that row; its number if there is no such row."""
    table, number = str(record.get("table") or ""), _number(record)
    return table, targets.get((table, number), "" if number is None else str(number))


def _number(record: Record) -> int | None:
    number = record.get("row")
    return number if type(number) is int else None


def _ends(text: str) -> str:
    """A text without its middle if it is long: what is kept of a fold need not hold a whole paragraph."""
    return text if len(text) <= 2 * ENDS else text[:ENDS] + text[-ENDS:]


@functools.lru_cache(maxsize=16384)
def _folded(text: str, tail: int = TAIL) -> str:
    """Return the letters and digits of a text in lower case, without accents; shortened in the middle if it is long.

    >>> _folded("Mining, including for silver")
    'miningincludingforsilver'
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    plain = re.sub(r"\W+", "", plain)
    return plain if len(plain) <= HEAD + tail + SPARED else f"{plain[:HEAD]}..{plain[-tail:]}"
