"""What can happen to a run: what was published stands, what is wrong is said, the next run goes on."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
import time_machine
from typer.testing import CliRunner

import extractors
import flows.run
from flows import publish
from flows.cli import app
from flows.workers import TookTooLong, Workers
from tests.bad_inputs.texts import chapter_text
from tests.conftest import ROOT
from tests.quick import InProcess, content, files, quick, read_words
from tests.test_kills import assert_nothing_left, release

YEAR = 31_536_000.0
"""Seconds; the clock of the tests jumps by many years."""
pytestmark = pytest.mark.system
COMMAND = [sys.executable, "-c", "from flows.cli import app; app()", "run"]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read, as they are read."""
    return read_words(monkeypatch)


def before_reading(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], object]) -> None:
    """Do this once, when a file of this name is about to be read."""
    read = extractors.extract_each
    done: list[object] = []

    def extract_each(path: Path, source_path: str) -> Any:
        if path.name == name and not done:
            done.append(act())
        return read(path, source_path)

    monkeypatch.setattr(extractors, "extract_each", extract_each)


def findings(*arguments: str | Path) -> tuple[int, str]:
    """The command in this process: its exit code, and all that it says."""
    ended = CliRunner().invoke(app, ["run", *map(str, arguments)])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exc_info
    return ended.exit_code, ended.output


def history(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "runs.jsonl").read_text().splitlines()]


# ---------------------------------------------------------------------------------------------- the disk


class Disk:
    """A folder on a disk that can be full: a file system in memory where one may be mounted, else a limit on the size
    of files, which stops writing in the same way."""

    def __init__(self, folder: Path, mounted: bool) -> None:
        self.folder = folder
        self.mounted = mounted
        self.reason = os.strerror(28 if mounted else 27)

    @contextmanager
    def room(self, share: float, written: Path) -> Iterator[None]:
        """Within, there is room for this share of what is in a folder that a run has written."""
        sizes = [file.stat().st_size for file in written.rglob("*") if file.is_file()]
        if self.mounted:
            state = os.statvfs(self.folder)
            used = (state.f_blocks - state.f_bfree) * state.f_frsize
            self._remount(f"size={(used + int(share * sum(sizes))) // 1024}k")
            yield
            self._remount("size=64m")
        else:
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(share * max(sizes)), hard))
            try:
                yield
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    @contextmanager
    def read_only(self, written: Path) -> Iterator[None]:
        """Within, nothing can be written to a folder."""
        if self.mounted:
            self._remount("ro")
            yield
            self._remount("rw")
        elif os.geteuid():
            (written / ".lock").chmod(0o444)
            written.chmod(0o555)
            yield
            written.chmod(0o755)
        else:
            pytest.skip("this superuser may not mount a file system, and modes do not bind it")

    def _remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", self.folder], check=True)


