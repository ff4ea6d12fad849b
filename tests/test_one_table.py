"""A table is declared once: rules, models, code lists, dictionary and site agree, in both directions."""

from __future__ import annotations

import json

import pytest

import schemas
from extractors import rules
from extractors.chapter.builders import BUILDERS, build_row
from extractors.chapter.recorder import AROUND, table_names
from extractors.chapter.values import FORMS, READERS
from extractors.rules.kinds import KINDS
from extractors.rules.loading import PLACE, TAKEN
from review.layout import CHAPTER_TABLES, SECTIONS, SHORT, TABLE_LAYOUTS
from schemas import codes
from schemas.base import NumberedTable
from schemas.declared import CODE_LISTS

RULES = rules.current()
DECLARED = rules.declared(RULES)
COMMON = set(NumberedTable.to_schema().columns)
TYPES = {"text": "str", "code": "str", "integer": "Int64", "number": "Float64", "flag": "bool"}
MADE_BY_THE_RUN = {"entity_registry", "works", "disagreements", "releases", "quarantine", "changes", "corrections"}
NOT_ON_THE_PAGE = {
    ("conventions", "convention"),
    ("conventions", "ratified"),
    ("enforcement", "metric"),
    ("legal_standards", "label"),
    *(("suggested_actions", column) for column in ("first_year", "last_year")),
    *(("suggested_actions", column) for column in ("action_id", "likeness", "suggested_since")),
    *(("statistics", column) for column in ("label", "survey", "survey_year", "comparable")),
}
"""Columns beside which the page shows another one that says the same: label and code, answer, source note, years; the
page of the country shows which actions are one."""
SHOWN_TOGETHER = {
    "age": {"age", "age_to", "age_note"},
    "ages": {"age_min", "age_max"},
    "years": {"year_start", "year_end"},
}
"""Kind of column on the page -> the published columns that it shows."""


def modelled(name: str) -> set[str]:
    return set(schemas.TABLES[name].to_schema().columns) - COMMON


@pytest.mark.parametrize("name", DECLARED)
def test_what_is_declared_is_modelled_and_what_is_modelled_is_declared(name: str) -> None:
    declared = {*DECLARED[name]["columns"], *DECLARED[name]["made"]}
    assert declared == modelled(name)
    schema = schemas.TABLES[name].to_schema().columns
    for column, about in DECLARED[name]["columns"].items():
        assert str(schema[column].dtype).startswith(TYPES[about["type"]]), (name, column)
        assert about["type"] != "code" or "codes" in schema[column].metadata, (name, column)


def test_every_table_of_an_extraction_has_a_model_and_every_model_a_maker() -> None:
    assert set(table_names()) == {*DECLARED, *AROUND, "quality"}
    assert set(schemas.TABLES) == {*table_names(), *MADE_BY_THE_RUN}
    assert set(schemas.KEYS) == set(schemas.TABLES) - {"changes"}
    assert {*AROUND, "quality", *MADE_BY_THE_RUN} == TAKEN
    assert PLACE == COMMON


@pytest.mark.parametrize("name", DECLARED)
def test_the_keys_of_a_table_are_the_columns_that_its_declaration_names(name: str) -> None:
    for printed, table in RULES.tables.items():
        if (table.published or printed) == name:
            made = {column for column, _ in table.columns[table.key].published(table.key)}
            assert made & set(schemas.KEYS[name]), f"{name}: the key column is not in schemas.KEYS"
    assert set(schemas.KEYS[name]) <= modelled(name)


def test_named_builders_are_of_declared_tables_and_make_what_no_cell_gives() -> None:
    assert set(BUILDERS) <= set(DECLARED)
    assert build_row not in BUILDERS.values()
    assert {name for name, table in DECLARED.items() if table["made"]} <= set(BUILDERS)


def test_every_kind_has_a_reader() -> None:
    assert set(READERS) | {"label", "territory"} == set(KINDS)
    assert set(FORMS) <= set(KINDS)
    for kind, read in READERS.items():
        assert len(read("5")) == len(KINDS[kind]), kind
    assert {field.codes for fields in KINDS.values() for field in fields} - {""} <= set(CODE_LISTS)


@pytest.mark.parametrize("name", RULES.labels)
def test_labels_and_code_lists_agree(name: str) -> None:
    assert set(RULES.labels[name]) == set(codes.RULES[name]) - {codes.OTHER}


def test_every_code_list_of_the_rules_is_checked_and_used() -> None:
    used = {column.codes for table in RULES.tables.values() for column in table.columns.values()} - {None}
    assert used | {"sectors", "subgroups"} == set(RULES.labels)
    assert set(codes.RULES) == {*RULES.labels, "sections", "assessments"}
    assert {"summary", *RULES.headings.sections} == set(codes.SECTIONS)
    assert set(RULES.headings.assessments) == set(codes.ASSESSMENTS)


@pytest.mark.parametrize("name", DECLARED)
def test_a_label_column_is_modelled_with_the_codes_of_its_list(name: str) -> None:
    for printed, table in RULES.tables.items():
        for column, about in table.columns.items():
            if (table.published or printed) == name and about.kind == "label":
                metadata = schemas.TABLES[name].to_schema().columns[about.publish or column].metadata
                assert set(codes.RULES[about.codes or ""]) <= set(metadata["codes"]), (printed, column)


def test_every_table_and_column_is_in_the_dictionary() -> None:
    dictionary = schemas.dictionary()
    for name, columns in schemas.column_meanings().items():
        part = dictionary.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for column in set(columns) - COMMON:
            assert f"| `{column}` |" in part, (name, column)
    headings = {line[3:] for line in dictionary.splitlines() if line.startswith("## ")}
    assert headings - {"Columns of every table", "Views of the database"} == {*schemas.TABLES, *schemas.COMMAND_TABLES}


@pytest.mark.parametrize("name", [*DECLARED, "sectors"])
def test_the_site_shows_every_column_and_no_other(name: str) -> None:
    shown: set[str] = set()
    for column in TABLE_LAYOUTS[name].columns:
        shown |= SHOWN_TOGETHER.get(column.kind, {column.name}) if column.kind != "text" else {column.name}
        shown |= set(column.also)
    left_out = {column for table, column in NOT_ON_THE_PAGE if table == name}
    assert shown == modelled(name) - left_out


def test_the_site_shows_every_declared_table_in_a_section() -> None:
    placed = [name for _, _, names in SECTIONS for name in names]
    assert len(placed) == len(set(placed))
    assert set(placed) == set(TABLE_LAYOUTS) == {*DECLARED, "sectors", "other_tables"}
    assert {code for code, _, _ in SECTIONS} == set(codes.SECTIONS)
    assert set(TABLE_LAYOUTS) < set(SHORT)
    of_no_chapter = {"countries", "entity_registry", "works", "disagreements", "corrections"}
    assert set(CHAPTER_TABLES) == set(schemas.TABLES) - of_no_chapter


@pytest.mark.parametrize("name", DECLARED)
def test_the_source_of_a_shown_column_is_a_printed_column(name: str) -> None:
    printed = {c for code, table in RULES.tables.items() if (table.published or code) == name for c in table.columns}
    for column in TABLE_LAYOUTS[name].columns:
        if column.kind not in ("ages", "years"):
            assert column.cell in printed | {"raw", "source"}, (name, column.name)


def test_a_declaration_is_plain_data() -> None:
    assert json.loads(json.dumps(DECLARED)) == DECLARED
