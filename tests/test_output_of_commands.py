"""What commands print: to a reader that ends early, to one that knows ASCII only, about a few files and about many."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from flows.cli import _problems, app
from flows.ledger import Contents
from flows.log import log_line
from flows.plan import ReadJob
from flows.progress import MANY, progress
from flows.reading import read_file
from flows.report import Failure, Report
from flows.sources import SourceFile
from flows.terminal import _lenient
from tests.conftest import ROOT, arvenia

COMMAND = "from flows.cli import app; app()"


class TestReaderThatEnds:
    """As with ``| head``."""

    @pytest.mark.parametrize(
        ("arguments", "code"), [(["--version"], 0), (["rules", "check"], 0), (["run", "no/such/path"], 2)]
    )
    def test_it_changes_no_exit_code(self, arguments: list[str], code: int) -> None:
        nobody, end = os.pipe()
        os.close(nobody)
        command = [sys.executable, "-c", COMMAND, *arguments]
        ended = subprocess.run(command, cwd=ROOT, stdout=end, stderr=end, timeout=300, check=False)
        os.close(end)
        assert ended.returncode == code

    def test_what_it_has_read_is_whole(self) -> None:
        ours, theirs = os.pipe()
        with os.fdopen(theirs, "w", encoding="ascii") as plain:
            stream = _lenient(plain, theirs)
            stream.write("première\n")
            stream.flush()
            assert os.read(ours, 100) == b"premi\\xe8re\n"
            os.close(ours)
            for _ in range(2):
                stream.write("nobody reads this\n" * 10_000)
                stream.flush()


def test_a_name_that_is_not_utf_8_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def compare(*_: object) -> None:
        "\udcff".encode()

    monkeypatch.setattr("typer.Typer.__call__", compare)
    monkeypatch.setattr("flows.terminal.prepare_streams", lambda: None)
    monkeypatch.setattr("sys.argv", ["findings", "show", "xav\udcff"])
    with pytest.raises(SystemExit, match="2"):
        app()
    assert capsys.readouterr().err == "findings: xav\\xff is not UTF-8, and nothing has such a name\n"
    monkeypatch.setattr("sys.argv", ["findings", "show", "xav-2019"])
    with pytest.raises(UnicodeEncodeError):
        app()


class TestManyFiles:
    @contextmanager
    def log(self, files: int, as_json: bool = False) -> Iterator[None]:
        with progress("Tuesday", as_json):
            log_line(logging.INFO, "run", "plan", f"{files} files", files=files)
            yield

    def lines(self, files: int, capsys: pytest.CaptureFixture[str], as_json: bool = False) -> list[str]:
        with self.log(files, as_json):
            log_line(logging.INFO, "sound.pdf", "read", "fine", done=True)
            log_line(logging.WARNING, "errors.pdf", "read", "2 errors", done=True)
            log_line(logging.ERROR, "broken.pdf", "read", "failed", done=True)
            log_line(logging.INFO, "run", "end", "ended")
        return [name for line in capsys.readouterr().err.splitlines() for name in NAMES if name in line]

    def test_few_have_a_line_each(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.lines(MANY, capsys) == ["sound.pdf", "errors.pdf", "broken.pdf", "ended"]

    def test_of_many_only_those_with_a_problem(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.lines(MANY + 1, capsys) == ["errors.pdf", "broken.pdf", "ended"]

    def test_machines_get_all(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.lines(MANY + 1, capsys, as_json=True) == ["sound.pdf", "errors.pdf", "broken.pdf", "ended"]


NAMES = ("sound.pdf", "errors.pdf", "broken.pdf", "ended")


@pytest.mark.parametrize(("severity", "level"), [("error", "WARNING"), ("warning", "INFO"), ("info", "INFO")])
def test_a_chapter_with_an_error_is_no_mere_information(
    severity: str, level: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    chapter = arvenia(quality=[{**arvenia().tables["quality"][0], "severity": severity}])
    monkeypatch.setattr("flows.ledger.contents", lambda entry: Contents().with_chapter(chapter))
    job = ReadJob(SourceFile(tmp_path / "a.pdf", "a.pdf", "0" * 64), tmp_path / "entry", read=True, why="new file")
    with caplog.at_level(logging.INFO, "findings"):
        read_file(job, lambda file, entry: None)
    [record] = caplog.records
    assert record.levelname == level


class TestCounts:
    def report(self) -> Report:
        """A run over six files: two read, two kept, one that fails, and one that cannot be opened."""
        inputs = [{"source_path": f"{name}.pdf", "read": name in "abc", "doc_ids": []} for name in "abcde"]
        failures = [Failure("c.pdf", "KeyError", "x"), Failure("f.pdf", "UnreadableSource", "cannot be opened")]
        return Report("now", "then", published=True, chapters=4, read=3, inputs=inputs, failures=failures)

    def test_each_file_counts_once(self) -> None:
        assert self.report().files() == {"read": 2, "kept": 2, "failed": 2}
        assert "4 chapters published; 6 files: 2 read, 2 kept, 2 failed; 0 errors in the chapters" in (
            self.report().sentence()
        )

    def test_of_very_many_failures_the_first_are_named(self) -> None:
        failures = [Failure(f"{number}.txt", "UnreadableSource", "is empty") for number in range(50_000)]
        lines = _problems(replace(self.report(), failures=failures))
        assert len(lines) == 201
        assert lines[-1] == "FAILED … and 49800 files more: the log names each"

    def test_a_file_that_fails_twice_counts_once(self) -> None:
        report = self.report()
        report.failures.append(Failure("c.pdf", "KeyError", "in the check"))
        assert report.files() == {"read": 2, "kept": 2, "failed": 2}

    def test_a_run_that_changed_no_table_says_what_it_read(self) -> None:
        assert replace(self.report(), unchanged=True).files() == {"read": 2, "kept": 2, "failed": 2}
