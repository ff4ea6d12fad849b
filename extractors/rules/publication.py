"""What a declaration publishes, as plain data, from which the schemas and the review site get to know a table."""

from __future__ import annotations

from typing import Any

from extractors.rules.kinds import Field
from extractors.rules.loading import Rules
from extractors.rules.models import ColumnRule, Table


def declared(rules: Rules) -> dict[str, dict[str, Any]]:
    """Published table -> its declaration, with every published column in order.

    Several printed tables may publish into one (the two of enforcement); their columns are joined, and ``code`` names
    the first. ``made`` are the columns that a builder of its own makes. A column has
    ``name``, ``type`` (text, code, integer, number, flag), ``meaning``, ``example``, ``empty``, ``unit``, ``low``,
    ``high``, ``codes`` (the code list: a mapping of codes to meanings, or the name of a list of the schemas),
    ``source`` (the printed column in ``provenance``) and ``key`` (whether it names the row). ``meaning`` is empty where
    the declaration gives none: such a column must have a model in the schemas.
    """
    out: dict[str, dict[str, Any]] = {}
    for code, table in rules.tables.items():
        name = table.published or code
        known = out.setdefault(
            name,
            {
                "code": code,
                "meaning": table.meaning,
                "section": table.section or "",
                "heading": table.heading or name.replace("_", " ").capitalize(),
                "columns": {},
                "made": [],
            },
        )
        for column, about in table.columns.items():
            known["columns"].update({one["name"]: one for one in _columns(rules, table, column, about)})
        known["made"] += [made for made in table.made if made not in known["made"]]
    return out


def _columns(rules: Rules, table: Table, name: str, about: ColumnRule) -> list[dict[str, Any]]:
    return [
        {
            "name": published,
            "source": name,
            "heading": published.replace("_", " ").capitalize(),
            "type": field.type,
            "meaning": _meaning(about, field),
            "example": _example(rules, about, field),
            "empty": "" if about.required and field.type == "text" else field.empty,
            "unit": field.unit,
            "low": field.low,
            "high": field.high,
            "codes": _codes(rules, about, field),
            "key": name in (table.key, *table.carried) or about.kind == "territory",
        }
        for published, field in about.published(name)
    ]


def _meaning(about: ColumnRule, field: Field) -> str:
    """The meaning of a published column; a territory says the same in every table."""
    if "{}" not in field.says:
        return field.says
    return field.says.format(about.meaning).strip() if about.meaning else ""


def _example(rules: Rules, about: ColumnRule, field: Field) -> str:
    if field.name == "{}" and about.example != "":
        return str(about.example)
    if about.kind == "label" and not field.example:
        return next(iter(rules.labels[about.codes or ""]))
    return field.example


def _codes(rules: Rules, about: ColumnRule, field: Field) -> Any:
    """A list of codes: that of the label, with `other` for a label that no rule knows; else a list of the schemas."""
    if field.type != "code" or field.codes:
        return field.codes
    known = {code: label.means for code, label in rules.labels[about.codes or ""].items()}
    return {**known, "other": "a label that no rule knows"}
