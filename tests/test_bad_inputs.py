"""Every kind of bad file comes to its verdict: fails with a reason, or is published, whole or with findings.

Each is read in a child process with small limits, as a run does it; a hang is a kill and a crash a dead process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors.model import SourceGone, UnreadableSource
from extractors.readers import read_chapter
from extractors.readers.opening import read_file
from flows.workers import NeededTooMuchMemory, TookTooLong, Workers
from tests.bad_inputs import KINDS
from tests.verdicts import Kind, Look, look, sound


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, seconds=600, megabytes=1024) as workers:  # a hang ends it, a loaded machine does not
        yield workers


@pytest.fixture(scope="module")
def small_workers() -> Iterator[Workers]:
    with Workers(1, seconds=4, megabytes=420) as workers:
        yield workers


def verdict(path: Path, workers: Workers) -> Look:
    try:
        return workers.run(look, path)[0]
    except (NeededTooMuchMemory, TookTooLong) as error:
        return Look(str(error), {}, {})


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.encode("unicode_escape").decode())
def test_each_kind_comes_to_its_verdict(kind: Kind, tmp_path: Path, workers: Workers, small_workers: Workers) -> None:
    path = kind.make(tmp_path)
    seen = verdict(path, small_workers if kind.heavy else workers)
    if kind.fails:
        assert re.search(kind.fails, seen.failure), seen.failure or "was published"
        assert kind.heavy or seen.failure.startswith(path.name)
        return
    before = sound("text" if path.suffix == ".txt" else "pdf")
    assert not seen.failure
    if kind.says:
        assert set(kind.says) <= seen.new(before), seen.new(before)
    elif kind.altered:
        assert not seen.lost_words(before)
    else:
        assert not seen.changed(before)
        assert not seen.new(before)


def test_there_are_many_kinds(figures: Callable[[str], None]) -> None:
    names = {kind.name for kind in KINDS}
    assert len(names) == len(KINDS) >= 60
    fails, says = sum(bool(kind.fails) for kind in KINDS), sum(bool(kind.says) for kind in KINDS)
    altered = sum(kind.altered for kind in KINDS)
    whole = len(KINDS) - fails - says - altered
    figures(f"bad input: {len(KINDS)} kinds: {fails} fail, {says} with findings, {altered} altered, {whole} whole")


def test_the_sound_chapters_are_sound() -> None:
    for form in ("pdf", "text"):
        seen = sound(form)
        assert not seen.failure
        assert seen.count("enforcement") == 52
        assert set(seen.findings) <= {"figure_shares_missing"}


@pytest.mark.parametrize("name", ["a.pdf", "a.txt"])
def test_a_file_that_may_not_be_read_is_gone_not_bad(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone is for now: the next run asks again. No file's mode is changed here: the superuser may read all."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / name).write_bytes(b"x")
    monkeypatch.setattr("extractors.readers.opening.os.open", refuse)
    with pytest.raises(SourceGone, match=rf"{name}: cannot be opened \(Permission denied\)"):
        read_chapter(tmp_path / name)


def test_a_file_that_grows_while_it_is_read_is_not_read_without_end(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(bytes(1000))
    assert len(read_file(tmp_path / "a.pdf", "a.pdf", 1000)) == 1000
    with pytest.raises(UnreadableSource, match="is larger than 0 MB"):
        read_file(tmp_path / "a.pdf", "a.pdf", 999)
