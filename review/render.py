"""Renders the Jinja templates of the site. Every value is escaped, and an unknown variable is an error."""

from __future__ import annotations

import base64
import functools
import gzip
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from review.layout import LEVELS

NO_SCRIPT = (
    b"<noscript><p>This page is compressed and needs scripts. The tables of the release have its rows.</p></noscript>"
)
"""What a packed page shows in a browser without scripts."""
SHORTEST = 160
"""Characters of a changed value that a list of changes shows."""


def render(template: str, **values: Any) -> bytes:
    """Render a template of ``review/templates`` as UTF-8."""
    return _templates().get_template(template).render(**values).encode("utf-8", "replace")


def render_packed(template: str, **values: Any) -> bytes:
    """Render a template like :func:`render`, with everything in its body compressed; ``unpack.js`` puts it there."""
    page = render(template, **values)
    start, end = page.index(b">", page.index(b"<body")), page.rindex(b"</body>")
    script = f'<script src="{values["root"]}assets/unpack.js" defer></script>'.encode()
    head = page[:start].replace(b"</head>", script + b"\n</head>")
    return head + b' data-packed="' + packed(page[start + 1 : end]) + b'">' + NO_SCRIPT + page[end:]


def packed(data: bytes) -> bytes:
    """Return data compressed with gzip, in Base64. A page or script that is opened from disk can hold no bytes."""
    return base64.b64encode(gzip.compress(data, compresslevel=9, mtime=0))


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
