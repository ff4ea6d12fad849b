"""A Prefect server that is not there, dies, hangs or cannot get at its database: the run does its work all the same."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT, arvenia
from tests.test_kills import assert_nothing_left, release, wait_until
from tests.test_schedule import _free_port

COMMAND = (
    "from flows import ledger; from tests import standin; ledger.extract_into = standin.extract_into; "
    "from flows.cli import app; app()"
)
PATIENCE = {"PREFECT_API_REQUEST_TIMEOUT": "3", "PREFECT_CLIENT_MAX_RETRIES": "1"}
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}


@dataclass
class Server:
    """A Prefect server with a database of its own."""

    home: Path
    url: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home, port = tmp_path_factory.mktemp("prefect"), _free_port()
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**ENVIRONMENT, "PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    url = f"http://127.0.0.1:{port}/api"

    def answers() -> bool:
        try:
            with urlopen(f"{url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        assert wait_until(answers, 180), (home / "log").read_text()
        yield Server(home, url, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Run:
    """``findings run`` under a server, over two chapters that are not read to their end before they may be."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.output = folder, folder / "out"
        (folder / "in").mkdir()
        for number, iso3 in enumerate(("XAV", "XBV")):
            (folder / "in" / f"{number}.pdf").write_text(json.dumps([asdict(arvenia(iso3=iso3))]))
        (folder / "wait").touch()
        self._began = time.monotonic()
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, "run", str(folder / "in"), "--output", str(self.output)],
                cwd=ROOT,
                env={**ENVIRONMENT, **PATIENCE, "PREFECT_API_URL": url, "PREFECT_HOME": str(folder / "home")},
                stdout=log,
                stderr=log,
            )

    def said(self) -> str:
        return (self.folder / "log").read_text()

    def until_it_reads(self) -> None:
        assert wait_until((self.folder / "read.log").exists, 120), self.said()

    def end(self) -> float:
        """Let it read on; the seconds from then to its end. It must have ended well."""
        (self.folder / "wait").unlink()
        began = time.monotonic()
        try:
            assert self._process.wait(300) == 0, self.said()
        finally:
            self._process.kill()
        took = time.monotonic() - began
        [line] = (self.output / "runs.jsonl").read_text().splitlines()
        assert json.loads(line)["exit_code"] == 0
        assert set(release(self.output)[1]) == {"xav-2019", "xbv-2019"}
        assert sorted((self.folder / "read.log").read_text().split()) == ["0.pdf", "1.pdf"]
        assert_nothing_left(self.output)
        return took


@pytest.mark.slow
def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    run = Run(tmp_path, f"http://127.0.0.1:{_free_port()}/api")
    run.end()
    assert "run | prefect | cannot be reached, the run is done without it" in run.said()


@pytest.mark.system
def test_a_server_whose_database_is_locked_in_mid_run(
    server: Server, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    run = Run(tmp_path, server.url)
    run.until_it_reads()
    with sqlite3.connect(server.home / "prefect.db", timeout=60, isolation_level=None) as database:
        database.execute("BEGIN EXCLUSIVE")
        took = run.end()
        database.execute("ROLLBACK")
    assert "run | prefect | cannot be reached, the run goes on without it" in run.said()
    figures(f"Prefect's database locked in mid-run: the run ends {took:.0f} s later")


@pytest.mark.system
@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL], ids=["hangs", "dies"])
def test_a_server_that_goes_away_in_mid_run(
    how: signal.Signals, server: Server, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    run = Run(tmp_path, server.url)
    run.until_it_reads()
    os.killpg(server.process.pid, how)
    took = run.end()
    os.killpg(server.process.pid, signal.SIGCONT)
    assert "run | prefect | cannot be reached, the run goes on without it" in run.said()
    figures(f"a Prefect server that {how.name} has hit in mid-run: the run ends {took:.0f} s later")
