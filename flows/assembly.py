"""The tables of all chapters, made in pieces of whole countries, so that a run never holds the rows of all chapters.

Only chapters of one country are linked with each other. So a country of which nothing has changed is taken from the
published release, and the cost of a run grows with what changed.
"""

from __future__ import annotations

import itertools
import logging
import math
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from extractors.model import Extraction
from flows import corrections
from flows.integrity import NotWritten
from flows.log import log_line
from flows.reading import Extracted
from flows.releases import Choice
from flows.report import Failure
from flows.workers import PoolClosed, Workers

if TYPE_CHECKING:
    import pyarrow as pa

    from flows.pieces import Parts, Stretch

PIECE = 100
"""From so many chapters on, countries are a piece of their own."""
BATCH = 50
"""From so many chapters on, countries are validated together: the objects of a chapter take some 4 MB, and to validate
few rows takes pandera as long as to validate many."""
ACROSS = ("works", "changes", "corrections")
"""Tables that are made when all pieces are known."""
Chosen = tuple[Choice, Extracted]
Record = dict[str, Any]
Lines = Mapping[str, list[corrections.Correction]]
"""The corrections of each chapter."""


class Place(NamedTuple):
    """Where rows are made: in at most so many processes at once, which write into a folder, under the rules with the
    overlay folder ``rules``."""

    folder: Path
    processes: int
    rules: Path | None


class Made(NamedTuple):
    """The rows of some countries: those of each table, those of ``corrections``, the chapters on which a check itself
    broke, and the first and the last country. If there is a ``folder``, the tables are there."""

    tables: dict[str, pa.Table]
    corrected: list[Record]
    failures: list[Failure]
    first: str
    last: str
    folder: Path | None = None


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
    chosen: Sequence[Chosen],
    lines: Lines,
    published: Parts,
    kept: Collection[str],
    place: Place,
) -> Iterator[Piece]:
    """Make the tables of the chosen chapters, in order. Those of the countries ``kept`` (their ``iso3``) are taken from
    the release ``published``; the others are made of what was read, with the corrections ``lines`` by chapter.

    The spans of the pieces cover all countries. A chapter on which the check itself breaks fails alone. Raises
    ``OSError`` if the cache cannot be read, :class:`flows.integrity.NotWritten` if nothing can be written in ``place``.
    """
    fresh = [one for one in chosen if one[0].chosen.iso3 not in kept]
    made = _each_made(list(_groups(fresh, BATCH)), lines, place)
    held: list[Made] = []  # a batch may reach into the next span
    for span, part in _spans(chosen):
        countries = {choice.chosen.iso3 for choice, _ in part}
        same, own = countries & set(kept), countries - set(kept)
        if not own:
            yield Piece(span, _as_published(published, span, same), same, [], [])
            continue
        new: list[Made] = []
        while max((one.last for one in [*held, *new]), default="") < max(own):
            new.append(next(made))
        held += new
        tables = _within(held, span)
        corrected = [row for one in new for row in one.corrected]
        failures = [failure for one in new for failure in one.failures]
        yield Piece(span, _Among(tables, published, span, same) if same else tables, same, corrected, failures)
        held = [one for one in held if one.last > span.upto]


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


def _each_made(batches: Sequence[Sequence[Chosen]], lines: Lines, place: Place) -> Iterator[Made]:
    """The rows of each batch, in order. Several batches are made in child processes, a few ahead of what is used: the
    memory that a batch needs is theirs, and what it gives waits in a file."""
    if len(batches) < 2:
        yield from (_made(batch, lines, _rows) for batch in batches)
        return
    count = min(place.processes, len(batches))
    with (
        tempfile.TemporaryDirectory(dir=place.folder) as folder,
        ThreadPoolExecutor(count) as threads,
        Workers(count, None, None, math.inf) as pool,
    ):
        waiting: deque[Future[Made]] = deque()
        for number, batch in enumerate(batches):
            rows = partial(pool.run, partial(_rows_in_child, Path(folder, str(number)), place.rules))
            waiting.append(threads.submit(_made, batch, lines, rows))
            if len(waiting) > count:
                yield _taken(waiting.popleft().result())
        while waiting:
            yield _taken(waiting.popleft().result())


