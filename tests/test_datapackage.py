"""``datapackage.json`` describes the CSV files as they are."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import schemas
from flows import datapackage, integrity
from flows.cli import app
from tests.conftest import arvenia
from tests.releasing import publish_whole

READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"True": True, "False": False}.__getitem__,
}
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Tables:
    first, second = arvenia(), arvenia(iso3="XBV")
    for chapter, digit in ((first, 1), (second, 2)):  # each names works and entities of its own
        for number, row in enumerate(chapter.tables["works"], start=1):
            row["work_id"] = f"w00000000000{digit * 4 + number:x}"
        for number, row in enumerate(chapter.tables["entity_registry"], start=1):
            row["entity_id"] = f"{chapter.doc_id}-00000{number}"
        for table, column, other, key in (
            ("references", "work_id", "works", "work_id"),
            ("entities", "entity_id", "entity_registry", "entity_id"),
            ("entities", "law_id", "entity_registry", "entity_id"),
        ):
            for row in chapter.tables[table]:
                row[column] = chapter.tables[other][0][key]
        chapter.tables["entities"][1] |= {"law_id": "", "article": ""}
    validated = schemas.validate([first, second])
    assert validated.quarantined == 0, validated.tables["quarantine"]["reason"].tolist()
    return validated.tables


@pytest.fixture(scope="module")
def package(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    output = tmp_path_factory.mktemp("package") / "out"
    publish_whole(tables, {"started": "2026-01-01T00:00:00.000+00:00"}, output)
    return output, json.loads((output / "datapackage.json").read_text("utf-8"))


def test_every_cell_is_what_its_field_says(package: tuple[Path, dict[str, Any]]) -> None:
    output, content = package
    assert [resource["name"] for resource in content["resources"]] == list(schemas.TABLES)
    cells = 0
    for resource in content["resources"]:
        file = output / resource["path"]
        assert (resource["bytes"], resource["hash"]) == (file.stat().st_size, f"sha256:{integrity.sha256_of(file)}")
        fields = resource["schema"]["fields"]
        with file.open(encoding=resource["encoding"], newline="") as lines:
            rows = list(csv.DictReader(lines))
        for field in fields:
            limits = field["constraints"]
            for row in rows:
                cell = row[field["name"]]
                if cell in resource["schema"]["missingValues"]:
                    assert not limits["required"], (resource["name"], field["name"])
                    continue
                value = READ[field["type"]](cell)
                assert value in limits.get("enum", [value])
                assert limits.get("minimum", value) <= value <= limits.get("maximum", value)
                cells += 1
        assert list(rows[0] if rows else [field["name"] for field in fields]) == [field["name"] for field in fields]
    assert cells > 1000


def test_descriptions_are_those_of_the_data_dictionary(package: tuple[Path, dict[str, Any]]) -> None:
    meanings = schemas.column_meanings()
    for resource in package[1]["resources"]:
        assert resource["description"]
        for field in resource["schema"]["fields"]:
            READ[field["type"]](field["example"])
            assert field["description"].startswith(meanings[resource["name"]][field["name"]])


def keys(content: dict[str, Any]) -> dict[str, tuple[list[str], set[tuple[str, str]]]]:
    """The primary key of each table, and its foreign keys as column and table."""
    return {
        resource["name"]: (
            resource["schema"].get("primaryKey", []),
            {(key["fields"][0], key["reference"]["resource"]) for key in resource["schema"].get("foreignKeys", ())},
        )
        for resource in content["resources"]
    }


def test_keys_are_declared_where_they_hold(
    package: tuple[Path, dict[str, Any]], tables: Tables, tmp_path: Path
) -> None:
    _, content = package
    found = keys(content)
    assert found["documents"] == (["doc_id"], set())
    assert found["agencies"] == (["doc_id", "row"], {("doc_id", "documents")})
    assert found["references"][1] == {("doc_id", "documents"), ("work_id", "works")}
    assert found["entities"][1] == {
        ("doc_id", "documents"),
        ("entity_id", "entity_registry"),
        ("law_id", "entity_registry"),
    }
    assert (found["works"][0], found["entities"][0], found["quality"][0]) == (["work_id"], [], [])
    wrong = {
        **tables,
        "works": pd.concat([tables["works"], tables["works"].head(1)]),
        "entity_registry": tables["entity_registry"].tail(1),
        "agencies": tables["agencies"].assign(doc_id="xcv-2019"),
    }
    less = keys(json.loads((publish_whole(wrong, {}, tmp_path) / datapackage.FILE).read_text()))
    assert (less["works"][0], less["references"][1]) == ([], {("doc_id", "documents")})
    assert less["entities"][1] == {("doc_id", "documents")}
    assert less["agencies"] == ([], set())


def test_a_sqlite_database_has_every_row_and_key(package: tuple[Path, dict[str, Any]], tables: Tables) -> None:
    output, content = package
    file = output.parent / "findings.sqlite"
    ended = CliRunner().invoke(app, ["package", "sqlite", str(file), "--output", str(output)])
    assert ended.exit_code == 0, ended.output
    with closing(sqlite3.connect(file)) as database:
        for resource in content["resources"]:
            name = resource["name"]
            rows = database.execute(f'SELECT * FROM "{name}"').fetchall()
            assert rows == [tuple(None if pd.isna(v) else v for v in row) for row in tables[name].values.tolist()]
            columns = database.execute(f'PRAGMA table_info("{name}")').fetchall()
            key = [column[1] for column in sorted(columns, key=lambda column: int(column[5])) if column[5]]
            assert key == resource["schema"].get("primaryKey", [])


def test_croissant_names_every_file_and_column(package: tuple[Path, dict[str, Any]]) -> None:
    output, content = package
    file = output.parent / "croissant.json"
    ended = CliRunner().invoke(app, ["package", "croissant", str(file), "--output", str(output)])
    assert ended.exit_code == 0, ended.output
    made = json.loads(file.read_text("utf-8"))
    assert {f"sha256:{part['sha256']}" for part in made["distribution"]} == {r["hash"] for r in content["resources"]}
    ids = {field["@id"] for table in made["recordSet"] for field in table["field"]}
    named = {f"{r['name']}/{field['name']}" for r in content["resources"] for field in r["schema"]["fields"]}
    assert ids == named
    links = {f["references"]["field"]["@id"] for t in made["recordSet"] for f in t["field"] if "references" in f}
    assert links and links <= ids


@pytest.mark.parametrize("form", ["sqlite", "croissant"])
def test_a_package_that_cannot_be_written_says_so(
    package: tuple[Path, dict[str, Any]], form: str, tmp_path: Path
) -> None:
    file = tmp_path / "nowhere" / "tables"
    ended = CliRunner().invoke(app, ["package", form, str(file), "--output", str(package[0])])
    assert ended.exit_code == 2
    assert f"cannot write {file}" in ended.output.replace("\n", "")


def test_a_form_that_is_not_known_is_wrong_usage(tmp_path: Path) -> None:
    for arguments in (["parquet", "x"], ["sqlite", str(tmp_path / "x"), "--output", str(tmp_path)]):
        assert CliRunner().invoke(app, ["package", *arguments]).exit_code == 2
    assert list(tmp_path.iterdir()) == []
