"""When runs are due: the deployments that ``prefect.yaml`` declares, and the one process that starts them (``findings
serve``)."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from flows.ending import Refused
from flows.notify import require_address, tell
from flows.places import is_utf8
from flows.request import Request
from flows.served import SERVED, fixed, pin
from flows.server import PORT, QUIET, home_server
from flows.sources import printable


class BadSchedule(Refused):
    """A schedule that Prefect cannot keep; the message says why."""


class NotOurs(Refused):
    """The server has a deployment of this name that was made for other paths or another output."""


@dataclass(frozen=True)
class Deployment:
    """One way in which a flow of :mod:`flows.pipeline` is started. Without ``cron`` it is started by hand.

    ``request`` has the fields of :class:`flows.request.Request` that the deployment sets, ``flow`` is the name of the
    flow's function.
    """

    name: str
    description: str
    cron: str = ""
    timezone: str = "America/New_York"
    request: Mapping[str, Any] = field(default_factory=dict)
    flow: str = "ingest"


PLACES = ("paths", "output")
INSTANCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
DECLARED = Path(__file__).resolve().parent.parent / "prefect.yaml"
DEPLOYMENTS = tuple(
    Deployment(
        one["name"],
        one["description"],
        request=one["parameters"]["request"],
        flow=one["entrypoint"].rpartition(".")[2],
        **next(iter(one["schedules"]), {}),
    )
    for one in yaml.safe_load(DECLARED.read_text("utf-8"))["deployments"]
)


def deployments(
    paths: list[Path], output: Path, weekly: str = "", timezone: str = "", instance: str = ""
) -> list[Deployment]:
    """The deployments over these paths, made absolute because a served run starts in another folder.

    ``weekly`` replaces the cron line of the weekly run, ``timezone`` the time zone of all schedules. ``instance`` is
    added to the names, so that several installations can use one server. Raises :class:`BadSchedule` for a name or path
    that Prefect does not take.
    """
    if instance and not INSTANCE.fullmatch(instance):
        raise BadSchedule(f"{instance!r} is no name of an instance: letters, digits, '.', '_' and '-' only")
    places = {
        "paths": [str(path.absolute()) for path in paths],
        "output": str(output.absolute()),
        "known_issues": str(Request.model_fields["known_issues"].default.absolute()),
        "corrections": str(Request.model_fields["corrections"].default.absolute()),
    }
    for path in (*paths, output):
        if not is_utf8(path):
            raise BadSchedule(f"{printable(str(path))} is not UTF-8, and Prefect takes no such path")
    served = []
    for deployment in DEPLOYMENTS:
        when = {"cron": weekly} if weekly and deployment.name == "weekly" else {}
        where = {"timezone": timezone} if timezone else {}
        name = f"{deployment.name}-{instance}" if instance else deployment.name
        request = {**deployment.request, **places}
        served.append(replace(deployment, name=name, request=request, **when, **where))
    return served


def serve(
    served: list[Deployment],
    home: Path,
    port: int = PORT,
    log: Callable[[str], None] = lambda line: None,
    replaces: bool = False,
    told: str = "",
) -> None:
    """Start runs of the flow when they are due, one at a time, until the process is ended.

    Uses the server at ``PREFECT_API_URL``; without it, a server of its own on ``port`` of the loopback address, because
    Prefect's temporary server has no scheduler. Its database and password are in the folder ``home``, unless
    ``PREFECT_HOME`` names another; ``log`` gets how to log in. Runs that fell due while nothing was served are started
    late. ``told`` is a web address that is called when a run has failed, crashed or is late (:mod:`flows.notify`).
    Raises :class:`flows.server.NoServer`, :class:`BadSchedule` for a schedule or time zone that does not exist,
    and, unless ``replaces``, :class:`NotOurs`.
    """
    own = not os.environ.get("PREFECT_API_URL")
    for name, value in {**QUIET, **({"PREFECT_HOME": str(home)} if own else {})}.items():
        os.environ.setdefault(name, value)
    for deployment in served:
        require_schedule(deployment)
    if told:
        require_address(told)
    if not own:
        _serve(served, replaces, told)
        return
    from flows.reporting import using

    home = Path(os.environ["PREFECT_HOME"])
    is_new = not os.path.lexists(home / "password")
    with home_server(home, port, quiet=False, shared=False) as server, using(server):
        password = server.password if is_new else f"in {home / 'password'}"
        log(f"The runs are at {server.url.removesuffix('/api')}/runs; the password is {password}")
        if is_new:
            log(f"It is kept in {home / 'password'}, which only you can read, and is not printed again")
        _serve(served, replaces, told)


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


def made(deployment: Deployment) -> Any:
    """What Prefect makes of a deployment that is served. Its schema takes no other places and limits than its own."""
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows import pipeline

    prepared: Any = getattr(pipeline, deployment.flow).to_deployment(
        deployment.name,
        schedules=[Cron(deployment.cron, timezone=deployment.timezone)] if deployment.cron else [],
        parameters={"request": dict(deployment.request)},
        description=deployment.description,
        concurrency_limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
        enforce_parameter_schema=True,
    )
    pin(prepared._parameter_openapi_schema.definitions[Request.__name__], deployment.request)
    return prepared


def require_ours(served: Iterable[Deployment], there: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise :class:`NotOurs` if a deployment has other paths or another output than the one of its name in ``there``.

    Two installations that serve under one name would start each other's runs with their own parameters.
    """
    for deployment in served:
        if deployment.name not in there:
            continue
        old = there[deployment.name]
        for place in PLACES:
            if old.get(place) != deployment.request[place]:
                raise NotOurs(
                    f"the server has a deployment {deployment.name} with {place} {old.get(place)}, not "
                    f"{deployment.request[place]}: give this installation a name of its own (--instance), or replace "
                    "that one (--replace)"
                )


def _on_server(prepared: Iterable[Any]) -> dict[str, Mapping[str, Any]]:
    """The requests of the deployments with these names that the server has."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    there = {}
    with get_client(sync_client=True) as client:
        for deployment in prepared:
            with suppress(ObjectNotFound):
                found = client.read_deployment_by_name(deployment.full_name)
                there[deployment.name] = found.parameters.get("request") or {}
    return there


def _serve(served: list[Deployment], replaces: bool, told: str) -> None:
    from prefect import serve as serve_until_ended

    prepared = [made(deployment) for deployment in served]
    if not replaces:
        require_ours(served, _on_server(prepared))
    if told:
        tell(told)
    # all have the same places; the processes of runs inherit the environment
    os.environ[SERVED] = json.dumps(fixed(served[0].request))
    serve_until_ended(
        *prepared,
        pause_on_shutdown=False,  # otherwise runs that fall due before the next start are lost
        print_starting_message=False,
        limit=1,
    )
