"""Checks of the environment before a file from outside is opened."""

from __future__ import annotations

import importlib.metadata
import os
import resource
from collections.abc import Mapping

from flows.ending import Refused

PARSER = "pdfminer.six"
SAFE_SINCE = 20260107
"""Older versions load character maps with pickle from a path in the PDF (CVE-2025-64512, GHSA-f83h-ghpp-7wcc)."""


LEAST_MEGABYTES = 1500
"""Address space that a run needs: with 1000 MB (``ulimit -v``) one chapter is read and cannot be published, with less
the libraries cannot be loaded, or end the process without a word."""


class TooLittleMemory(Refused):
    """The process may not have the address space that a run needs."""


class UnsafeParser(Refused):
    """PDFs must not be opened in this environment; the message says what to change."""


def require_safe_parser(environment: Mapping[str, str] = os.environ) -> None:
    """Raise :class:`UnsafeParser` if the installed PDF parser has a known vulnerability, or is set to load other files.

    Looks at the installed version and at the environment; it imports no parser.
    """
    try:
        version = importlib.metadata.version(PARSER)
    except importlib.metadata.PackageNotFoundError as error:
        raise UnsafeParser(f"{PARSER} is not installed; install findings with its dependencies") from error
    release = version.split(".")[0]
    if not release.isdigit() or int(release) < SAFE_SINCE:
        raise UnsafeParser(
            f"{PARSER} {version} runs code that a PDF brings with it (CVE-2025-64512); "
            f"install {PARSER} {SAFE_SINCE} or newer"
        )
    if "CMAP_PATH" in environment:
        raise UnsafeParser(
            f"the environment sets CMAP_PATH, from which {PARSER} loads character maps that a PDF names; unset it"
        )


def require_memory() -> None:
    """Raise :class:`TooLittleMemory` if the limit of this process's address space is too low for a run."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < LEAST_MEGABYTES << 20:
        raise TooLittleMemory(
            f"this process may have {limit >> 20} MB of address space (ulimit -v); a run needs {LEAST_MEGABYTES} MB"
        )
