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
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.log import log_line
from flows.server import home_of, home_server

DRAIN_SECONDS = 30
"""The longest time for sending what is still queued when the run has ended."""


@contextmanager
def reporting_to(url: str) -> Iterator[None]:
    """Inside, Prefect reports to the server at this address; at the end all states and log lines have been sent."""
    with temporary_settings({PREFECT_API_URL: url}):
        try:
            yield
        finally:  # or Prefect would try to send the rest to a server that has ended
            EventsWorker.drain_all(timeout=DRAIN_SECONDS)
            APILogWorker.drain_all(timeout=DRAIN_SECONDS)


@contextmanager
def recorded_in(output: Path, run: str) -> Iterator[None]:
    """Inside, Prefect records the run with this name in the home of the output folder, with a server that is started
    for it. Raises :class:`flows.server.NoServer`."""
    with home_server(home_of(output)) as url:
        with reporting_to(url):
            yield
        _wait_until_recorded(url, run)


def _wait_until_recorded(url: str, run: str) -> None:
    """The server stores the states of tasks some moments after it has received them; it must not end before."""
    ends = time.monotonic() + DRAIN_SECONDS
    named = FlowRunFilter(name=FlowRunFilterName(any_=[run]))
    with suppress(Exception), temporary_settings({PREFECT_API_URL: url}), get_client(sync_client=True) as client:
        while time.monotonic() < ends:
            tasks = client.read_task_runs(flow_run_filter=named)
            if all(task.state and task.state.is_final() for task in tasks):
                return
            time.sleep(0.2)
        log_line(logging.WARNING, "run", "prefect", "the record of the run in Prefect may lack the end of some tasks")
