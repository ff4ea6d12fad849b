"""What comes from outside stays data: names, cells and files reach no path, SQL, Markdown, HTML, formula or pickle."""

from __future__ import annotations

import ast
import gzip
import importlib.metadata
import json
import logging
import os
import pickle
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from typer.testing import CliRunner

import schemas
from flows import artifacts
from flows.cli import app
from flows.log import log_line
from flows.progress import progress
from flows.report import Report
from flows.safety import SAFE_SINCE, UnsafeParser, require_safe_parser
from tests.conftest import ROOT
from tests.generator import SAMPLE, STYLE_2019, draw_pdf, write_text
from tests.generator.spec import Activity, Entry
from tests.test_spreadsheets import formulas

PACKAGES = ("extractors", "flows", "schemas", "review")
CODE = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))

CELLS = (
    '=HYPERLINK("http://example.org/?"&A1,"open")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<script>alert(document.cookie)</script> work",
    "<img src=x onerror=alert(1)> picking",
    "[open](javascript:alert(1)) | `tick` | **bold**",
    "Robert'); DROP TABLE documents;--",
    '"; DELETE FROM activities; SELECT "',
    "\x1b[31mred\x1b[0m \x9b2J \u202e herding",
    "{{ 7*7 }} {% raw %} ${7*7} templates",
)
GOOD = (
    "Robert'); DROP TABLE documents;--.txt",
    "%2e%2e%2f..\\..\\etc\\passwd.txt",
    "=cmd|'/C calc'!A0.pdf",  # a folder and a file: a name holds no slash
)
BAD = (
    "<script>alert(1)</script>.txt",
    "<img src=x onerror=alert(1)>.pdf",
    "| a | [open](javascript:alert(1)) ![x](y) `tick` **b** <b>.txt",
    "@SUM(A1)\n# Headline\n\n- item.txt",
    "bell\x07 \x1b[31mred\x1b[0m \u202egnp.txt",
    "-1+1.txt",
)


@dataclass(frozen=True)
class Ended:
    """A run over the hostile files: where, what the command said, what it published."""

    folder: Path
    output: Path
    shown: subprocess.CompletedProcess[str]

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.output / "tables" / f"{name}.parquet")

    @property
    def report(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.output / "run.json").read_text(encoding="utf-8"))
        return facts


