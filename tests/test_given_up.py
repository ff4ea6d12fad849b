"""A file that takes too long or too much memory costs that once, not in every run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import flows.run
from flows import ledger
from flows.plan import plan
from flows.reading import read_file
from flows.report import Failure, Report
from flows.request import Request
from flows.run import run
from flows.sources import SourceFile, find_sources
from flows.workers import NeededTooMuchMemory, TookTooLong, WorkerDied
from tests.quick import InProcess, files, read_words

ENDS = {"slow": TookTooLong, "large": NeededTooMuchMemory, "killed": WorkerDied}


class Attempts:
    """Runs over three files, of which some cannot be read within the limits, and which of them were tried."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.tried = folder, list[str]()
        read_words(monkeypatch)
        tried = self.tried

        class Limited(InProcess):
            def run(self, function: Callable[..., Any], file: Any, *arguments: Any) -> Any:
                tried.append(file.source_path)
                word = file.path.read_text()
                if word in ENDS:
                    raise ENDS[word]("a limit")
                return function(file, *arguments)

        monkeypatch.setattr(flows.run, "Workers", Limited)

    def run(self, **options: Any) -> Report:
        self.tried.clear()
        return run(Request(paths=(self.folder / "in",), output=self.folder / "out", **options))


def test_it_is_not_tried_again_and_what_was_published_of_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV", c_pdf="large")
    attempts = Attempts(tmp_path, monkeypatch)
    attempts.run()
    (tmp_path / "in" / "b.pdf").write_text("slow")
    first = attempts.run()
    assert attempts.tried == ["b.pdf"]
    again = attempts.run()
    assert attempts.tried == []
    assert again.unchanged
    assert again.failures == first.failures
    assert [failure.kind for failure in again.failures] == ["TookTooLong", "NeededTooMuchMemory"]
    assert (again.exit_code, again.chapters) == (1, 2)
    files(tmp_path / "in", d_pdf="XCV")
    another = attempts.run()
    assert attempts.tried == ["d.pdf"]
    assert another.chapters == 3
    assert {fact["source_path"]: fact["why"] for fact in another.inputs}["b.pdf"] == "exceeded the same limits before"


class TestPlanned:
    """What of two files is read, by a plan and nothing else."""

    limits = (300.0, 2048.0)

    def read(self, folder: Path, *, limits: tuple[float, ...] = limits, code: str = "a", force: bool = False) -> str:
        """The names of the files that are tried; those that hold a word of ``ENDS`` fail."""
        state = {"code": code, "rules": "", "packages": "", "schemas": ""}
        tried = []

        def extract(file: SourceFile, entry: Path) -> Failure | None:
            tried.append(file.path.stem)
            error = ENDS[file.path.read_text()]("a limit")
            return Failure.of(file.source_path, error)

        found, _ = find_sources([folder / "in"])
        for job in plan(found, {}, ledger.Ledger(folder / "cache", state, limits), state, force):
            assert isinstance(read_file(job, extract), Failure)
        return " ".join(tried)

    def test_what_changes_is_tried_again(self, tmp_path: Path) -> None:
        folder = files(tmp_path / "in", b_pdf="slow", c_pdf="large")
        assert self.read(tmp_path) == "b c"
        assert self.read(tmp_path) == ""
        assert self.read(tmp_path, limits=(600.0, 2048.0)) == "b c"
        assert self.read(tmp_path, limits=(300.0, 4096.0)) == "b c"
        assert self.read(tmp_path, code="b") == "b c"
        assert self.read(tmp_path, force=True) == "b c"
        (folder / "b.pdf").write_text("large")
        assert self.read(tmp_path) == "b"
        assert self.read(tmp_path) == ""

    def test_trouble_of_the_machine_is_not_remembered(self, tmp_path: Path) -> None:
        files(tmp_path / "in", b_pdf="killed")
        assert [self.read(tmp_path) for _ in range(2)] == ["b", "b"]
