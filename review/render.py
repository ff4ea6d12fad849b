"""Renders the Jinja templates of the site. Every value is escaped, and an unknown variable is an error."""

from __future__ import annotations

import datetime
import functools
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from review.layout import LEVELS
from review.packing import packed

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
    start, end = _body(page)
    return _shell(page, f"{values['root']}assets/", b'data-packed="' + packed(page[start:end]) + b'"')


def render_part(template: str, name: str, script: str, **values: Any) -> tuple[bytes, bytes]:
    """Render a template, and return the page without what is in its body, and that.

    The page takes it from ``script``, which :func:`review.packing.joined` made, where it is called ``name``.
    """
    page = render(template, **values)
    start, end = _body(page)
    return _shell(page, f"{values['root']}assets/", f'data-part="{name}"'.encode(), script), page[start:end]


def _body(page: bytes) -> tuple[int, int]:
    return page.index(b">", page.index(b"<body")) + 1, page.rindex(b"</body>")


def _shell(page: bytes, assets: str, content: bytes, *more: str) -> bytes:
    start, end = _body(page)
    scripts = (f"{assets}fzstd.js", *more, f"{assets}unpack.js")
    loading = "".join(f'<script src="{script}" defer></script>\n' for script in scripts)
    head = page[: start - 1].replace(b"</head>", loading.encode() + b"</head>")
    return head + b" " + content + b">" + NO_SCRIPT + page[end:]


def words(code: Any) -> str:
    """Return a code as words: ``rows_quarantined`` as ``rows quarantined``."""
    return str(code or "").replace("_", " ")


def marked(text: Any) -> Markup:
    """Return a text of a schema with what stands between backticks as code."""
    parts = str(text).split("`")
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if number % 2 else part for number, part in enumerate(parts))


def moment(written: Any) -> str:
    """Return a time as a reader writes it: ``2020-09-30T12:07:44.120+00:00`` as ``2020-09-30 12:07 UTC``."""
    text = str(written or "")
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) <= len("2020-09-30"):
        return text
    zone = (at.tzname() or "").removesuffix("+00:00")
    return f"{at:%Y-%m-%d %H:%M} {zone}".rstrip()


def _shortened(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= SHORTEST else text[: SHORTEST - 1] + "…"


@functools.cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("review"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = words
    environment.filters["marked"] = marked
    environment.filters["moment"] = moment
    environment.filters["short"] = _shortened
    environment.globals["levels"] = LEVELS
    return environment