def findings(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a user starts it."""
    command = [sys.executable, "-c", "from flows.cli import app; app()", *words]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    path = {**outside, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, cwd=folder, env=path, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Good chapters and files that are none, under hostile names; the cells of one chapter are hostile too."""
    folder = tmp_path_factory.mktemp("hostile")
    for name in (*GOOD, *BAD):
        (folder / "in" / name).parent.mkdir(parents=True, exist_ok=True)
    spec = replace(
        SAMPLE,
        activities=tuple(Activity("agriculture", cell) for cell in CELLS),
        agencies=(Entry(f"Ministry of <b>Labor</b> {CELLS[5]}", f"Enforces {CELLS[0]}. {{1}}"), *SAMPLE.agencies),
    )
    write_text(spec, folder / "in" / GOOD[0])
    write_text(spec, folder / "in" / GOOD[1])
    draw_pdf(
        replace(SAMPLE, year=2018, summary=SAMPLE.summary.replace("2019", "2018")), folder / "in" / GOOD[2], STYLE_2019
    )
    for name in BAD:
        (folder / "in" / name).write_text("Dear <b>Sir</b>,\nthis is no chapter of ../../Arvenia.\n", encoding="utf-8")
    shown = findings("run", "in", "--output", "out", "--workers", "2", "--spreadsheets", folder=folder)
    assert shown.returncode == 1, shown.stderr
    return Ended(folder, folder / "out", shown)


class TestHostileNamesAndCells:
    def test_the_good_are_published_and_the_bad_fail_alone(self, hostile: Ended) -> None:
        published = {fact["source_path"] for fact in hostile.report["inputs"] if fact["doc_ids"]}
        assert len(published) == len(GOOD), hostile.shown.stderr
        assert len(hostile.report["failures"]) == len(BAD)

    def test_no_name_reaches_a_path(self, hostile: Ended) -> None:
        assert {path.name for path in hostile.folder.iterdir()} == {"in", "out"}
        inside = [path.relative_to(hostile.output).as_posix() for path in hostile.output.rglob("*")]
        assert len(inside) > 50
        assert [path for path in inside if not re.fullmatch(r"[A-Za-z0-9._/-]+", path) or ".." in path] == []
        assert [path for path in inside if re.search(r"arvenia|xav|passwd|calc|script", path, re.I)] == []

    def test_no_name_or_cell_reaches_sql(self, hostile: Ended) -> None:
        with duckdb.connect(str(hostile.output / "findings.duckdb"), read_only=True) as database:
            names = {name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            assert names == set(schemas.TABLES)
            paths = database.execute("SELECT source_path FROM releases ORDER BY 1").fetchall()
            assert {path for (path,) in paths} == set(GOOD)
            for name in schemas.TABLES:
                (count,) = database.execute(f'SELECT count(*) FROM "{name}"').fetchone() or (0,)
                assert count == len(hostile.table(name)), name

    def test_cells_stay_as_they_are_printed(self, hostile: Ended) -> None:
        said = set(hostile.table("activities")["activity"])
        assert {CELLS[0], CELLS[5], CELLS[6]} <= said
        for name in schemas.TABLES:
            written = pd.read_csv(hostile.output / "tables" / f"{name}.csv", dtype="str", keep_default_na=False)
            texts: pd.DataFrame = hostile.table(name).select_dtypes("str")
            assert written[texts.columns].to_numpy().tolist() == texts.to_numpy().tolist(), name

    def test_no_name_becomes_markup_on_the_page_of_a_run(self, hostile: Ended) -> None:
        facts = hostile.report
        facts["stale_issues"] = [*facts["stale_issues"], *CELLS]
        report = Report.from_dict(facts)
        page = _Page(artifacts.summary(report, hostile.output))
        assert page.tags <= {"h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}, page.tags
        assert page.attributes <= {"style"}
        headings = re.findall(r"^#+ (.*)$", artifacts.summary(report, hostile.output), re.M)
        assert not {"Headline"} & set(headings)
        for failure in report.failures:
            assert _squeezed(str(failure)) in page.text
        for cell in CELLS:
            assert _squeezed(cell) in page.text

    def test_tables_of_the_page_hold_plain_values(self, hostile: Ended) -> None:
        for rows in artifacts.tables(Report.from_dict(hostile.report), hostile.output).values():
            values = [value for row in rows for value in row.values()]
            assert all(value is None or isinstance(value, str | int | float) for value in values)

    def test_no_name_forges_a_line_of_the_log_or_moves_the_cursor(self, hostile: Ended) -> None:
        lines = hostile.shown.stderr.splitlines()
        assert len(lines) > len(GOOD) + len(BAD)
        for line in lines:
            assert re.match(r"\d\d:\d\d:\d\d (INFO|WARNING|ERROR) ", line), line
        assert _controls(hostile.shown.stderr + hostile.shown.stdout) == set()

    def test_a_log_for_machines_is_one_object_a_line(self, hostile: Ended) -> None:
        words = ["run", str(hostile.folder / "in"), "--output", str(hostile.output), "--json", "--spreadsheets"]
        ended = CliRunner().invoke(app, words)
        lines = [json.loads(line) for line in ended.stderr.splitlines()]
        assert len(lines) > len(BAD)
        assert {type(line) for line in (*lines, json.loads(ended.stdout))} == {dict}

    def test_spreadsheets_see_no_formula(self, hostile: Ended) -> None:
        folder = hostile.output / "tables" / "spreadsheet"
        assert {file.stem for file in folder.iterdir()} == set(schemas.TABLES)
        for file in folder.iterdir():
            assert list(formulas(file.read_bytes())) == [], file.name
        assert formulas((hostile.output / "tables" / "activities.csv").read_bytes())

    def test_the_terminal_shows_cells_as_text(self, hostile: Ended) -> None:
        for table in ((), ("activities",), ("agencies",), ("releases",), ("provenance",), ("quality",)):
            ended = CliRunner().invoke(app, ["show", "xav-2019", *table, "--output", str(hostile.output)])
            assert ended.exit_code == 0, ended.output
            assert _controls(ended.stdout) == set()


def test_a_message_forges_no_line_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("20190101T000000Z", as_json=False):
        log_line(logging.ERROR, "a.pdf", "read", "no country \x1b[31m\n09:00:00 INFO all is well \u202e")
    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
    assert _controls(shown) == set()


def _controls(text: str) -> set[str]:
    """Characters that move the cursor, ring or turn the direction of writing."""
    return {char for char in text if (ord(char) < 32 and char != "\n") or ord(char) in (127, 0x202E, 0x9B)}


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


class _Page(HTMLParser):
    """What a browser makes of Markdown, raw HTML allowed: the worst reader of an artifact."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._texts: list[str] = []
        self.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))
        self.text = _squeezed("".join(self._texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self._texts.append(data)


def test_the_page_would_notice_markup() -> None:
    page = _Page("[a](b) <script>x</script>")
    assert {"a", "script"} <= page.tags


@given(st.text(st.sampled_from("a \\`*_{}[]()<>#+-.!|~=&:\n\r\t\"'1;/@"), max_size=40))
def test_any_text_is_plain_in_markdown(text: str) -> None:
    page = _Page(f"- x {artifacts.plain(text)}")
    assert page.tags <= {"ul", "li"}
    assert page.text == _squeezed(f"x {text}")


# The PDF parser


def test_the_parser_here_is_safe() -> None:
    require_safe_parser({})


def test_an_environment_that_names_character_maps_is_refused() -> None:
    with pytest.raises(UnsafeParser, match="unset it"):
        require_safe_parser({"CMAP_PATH": ""})


@pytest.mark.parametrize("version", ["20251107", "20260106", "20221105", "0.9"])
def test_an_older_parser_is_refused(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    with pytest.raises(UnsafeParser, match=str(SAFE_SINCE)):
        require_safe_parser({})


def test_a_missing_parser_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(UnsafeParser, match="not installed"):
        require_safe_parser({})


@pytest.mark.parametrize("megabytes", [300, 1000])
def test_a_run_with_too_little_memory_is_refused(megabytes: int, tmp_path: Path) -> None:
    """Without a check its parent ended with a segmentation fault, or with a traceback of a library."""
    code = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20, {megabytes} << 20))\n"
        "from flows.cli import app\n"
        "app()\n"
    )
    command = [sys.executable, "-c", code, "run", "raw", "--output", str(tmp_path / "out")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr == (
        f"findings: this process may have {megabytes} MB of address space (ulimit -v); a run needs 1500 MB\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_run_refuses_before_it_opens_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"never read")
    ended = findings("run", "a.pdf", folder=tmp_path, CMAP_PATH=str(tmp_path))
    assert ended.returncode == 2
    assert "CMAP_PATH" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_a_map_that_a_pdf_names_runs_nothing(tmp_path: Path) -> None:
    """CVE-2025-64512: the name of a font's encoding is the path of a pickle."""
    from pdfminer.high_level import extract_text

    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "owned"),)

    for name in ("evil.pickle.gz", "evil.json.gz", "evil"):
        with gzip.open(tmp_path / name, "wb") as planted:
            planted.write(pickle.dumps(Evil()))
    for name in (str(tmp_path / "evil"), os.path.relpath(tmp_path / "evil")):
        (tmp_path / "a.pdf").write_bytes(_pdf_with_map(name))
        extract_text(str(tmp_path / "a.pdf"))
        assert not (tmp_path / "owned").exists()
    pickle.loads(pickle.dumps(Evil()))
    assert (tmp_path / "owned").exists(), "the pickle is a live one"


def _pdf_with_map(name: str) -> bytes:
    """One page of text in a font whose character map is to be loaded by this name."""
    encoded = "".join(char if char.isalnum() else f"#{ord(char):02x}" for char in name)
    content = b"BT /F1 12 Tf 72 720 Td <00410042> Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        f"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /{encoded} /DescendantFonts [6 0 R] >>".encode(),
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        b"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontBBox [0 0 1000 1000] >>",
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (len(objects) + 1, table, len(objects) + 1, len(out))


# The code


PICKLERS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "dbm"}


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_nothing_is_pickled_but_between_a_run_and_its_own_children() -> None:
    """``workers.py`` talks with processes of the same user and the same code over pipes that it made itself."""
    users = {file.relative_to(ROOT).as_posix() for file in CODE if _imports(file) & PICKLERS}
    assert users <= {"flows/workers.py"}
    text = "\n".join(file.read_text(encoding="utf-8") for file in CODE)
    assert "read_pickle" not in text
    assert "allow_pickle" not in text


