"""``datapackage.json``: the published CSV files as a Frictionless Data Package (specs.frictionlessdata.io, version 1).

Descriptions, types, codes and limits of the columns are those of the data dictionary. A key is declared only if it
holds in the tables of the release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flows.integrity import sha256_of
from flows.version import CONTRACT

if TYPE_CHECKING:
    from flows.pieces import Parts
    from schemas.base import TableModel

FILE = "datapackage.json"
TYPES = {"Int64": "integer", "Float64": "number", "bool": "boolean", "boolean": "boolean"}
"""Types of columns -> types of Table Schema; any other is a text."""
KEYS: dict[str, tuple[str, ...]] = {
    "documents": ("doc_id",),
    "countries": ("doc_id",),
    "works": ("work_id",),
    "entity_registry": ("entity_id",),
    "citations": ("doc_id", "row_key"),
    "provenance": ("doc_id", "table", "row", "column"),
}
"""Primary keys of the tables that have another one than chapter and row number."""
LINKS: tuple[tuple[str, str, str], ...] = (
    ("references", "work_id", "works"),
    ("entities", "entity_id", "entity_registry"),
    ("entities", "law_id", "entity_registry"),
)
"""Table, column, and the table whose primary key the column holds, besides ``doc_id``."""
ABOUT: dict[str, Any] = {
    "profile": "tabular-data-package",
    "name": "findings-on-the-worst-forms-of-child-labor",
    "title": "Findings on the Worst Forms of Child Labor, as tables",
    "description": (
        "Tables made from chapters of the annual report of the U.S. Department of Labor. Every row has its place in "
        "the report, and `citations` has the sources that the report names for it. The same tables with their types "
        "are in tables/<name>.parquet and in findings.duckdb."
    ),
    "keywords": ["child labor", "labor rights", "open data"],
    "licenses": [
        {"name": "other-pd", "title": "A work of the U.S. government, without copyright there (17 U.S.C. 105)"}
    ],
    "sources": [
        {
            "title": "U.S. Department of Labor, Bureau of International Labor Affairs: "
            "Findings on the Worst Forms of Child Labor",
            "path": "https://www.dol.gov/agencies/ilab/resources/reports/child-labor/findings",
        }
    ],
    "citation": (
        "U.S. Department of Labor, Bureau of International Labor Affairs. Findings on the Worst Forms of Child Labor. "
        "Name the year of the edition and the chapter that you used."
    ),
}


def describe(
    tables: Parts,
    models: Mapping[str, type[TableModel]],
    run: Mapping[str, Any],
    known: Mapping[str, str],
    before: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the content of ``datapackage.json`` for the tables of a release.

    ``models`` are the tables' definitions, ``run`` the facts of the run, ``known`` SHA-256 by the names of the files
    that the release before has too, ``before`` the resources of that release by the names of the tables.
    """
    assert tables.folder
    created = {"created": run["started"]} if run.get("started") else {}
    held = {name: one["schema"].get("primaryKey") for name, one in before.items() if one["path"] in known}
    keys = {name: _primary_key(name, models[name], tables, held.get(name)) for name in models}
    resources = [
        {
            "name": name,
            "path": f"tables/{name}.csv",
            "profile": "tabular-data-resource",
            "title": name,
            "description": " ".join((model.__doc__ or "").split()),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": (file := tables.folder / "tables" / f"{name}.csv").stat().st_size,
            "hash": f"sha256:{known.get(f'tables/{file.name}') or sha256_of(file)}",
            "schema": {
                "fields": list(_fields(model)),
                "missingValues": [""],
                **({"primaryKey": keys[name]} if keys[name] else {}),
                **({"foreignKeys": links} if (links := list(_foreign_keys(name, tables, keys))) else {}),
            },
        }
        for name, model in models.items()
    ]
    return {**ABOUT, "version": CONTRACT, **created, "resources": resources}


def _fields(model: type[TableModel]) -> Iterator[dict[str, Any]]:
    """Yield the columns as fields of Table Schema."""
    for name, column in model.to_schema().columns.items():
        about = column.metadata or {}
        kind = TYPES.get(str(column.dtype), "string")
        meaning = str(column.description) + (f" Empty: {about['empty']}." if about["empty"] else "")
        constraints = {"required": not about["empty"], "minimum": about.get("low"), "maximum": about.get("high")}
        yield {
            "name": name,
            "type": kind,
            "description": meaning,
            "example": about["example"].capitalize() if kind == "boolean" else about["example"],
            **({"unit": about["unit"]} if about.get("unit") else {}),
            **({"trueValues": ["True"], "falseValues": ["False"]} if kind == "boolean" else {}),
            "constraints": {
                **{limit: value for limit, value in constraints.items() if value is not None},
                **({"enum": list(about["codes"])} if about.get("codes") else {}),
            },
        }


def _primary_key(name: str, model: type[TableModel], tables: Parts, held: list[str] | None) -> list[str]:
    """Return the columns of which no two rows have the same values; none if there are no such columns. ``held`` are
    columns of which this is known."""
    from schemas.base import NumberedTable

    key = list(KEYS.get(name, ("doc_id", "row") if issubclass(model, NumberedTable) else ()))
    if not key or key == held:
        return key
    # the rows of a chapter are in one piece
    parts = tables.pieces(name, key) if "doc_id" in key else [tables.frame(name, columns=key)]
    return [] if any(part.duplicated(key).any() for part in parts) else key


def _foreign_keys(name: str, tables: Parts, keys: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    """Yield the columns that hold the key of another table in every row, or are empty."""
    links = [(column, other) for table, column, other in LINKS if table == name]
    if name != "documents":
        links.insert(0, ("doc_id", "documents"))
    for column, other in links:
        if len(keys.get(other, ())) == 1:
            values = tables.rows(name, columns=[column])[column].unique().to_pandas()
            known = tables.rows(other, columns=keys[other])[keys[other][0]].to_pandas()
            if values[values.notna() & (values != "")].isin(known).all():
                yield {"fields": [column], "reference": {"resource": other, "fields": keys[other]}}
