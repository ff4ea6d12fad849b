"""The run: what it publishes, how it fails, and that a reader never sees half of it."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import extractors
import schemas
from extractors.model import Extraction, UnreadableSource
from flows import ledger, publish
from flows.releases import Release, choose
from flows.report import Failure, Report
from flows.sources import NoSources, SourceFile, find_sources
from flows.workers import WorkerDied, Workers
from tests.conftest import arvenia


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In place of the extraction: a file says what it is in words. Returns the names of the files that were read."""
    read: list[str] = []

    def extract(path: Path, source_path: str | None = None) -> tuple[Extraction, ...]:
        name = source_path or path.name
        read.append(name)
        words = path.read_text().split()
        if words[0] == "unreadable":
            raise UnreadableSource(name, "is no report", 2)
        if words[0] == "crash":
            raise ZeroDivisionError("nobody thought of this")
        return tuple(_chapter(word, name, hashlib.sha256(path.read_bytes()).hexdigest()) for word in words)

    monkeypatch.setattr(extractors, "extract", extract)
    monkeypatch.setattr(Workers, "run", lambda _, function, *args: function(*args))
    return read


def _chapter(word: str, name: str, sha256: str) -> Extraction:
    """``XAV:2020-01-01`` is chapter XAV released then; a last ``!`` gives it a row that no schema takes."""
    iso3, _, released = word.rstrip("!").partition(":")
    chapter = arvenia(iso3=iso3)
    chapter.tables["documents"][0].update(
        source_path=name,
        source_sha256=sha256,
        source_format="text" if name.endswith(".txt") else "pdf",
        released=released,
    )
    if word.endswith("!"):
        chapter.tables["activities"][0]["activity"] = ""
    return chapter


def files(folder: Path, **contents: str) -> Path:
    """A folder with these files; ``a__b_pdf`` is ``a/b.pdf``."""
    for name, content in contents.items():
        path = folder / (name.replace("__", "/")[:-4] + "." + name[-3:])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def ingest(chapters: Path, output: Path, **options: Any) -> tuple[Report, Any]:
    """Run the flow in this process; its report and its final state."""
    from flows.pipeline import ingest as flow

    state: Any = flow([str(chapters)], str(output), workers=1, return_state=True, **options)
    result = state.result(raise_on_failure=False)
    if isinstance(result, BaseException):
        raise result
    return Report.from_dict(result), state


def content(output: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (output / "tables").iterdir()}


