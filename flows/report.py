"""What a run did: the facts that belong to the run and not to the data."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from extractors.model import UnreadableSource


@dataclass(frozen=True)
class Failure:
    """A file from which nothing was published, and why.

    ``kind`` is the exception's type; ``at`` is the line of our code that raised one that nobody foresaw.
    """

    source_path: str
    kind: str
    reason: str
    page: int | None = None
    at: str = ""

    @classmethod
    def of(cls, source_path: str, error: BaseException) -> Failure:
        """What an exception says, as plain text that any process can pass on."""
        if isinstance(error, UnreadableSource):
            return cls(source_path, "UnreadableSource", error.reason, error.page)
        frames = traceback.extract_tb(error.__traceback__)
        at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        return cls(source_path, type(error).__name__, str(error), at=at)

    def __str__(self) -> str:
        page = f", page {self.page}" if self.page else ""
        kind = "" if self.kind == "UnreadableSource" else f"{self.kind}: "
        return f"{self.source_path}{page}: {kind}{self.reason}{f' (at {self.at})' if self.at else ''}"


class FileFailed(Exception):
    """The work on one file ended with a failure."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(str(failure))


@dataclass
class Report:
    """The summary of a run; ``run.json`` is its JSON."""

    started: str
    seconds: float = 0.0
    published: bool = False
    versions: dict[str, str] = field(default_factory=dict)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    chapters: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Every file is in the tables and no row or table is missing."""
        return self.published and not self.failures and not self.errors and not self.rows.get("quarantine", 0)

    def sentence(self) -> str:
        """The run in one line."""
        return (
            f"{self.chapters} chapters published, {len(self.failures)} files failed, "
            f"{self.rows.get('quarantine', 0)} rows in quarantine, {len(self.errors)} errors found, "
            f"{self.seconds:.1f} s"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON types."""
        return {**asdict(self), "ok": self.ok}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """The opposite of :meth:`to_dict`."""
        facts = {key: value for key, value in data.items() if key != "ok"}
        return cls(**{**facts, "failures": [Failure(**failure) for failure in data["failures"]]})
