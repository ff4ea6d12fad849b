"""Where the runs of this process are recorded: the Prefect server of an output's own home, or any other server."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from flows.log import log_line
from flows.server import Server, home_of, home_server

DRAIN_SECONDS = 30
"""The longest time for sending what is still queued when the run has ended."""


@contextmanager
def using(server: Server) -> Iterator[None]:
    """Inside, Prefect's clients use this server; Prefect passes that on to the processes of runs that it starts."""
    with temporary_settings({PREFECT_API_URL: server.url, PREFECT_API_AUTH_STRING: server.password}):
        yield


@contextmanager
def reporting_to(server: Server) -> Iterator[None]:
    """Inside, Prefect reports to this server; at the end all states and log lines have been sent."""
    with using(server):
        try:
            yield
        finally:  # or Prefect would try to send the rest to a server that has ended
            EventsWorker.drain_all(timeout=DRAIN_SECONDS)
            APILogWorker.drain_all(timeout=DRAIN_SECONDS)


@contextmanager
def recorded_in(output: Path, run: str) -> Iterator[None]:
    """Inside, Prefect records the run with this name in the home of the output folder, with a server that is started
    for it. Raises :class:`flows.server.NoServer`."""
    with home_server(home_of(output)) as server:
        with reporting_to(server):
            yield
        _wait_until_recorded(server, run)


def _wait_until_recorded(server: Server, run: str) -> None:
    """The server stores the states of tasks some moments after it has received them; it must not end before."""
    ends = time.monotonic() + DRAIN_SECONDS
    named = FlowRunFilter(name=FlowRunFilterName(any_=[run]))
    with suppress(Exception), using(server), get_client(sync_client=True) as client:
        while time.monotonic() < ends:
            tasks = client.read_task_runs(flow_run_filter=named)
            if all(task.state and task.state.is_final() for task in tasks):
                return
            time.sleep(0.2)
        log_line(logging.WARNING, "run", "prefect", "the record of the run in Prefect may lack the end of some tasks")
