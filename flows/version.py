"""Which version of the code this is, and of the tables that it publishes."""

from __future__ import annotations

import importlib.metadata
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = "1.0"
"""The version of the published tables, in every ``run.json``: the first number grows if a table, column or code is
renamed or dropped, the second one if one is added. ``CHANGELOG.md`` lists both under Data."""


def version(root: Path = ROOT) -> str:
    """The version, with the git commit if ``root`` is a checkout: ``0.2.0 (1a2b3c4d5e6f)``; ``+changes`` behind the
    commit if files differ from it."""
    found = commit(root)
    return f"{number()} ({found})" if found else number()


def number() -> str:
    """The version of the installed package."""
    return importlib.metadata.version("ilab-findings")


def commit(root: Path = ROOT) -> str:
    """The git commit, and ``+changes`` if files differ from it; empty if ``root`` is no checkout."""
    if not (root / ".git").exists():  # git would look for a checkout in the folders above, which is another project's
        return ""
    command = ["git", "-C", str(root), "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+changes"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.strip()


@cache
def code() -> dict[str, str]:
    """The versions of the contract and of the code; asked for once, because a process does not change its code."""
    found = commit()
    return {"contract": CONTRACT, "findings": number(), **({"commit": found} if found else {})}
