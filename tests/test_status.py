"""Status tells the truth: exit code, report, run.json, runs.jsonl, log, and a flow's state and artifacts agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from prefect.artifacts import Artifact
from typer.testing import CliRunner

import flows.run
from flows import ledger, publish
from flows.artifacts import plain
from flows.cli import app
from flows.request import Request
from flows.workers import TookTooLong
from tests import standin
from tests.conftest import small_arvenia
from tests.quick import InProcess, content, files, quick, read_words
from tests.victims import MARK, left_behind


@dataclass(frozen=True)
class Case:
    """What is in the folder, after what had been in it before, and how the run over it must end."""

    name: str
    files: dict[str, str]
    code: int
    says: str = ""
    published: bool = True
    before: dict[str, str] = field(default_factory=dict)
    disk_full: bool = False


CASES = (
    Case("all good", {"a_pdf": "XAV", "b_pdf": "XBV"}, 0),
    Case("nothing new", {"a_pdf": "XAV"}, 0, "nothing changed", published=False, before={"a_pdf": "XAV"}),
    Case("a bad file", {"a_pdf": "XAV", "b_pdf": "crash"}, 1, "nobody thought of this"),
    Case(
        "the same bad file again",
        {"a_pdf": "XAV", "b_pdf": "unreadable"},
        1,
        "is no report",
        published=False,
        before={"a_pdf": "XAV", "b_pdf": "unreadable"},
    ),
    Case("rows in quarantine", {"a_pdf": "XAV!", "b_pdf": "XBV"}, 1, "rows_quarantined"),
    Case("a loss", {"a_pdf": "XAV"}, 3, "activities", published=False, before={"a_pdf": "XAV+"}),
    Case("nothing that can be read", {"a_pdf": "crash", "b_pdf": "unreadable"}, 1, "is no report", published=False),
    Case("a file out of time", {"a_pdf": "XAV", "b_pdf": "slow"}, 1, "was not read within 1 s"),
    Case("a full disk", {"a_pdf": "XAV"}, 1, "No space left on device", published=False, disk_full=True),
)


class OutOfTime(InProcess):
    """As the child processes are where a file takes too long."""

    def run(self, function: Callable[..., Any], file: Any, *arguments: Any) -> Any:
        if file.path.read_text() == "slow":
            raise TookTooLong("was not read within 1 s")
        return function(file, *arguments)


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Case], tuple[Path, Path]]:
    """Chapters and output as a case wants them."""
    read_words(monkeypatch)
    monkeypatch.setattr(flows.run, "Workers", OutOfTime)

    def prepare(case: Case) -> tuple[Path, Path]:
        chapters, output = tmp_path / "in", tmp_path / "out"
        if case.before:
            quick(files(chapters, **case.before), output)
        if case.disk_full:

            def full(*_: object) -> None:
                raise OSError(28, "No space left on device")

            monkeypatch.setattr(publish, "publish_staged", full)
        return files(chapters, **case.files), output

    return prepare


def assert_agree(case: Case, output: Path, report: dict[str, Any]) -> None:
    """A run's report, the facts that are published, and the history."""
    history = [json.loads(line) for line in (output / "runs.jsonl").read_text().splitlines()]
    assert (history[-1]["run"], history[-1]["exit_code"]) == (report["run"], case.code)
    assert (history[-1]["published"], len(history)) == (case.published, 1 + bool(case.before))
    assert report["exit_code"] == case.code
    assert report["ok"] == (case.code == 0)
    assert len(report["failures"]) == history[-1]["failed"] == sum("X" not in word for word in case.files.values())
    if case.published:
        facts = json.loads((output / "run.json").read_text())
        told = ("run", "exit_code", "ok", "failures", "errors", "stopped", "rows", "chapters", "read")
        assert {name: facts[name] for name in told} == {name: report[name] for name in told}
    else:
        assert (output / "run.json").exists() == bool(case.before)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_command_tells_the_truth(case: Case, prepared: Callable[[Case], tuple[Path, Path]]) -> None:
    chapters, output = prepared(case)
    ended = CliRunner().invoke(app, ["run", str(chapters), "--output", str(output), "--json"])
    assert ended.exit_code == case.code, ended.output
    report = json.loads(ended.stdout)
    assert_agree(case, output, report)
    log = [json.loads(line) for line in ended.stderr.splitlines()]
    assert {"time", "level", "run", "about", "stage", "message"} <= set.intersection(*map(set, log))
    assert {line["run"] for line in log} == {report["run"]}
    assert log[-1]["stage"] == "end"
    assert log[-1]["level"] == ("INFO" if case.code == 0 else "WARNING")
    assert case.says in ended.stderr + ended.stdout
    assert any(line["level"] == "ERROR" for line in log) == any(
        (report["failures"], report["stopped"], report["obstacle"])
    )


@pytest.mark.slow
@pytest.mark.usefixtures("prefect")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_flow_tells_the_truth(case: Case, prepared: Callable[[Case], tuple[Path, Path]]) -> None:
    from flows.pipeline import ingest

    chapters, output = prepared(case)
    state = ingest(Request(paths=(chapters,), output=output, workers=1), return_state=True)
    result = state.result(raise_on_failure=False)
    report = getattr(result, "report", result).to_dict()
    assert_agree(case, output, report)
    assert (state.is_completed(), state.is_failed()) == (case.code == 0, case.code != 0)
    page: Any = Artifact.get("run-summary")
    assert page.flow_run_id == state.state_details.flow_run_id
    assert plain(state.message) in page.data
    assert case.says in page.data.replace("\\", "")
    for failure in report["failures"]:
        assert plain(failure["reason"]) in page.data
    table: Any = Artifact.get("files")
    failed = {row["file"] for row in json.loads(table.data) if row["failure"]}
    assert failed == {failure["source_path"] for failure in report["failures"]}


@pytest.mark.slow
def test_one_bad_chapter_neither_stops_nor_hides_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figures: Callable[[str], None]
) -> None:
    """In real child processes: one file is never read to its end, one breaks the reader, one kills its process."""
    monkeypatch.setattr(ledger, "extract_into", standin.extract_into)
    monkeypatch.setenv(MARK, "1")
    chapters, output = tmp_path / "in", tmp_path / "out"
    chapters.mkdir()
    for iso3 in ("XAV", "XBV", "XCV"):
        (chapters / f"{iso3}.pdf").write_text(json.dumps([asdict(small_arvenia(iso3=iso3))]))
    (chapters / "slow.pdf").write_text("slow")
    (chapters / "defect.pdf").write_text("no JSON")
    (chapters / "deadly.pdf").write_text("kill")
    command = ["run", str(chapters), "--output", str(output), "--workers", "2", "--seconds", "2"]
    ended = CliRunner().invoke(app, command)
    assert ended.exit_code == 1
    facts = json.loads((output / "run.json").read_text())
    assert {failure["source_path"]: failure["kind"] for failure in facts["failures"]} == {
        "deadly.pdf": "WorkerDied",
        "defect.pdf": "JSONDecodeError",
        "slow.pdf": "TookTooLong",
    }
    assert all(f"FAILED {name}.pdf: " in ended.output for name in ("slow", "defect", "deadly"))
    assert set(publish.read_table(output, "documents")["iso3"]) == {"XAV", "XBV", "XCV"}
    assert left_behind() == []
    before = content(output)
    for name in ("slow", "defect", "deadly"):
        (chapters / f"{name}.pdf").unlink()
    assert CliRunner().invoke(app, command).exit_code == 0
    after = content(output)
    assert after == before
