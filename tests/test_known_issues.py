"""Losses against earlier releases, and findings that the user has accepted. All chapters are invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows import known_issues, publish
from flows.cli import app
from flows.known_issues import KnownIssuesError
from tests.quick import files, quick, read_words


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    return read_words(monkeypatch)


def findings(output: Path, check: str) -> list[dict[str, Any]]:
    quality = publish.read_table(output, "quality")
    return quality[quality["check"] == check].to_dict("records")  # type: ignore[return-value]


def shrunk(tmp_path: Path) -> tuple[Path, Path]:
    """An output whose chapter has lost thirty activities against the release before."""
    source = files(tmp_path / "in", a_pdf="XAV+", b_pdf="XBV+", c_pdf="XCV+ XDV+ XEV+ XFV+ XGV+")
    assert quick(source, tmp_path / "out").exit_code == 0
    files(tmp_path / "in", a_pdf="XAV")
    return source, tmp_path / "out"


class TestLosses:
    def test_fewer_rows_than_before_are_an_error_in_this_run_and_the_next_ones(self, tmp_path: Path) -> None:
        source, output = shrunk(tmp_path)
        known = tmp_path / "known.yml"
        for force in (False, True, False):
            report = quick(source, output, known_issues=known, force=force)
            assert (report.exit_code, len(report.errors)) == (1, 1)
            (finding,) = findings(output, "rows_lost")
            assert (finding["doc_id"], finding["table"]) == ("xav-2019", "activities")
            assert "2 rows" in finding["message"] and "32" in finding["message"]
            assert (finding["severity"], finding["origin"]) == ("error", "reading")
        assert report.unchanged
        assert "errors stand" in report.sentence()

    def test_the_rows_that_come_back_end_the_error(self, tmp_path: Path) -> None:
        source, output = shrunk(tmp_path)
        assert quick(source, output).exit_code == 1
        files(source, a_pdf="XAV+")
        assert quick(source, output).exit_code == 0
        assert findings(output, "rows_lost") == []

    def test_an_acknowledged_loss_is_the_new_measure(self, tmp_path: Path) -> None:
        source, output = shrunk(tmp_path)
        known = tmp_path / "known.yml"
        assert quick(source, output, known_issues=known).exit_code == 1
        assert known_issues.add(known, findings(output, "rows_lost"), "the page has two", date(2030, 1, 2)) == 1
        report = quick(source, output, known_issues=known)
        assert (report.exit_code, report.acknowledged, report.stale_issues) == (0, 1, [])
        assert [finding["acknowledged"] for finding in findings(output, "rows_lost")] == [True]
        report = quick(source, output, known_issues=known, force=True)
        assert report.exit_code == 0
        assert [entry.split()[1] for entry in report.stale_issues] == ["rows_lost"]  # there is nothing to accept now


class TestKnownIssues:
    def test_an_accepted_error_no_longer_sets_the_exit_code_and_a_new_one_does(self, tmp_path: Path) -> None:
        source, output = files(tmp_path / "in", a_pdf="XAV!"), tmp_path / "out"
        known = tmp_path / "known.yml"
        assert quick(source, output, known_issues=known).exit_code == 1
        known_issues.add(known, findings(output, "rows_quarantined"), "checked", date(2030, 1, 2))
        assert quick(source, output, known_issues=known).exit_code == 0
        files(source, b_pdf="XBV!")
        report = quick(source, output, known_issues=known)
        assert {error["doc_id"] for error in report.errors} == {"xbv-2019"}

    def test_entries_are_added_once_and_comments_stay(self, tmp_path: Path) -> None:
        source, output = files(tmp_path / "in", a_pdf="XAV!"), tmp_path / "out"
        known = tmp_path / "known.yml"
        known.write_text("# mine\n")
        quick(source, output, known_issues=known)
        rows = findings(output, "rows_quarantined")
        assert known_issues.add(known, rows, "checked", date(2030, 1, 2)) == len(rows) > 0
        assert known_issues.add(known, rows, "checked", date(2030, 1, 2)) == 0
        assert known.read_text().startswith("# mine\n")
        assert {issue.reason for issue in known_issues.load(known)} == {"checked"}

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("- {chapter: xav-2019}", "Field required"),
            ("- {chapter: xav-2019, check: x, fingerprint: y, reason: z, date: soon}", "date"),
            ("{", "known.yml"),
            ("- 3", "known.yml"),
        ],
    )
    def test_a_wrong_file_is_refused_before_a_source_is_read(
        self, tmp_path: Path, reader: list[str], text: str, reason: str
    ) -> None:
        known = tmp_path / "known.yml"
        known.write_text(text)
        with pytest.raises(KnownIssuesError, match=reason):
            quick(files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out", known_issues=known)
        assert reader == []

    def test_the_command_writes_the_entry(self, tmp_path: Path) -> None:
        source, output = files(tmp_path / "in", a_pdf="XAV!"), tmp_path / "out"
        known = tmp_path / "known.yml"
        quick(source, output, known_issues=known)
        words = ["acknowledge", "xav-2019", "rows_quarantined", "--reason", "checked"]
        options = ["--known-issues", str(known), "--output", str(output)]
        done = CliRunner().invoke(app, [*words, *options])
        assert done.exit_code == 0, done.output
        assert quick(source, output, known_issues=known).exit_code == 0
        assert (
            CliRunner().invoke(app, ["acknowledge", "xav-2019", "no_check", "--reason", "x", *options]).exit_code == 2
        )