@pytest.fixture(params=["a disk", "a limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    mounted = request.param == "a disk" and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield Disk(folder, mounted)
    if mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_full_at_any_point(
    disk: Disk, tmp_path: Path, reader: list[str], figures: Callable[[str], None]
) -> None:
    rng = random.Random(7)
    output = disk.folder / "out"
    assert quick(files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV"), output).exit_code == 0
    said = []
    for day, share in enumerate([0.0, 0.001, *(rng.uniform(0.01, 0.8) for _ in range(3)), 1.5], start=1):
        chapters = files(tmp_path / "in", a_pdf=f"XAV:2020-01-{day:02}", b_pdf=f"XBV:2020-01-{day:02}")
        _, before = release(output)
        with disk.room(share, output / ".runs" / (output / ".current").readlink().name):
            code, words = findings(chapters, "--output", output, "--workers", "1")
        said.append(words)
        _, after = release(output)
        assert (code, after == before) == ((0, False) if share > 1 else (1, True)), (share, words)
        assert (disk.reason in words) == (share < 1)
        assert quick(chapters, output).exit_code == 0
        assert not set(release(output)[1].values()) & set(before.values())
        assert_nothing_left(output)
    assert [run["published"] for run in history(output)].count(True) == 1 + len(said)
    kept = sum("NotKept: its chapters cannot be written to the cache: " + disk.reason in words for words in said)
    tables = sum("The tables cannot be written: " in words for words in said)
    assert (kept > 0, tables > 2, len(said)) == (True, True, 6)
    figures(f"disk full ({disk.reason}): of 6 runs {kept} could not keep what was read, {tables} not write the tables")


def test_what_the_history_cannot_take_is_no_failed_run(
    tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chapters, output = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(publish, "remember", full)
        code, words = findings(chapters, "--output", output)
    assert code == 0
    assert "the run is missing in runs.jsonl: No space left on device" in words
    assert findings(chapters, "--output", output)[0] == 0
    assert [run["published"] for run in history(output)] == [True, False], "the next run adds the line"


@pytest.mark.parametrize("disk", ["a disk"], indirect=True)
def test_an_output_that_is_read_only_is_said_at_once(disk: Disk, tmp_path: Path, reader: list[str]) -> None:
    chapters, output = files(tmp_path / "in", a_pdf="XAV"), disk.folder / "out"
    quick(chapters, output)
    before = content(output)
    files(chapters, a_pdf="XAV:2020-01-01")
    reader.clear()
    with disk.read_only(output):
        code, words = findings(chapters, "--output", output)
        assert release(output)
    assert (code, reader) == (2, [])
    assert f"findings: cannot write to {output}: " in words
    assert any(reason in words for reason in ("Read-only file system", "Permission denied"))
    assert content(output) == before


def test_a_line_of_the_history_that_is_damaged_counts_for_nothing(tmp_path: Path, reader: list[str]) -> None:
    chapters, output = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out"
    quick(chapters, output)
    with (output / "runs.jsonl").open("ab") as lines:
        lines.write(b"\0\xff\n[]\n{}\n")
    assert findings(chapters, "--output", output)[0] == 0
    assert (output / "runs.jsonl").read_bytes().count(b"\n") == 5


def test_what_nobody_foresaw_has_a_code_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(flows.run, "plan", broken)
    code, words = findings(files(tmp_path / "in", a_pdf="XAV"), "--output", tmp_path / "out")
    assert code == 4
    assert "Traceback" in words
    assert words.rstrip().endswith(
        "findings: a defect in findings ended the run; please report it with the lines above"
    )


def test_what_is_not_about_the_output_is_not_said_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/elsewhere/rules.yml")

    monkeypatch.setattr(flows.run, "plan", refused)
    code, words = findings(files(tmp_path / "in", a_pdf="XAV"), "--output", tmp_path / "out")
    assert (code, words) == (2, "findings: cannot go on: /elsewhere/rules.yml: Permission denied\n")


# ---------------------------------------------------------------------------------------------- others at work


def test_two_runs_at_once(tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    chapters, output = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out"
    others = []

    def other() -> None:
        command = [*COMMAND, "raw", "--output", str(output)]
        others.append(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False))

    before_reading(monkeypatch, "a.pdf", other)
    report = quick(chapters, output)
    assert report.exit_code == 0
    [second] = others
    assert second.returncode == 2
    assert second.stderr.splitlines()[-1] == f"findings: another run is writing to {output}"
    assert len(history(output)) == 1
    assert quick(chapters, output).unchanged


WRITER = """
import duckdb, sys
with duckdb.connect(sys.argv[1]) as database:
    database.execute("UPDATE documents SET country = 'x'")
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_database_that_somebody_writes_to_does_not_hold_up_a_run(tmp_path: Path, reader: list[str]) -> None:
    """DuckDB locks a file against others for as long as a writer has it open."""
    chapters, output = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out"
    quick(chapters, output)
    file = (output / "findings.duckdb").resolve()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        assert writer.stdin
        assert writer.stdout.readline() == "open\n"
        with pytest.raises(duckdb.IOException, match="lock"):
            duckdb.connect(str(file), read_only=True)
        for day in (1, 2, 3):
            files(chapters, a_pdf=f"XAV:2020-01-0{day}")
            assert quick(chapters, output).exit_code == 0
            with duckdb.connect(str(output / "findings.duckdb"), read_only=True) as database:
                assert database.execute("SELECT released FROM documents").fetchall() == [(f"2020-01-0{day}",)]
        writer.stdin.close()
        assert writer.wait(20) == 0
    release(output)


@pytest.mark.parametrize(
    ("when", "there"),
    [
        ("read", "nothing"),
        ("read", "a folder"),
        ("read", "another output"),
        ("validate", "another output"),
        ("publish", "nothing"),
        ("publish", "another output"),
    ],
)
def test_an_output_that_is_replaced_by_something_else(
    when: str, there: str, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chapters, output, moved = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV"), tmp_path / "out", tmp_path / "moved"
    quick(chapters, output)
    before = content(output)
    quick(files(tmp_path / "other", c_pdf="XCV"), tmp_path / "new")
    files(chapters, a_pdf="XAV:2020-01-01")

    def replace() -> None:
        output.rename(moved)
        if there == "a folder":
            output.mkdir()
        if there == "another output":
            shutil.move(tmp_path / "new", output)

    if when == "read":
        before_reading(monkeypatch, "a.pdf", replace)
    else:
        module, step = (flows.run, "validate_chapters") if when == "validate" else (publish, "_write")
        real: Callable[..., Any] = getattr(module, step)

        def replaced(*arguments: Any) -> Any:
            monkeypatch.setattr(module, step, real)
            replace()
            return real(*arguments)

        monkeypatch.setattr(module, step, replaced)
    code, words = findings(chapters, "--output", output)
    assert code == 2
    assert f"findings: cannot write to {output}: it was moved, removed or replaced during the run" in words
    assert content(moved) == before
    if there == "another output":
        assert set(release(output)[1]) == {"xcv-2019"}
    else:
        assert not any((output / name).exists() for name in publish.SHOWN)
    shutil.rmtree(output, ignore_errors=True)
    moved.rename(output)
    assert quick(chapters, output).exit_code == 0
    assert_nothing_left(output)


def test_sources_that_disappear_or_change_while_a_run_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chapters, output = tmp_path / "in", tmp_path / "out"
    text = chapter_text()
    names = ("gone", "emptied", "changed", "folder", "whole")
    for name in names:
        (chapters / name).mkdir(parents=True)
        (chapters / name / "a.txt").write_text(text)

    class Meanwhile(InProcess):
        def run(self, function: Callable[..., Any], file: Any, *arguments: Any) -> Any:
            match file.path.parent.name:
                case "gone":
                    file.path.unlink()
                case "emptied":
                    file.path.write_bytes(b"")
                case "changed":
                    file.path.write_text(text + "\nA line more.\n")
                case "folder":
                    shutil.rmtree(file.path.parent)
            return function(file, *arguments)

    monkeypatch.setattr(flows.run, "Workers", Meanwhile)
    report = quick(chapters, output)
    assert report.exit_code == 1
    assert {failure.source_path: failure.reason for failure in report.failures} == {
        "gone/a.txt": "cannot be opened (No such file or directory)",
        "folder/a.txt": "cannot be opened (No such file or directory)",
        "emptied/a.txt": "was changed or removed while it was read",
        "changed/a.txt": "was changed or removed while it was read",
    }
    assert {failure.kind for failure in report.failures} == {"UnreadableSource"}
    assert report.chapters == 1
    assert len(list((output / ".cache").iterdir())) == 1, "no verdict is kept under the name of other bytes"
    monkeypatch.setattr(flows.run, "Workers", InProcess)
    report = quick(chapters, output)
    assert {fact["source_path"]: fact["why"] for fact in report.inputs} == {
        "changed/a.txt": "new content",
        "emptied/a.txt": "new content",
        "whole/a.txt": "unchanged",
    }
    assert [str(failure) for failure in report.failures] == ["emptied/a.txt: is empty"]


# ---------------------------------------------------------------------------------------------- the clock


def test_a_clock_that_jumps(tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By years, forwards and back, before and in the middle of runs."""
    chapters, output = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out"
    stages = {}
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)) as clock:
        for number, (start, then) in enumerate([(2026, 2040), (2031, 1999), (1980, 2026)], start=1):
            clock.move_to(datetime(start, 1, 1, tzinfo=UTC))
            files(chapters, a_pdf=f"XAV:2020-01-0{number}")
            with monkeypatch.context() as patched:
                before_reading(patched, "a.pdf", partial(clock.move_to, datetime(then, 1, 1, tzinfo=UTC)))
                report = quick(chapters, output)
            assert report.exit_code == 0
            assert report.run.startswith(f"{start}0101T")
            assert 0 <= report.seconds < YEAR
            assert all(0 <= seconds < YEAR for seconds in report.stages.values())
            assert [0 <= fact["seconds"] < YEAR for fact in report.inputs] == [True]
            stages[start] = publish.read_table(output, "documents")["released"].tolist()
            assert quick(chapters, output).unchanged
    assert stages == {2026: ["2020-01-01"], 2031: ["2020-01-02"], 1980: ["2020-01-03"]}
    assert [run["run"][:4] for run in history(output) if run["published"]] == ["2026", "2031", "1980"]


def test_a_clock_that_jumps_does_not_move_the_limit_of_time() -> None:
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)) as clock, Workers(1, seconds=2) as workers:
        assert workers.run(abs, -1) == 1
        for year in (2050, 1990):
            clock.move_to(datetime(year, 1, 1, tzinfo=UTC))
            assert workers.run(eval, "__import__('time').sleep(0.1)") is None
        with pytest.raises(TookTooLong):
            workers.run(eval, "__import__('time').sleep(30)")