def _taken(made: Made) -> Made:
    """The same with its rows in memory."""
    if made.folder is None:
        return made
    from pyarrow import feather

    tables = {file.stem: feather.read_table(file, memory_map=False) for file in sorted(made.folder.iterdir())}
    shutil.rmtree(made.folder)
    return made._replace(tables=tables, folder=None)


def _made(batch: Sequence[Chosen], lines: Lines, rows: Callable[..., Made]) -> Made:
    """The rows of some countries, made by ``rows``; if that breaks, each chapter is tried alone, here, and left out if
    it fails again."""
    own = {choice.chosen.doc_id: lines[choice.chosen.doc_id] for choice, _ in batch if choice.chosen.doc_id in lines}
    try:
        return rows(batch, own)
    except (OSError, PoolClosed):
        raise
    except Exception as error:
        said = f"failed on {len(batch)} chapters together ({error!r}); each chapter is tried alone"
        log_line(logging.ERROR, "run", "validate", said)
    whole, failures = [], []
    for choice, result in batch:
        try:
            _rows([(choice, result)], own)
            whole.append((choice, result))
        except Exception as alone:
            failures.append(Failure.of(choice.chosen.source.source_path, alone))
            log_line(logging.ERROR, choice.chosen.doc_id, "validate", f"failed | {failures[-1]}")
    countries = [choice.chosen.iso3 for choice, _ in batch]
    return _rows(whole, own)._replace(failures=failures, first=countries[0], last=countries[-1])


def _within(made: Sequence[Made], span: Stretch) -> dict[str, pa.Table]:
    """The rows of a span, of those of several batches."""
    import pyarrow as pa

    from flows.pieces import within

    def rows(one: Made, name: str) -> pa.Table:
        inside = span.after < one.first and one.last <= span.upto
        return one.tables[name] if inside else within(one.tables[name], span)

    return {name: pa.concat_tables([rows(one, name) for one in made]) for name in made[0].tables}


def _rows_in_child(folder: Path, rules: Path | None, batch: Sequence[Chosen], lines: Lines) -> Made:
    """:func:`_rows` in a process of its own. The tables go into files in ``folder``: the run takes them when it needs
    them."""
    from pyarrow import feather

    from flows.wording import use_rules

    use_rules(rules)
    made = _rows(batch, lines)
    shutil.rmtree(folder, ignore_errors=True)  # of a process that died
    try:
        folder.mkdir()
        for name, rows in made.tables.items():
            feather.write_feather(rows, folder / f"{name}.arrow", compression="uncompressed")
    except OSError as error:
        raise NotWritten(*error.args) from error
    return made._replace(tables={}, folder=folder)


def _rows(batch: Sequence[Chosen], lines: Lines) -> Made:
    """The rows of some countries."""
    import schemas
    from flows.pieces import as_rows

    corrected: list[Record] = []
    chapters: dict[Choice, Extraction] = {}
    for choice, chapter in _read(batch):
        if chapter.doc_id in lines:
            chapter, rows = corrections.correct(chapter, lines[chapter.doc_id])
            corrected += rows
        chapters[choice] = chapter
    validated = schemas.validate(list(with_registry(chapters).values()))
    tables = {name: as_rows(frame) for name, frame in validated.tables.items() if name not in ACROSS}
    countries = [choice.chosen.iso3 for choice in chapters] or [""]
    return Made(tables, corrected, [], countries[0], countries[-1])


def _read(batch: Sequence[Chosen]) -> Iterator[tuple[Choice, Extraction]]:
    """The chapters of a batch, from the cache; of a volume, only those that are wanted of its entry."""
    wanted: dict[Path, tuple[Extracted, dict[str, Choice]]] = {}
    for choice, result in batch:
        wanted.setdefault(result.job.entry, (result, {}))[1][choice.chosen.doc_id] = choice
    read = {
        choices[chapter.doc_id]: with_releases(choices[chapter.doc_id], result, chapter)
        for result, choices in wanted.values()
        for chapter in result.chapters(choices)
    }
    return ((choice, read[choice]) for choice, _ in batch)


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

    def __init__(self, fresh: dict[str, pa.Table], published: Parts, span: Stretch, kept: Collection[str]) -> None:
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
