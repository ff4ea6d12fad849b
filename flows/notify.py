"""Who is told when a run has failed, crashed or is late: an automation on the Prefect server calls a web address or
sends an e-mail.

The web address gets a POST with JSON: ``text`` is a sentence, the key that Slack, Mattermost and Google Chat show; the
other keys are for programs. What a run says about itself is put in as a JSON string, so no name of a file changes the
rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from flows.ending import Refused

TOLD = "findings-told"
"""The name of the automation and of the block that holds the address, which may be a secret."""
STATES = ("Failed", "Crashed", "TimedOut", "Late")
"""The states of a run that somebody is told of. Late: it was due and nothing has started it."""
FLOWS = ("findings", "findings-fetch")
PAYLOAD = """\
{% set said = flow_run.state.message or "" %}{% set by = deployment.name if deployment else "" %}
{% set who = flow_run.name ~ " (" ~ (by or "by hand") ~ ")" %}
{"text": {{ ("findings: run " ~ who ~ " is " ~ flow_run.state.name ~ (": " ~ said if said else "")) | tojson }},
 "run": {{ flow_run.name | string | tojson }}, "deployment": {{ by | tojson }},
 "state": {{ flow_run.state.name | string | tojson }}, "message": {{ said | tojson }},
 "page": {{ (flow_run | ui_url or "") | tojson }}}"""
SUBJECT = "findings: a run is {{ flow_run.state.name }}"
BODY = """\
Run {{ flow_run.name }}{% if deployment %} of {{ deployment.name }}{% endif %} is {{ flow_run.state.name }}.
{{ flow_run.state.message or "" }}
{{ flow_run | ui_url or "" }}"""
MAIL = ("mailto", "mailtos")
"""Schemes of an address that gets an e-mail, by an SMTP server without and with encryption."""
KILLED = Path(__file__).resolve().parent.parent / "automations.yaml"


class CannotNotify(Refused):
    """The address cannot be called, or no server can call it."""


def automation(block_id: Any, by_mail: bool = False) -> Any:
    """The automation that calls the webhook block, or sends by the e-mail block, with this id."""
    from prefect.automations import Automation, CallWebhook, EventTrigger, Posture, SendNotification

    action: Any = (
        SendNotification(block_document_id=block_id, subject=SUBJECT, body=BODY)
        if by_mail
        else CallWebhook(block_document_id=block_id, payload=PAYLOAD)
    )
    related: dict[str, str | list[str]] = {"prefect.resource.role": "flow", "prefect.resource.name": list(FLOWS)}
    return Automation(
        name=TOLD,
        description="Tells somebody of a run that has failed, crashed or is late.",
        trigger=EventTrigger(
            posture=Posture.Reactive,
            expect={f"prefect.flow-run.{state}" for state in STATES},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            match_related=related,
            for_each={"prefect.resource.id"},
            threshold=1,
        ),
        actions=[action],
    )


def require_address(address: str) -> None:
    """Raise :class:`CannotNotify` unless it is a web address, or that of an SMTP server and of somebody behind it."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https", *MAIL) or not parts.hostname:
        raise CannotNotify("the address to tell must begin with https://, http:// or mailtos:// and name a host")
    if parts.scheme in MAIL and not {"from", "to"} <= parse_qs(parts.query).keys():
        raise CannotNotify(
            "an e-mail needs a sender and a recipient: mailtos://user:password@smtp.example.org?from=…&to=…"
        )


def tell(address: str) -> None:
    """Tell this address from now on, instead of the one before, by the server of the settings.

    Also creates the automation of ``automations.yaml``, which sets a run that was killed with its worker to
    ``Crashed``: only then is there something to tell. Raises :class:`CannotNotify`.
    """
    from prefect.automations import Automation
    from prefect.blocks.webhook import Webhook

    require_address(address)
    by_mail = urlsplit(address).scheme in MAIL
    if by_mail:
        from flows.mail import EMail

        block: Any = EMail(url=address)  # type: ignore[arg-type]
    else:
        block = Webhook(url=address, headers={"Content-Type": "application/json"})  # type: ignore[arg-type]
    _put(automation(block.save(TOLD, overwrite=True), by_mail))
    _put(Automation(**yaml.safe_load(KILLED.read_text("utf-8"))))


def _put(wanted: Any) -> None:
    """Create the automation, or change the one of its name."""
    try:
        wanted.id = type(wanted).read(name=wanted.name).id
    except ValueError:  # there is none
        wanted.create()
    else:
        wanted.update()
