"""``docs/operations.md``, run as it stands on real servers.

Every command of the page is run in its order, with an empty home
folder and free ports, once with SQLite and once with Postgres.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.publish import sole_writer
from tests.conftest import ROOT
from tests.hook import answering

pytestmark = pytest.mark.system
BLOCKS = [
    textwrap.dedent(code)
    for code in re.findall(r"^ *```sh\n(.*?)^ *```", (ROOT / "docs" / "operations.md").read_text("utf-8"), re.S | re.M)
]
STAYS = "# stays"
ELSEWHERE = {"git pull": "there is nothing to pull from", "make setup": "has been done, or this would not run"}
SECONDS = 240.0
"""The longest time for anything that is waited for."""


@dataclass
class Shell:
    """A checkout, and the shells in which somebody follows the page: what one exports the next one has."""

    folder: Path
    environment: dict[str, str]
    replaced: dict[str, str]
    staying: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def follow(self, block: str) -> str:
        """Run a block; what it printed. A line that is said to stay is started, and left running."""
        said = ""
        for text in re.split(rf"^(.*{STAYS})$", block, flags=re.M):
            for old, new in self.replaced.items():
                text = text.replace(old, new)
            lines = [line for line in text.splitlines() if line and line not in ELSEWHERE]
            if text.endswith(STAYS):
                self._start(text.removesuffix(STAYS))
            elif lines:
                said += self._run("\n".join(lines))
        return said

    def _run(self, code: str) -> str:
        ended = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", f"{code}\nenv -0 > environment"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        said = ended.stdout.decode()
        assert ended.returncode == 0, f"{code}\n{said}\n{self.logs()}"
        pairs = (self.folder / "environment").read_text("utf-8").split("\0")
        self.environment = dict(pair.split("=", 1) for pair in pairs if pair)
        return said

    def _start(self, line: str) -> None:
        log = self.folder / f"{len(list(self.folder.glob('*.log')))}.log"
        with log.open("wb") as out:
            self.staying.append(
                subprocess.Popen(
                    ["bash", "-c", f"exec {line}"],
                    cwd=self.folder,
                    env=self.environment,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            )

    def logs(self) -> str:
        """What the programs that stay have said."""
        return "\n".join(f"== {log.name}\n{log.read_text('utf-8')}" for log in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        """End the programs that stay, the last one first."""
        while self.staying:
            program = self.staying.pop()
            program.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                program.wait(30)
            program.kill()

    def ask(self, path: str, **body: Any) -> Any:
        """What the server answers to somebody with the settings of these shells."""
        from prefect.client.orchestration import get_client
        from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

        url, password = f"http://{self.replaced['127.0.0.1:4200']}/api", self.environment.get("PREFECT_API_AUTH_STRING")
        own = self.folder / "output" / ".prefect" / "password"
        if password is None and own.exists():  # that of findings ui and findings serve
            password = own.read_text("utf-8").strip()
        settings = {PREFECT_API_URL: url, PREFECT_API_AUTH_STRING: password}
        with temporary_settings(settings), get_client(sync_client=True) as client:
            return client._client.request("POST" if body else "GET", path, json=body or None).raise_for_status().json()

    def until(self, done: Callable[[], Any]) -> Any:
        """Wait for it; what it gives."""
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            with suppress(httpx.HTTPError):
                if result := done():
                    return result
            assert all(program.poll() is None for program in self.staying), self.logs()
            time.sleep(0.5)
        raise AssertionError(self.logs())

    def deployments(self) -> set[str]:
        """The names of the deployments that the server knows."""
        return {deployment["name"] for deployment in self.ask("/deployments/filter", limit=10)}

    def runs(self, *states: str) -> list[dict[str, Any]]:
        """The flow runs in these states (if none is named, those that have ended), in the order in which they began."""
        ended = {"state": {"type": {"any_": states or ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}}}
        runs: list[dict[str, Any]] = self.ask("/flow_runs/filter", flow_runs=ended)
        return sorted(runs, key=lambda run: str(run["start_time"]))

    def beats(self, run: str) -> int:
        """How often a run was heard of. Of a run that was put on the schedule less than five minutes before it began,
        Prefect holds back the changes of state for fifteen minutes, so its beats are all that a rule sees in time."""
        beats = {"event": {"name": ["prefect.flow-run.heartbeat"]}, "resource": {"id": [f"prefect.flow-run.{run}"]}}
        return int(self.ask("/events/filter", filter=beats)["total"])


@contextmanager
def checkout(folder: Path, **replaced: str) -> Iterator[Shell]:
    """A checkout with the sample chapter and nothing published, and a home folder with nothing in it."""
    home = folder / "home"
    home.mkdir()
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for name in ("prefect.yaml", "automations.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "raw").mkdir()
    for name in ("arvenia-2019.pdf", "arvenia-2019.txt"):
        shutil.copy(ROOT / "raw" / name, folder / "raw")
    port = str(_free_port())
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "PG"))}
    environment |= {"HOME": str(home), "NO_COLOR": "1", "COLUMNS": "200", "PREFECT_SERVER_API_PORT": port}
    environment |= {"PREFECT_WORKER_QUERY_SECONDS": "1", "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    shell = Shell(
        folder,
        environment,
        {
            "127.0.0.1:4200": f"127.0.0.1:{port}",
            "findings serve": f"findings serve --port {port}",
            "findings ui": f"findings ui --port {port}",
            **replaced,
        },
    )
    try:
        yield shell
    finally:
        shell.end()


class TestSqlite:
    def test_every_command(self, tmp_path: Path, figures: Callable[[str], None]) -> None:
        began = time.monotonic()
        with (
            answering(204) as (hook, told),
            checkout(tmp_path, **{"https://hooks.example.org/findings": f"http://127.0.0.1:{hook}/"}) as shell,
        ):
            said = {}
            for block in BLOCKS:
                if "createdb" in block:  # the other test
                    continue
                if "git pull" in block:
                    shell.end()
                said[block] = shell.follow(block)
                if "findings ui" in block:
                    [recorded] = shell.until(shell.runs)
                    assert recorded["state"]["name"] == "Completed"
                    shell.end()
                    shutil.rmtree(tmp_path / "output")
                if "findings serve" in block:
                    shell.until(lambda: shell.deployments() == {"backfill", "fetch-and-run", "weekly", "yearly"})
                    shell.end()
                if "prefect server start" in block and "git pull" not in block:
                    password = shell.environment.pop("PREFECT_API_AUTH_STRING")
                    with pytest.raises(httpx.HTTPStatusError, match="401"):
                        shell.deployments()
                    shell.environment["PREFECT_API_AUTH_STRING"] = password
                if "worker start" in block:
                    shell.until(lambda: shell.ask("/work_pools/findings")["status"] == "READY")

            home = tmp_path / "home"
            assert (home / ".prefect" / "prefect.db").exists()
            assert (home / ".findings-auth").stat().st_mode & 0o077 == 0
            runs = shell.runs()
            assert [run["state"]["name"] for run in runs] == [
                "Completed",
                "Completed",
                "Failed",
                "Completed",
                "Completed",
            ]
            weekly, backfill, failed, _mended, _by_command = runs
            assert (
                backfill["parameters"]["request"].items()
                >= {"years": [2018, 2019], "countries": ["XAV"], "force": True}.items()
            )
            assert " 1 failed;" in failed["state"]["message"]
            [message] = shell.until(lambda: [one for one in told if one["state"] == "Failed"])
            assert message["text"] == f"findings: run {failed['name']} (weekly) is Failed: {failed['state']['message']}"
            assert message["page"].endswith(failed["id"])

            written = [
                json.loads(line) for line in (tmp_path / "output" / "runs.jsonl").read_text("utf-8").splitlines()
            ]
            assert [run["exit_code"] for run in written] == [0, 0, 1, 0, 0]
            assert [run["read"] for run in written] == [2, 2, 1, 0, 0], "what has been read is not read twice"
            assert json.loads((tmp_path / "report.json").read_text("utf-8"))["exit_code"] == 0
            lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
            assert {line["stage"] for line in lines} >= {"plan", "end"}

            [next_runs] = [text for block, text in said.items() if "flow-run ls --state-type SCHEDULED" in block]
            assert "SCHEDULED" in next_runs
            [log] = [text for block, text in said.items() if "flow-run logs" in block]
            assert "Traceback" not in log
            for expected in (
                "broken.pdf | read | failed",
                "run | end | 1 chapter published",
                failed["state"]["message"],
            ):
                assert expected in log
            [page] = [text for block, text in said.items() if "artifact inspect" in block]
            assert "broken" in page

            logs = shell.ask("/logs/filter", logs={"flow_run_id": {"any_": [weekly["id"]]}})
            ours = [entry["message"] for entry in logs if entry["name"] == "findings"]
            assert all(re.match(r"\d{8}T\d{6}Z \S.* \| [a-z]+ \| ", message) for message in ours), ours
            assert {message.split(" | ")[1] for message in ours} == {"plan", "read", "validate", "publish", "end"}
            figures(f"operations.md with SQLite: {len(said)} blocks, {time.monotonic() - began:.0f} s")


class TestPostgres:
    def test_scheduled_runs(self, tmp_path: Path, figures: Callable[[str], None]) -> None:
        """The page up to the worker, with a weekly look that is due each minute: one that ends well, then one that is
        killed together with its worker, which the rule calls crashed, so that the next one can begin."""
        began = time.monotonic()
        with postgres() as (port, password), checkout(tmp_path, **{"5432": str(port)}) as shell:
            due, rule = tmp_path / "prefect.yaml", tmp_path / "automations.yaml"
            due.write_text(due.read_text("utf-8").replace('"0 6 * * 1"', '"* * * * *"'), "utf-8")
            rule.write_text(rule.read_text("utf-8").replace("within: 600", "within: 45"), "utf-8")
            shell.environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] = "30"
            secret = tmp_path / "home" / ".pgpass"
            secret.write_text(f"127.0.0.1:{port}:*:prefect:{password}\n", "utf-8")
            secret.chmod(0o600)
            for block in BLOCKS[: 1 + next(i for i, block in enumerate(BLOCKS) if "worker start" in block)]:
                if "findings serve" not in block and "findings ui" not in block:
                    shell.follow(block)

            [run, *_] = shell.until(shell.runs)
            assert (run["state"]["name"], run["auto_scheduled"]) == ("Completed", True), run
            assert not (tmp_path / "home" / ".prefect" / "prefect.db").exists()
            [first, *_] = (tmp_path / "output" / "runs.jsonl").read_text("utf-8").splitlines()
            assert (json.loads(first)["exit_code"], json.loads(first)["chapters"]) == (0, 1)
            assert (tmp_path / "output" / "tables" / "documents.parquet").exists()
            figures(f"operations.md with Postgres: scheduled run ended after {time.monotonic() - began:.0f} s")

            with sole_writer(tmp_path / "output", wait=60):  # so the next run waits, and is there to be killed
                [running] = shell.until(lambda: shell.runs("RUNNING"))
                shell.until(lambda: shell.beats(running["id"]))
                killed = time.monotonic()
                worker = shell.staying.pop()
                for group in (worker.pid, int(running["infrastructure_pid"])):
                    os.killpg(group, signal.SIGKILL)
                worker.wait()
            [crashed] = shell.until(lambda: shell.runs("CRASHED"))
            assert crashed["id"] == running["id"]
            assert crashed["state"]["message"].startswith("The process of the run ended without a report")
            figures(
                f"operations.md: a run killed with its worker is called crashed after {time.monotonic() - killed:.0f} s"
            )

            before = len(shell.runs("COMPLETED"))
            shell.follow(next(block for block in BLOCKS if "worker start" in block))
            shell.until(lambda: len(shell.runs("COMPLETED")) > before)


@contextmanager
def postgres() -> Iterator[tuple[int, str]]:
    """A new Postgres on the loopback address, with a user ``prefect``; its port and the user's password."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = [Path(program).parent for program in [shutil.which("initdb")] if program]
    programs = next(iter([*debian, *on_path]), None)
    if programs is None or not shutil.which("createdb"):
        pytest.skip("no Postgres is installed here: the page is not tried with one")
    folder = Path(tempfile.mkdtemp(prefix="findings-postgres-"))
    me: dict[str, Any] = {}
    if os.geteuid() == 0:  # Postgres refuses to run as root
        account = pwd.getpwnam("postgres")
        me = {"user": account.pw_uid, "group": account.pw_gid}
        os.chown(folder, account.pw_uid, account.pw_gid)
    password, port = "not to be guessed", _free_port()
    (folder / "password").write_text(password, "utf-8")
    if me:
        os.chown(folder / "password", me["user"], me["group"])
    data = str(folder / "data")
    initdb = [str(programs / "initdb"), "--pgdata", data, "--username", "prefect", "--auth", "scram-sha-256"]
    initdb += ["--pwfile", str(folder / "password"), "--no-sync", "--encoding", "UTF8"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **me)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)],
            stdout=log,
            stderr=log,
            cwd=folder,
            **me,
        )
    try:
        ends = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            assert server.poll() is None and time.monotonic() < ends, (folder / "log").read_text("utf-8")
            time.sleep(0.2)
        yield port, password
    finally:
        server.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
