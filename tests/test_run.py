"""The run: what it reads and why, what it publishes, and how it fails."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import schemas
from extractors.model import Extraction
from flows import artifacts, assembly, ledger, publish
from flows.plan import ReadJob
from flows.releases import ChapterVersion, choose
from flows.report import Failure, Report
from flows.request import Request
from flows.run import Steps, run
from flows.sources import NoSources, SourceFile, find_sources
from flows.workers import Workers
from tests.quick import InProcess, content, files, quick, read_words


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read, as they are read."""
    return read_words(monkeypatch)


def published(output: Path) -> set[str]:
    return set(publish.read_table(output, "documents")["doc_id"])


def fresh(output: Path) -> pd.DataFrame:
    """The changes of the newest release."""
    changes = publish.read_table(output, "changes")
    newest: pd.DataFrame = changes[changes["release"] == changes["release"].max()]
    return newest


class TestPublished:
    def test_a_good_run_publishes_every_table_three_times(self, tmp_path: Path, reader: list[str]) -> None:
        report = quick(files(tmp_path / "in", a__one_pdf="XAV", two_txt="XBV XCV"), tmp_path / "out")
        assert report.ok
        assert report.exit_code == 0
        assert report.chapters == 3
        assert sorted(reader) == ["a/one.pdf", "two.txt"]
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
        assert [Path(fact["path"]) for fact in facts["inputs"]] == [tmp_path / "in/a/one.pdf", tmp_path / "in/two.txt"]
        assert all(len(fact["sha256"]) == 64 for fact in facts["inputs"])

    def test_the_database_opens_in_duckdb_since_1_0(self, tmp_path: Path, reader: list[str]) -> None:
        quick(files(tmp_path / "in", one_pdf="XAV"), tmp_path / "out")
        file = tmp_path / "out" / "findings.duckdb"
        with duckdb.connect(str(file), read_only=True) as database:
            tags = database.execute("SELECT tags FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()
        assert tags == [({"storage_version": "v1.0.0+"},)]
        # DuckDB compares this number of the file's head with those that it knows; 1.0 to 1.4 know 64
        assert int.from_bytes(file.read_bytes()[12:20], "little") == 64

    def test_a_file_name_that_is_not_utf8_is_published_escaped(self, tmp_path: Path, reader: list[str]) -> None:
        folder = files(tmp_path / "in", one_pdf="XAV")
        (folder / os.fsdecode(b"C\xf4te.pdf")).write_bytes((folder / "one.pdf").read_bytes().replace(b"XAV", b"XBV"))
        assert quick(folder, tmp_path / "out").ok
        assert set(publish.read_table(tmp_path / "out", "documents")["source_path"]) == {"one.pdf", r"C\xf4te.pdf"}
        assert quick(folder, tmp_path / "out").unchanged

    def test_same_input_same_bytes(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", b_pdf="XAV:2020-01-01 XCV", a_pdf="XBV!", c_txt="XAV")
        quick(chapters, tmp_path / "one")
        first = content(tmp_path / "one")
        shutil.move(tmp_path / "in", tmp_path / "elsewhere")
        quick(tmp_path / "elsewhere", tmp_path / "two")
        assert len(first) == 2 * len(schemas.TABLES)
        assert content(tmp_path / "two") == first
        assert not any(str(tmp_path).encode() in table for table in first.values())
        quick(tmp_path / "elsewhere", tmp_path / "one", force=True)
        assert content(tmp_path / "one") == first

    def test_of_two_versions_the_newest_is_published(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(
            tmp_path / "in", a_pdf="XAV:2019-09-20", b_pdf="XAV:2019-10-02", c_txt="XAV", d_pdf="XAV:2019-10-02"
        )
        quick(chapters, tmp_path / "out")
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

    def test_every_run_is_remembered(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="crash")
        quick(chapters, tmp_path / "out")
        (chapters / "b.pdf").unlink()
        quick(chapters, tmp_path / "out")
        quick(chapters, tmp_path / "out")
        lines = [json.loads(line) for line in (tmp_path / "out" / "runs.jsonl").read_text().splitlines()]
        assert [line["exit_code"] for line in lines] == [1, 0, 0]
        assert [line["published"] for line in lines] == [True, True, False]
        assert [line["read"] for line in lines] == [2, 0, 0]


class TestFailing:
    def test_bad_files_fail_alone(self, tmp_path: Path, reader: list[str]) -> None:
        report = quick(
            files(tmp_path / "in", good_pdf="XAV", crash_pdf="crash", none_txt="unreadable"), tmp_path / "out"
        )
        assert report.exit_code == 1
        assert report.chapters == 1
        crash, none = report.failures
        assert (crash.source_path, crash.kind, crash.reason) == (
            "crash.pdf",
            "ZeroDivisionError",
            "nobody thought of this",
        )
        assert crash.at.startswith("quick.py:")
        assert none == Failure("none.txt", "UnreadableSource", "is no report", 2)
        assert json.loads((tmp_path / "out" / "run.json").read_text())["failures"][0]["kind"] == "ZeroDivisionError"

    @pytest.mark.parametrize("step", ["with_releases", "with_registry"])
    def test_what_comes_before_validation_breaks_on_a_chapter_alone(
        self, step: str, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = getattr(assembly, step)

        def fragile(given: Any, *more: Any) -> Any:
            if any(choice.chosen.doc_id == "xbv-2019" for choice in ([given] if more else given)):
                raise KeyError("x")
            return whole(given, *more)

        monkeypatch.setattr(assembly, step, fragile)
        report = quick(files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV", c_pdf="XCV"), tmp_path / "out")
        assert report.chapters == 2
        assert [(failure.source_path, failure.kind) for failure in report.failures] == [("b.pdf", "KeyError")]

    def test_validation_that_breaks_on_a_chapter_fails_it_alone(
        self, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = schemas.validate

        def fragile(chapters: list[Extraction]) -> schemas.Validated:
            if any(chapter.iso3 == "XBV" for chapter in chapters):
                raise MemoryError("too much")
            return whole(chapters)

        monkeypatch.setattr(schemas, "validate", fragile)
        report = quick(files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV", c_pdf="XCV"), tmp_path / "out")
        assert report.chapters == 2
        assert [(failure.source_path, failure.kind) for failure in report.failures] == [("b.pdf", "MemoryError")]

    def test_quarantine_is_no_success(self, tmp_path: Path, reader: list[str]) -> None:
        report = quick(files(tmp_path / "in", a_pdf="XAV!"), tmp_path / "out")
        assert report.exit_code == 1
        assert report.rows["quarantine"] >= 1
        assert report.rows["activities"] == 1
        assert {error["check"] for error in report.errors} == {"rows_quarantined"}

    def test_nothing_readable_leaves_the_output_as_it_was(self, tmp_path: Path, reader: list[str]) -> None:
        quick(files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out")
        before = content(tmp_path / "out")
        report = quick(files(tmp_path / "bad", b_pdf="crash"), tmp_path / "out")
        assert not report.published
        assert report.exit_code == 1
        assert content(tmp_path / "out") == before

    def test_a_chapter_whose_file_breaks_stays_published_and_is_said(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV")
        quick(chapters, tmp_path / "out")
        whole = hash_of(chapters / "b.pdf")
        files(chapters, b_pdf="unreadable")
        for reads in (1, 0):
            reader.clear()
            report = quick(chapters, tmp_path / "out")
            assert report.exit_code == 1
            assert published(tmp_path / "out") == {"xav-2019", "xbv-2019"}
            assert [failure.source_path for failure in report.failures] == ["b.pdf"]
            assert {error["check"] for error in report.errors} == {"source_failed"}
            releases = publish.read_table(tmp_path / "out", "releases")
            assert releases.set_index("source_path").loc["b.pdf", "source_sha256"] == whole
            assert len(reader) == reads
        files(chapters, b_pdf="XBV:2020-02-02")
        assert quick(chapters, tmp_path / "out").exit_code == 0

    def test_the_real_extraction_refuses_bad_files(self, tmp_path: Path) -> None:
        for name, data in bad_files().items():
            (tmp_path / name).write_bytes(data)
        report = run(Request(paths=(tmp_path,), output=tmp_path / "out", workers=1))
        said = {failure.source_path: failure for failure in report.failures}
        assert set(said) == set(bad_files())
        assert {failure.kind for failure in report.failures} == {"UnreadableSource"}, report.failures
        assert "empty" in said["empty.pdf"].reason
        assert "password" in said["locked.pdf"].reason
        assert not report.published


def test_whoever_stops_a_run_has_no_other_file_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, jobs, stopped = list[str](), list[ReadJob](), threading.Event()
    for name in "abcdef":
        file = SourceFile(tmp_path / name, name, name * 64, 9)
        jobs.append(ReadJob(file, tmp_path / f"{name}.json.gz", read=True, why="new file"))

    def read_file(job: ReadJob, *_: object) -> Failure:
        asked.append(job.file.source_path)
        if job.file is not jobs[0].file:
            stopped.wait(60)
        return Failure(job.file.source_path, "", "")

    monkeypatch.setattr("flows.run.read_file", read_file)
    reading = iter(Steps().read(jobs, Workers(1), 1, Request()))
    next(reading)
    del reading  # what an exception (Ctrl-C) in the loop over it does
    stopped.set()
    time.sleep(0.2)
    assert asked in (["a"], ["a", "b"])


class TestReprocessing:
    """A file is read again only for a reason, and the reason is said."""

    def why(self, report: Report) -> dict[str, tuple[bool, str]]:
        return {fact["source_path"]: (fact["read"], fact["why"]) for fact in report.inputs}

    def test_what_has_not_changed_costs_nothing(
        self, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prepared: list[object] = []
        monkeypatch.setattr(InProcess, "prepare", lambda _, function, *__: prepared.append(function))
        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV")
        first = quick(chapters, tmp_path / "out")
        assert self.why(first) == {"a.pdf": (True, "new file"), "b.pdf": (True, "new file")}
        shown = (tmp_path / "out" / ".current").readlink()
        reader.clear()
        again = quick(chapters, tmp_path / "out")
        assert again.unchanged
        assert reader == []
        assert prepared == [ledger.prepare], "a process was started ahead though nothing was to be read"
        assert (tmp_path / "out" / ".current").readlink() == shown

    def test_what_is_shown_and_was_removed_is_there_again(self, tmp_path: Path, reader: list[str]) -> None:
        chapters, output = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out"
        quick(chapters, output)
        for name in (".current", *publish.SHOWN):
            (output / name).unlink()
        report = quick(chapters, output)
        assert (report.exit_code, report.unchanged) == (0, True)
        for name in publish.SHOWN:
            target = (output / name).resolve()
            if name == "tables":
                shutil.rmtree(target)
            else:
                target.unlink()
        report = quick(chapters, output)
        assert (report.exit_code, report.unchanged) == (0, False)
        assert {"findings.duckdb is missing", "run.json is missing"} < set(report.damage)
        assert published(output) == {"xav-2019"}
        assert all((output / name).exists() for name in publish.SHOWN)

    def test_what_has_changed_is_read_again(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV")
        quick(chapters, tmp_path / "out")
        files(chapters, b_pdf="XBV:2020-02-02")
        report = quick(chapters, tmp_path / "out")
        assert self.why(report) == {"a.pdf": (False, "unchanged"), "b.pdf": (True, "new content")}
        changes = fresh(tmp_path / "out")
        assert set(changes["doc_id"]) == {"xbv-2019"}
        assert set(changes["cause"]) == {"new_input"}
        report = quick(chapters, tmp_path / "out", force=True)
        assert self.why(report)["a.pdf"] == (True, "asked for (--force)")

    def test_another_state_of_the_code_reads_everything_again(
        self, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="unreadable")
        quick(chapters, tmp_path / "out")
        state = dict(ledger.code_state())
        monkeypatch.setattr(ledger, "code_state", lambda *_: dict(state))
        parts = {"code": "new extraction code", "rules": "new rules", "packages": "new package versions"}
        for part, why in parts.items():
            state[part] = "another"
            report = quick(chapters, tmp_path / "out")
            assert self.why(report) == {"a.pdf": (True, why), "b.pdf": (True, why)}

    def test_an_overlay_of_rules_is_recorded_and_what_other_rules_read_is_read_again(
        self, tmp_path: Path, reader: list[str]
    ) -> None:
        chapters, overlay = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "rules"
        overlay.mkdir()
        (overlay / "countries.yml").write_text("XAV: [Arvenland]\n")
        quick(chapters, tmp_path / "out")
        report = quick(chapters, tmp_path / "out", rules=overlay)
        assert self.why(report) == {"a.pdf": (True, "new rules")}
        facts = json.loads((tmp_path / "out" / "run.json").read_text())
        assert ["Arvenland" in change for change in facts["overridden_rules"]] == [True]
        assert quick(chapters, tmp_path / "out", rules=overlay).unchanged
        (overlay / "countries.yml").write_text("XAV: [Arvenia Island]\n")
        assert self.why(quick(chapters, tmp_path / "out", rules=overlay)) == {"a.pdf": (True, "new rules")}
        assert quick(chapters, tmp_path / "out").overridden_rules == []

    def test_other_schemas_are_applied_without_reading_again(
        self, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV")
        quick(chapters, tmp_path / "out")
        state = ledger.code_state()
        monkeypatch.setattr(ledger, "code_state", lambda *_: {**state, "schemas": "another"})
        reader.clear()
        report = quick(chapters, tmp_path / "out")
        assert not report.unchanged
        assert reader == []

    def test_a_file_that_is_gone_retires_its_chapter_visibly(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV", c_pdf="XBV:2020-01-01")
        quick(chapters, tmp_path / "out")
        (chapters / "c.pdf").unlink()
        assert quick(chapters, tmp_path / "out").retired == []
        changes = fresh(tmp_path / "out")
        assert set(changes["cause"]) == {"new_release"}
        (chapters / "b.pdf").unlink()
        report = quick(chapters, tmp_path / "out")
        assert report.retired == ["xbv-2019"]
        assert published(tmp_path / "out") == {"xav-2019"}
        changes = fresh(tmp_path / "out")
        assert set(zip(changes["doc_id"], changes["change"], changes["cause"], strict=True)) == {
            ("xbv-2019", "chapter_retired", "retired"),
            ("xav-2019", "changed", "derived"),  # fewer chapters cite its works
        }

    def test_a_verdict_that_was_not_published_is_not_made_again(
        self, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV")

        def power_cut(*_: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(publish, "publish_staged", power_cut)
            with pytest.raises(KeyboardInterrupt):
                quick(chapters, tmp_path / "out")
        reader.clear()
        report = quick(chapters, tmp_path / "out")
        assert reader == []
        assert self.why(report) == {"a.pdf": (False, "finished by a run that was not published")}

    def test_entries_that_no_release_needs_are_removed(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV")
        for day in range(1, 5):
            files(chapters, a_pdf=f"XAV:2020-01-0{day}")
            quick(chapters, tmp_path / "out")
        assert len(list((tmp_path / "out" / ".cache").iterdir())) == 2


class TestFolders:
    """A folder is searched whole, or it is said that it is not."""

    def closed(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        """From now on nobody may enter it (root may enter everything)."""
        real = os.scandir

        def scandir(path: Any) -> Any:
            if str(path) == str(folder):
                raise PermissionError(13, "Permission denied", str(path))
            return real(path)

        monkeypatch.setattr(os, "scandir", scandir)

    def test_a_folder_that_may_not_be_entered_fails_and_its_chapters_stay(
        self, tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chapters = files(tmp_path / "in", a__b__x_pdf="XAV", a2__x_pdf="XBV", y_pdf="XCV")
        quick(chapters, tmp_path / "out")
        with monkeypatch.context() as patched:
            self.closed(patched, chapters / "a")
            for _ in range(2):
                report = quick(chapters, tmp_path / "out")
                assert [str(failure) for failure in report.failures] == ["a: cannot be searched: Permission denied"]
                assert (report.exit_code, report.retired) == (1, [])
                assert [error["doc_id"] for error in report.errors] == ["xav-2019"]
                assert published(tmp_path / "out") == {"xav-2019", "xbv-2019", "xcv-2019"}
            self.closed(patched, chapters)
            with pytest.raises(NoSources, match="cannot be searched: Permission denied"):
                find_sources([chapters])
        reader.clear()
        assert quick(chapters, tmp_path / "out").exit_code == 0
        assert reader == []
        shutil.rmtree(chapters / "a")
        assert quick(chapters, tmp_path / "out").retired == ["xav-2019"]
        again = quick(chapters, tmp_path / "out")
        assert (again.unchanged, again.retired) == (True, [])

    def test_a_link_that_is_broken_retires_nothing(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV")
        quick(chapters, tmp_path / "out")
        (chapters / "a.pdf").unlink()
        (chapters / "a.pdf").symlink_to("nowhere")
        report = quick(chapters, tmp_path / "out")
        assert (report.exit_code, report.retired) == (1, [])
        assert published(tmp_path / "out") == {"xav-2019", "xbv-2019"}

    def test_linked_folders_are_searched_once(self, tmp_path: Path) -> None:
        chapters = files(tmp_path / "in", b__x_pdf="1", b__up_txt="2")
        files(tmp_path / "elsewhere", c__y_pdf="3")
        (chapters / "a").symlink_to("b")
        (chapters / "b" / "round").symlink_to(chapters)
        (chapters / "linked").symlink_to(tmp_path / "elsewhere")
        (tmp_path / "elsewhere" / "back").symlink_to(chapters)
        found, failures = find_sources([chapters])
        assert [file.source_path for file in found] == ["b/up.txt", "b/x.pdf", "linked/c/y.pdf"]
        assert failures == []


class TestSameNames:
    """Files of one name in several folders (``findings run 2018 2019``) are two files to every part of a run."""

    @pytest.fixture
    def folders(self, tmp_path: Path, reader: list[str]) -> tuple[Path, ...]:
        files(tmp_path / "in", f2018__Arvenia_pdf="XAV-2018", f2019__Arvenia_pdf="XAV-2019")
        return (tmp_path / "in" / "f2018", tmp_path / "in" / "f2019")

    def test_each_year_can_be_read_alone(self, folders: tuple[Path, ...], tmp_path: Path, reader: list[str]) -> None:
        assert run(Request(paths=folders, output=tmp_path / "out", workers=1)).ok
        assert run(Request(paths=folders[::-1], output=tmp_path / "out", workers=1)).unchanged
        for year in (2018, 2019):
            reader.clear()
            report = run(Request(paths=folders, output=tmp_path / "out", workers=1, force=True, years=(year,)))
            assert (report.exit_code, report.retired) == (0, [])
            assert reader == [f"f{year}/Arvenia.pdf"]
            assert published(tmp_path / "out") == {"xav-2018", "xav-2019"}

    def test_the_one_that_breaks_stays_published(self, folders: tuple[Path, ...], tmp_path: Path) -> None:
        run(Request(paths=folders, output=tmp_path / "out", workers=1))
        for folder in folders:
            files(folder, Arvenia_pdf="unreadable")
        report = run(Request(paths=folders, output=tmp_path / "out", workers=1))
        assert report.retired == []
        assert published(tmp_path / "out") == {"xav-2018", "xav-2019"}
        rows = artifacts.tables(report, tmp_path / "out")["files"]
        assert [(row["file"], row["failure"]) for row in rows] == [
            ("f2018/Arvenia.pdf", "is no report"),
            ("f2019/Arvenia.pdf", "is no report"),
        ]


class TestSelection:
    @pytest.fixture
    def chapters(self, tmp_path: Path, reader: list[str]) -> Path:
        return files(tmp_path / "in", a_pdf="XAV", b_pdf="XAV-2020", c_pdf="XBV")

    def test_only_what_is_selected_is_changed(self, chapters: Path, tmp_path: Path, reader: list[str]) -> None:
        quick(chapters, tmp_path / "out")
        files(chapters, a_pdf="XAV:2021-01-01", b_pdf="XAV-2020:2021-01-01", c_pdf="XBV:2021-01-01")
        reader.clear()
        quick(chapters, tmp_path / "out", years=(2020,))
        assert reader == ["b.pdf"]
        documents = publish.read_table(tmp_path / "out", "documents").set_index("doc_id")
        assert documents["released"].to_dict() == {"xav-2019": "", "xav-2020": "2021-01-01", "xbv-2019": ""}
        reader.clear()
        quick(chapters, tmp_path / "out", countries=("xbv",))
        assert reader == ["c.pdf"]
        reader.clear()
        quick(chapters, tmp_path / "out")
        assert reader == ["a.pdf"]

    def test_what_is_not_selected_stays_though_its_file_is_gone(
        self, chapters: Path, tmp_path: Path, reader: list[str]
    ) -> None:
        quick(chapters, tmp_path / "out")
        (chapters / "a.pdf").unlink()
        report = quick(chapters, tmp_path / "out", countries=("xbv",), force=True)
        assert (report.retired, report.exit_code) == ([], 0)
        assert published(tmp_path / "out") == {"xav-2019", "xav-2020", "xbv-2019"}
        assert quick(chapters, tmp_path / "out", allow_loss=True).retired == ["xav-2019"]

    def test_a_link_to_nothing_fails_as_long_as_it_is_there(
        self, chapters: Path, tmp_path: Path, reader: list[str]
    ) -> None:
        (chapters / "d.pdf").symlink_to(tmp_path / "nowhere")
        first, again = (quick(chapters, tmp_path / "out") for _ in range(2))
        assert [failure.source_path for failure in first.failures] == ["d.pdf"]
        assert (again.unchanged, again.failures, again.exit_code) == (True, first.failures, 1)
        (chapters / "d.pdf").unlink()
        mended = quick(chapters, tmp_path / "out")
        assert (mended.failures, mended.exit_code) == ([], 0)

    def test_a_selection_of_nothing_is_wrong_usage_and_publishes_nothing(
        self, chapters: Path, tmp_path: Path, reader: list[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        assert quick(chapters, tmp_path / "out", countries=("PERU",)).exit_code == 2
        assert publish.shown(tmp_path / "out") is None
        quick(chapters, tmp_path / "out")
        shown = publish.shown(tmp_path / "out")
        files(chapters, a_pdf="XAV:2020-01-01")
        for iso3 in ("PERU", "PERU", "XAV"):
            caplog.clear()
            report = quick(chapters, tmp_path / "out", countries=(iso3,))
            said = iso3 == "PERU"
            assert (report.exit_code, report.published) == ((2, False) if said else (0, True))
            assert (publish.shown(tmp_path / "out") == shown) == said
            assert ("none is selected" in report.sentence()) == said
            assert ("no file holds a chapter of the years and countries asked for" in caplog.text) == said

    def test_a_file_that_failed_may_hold_what_is_selected(self, tmp_path: Path, reader: list[str]) -> None:
        report = quick(files(tmp_path / "in", a_pdf="unreadable"), tmp_path / "out", countries=("XAV",))
        assert (report.exit_code, report.selects_nothing) == (1, False)

    def test_what_no_run_has_read_is_read_but_left_out(self, chapters: Path, tmp_path: Path, reader: list[str]) -> None:
        selection: Any = {"years": (2019,), "countries": ("XAV",)}
        quick(chapters, tmp_path / "out", **selection)
        assert published(tmp_path / "out") == {"xav-2019"}
        reader.clear()
        assert quick(chapters, tmp_path / "out", **selection).unchanged
        quick(chapters, tmp_path / "out")
        assert published(tmp_path / "out") == {"xav-2019", "xav-2020", "xbv-2019"}
        assert reader == []


class TestGuard:
    def test_a_run_that_would_lose_much_stops(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV+")
        quick(chapters, tmp_path / "out")
        before = content(tmp_path / "out")
        files(chapters, a_pdf="XAV")
        report = quick(chapters, tmp_path / "out")
        assert report.exit_code == 3
        assert not report.published
        assert "activities" in " ".join(report.stopped)
        assert content(tmp_path / "out") == before
        assert quick(chapters, tmp_path / "out").exit_code == 3
        report = quick(chapters, tmp_path / "out", allow_loss=True)
        assert report.published
        assert report.rows["activities"] == 2
        assert {error["check"] for error in report.errors} == {"rows_lost"}  # until it is acknowledged
        assert report.exit_code == 1


def hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


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


def test_the_choice_of_a_version_does_not_depend_on_the_order() -> None:
    def release(name: str, sha256: str, released: str) -> ChapterVersion:
        kind = "text" if name.endswith("txt") else "pdf"
        return ChapterVersion(SourceFile(Path(name), name, sha256), "xav-2019", "XAV", 2019, kind, released)

    late = release("late.pdf", "1", "2019-10-02T01:00:00+02:00")
    early = release("early.pdf", "2", "2019-10-01T22:59:00+00:00")
    undated, text = release("undated.pdf", "3", ""), release("scan.txt", "4", "")
    broken = release("broken.pdf", "5", "2019-99-99")
    for order in ([late, early, undated, text], [text, undated, early, late], [early, text, late, undated]):
        assert choose(order)[0].chosen == late
    assert choose([text, undated])[0].chosen == undated
    assert choose([broken, early])[0].chosen == early


def test_the_report_survives_json() -> None:
    report = Report("20260101T000000Z", "2026-01-01T00:00:00+00:00", published=True, rows={"quarantine": 0})
    assert report.ok
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
    assert not replace(report, errors=[{"check": "rows_quarantined"}]).ok
    assert not replace(report, published=False).ok
    assert replace(report, stopped=["x"]).exit_code == 3
