"""The tables are made country by country, and only for countries of which something changed. Invented chapters."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import schemas
from flows import assembly, corrections, database, publish
from flows.integrity import NotWritten, checksums
from flows.pieces import Parts
from flows.works import count_works
from tests.quick import files, quick, read_words

OF_A_RUN = {"changes", "releases"}
"""Tables that tell how an output came about."""


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    return read_words(monkeypatch)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The chapters that are validated, batch by batch."""
    seen: list[str] = []
    whole: Callable[..., Any] = schemas.validate

    def validate(chapters: list[Any]) -> Any:
        seen.extend(chapter.doc_id for chapter in chapters)
        return whole(chapters)

    monkeypatch.setattr(schemas, "validate", validate)
    return seen


def tables(output: Path) -> dict[str, pd.DataFrame]:
    release = publish.shown(output)
    assert release
    found = Parts(release)
    return {name: found.frame(name) for name in found if name not in OF_A_RUN}


def assert_same(one: Path, other: Path) -> None:
    expected = tables(other)
    for name, frame in tables(one).items():
        pd.testing.assert_frame_equal(frame, expected[name], obj=name)


def test_a_country_of_which_nothing_changed_is_taken_as_it_is_published(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are those of a run that makes all of them, in batches of a chapter and pieces of two rows."""
    source = files(tmp_path / "in", a_pdf="XAV-2018", b_pdf="XAV-2019", c_pdf="XBV", d_pdf="XCV XDV", e_pdf="XEV!")
    quick(source, tmp_path / "out")
    made.clear()
    files(source, b_pdf="XAV-2019+", f_pdf="XCV-2020", g_pdf="crash")  # one is renewed, one new, one fails
    (source / "c.pdf").unlink()
    report = quick(source, tmp_path / "out", allow_loss=True)
    assert sorted(made) == ["xav-2018", "xav-2019", "xcv-2019", "xcv-2020"]
    assert (report.retired, [failure.source_path for failure in report.failures]) == (["xbv-2019"], ["g.pdf"])
    monkeypatch.setattr(assembly, "BATCH", 1)
    monkeypatch.setattr(assembly, "PIECE", 2)
    quick(source, tmp_path / "again")
    assert_same(tmp_path / "out", tmp_path / "again")


def dies(*_: object) -> None:
    """Runs in a child process."""
    os._exit(9)


@pytest.mark.slow
def test_a_process_that_dies_while_it_makes_rows_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV")
    quick(source, tmp_path / "out")
    monkeypatch.setattr(assembly, "BATCH", 1)
    monkeypatch.setattr(assembly, "_rows_in_child", dies)
    report = quick(source, tmp_path / "again")
    assert (report.chapters, report.failures) == (2, [])
    assert_same(tmp_path / "out", tmp_path / "again")


def test_rows_that_cannot_be_written_are_no_fault_of_a_chapter(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="No such file"):
        assembly._rows_in_child(tmp_path / "gone" / "0", None, [], {})


def test_corrections_and_lost_rows_are_those_of_this_run(tmp_path: Path, made: list[str]) -> None:
    source, lines = files(tmp_path / "in", a_pdf="XAV+", b_pdf="XBV", c_pdf="XCV"), tmp_path / "corrections.csv"
    quick(source, tmp_path / "out")
    files(source, a_pdf="XAV")
    quick(source, tmp_path / "out", allow_loss=True)
    made.clear()
    files(source, c_pdf="XCV:2020-01-01")
    quick(source, tmp_path / "out")
    assert made == ["xcv-2019"]
    quality = tables(tmp_path / "out")["quality"]
    assert list(quality[quality["check"] == "rows_lost"]["doc_id"].unique()) == ["xav-2019"]

    text = f"{','.join(corrections.COLUMNS)}\nxbv-2019,sectors,agriculture,percent,1,2,a,b,2030-01-01\n"
    lines.write_text(text)
    made.clear()
    quick(source, tmp_path / "out", corrections=lines)
    assert "xbv-2019" in made
    made.clear()
    files(source, c_pdf="XCV:2021-01-01")
    quick(source, tmp_path / "out", corrections=lines)
    assert sorted(made) == ["xbv-2019", "xcv-2019"]
    assert list(tables(tmp_path / "out")["corrections"]["doc_id"]) == ["xbv-2019"]


def test_works_over_two_chapters() -> None:
    numbers = {2019: [(1, "wa"), (2, "wb"), (2, "wd")], 2018: [(1, "wb"), (2, "wc")]}
    references = pd.DataFrame(
        [
            {"doc_id": f"xav-{year}", "report_year": year, "row": row, "number": number, "work_id": work}
            for year, listed in numbers.items()
            for row, (number, work) in enumerate(listed, start=1)
        ]
    )
    cited = [("xav-2019", 1), ("xav-2019", 1), ("xav-2019", 2), ("xav-2018", 1)]
    citations = pd.DataFrame(cited, columns=["doc_id", "number"])
    found = count_works(references, citations)
    assert found.equals(count_works(references[::-1], citations))
    columns = ["doc_id", "row", "work_id", "reference", "last_report_year", "chapters", "citations"]
    assert found[columns].to_numpy().tolist() == [
        ["xav-2018", 1, "wb", 1, 2019, 2, 2],
        ["xav-2018", 2, "wc", 2, 2018, 1, 0],
        ["xav-2019", 1, "wa", 1, 2019, 1, 2],
        ["xav-2019", 2, "wd", 3, 2019, 1, 0],  # a number that the list has twice counts once
    ]


def test_a_database_of_which_most_tables_are_the_same_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, output = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV"), tmp_path / "out"
    copied: list[set[str]] = []
    write = database.write_database

    def noted(*given: Any) -> None:
        copied.append(given[4])
        write(*given)

    monkeypatch.setattr(publish, "write_database", noted)
    quick(source, output)
    first = in_database(output)
    quick(files(source, a_pdf="XAV:2020-01-02"), output)
    assert copied[0] == set()
    assert {"provenance", "works"} <= copied[1]
    assert not {"documents", "releases", "changes"} & copied[1]
    again = in_database(output)
    assert again["comments and views"] == first["comments and views"]
    assert again["documents"] != first["documents"]
    quick(source, tmp_path / "anew")
    anew = in_database(tmp_path / "anew")
    assert [name for name in anew if anew[name] != again[name]] == ["changes"]


def in_database(output: Path) -> dict[str, list[Any]]:
    """The rows of each table, as text, and what is said of tables."""
    with database.open_database(output / "findings.duckdb") as opened:
        names = [name for (name,) in opened.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        found = {name: list(map(str, opened.execute(f'SELECT * FROM "{name}"').fetchall())) for name in names}
        about = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        views = "SELECT view_name, sql, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
        return {**found, "comments and views": opened.execute(about).fetchall() + opened.execute(views).fetchall()}


def test_a_file_that_is_the_same_is_shared_by_two_releases_and_replaced_when_it_is_damaged(tmp_path: Path) -> None:
    source, output = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV"), tmp_path / "out"
    for day in range(1, 4):
        files(source, a_pdf=f"XAV:2020-01-0{day}")
        quick(source, output)
    one, two, three = publish.releases(output)
    same, other = "tables/provenance.parquet", "tables/releases.csv"
    assert (one / same).samefile(two / same)
    assert not (two / same).samefile(three / same)  # at most two, so that damage leaves one release whole
    assert len({(release / other).stat().st_ino for release in (one, two, three)}) == 3
    assert len({checksums(publish.facts_of(release))[same] for release in (one, two, three)}) == 1

    damaged = bytearray((one / same).read_bytes())
    damaged[40] ^= 1
    (two / same).write_bytes(damaged)  # in place, as a disk does it
    assert [same in publish.damage(release) for release in (one, two, three)] == [True, True, False]
    (three / same).write_bytes(damaged)
    before = (one / same).stat().st_ino, (one / same).read_bytes()
    report = quick(source, output)
    four = publish.shown(output)
    assert four
    assert (report.unchanged, publish.damage(four)) == (False, {})
    assert ((one / same).stat().st_ino, (one / same).read_bytes()) == before
