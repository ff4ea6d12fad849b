"""Which files a run takes: what is no regular file or far too large is refused before a byte of it is read."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from extractors.readers import html, opening, text
from flows import sources
from flows.sources import find_sources, hash_of


def test_a_pipe_that_is_named_does_not_block_the_run(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "good.pdf").write_bytes(b"%PDF-")
    files, failures = find_sources([tmp_path / "pipe.pdf", tmp_path / "good.pdf"])
    assert [file.source_path for file in files] == ["good.pdf"]
    assert [(failure.source_path, failure.reason) for failure in failures] == [
        ("pipe.pdf", "cannot be read: it is not a regular file")
    ]


def test_a_device_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zeros.pdf").symlink_to("/dev/zero")
    files, failures = find_sources([tmp_path / "zeros.pdf"])
    assert not files
    assert failures[0].reason == "cannot be read: it is not a regular file"


def test_a_huge_sparse_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "sparse.pdf").open("wb") as file:
        file.truncate(300_000_000_000)
    monkeypatch.setattr(os, "read", lambda *_: pytest.fail("a byte was read"))
    files, failures = find_sources([tmp_path])
    assert not files
    assert failures[0].reason == "cannot be read: it is larger than 300 MB"


def test_a_file_that_has_more_bytes_than_its_size_is_not_read_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless.pdf"  # as those in /proc, which say that they have 0 bytes
    endless.write_bytes(b"x" * 5000)
    real = os.fstat
    monkeypatch.setattr(os, "fstat", lambda handle: os.stat_result((*real(handle)[:6], 0, *real(handle)[7:10])))
    monkeypatch.setattr(sources, "LARGEST", 1000)
    monkeypatch.setattr(sources, "BLOCK", 100)
    with pytest.raises(OSError, match="larger than") as caught:
        hash_of(endless)
    assert caught.value.errno == errno.EFBIG


def test_the_hash_is_that_of_all_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BLOCK", 7)
    (tmp_path / "a.pdf").write_bytes(bytes(range(100)))
    assert hash_of(tmp_path / "a.pdf") == hashlib.sha256(bytes(range(100))).hexdigest()


def test_no_reader_takes_a_larger_file() -> None:
    assert max(opening.LARGEST, text.LARGEST, html.LARGEST) <= sources.LARGEST
