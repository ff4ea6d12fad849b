"""The changes of the last run in one chapter, with the words that differ."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from review.differences import difference
from review.layout import COMMON
from review.release import Record

MOST_CHANGES = 200
"""Most changes that a chapter page lists. The table ``changes`` has all of them."""
LONGEST = 240
"""Most characters of an added or removed row that the page shows."""


@dataclass
class ShownChange:
    """A line of the list of changes: the row of ``changes`` and the old and new value as HTML."""

    row: Record
    before: Markup
    after: Markup


@dataclass
class ChangeList:
    """The changes of a chapter: those that are listed, and how many are not.

    ``trivial`` counts changes of spaces, quotation marks and dashes alone, ``more`` those over the limit.
    """

    listed: list[ShownChange]
    trivial: int = 0
    more: int = 0


def change_list(rows: Iterable[Record]) -> ChangeList:
    """Return the changes of a chapter as its page lists them."""
    shown = [_shown(row) for row in rows]
    changes = [change for change in shown if change is not None]
    return ChangeList(changes[:MOST_CHANGES], len(shown) - len(changes), max(0, len(changes) - MOST_CHANGES))


def _shown(row: Record) -> ShownChange | None:
    """Return a change with its differing words marked, or ``None`` if only spaces, quotes or dashes differ."""
    before, after = str(row.get("before") or ""), str(row.get("after") or "")
    if row["change"] == "changed" and before and after:
        found = difference(before, after)
        return None if found is None else ShownChange(row, found.before, found.after)
    return ShownChange(row, _whole(before), _whole(after))


def _whole(text: str) -> Markup:
    """Return a value, or the content of a row given as JSON, shortened."""
    try:
        record: Any = json.loads(text) if text.startswith("{") else None
    except ValueError:
        record = None
    if isinstance(record, dict):
        text = " · ".join(str(value) for key, value in record.items() if key not in COMMON and value not in ("", None))
    return escape(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
