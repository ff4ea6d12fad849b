"""What several tests need: rows of an invented chapter, one Prefect for all, figures shown at the end of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

import schemas
from extractors.model import Extraction

ROOT = Path(__file__).parent.parent

# The same examples in every run; HYPOTHESIS_PROFILE=search looks for new ones. An example has no limit of time, which a
# loaded machine would break.
settings.register_profile("same", max_examples=10, derandomize=True, deadline=None)
settings.register_profile("search", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
Record = dict[str, Any]
MadeByRun = ("releases", "quarantine", "quality", "changes", "corrections")


def record(table: str, row: int | None = 1, **values: Any) -> Record:
    """A valid row of Arvenia 2019, a country that does not exist, made from the examples in the schemas."""
    columns = schemas.TABLES[table].to_schema().columns
    made: Record = {
        name: _example(str(column.dtype), column.metadata["example"])
        for name, column in columns.items()
        if name != "row_key"  # which validation makes
    }
    return {**made, "row": row, "line": None, **values}


def arvenia(**changes: Any) -> Extraction:
    """A valid extraction with two rows in every table; ``changes`` replaces whole tables or the chapter's identity."""
    tables: dict[str, list[Record]] = {
        name: [record(name, 1), record(name, 2)] for name in schemas.TABLES if name not in MadeByRun
    }
    tables["documents"] = [record("documents", 1)]
    tables["countries"] = [record("countries", 1)]
    tables["enforcement"][1] |= {"metric": "convictions", "domain": "criminal"}
    tables["references"][1]["number"] = 18
    tables["quality"] = [record("quality", 1, severity="warning"), record("quality", None, severity="info")]
    iso3, year = changes.pop("iso3", "XAV"), changes.pop("report_year", 2019)
    tables |= changes
    identity = {"doc_id": f"{iso3.lower()}-{year}", "iso3": iso3, "report_year": year}
    return Extraction(
        identity["doc_id"],
        iso3,
        year,
        {name: [{**row, **identity} for row in rows] for name, rows in tables.items()},
    )


@cache
def _validated() -> schemas.Validated:
    return schemas.validate([arvenia()])


def arvenia_tables() -> dict[str, pd.DataFrame]:
    """The validated tables of Arvenia 2019, to be changed at will: checking them takes longer than most tests."""
    return {name: frame.copy() for name, frame in _validated().tables.items()}


FILLED = {"documents", "activities", "enforcement", "statistics", "references", "quality"}
"""The tables in which a small chapter has rows."""


def small_arvenia(**changes: Any) -> Extraction:
    """The same with rows in few tables: where chapters are published often, validating rows takes longest."""
    return arvenia(**{table: [] for table in schemas.TABLES.keys() - FILLED} | changes)


def _example(dtype: str, example: str) -> Any:
    if dtype in ("bool", "boolean"):
        return example == "true"
    return {"Int64": int, "Float64": float}.get(dtype, str)(example)


LONGEST = (
    *(
        "run",
        "site_build",
        "flow",
        "mutations",
        "add",
        "schemas",
        "assembly",
        "known_issues",
        "status",
        "cli",
        "security",
    ),
    *("site_browser", "site_browser_chapter", "bad_inputs", "fuzz", "faults", "kills", "entity_gold"),
)
"""Test files that take longest, each of which one process runs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that at the end no process waits for another one."""
    first = {f"test_{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often runs are killed; fewer times while somebody works on it."""
    parser.addoption("--kills", type=int, default=30, help="moments at which tests/test_kills.py kills a run")


@pytest.fixture(scope="module")
def prefect() -> Iterator[None]:
    """A Prefect with its own empty database. It ends with the module: its server works on, also when nobody asks it."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Call it with a line that shall stand below the test results."""
    return lambda line: record_property("figure", line)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures, and the reason of every skip."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, line in report.user_properties:
                if name == "figure":
                    terminalreporter.write_line(str(line))
