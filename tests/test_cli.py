"""The command line as its users meet it."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

import schemas
from flows.cli import app
from flows.log import log_line
from flows.progress import progress
from flows.request import Request
from flows.show import NotPublished, show
from flows.version import CONTRACT, commit
from tests.conftest import ROOT, arvenia_tables
from tests.releasing import publish_whole

SAMPLE = ROOT / "raw" / "arvenia-2019.pdf"
COMMAND = "from flows.cli import app; app()"


def findings(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as users start it."""
    command = [sys.executable, "-c", COMMAND, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=None, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One run over the invented sample and a file that is no chapter, in two processes."""
    chapters = tmp_path_factory.mktemp("chapters")
    shutil.copy(SAMPLE, chapters)
    (chapters / "empty.pdf").touch()
    output = tmp_path_factory.mktemp("out") / "new" / "folder"
    return findings("run", chapters, "--output", output, "--workers", "2"), output


def test_a_run_with_a_bad_file_ends_with_1_and_says_which(
    sample_run: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    ended, output = sample_run
    assert ended.returncode == 1, ended.stderr
    assert "FAILED empty.pdf: is empty" in ended.stdout
    assert "1 chapter published; 2 files: 1 read, 0 kept, 1 failed; 0 errors in the chapters" in ended.stdout
    assert re.search(
        r"INFO \S+ arvenia-2019.pdf \| read \| xav-2019 \| new file \| \d+ rows, .* \| [\d.]+ s", ended.stderr
    )
    assert "Traceback" not in ended.stderr
    assert (output / "tables" / "documents.csv").read_text().startswith("doc_id,iso3,report_year,row,")
    facts = json.loads((output / "run.json").read_text())
    assert facts["versions"]["pdfplumber"]
    assert (facts["versions"]["contract"], facts["versions"].get("commit", "")) == (CONTRACT, commit())
    assert [failure["source_path"] for failure in facts["failures"]] == ["empty.pdf"]


def test_the_sample_alone_is_all_good(
    sample_run: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, output = sample_run
    ended = CliRunner().invoke(app, ["run", str(SAMPLE), "--output", str(output)])
    assert ended.exit_code == 0, ended.output
    assert "xav-2019 | unchanged" in ended.stderr
    shown = CliRunner().invoke(app, ["show", "xav-2019", "--output", str(output)])
    assert shown.exit_code == 0
    assert "Arvenia" in shown.stdout
    assert "legal_standards" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "no/such/path"], "does not exist"),
        (["run", "README.md"], "has no reader"),
        (["run", "schemas"], "no file with a reader"),
        (["run", "--workers", "-1"], "workers"),
        (["show", "xav-2019", "--output", "docs"], "no run is published"),
        (["weather"], "weather"),
        (["run", "--rules", "no/such/rules"], "no such folder"),
        (["run", "--address", "tcp://127.0.0.1:8786"], "needs --runner dask"),
        (["ui", "--output", "docs"], "no run is recorded in docs"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_why(arguments: list[str], said: str) -> None:
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 2
    assert said in ended.output


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["show", "--help"], ["dictionary", "--help"]])
def test_help_is_there(arguments: list[str]) -> None:
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 0
    assert "Usage" in ended.output


def test_the_options_of_a_run_are_the_fields_of_a_request() -> None:
    command: Any = typer.main.get_command(app)
    options = {option.name: option for option in command.commands["run"].params}
    assert set(options) - {"prefect", "json", "help"} == set(Request.model_fields) - {"name"}
    for name, field in Request.model_fields.items():
        if name != "name":
            assert options[name].help == field.description
    spelled = [option for name in ("years", "countries", "allow_loss") for option in options[name].opts]
    assert spelled == ["--year", "--country", "--allow-loss"]


def test_the_dictionary_is_printed() -> None:
    assert CliRunner().invoke(app, ["dictionary"]).output == schemas.dictionary()


def test_commands_that_do_not_run_the_flow_do_not_start_prefect() -> None:
    code = "import sys, flows.cli; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables, folder = arvenia_tables(), tmp_path_factory.mktemp("shown")
    tables["activities"]["activity"] = ["Mending [bold]nets[/bold]", "Mending nèts – by hand"]
    publish_whole(tables, {}, folder)
    return folder


class TestShow:
    def test_a_narrow_terminal_shows_blocks_and_a_wide_one_a_grid(self, output: Path) -> None:
        texts = {}
        for width in (60, 250):
            console = Console(width=width, record=True, file=StringIO())
            show("xav-2019", "agencies", output, console)
            texts[width] = console.export_text()
        assert "agency: Ministry of Labor" in texts[60]
        assert "agency: Ministry of Labor" not in texts[250]
        assert all("Enforces labor laws." in text for text in texts.values())

    def shown(self, output: Path, doc_id: str, table: str | None = None) -> str:
        console = Console(width=120, record=True, file=StringIO())
        show(doc_id, table, output, console)
        return console.export_text()

    def test_a_chapter_with_its_main_tables(self, output: Path) -> None:
        text = self.shown(output, "XAV-2019")
        assert "Moderate Advancement" in text
        assert "activities (2 rows)" in text
        assert "Mending [bold]nets[/bold]" in text
        assert "provenance (" not in text

    def test_one_table(self, output: Path) -> None:
        text = self.shown(output, "xav-2019", "references")
        assert "references (2 rows)" in text
        assert "activities (" not in text
        assert "quarantine (0 rows)" in self.shown(output, "xav-2019", "quarantine")

    @pytest.mark.parametrize(
        ("doc_id", "table", "said"), [("xav-2020", None, "xav-2019"), ("xav-2019", "x", "programs")]
    )
    def test_what_is_not_there_is_said(self, output: Path, doc_id: str, table: str | None, said: str) -> None:
        with pytest.raises(NotPublished, match=said):
            self.shown(output, doc_id, table)

    def test_where_only_ascii_can_be_printed_letters_are_escaped(self, output: Path) -> None:
        command = [sys.executable, "-c", COMMAND, "show", "xav-2019", "--output", str(output)]
        environment = {**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "60"}
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=300, check=False)
        assert (ended.returncode, ended.stderr) == (0, b"")
        assert b"Mending n\\xe8ts \\u2013 by hand" in ended.stdout
        lines = ended.stdout.decode("ascii").splitlines()
        assert max(map(len, lines)) <= 60

    def test_a_reader_that_has_ended_is_no_error(self, output: Path) -> None:
        nobody, end = os.pipe()
        os.close(nobody)
        command = [sys.executable, "-c", COMMAND, "export", "bibtex", "--output", str(output)]
        ended = subprocess.run(command, cwd=ROOT, stdout=end, stderr=subprocess.PIPE, timeout=300, check=False)
        os.close(end)
        assert (ended.returncode, ended.stderr) == (0, b"")


def test_log_lines_do_not_go_astray(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("20260101T000000Z", as_json=False):
        log_line(logging.WARNING, "a.pdf", "read", "[not markup]", done=True)
    captured = capsys.readouterr()
    assert "WARNING 20260101T000000Z a.pdf | read | [not markup]" in captured.err
    assert captured.out == ""


def test_a_terminal_sees_how_many_files_are_done_and_how_long_the_rest_takes() -> None:
    code = (
        "import logging, time\n"
        "from flows.log import begin, log_line\n"
        "from flows.progress import progress\n"
        "with progress('Tuesday', as_json=False):\n"
        "    log_line(logging.INFO, 'run', 'plan', '30 files', files=30)\n"
        "    log_line(logging.ERROR, 'long/' * 9 + 'Arvenia.pdf', 'read', 'x', brief='failed: ' + 'bad ' * 30)\n"
        "    for number in range(20):\n"
        "        time.sleep(0.1)\n"
        "        log_line(logging.INFO, f'{number}.pdf', 'read', 'fine', done=True)\n"
        "    begin('validate')\n"
        "    time.sleep(0.3)\n"
    )
    seen, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONIOENCODING": "ascii"}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stderr=terminal) as shown:
        os.close(terminal)
        said = b""
        with suppress(OSError):  # how a terminal says that nobody writes any more
            while part := os.read(seen, 65536):
                said += part
    os.close(seen)
    assert shown.returncode == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode())
    rows = [line.rstrip() for line in re.split(r"[\r\n]+", plain)]
    assert [row for row in rows if "Tuesday" in row] == ["run Tuesday"]
    assert re.fullmatch(r"[\d:]{8} read     0\.pdf {18}fine", next(row for row in rows if "0.pdf" in row))
    [cut] = [row for row in rows if "failed" in row]
    assert len(cut) == 100 and re.search(r" \.\.\.\S+/Arvenia\.pdf failed: bad .*\.\.\.$", cut), (
        "one line a file, however long"
    )
    assert b"\x1b[31m" in said, "in red"
    assert re.search(r"reading [- ]+1\d/30 0:00:0[1-9]", plain), plain
    assert re.search(r"validating [- ]+20/30", plain), plain
