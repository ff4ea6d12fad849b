"""The tables of all chapters, made in pieces of whole countries, so that a run never holds the rows of all chapters.

Only chapters of one country are linked with each other. So a country of which nothing has changed is taken from the
published release, and the cost of a run grows with what changed.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from extractors.model import Extraction
from flows import corrections
from flows.log import log_line
from flows.reading import Extracted
from flows.releases import Choice
from flows.report import Failure

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from flows.corrections import Correction
    from flows.pieces import Parts, Stretch
    from schemas import Validated

PIECE = 100
"""From so many chapters on, countries are a piece of their own."""
BATCH = 50
"""From so many chapters on, countries are validated together: the objects of a chapter take some 4 MB, and to validate
few rows takes pandera as long as to validate many."""
ACROSS = ("works", "changes", "corrections")
"""Tables that are made when all pieces are known."""
Chosen = tuple[Choice, Extracted]
Record = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """All tables but those of :data:`ACROSS` for a span of countries.

    ``tables``: their rows; ``None`` if they are those of the published release. ``kept``: the countries of which all
    rows are taken from there. ``corrected``: a row of ``corrections`` for each line. ``failures``: chapters on which a
    check itself broke.
    """

    span: Stretch
    tables: Mapping[str, pa.Table | None]
    kept: Collection[str]
    corrected: list[Record]
    failures: list[Failure]


def assemble(
    chosen: Sequence[Chosen], lines: Mapping[str, list[Correction]], published: Parts, kept: Collection[str]
) -> Iterator[Piece]:
    """Make the tables of the chosen chapters, in order. Those of the countries ``kept`` (their ``iso3``) are taken from
    the release ``published``; the others are made of what was read, with the corrections ``lines`` by chapter.

    The spans of the pieces cover all countries. A chapter on which the check itself breaks fails alone. Raises
    ``OSError`` if the cache cannot be read.
    """
    for span, batch in _spans(chosen):
        fresh = [one for one in batch if one[0].chosen.iso3 not in kept]
        same = {choice.chosen.iso3 for choice, _ in batch} & set(kept)
        if fresh:
            tables, corrected, failures = _made(fresh, lines)
            yield Piece(span, _Among(tables, published, span, same) if same else tables, same, corrected, failures)
        else:
            yield Piece(span, _as_published(published, span, same), same, [], [])


def _spans(chosen: Sequence[Chosen]) -> Iterator[tuple[Stretch, list[Chosen]]]:
    """The chapters in pieces of whole countries; the spans reach from the first to the last code."""
    from flows.pieces import LAST, Stretch

    pieces = list(_groups(chosen, PIECE)) or [[]]
    ends = [piece[-1][0].chosen.iso3 for piece in pieces[:-1]]
    for after, upto, piece in zip(["", *ends], [*ends, LAST], pieces, strict=True):
        yield Stretch(after, upto), piece


def _groups(chosen: Sequence[Chosen], least: int) -> Iterator[list[Chosen]]:
    """The chapters in order, in groups of whole countries with at least so many chapters but for the last one."""
    group: list[Chosen] = []
    for _, country in itertools.groupby(chosen, key=lambda one: one[0].chosen.iso3):
        group += country
        if len(group) >= least:
            yield group
            group = []
    if group:
        yield group


def _made(
    chosen: Sequence[Chosen], lines: Mapping[str, list[Correction]]
) -> tuple[dict[str, pa.Table | None], list[Record], list[Failure]]:
    """The rows of some countries, made in small batches, because objects need far more memory than rows."""
    import pyarrow as pa

    from flows.pieces import as_rows

    made: list[dict[str, pa.Table]] = []
    corrected: list[Record] = []
    failures: list[Failure] = []
    for batch in _groups(chosen, BATCH):
        validated, rows, failed = _validated(batch, lines)
        made.append({name: as_rows(frame) for name, frame in validated.tables.items() if name not in ACROSS})
        corrected += rows
        failures += failed
    return {name: pa.concat_tables([one[name] for one in made]) for name in made[0]}, corrected, failures


def _validated(
    batch: Sequence[Chosen], lines: Mapping[str, list[Correction]]
) -> tuple[Validated, list[Record], list[Failure]]:
    """The tables of some countries; a chapter that breaks a step is tried alone, and left out if it fails again."""
    failures: list[Failure] = []
    try:
        return (*_together(batch, lines), failures)
    except OSError:
        raise
    except Exception as error:
        said = f"failed on {len(batch)} chapters together ({error!r}); each chapter is tried alone"
        log_line(logging.ERROR, "run", "validate", said)
    whole = []
    for choice, result in batch:
        try:
            _together([(choice, result)], lines)
            whole.append((choice, result))
        except Exception as alone:
            failures.append(Failure.of(choice.chosen.source.source_path, alone))
            log_line(logging.ERROR, choice.chosen.doc_id, "validate", f"failed | {failures[-1]}")
    return (*_together(whole, lines), failures)


def _together(batch: Sequence[Chosen], lines: Mapping[str, list[Correction]]) -> tuple[Validated, list[Record]]:
    import schemas

    corrected: list[Record] = []
    chapters: dict[Choice, Extraction] = {}
    read: dict[Path, dict[str, Extraction]] = {}  # an entry holds all chapters of a volume, and is loaded once
    for choice, result in batch:
        if result.job.entry not in read:
            read[result.job.entry] = {chapter.doc_id: chapter for chapter in result.chapters()}
        chapter = with_releases(choice, result, read[result.job.entry][choice.chosen.doc_id])
        if chapter.doc_id in lines:
            chapter, rows = corrections.correct(chapter, lines[chapter.doc_id])
            corrected += rows
        chapters[choice] = chapter
    return schemas.validate(list(with_registry(chapters).values())), corrected


def with_releases(choice: Choice, result: Extracted, chapter: Extraction) -> Extraction:
    """The chapter that was chosen, with the files that hold it and what is to be said of them."""
    tables = dict(chapter.tables)
    tables["quality"] = [*tables.get("quality", []), *choice.findings(result.stale)]
    return replace(chapter, tables={**tables, "releases": choice.rows()})


def with_registry(chapters: Mapping[Choice, Extraction]) -> dict[Choice, Extraction]:
    """Link names and suggested actions of whole countries: ids in ``entities`` and ``suggested_actions``, the tables
    ``disagreements`` and ``entity_registry``."""
    from extractors.chapter.disagreements import disagreements
    from extractors.chapter.histories import link_actions
    from extractors.names.knowledge import link_chapters

    every = [chapter.tables for chapter in chapters.values()]
    linked, actions = link_chapters(every), link_actions(every)
    differ: dict[str, list[Record]] = {}
    for row in disagreements(every):
        differ.setdefault(row["doc_id"], []).append(row)
    return {
        choice: replace(
            chapter,
            tables={
                **chapter.tables,
                "entities": entities,
                "entity_registry": registry,
                "suggested_actions": suggested,
                "disagreements": differ.get(chapter.doc_id, []),
            },
        )
        for (choice, chapter), (entities, registry), suggested in zip(chapters.items(), linked, actions, strict=True)
    }


class _Among(Mapping[str, "pa.Table"]):
    """The tables of some countries of a span, with the published rows of the others: put together one by one, when they
    are asked for."""

    def __init__(
        self, fresh: dict[str, pa.Table | None], published: Parts, span: Stretch, kept: Collection[str]
    ) -> None:
        self._fresh, self._published, self._span, self._kept = fresh, published, span, kept

    def __getitem__(self, name: str) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        whole = pa.concat_tables([_kept(name, self._published, self._span, self._kept), self._fresh[name]])
        return whole.take(pc.sort_indices(whole["doc_id"].combine_chunks()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._fresh)

    def __len__(self) -> int:
        return len(self._fresh)


def _as_published(published: Parts, span: Stretch, kept: Collection[str]) -> dict[str, pa.Table | None]:
    """The tables of a span of which nothing was made, without the countries that are gone."""
    names = [name for name in published if name not in ACROSS]
    if set(published.rows("releases", span, ["iso3"])["iso3"].to_pylist()) != set(kept):
        return {name: _kept(name, published, span, kept) for name in names}
    return {**dict.fromkeys(names), "quality": _kept("quality", published, span, kept)}


def _kept(name: str, published: Parts, span: Stretch, kept: Collection[str]) -> pa.Table:
    """The published rows of some countries, as they are before a run marks findings and adds those about lost rows."""
    from flows.pieces import as_rows, of_countries

    rows = published.rows(name, span)
    rows = rows.filter(of_countries(rows, kept))
    if name == "quality":
        frame = rows.to_pandas()
        return as_rows(frame[frame["check"] != "rows_lost"].assign(acknowledged=False))
    return rows
