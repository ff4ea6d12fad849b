"""Models of tables and columns that only a declaration knows: made from plain data, beside the models in ``tables.py``.

The data is what a run's rules declare (see :func:`declare`). The rest of the package, and whoever iterates over
``TABLES``, sees no difference between a declared table and one that has a class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import codes
from schemas import columns as col
from schemas.base import NumberedTable, TableModel
from schemas.columns import Answer, Flag, Integer, Number, Text
from schemas.tables import KEYS, TABLES

Declaration = Mapping[str, Any]
CODE_LISTS = {
    "cell_statuses": codes.CELL_STATUSES,
    "ratification_statuses": codes.RATIFICATION_STATUSES,
    "statuses": codes.STANDARD_STATUSES,
    "units": codes.UNITS,
}
"""Code lists that a declaration refers to by name."""
_MODELLED = dict(TABLES)
_KEYS = dict(KEYS)
_declared: dict[str, Declaration] = {}


def declare(tables: Mapping[str, Declaration]) -> None:
    """Add models for declared tables, and for declared columns of tables that have a model. Replaces what was declared.

    ``tables`` is published table -> ``{"code": …, "meaning": …, "section": …, "made": …, "columns": {name: column}}``
    with ``code`` the printed table; a column has ``type`` (text, code,
    integer, number, flag), ``meaning``, ``example``, ``empty`` (what an empty cell means; never empty if this is ""),
    ``unit``, ``low``, ``high``, ``codes`` and ``key``. Columns that have a model already are left as they are.
    Raises ``ValueError`` for what :func:`undocumented` finds.
    """
    if problems := undocumented(tables):
        raise ValueError("; ".join(f"{place}: {reason}" for place, reason in problems))
    _declared.clear()
    for known, original in ((TABLES, _MODELLED), (KEYS, _KEYS)):
        known.clear()
        known.update(original)  # type: ignore[arg-type]
    for name, table in tables.items():
        columns = new_columns(name, table)
        if columns:
            _declared[name] = {
                **table,
                "columns": {c: {**about, "codes": _codes(about)} for c, about in columns.items()},
            }
            TABLES[name] = _model(name, table, columns)
        if name not in _MODELLED:
            KEYS[name] = tuple(column for column, about in columns.items() if about["key"])


def declared() -> dict[str, Declaration]:
    """What :func:`declare` has added: table -> its declaration, with the added columns only."""
    return dict(_declared)


def new_columns(name: str, table: Declaration) -> dict[str, Any]:
    """The columns of a declared table that no model has."""
    modelled = _MODELLED[name].to_schema().columns if name in _MODELLED else ()
    return {column: about for column, about in table["columns"].items() if column not in modelled}


def undocumented(tables: Mapping[str, Declaration]) -> list[tuple[str, str]]:
    """What the data dictionary could not explain: place in the declaration, and reason."""
    problems = []
    for name, table in tables.items():
        if name not in _MODELLED:
            problems += [
                (f"{table['code']}.{key}", f"a table without a model needs `{key}`")
                for key in ("meaning", "section")
                if not table[key]
            ]
            problems += [
                (f"{table['code']}.made", f"{made!r} has no model, and no builder makes it for a declared table")
                for made in table["made"]
            ]
        for column, about in new_columns(name, table).items():
            if not about["meaning"]:
                place = f"{table['code']}.columns.{about['source']}"
                problems.append((place, f"the published column {column!r} has no model, so it needs `meaning`"))
    return problems


def _model(name: str, table: Declaration, columns: Mapping[str, Any]) -> type[TableModel]:
    base = _MODELLED.get(name, NumberedTable)
    annotations = {column: _type(about) for column, about in columns.items()}
    fields = {column: _field(about) for column, about in columns.items()}
    doc = (base.__doc__ if name in _MODELLED else table["meaning"]) or ""
    title = "".join(part.capitalize() for part in name.split("_"))
    body = {"__annotations__": annotations, "__doc__": doc, "__module__": __name__, **fields}
    return type(title, (base,), body)


def _codes(about: Mapping[str, Any]) -> dict[str, str]:
    """Code -> meaning, for a column of codes; empty for any other."""
    named = about["codes"]
    return dict(named if isinstance(named, Mapping) else CODE_LISTS.get(named, {}))


_TYPES: dict[str, Any] = {"text": Text, "code": Text, "integer": Integer, "number": Number, "flag": Flag}


def _type(about: Mapping[str, Any]) -> Any:
    return Answer if about["type"] == "flag" and about["empty"] else _TYPES[about["type"]]


def _field(about: Mapping[str, Any]) -> Any:
    meaning, example, empty = about["meaning"], about["example"], about["empty"]
    if about["type"] == "text":
        return col.text(meaning, example=example, empty=empty)
    if about["type"] == "code":
        return col.code(meaning, _codes(about), example=example, empty=empty)
    if about["type"] in ("integer", "number"):
        read = int(float(example)) if about["type"] == "integer" else float(example)
        limits = {name: about[name] for name in ("low", "high", "unit")}
        return col.number(meaning, example=read, empty=empty, **limits)
    return col.flag(meaning, example=example == "true", empty=empty)
