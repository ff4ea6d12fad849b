"""What a run did: the facts that belong to the run and not to the data."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from extractors.model import UnreadableSource
from flows.request import Selection


def counted(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def listed(names: Sequence[str], most: int) -> str:
    """``a, b and 3 more``."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


@dataclass(frozen=True)
class Failure:
    """A file that could not be read, and why.

    ``kind`` is the exception's type; ``at`` is the line of code that raised an unforeseen one.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    source_path: str
    kind: str
    reason: str
    page: int | None = None
    at: str = ""

    @classmethod
    def of(cls, source_path: str, error: BaseException) -> Failure:
        """The exception as plain text, which can be sent between processes."""
        if isinstance(error, FileFailed):
            return error.failure
        if isinstance(error, UnreadableSource):
            return cls(source_path, "UnreadableSource", error.reason, error.page)
        frames = traceback.extract_tb(error.__traceback__)
        at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        return cls(source_path, type(error).__name__, str(error), at=at)

    @property
    def why(self) -> str:
        """What went wrong, without the name of the file."""
        kind = "" if self.kind == "UnreadableSource" else f"{self.kind}: "
        return f"{kind}{self.reason}{f' (at {self.at})' if self.at else ''}"

    def __str__(self) -> str:
        return f"{self.source_path}{f', page {self.page}' if self.page else ''}: {self.why}"


class _Input(BaseModel):
    """A file of a run, as :func:`flows.run.run` records it."""

    source_path: str
    path: str
    sha256: str
    entry: str
    standing: str
    state: dict[str, str]
    why: str
    doc_ids: list[str]
    chosen: list[str]
    taken: bool


class _Facts(BaseModel):
    """What the next run needs of ``run.json``."""

    run: str
    started: str
    published: bool
    state: dict[str, str]
    inputs: list[_Input]
    failures: list[Failure]


def fault_of(facts: Mapping[str, Any]) -> str:
    """Where the facts of a published run have another form than a run gives them; empty if nowhere."""
    try:
        _Facts.model_validate(facts)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
    return ""


class FileFailed(Exception):
    """The work on one file ended with a failure."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(str(failure))


@dataclass
class Report:
    """The summary of a run; ``run.json`` is its JSON.

    ``unchanged``: nothing had to be done, the facts are those of the published run. ``stopped``: why the run ended
    before publishing; ``obstacle``: why it could not publish. ``damage``: what was wrong with the release that was
    published when the run began, one line a file. ``stages``: seconds by stage. ``overridden_rules``: what the overlay
    folder of rules changed, one line a change. ``site``: the start page of the review site, if the run was asked for
    one; ``site_faults``: what is missing in it. ``errors`` are those that are not acknowledged, ``acknowledged`` counts
    the others, ``stale_issues`` are entries of the known issues that fit no finding, ``stale_corrections`` corrections
    that were not applied. ``release`` is the number in the table ``changes`` of this run's rows, of which there are
    ``change_rows``. ``expected_rows``: the rows of each table of each chapter that the next run must reach. ``causes``:
    why chapters differ from the release before, as a code of the table ``changes``; ``derived`` is left out.
    """

    run: str
    started: str
    seconds: float = 0.0
    published: bool = False
    unchanged: bool = False
    stopped: list[str] = field(default_factory=list)
    obstacle: str = ""
    damage: list[str] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    overridden_rules: list[str] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    other_files: list[str] = field(default_factory=list)
    """Files in the folders that no reader takes."""
    failures: list[Failure] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    chapters: int = 0
    read: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: int = 0
    stale_issues: list[str] = field(default_factory=list)
    stale_corrections: list[str] = field(default_factory=list)
    expected_rows: dict[str, dict[str, int]] = field(default_factory=dict)
    release: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    change_rows: int = 0
    causes: dict[str, str] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    peak_megabytes: float = 0.0
    site: str = ""
    site_faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Every file is in the tables, and every error is acknowledged."""
        return self.published and not self.failures and not self.errors

    @property
    def exit_code(self) -> int:
        """0 all good; 1 finished, but a file failed or something is missing (in the tables or in the review site);
        2 the selection matches no chapter; 3 stopped before publishing."""
        if self.selects_nothing:
            return 2
        return 3 if self.stopped else 0 if self.ok and not self.site_faults else 1

    @property
    def selects_nothing(self) -> bool:
        """Whether no file holds a chapter of the selected years and countries. A file that failed might hold one."""
        selection = Selection(frozenset(self.options.get("years", ())), frozenset(self.options.get("countries", ())))
        known = (doc_id for fact in self.inputs for doc_id in fact["doc_ids"])
        return bool(selection and self.inputs and not self.failures) and not any(map(selection.includes, known))

    def sentence(self) -> str:
        """The run in one line."""
        what = "published" if self.published else "stopped before publishing" if self.stopped else "not published"
        if self.unchanged:
            what = "published before, errors stand" if self.errors else "published, nothing changed"
        what += ", a damaged release repaired" if self.damage and self.published else ""
        what += ", none is selected" if self.selects_nothing else ""
        files = ", ".join(f"{count} {verdict}" for verdict, count in self.files().items())
        return (
            f"{counted(self.chapters, 'chapter')} {what}; {counted(sum(self.files().values()), 'file')}: {files}; "
            f"{counted(len(self.errors), 'error')} in the chapters, {self.acknowledged} acknowledged; "
            f"{counted(self.rows.get('quarantine', 0), 'row')} in quarantine; {self.seconds:.1f} s"
        )

    def files(self) -> dict[str, int]:
        """How many files were read, kept as they had been read before, and failed. Each file of the run counts once."""
        failed = {failure.source_path for failure in self.failures}
        sound = [fact for fact in self.inputs if fact["source_path"] not in failed]
        read = sum(fact["read"] for fact in sound)
        return {"read": read, "kept": len(sound) - read, "failed": len(failed)}

    def summary(self) -> dict[str, Any]:
        """The run as one line of ``runs.jsonl``: counts instead of lists."""
        return {
            "run": self.run,
            "started": self.started,
            "seconds": self.seconds,
            "exit_code": self.exit_code,
            "published": self.published and not self.unchanged,
            "chapters": self.chapters,
            "files": len(self.inputs),
            "read": self.read,
            "failed": len(self.failures),
            "retired": len(self.retired),
            "quarantined": self.rows.get("quarantine", 0),
            "errors": len(self.errors),
            "changes": self.change_rows,
            "damaged": len(self.damage),
            "site_faults": len(self.site_faults),
            "stages": self.stages,
            "peak_megabytes": self.peak_megabytes,
            "stopped": [*self.stopped, *([self.obstacle] if self.obstacle else [])],
        }

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON types."""
        return {**asdict(self), "ok": self.ok, "exit_code": self.exit_code}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """The opposite of :meth:`to_dict`."""
        facts = {known.name: data[known.name] for known in fields(cls) if known.name in data}
        return cls(**{**facts, "failures": [Failure(**failure) for failure in data["failures"]]})
