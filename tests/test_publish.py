"""Publishing: a reader sees one run whole, whatever happens to the next."""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import schemas
from flows import database, publish
from flows.formats import FORMATS
from flows.request import LEAST_KEPT
from tests.conftest import arvenia_tables
from tests.releasing import publish_whole


def content(output: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (output / "tables").iterdir()}


class TestPublish:
    @pytest.fixture
    def tables(self) -> dict[str, pd.DataFrame]:
        return arvenia_tables()

    def test_a_run_that_breaks_leaves_the_run_before(
        self, tmp_path: Path, tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish_whole(tables, {"run": 1}, tmp_path)
        before = content(tmp_path)
        real = database.write_csv

        def disk_full(parquet: Path, path: Path) -> None:
            if path.name == "policies.csv":
                raise OSError(28, "No space left on device")
            real(parquet, path)

        monkeypatch.setitem(FORMATS, ".csv", disk_full)
        with pytest.raises(OSError, match="No space"):
            publish_whole(tables, {"run": 2}, tmp_path)
        assert content(tmp_path) == before
        assert json.loads((tmp_path / "run.json").read_text())["run"] == 1
        monkeypatch.undo()
        publish_whole(tables, {"run": 3}, tmp_path)
        assert json.loads((tmp_path / "run.json").read_text())["run"] == 3
        assert not list((tmp_path / ".runs").glob("*.part"))

    def test_a_reader_sees_one_run_at_every_step(
        self, tmp_path: Path, tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish_whole(tables, {"run": 1}, tmp_path)
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
        publish_whole(empty, {"run": 2}, tmp_path)
        assert set(seen) == {(1, 2), (2, 0)}
        assert seen == sorted(seen)

    def test_the_newest_releases_are_kept(
        self, tmp_path: Path, tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(schemas, "TABLES", {"documents": schemas.TABLES["documents"]})
        few = {"documents": tables["documents"]}
        for number in range(5):
            publish_whole(few, {"run": number}, tmp_path, keep=3)
        kept = ["000003", "000004", "000005"]
        assert [release.name for release in publish.releases(tmp_path)] == kept
        assert {file.stem for file in (tmp_path / ".runs").iterdir()} == set(kept)
        publish_whole(few, {"run": 5}, tmp_path, keep=0)
        assert len(publish.releases(tmp_path)) == LEAST_KEPT

    def test_what_no_run_has_made_is_not_overwritten(self, tmp_path: Path, tables: dict[str, pd.DataFrame]) -> None:
        (tmp_path / "tables").mkdir()
        (tmp_path / "tables" / "mine.csv").write_text("x")
        with pytest.raises(publish.OutputBlocked):
            publish_whole(tables, {}, tmp_path)
        assert (tmp_path / "tables" / "mine.csv").exists()

    def test_two_runs_do_not_write_to_one_output(self, tmp_path: Path) -> None:
        with publish.sole_writer(tmp_path), pytest.raises(publish.OutputInUse), publish.sole_writer(tmp_path):
            pass

    def test_a_run_that_may_wait_begins_when_the_other_has_ended(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        ended: list[float] = []

        def write() -> None:
            with publish.sole_writer(tmp_path):
                held.set()
                time.sleep(0.5)
                ended.append(time.monotonic())

        held = threading.Event()
        other = threading.Thread(target=write)
        other.start()
        assert held.wait(10)
        with caplog.at_level(logging.INFO), publish.sole_writer(tmp_path, wait=60):
            assert ended
        other.join()
        assert [record.getMessage().split(" | ")[1] for record in caplog.records] == ["wait"]

    def test_one_that_has_waited_leaves_alone_what_another_run_writes_there_by_now(self, tmp_path: Path) -> None:
        output, stage = tmp_path / "out", tmp_path / "out" / ".runs" / "000001.part"

        def move() -> None:
            with suppress(publish.OutputReplaced), publish.sole_writer(output):
                held.set()
                time.sleep(0.5)
                output.rename(tmp_path / "moved")
                stage.mkdir(parents=True)
                (output / ".lock").touch()

        held = threading.Event()
        other = threading.Thread(target=move)
        other.start()
        assert held.wait(10)
        with pytest.raises(publish.OutputReplaced), publish.sole_writer(output, wait=60):
            pass
        other.join()
        assert stage.exists()

    def test_it_waits_no_longer_than_it_may(self, tmp_path: Path) -> None:
        with (
            publish.sole_writer(tmp_path),
            pytest.raises(publish.OutputInUse),
            publish.sole_writer(tmp_path, wait=0.3),
        ):
            pass


def test_a_csv_file_holds_every_value(tmp_path: Path) -> None:
    texts = ["", " a ", "b,c", 'd "e"', "f\ng\r\nh", "#i", "'", "\\N", "NULL", "µ中\u2028", "=1+1", "true"]
    count = len(texts)
    table = pd.DataFrame(
        {
            "text": pd.Series(texts, dtype="str"),
            "number": pd.Series([None, 17.5, -0.0, 1e-7, 1e15, 1 / 3] * 2, dtype="Float64"),
            "whole": pd.Series([None, 2**63 - 1, -5] * 4, dtype="Int64"),
            "flag": pd.Series([True, False] * 6, dtype="bool"),
            "maybe": pd.Series([True, False, None] * 4, dtype="boolean"),
        }
    )
    table.to_parquet(tmp_path / "a.parquet")
    database.write_csv(tmp_path / "a.parquet", tmp_path / "a.csv")
    read = pd.read_csv(tmp_path / "a.csv", keep_default_na=False, dtype="str", lineterminator="\n")
    table.to_csv(tmp_path / "b.csv", index=False, lineterminator="\n")
    expected = pd.read_csv(tmp_path / "b.csv", keep_default_na=False, dtype="str", lineterminator="\n")
    assert len(read) == count
    pd.testing.assert_frame_equal(read.drop(columns="number"), expected.drop(columns="number"))
    assert [float(one or "nan") for one in read["number"]] == pytest.approx(
        [float(one or "nan") for one in expected["number"]], nan_ok=True, rel=0, abs=0
    )
    table.head(0).to_parquet(tmp_path / "c.parquet")
    database.write_csv(tmp_path / "c.parquet", tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text() == "text,number,whole,flag,maybe\n"
