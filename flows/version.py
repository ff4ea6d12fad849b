"""Which version of the code this is."""

from __future__ import annotations

import importlib.metadata
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def version(root: Path = ROOT) -> str:
    """The version, with the git commit if ``root`` is a checkout: ``0.1.0 (1a2b3c4d5e6f)``; ``+changes`` behind the
    commit if files differ from it."""
    number = importlib.metadata.version("ilab-findings")
    if not (root / ".git").exists():  # git would look for a checkout in the folders above, which is another project's
        return number
    command = ["git", "-C", str(root), "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+changes"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return number
    return f"{number} ({found.stdout.strip()})"
