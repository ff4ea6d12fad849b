"""Makes the tables of a run in pieces, writes them to the folder of the new release, and compares them with the release
before."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

import schemas
from flows import changes, corrections, integrity, known_issues, losses
from flows.assembly import Chosen, Piece, Place, assemble
from flows.before import Before
from flows.changes import Census
from flows.corrections import Correction
from flows.log import log_line
from flows.pieces import ALL, Parts, Stage, Stretch, as_rows, chapters, forms
from flows.report import Failure, Report, counted
from flows.works import CITATIONS, PLACE, REFERENCES, count_works, works_of

SEVERITIES = ("error", "warning", "info")


class Making:
    """The tables of a run. ``stage`` holds them, ``report`` describes them, ``census`` counts their rows.

    ``folder`` is the folder of the new release, ``before`` the release before it, ``known`` the accepted findings. The
    rows are made in so many processes at once, under the rules with the overlay folder ``rules``.
    """

    stage: Stage

    def __init__(
        self,
        folder: Path,
        before: Before,
        known: Sequence[known_issues.KnownIssue],
        report: Report,
        processes: int,
        rules: Path | None,
    ) -> None:
        pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps what it has freed
        self.old = before.parts()
        self.old_rows = self.old.counts()
        self.census = Census({}, Counter())
        self._folder, self._before, self._known, self._report = folder, before, known, report
        self._place = Place(folder, processes, rules)
        self._spans: list[tuple[Stretch, Collection[str]]] = []

    def make(self, chosen: Sequence[Chosen], lines: Sequence[Correction], kept: Collection[str]) -> list[Failure]:
        """Make all tables but ``works`` and ``changes``; see :func:`flows.assembly.assemble`. Return the chapters on
        which a check itself broke.

        Raises ``OSError`` if the cache cannot be read, :class:`flows.pieces.NotWritten` if a table cannot be written.
        """
        clock = time.perf_counter()
        report, by_chapter = self._report, corrections.by_chapter(lines)
        sums = integrity.checksums(self._before.compared_facts)
        self.stage = Stage(self._folder, self.old, forms(schemas.TABLES), sums)
        self.census, self._spans = Census({name: Counter() for name in schemas.TABLES}, Counter()), []
        self._accepted: set[tuple[str, str]] = set()
        self._stale = list(self._known)
        self._expected = self._before.facts.get("expected_rows") or losses.count_rows(self.old_rows)
        report.errors, report.acknowledged = [], 0
        report.findings = dict.fromkeys(SEVERITIES, 0)
        failed: list[Failure] = []
        corrected: list[dict[str, Any]] = []
        for piece in assemble(chosen, by_chapter, self.old, kept, self._place):
            self._add(piece)
            failed += piece.failures
            corrected += piece.corrected
        corrected += corrections.without_chapter(by_chapter, {choice.chosen.doc_id for choice, _ in chosen})
        self._corrected = corrections.table(corrected)
        self.stage.add("corrections", ALL, as_rows(self._corrected))
        for name in self.stage.rows:
            if name not in ("works", "changes"):
                self.stage.finish(name)
        report.stale_corrections = corrections.report_stale(corrected)
        said = f"{sum(self.stage.rows.values())} rows, {self.stage.rows['quarantine']} in quarantine"
        said += f" | {time.perf_counter() - clock:.1f} s"
        log_line(logging.INFO, counted(len(chosen) - len(failed), "chapter"), "validate", said)
        return failed

    def _add(self, piece: Piece) -> None:
        """Write a piece, with the findings about lost rows and the marks of accepted findings."""
        self._spans.append((piece.span, piece.kept))
        counts: dict[str, Counter[str]] = {}
        documents = self._rows(piece, "documents")
        self.census.assessed.update(changes.assessed(documents))
        for name, rows in piece.tables.items():
            counts[name] = _within(piece.span, self.old_rows[name]) if rows is None else chapters(rows)
            self.census.rows[name].update(counts[name])
            if name != "quality":
                self.stage.add(name, piece.span, rows)
        quality = self._quality(piece, documents, losses.count_rows(counts))
        self.stage.add("quality", piece.span, as_rows(quality))
        for doc_id, count in counts["quarantine"].items():
            log_line(logging.WARNING, doc_id, "validate", f"{count} rows in quarantine")

    def _quality(self, piece: Piece, documents: pd.DataFrame, now: losses.Counts) -> pd.DataFrame:
        """The findings of a piece; they are counted."""
        report = self._report
        quality = losses.add_findings(self._rows(piece, "quality"), losses.lost_rows(self._expected, now, documents))
        quality, stale = known_issues.acknowledge(quality, self._known)
        self._stale = [issue for issue in self._stale if issue in stale]
        accepted = quality[(quality["check"] == "rows_lost") & quality["acknowledged"]]
        self._accepted.update(zip(accepted["doc_id"], accepted["table"], strict=True))
        for severity in SEVERITIES:
            report.findings[severity] += int((quality["severity"] == severity).sum())
        report.acknowledged += int(quality["acknowledged"].sum())
        errors = quality[(quality["severity"] == "error") & ~quality["acknowledged"]]
        report.errors += json.loads(errors[["doc_id", "check", "table", "message"]].to_json(orient="records"))
        return quality

    def _rows(self, piece: Piece, name: str) -> pd.DataFrame:
        rows = piece.tables[name]
        return self.old.frame(name, piece.span) if rows is None else rows.to_pandas()

    def join(self) -> None:
        """Make the table ``works``, and say which rows are lost and which known issues are stale."""
        report = self._report
        self._add_works()
        report.stale_issues = [f"{issue.chapter} {issue.check} {issue.fingerprint}" for issue in self._stale]
        now = losses.count_rows(self.census.rows)
        report.expected_rows = losses.next_expected(self._expected, now, self._accepted)
        report.chapters = len(self.census.rows["releases"])

    def _add_works(self) -> None:
        if any(kept for _, kept in self._spans) and {"references", "citations"} <= self.stage.same:
            for span, _ in self._spans:  # the same code would make the same of the same rows
                self.stage.add("works", span, None)
            self.census.rows["works"] = self.old_rows["works"].copy()
        else:
            made = Parts(self._folder)
            references = made.frame("references", columns=REFERENCES)
            counted = count_works(references, made.frame("citations", columns=CITATIONS))
            for span, _ in self._spans:
                rows = as_rows(works_of(counted, made.frame("references", span, PLACE)))
                self.census.rows["works"].update(chapters(rows))
                self.stage.add("works", span, rows)
            made.close()
        self.stage.finish("works")

    def compare(self, causes: Mapping[str, str]) -> None:
        """Make the table ``changes``: the rows of the release before, and what this one changes."""
        report, again = self._report, dict(causes)
        old = [self.old.frame("corrections")] if "corrections" in self.old else []
        for doc_id in corrections.changed_chapters(*old, self._corrected):
            if again.get(doc_id) == "derived":
                again[doc_id] = "corrected"
        report.causes = {doc_id: cause for doc_id, cause in again.items() if cause != "derived"}
        report.release = self._before.next_number
        made, fresh = Parts(self._folder), []
        for span, kept in self._spans:
            found = self._differences(made, span, kept, again)
            fresh.append(found[["doc_id", "table", "change", "rows"]])
            if found.empty and "changes" in self.stage.equal:
                self.stage.add("changes", span, None)
            else:
                before = {"changes": self.old.frame("changes", span)} if "changes" in self.old else None
                self.stage.add("changes", span, as_rows(changes.appended(before, found, report.release)))
        self.stage.finish("changes")
        made.close()
        report.changes, report.change_rows = changes.summary(pd.concat(fresh)), sum(map(len, fresh))
        report.rows = dict(self.stage.rows)

    def _differences(
        self, made: Parts, span: Stretch, kept: Collection[str], causes: Mapping[str, str]
    ) -> pd.DataFrame:
        """The rows of ``changes`` for the countries of a span. Only what differs is read."""
        if not set(self.old):
            whole = {name: made.frame(name, span, changes.IDENTITY) for name in made if name not in changes.OF_THE_RUN}
            return changes.compare(None, whole, causes, self._report.release)
        differ = self.stage.changed.get(span, set()) | (set(self.old) - set(self.stage.rows))
        differ = differ - set(changes.OF_THE_RUN)
        names = {*differ, *changes.OF_CHAPTERS} if differ else set()
        old, new = (
            {
                name: parts.frame(name, span, but=() if name in (*changes.OF_ALL, *changes.OF_CHAPTERS) else kept)
                for name in parts
                if name in names
            }
            for parts in (self.old, made)
        )
        return changes.compare(old, new, causes, self._report.release)

    def losses(self) -> list[str] | None:
        """The losses for which a run is stopped unless they are allowed; ``None`` if there is no release before."""
        before = self._before.census(self.old, self.old_rows, self.census)
        return [str(loss) for loss in changes.losses(before, self.census)] if before else None

    @property
    def is_same(self) -> bool:
        """Whether all tables are those of the release before."""
        return self.stage.equal == set(self.stage.rows) == set(self.old)


def _within(span: Stretch, counts: Mapping[str, int]) -> Counter[str]:
    """The chapters of the countries of a span."""
    return Counter({doc_id: n for doc_id, n in counts.items() if span.after < doc_id[:3].upper() <= span.upto})
