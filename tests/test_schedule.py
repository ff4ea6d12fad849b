"""Deployments and schedules: what Prefect makes of them, and that a served one runs when it is due."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import anyio
import httpx
import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from flows.request import Request
from flows.schedule import DEPLOYMENTS, BadSchedule, Deployment, deployments, require_schedule, serve
from flows.server import NoServer
from tests.conftest import ROOT
from tests.hook import answering

NEW_YORK = ZoneInfo("America/New_York")
CONFIG = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))


def fires(cron: str, after: datetime, timezone: str = "America/New_York", day_or: bool = True) -> list[datetime]:
    """The next five times at which Prefect's scheduler would start a run."""
    from prefect.server.schemas.schedules import CronSchedule

    schedule = CronSchedule(cron=cron, timezone=timezone, day_or=day_or)

    async def dates() -> list[Any]:
        return list(await schedule.get_dates(5, start=after))

    return [datetime.fromtimestamp(date.timestamp(), UTC) for date in anyio.run(dates)]


class TestPrefectYaml:
    def test_prefect_reads_it_as_it_is_meant(self) -> None:
        from prefect.cli.deploy._models import PrefectYamlModel, RawScheduleConfig

        read = PrefectYamlModel.model_validate(CONFIG)
        assert [deployment.name for deployment in read.deployments] == ["weekly", "yearly", "backfill", "fetch-and-run"]
        for deployment in read.deployments:
            assert deployment.concurrency_limit == 1
            assert deployment.work_pool
            assert deployment.work_pool.name == "findings"
            assert all(isinstance(schedule, RawScheduleConfig) for schedule in deployment.schedules or [])

    @pytest.mark.parametrize("said", CONFIG["deployments"], ids=lambda said: str(said["name"]))
    def test_its_flow_takes_its_parameters(self, said: dict[str, Any]) -> None:
        from prefect.flows import load_flow_from_entrypoint

        flow: Any = load_flow_from_entrypoint(said["entrypoint"], use_placeholder_flow=False)
        assert flow.name == ("findings-fetch" if said["name"] == "fetch-and-run" else "findings")
        taken = flow.validate_parameters(said["parameters"])
        assert taken == {"request": Request(**said["parameters"]["request"], name=taken["request"].name)}
        with pytest.raises(Exception, match="anything"):
            flow.validate_parameters({"request": {**said["parameters"]["request"], "anything": 1}})

    def test_definitions_are_ours_alone(self) -> None:
        """Prefect ignores keys that it does not know; a misspelt one would be lost without a word."""
        from prefect.cli.deploy._models import DeploymentConfig, PrefectYamlModel

        assert set(CONFIG) - {"definitions"} <= set(PrefectYamlModel.model_fields)
        for said in CONFIG["deployments"]:
            assert set(said) <= set(DeploymentConfig.model_fields)


class TestTimes:
    def test_the_weekly_look_stays_at_six_when_summer_time_ends(self) -> None:
        weekly, *_ = DEPLOYMENTS
        times = fires(weekly.cron, datetime(2026, 10, 20, tzinfo=NEW_YORK))
        assert [f"{time.astimezone(NEW_YORK):%a %Y-%m-%d %H:%M} {time:%H:%M}Z" for time in times] == [
            "Mon 2026-10-26 06:00 10:00Z",
            "Mon 2026-11-02 06:00 11:00Z",
            "Mon 2026-11-09 06:00 11:00Z",
            "Mon 2026-11-16 06:00 11:00Z",
            "Mon 2026-11-23 06:00 11:00Z",
        ]

    def test_and_when_it_begins(self) -> None:
        weekly, *_ = DEPLOYMENTS
        times = fires(weekly.cron, datetime(2027, 3, 1, 7, tzinfo=NEW_YORK))
        assert [f"{time:%m-%d %H:%M}Z" for time in times] == [
            "03-08 11:00Z",
            "03-15 10:00Z",
            "03-22 10:00Z",
            "03-29 10:00Z",
            "04-05 10:00Z",
        ]

    def test_the_yearly_run_comes_once_a_year(self) -> None:
        yearly = DEPLOYMENTS[1]
        times = fires(yearly.cron, datetime(2026, 6, 1, tzinfo=NEW_YORK))
        assert [f"{time.astimezone(NEW_YORK):%Y-%m-%d %H:%M}" for time in times] == [
            f"{year}-11-05 03:00" for year in range(2026, 2031)
        ]

    def test_no_schedule_lies_in_the_hours_that_a_change_of_time_skips_or_repeats(self) -> None:
        for deployment in DEPLOYMENTS:
            if deployment.cron:
                assert int(deployment.cron.split()[1]) >= 3

    def test_an_hour_that_is_skipped_is_the_reason(self) -> None:
        times = fires("30 2 * * *", datetime(2027, 3, 13, tzinfo=NEW_YORK))
        clock = [time.astimezone(NEW_YORK) for time in times]
        assert any((time.hour, time.minute) != (2, 30) for time in clock), "the day on which there is no 02:30"

    def test_cron_takes_day_and_weekday_for_alternatives(self) -> None:
        """What looks like the first Monday of November is seven days and every Monday of it."""
        after = datetime(2026, 10, 31, tzinfo=NEW_YORK)
        either = fires("0 6 1-7 11 1", after)
        assert [time.day for time in either] == [1, 2, 3, 4, 5]
        both = fires("0 6 1-7 11 1", after, day_or=False)
        assert [(time.year, time.month, time.day) for time in both[:3]] == [(2026, 11, 2), (2027, 11, 1), (2028, 11, 6)]

    @pytest.mark.parametrize("cron", ["0 6 1-7 11 1", "0 6 1 * 1-5"])
    def test_so_a_schedule_that_names_both_is_refused(self, cron: str) -> None:
        with pytest.raises(BadSchedule, match="on either"):
            require_schedule(Deployment("weekly", "", cron))

    @pytest.mark.parametrize(("cron", "zone"), [("0 6 * * 9", "UTC"), ("soon", "UTC"), ("0 6 * * 1", "Mars/Base")])
    def test_a_schedule_that_cannot_be_kept_is_refused(self, cron: str, zone: str) -> None:
        with pytest.raises(BadSchedule, match="is not a schedule"):
            require_schedule(Deployment("weekly", "", cron, zone))

    @pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: str(deployment.name))
    def test_ours_can_be_kept(self, deployment: Deployment) -> None:
        require_schedule(deployment)