def test_prefect_keeps_no_result_and_so_no_pickle() -> None:
    import prefect

    from flows import cluster, pipeline, tasks

    things = [thing for module in (cluster, pipeline, tasks) for thing in vars(module).values()]
    kept = [thing for thing in things if isinstance(thing, prefect.Flow | prefect.Task)]
    assert len(kept) >= 3
    for thing in kept:
        assert not thing.persist_result, thing.name
        assert not thing.result_storage, thing.name


def test_sql_is_made_of_our_own_names_and_quoted_paths() -> None:
    """Of what is put into a statement only names and views of the schemas stand bare."""
    seen = 0
    for file in CODE:
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            if call.func.attr not in ("execute", "executemany", "sql", "query") or not call.args:
                continue
            statement = call.args[0]
            assert isinstance(statement, ast.Constant | ast.JoinedStr), f"{file.name}: a statement from elsewhere"
            for part in ast.walk(statement):
                if isinstance(part, ast.FormattedValue):
                    put = ast.unparse(part.value)
                    ours = put in ("name", "column", "columns", "view.sql")
                    assert ours or put.startswith(("_quoted(", "_quoted_all(")), f"{file.name}: {put} in SQL"
                    seen += 1
    assert seen >= 4


def test_html_is_made_by_templates_that_escape() -> None:
    """A string with a tag stands in code only in the review site, and there only as a safe ``Markup``."""
    for file in CODE:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("Environment"):
                assert any(word.arg == "autoescape" and ast.unparse(word.value) == "True" for word in call.keywords)
        if file.is_relative_to(ROOT / "review"):
            continue
        tags = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and re.search(r"<(script|a|b|p|div|span|td|img)\b[^>]*>", str(node.value))
        ]
        docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED)}
        assert [tag for tag in tags if tag not in docs] == [], file.name
    for template in (ROOT / "review").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", text), template.name


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

