"""Several files can hold the same chapter: an earlier version, the same file twice, a scan of the printed text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from extractors.model import Extraction
from flows.report import Failure
from flows.sources import SourceFile


@dataclass(frozen=True)
class ChapterVersion:
    """One file's version of one chapter."""

    source: SourceFile
    doc_id: str
    iso3: str
    report_year: int
    source_format: str
    released: str

    @staticmethod
    def facts_of(chapter: Extraction) -> list[Any]:
        """The version that a chapter is, without its source, in the order of the fields."""
        document = chapter.tables["documents"][0]
        format_, released = document["source_format"], document["released"] or ""
        return [chapter.doc_id, chapter.iso3, chapter.report_year, format_, released]

    def facts(self) -> list[Any]:
        """The version without its source, in the order of its fields, for ``run.json``."""
        return [self.doc_id, self.iso3, self.report_year, self.source_format, self.released]


@dataclass(frozen=True)
class Choice:
    """The version of a chapter that is in the tables, and why the others are not."""

    chosen: ChapterVersion
    others: tuple[tuple[ChapterVersion, str], ...]

    def rows(self) -> list[dict[str, Any]]:
        """The rows of table ``releases``."""
        count = 1 + len(self.others)
        reason = "the only version" if count == 1 else f"the newest of {count} versions"
        rated = sorted([(self.chosen, reason), *self.others], key=lambda pair: _name(pair[0]))
        return [
            {
                **_place(release),
                "row": number,
                "source_path": release.source.source_path,
                "source_sha256": release.source.sha256,
                "source_format": release.source_format,
                "released": release.released,
                "chosen": release is self.chosen,
                "reason": why,
            }
            for number, (release, why) in enumerate(rated, start=1)
        ]

    def findings(self, failure: Failure | None = None) -> list[dict[str, Any]]:
        """One ``quality`` row for each version that is not in the tables, and one if the file of the chosen version
        now fails: what is published had been read from it before."""

        def note(check: str, severity: str, origin: str, message: str) -> dict[str, Any]:
            said = {"check": check, "severity": severity, "origin": origin, "message": message}
            return {**_place(self.chosen), "row": None, **said, "acknowledged": False, "table": "releases"}

        said = f"published as it was read before; the file as it is now fails: {failure}"
        stale = [note("source_failed", "error", "reading", said)] if failure else []
        return stale + [
            note("version_not_chosen", "info", "source", f"{release.source.source_path} is left out: {why}")
            for release, why in self.others
        ]


def choose(releases: Iterable[ChapterVersion]) -> list[Choice]:
    """For each chapter the version to publish, whatever the order of the files.

    The newest date wins, any date wins over none, a PDF over a text, and of equal files the first by name
    (Peru 2018 was released twice, in September and in October 2019; Peru 2019 exists as a PDF and as a scanned text).
    """
    by_chapter: dict[str, list[ChapterVersion]] = defaultdict(list)
    for release in releases:
        by_chapter[release.doc_id].append(release)
    choices = []
    for doc_id in sorted(by_chapter):
        first, *rest = sorted(sorted(by_chapter[doc_id], key=_name), key=_rank, reverse=True)
        chosen = min((release for release in (first, *rest) if release.source.sha256 == first.source.sha256), key=_name)
        others = [release for release in (first, *rest) if release is not chosen]
        choices.append(Choice(chosen, tuple((release, _why_not(release, chosen)) for release in others)))
    return choices


def _rank(release: ChapterVersion) -> tuple[datetime, bool, str]:
    return (_moment(release.released), release.source_format == "pdf", release.source.sha256)


def _moment(released: str) -> datetime:
    """When the version was released; without a date, or with an impossible one, it counts as the oldest."""
    try:
        moment = datetime.fromisoformat(released)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _name(release: ChapterVersion) -> tuple[str, str]:
    return (release.source.source_path, release.source.sha256)


def _why_not(release: ChapterVersion, chosen: ChapterVersion) -> str:
    taken = chosen.source.source_path
    if release.source.sha256 == chosen.source.sha256:
        return f"the same content as {taken}"
    if not release.released and chosen.released:
        return f"does not say when it was released, {taken} does"
    if _moment(release.released) < _moment(chosen.released):
        return f"an older version than {taken}"
    if release.source_format != chosen.source_format:
        return f"a text of the chapter, {taken} is the PDF"
    return f"neither is newer, {taken} was taken"


def _place(release: ChapterVersion) -> dict[str, Any]:
    return {
        "doc_id": release.doc_id,
        "iso3": release.iso3,
        "report_year": release.report_year,
        "page": None,
        "bbox": "",
        "line": None,
    }
