"""What a run did: the facts that belong to the run and not to the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Failure:
    """A file from which nothing was published, and why. ``kind`` is the exception's type."""

    source_path: str
    kind: str
    reason: str
    page: int | None = None


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
