"""When runs are due: the deployments of the flow, and the one process that serves them without a server of one's own.

``prefect.yaml`` says the same for a work pool; a test holds the two together.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

BOOT = "import sys, flows.workers as w; w.die_with_parent(int(sys.argv.pop(1))); from prefect.cli import app; app()"
LOOPBACK = "127.0.0.1"
PORT = 4200
"""Where Prefect's own commands look for a server."""
START_SECONDS = 180.0
"""How long a server may take to start; the first time it makes its database."""
QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
"""Settings under which nothing of Prefect reports to its makers."""


class NoServer(Exception):
    """No Prefect server can be had; says why and what helps."""


class Unscheduled(ValueError):
    """A schedule that cannot be kept; says why."""


@dataclass(frozen=True)
class Deployment:
    """One way in which the flow is started. Without ``cron`` it is started by hand.

    A schedule names a day of the month or a day of the week, never both: cron takes them for alternatives. No time lies
    between 01:00 and 03:00, which a change to or from summer time skips or repeats.
    """

    name: str
    description: str
    cron: str = ""
    timezone: str = "America/New_York"
    parameters: Mapping[str, Any] = field(default_factory=dict)


DEPLOYMENTS = (
    Deployment(
        "weekly",
        "A look into raw/ each Monday: what is new or has changed is read, everything else costs nothing.",
        cron="0 6 * * 1",
    ),
    # The report of a year comes out in September or October (2018: on two days of these months).
    Deployment(
        "yearly",
        "Every chapter read again, after the report's usual release.",
        cron="0 3 5 11 *",
        parameters={"force": True},
    ),
    Deployment(
        "backfill",
        "Chapters of the years and countries given as parameters read again; started by hand.",
        parameters={"force": True, "years": [], "countries": []},
    ),
)


def deployments(paths: list[Path], output: Path, weekly: str = "", timezone: str = "") -> list[Deployment]:
    """The deployments over these paths, named absolutely; ``weekly`` and ``timezone`` replace those of the look."""
    places = {"paths": [str(path.absolute()) for path in paths], "output": str(output.absolute())}
    made = []
    for deployment in DEPLOYMENTS:
        when = {"cron": weekly} if weekly and deployment.name == "weekly" else {}
        where = {"timezone": timezone} if timezone else {}
        made.append(replace(deployment, parameters={**places, **deployment.parameters}, **when, **where))
    return made


def serve(served: list[Deployment], port: int = PORT) -> None:
    """Start runs of the flow when they are due, one at a time, until the process is told to end.

    Uses the server at ``PREFECT_API_URL``; without one, a server of its own on ``port`` of the loopback address, for
    Prefect's temporary server has no scheduler. Runs that fell due while nothing was served are made up for. Raises
    :class:`NoServer`, and :class:`Unscheduled` for a schedule or time zone that does not exist.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    for deployment in served:
        require_schedule(deployment)
    url = os.environ.get("PREFECT_API_URL")
    if url:
        _serve(served)
        return
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with server(port) as url, temporary_settings({PREFECT_API_URL: url}):  # Prefect hands its settings to the runs
        _serve(served)


def require_schedule(deployment: Deployment) -> None:
    """Raise :class:`Unscheduled` if Prefect cannot keep the schedule, or would keep another than the one meant."""
    from prefect.client.schemas.schedules import CronSchedule

    if not deployment.cron:
        return
    try:
        CronSchedule(cron=deployment.cron, timezone=deployment.timezone)
    except ValueError as error:
        raise Unscheduled(f"{deployment.cron!r} in {deployment.timezone!r} is no schedule") from error
    days = deployment.cron.split()
    if len(days) >= 5 and days[2] != "*" and days[4] != "*":
        raise Unscheduled(
            f"{deployment.cron!r} names days of the month and weekdays, and cron would start a run on either"
        )


def _serve(served: list[Deployment]) -> None:
    from prefect import serve as serve_until_ended
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.pipeline import ingest

    made: list[Any] = [
        ingest.to_deployment(
            deployment.name,
            schedules=[Cron(deployment.cron, timezone=deployment.timezone)] if deployment.cron else [],
            parameters=dict(deployment.parameters),
            description=deployment.description,
            concurrency_limit=1,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for deployment in served
    ]
    serve_until_ended(
        *made,
        pause_on_shutdown=False,  # or what falls due before the next start is forgotten
        print_starting_message=False,
        limit=1,
    )


@contextmanager
def server(port: int = 0, quiet: bool = False) -> Iterator[str]:
    """A Prefect server on the loopback address, on a free port if none is given, for as long as it is needed; its API's
    URL. Raises :class:`NoServer`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise NoServer(
                f"port {port} of {LOOPBACK} is in use ({error.strerror}); if a Prefect server answers there, set "
                f"PREFECT_API_URL=http://{LOOPBACK}:{port}/api, else choose another --port"
            ) from error
        port = probe.getsockname()[1]
    watched, lifeline = os.pipe()
    command = [sys.executable, "-c", BOOT, str(watched)]
    command += ["server", "start", "--host", LOOPBACK, "--port", str(port)]
    url = f"http://{LOOPBACK}:{port}/api"
    try:
        # A session of its own: Ctrl-C shall reach this process first, which needs the server until its last word.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else sys.stderr,
            pass_fds=(watched,),
            env={"PREFECT_UI_API_URL": url, **os.environ},  # its pages ask the default port else, whatever --port says
            start_new_session=True,
        )
    except BaseException:
        os.close(lifeline)
        raise
    finally:
        os.close(watched)
    try:
        ends = time.monotonic() + START_SECONDS
        while not _answers(url):
            if process.poll() is not None:
                raise NoServer(f"the Prefect server ended with {process.returncode} as it started; see above")
            if time.monotonic() > ends:
                raise NoServer(f"the Prefect server did not answer within {START_SECONDS:.0f} s")
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.wait()
        os.close(lifeline)


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
