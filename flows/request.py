"""What a run is asked to do: the only parameter of the flow, the options of ``findings run``, the parameters of a
deployment. All of them are made from :class:`Request`, so a new option is one field here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from flows import known_issues
from flows.workers import MEGABYTES, SECONDS

KEPT = 5
"""Releases that stay on disk unless a run is asked for another number: the published one and those before it."""
LEAST_KEPT = 2
"""The published release, and the one before it, with which a run that repairs the published one compares its tables."""
BATCH = 8
"""Files that a task on a cluster reads: with more, a task that fails for a reason of its own costs more."""


def new_name() -> str:
    """A run's name: the moment at which it was asked for, such as ``20191002T091401Z``."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


@dataclass(frozen=True)
class Selection:
    """The chapters a run may change: those of these years and countries (ISO 3166 alpha-3); empty means all."""

    years: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.years or self.countries)

    def includes(self, doc_id: str) -> bool:
        """Whether a chapter (``per-2019``) is selected."""
        iso3, _, year = doc_id.partition("-")
        return (not self.years or int(year) in self.years) and (not self.countries or iso3.upper() in self.countries)


ALL = Selection()


class Request(BaseModel):
    """What a run is asked to do. The description of a field is also the help text of its option."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paths: tuple[Path, ...] = Field(
        default=(Path("raw"),),
        min_length=1,
        description="Chapters (.pdf, .txt, .html) or folders of them; raw/ if none is given.",
    )
    output: Path = Field(default=Path("output"), description="Folder of the published tables.")
    workers: int = Field(default=0, ge=0, description="Processes that read files; 0 is one for each core.")
    force: bool = Field(default=False, description="Read files again even if they have not changed since the last run.")
    years: tuple[int, ...] = Field(default=(), description="Change chapters of this report year only; repeatable.")
    countries: tuple[str, ...] = Field(
        default=(), description="Change chapters of this country only (ISO 3166 alpha-3); repeatable."
    )
    allow_loss: bool = Field(default=False, description="Publish even if tables lose a large share of their rows.")
    spreadsheets: bool = Field(
        default=False, description="Also write CSV files that are safe to open in a spreadsheet."
    )
    site: bool = Field(default=False, description="Also build the review site, in the folder site of the output.")
    no_pictures: bool = Field(default=False, description="With --site: build it without pictures of the pages.")
    rules: Path | None = Field(
        default=None, description="Folder of YAML files that add or override wording of the installed rules."
    )
    known_issues: Path = Field(
        default=Path("known-issues.yml"), description="File of findings that were checked and accepted."
    )
    corrections: Path = Field(
        default=Path("corrections.csv"), description="File of values that were corrected by hand."
    )
    add: bool = Field(
        default=False, description="Add or renew the chapters of these files, and keep all others that are published."
    )
    seconds: float = Field(default=SECONDS, ge=0.1, description="Time limit for reading one file, in seconds.")
    megabytes: int = Field(default=MEGABYTES, ge=256, description="Memory limit for reading one file, in megabytes.")
    runner: Literal["local", "dask"] = Field(
        default="local", description="Read files in processes of this machine, or on a Dask cluster."
    )
    address: str = Field(
        default="", description="Dask scheduler, such as tcp://10.0.0.5:8786; without it a local cluster is started."
    )
    batch: int = Field(default=BATCH, ge=1, description="With --runner dask: files that one task reads.")
    keep: int = Field(
        default=KEPT, ge=LEAST_KEPT, description="Releases that stay on disk: the published one and those before it."
    )
    wait: float = Field(
        default=0.0, ge=0, description="Seconds to wait for another run that writes to the same output."
    )
    name: str = Field(default_factory=new_name, description="The run's name in logs and reports.")

    @field_validator("countries")
    @classmethod
    def _upper(cls, countries: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(country.upper() for country in countries)

    @model_validator(mode="after")
    def _address_needs_dask(self) -> Request:
        if self.address and self.runner != "dask":
            raise ValueError("--address is the address of a Dask cluster and needs --runner dask")
        return self

    @property
    def selection(self) -> Selection:
        """The chapters that the run may change."""
        return Selection(frozenset(self.years), frozenset(self.countries))

    def options(self) -> dict[str, Any]:
        """What decides, besides files and code, what is published."""
        return {
            "years": sorted(set(self.years)),
            "countries": sorted(set(self.countries)),
            "spreadsheets": self.spreadsheets,
            "known_issues": known_issues.state(self.known_issues),
            "corrections": known_issues.state(self.corrections),
        }
