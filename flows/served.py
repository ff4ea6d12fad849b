"""What a request to ``findings serve`` may change: which chapters are read and how, never where files are.

The places and limits are fixed when the command starts. Prefect's server checks a request against the schema of the
deployment (:func:`pin`), which a caller can switch off for a single run; so the flow checks it again
(:func:`keep_fixed`), against the environment that it has from the command.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, MutableMapping
from typing import Any

from flows.request import Request

SERVED = "FINDINGS_SERVED"
"""The variable of the environment that holds the fixed fields of a served run as JSON."""
FREE = frozenset({"force", "years", "countries", "allow_loss", "spreadsheets", "site", "no_pictures", "name"})
"""The fields of a request that may be set from outside. A new field is fixed until it is added here."""


class NotAllowed(ValueError):
    """A request would change what was fixed when ``findings serve`` was started."""


def fixed(request: Mapping[str, Any]) -> dict[str, Any]:
    """The fixed fields of a deployment's request, as plain JSON types; those that it lacks have their defaults."""
    values = Request(**request).model_dump(mode="json")
    return {name: value for name, value in values.items() if name not in FREE}


def pin(schema: MutableMapping[str, Any], request: Mapping[str, Any]) -> None:
    """Change the JSON schema of a :class:`Request` so that it takes no other values for the fixed fields."""
    for name, value in fixed(request).items():
        schema["properties"][name] |= {"const": value, "readOnly": True}


def keep_fixed(request: Request, environment: Mapping[str, str] = os.environ) -> Request:
    """The request with the fixed fields filled in; the same request if the run is not a served one.

    Raises :class:`NotAllowed` if it sets a fixed field to another value.
    """
    if SERVED not in environment:
        return request
    values = json.loads(environment[SERVED])
    served = Request(**values)
    changed = [name for name in values if name in request.model_fields_set]
    changed = [name for name in changed if getattr(request, name) != getattr(served, name)]
    if changed:
        raise NotAllowed(f"{', '.join(changed)} cannot be asked for: fixed when findings serve was started")
    return served.model_copy(update={name: getattr(request, name) for name in FREE})
