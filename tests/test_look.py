"""Looking at published chapters: ``findings list`` and ``findings show`` in every format; settings that stick."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

import schemas
from flows.cli import app
from flows.request import ALL
from flows.show import chapters, show
from flows.tabular import RowFormat
from tests.conftest import ROOT, arvenia, record
from tests.releasing import publish_whole


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Arvenia in two years; the inspectors of two years stand in one row of the later report."""
    enforcement = [record("enforcement", 1, year=2019, raw="45"), record("enforcement", 2, year=2020, raw="51")]
    cited = {"table": "enforcement", "number": 17, "resolved": True}
    citations = [record("citations", row) | cited for row in (1, 2)]
    later = arvenia(report_year=2020, enforcement=enforcement, citations=citations)
    later.tables["activities"][0]["activity"] = "Mending *nets* | <b>\x1b[2J"
    folder = tmp_path_factory.mktemp("published")
    publish_whole(schemas.validate([arvenia(), later]).tables, {}, folder)
    return folder


def said(*words: str | Path, code: int = 0) -> str:
    ended = CliRunner().invoke(app, [str(word) for word in words], terminal_width=200)
    assert ended.exit_code == code, ended.output
    return ended.output


class TestList:
    def test_every_chapter_has_a_line(self, output: Path) -> None:
        rows = list(csv.DictReader(StringIO(said("list", "--format", "csv", "--output", output))))
        assert [row["doc_id"] for row in rows] == ["xav-2019", "xav-2020"]
        assert {row["country"] for row in rows} == {"Arvenia"}
        assert "2 chapters" in said("list", "--output", output)

    def test_on_a_narrow_terminal_a_chapter_has_lines_not_columns(self, output: Path) -> None:
        console = Console(width=40, record=True, file=StringIO())
        chapters(ALL, output, console)
        lines = [line.rstrip() for line in console.export_text().splitlines()]
        assert lines[2:5] == ["xav-2019", "  country: Arvenia", "  year: 2019"]

    def test_those_of_a_year_or_country(self, output: Path) -> None:
        listed = json.loads(said("list", "--year", "2020", "--country", "xav", "--format", "json", "--output", output))
        assert [chapter["doc_id"] for chapter in listed] == ["xav-2020"]
        assert json.loads(said("list", "--country", "PER", "--format", "json", "--output", output)) == []


class TestFormats:
    def test_json_has_the_cited_sources_of_each_row(self, output: Path) -> None:
        rows = json.loads(said("show", "xav-2020", "enforcement", "--format", "json", "--output", output))
        assert [(row["year"], row["raw"]) for row in rows] == [(2019, "45"), (2020, "51")]
        [source] = rows[0]["cited"]
        assert (source["number"], source["author"]) == (17, "Government of Arvenia")

    def test_csv_has_their_numbers(self, output: Path) -> None:
        rows = list(
            csv.DictReader(StringIO(said("show", "xav-2020", "enforcement", "--format", "csv", "--output", output)))
        )
        assert [(row["raw"], row["cited"]) for row in rows] == [("45", "[17]"), ("51", "[17]")]

    def test_markdown_shows_cells_as_text_and_the_sources_below(self, output: Path) -> None:
        text = said("show", "xav-2020", "activities", "--format", "md", "--output", output)
        assert r"Mending \*nets\* \| \<b\>\\x1b\[2J" in text
        text = said("show", "xav-2020", "enforcement", "--format", "md", "--output", output)
        assert "\n[17] Government of Arvenia" in text

    def test_people_see_the_years_side_by_side_with_their_sources(self, output: Path) -> None:
        console = Console(width=80, record=True, file=StringIO())
        show("xav-2020", "enforcement", output, console)
        text = console.export_text()
        [line] = [line for line in text.splitlines() if "Number of Labor" in line]
        assert line.index("45 [17]") < line.index("51 [17]")
        assert "[17] Government of Arvenia" in text

    def test_a_chapter_as_json_has_its_tables(self, output: Path) -> None:
        tables = json.loads(said("show", "xav-2019", "--format", "json", "--output", output))
        assert {"documents", "agencies", "enforcement"} <= set(tables)
        assert "## agencies" in said("show", "xav-2019", "--format", "md", "--output", output)

    def test_a_chapter_is_no_single_csv_file(self, output: Path) -> None:
        assert "name it" in said("show", "xav-2019", "--format", "csv", "--output", output, code=2)

    @pytest.mark.parametrize("form", list(RowFormat))
    @pytest.mark.parametrize("table", list(schemas.TABLES))
    def test_every_table_has_every_format(self, table: str, form: RowFormat, output: Path) -> None:
        console = Console(width=100, file=StringIO())
        show("xav-2019", table, output, console, form)
        assert isinstance(console.file, StringIO) and console.file.getvalue()


