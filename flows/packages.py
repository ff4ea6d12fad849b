"""A release in another form: one SQLite database, or a description that tools for machine learning read."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Any

from flows import datapackage
from flows.published import PublishedRelease, open_release

COLUMNS = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER", "string": "TEXT"}
"""Types of Table Schema -> types of SQLite, which has 0 and 1 for false and true."""
DATA_TYPES = {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "string": "sc:Text"}
"""Types of Table Schema -> types of Croissant."""
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{name: f"cr:{name}" for name in ("citeAs", "column", "extract", "field", "fileObject", "key", "md5")},
    **{name: f"cr:{name}" for name in ("recordSet", "references", "source")},
}


class Package(StrEnum):
    """The forms of ``findings package``."""

    SQLITE = "sqlite"
    CROISSANT = "croissant"


def write(form: Package, output: Path, to: Path) -> None:
    """Write the published release of ``output`` to the file ``to``, which is replaced once the new one is whole.

    Raises ``FileNotFoundError`` if no run is published there, :class:`flows.integrity.Damaged`, and ``OSError``.
    """
    unfinished = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        with open_release(output) as release:
            WRITERS[form](release, unfinished)
        unfinished.replace(to)
    except sqlite3.OperationalError as error:  # no such folder, a full disk
        raise OSError(str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def write_sqlite(release: PublishedRelease, to: Path) -> None:
    """Write all tables with their primary keys; texts that are empty stay empty texts."""
    with closing(sqlite3.connect(to)) as database, database:
        for resource in _package(release)["resources"]:
            name, schema = resource["name"], resource["schema"]
            columns = {field["name"]: COLUMNS[field["type"]] for field in schema["fields"]}
            if key := schema.get("primaryKey"):
                database.execute(
                    f"CREATE TABLE {_quoted(name)} ({_quoted_all(columns)}, PRIMARY KEY ({_quoted_all(key)}))"
                )
            else:
                database.execute(f"CREATE TABLE {_quoted(name)} ({_quoted_all(columns)})")
            release.frame(name).to_sql(name, database, index=False, if_exists="append")


def write_croissant(release: PublishedRelease, to: Path) -> None:
    """Write the description of the release's CSV files; their paths are relative to the output folder."""
    text = json.dumps(croissant(_package(release)), indent=1, ensure_ascii=False)
    to.write_text(text + "\n", encoding="utf-8")


WRITERS = {Package.SQLITE: write_sqlite, Package.CROISSANT: write_croissant}


def croissant(package: Mapping[str, Any]) -> dict[str, Any]:
    """The content of ``datapackage.json`` as a description in Croissant 1.0 (docs.mlcommons.org/croissant)."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": package["name"],
        "description": package["description"],
        "citeAs": package["citation"],
        "keywords": package["keywords"],
        "license": "https://www.usa.gov/government-works",
        "url": package["sources"][0]["path"],
        "version": package["version"],
        **({"datePublished": package["created"]} if package.get("created") else {}),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": resource["path"],
                "name": resource["path"],
                "contentUrl": resource["path"],
                "contentSize": f"{resource['bytes']} B",
                "encodingFormat": resource["mediatype"],
                "sha256": resource["hash"].removeprefix("sha256:"),
            }
            for resource in package["resources"]
        ],
        "recordSet": [_record_set(resource) for resource in package["resources"]],
    }


def _record_set(resource: Mapping[str, Any]) -> dict[str, Any]:
    """One table: its columns, the column of the file that each one is, and the columns that it refers to."""
    name, schema = resource["name"], resource["schema"]
    links = {link["fields"][0]: link["reference"] for link in schema.get("foreignKeys", ())}
    fields = []
    for field in schema["fields"]:
        link = links.get(field["name"])
        fields.append(
            {
                "@type": "cr:Field",
                "@id": f"{name}/{field['name']}",
                "name": field["name"],
                "description": field["description"],
                "dataType": DATA_TYPES[field["type"]],
                "source": {"fileObject": {"@id": resource["path"]}, "extract": {"column": field["name"]}},
                **({"references": {"field": {"@id": f"{link['resource']}/{link['fields'][0]}"}}} if link else {}),
            }
        )
    key = [{"@id": f"{name}/{column}"} for column in schema.get("primaryKey", ())]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": resource["description"],
        **({"key": key} if key else {}),
        "field": fields,
    }


def _package(release: PublishedRelease) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(release.path(datapackage.FILE).read_text(encoding="utf-8"))
    return content


def _quoted(name: str) -> str:
    """A name as it stands in a statement."""
    return '"' + name.replace('"', '""') + '"'


def _quoted_all(names: Sequence[str] | Mapping[str, str]) -> str:
    """Several names, with the types of the columns if they are given."""
    if isinstance(names, Mapping):
        return ", ".join(f"{_quoted(name)} {kind}" for name, kind in names.items())
    return ", ".join(map(_quoted, names))
