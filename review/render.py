"""Renders the Jinja templates of the site. Every value is escaped, and an unknown variable is an error."""

from __future__ import annotations

import functools
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from review.layout import LEVELS

SHORTEST = 160
"""Characters of a changed value that a list of changes shows."""


def render(template: str, **values: Any) -> bytes:
    """Render a template of ``review/templates`` as UTF-8."""
    return _templates().get_template(template).render(**values).encode("utf-8", "replace")


def words(code: Any) -> str:
    """Return a code as words: ``rows_quarantined`` as ``rows quarantined``."""
    return str(code or "").replace("_", " ")


def _shortened(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= SHORTEST else text[: SHORTEST - 1] + "…"


@functools.cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("review"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = words
    environment.filters["short"] = _shortened
    environment.globals["levels"] = LEVELS
    return environment