@pytest.mark.usefixtures("prefect")
class TestFlow:
    def test_a_good_run_publishes_every_table_three_times(self, tmp_path: Path, reader: list[str]) -> None:
        report, state = ingest(files(tmp_path / "in", a__one_pdf="XAV", two_txt="XBV XCV"), tmp_path / "out")
        assert state.is_completed()
        assert report.ok
        assert report.chapters == 3
        assert reader == ["a/one.pdf", "two.txt"] or sorted(reader) == ["a/one.pdf", "two.txt"]
        with duckdb.connect(str(tmp_path / "out" / "findings.duckdb"), read_only=True) as database:
            for name in schemas.TABLES:
                frame = publish.read_table(tmp_path / "out", name)
                csv = pd.read_csv(tmp_path / "out/tables" / f"{name}.csv", dtype=str, keep_default_na=False)
                counted = database.execute(f'SELECT count(*) FROM "{name}"').fetchone()
                assert len(frame) == len(csv) == report.rows[name]
                assert counted == (report.rows[name],)
                assert list(frame.columns) == list(csv.columns)
        facts = json.loads((tmp_path / "out" / "run.json").read_text())
        assert facts["ok"] is True
        assert [fact["source_path"] for fact in facts["inputs"]] == ["a/one.pdf", "two.txt"]
        assert all(len(fact["sha256"]) == 64 for fact in facts["inputs"])

    def test_same_input_same_bytes(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", b_pdf="XAV:2020-01-01 XCV", a_pdf="XBV!", c_txt="XAV")
        ingest(chapters, tmp_path / "one")
        first = content(tmp_path / "one")
        ingest(chapters, tmp_path / "one", force=True)
        shutil.move(tmp_path / "in", tmp_path / "elsewhere")
        ingest(tmp_path / "elsewhere", tmp_path / "two")
        assert len(first) == 2 * len(schemas.TABLES)
        assert content(tmp_path / "one") == first
        assert content(tmp_path / "two") == first
        assert not any(str(tmp_path).encode() in table for table in first.values())

    def test_bad_files_fail_alone(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", good_pdf="XAV", crash_pdf="crash", none_txt="unreadable")
        report, state = ingest(chapters, tmp_path / "out")
        assert state.is_failed()
        assert not report.ok
        assert report.chapters == 1
        crash, none = report.failures
        assert (crash.source_path, crash.kind, crash.reason) == (
            "crash.pdf",
            "ZeroDivisionError",
            "nobody thought of this",
        )
        assert crash.at.startswith("test_flow.py:")
        assert none == Failure("none.txt", "UnreadableSource", "is no report", 2)
        assert json.loads((tmp_path / "out" / "run.json").read_text())["failures"][0]["kind"] == "ZeroDivisionError"

    def test_validation_that_breaks_on_a_chapter_fails_it_alone(
        self, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from flows import pipeline

        def fragile(chapters: list[Extraction]) -> schemas.Validated:
            if any(chapter.iso3 == "XBV" for chapter in chapters):
                raise MemoryError("too much")
            return schemas.validate(chapters)

        monkeypatch.setattr(pipeline, "validate", fragile)
        report, _ = ingest(files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV", c_pdf="XCV"), tmp_path / "out")
        assert report.chapters == 2
        assert [(failure.source_path, failure.kind) for failure in report.failures] == [("b.pdf", "MemoryError")]

    def test_quarantine_is_no_success(self, tmp_path: Path, reader: list[str]) -> None:
        report, state = ingest(files(tmp_path / "in", a_pdf="XAV!"), tmp_path / "out")
        assert state.is_failed()
        assert report.rows["quarantine"] >= 1
        assert report.rows["activities"] == 1
        assert {error["check"] for error in report.errors} == {"rows_quarantined"}

    def test_nothing_readable_leaves_the_output_as_it_was(self, tmp_path: Path, reader: list[str]) -> None:
        ingest(files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out")
        before = content(tmp_path / "out")
        report, _ = ingest(files(tmp_path / "bad", a_pdf="crash"), tmp_path / "out")
        assert not report.published
        assert content(tmp_path / "out") == before

    def test_unchanged_files_are_not_read_again(
        self, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV")
        ingest(chapters, tmp_path / "out")
        reader.clear()
        ingest(chapters, tmp_path / "out")
        assert reader == []
        files(chapters, b_pdf="XBV:2020-02-02")
        ingest(chapters, tmp_path / "out")
        assert reader == ["b.pdf"]
        ingest(chapters, tmp_path / "out", force=True)
        assert sorted(reader) == ["a.pdf", "b.pdf", "b.pdf"]
        reader.clear()
        monkeypatch.setattr(extractors, "EXTRACTOR_VERSION", "next")
        ingest(chapters, tmp_path / "out")
        assert sorted(reader) == ["a.pdf", "b.pdf"]

    def test_of_two_versions_the_newest_is_published(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(
            tmp_path / "in", a_pdf="XAV:2019-09-20", b_pdf="XAV:2019-10-02", c_txt="XAV", d_pdf="XAV:2019-10-02"
        )
        ingest(chapters, tmp_path / "out")
        documents = publish.read_table(tmp_path / "out", "documents")
        assert documents["source_path"].tolist() == ["b.pdf"]
        releases = publish.read_table(tmp_path / "out", "releases")
        assert releases["chosen"].tolist() == [False, True, False, False]
        assert releases["reason"].tolist() == [
            "an older version than b.pdf",
            "the newest of 4 versions",
            "does not say when it was released, b.pdf does",
            "the same content as b.pdf",
        ]
        quality = publish.read_table(tmp_path / "out", "quality")
        assert (quality["check"] == "version_not_chosen").sum() == 3

    def test_the_real_extraction_refuses_bad_files(self, tmp_path: Path) -> None:
        for name, data in bad_files().items():
            (tmp_path / name).write_bytes(data)
        report, _ = ingest(tmp_path, tmp_path / "out")
        said = {failure.source_path: failure for failure in report.failures}
        assert set(said) == set(bad_files())
        assert {failure.kind for failure in report.failures} == {"UnreadableSource"}, report.failures
        assert "empty" in said["empty.pdf"].reason
        assert "password" in said["locked.pdf"].reason
        assert not report.published


def test_the_parameters_of_a_served_run_can_be_checked() -> None:
    """A server's runner resolves their types without the imports of our module."""
    from flows.pipeline import ingest as flow

    hints = {name: given.annotation for name, given in inspect.signature(flow.fn).parameters.items()}
    assert {name: eval(hint, {}) for name, hint in hints.items()}["paths"] == list[str]


def bad_files() -> dict[str, bytes]:
    """Files of which no chapter can be had, made here."""
    from io import BytesIO

    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    def pdf(words: str = "", password: str = "") -> bytes:
        out = BytesIO()
        canvas = Canvas(out, encrypt=StandardEncryption(password) if password else None)
        if words:
            canvas.drawString(72, 720, words)
        else:
            canvas.rect(72, 300, 200, 200, fill=1)
        canvas.showPage()
        canvas.save()
        return out.getvalue()

    whole = pdf("words " * 40)
    return {
        "empty.pdf": b"",
        "empty.txt": b"",
        "letter.txt": b"Dear reader,\n\nthis is no report.\n",
        "letter.pdf": pdf("Dear reader, this is no report."),
        "cut.pdf": whole[: len(whole) // 2],
        "locked.pdf": pdf("secret", password="arvenia"),
        "picture.pdf": pdf(),
        "page.pdf": b"<!DOCTYPE html><title>404</title>",
        "noise.txt": bytes(range(256)) * 40,
    }


def test_sources_are_chapters_only(tmp_path: Path) -> None:
    files(tmp_path, a__B_pdf="1", a__C_TXT="2", README__x_txt="3")
    for name in ("README.md", ".hidden.pdf", "table.csv"):
        (tmp_path / name).write_text("x")
    assert [file.source_path for file in find_sources([tmp_path])] == ["README/x.txt", "a/B.pdf", "a/C.TXT"]
    assert [file.source_path for file in find_sources([tmp_path / "a" / "B.pdf", tmp_path / "a"])] == ["B.pdf", "C.TXT"]
    for wrong in (tmp_path / "nowhere", tmp_path / "README.md"):
        with pytest.raises(NoSources):
            find_sources([wrong])
    (tmp_path / "void").mkdir()
    with pytest.raises(NoSources, match=r"no \.pdf"):
        find_sources([tmp_path / "void"])


def test_the_choice_of_a_version_does_not_depend_on_the_order() -> None:
    def release(name: str, sha256: str, released: str) -> Release:
        kind = "text" if name.endswith("txt") else "pdf"
        return Release(SourceFile(Path(name), name, sha256), "xav-2019", "XAV", 2019, kind, released)

    late = release("late.pdf", "1", "2019-10-02T01:00:00+02:00")
    early = release("early.pdf", "2", "2019-10-01T22:59:00+00:00")
    undated, text = release("undated.pdf", "3", ""), release("scan.txt", "4", "")
    broken = release("broken.pdf", "5", "2019-99-99")
    for order in ([late, early, undated, text], [text, undated, early, late], [early, text, late, undated]):
        assert choose(order)[0].chosen == late
    assert choose([text, undated])[0].chosen == undated
    assert choose([broken, early])[0].chosen == early


def test_an_entry_of_the_ledger_comes_back_the_same(tmp_path: Path) -> None:
    chapters = (arvenia(), arvenia(iso3="XBV"))
    ledger.save(chapters, tmp_path / "entry.json.gz")
    assert ledger.load(tmp_path / "entry.json.gz") == chapters


class TestPublish:
    @pytest.fixture
    def tables(self) -> dict[str, pd.DataFrame]:
        return schemas.validate([arvenia()]).tables

    def test_a_run_that_breaks_leaves_the_run_before(
        self, tmp_path: Path, tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish.publish(tables, {"run": 1}, tmp_path)
        before = content(tmp_path)
        real = pd.DataFrame.to_csv

        def disk_full(frame: pd.DataFrame, path: Path, **options: Any) -> None:
            if path.name == "policies.csv":
                raise OSError(28, "No space left on device")
            real(frame, path, **options)

        monkeypatch.setattr(pd.DataFrame, "to_csv", disk_full)
        with pytest.raises(OSError, match="No space"):
            publish.publish(tables, {"run": 2}, tmp_path)
        assert content(tmp_path) == before
        assert json.loads((tmp_path / "run.json").read_text()) == {"run": 1}
        monkeypatch.undo()
        publish.publish(tables, {"run": 3}, tmp_path)
        assert json.loads((tmp_path / "run.json").read_text()) == {"run": 3}
        assert not list((tmp_path / ".runs").glob("*.part"))

    def test_a_reader_sees_one_run_at_every_step(
        self, tmp_path: Path, tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish.publish(tables, {"run": 1}, tmp_path)
        empty = {name: frame.head(0) for name, frame in tables.items()}
        seen: list[tuple[int, int]] = []

        def look(*_: Any) -> None:
            rows = len(pd.read_parquet(tmp_path / "tables" / "activities.parquet"))
            seen.append((json.loads((tmp_path / "run.json").read_text())["run"], rows))

        for step in ("rename", "replace", "symlink_to"):
            real = getattr(Path, step)

            def spied(path: Path, *rest: Any, real: Any = real) -> Any:
                look()
                result = real(path, *rest)
                look()
                return result

            monkeypatch.setattr(Path, step, spied)
        publish.publish(empty, {"run": 2}, tmp_path)
        assert set(seen) == {(1, 2), (2, 0)}
        assert seen == sorted(seen)

    def test_old_runs_are_removed_but_one(self, tmp_path: Path, tables: dict[str, pd.DataFrame]) -> None:
        for number in range(4):
            publish.publish(tables, {"run": number}, tmp_path)
        assert sorted(folder.name for folder in (tmp_path / ".runs").iterdir()) == ["000003", "000004"]

    def test_what_no_run_has_made_is_not_overwritten(self, tmp_path: Path, tables: dict[str, pd.DataFrame]) -> None:
        (tmp_path / "tables").mkdir()
        (tmp_path / "tables" / "mine.csv").write_text("x")
        with pytest.raises(publish.OutputBlocked):
            publish.publish(tables, {}, tmp_path)
        assert (tmp_path / "tables" / "mine.csv").exists()

    def test_two_runs_do_not_write_to_one_output(self, tmp_path: Path) -> None:
        with publish.sole_writer(tmp_path), pytest.raises(publish.OutputInUse), publish.sole_writer(tmp_path):
            pass


class TestWorkers:
    @pytest.fixture
    def workers(self) -> Iterator[Workers]:
        with Workers(2) as workers:
            yield workers

    def test_a_process_that_dies_fails_its_call_only(self, workers: Workers) -> None:
        with pytest.raises(WorkerDied):
            workers.run(os._exit, 9)
        assert workers.run(abs, -3) == 3

    def test_a_bad_file_is_said_across_processes(self, workers: Workers, tmp_path: Path) -> None:
        files(tmp_path, empty_pdf="")
        [file] = find_sources([tmp_path])
        failure = workers.run(ledger.extract_into, file, tmp_path / "entry")
        assert failure == Failure("empty.pdf", "UnreadableSource", "is empty")
        assert str(failure) == "empty.pdf: is empty"


def test_the_report_survives_json() -> None:
    report = Report("2026-01-01T00:00:00+00:00", published=True, rows={"quarantine": 0})
    assert report.ok
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
    assert not replace(report, rows={"quarantine": 1}).ok
    assert not replace(report, published=False).ok
