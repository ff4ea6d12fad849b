"""Adding chapters to a published output, runs that publish nothing, and the history of changes. Invented chapters."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import review
from flows import publish
from flows.changes import appended, compare
from flows.request import Request
from flows.run import run
from flows.site import build
from tests.conftest import arvenia_tables
from tests.quick import files, quick, read_words


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    return read_words(monkeypatch)


def chapters(output: Path) -> dict[str, str]:
    """The published chapters with the names of their files."""
    table = publish.read_table(output, "documents")
    return dict(zip(table["doc_id"], table["source_path"], strict=True))


def test_files_are_added_and_renewed_without_the_others(tmp_path: Path, reader: list[str]) -> None:
    source, output = files(tmp_path / "in", x__a_pdf="XAV", x__b_pdf="XBV", y__a_pdf="XCV"), tmp_path / "out"
    quick(source, output)
    published = {"xav-2019": "x/a.pdf", "xbv-2019": "x/b.pdf", "xcv-2019": "y/a.pdf"}
    assert chapters(output) == published

    shutil.rmtree(source / "y")
    files(source, x__b_pdf="XBV:2020-01-01")
    new = files(tmp_path / "new", a_pdf="XDV", z__a_pdf="XEV")
    reader.clear()
    given = (source / "x" / "b.pdf", new / "a.pdf", new / "z" / "a.pdf")
    request = Request(paths=given, output=output, workers=1, add=True)
    report = run(request)
    assert (report.exit_code, report.retired, report.read) == (0, [], 3)
    assert sorted(reader) == ["new/a.pdf", "x/b.pdf", "z/a.pdf"]
    assert chapters(output) == {**published, "xdv-2019": "new/a.pdf", "xev-2019": "z/a.pdf"}
    assert report.causes == {"xbv-2019": "new_input", "xdv-2019": "new_input", "xev-2019": "new_input"}
    why = {fact["source_path"]: fact["why"] for fact in report.inputs if not fact["read"]}
    assert why == dict.fromkeys(("x/a.pdf", "y/a.pdf"), "not given (--add)")
    assert run(request).unchanged


def test_nothing_is_removed_and_no_site_is_built_of_a_damaged_release(tmp_path: Path) -> None:
    source, output = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV"), tmp_path / "out"
    quick(source, output)
    shutil.rmtree(output / ".cache")
    (source / "a.pdf").unlink()
    new = files(tmp_path / "new", c_pdf="XCV")
    report = quick(new, output, add=True)
    assert report.exit_code == 3
    assert any(line.startswith("xav-2019 would be removed") for line in report.stopped)
    assert set(chapters(output)) == {"xav-2019", "xbv-2019"}

    file = (output / "tables" / "agencies.parquet").resolve()
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(review.CannotBuildSite, match=r"agencies.parquet was changed or damaged: .*; the next run"):
        build(output)
    assert not (output / "site").exists()


def test_a_run_that_changes_no_table_publishes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: list[str]
) -> None:
    source, output = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV"), tmp_path / "out"
    quick(source, output)
    first = publish.shown(output)
    report = quick(source, output, force=True)
    assert (report.unchanged, report.published, report.read, report.exit_code) == (True, True, 2, 0)
    assert "nothing changed; 2 files: 2 read, 0 kept" in report.sentence()

    state = publish.facts_of(first or output)["state"]
    monkeypatch.setattr(
        "flows.ledger.code_state", lambda rules=None: {**state, "code": "000000000000"}
    )  # new code that reads the same
    reader.clear()
    report = quick(source, output)
    assert (report.unchanged, len(reader), publish.shown(output)) == (True, 2, first)
    report = quick(source, output)
    assert (report.unchanged, len(reader), report.read) == (True, 2, 0)
    (note,) = (output / ".runs").glob("*.note")
    whole = note.read_bytes()
    for damaged in (b"", whole[:-40], whole.replace(b"entry", b"entrz", 1), b"[]"):
        note.write_bytes(damaged)  # it counts for nothing
        assert publish.facts_to_plan_by(first or output) == publish.facts_of(first or output)
    shutil.move(source, tmp_path / "moved")  # the site must find the files
    report = quick(tmp_path / "moved", output)
    assert (report.unchanged, publish.shown(output) == first, report.read) == (False, False, 0)


def test_the_history_of_changes_only_grows(tmp_path: Path) -> None:
    source, output = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out"
    quick(source, output)
    first = publish.read_table(output, "changes")
    files(source, a_pdf="XAV+", b_pdf="XBV")
    report = quick(source, output)
    second = publish.read_table(output, "changes")
    assert second[second["release"] == 1].reset_index(drop=True).equals(first)
    assert set(second["release"]) == {1, 2}
    assert (report.release, report.change_rows) == (2, (second["release"] == 2).sum())
    assert report.summary()["changes"] == report.change_rows


def test_a_history_without_releases_is_that_of_the_release_before() -> None:
    tables = arvenia_tables()
    fresh = compare(None, tables, {}, 5)
    old = fresh.drop(columns="release").assign(row_key=fresh["row_key"].str[2:])
    whole = appended({"changes": old}, fresh, 5)
    assert list(whole["release"].value_counts().sort_index().items()) == [(4, len(fresh)), (5, len(fresh))]
    assert not whole.duplicated(["doc_id", "row"]).any()
    assert not whole.duplicated(["doc_id", "row_key"]).any()
