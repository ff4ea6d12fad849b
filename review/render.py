"""Renders the Jinja templates of the site. Every value is escaped, and an unknown variable is an error."""

from __future__ import annotations

import functools
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from review.layout import LEVELS
from review.packing import PAGE, packed

NO_SCRIPT = (
    b"<noscript><p>This page is compressed and needs scripts. The tables of the release have its rows.</p></noscript>"
)
"""What a packed page shows in a browser without scripts."""
UNPACKING = ("fzstd", "unpack")
"""The scripts that unpack a page."""
SHORTEST = 160
"""Characters of a changed value that a list of changes shows."""


def render(template: str, **values: Any) -> bytes:
    """Render a template of ``review/templates`` as UTF-8."""
    return _templates().get_template(template).render(**values).encode("utf-8", "replace")


def render_packed(template: str, **values: Any) -> bytes:
    """Render a template like :func:`render`, with everything in its body compressed; ``unpack.js`` puts it there."""
    page = render(template, **values)
    start, end = page.index(b">", page.index(b"<body")), page.rindex(b"</body>")
    scripts = "".join(f'<script src="{values["root"]}assets/{name}.js" defer></script>\n' for name in UNPACKING)
    head = page[:start].replace(b"</head>", scripts.encode() + b"</head>")
    return head + b' data-packed="' + packed(page[start + 1 : end], PAGE) + b'">' + NO_SCRIPT + page[end:]


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
