"""The documents say what is true: their commands run, their files exist, their query gives an answer."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

import schemas
from flows.changes import compare
from flows.cli import app
from tests.accuracy import as_markdown, recorded
from tests.conftest import ROOT, arvenia_tables
from tests.releasing import publish_whole

RECIPES = ROOT / "CONTRIBUTING.md"  # whose code test_contributing.py carries out
TOP = [ROOT / "README.md", ROOT / "CHANGELOG.md", RECIPES, ROOT / "raw" / "README.md"]
PAGES = sorted([*TOP, *(ROOT / "docs").glob("*.md")])
TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES}


def blocks(language: str) -> list[tuple[Path, str]]:
    """Every fenced block of a language, with its page."""
    return [(page, code) for page in PAGES for code in re.findall(rf"```{language}\n(.*?)```", TEXT[page], re.S)]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published invented chapter."""
    output = tmp_path_factory.mktemp("published") / "output"
    tables = arvenia_tables()
    tables["changes"] = compare(None, tables, {})
    publish_whole(tables, {}, output)
    return output


@pytest.fixture
def output(published: Path, tmp_path: Path) -> Path:
    """A copy of it, in a folder like a checkout's."""
    return Path(shutil.copytree(published, tmp_path / "output", symlinks=True))


NOT_DONE = ("acknowledge", "compare", "correct", "fetch", "notify", "run", "serve", "site", "ui")
"""Commands of which only the options are compared with the help."""


def commands() -> list[str]:
    """Every line of the pages that starts the command or make."""
    lines = (line.split("#")[0].strip() for _, code in blocks("sh") for line in code.splitlines())
    return sorted({line for line in lines if line.startswith((".venv/bin/findings", "findings", "make"))})


@pytest.mark.parametrize("command", commands())
def test_commands_exist_as_written(command: str, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(command.removeprefix(".venv/bin/").replace("path/to/trial", "output"))
    if words[0] == "make":
        dry = subprocess.run(["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
        assert dry.returncode == 0, dry.stderr
        return
    monkeypatch.chdir(output.parent)
    if words[1] in NOT_DONE or "--rules" in words:
        names = words[1:3] if words[1] == "rules" else words[1:2]
        known = CliRunner().invoke(app, [*names, "--help"], terminal_width=200).output
        assert all(word in known for word in words if word.startswith("--"))
    else:
        ended = CliRunner().invoke(app, words[1 : words.index(">")] if ">" in words else words[1:])
        assert ended.exit_code == 0, ended.output


@pytest.mark.parametrize(("page", "query"), blocks("sql"), ids=lambda value: str(getattr(value, "name", "query")))
def test_queries_give_an_answer(page: Path, query: str, output: Path) -> None:
    with duckdb.connect(str(output / "findings.duckdb"), read_only=True) as database:
        assert database.execute(query).fetchall(), page


PYTHON = [(page, code) for page, code in blocks("python") if page != RECIPES]


@pytest.mark.parametrize(("page", "code"), PYTHON, ids=lambda value: str(getattr(value, "name", "code")))
def test_python_runs(page: Path, code: str, output: Path) -> None:
    (output.parent / "example.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-W", "error::FutureWarning", "-c", "import example"]
    path = {**os.environ, "PYTHONPATH": os.pathsep.join([str(output.parent), str(ROOT)])}
    ended = subprocess.run(command, cwd=output.parent, env=path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", TEXT[page]):
        assert (page.parent / link).exists(), link


def test_every_table_is_in_the_changelog() -> None:
    assert [name for name in schemas.TABLES if f"`{name}`" not in TEXT[ROOT / "CHANGELOG.md"]] == []
    assert "### Data" in TEXT[ROOT / "CHANGELOG.md"]
    assert "### Code" in TEXT[ROOT / "CHANGELOG.md"]


def test_no_page_tells_where_it_was_written() -> None:
    for page, text in TEXT.items():
        assert not re.search(r"/(home|root|work|tmp|opt)/", text), page


def test_the_start_page_gives_the_recorded_figures() -> None:
    """To a tenth: it is not written anew for each chapter that is read better."""
    rows = re.findall(r"^\| ([a-z_]+\.[a-z]+) \| [\d,]+ \| ([\d.]+) % \|$", TEXT[ROOT / "README.md"], re.M)
    assert len(rows) == 6
    for kind, share in rows:
        assert float(share) == pytest.approx(100 * (recorded().share(kind) or 0), abs=0.11), kind


def test_the_accuracy_page_gives_the_recorded_figures() -> None:
    assert as_markdown(recorded()) in TEXT[ROOT / "docs" / "accuracy.md"]
