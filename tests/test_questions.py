"""The notebook ``docs/questions.ipynb`` answers its questions. The chapters are invented."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import schemas
from flows.changes import compare
from tests.conftest import ROOT, arvenia, record
from tests.releasing import publish_whole

NOTEBOOK = ROOT / "docs" / "questions.ipynb"


def answers(output: Path) -> list[pd.DataFrame]:
    """Run the cells of the notebook on an output; the tables with which they end."""
    found: list[pd.DataFrame] = []
    names: dict[str, Any] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        assert cell["outputs"] == [], "the notebook is kept without outputs"
        *before, last = ast.parse("".join(cell["source"]).replace('"../output"', repr(str(output)))).body
        exec(compile(ast.Module(before, []), NOTEBOOK.name, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names)
            found += [value] if isinstance(value, pd.DataFrame) else []
        else:
            exec(compile(ast.Module([last], []), NOTEBOOK.name, "exec"), names)
    return found


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two published reports; the second one has a higher age."""
    law = {"legislation": "Labor Code", "standard": "forced_labor_prohibited"}
    chapters = [
        arvenia(report_year=2018),
        arvenia(
            legal_standards=[record("legal_standards", 1, age=16.0), record("legal_standards", 2, age=None, **law)],
            entities=[{**record("entities", 2), "label": "LAW", "table": "legal_standards", "column": "legislation"}],
            paragraphs=[record("paragraphs", 1, text="There are 12 inspectors.")],
            citations=[{**record("citations", 1), "table": "paragraphs"}],
        ),
    ]
    tables = schemas.validate(chapters).tables
    folder = tmp_path_factory.mktemp("questions") / "output"
    publish_whole({**tables, "changes": compare(None, tables, {})}, {}, folder)
    return folder


def test_the_notebook_answers_its_questions(output: Path) -> None:
    raised, inspectors, laws, action, sources = answers(output)
    assert raised[["country", "age_before", "age", "doc_id"]].to_numpy().tolist() == [
        ["Arvenia", 15.0, 16.0, "xav-2019"]
    ]
    assert inspectors["claim"].tolist()[-1] == "There are 12 inspectors."
    assert list(inspectors["sources"].tolist()[-1]) == [
        "Government of Arvenia. Labor Code. https://example.org/code.pdf"
    ]
    assert laws[["status", "legislation", "page"]].to_numpy().tolist() == [["Yes", "Labor Code", 3]]
    assert sorted(set(action["report_year"])) == [2018, 2019]
    assert sources["citations"].tolist()[0] == 12
