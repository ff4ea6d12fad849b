"""The page of a run: what came in, what went out, what is wrong, what changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import artifacts
from flows.changes import by_chapter, summary
from flows.publish import read_table
from flows.report import Report
from tests.quick import files, quick, read_words


@pytest.fixture(scope="module", autouse=True)
def reader() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        read_words(patch)
        yield


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second run will find a new chapter, a newer version of a known one, and a broken file."""
    folder = tmp_path_factory.mktemp("artifacts")
    quick(files(folder / "in", old_pdf="XAV:2020-01-01", same_pdf="XCV"), folder / "out")
    files(folder / "in", new_pdf="XAV:2020-02-01+", more_pdf="XBV", broken_pdf="unreadable")
    return folder


@pytest.fixture(scope="module")
def report(output: Path) -> Report:
    return quick(output / "in", output / "out")


def test_what_came_in(output: Path, report: Report) -> None:
    rows = artifacts.tables(report, output / "out")["files"]
    assert [(row["file"], row["failure"], row["why"]) for row in rows] == [
        ("broken.pdf", "is no report", "new file"),
        ("more.pdf", "", "new file"),
        ("new.pdf", "", "new file"),
        ("old.pdf", "", "unchanged"),
        ("same.pdf", "", "unchanged"),
    ]
    versions = {row["file"]: (row["chapters"], row["version"], row["released"]) for row in rows}
    assert versions["new.pdf"] == ("xav-2019", "the newest of 2 versions", "2020-02-01")
    assert versions["old.pdf"] == ("xav-2019", "an older version than new.pdf", "2020-01-01")
    assert versions["broken.pdf"] == ("", "", "")


def test_what_went_out_and_what_is_wrong(output: Path, report: Report) -> None:
    page = artifacts.summary(report, output / "out")
    lines = page.splitlines()
    assert "Files: new file 3, unchanged 2." in lines
    assert "Exit code 1." in lines
    assert "- broken\\.pdf, page 2: is no report" in lines
    activities = read_table(output / "out", "activities")
    assert f"| activities | {len(activities)} | 32 | 0 | 0 |" in lines


def test_what_changed(output: Path, report: Report) -> None:
    shown = artifacts.tables(report, output / "out")
    assert [(row["chapter"], row["cause"], row["file"]) for row in shown["changed-chapters"]] == [
        ("xav-2019", "new_release", "new.pdf"),
        ("xbv-2019", "new_input", "more.pdf"),
    ]
    added = [row for row in shown["changed-rows"] if (row["table"], row["change"]) == ("activities", "added")]
    assert len(added) == artifacts.OF_A_KIND, "thirty are in the table changes"
    [documents] = [row for row in shown["changed-rows"] if row["table"] == "documents" and row["field"] == "released"]
    assert (documents["before"], documents["after"]) == ("2020-01-01", "2020-02-01")
    changes = read_table(output / "out", "changes")
    for kind in ("added", "removed", "changed", "moved"):
        assert sum(row[kind] for row in by_chapter(changes)) == sum(row[kind] for row in summary(changes))


def test_a_run_with_nothing_to_do_says_so(tmp_path: Path) -> None:
    chapters = files(tmp_path / "in", a_pdf="XAV")
    quick(chapters, tmp_path / "out")
    again = quick(chapters, tmp_path / "out")
    assert again.unchanged
    assert "Files: unchanged 1." in artifacts.summary(again, tmp_path / "out")
    shown = artifacts.tables(again, tmp_path / "out")
    assert list(shown) == ["files"]
    assert {row["why"] for row in shown["files"]} == {"unchanged"}


def test_a_run_that_stopped_says_why(tmp_path: Path) -> None:
    chapters = files(tmp_path / "in", a_pdf="XDV+")
    quick(chapters, tmp_path / "out")
    stopped = quick(files(chapters, a_pdf="XDV"), tmp_path / "out")
    page = artifacts.summary(stopped, tmp_path / "out")
    assert "Exit code 3." in page
    assert "Stopped before publishing" in page
    assert "## Tables" not in page


def test_every_table_is_described(output: Path, report: Report) -> None:
    assert set(artifacts.DESCRIPTIONS) == {"run-summary", *artifacts.tables(report, output / "out")}


def test_long_values_are_shown_where_they_part() -> None:
    same = "In that year the country made an advancement in efforts to eliminate the worst forms. "
    assert artifacts._apart(f"{same}But not in mines.", f"{same}Even in mines.") == {
        "before": "…te the worst forms. But not in mines.",
        "after": "…te the worst forms. Even in mines.",
    }
    assert artifacts._apart("", "a" * 70) == {"before": "", "after": "a" * 40 + "…"}
    assert artifacts._apart("12", "13") == {"before": "12", "after": "13"}
