"""What can happen to a run: what was published stands, what is wrong is said, the next run goes on."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import extractors
from flows.cli import app
from tests.quick import files, quick, read_words
from tests.test_kills import assert_nothing_left, release

COMMAND = [sys.executable, "-c", "from flows.cli import app; app()", "run"]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read, as they are read."""
    return read_words(monkeypatch)


def before_reading(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], object]) -> None:
    """Do this once, when a file of this name is about to be read."""
    read, done = extractors.extract, []

    def extract(path: Path, source_path: str | None = None) -> Any:
        if path.name == name and not done:
            done.append(act())
        return read(path, source_path)

    monkeypatch.setattr(extractors, "extract", extract)


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
    for day, share in enumerate([0.0, 0.001, *(rng.uniform(0.01, 0.8) for _ in range(5)), 1.5], start=1):
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
    kept = sum("NotKept: what it holds cannot be kept in the cache: " + disk.reason in words for words in said)
    tables = sum("The tables cannot be written: " in words for words in said)
    assert (kept > 0, tables > 4, len(said)) == (True, True, 8)
    figures(f"disk full ({disk.reason}): of 8 runs {kept} could not keep what was read, {tables} not write the tables")
