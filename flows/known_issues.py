"""Findings that the user has looked at and accepted: the file ``known-issues.yml``, which the user keeps under version
control. An accepted finding stays in ``quality``, but no longer decides the exit code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from flows.ending import Refused

if TYPE_CHECKING:
    import pandas as pd

HEAD = """# Findings that were checked against the printed page and accepted. They no longer set the exit code of a run.
# An entry holds for one finding of one chapter; `findings acknowledge` writes it.
"""


class KnownIssuesError(Refused):
    """The file of known issues cannot be read; names the file and the reason."""


class KnownIssue(BaseModel):
    """One accepted finding. ``fingerprint`` is that of :func:`fingerprint`; ``reason`` and ``date`` are the user's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chapter: str
    check: str
    fingerprint: str
    reason: str
    date: date

    @property
    def key(self) -> tuple[str, str, str]:
        """Chapter, check and fingerprint."""
        return self.chapter, self.check, self.fingerprint


def load(file: Path) -> list[KnownIssue]:
    """Return the entries of a file; none if there is no such file. Raise :class:`KnownIssuesError` for a wrong one."""
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8")) or []
        return TypeAdapter(list[KnownIssue]).validate_python(entries)
    except FileNotFoundError:
        return []
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise KnownIssuesError(f"{file}: entry {place}: {first['msg']}") from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise KnownIssuesError(f"{file}: {str(error).splitlines()[0]}") from error


def state(file: Path) -> str:
    """Return a short hash of the file; empty if there is none. It decides whether a run has something to do."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    except OSError:
        return ""


def fingerprint(finding: Mapping[str, Any]) -> str:
    """Return a short hash that identifies a finding in its chapter: check, table, place and message."""
    place = finding["page"] if not _missing(finding["page"]) else finding["line"]
    parts = [finding["check"], finding["table"], "" if _missing(place) else str(int(place)), finding["message"]]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def acknowledge(quality: pd.DataFrame, known: Sequence[KnownIssue]) -> tuple[pd.DataFrame, list[KnownIssue]]:
    """Mark the accepted findings in ``quality``. Return the new frame, and the entries that fit no finding."""
    if not known:
        return quality, []
    wanted = {issue.key for issue in known}
    chapters = {issue.chapter for issue in known}
    rows: list[dict[str, Any]] = quality.to_dict("records")  # type: ignore[assignment]
    keys = [(row["doc_id"], row["check"], fingerprint(row)) if row["doc_id"] in chapters else None for row in rows]
    found = {key for key in keys if key in wanted}
    marked = quality.assign(acknowledged=[key in wanted for key in keys])
    return marked, [issue for issue in known if issue.key not in found]


def add(file: Path, findings: Iterable[Mapping[str, Any]], reason: str, today: date) -> int:
    """Append an entry for each finding that the file does not have yet. Return how many were added.

    The rest of the file, with the user's comments, stays as it is. Raises :class:`KnownIssuesError` for a wrong file.
    """
    have = {issue.key for issue in load(file)}
    fresh: dict[tuple[str, str, str], str] = {}
    for finding in findings:
        entry = KnownIssue(
            chapter=finding["doc_id"],
            check=finding["check"],
            fingerprint=fingerprint(finding),
            reason=reason,
            date=today,
        )
        if entry.key not in have:
            text = yaml.safe_dump([entry.model_dump()], sort_keys=False, allow_unicode=True, width=100)
            fresh[entry.key] = f"# {' '.join(str(finding['message']).split())}\n{text}"
    if fresh:
        before = file.read_text(encoding="utf-8") if file.exists() else HEAD
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(before.rstrip("\n") + "\n" + "".join(fresh.values()), encoding="utf-8")
    return len(fresh)


def _missing(value: Any) -> bool:
    return value is None or value != value or str(value) == "<NA>"
