"""Tables and columns that only the rules of a run declare: shown like the others, without a layout of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from review.layout import SHORT, TABLE_LAYOUTS, Column, Kind, TableLayout

KINDS: Mapping[str, Kind] = {"text": "text", "code": "code", "integer": "number", "number": "number", "flag": "flag"}
"""Type of a declared column -> how the page shows it."""
IN_SECTION: dict[str, tuple[str, ...]] = {}
"""Section -> the declared tables that it contains."""
_LAYOUTS = dict(TABLE_LAYOUTS)
_SHORT = dict(SHORT)


def show(declared: Mapping[str, Mapping[str, Any]]) -> None:
    """Show these tables and columns in this process, beside those of ``layout.py``. Replaces what was declared before.

    ``declared`` is the entry of that name in ``run.json``: table -> heading, section, and columns, each with its
    heading, its type and the printed column of which it was made.
    """
    IN_SECTION.clear()
    TABLE_LAYOUTS.clear()
    TABLE_LAYOUTS.update(_LAYOUTS)
    SHORT.clear()
    SHORT.update(_SHORT)
    for name, table in declared.items():
        columns = tuple(map(_column, table["columns"].values()))
        if name in _LAYOUTS:
            TABLE_LAYOUTS[name] = replace(_LAYOUTS[name], columns=(*_LAYOUTS[name].columns, *columns))
            continue
        TABLE_LAYOUTS[name] = TableLayout(name, table["heading"], table["heading"], columns)
        SHORT[name] = table["heading"]
        IN_SECTION[table["section"]] = (*IN_SECTION.get(table["section"], ()), name)


def meanings(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, dict[str, str]]]:
    """Table -> column -> code -> meaning, for the declared columns that hold codes."""
    return {
        name: {column: dict(about["codes"]) for column, about in table["columns"].items() if about["codes"]}
        for name, table in declared.items()
    }


def _column(about: Mapping[str, Any]) -> Column:
    return Column(about["name"], about["heading"], about["source"], KINDS[about["type"]], optional=bool(about["empty"]))