class TestServe:
    def test_places_are_absolute_for_a_run_starts_elsewhere(self, tmp_path: Path) -> None:
        weekly, yearly, backfill, fetching = deployments([Path("raw")], Path("out"), "0 7 * * 2", "UTC")
        assert (weekly.cron, weekly.timezone, yearly.cron, yearly.timezone) == ("0 7 * * 2", "UTC", "0 3 5 11 *", "UTC")
        for made in (weekly, yearly, backfill, fetching):
            assert all(Path(path).is_absolute() for path in [*made.request["paths"], made.request["output"]])
        assert yearly.request["force"]

    def test_a_port_in_use_is_said(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            ended = CliRunner().invoke(app, ["serve", "--port", str(port)], env={"PREFECT_API_URL": None})
        assert ended.exit_code == 2
        assert f"PREFECT_API_URL=http://127.0.0.1:{port}/api" in ended.output

    def test_a_bad_schedule_is_said_before_anything_starts(self) -> None:
        ended = CliRunner().invoke(app, ["serve", "--weekly", "now and then"])
        assert ended.exit_code == 2
        assert "is not a schedule" in ended.output

    @pytest.mark.slow
    def test_a_server_that_does_not_start_is_said(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv("PREFECT_API_URL", raising=False)
        monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "sqlite+aiosqlite:////no/such/folder/a.db")
        with pytest.raises(NoServer, match="exited with code"):
            serve([], tmp_path, _free_port())

    @pytest.mark.system
    def test_a_served_run_starts_when_it_is_due(self, tmp_path: Path, figures: Callable[[str], None]) -> None:
        """From nothing: its own server with a new database, the schedule, the run, its tables, a hostile request, of
        whose failure somebody is told, the end."""
        with answering(204) as (hook, told):
            self._serve(hook, told, tmp_path, figures)

    def _serve(self, hook: int, told: list[Any], tmp_path: Path, figures: Callable[[str], None]) -> None:
        port = _free_port()
        output = tmp_path / "output"
        command = [str(Path(sys.executable).with_name("findings")), "serve", str(ROOT / "raw"), "--output", str(output)]
        command += ["--weekly", "* * * * *", "--timezone", "UTC", "--port", str(port)]
        command += ["--notify", f"http://127.0.0.1:{hook}/"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        environment |= {"HOME": str(tmp_path), "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
        began = time.monotonic()
        with (tmp_path / "log").open("wb") as log:
            served = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
        try:
            history = output / "runs.jsonl"
            while not history.exists():
                assert served.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() - began < 240, (tmp_path / "log").read_text()
                time.sleep(0.2)
            with urlopen(f"http://127.0.0.1:{port}/ui-settings") as settings:
                assert json.load(settings)["api_url"] == f"http://127.0.0.1:{port}/api", "its pages ask another server"
            password = (output / ".prefect" / "password").read_text().strip()
            assert (tmp_path / "log").read_text().count(password) == 1
            _ask_for_another_output(port, password, tmp_path / "elsewhere")
            while ("backfill", "Failed") not in {(message["deployment"], message["state"]) for message in told}:
                assert time.monotonic() - began < 400, told  # on a slow machine it is Late before
                time.sleep(0.2)
            assert told[-1]["page"].startswith(f"http://127.0.0.1:{port}/")
            served.send_signal(signal.SIGTERM)
            assert served.wait(60) == 0, (tmp_path / "log").read_text()
        finally:
            served.kill()
        other = [*command[:3], "--output", str(tmp_path / "other"), "--port", str(port)]
        shared = {**environment, "PREFECT_HOME": str(output / ".prefect")}
        refused = subprocess.run(other, cwd=tmp_path, env=shared, capture_output=True, text=True, check=False)
        assert refused.returncode == 2, refused.stderr
        assert f"weekly with output {output}, not {tmp_path / 'other'}" in refused.stderr
        assert not (tmp_path / ".prefect").exists()
        [run, *_] = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
        assert (run["exit_code"], run["published"], run["chapters"]) == (0, True, 1)
        figures(f"findings serve: scheduled run done {time.monotonic() - began:.0f} s after the start")
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)), "the server has outlived the command that started it"


def _ask_for_another_output(port: int, password: str, elsewhere: Path) -> None:
    """Somebody who knows the password asks for a run that writes elsewhere, with Prefect's check of parameters and
    without it: no such run is made, or it fails before it does anything."""
    with _client(port, password) as client:
        deployment = client.get("/deployments/name/findings/backfill").raise_for_status().json()
        path = f"/deployments/{deployment['id']}/create_flow_run"
        asked: dict[str, Any] = {"parameters": {"request": {"output": str(elsewhere)}}}
        unchecked = {**asked, "enforce_parameter_schema": False}
        assert _until(lambda: client.post(path, json=asked)).status_code == 409
        run = _until(lambda: client.post(path, json=unchecked)).raise_for_status().json()["id"]
        state: dict[str, Any] = {"type": ""}
        ends = time.monotonic() + 240
        while state["type"] not in ("FAILED", "COMPLETED", "CRASHED"):
            assert time.monotonic() < ends, state
            time.sleep(0.5)
            state = _until(lambda: client.get(f"/flow_runs/{run}")).raise_for_status().json()["state"]
        assert state["type"] == "FAILED"
        assert "output cannot be asked for" in state["message"]
    assert not elsewhere.exists()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.system
def test_a_run_that_is_recorded_can_be_looked_at_afterwards(tmp_path: Path, figures: Callable[[str], None]) -> None:
    """``make run``, then ``findings ui``: a flow run with its tasks, log lines and artifacts."""
    output, port = tmp_path / "output", _free_port()
    findings = str(Path(sys.executable).with_name("findings"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"HOME": str(tmp_path)}
    began = time.monotonic()
    command = [findings, "run", str(ROOT / "raw"), "--output", str(output), "--prefect"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    figures(f"findings run --prefect, from nothing: {time.monotonic() - began:.0f} s")
    assert not (tmp_path / ".prefect").exists()
    with subprocess.Popen(
        [findings, "ui", "--output", str(output), "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as shown:
        try:
            assert shown.stdout
            assert f"http://127.0.0.1:{port}/runs" in shown.stdout.readline()
            password = (output / ".prefect" / "password").read_text().strip()
            asked = {kind: _ask(port, password, kind) for kind in ("flow_runs", "task_runs", "logs", "artifacts")}
        finally:
            shown.terminate()
    [run] = asked["flow_runs"]
    assert (run["state"]["name"], list(run["parameters"])) == ("Completed", ["request"])
    assert {(task["name"], task["state"]["name"]) for task in asked["task_runs"]} == {
        ("read arvenia-2019.pdf", "Completed"),
        ("read arvenia-2019.txt", "Completed"),
        ("validate 1 chapter", "Completed"),
        ("publish 1 chapter", "Completed"),
    }
    assert {"read", "validate", "publish"} == {tag for task in asked["task_runs"] for tag in task["tags"]}
    assert any("run | end | 1 chapter published" in line["message"] for line in asked["logs"])
    assert "run-summary" in {artifact["key"] for artifact in asked["artifacts"]}


def _ask(port: int, password: str, kind: str) -> list[dict[str, Any]]:
    with _client(port, password) as client:
        found: list[dict[str, Any]] = client.post(f"/{kind}/filter", json={}).raise_for_status().json()
    return found


@contextmanager
def _client(port: int, password: str) -> Iterator[httpx.Client]:
    """A client of the server on this port, with its password and a token for changes."""
    user, secret = password.split(":")
    headers, url = {"Prefect-Csrf-Client": "test"}, f"http://127.0.0.1:{port}/api"
    with httpx.Client(base_url=url, auth=(user, secret), headers=headers, timeout=60) as client:
        answer = _until(lambda: client.get("/csrf-token", params={"client": "test"}))
        client.headers["Prefect-Csrf-Token"] = answer.raise_for_status().json()["token"]
        yield client


def _until(send: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer, once the server is not too busy for one: its database takes one writer at a time."""
    for _ in range(20):
        answer = send()
        if answer.status_code != 503:
            break
        time.sleep(1)
    return answer
