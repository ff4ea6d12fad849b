"""The flow: its state is what the run's report says."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from flows import publish
from flows.report import Report
from tests.quick import content, files, quick, read_words

pytestmark = pytest.mark.slow  # each starts a Prefect server


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read, as they are read."""
    return read_words(monkeypatch)


def ingest(chapters: Path, output: Path, **options: Any) -> tuple[Report, Any]:
    """Run the flow in this process; its report and its final state."""
    from flows.pipeline import IncompleteRun
    from flows.pipeline import ingest as flow
    from flows.request import Request

    state = flow(Request(paths=(chapters,), output=output, workers=1, **options), return_state=True)
    result = state.result(raise_on_failure=False)
    if isinstance(result, IncompleteRun):
        return result.report, state
    if isinstance(result, Exception):
        raise result
    return result, state


@pytest.mark.usefixtures("prefect")
class TestFlow:
    def test_it_publishes_what_a_run_without_prefect_publishes(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a__one_pdf="XAV", two_txt="XBV! XCV", three_txt="crash")
        report, state = ingest(chapters, tmp_path / "out")
        assert state.is_failed()
        assert state.message == report.sentence()
        plain = quick(chapters, tmp_path / "plain")
        assert content(tmp_path / "out") == content(tmp_path / "plain")
        assert report.failures == plain.failures
        assert report.errors == plain.errors

    def test_it_builds_the_review_site(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_txt="XAV", b_pdf="XBV")  # a word is a text, and no PDF that can be drawn
        report, state = ingest(chapters, tmp_path / "out", site=True)
        assert Path(report.site).exists()
        assert [fault[:8] for fault in report.site_faults] == ["xbv-2019"]
        assert state.is_failed()

    def test_its_log_is_on_the_page_of_the_run(self, tmp_path: Path, reader: list[str]) -> None:
        """Whatever has started it: nothing but the flow itself is asked for here."""
        from prefect.client.orchestration import get_client
        from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
        from prefect.logging.handlers import APILogHandler

        chapters = files(tmp_path / "in", a_pdf="XAV", b_pdf="unreadable", c_pdf="XBV")
        _, state = ingest(chapters, tmp_path / "out", name="Tuesday")
        APILogHandler().flush()
        mine = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[state.state_details.flow_run_id]))
        with get_client(sync_client=True) as client:
            sent = client.request("POST", "/logs/filter", json={"logs": mine.model_dump(mode="json")}).json()
            of_run = {"flow_runs": {"id": {"any_": [str(state.state_details.flow_run_id)]}}}
            steps = {one["name"] for one in client.request("POST", "/task_runs/filter", json=of_run).json()}
        ours = [line["message"] for line in sent if line["name"] == "findings"]
        assert all(message.startswith("Tuesday ") for message in ours)
        assert {message.split(" | ")[1] for message in ours} == {"plan", "read", "validate", "publish", "end"}
        assert [line for line in ours if "b.pdf" in line] == [
            line for line in ours if "b.pdf | read | failed | " in line and line.endswith("b.pdf, page 2: is no report")
        ]
        read = {f"read {name}.pdf" for name in "abc"}
        assert steps == {*read, "validate 2 chapters", "publish 2 chapters"}
        assert not [line["message"] for line in sent if "Traceback" in line["message"]]

    def test_a_run_that_is_due_waits_for_the_one_before(self, tmp_path: Path, reader: list[str]) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV")
        hold = ExitStack()
        hold.enter_context(publish.sole_writer(tmp_path / "out"))
        with pytest.raises(publish.OutputInUse):
            ingest(chapters, tmp_path / "out", wait=0)
        over = threading.Timer(2, hold.close)
        over.start()
        report, state = ingest(chapters, tmp_path / "out", wait=600)
        assert not over.is_alive()
        assert state.is_completed()
        assert report.chapters == 1


@pytest.mark.usefixtures("prefect")
def test_what_was_fetched_is_read_and_a_failure_is_reported_after_the_run(
    tmp_path: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import fetch as fetching
    from flows.pipeline import IncompleteFetch, fetch_and_run
    from flows.request import Request

    def fetch(request: fetching.FetchRequest) -> fetching.FetchReport:
        files(request.to, new_pdf="XAV")
        return fetching.FetchReport(stored=["new.pdf"], failures=["https://example.org/b.pdf: is gone"])

    monkeypatch.setattr(fetching, "fetch", fetch)
    state = fetch_and_run(Request(paths=(tmp_path / "in",), output=tmp_path / "out", workers=1), return_state=True)
    assert reader == ["new.pdf"]
    assert state.is_failed()
    assert "1 failures, 0 requests; 1 chapter published" in str(state.message)
    assert isinstance(state.result(raise_on_failure=False), IncompleteFetch)


def test_the_request_is_the_only_parameter_and_a_server_knows_its_fields() -> None:
    from flows.pipeline import ingest as flow
    from flows.request import Request

    assert list(flow.parameters.properties) == ["request"]
    [definition] = flow.parameters.definitions.values()
    assert set(definition["properties"]) == set(Request.model_fields)
    assert definition["additionalProperties"] is False
