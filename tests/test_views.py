"""The views of the published database, on two reports of an invented country."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

import schemas
from flows.changes import compare
from tests.conftest import arvenia, record
from tests.releasing import publish_whole


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    output = tmp_path_factory.mktemp("published") / "output"
    chapters = [
        arvenia(
            report_year=year,
            enforcement=[
                record("enforcement", n, year=y, value=v, territory="") for n, (y, v) in enumerate(figures, 1)
            ],
            suggested_actions=[record("suggested_actions", 1, action=action, suggested_since=2011)],
            disagreements=[record("disagreements", 1, table_row=1, territory="")] if year == 2020 else [],
        )
        for year, figures, action in (
            (2019, ((2018, 19.0), (2019, 20.0)), "Mend the boats."),
            (2020, ((2019, 25.0), (2020, 26.0)), "Train the inspectors."),
        )
    ]
    tables = schemas.validate(chapters).tables
    tables["changes"] = compare(None, tables, {})
    publish_whole(tables, {}, output)
    with duckdb.connect(str(output / "findings.duckdb"), read_only=True) as connection:
        yield connection


def test_the_newest_report_answers_and_its_contradictions_show(database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute("SELECT year, value, doc_id, reports_disagree FROM latest_enforcement").fetchall()
    assert found == [(2018, 19.0, "xav-2019", False), (2019, 25.0, "xav-2020", True), (2020, 26.0, "xav-2020", False)]


def test_open_are_the_actions_of_the_newest_report(database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute("SELECT action, first_year, last_year, years_open FROM open_actions").fetchall()
    assert found == [("Train the inspectors.", 2011, 2020, 10)]


def test_a_row_has_its_sources_by_number_and_by_key(database: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT DISTINCT s.number, s.author, a.activity FROM sources_of AS s JOIN activities AS a
        ON a.doc_id = s.doc_id AND s."table" = 'activities' AND a.row_key = s.row_key AND a.row = s.row"""
    assert database.execute(query).fetchall() == [(17, "Government of Arvenia", "Mining, including for silver")]


def test_every_view_has_a_meaning(database: duckdb.DuckDBPyConnection) -> None:
    found = dict(database.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    assert found == {name: view.meaning for name, view in schemas.VIEWS.items()}
