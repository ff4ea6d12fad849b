"""Which files a run takes and how it names them.

What is no regular file or far too large is refused before a byte of it is read.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractors.model import UnreadableSource
from extractors.readers import html, opening, text
from extractors.readers.encoding import decode
from flows import sources
from flows.artifacts import summary
from flows.cli import app
from flows.sources import NoSources, find_sources, hash_of, other_files, watched
from tests.quick import files, quick, read_words


def test_a_pipe_that_is_named_does_not_block_the_run(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "good.pdf").write_bytes(b"%PDF-")
    found, failures = find_sources([tmp_path / "pipe.pdf", tmp_path / "good.pdf"])
    assert [file.source_path for file in found] == ["good.pdf"]
    assert [(failure.source_path, failure.reason) for failure in failures] == [
        ("pipe.pdf", "cannot be read: it is not a regular file")
    ]


def test_a_file_system_that_does_not_answer_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a wait cannot be ended, so the run ends around it."""
    (tmp_path / "away.pdf").write_bytes(b"%PDF-")
    back = threading.Event()
    monkeypatch.setattr(sources, "hash_of", lambda path: str(back.wait(60)))
    with pytest.raises(NoSources, match=r"away\.pdf has not answered"):
        watched(lambda at: find_sources([tmp_path], at), seconds=0.2)
    back.set()
    monkeypatch.undo()
    found, _ = watched(lambda at: find_sources([tmp_path], at), seconds=60)
    assert [file.source_path for file in found] == ["away.pdf"]
    with pytest.raises(NoSources, match="does not exist"):
        watched(lambda at: find_sources([tmp_path / "void"], at), seconds=60)


def test_a_device_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zeros.pdf").symlink_to("/dev/zero")
    found, failures = find_sources([tmp_path / "zeros.pdf"])
    assert not found
    assert failures[0].reason == "cannot be read: it is not a regular file"


def test_a_huge_sparse_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "sparse.pdf").open("wb") as file:
        file.truncate(300_000_000_000)
    monkeypatch.setattr(os, "read", lambda *_: pytest.fail("a byte was read"))
    found, failures = find_sources([tmp_path])
    assert not found
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


def test_sources_are_chapters_only(tmp_path: Path) -> None:
    files(tmp_path, a__B_pdf="1", a__C_TXT="2", README__x_txt="3")
    for name in ("README.md", ".hidden.pdf", "table.csv"):
        (tmp_path / name).write_text("x")

    def names(*paths: Path) -> list[str]:
        return [file.source_path for file in find_sources(paths)[0]]

    assert names(tmp_path) == ["README/x.txt", "a/B.pdf", "a/C.TXT"]
    assert names(tmp_path / "a" / "B.pdf", tmp_path / "a") == ["B.pdf", "C.TXT"]
    for wrong in (tmp_path / "nowhere", tmp_path / "README.md"):
        with pytest.raises(NoSources):
            find_sources([wrong])
    (tmp_path / "void").mkdir()
    with pytest.raises(NoSources, match="no file with a reader"):
        find_sources([tmp_path / "void"])


def test_no_two_sources_have_one_name(tmp_path: Path) -> None:
    def names(*paths: str) -> list[str]:
        found, failures = find_sources([tmp_path / path for path in paths])
        return [file.source_path for file in found] + [failure.source_path for failure in failures]

    files(tmp_path, one__x__a_pdf="1", one__x__b_pdf="2", two__x__a_pdf="3", two__y__a_pdf="1")
    assert names("one") == ["x/a.pdf", "x/b.pdf"]
    assert names("one/x", "two/x") == ["b.pdf", "one/x/a.pdf", "two/x/a.pdf"]
    assert names("two/y", "two/x") == names("two/x", "two/y/a.pdf") == ["x/a.pdf", "y/a.pdf"]
    assert names("one", "two") == ["one/x/a.pdf", "two/x/a.pdf", "x/b.pdf", "y/a.pdf"]
    for folder in ("one/x", "two/x"):
        (tmp_path / folder / "gone.pdf").symlink_to("nowhere")
    assert names("one/x", "two/x")[-2:] == ["one/x/gone.pdf", "two/x/gone.pdf"]
    files(tmp_path / "odd", **{"\n_pdf": "1", "\\n_pdf": "2"})
    assert names("odd") == ["\\n.pdf", "\\n.pdf (2)"]


def test_what_looks_like_a_chapter_and_cannot_be_opened_is_said(tmp_path: Path) -> None:
    files(tmp_path, good_pdf="1")
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "nowhere.pdf")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    found, failures = find_sources([tmp_path])
    assert [file.source_path for file in found] == ["good.pdf"]
    assert [failure.source_path for failure in failures] == ["gone.pdf", "loop.txt"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Arvenia.docx", "is a document of a word processor"),
        ("Arvenia.RTF", "is a document of a word processor"),
        ("scan/page 1.JPG", "is a picture, which no reader takes"),
        ("map.png", "is a picture, which no reader takes"),
    ],
)
def test_a_document_or_picture_is_refused_by_name(tmp_path: Path, name: str, reason: str) -> None:
    files(tmp_path, good_pdf="1")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    found, failures = find_sources([tmp_path])
    assert [file.source_path for file in found] == ["good.pdf"]
    assert [failure.source_path for failure in failures] == [name]
    assert failures[0].reason.startswith(reason)
    assert other_files([tmp_path]) == []
    with pytest.raises(NoSources, match=f"{name} {reason}"):
        find_sources([tmp_path / name])


def test_files_of_other_types_are_named_in_log_and_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read_words(monkeypatch)
    chapters = files(tmp_path / "in", a_pdf="XAV", b__list_csv="x")
    (chapters / ".hidden").write_text("x")
    (chapters / "more.md").write_text("x")
    (chapters / "odd\nname").write_text("x")
    (chapters / "a.pdf.fetched.json").write_text("{}")
    others = ["b/list.csv", "more.md", "odd\\nname"]
    for again in (False, True):
        report = quick(chapters, tmp_path / "out")
        assert (report.unchanged, sorted(report.other_files), report.exit_code) == (again, others, 0)
    assert "run | search | files without a reader are not read: " in caplog.text
    published = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert sorted(published["other_files"]) == others
    assert "Files that no reader takes" in summary(report, tmp_path / "out")
    ended = CliRunner().invoke(app, ["run", str(chapters), "--output", str(tmp_path / "out")])
    assert "Not read, because no reader takes them: " in ended.output
    assert "b/list.csv" in ended.output


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04rest", "a ZIP archive (such as .docx)"),
        (b"\xd0\xcf\x11\xe0rest", "an office document (such as .doc)"),
        (b"{\\rtf1 rest}", "an RTF document"),
        (b"GIF89a", "a picture"),
        (b"II*\0rest", "a picture"),
    ],
)
def test_the_content_counts_not_the_name(tmp_path: Path, content: bytes, kind: str) -> None:
    with pytest.raises(UnreadableSource, match=re.escape(f"is {kind}, not a PDF")):
        opening.check_pdf(content, "a.pdf")
    with pytest.raises(UnreadableSource, match=re.escape(f"is {kind}, not a text")):
        decode(content, "a.txt")
