"""Who may import whom, read from the code."""

from __future__ import annotations

import ast
import pickle
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from extractors.model import UnreadableSource
from schemas.codes import CHECKS
from tests.audit import pins_of
from tests.conftest import ROOT

FINDING = ("Issue", "_issue", "_finding", "note")  # what makes a finding; its first argument is the check
PDFMINER = {"pages.py", "content_stream.py", "annotations.py", "fonts.py", "painting.py", "visibility.py"}
"""Modules that may import pdfminer: the fast reader stands on its fonts and objects."""
OURS = ("extractors", "flows", "review", "schemas")
WINGS = {
    "model": set[str](),
    "rules": {"model"},
    "readers": {"model", "rules"},
    "references": {"model", "rules"},
    "names": {"model", "rules", "references"},
    "chapter": {"model", "rules", "references", "names"},
}
"""What each part of ``extractors`` may import of the others; ``extractors/__init__.py`` alone joins them."""
FILES = sorted(file for package in OURS for file in (ROOT / package).rglob("*.py"))

PREFECT = ("cluster.py", "mail.py", "notify.py", "pipeline.py", "reporting.py", "schedule.py", "server.py", "tasks.py")
"""Only the flow, its tasks, what starts it, its server, the cluster and the notices of failures import Prefect."""


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def imports(file: Path) -> set[str]:
    """Every module that a file imports, inside functions too, as dotted names."""
    found: set[str] = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def uses(file: Path, *packages: str) -> set[str]:
    """Which of the packages a file imports."""
    return {package for package in packages for name in imports(file) if f"{name}.".startswith(f"{package}.")}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_point_one_way(file: Path) -> None:
    package = file.relative_to(ROOT).parts[0]
    if package == "extractors":
        assert not uses(
            file, "schemas", "flows", "review", "pandas", "pandera", "prefect", "pyarrow", "duckdb", "typer", "rich"
        )
    if package == "schemas":
        assert not uses(file, "extractors", "flows", "review", "prefect", "duckdb", "typer", "rich")
    if package == "review":
        assert not uses(file, "extractors", "flows", "pandas", "pandera", "prefect", "duckdb", "typer", "rich")
    if file.name == "model.py":
        assert not uses(file, *OURS)
    if file.name != "pages.py":
        assert not uses(file, "pdfplumber")
    if file.name not in {"opening.py", "outline.py", "witness.py", "pictures.py"}:
        assert not uses(file, "pypdfium2")
    if file.name not in PDFMINER:
        assert not uses(file, "pdfminer")
    if file.name != "tagger.py":
        assert not uses(file, "spacy")
    if file.name not in PREFECT:
        assert not uses(file, "prefect")
    if file.name != "cluster.py":
        assert not uses(file, "distributed", "prefect_dask", "dask"), "an extra: who does not ask for it needs none"
    if file.name != "database.py":
        assert not uses(file, "duckdb"), "only one module knows the database"


@pytest.mark.parametrize("wing", WINGS)
def test_wings_import_one_way(wing: str) -> None:
    """Readers know nothing of chapters and chapters nothing of readers: what they share is the model and the rules."""
    folder = ROOT / "extractors"
    paths = [path for path in FILES if path == folder / f"{wing}.py" or folder / wing in path.parents]
    assert paths
    for path in paths:
        imported = {name.split(".")[1] for name in imports(path) if name.startswith("extractors.")}
        assert imported - {wing} <= WINGS[wing], path


def test_every_wing_has_borders() -> None:
    folder = ROOT / "extractors"
    found = {path.relative_to(folder).parts[0].removesuffix(".py") for path in FILES if path.is_relative_to(folder)}
    assert found - {"__init__"} == set(WINGS)


def test_the_files_were_found() -> None:
    assert {file.relative_to(ROOT).as_posix() for file in FILES} >= {
        "extractors/model.py",
        "extractors/readers/pdf.py",
        "extractors/names/tagger.py",
        "flows/pipeline.py",
        "schemas/tables.py",
    }


def test_every_imported_package_is_declared_and_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {_normal(pin) for pin in pins_of()}
    declared = {_normal(line) for line in project["dependencies"]}
    extras = {extra: {_normal(line) for line in lines} for extra, lines in project["optional-dependencies"].items()}
    assert declared | set().union(*extras.values()) - {project["name"]} <= names
    known = packages_distributions()
    for file in FILES:
        tops = {name.partition(".")[0] for name in imports(file)}
        allowed = declared | (extras["dask"] if file.name == "cluster.py" else set())
        for top in sorted(tops - set(sys.stdlib_module_names) - set(OURS)):
            assert {_normal(name) for name in known[top]} & allowed, f"{top} is not declared"


def _normal(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_no_file_is_too_long() -> None:
    long = {file.name: count for file in FILES if (count := len(file.read_text("utf-8").splitlines())) > 600}
    assert not long


def test_an_unreadable_source_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(UnreadableSource("a.pdf", "is empty", 3)))
    assert (str(error), error.path, error.page) == ("a.pdf, page 3: is empty", "a.pdf", 3)


def test_the_types_are_had_without_waiting_for_a_reader() -> None:
    code = "import sys, extractors; print(*sorted({'pdfplumber', 'pdfminer', 'spacy', 'yaml'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []


def test_reading_a_pdf_does_not_load_what_only_tagging_needs() -> None:
    code = (
        "import sys; from extractors.readers import pdf; from extractors.chapter import records; "
        "print(*sorted({'spacy', 'pandas'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []


def test_a_run_that_finds_nothing_to_do_does_not_load_what_makes_tables() -> None:
    heavy = "{'pandas', 'pandera', 'duckdb', 'spacy', 'prefect'}"
    code = f"import sys, flows.run; print(*sorted({heavy} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []


def test_every_finding_is_explained() -> None:
    """The checks that the code can report are those that the data dictionary explains, no more and no fewer."""
    reported: set[str] = set()
    for file in FILES:
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FINDING and node.args:
                reported.update(_texts(node.args[0]))
            elif isinstance(node, ast.Dict):
                keys = {text for key in node.keys if key for text in _texts(key)}
                for key, value in zip(node.keys, node.values, strict=True):
                    reported |= _texts(value) if key and _texts(key) == {"check"} and "severity" in keys else set()
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                reported |= (
                    _texts(node.value.elts[0]) if "check" in ast.unparse(node.targets[0]).split(", ")[0] else set()
                )
    assert reported - {""} == set(CHECKS)


def _texts(node: ast.expr) -> set[str]:
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
