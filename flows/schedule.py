"""When runs are due: the deployments of the flow, and the one process that starts them (``findings serve``).

``prefect.yaml`` declares the same deployments for a work pool; a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.server import PORT, QUIET, server


class BadSchedule(ValueError):
    """A schedule that Prefect cannot keep; the message says why."""


@dataclass(frozen=True)
class Deployment:
    """One way in which a flow of :mod:`flows.pipeline` is started. Without ``cron`` it is started by hand.

    ``request`` has the fields of :class:`flows.request.Request` that the deployment sets, ``flow`` is the name of the
    flow's function. A schedule names a day of the
    month or a weekday, never both, because cron starts a run on either. No time lies between 01:00 and 03:00, which
    the change to or from summer time skips or repeats.
    """

    name: str
    description: str
    cron: str = ""
    timezone: str = "America/New_York"
    request: Mapping[str, Any] = field(default_factory=dict)
    flow: str = "ingest"


COMMON = {"paths": ["raw"], "output": "output", "wait": 21600}
"""What all deployments ask for; a run that is due waits up to six hours for one that is still writing."""
DEPLOYMENTS = (
    Deployment(
        "weekly",
        "A look into raw/ each Monday: what is new or has changed is read, everything else is kept.",
        cron="0 6 * * 1",
        request=COMMON,
    ),
    # The report of a year comes out in September or October (2018: on two days of these months).
    Deployment(
        "yearly",
        "Every chapter read again, after the report's usual release.",
        cron="0 3 5 11 *",
        request={**COMMON, "force": True},
    ),
    Deployment(
        "backfill",
        "Chapters of the years and countries in the request read again; started by hand.",
        request={**COMMON, "force": True, "years": [], "countries": []},
    ),
    # Without a schedule, because it was never run against the live site.
    Deployment(
        "fetch-and-run",
        "What is new on the publisher's site is stored in raw/ and read; started by hand.",
        request={**COMMON, "years": [], "countries": []},
        flow="fetch_and_run",
    ),
)


def deployments(paths: list[Path], output: Path, weekly: str = "", timezone: str = "") -> list[Deployment]:
    """The deployments over these paths, made absolute because a served run starts in another folder.

    ``weekly`` replaces the cron line of the weekly run, ``timezone`` the time zone of all schedules.
    """
    places = {"paths": [str(path.absolute()) for path in paths], "output": str(output.absolute())}
    made = []
    for deployment in DEPLOYMENTS:
        when = {"cron": weekly} if weekly and deployment.name == "weekly" else {}
        where = {"timezone": timezone} if timezone else {}
        made.append(replace(deployment, request={**deployment.request, **places}, **when, **where))
    return made


def serve(served: list[Deployment], port: int = PORT) -> None:
    """Start runs of the flow when they are due, one at a time, until the process is ended.

    Uses the server at ``PREFECT_API_URL``; without it, a server of its own on ``port`` of the loopback address, because
    Prefect's temporary server has no scheduler. Runs that fell due while nothing was served are started late. Raises
    :class:`flows.server.NoServer`, and :class:`BadSchedule` for a schedule or time zone that does not exist.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    for deployment in served:
        require_schedule(deployment)
    if os.environ.get("PREFECT_API_URL"):
        _serve(served)
        return
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with server(port) as url, temporary_settings({PREFECT_API_URL: url}):  # Prefect passes its settings to the runs
        _serve(served)


def require_schedule(deployment: Deployment) -> None:
    """Raise :class:`BadSchedule` if Prefect cannot keep the schedule, or would keep another than the one meant."""
    from prefect.client.schemas.schedules import CronSchedule

    if not deployment.cron:
        return
    try:
        CronSchedule(cron=deployment.cron, timezone=deployment.timezone)
    except ValueError as error:
        raise BadSchedule(f"{deployment.cron!r} in {deployment.timezone!r} is not a schedule") from error
    days = deployment.cron.split()
    if len(days) >= 5 and days[2] != "*" and days[4] != "*":
        raise BadSchedule(
            f"{deployment.cron!r} names days of the month and weekdays, and cron would start a run on either"
        )


def _serve(served: list[Deployment]) -> None:
    from prefect import serve as serve_until_ended
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows import pipeline

    made: list[Any] = [
        getattr(pipeline, deployment.flow).to_deployment(
            deployment.name,
            schedules=[Cron(deployment.cron, timezone=deployment.timezone)] if deployment.cron else [],
            parameters={"request": dict(deployment.request)},
            description=deployment.description,
            concurrency_limit=1,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for deployment in served
    ]
    serve_until_ended(
        *made,
        pause_on_shutdown=False,  # otherwise runs that fall due before the next start are lost
        print_starting_message=False,
        limit=1,
    )