def test_a_person_gets_a_pager(output: Path) -> None:
    command = [sys.executable, "-c", "from flows.cli import app; app()", "list", "--output", str(output)]
    terminal, end = pty.openpty()
    environment = {**os.environ, "PAGER": "sed s/^/paged:/", "TERM": "xterm"}
    subprocess.run(command, cwd=ROOT, env=environment, stdin=end, stdout=end, stderr=end, check=True, timeout=300)
    os.close(end)
    assert b"paged:" in os.read(terminal, 100_000)


class TestSettings:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_the_file_beside_the_work_is_used_and_an_option_wins(self, output: Path) -> None:
        Path("findings.toml").write_text(f'output = "{output}"\nspreadsheets = true\nyears = [2019, 2020]\n')
        assert "2 chapters" in said("list")
        assert "no run is published in other" in said("list", "--output", "other", code=2)

    def test_each_value_has_its_origin(self) -> None:
        Path("sub").mkdir()
        Path("sub/mine.toml").write_text('output = "tables"\nyears = [2019]\n')
        lines = [line.split() for line in said("--config", "sub/mine.toml", "config", "show").splitlines()]
        told = {line[0]: line[1:] for line in lines}
        assert told["output"] == ["sub/tables", "sub/mine.toml"]
        assert told["years"] == ["2019", "sub/mine.toml"]
        assert told["keep"] == ["5", "default"]
        assert told["force"] == ["false", "default"]

    def test_a_run_has_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Any] = []

        def run(request: Any, *_: Any) -> tuple[None, bool]:
            asked.append(request)
            return None, True

        monkeypatch.setattr("flows.cli._run", run)
        monkeypatch.setattr("flows.cli._print_report", lambda *_: sys.exit(0))
        Path("findings.toml").write_text('paths = ["a", "b"]\nspreadsheets = true\ncountries = ["xav"]\nkeep = 7\n')
        said("run", "--keep", "9")
        [request] = asked
        assert [str(path) for path in request.paths] == ["a", "b"]
        assert (request.spreadsheets, request.countries, request.keep) == (True, ("XAV",), 9)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            ("colour = 1", "colour: Extra inputs are not permitted"),
            ('workers = "many"', "workers"),
            ("keep = 1", "keep"),
            ('name = "x"', "a name of its own"),
            ("output = ", "is not TOML"),
            ("paths = " + "[" * 90_000, "is not TOML"),
        ],
    )
    def test_a_wrong_file_is_wrong_usage(self, content: str, why: str) -> None:
        Path("findings.toml").write_text(content)
        assert why in " ".join(said("list", code=2).split())

    def test_a_pipe_in_its_place_is_not_waited_for(self) -> None:
        os.mkfifo("findings.toml")
        assert "is no file of settings" in said("list", code=2)


def test_a_shell_completes_commands_and_formats() -> None:
    for line, expected in (("findings li", "list"), ("findings show xav-2019 --format js", "json")):
        asked = {"_FINDINGS_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        assert CliRunner().invoke(app, [], prog_name="findings", env=asked).output.split() == [expected]