JUSTIFIED = {
    ("extractors/readers/annotations.py", "S112"): "a damaged annotation; the text of the page does not need it",
    ("extractors/rules/files.py", "S506"): "the loader is yaml's safe one, in C where there is one",
    ("flows/database.py", "S608"): "names of tables are the schemas' own, the path is quoted",
    ("flows/server.py", "S310"): "asks the server that it has just started on the loopback address",
    ("flows/server.py", "S603"): "starts this Python with arguments of our own; no shell",
    ("flows/version.py", "S603"): "asks git for the commit, with arguments of our own; no shell",
    ("flows/workers.py", "S301"): "between a run and its own children (test above)",
    ("flows/workers.py", "S603"): "starts this Python with arguments of our own; no shell",
    ("review/chapter.py", "S704"): "links of names, of which every part is escaped",
    ("review/plots.py", "S704"): "the picture that the plotting library has drawn, no text from outside",
}
"""What bandit's rules say of our code, and why it stands."""


def test_bandit_says_nothing_new() -> None:
    """The rules of bandit, as ruff has them; S101 (assert) is left out: ours only tell the type checker what holds."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--isolated", "--select", "S", "--ignore", "S101"]
    command += ["--output-format", "json", *(str(ROOT / package) for package in PACKAGES if (ROOT / package).exists())]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    said = {
        (Path(one["filename"]).relative_to(ROOT).as_posix(), one["code"]): one["location"]["row"]
        for one in json.loads(ended.stdout)
    }
    assert {key: line for key, line in said.items() if key not in JUSTIFIED} == {}


# The notes


def test_the_notes_name_tests_that_exist() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)`", text)
    assert len(named) > 20
    there = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").glob("test_*.py"))
    assert [
        name for name in named if f"def {name}(" not in there and not (ROOT / "tests" / f"{name}.py").exists()
    ] == []
