"""An output folder in which somebody has put something else in the place of a run's own files."""

from __future__ import annotations

import json
import os
import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flows import integrity, publish

RUN = {"run": "a", "started": "2019-10-02T09:14:01.000+00:00", "published": True}


@contextmanager
def no_waiting() -> Iterator[None]:
    """End a call that waits for something that never comes: a guard, no measurement."""

    def end(*_: object) -> None:
        raise TimeoutError("it waits")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(20)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class TestInPlaceOfFiles:
    def test_a_pipe_as_lock(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / ".lock")
        with no_waiting(), pytest.raises(OSError, match="not a regular file"), publish.sole_writer(tmp_path):
            pass

    def test_a_link_as_lock_empties_nothing(self, tmp_path: Path) -> None:
        victim = tmp_path / "victim"
        victim.write_text("precious")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / ".lock").symlink_to(victim)
        with pytest.raises(OSError, match=r"\.lock"), publish.sole_writer(tmp_path / "out"):
            pass
        assert victim.read_text() == "precious"

    def test_a_pipe_as_history(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "runs.jsonl")
        with no_waiting():
            with pytest.raises(OSError, match="not a regular file"):
                publish.remember(RUN, tmp_path)
            with pytest.raises(OSError, match="not a regular file"):
                publish.last_remembered(tmp_path)

    def test_a_folder_as_history(self, tmp_path: Path) -> None:
        (tmp_path / "runs.jsonl").mkdir()
        with pytest.raises(OSError):
            publish.remember(RUN, tmp_path)


class TestLongHistory:
    """A history of 60,000 lines is read from its end; memory is measured, not time."""

    @pytest.fixture
    def output(self, tmp_path: Path) -> Path:
        line = json.dumps({"run": "a", "started": "2018", "published": False, "stages": {"read": 1.0}}) + "\n"
        (tmp_path / "runs.jsonl").write_text(line * 60_000)
        return tmp_path

    def test_only_its_end_is_read(self, output: Path) -> None:
        size = (output / "runs.jsonl").stat().st_size
        tracemalloc.start()
        try:
            publish.remember(RUN, output)
            with (output / "runs.jsonl").open("ab") as history:
                history.write(b'{"run": "killed in mid-li')
            assert publish.last_remembered(output) == RUN["started"]
            publish.remember({**RUN, "published": False}, output)
            assert publish.last_remembered(output) == RUN["started"]
            assert tracemalloc.get_traced_memory()[1] < 2_500_000
        finally:
            tracemalloc.stop()
        added = (output / "runs.jsonl").read_bytes()[size:]
        assert [json.loads(line)["published"] for line in added.splitlines()] == [True, False]

    def test_one_without_a_published_run_takes_little_memory(self, output: Path) -> None:
        tracemalloc.start()
        try:
            assert publish.last_remembered(output) == ""
            assert tracemalloc.get_traced_memory()[1] < 2_500_000
        finally:
            tracemalloc.stop()

    def test_a_line_without_end_is_no_line(self, tmp_path: Path) -> None:
        lines = json.dumps(RUN).encode() + b"\n" + b"x" * 9_000_000 + b"\n" + b"y" * 9_000_000
        (tmp_path / "runs.jsonl").write_bytes(lines)
        tracemalloc.start()
        try:
            assert publish.last_remembered(tmp_path) == RUN["started"]
            assert tracemalloc.get_traced_memory()[1] < 2_500_000
        finally:
            tracemalloc.stop()


def facts() -> dict[str, Any]:
    """The content of a ``run.json`` with one file."""
    given: dict[str, Any] = {
        "source_path": "a.pdf",
        "path": "/in/a.pdf",
        "sha256": "0" * 64,
        "entry": "e.json.gz",
        "standing": "",
    }
    given |= {"state": {"code": "a"}, "why": "new file", "doc_ids": ["xav-2019"], "chosen": ["xav-2019"], "taken": True}
    failure = {"source_path": "b.pdf", "kind": "UnreadableSource", "reason": "is empty", "page": None, "at": ""}
    return {**RUN, "state": {"code": "a"}, "options": {}, "inputs": [given], "failures": [failure]}


class TestFactsWithMissingKeys:
    def test_whole_ones_are_taken(self, tmp_path: Path) -> None:
        (tmp_path / "run.json").write_text(json.dumps(facts()))
        assert integrity.read_facts(tmp_path / "run.json") == facts()

    @pytest.mark.parametrize("key", [key for key in facts() if key not in ("state", "options")])
    def test_a_missing_key_is_damage(self, key: str, tmp_path: Path) -> None:
        (tmp_path / "run.json").write_text(json.dumps({name: value for name, value in facts().items() if name != key}))
        with pytest.raises(integrity.Damaged, match=key):
            integrity.read_facts(tmp_path / "run.json")

    @pytest.mark.parametrize("key", facts()["inputs"][0])
    def test_a_missing_key_of_a_file_is_damage(self, key: str, tmp_path: Path) -> None:
        wrong = facts()
        del wrong["inputs"][0][key]
        (tmp_path / "run.json").write_text(json.dumps(wrong))
        with pytest.raises(integrity.Damaged, match=key):
            integrity.read_facts(tmp_path / "run.json")

    @pytest.mark.parametrize("inputs", [7, [7], {"a": 1}, [{"source_path": 7}]])
    def test_a_value_of_another_kind_is_damage(self, inputs: object, tmp_path: Path) -> None:
        (tmp_path / "run.json").write_text(json.dumps({**facts(), "inputs": inputs}))
        with pytest.raises(integrity.Damaged, match="inputs"):
            integrity.read_facts(tmp_path / "run.json")
