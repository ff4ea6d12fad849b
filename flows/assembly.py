"""The tables of all chapters, made country by country, so that a run never holds the rows of all chapters as objects.

Only chapters of one country are linked with each other; the one exception is the table of cited works. So a country of
which nothing has changed is taken from the published release, and the cost of a run grows with what changed.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from extractors.model import Extraction
from flows import corrections
from flows.log import log_line
from flows.reading import Extracted
from flows.releases import Choice
from flows.report import Failure

if TYPE_CHECKING:
    import pandas as pd

    from flows.changes import Tables
    from flows.corrections import Correction
    from schemas import Validated

BATCH = 100
"""From so many chapters a batch is validated; its countries are whole."""
Chosen = tuple[Choice, Extracted]
Record = dict[str, Any]


@dataclass(frozen=True)
class Assembled:
    """``corrected``: a row of ``corrections`` for each line. ``failures``: chapters on which a check itself broke."""

    validated: Validated
    corrected: list[Record]
    failures: list[Failure]


def assemble(
    chosen: Sequence[Chosen],
    lines: Sequence[Correction],
    published: Tables | None = None,
    kept: Collection[str] = (),
) -> Assembled:
    """Return the tables of the chosen chapters. Those of the countries ``kept`` (their ``iso3``) are taken from the
    tables ``published``; the others are made of what was read, with the corrections ``lines``.

    A chapter on which the check itself breaks fails alone. Raises ``OSError`` if the cache cannot be read.
    """
    from schemas import Validated

    by_chapter = corrections.by_chapter(lines)
    made: list[Mapping[str, pd.DataFrame]] = []
    corrected: list[Record] = []
    failures: list[Failure] = []
    fresh = [one for one in chosen if one[0].chosen.iso3 not in kept]
    for batch in _batches(fresh):
        validated, rows, failed = _validated(batch, by_chapter)
        made.append(validated.tables)
        corrected += rows
        failures += failed
    tables = {}
    for name in made[0]:
        parts = [_kept(name, published[name], kept)] if published and kept else []
        tables[name] = _joined([*parts, *(part[name] for part in made)], bool(kept))
    tables["works"] = _works(tables)
    known = {choice.chosen.doc_id for choice, _ in chosen}
    corrected += corrections.without_chapter(by_chapter, known)
    return Assembled(Validated(tables), corrected, failures)


def _batches(chosen: Sequence[Chosen]) -> Iterator[list[Chosen]]:
    """The chapters in order, in batches of whole countries; one empty batch if there is no chapter."""
    batch: list[Chosen] = []
    for _, country in itertools.groupby(chosen, key=lambda one: one[0].chosen.doc_id[:3]):
        batch += country
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch or not chosen:
        yield batch


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
    for choice, result in batch:
        chapter = with_releases(choice, result)
        if chapter.doc_id in lines:
            chapter, rows = corrections.correct(chapter, lines[chapter.doc_id])
            corrected += rows
        chapters[choice] = chapter
    return schemas.validate(list(with_registry(chapters).values())), corrected


def with_releases(choice: Choice, result: Extracted) -> Extraction:
    """The chapter that was chosen, from the cache, with the files that hold it and what is to be said of them."""
    chapter = next(chapter for chapter in result.chapters() if chapter.doc_id == choice.chosen.doc_id)
    tables = dict(chapter.tables)
    tables["quality"] = [*tables.get("quality", []), *choice.findings(result.failure)]
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


def _kept(name: str, published: pd.DataFrame, kept: Collection[str]) -> pd.DataFrame:
    """The published rows of some countries, as they are before a run marks findings and adds those about lost rows."""
    frame = published[published["iso3"].isin(list(kept))]
    if name == "quality":
        frame = frame[frame["check"] != "rows_lost"].assign(acknowledged=False)
    return frame


def _joined(parts: Sequence[pd.DataFrame], mixed: bool) -> pd.DataFrame:
    """One table of all parts. Their chapters are in order, but for kept countries ``mixed`` with new ones."""
    import pandas as pd

    whole = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)
    if not mixed:
        return whole
    order = pd.factorize(whole["doc_id"], sort=True)[0].argsort(kind="stable")
    return whole.take(order).reset_index(drop=True)


def _works(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The table ``works`` of all chapters, made of the few columns that it needs."""
    import schemas
    from extractors.references.works import works

    columns = ["doc_id", "iso3", "report_year", "page", "bbox", "line", "number", "work_id", "text"]
    references = _by_chapter(tables["references"], columns)
    citations = _by_chapter(tables["citations"], ["number"])
    documents = tables["references"][["doc_id", "report_year"]].drop_duplicates().to_dict("records")
    every: Iterable[dict[str, Any]] = (
        {
            "documents": [document],
            "references": references.get(document["doc_id"], []),
            "citations": citations.get(document["doc_id"], []),
        }
        for document in documents
    )
    frame = schemas.typed("works", works(every))
    return frame.sort_values(["doc_id", "row"], kind="stable", ignore_index=True)


def _by_chapter(frame: pd.DataFrame, columns: Sequence[str]) -> dict[str, list[Record]]:
    """The rows of each chapter as plain values of these columns."""
    values = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in columns]
    found: dict[str, list[Record]] = {}
    for doc_id, *cells in zip(frame["doc_id"].tolist(), *values, strict=True):
        found.setdefault(doc_id, []).append(dict(zip(columns, cells, strict=True)))
    return found
