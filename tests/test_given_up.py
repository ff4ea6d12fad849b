"""A file that takes too long or too much memory costs that once, not in every run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import flows.run
from flows import ledger
from flows.report import Report
from flows.request import Request
from flows.run import run
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


@pytest.fixture
def attempts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attempts:
    files(tmp_path / "in", a_pdf="XAV", b_pdf="slow", c_pdf="large")
    return Attempts(tmp_path, monkeypatch)


def test_it_is_not_tried_again(attempts: Attempts) -> None:
    first = attempts.run()
    assert sorted(attempts.tried) == ["a.pdf", "b.pdf", "c.pdf"]
    second = attempts.run()
    assert attempts.tried == []
    assert second.unchanged
    assert second.failures == first.failures != []
    assert second.exit_code == 1
    files(attempts.folder / "in", a_pdf="XAV", b_pdf="slow", c_pdf="large", d_pdf="XBV")
    third = attempts.run()
    assert attempts.tried == ["d.pdf"]
    assert [failure.source_path for failure in third.failures] == ["b.pdf", "c.pdf"]
    assert {fact["source_path"]: fact["why"] for fact in third.inputs}["b.pdf"] == "exceeded the same limits before"


@pytest.mark.parametrize("options", [{"seconds": 600}, {"megabytes": 4096}, {"force": True}])
def test_other_limits_and_force_try_it_again(attempts: Attempts, options: dict[str, Any]) -> None:
    attempts.run()
    attempts.run(**options)
    assert {"b.pdf", "c.pdf"} <= set(attempts.tried)


def test_other_bytes_and_other_code_try_it_again(attempts: Attempts, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts.run()
    (attempts.folder / "in" / "b.pdf").write_text("XBV")
    assert [failure.source_path for failure in attempts.run().failures] == ["c.pdf"]
    assert attempts.tried == ["b.pdf"]
    state = ledger.code_state()
    monkeypatch.setattr(ledger, "code_state", lambda rules: {**state, "code": "another"})
    attempts.run()
    assert "c.pdf" in attempts.tried


def test_trouble_of_the_machine_is_not_remembered(attempts: Attempts) -> None:
    (attempts.folder / "in" / "b.pdf").write_text("killed")
    attempts.run()
    attempts.run()
    assert attempts.tried == ["b.pdf"]


def test_what_was_published_of_it_stays(attempts: Attempts) -> None:
    (attempts.folder / "in" / "b.pdf").write_text("XBV")
    attempts.run()
    (attempts.folder / "in" / "b.pdf").write_text("slow")
    for _ in range(2):
        report = attempts.run()
        assert report.chapters == 2
    assert attempts.tried == []
