"""Readers get one release whole, whatever is published meanwhile. All chapters are invented."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import schemas
from flows import open_release, publish
from flows.integrity import Damaged
from flows.published import PublishedRelease
from flows.request import LEAST_KEPT
from tests.conftest import arvenia_tables
from tests.releasing import publish_whole

Version = Callable[[int], Path]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return arvenia_tables()


@pytest.fixture
def version(tmp_path: Path, tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch) -> Iterator[Version]:
    """Publishes a release of two tables; the title of its chapter and its number of activities are its version."""
    few = {name: schemas.TABLES[name] for name in ("documents", "activities")}
    monkeypatch.setattr(schemas, "TABLES", few)

    def publish_version(number: int) -> Path:
        made = {
            "documents": tables["documents"].assign(title=f"Version {number}"),
            "activities": pd.concat([tables["activities"].head(1)] * number),
        }
        facts = {"run": number, "published": True}
        return publish_whole(made, facts, tmp_path, keep=LEAST_KEPT)

    yield publish_version


def versions(release: PublishedRelease, between: Callable[[], object] = lambda: None) -> set[int]:
    """The version in every file of a release; ``between`` is called after each of them."""
    found = [release.facts["run"]]
    between()
    found.append(int(release.frame("documents")["title"].iloc[0].removeprefix("Version ")))
    between()
    found.append(len(release.frame("activities")))
    between()
    database = release.database()
    between()
    found.append(len(database.execute("SELECT * FROM activities").fetchall()))
    between()
    found.append(len(pd.read_csv(release.path("tables/activities.csv"))))
    return set(found)


def test_a_release_that_is_open_stays_whole_until_it_is_closed(tmp_path: Path, version: Version) -> None:
    numbers = iter(range(2, 10))
    first = version(1)
    with open_release(tmp_path) as release:
        assert (release.folder, release.tables()) == (first, ["activities", "documents"])
        assert versions(release, lambda: version(next(numbers))) == {1}
        database = release.database()
        with pytest.raises(duckdb.InvalidInputException):
            database.execute("DELETE FROM activities")
        assert [folder.name for folder in publish.releases(tmp_path)] == ["000001", "000005", "000006"]
    with pytest.raises(duckdb.ConnectionException):
        database.execute("SELECT 1")
    version(7)
    assert [folder.name for folder in publish.releases(tmp_path)] == ["000006", "000007"]


def test_readers_in_a_loop_never_mix_two_releases(
    tmp_path: Path, version: Version, figures: Callable[[str], None]
) -> None:
    published, looks = threading.Event(), list[set[int]]()
    errors = list[BaseException]()

    def look() -> None:
        try:
            while len(looks) < 200 and not (published.is_set() and len(looks) > 10):
                with open_release(tmp_path) as release:
                    looks.append(versions(release))
        except BaseException as error:
            errors.append(error)

    version(1)
    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(2, 9):
        version(number)
    published.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert [found for found in looks if len(found) > 1] == []
    assert len(set.union(*looks)) > 2
    figures(f"readers: {len(looks)} looks during 7 publishes, 0 mixtures, 0 exceptions")


def test_a_release_that_is_removed_before_it_is_held_is_not_given(
    tmp_path: Path, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    version(1)
    real, stale = publish.shown, list[Path | None]()

    def late(output: Path) -> Path | None:
        folder = real(output)
        if not stale:
            stale.append(folder)
            for number in (2, 3, 4):
                version(number)
        return folder

    monkeypatch.setattr("flows.published.shown", late)
    with open_release(tmp_path) as release:
        assert (release.folder.name, versions(release)) == ("000004", {4})


def test_what_is_not_there_or_not_whole_is_an_error(tmp_path: Path, version: Version) -> None:
    with pytest.raises(FileNotFoundError, match="no run is published"), open_release(tmp_path):
        pass
    folder = version(1)
    with (folder / "tables" / "activities.parquet").open("r+b") as file:
        file.write(b"x")
    with open_release(str(tmp_path)) as release:
        assert len(release.frame("documents")) == 1
        with pytest.raises(Damaged, match=r"activities.parquet was changed .* the next run publishes"):
            release.frame("activities")
        for wrong in (release.frame, release.path):
            with pytest.raises(KeyError, match=r"no (table|file) laws"):
                wrong("laws")
        (folder / "findings.duckdb").unlink()
        with pytest.raises(Damaged, match=r"findings.duckdb is missing"):
            release.database()
    (folder / "run.json").write_text(json.dumps({"run": 2}) + '"algorithm": "sha256"')
    with pytest.raises(Damaged, match=r"run.json was changed"), open_release(tmp_path):
        pass
