"""``findings serve`` for many runs: does its memory grow, or the number of its open files?

    python -m benchmarks.serving [--runs 500]

Serves a folder with one invented chapter and starts the deployment ``weekly`` over the server's API, again and again; a
run that finds nothing new is the smallest there is. Prints the memory and the file descriptors of the process that
serves and of its Prefect server, before the first run and after every fiftieth, and how the runs have ended.
Ends with 1 if one did not. A run takes some five seconds of CPU, most of it Prefect.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

FINDINGS = [sys.executable, "-c", "from flows.cli import app; app()"]
CHAPTER = Path(__file__).parent.parent / "raw" / "arvenia-2019.txt"
EVERY = 50
PATIENCE = 600.0
"""Seconds to wait for the server, and for a run."""


def children(pid: int) -> dict[int, str]:
    """The processes that a process has started, with their command lines."""
    found = {}
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit() and (folder / "stat").read_text().rpartition(")")[2].split()[1] == str(pid):
                found[int(folder.name)] = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
    return found


def holds(pid: int) -> str:
    """What a process holds: memory and file descriptors."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    [resident] = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")]
    return f"{resident:.0f} MB, {len(list(Path(f'/proc/{pid}/fd').iterdir()))} descriptors"


def patiently(ask: Any) -> Any:
    """What a call gives; a server that is busy or not there yet is asked again."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except Exception:
            if time.monotonic() > ends:
                raise
            time.sleep(1)


def follow(client: Any, deployment: Any) -> str:
    """Start a run and wait for its end; the name of its state, or ``not ended``."""
    run = patiently(lambda: client.create_flow_run_from_deployment(deployment.id))
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        time.sleep(1)
        state = patiently(lambda: client.read_flow_run(run.id)).state
        if state and state.is_final():
            return str(state.name)
    return "not ended"


def main(runs: Annotated[int, typer.Option(min=1)] = 500) -> None:
    """Print what the processes hold, line by line."""
    with tempfile.TemporaryDirectory() as place:
        raw, output = Path(place) / "raw", Path(place) / "output"
        raw.mkdir()
        shutil.copy(CHAPTER, raw)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        subprocess.run([*FINDINGS, "run", str(raw), "--output", str(output)], check=True, capture_output=True)
        command = [*FINDINGS, "serve", str(raw), "--output", str(output), "--port", str(port)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        environment["PREFECT_RUNNER_POLL_FREQUENCY"] = "1"  # it looks for due runs every second, not every ten
        with (
            (Path(place) / "log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log, env=environment) as serve,
        ):
            try:
                states = watch(serve.pid, output / ".prefect", port, runs)
            finally:
                serve.terminate()
    raise typer.Exit(0 if set(states) == {"Completed"} else 1)


def watch(pid: int, home: Path, port: int, runs: int) -> Counter[str]:
    """Start the runs one after the other, and print what the processes hold; how the runs ended."""
    password = patiently(lambda: (home / "password").read_text().strip())
    os.environ.update(PREFECT_API_URL=f"http://127.0.0.1:{port}/api", PREFECT_API_AUTH_STRING=password)
    os.environ.update(PREFECT_HOME=str(home / "client"), DO_NOT_TRACK="1")
    from prefect.client.orchestration import get_client

    states: Counter[str] = Counter()
    with get_client(sync_client=True) as client:
        deployment = patiently(lambda: client.read_deployment_by_name("findings/weekly"))
        [server] = [child for child, line in children(pid).items() if "flows.server" in line]
        for number in range(runs + 1):
            if number:
                states[follow(client, deployment)] += 1
            if number % EVERY == 0 or number == runs:
                typer.echo(f"after {number} runs {dict(states)}: serve {holds(pid)}; server {holds(server)}")
    return states


if __name__ == "__main__":
    typer.run(main)
