"""What a release changes against the one before it, and whether it would lose too many rows.

Pure functions over tables: nothing here reads or writes a file. Rows are matched by what names them
(``schemas.KEYS``), never by their number, so an inserted row does not change the rows after it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from rapidfuzz import fuzz

import schemas
from flows.corrections import shown
from schemas.codes import CHANGE_CAUSES
from schemas.keys import ROW_KEY

Tables = Mapping[str, pd.DataFrame]
Texts = dict[str, str]
"""A row as texts, by column."""

IDENTITY = ("doc_id", "iso3", "report_year")
COUNTED = (*schemas.POINTERS, "entity_registry", "works")
"""Tables with so many rows that only the first changes of a chapter are shown one by one."""
SHOWN = 20
"""How many of each kind."""
OF_THE_RUN = ("changes", "corrections")
"""Tables that are not compared: they tell themselves what became of a value in this run."""
OF_ALL = ("quality", "works")
"""Tables that can change for a country of which nothing was read: by lost rows and by works that others cite too."""
OF_CHAPTERS = ("documents", "releases")
"""Tables that tell which chapters there are."""
UNGUARDED = (*OF_THE_RUN, "disagreements", "quality", "quarantine", "releases", "works")
"""Tables that may shrink: fewer findings, contradictions, corrections, failed rows and older files are no loss, and a
source is filed under another chapter when an earlier report is added."""
COMPARED = 2500
"""Up to so many pairs, the most similar rows of one key count as the same row; beyond it, rows in order."""


@dataclass(frozen=True)
class Loss:
    """A table of which too many rows would be gone.

    ``lost`` is the sum over the chapters that would have fewer rows, so that new chapters do not hide the loss of old
    ones; ``before`` and ``after`` are the whole table's rows.
    """

    table: str
    before: int
    after: int
    lost: int
    what: str = "rows"

    def __str__(self) -> str:
        share = f"{100 * self.lost / self.before:.0f} %"
        return f"{self.table} would lose {self.lost} of {self.before} {self.what} ({share}), {self.after} would be left"


@dataclass(frozen=True)
class _Change:
    """One row of ``changes`` without its chapter and number."""

    change: str
    key: str = ""
    table_row: int | None = None
    field: str = ""
    before: str = ""
    after: str = ""
    rows: int = 1


def compare(before: Tables | None, after: Tables, causes: Mapping[str, str], release: int = 1) -> pd.DataFrame:
    """Rows of ``changes``: how ``after``, the release with this number, differs from ``before`` (None: there is none).

    ``causes`` gives, for chapters that were read again, why (a code of ``schemas.codes.CHANGE_CAUSES``); without it a
    new chapter counts as ``new_input``, one that is gone as ``retired``, any other as ``derived``. The tables
    of :data:`OF_THE_RUN` are not compared. A column or table that only one of the two has is a row of the result, not
    an error. The same arguments give the same rows in the same order. Raises ``ValueError`` for an unknown cause.
    """
    unknown = sorted(set(causes.values()) - CHANGE_CAUSES.keys())
    if unknown:
        raise ValueError(f"no causes of a change: {', '.join(unknown)}")
    old = {name: frame for name, frame in (before or {}).items() if name not in OF_THE_RUN}
    new = {name: frame for name, frame in after.items() if name not in OF_THE_RUN}
    old_chapters, new_chapters = _chapters(old), _chapters(new)
    differing = _differing(old, new)
    touched = differing.keys() | (old_chapters.keys() ^ new_chapters.keys())
    one, other = _Side(old, touched), _Side(new, touched)
    records: list[dict[str, Any]] = []
    for doc_id in sorted(touched):
        iso3, report_year = new_chapters.get(doc_id) or old_chapters[doc_id]
        if doc_id not in old_chapters:
            cause, found = causes.get(doc_id, "new_input"), _whole(other, doc_id, "chapter_added")
        elif doc_id not in new_chapters:
            cause, found = causes.get(doc_id, "retired"), _whole(one, doc_id, "chapter_retired")
        else:
            cause = causes.get(doc_id, "derived")
            found = ((name, line) for name in differing[doc_id] for line in _in_table(one, other, name, doc_id))
        chapter = {"doc_id": doc_id, "iso3": iso3, "report_year": report_year, "page": None, "bbox": "", "line": None}
        for number, (table, line) in enumerate(found, start=1):
            records.append({**chapter, "row": number, "release": release, "table": table, **vars(line), "cause": cause})
    return schemas.typed("changes", records)


def appended(before: Tables | None, fresh: pd.DataFrame, release: int) -> pd.DataFrame:
    """The whole table ``changes``: that of the release ``before``, as it is, and the ``fresh`` rows of this one.

    The new rows of a chapter are numbered after its old ones. A table of an older version, whose rows name no release,
    is that of the release before this one.
    """
    old = (before or {}).get("changes")
    if old is None or old.empty:
        return fresh
    if "release" not in old:
        old = old.assign(release=pd.Series(release - 1, old.index, dtype="Int64"))
    if not set(fresh) <= set(old):
        return fresh
    last = old.groupby("doc_id")["row"].max()
    numbers = fresh["row"] + fresh["doc_id"].map(last).fillna(0).astype("Int64")
    whole = pd.concat([old[list(fresh)], fresh.assign(row=numbers)], ignore_index=True)
    return whole.astype(fresh.dtypes.to_dict()).sort_values(["doc_id", "row"], kind="stable", ignore_index=True)


def summary(changes: pd.DataFrame) -> list[dict[str, Any]]:
    """For each table that changed: rows added and removed (whole chapters included), values changed, rows moved, and
    the number of chapters in which any of that happened."""
    return [
        {"table": str(table), **_totals(lines), "chapters": int(lines["doc_id"].nunique())}
        for table, lines in changes.groupby("table")
    ]


def by_chapter(changes: pd.DataFrame) -> list[dict[str, Any]]:
    """The same for each chapter, with the cause."""
    return [
        {"chapter": str(doc_id), "cause": str(lines["cause"].iloc[0]), **_totals(lines)}
        for doc_id, lines in changes.groupby("doc_id")
    ]


def _totals(lines: pd.DataFrame) -> dict[str, int]:
    rows = lines.groupby("change")["rows"].sum().to_dict()
    return {
        "added": int(rows.get("added", 0) + rows.get("chapter_added", 0)),
        "removed": int(rows.get("removed", 0) + rows.get("chapter_retired", 0)),
        "changed": int(rows.get("changed", 0)),
        "moved": int(rows.get("moved", 0)),
    }


@dataclass(frozen=True)
class Census:
    """How many rows of each table (``rows``) and how many assessments each chapter has."""

    rows: dict[str, Counter[str]]
    assessed: Counter[str]


def losses(before: Census, after: Census, share: float = 0.2, least: int = 20) -> list[Loss]:
    """The tables, and the assessed chapters, that would lose more than ``share`` of their rows and at least ``least``.

    Rows of chapters that are gone count; a table that ``after`` lacks counts as empty. The tables of :data:`UNGUARDED`
    are not checked.
    """
    found = []
    for what, name, old, new in _guarded(before, after):
        lost = sum(max(count - new[doc_id], 0) for doc_id, count in old.items())
        if lost >= max(least, 1) and lost > share * old.total():
            found.append(Loss(name, old.total(), new.total(), lost, what))
    return found


def _guarded(before: Census, after: Census) -> Iterator[tuple[str, str, Counter[str], Counter[str]]]:
    """What is counted, the table, and the counts of each chapter before and after."""
    for name, counts in before.rows.items():
        if name not in UNGUARDED:
            yield "rows", name, counts, after.rows.get(name, Counter())
    yield "assessed chapters", "documents", before.assessed, after.assessed


def assessed(documents: pd.DataFrame) -> Counter[str]:
    """The chapters that the report assesses ("No Assessment" is printed for some countries, Peru 2019 has a level)."""
    if "assessment" in documents:
        documents = documents[~documents["assessment"].isin(["", "No Assessment"])]
    return Counter(documents["doc_id"].tolist())


def _chapters(tables: Tables) -> dict[str, tuple[str, int]]:
    """Every chapter that has a row in any table: its country and report year."""
    found: dict[str, tuple[str, int]] = {}
    for frame in tables.values():
        first = frame[list(IDENTITY)].drop_duplicates("doc_id")
        for doc_id, iso3, year in zip(*(first[column].tolist() for column in IDENTITY), strict=True):
            found[doc_id] = (iso3, int(year))
    return found


def _differing(old: Tables, new: Tables) -> dict[str, list[str]]:
    """For each chapter the tables in which the two releases are not the same, by a hash of every row."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        if one is None or other is None or set(_columns(one)) != set(_columns(other)):
            chapters = {doc_id for frame in (one, other) if frame is not None for doc_id in frame["doc_id"].unique()}
        elif one.equals(other):
            continue
        else:
            hashes, fresh = _hashes(one), _hashes(other)
            nothing = np.array([], dtype=np.uint64)
            chapters = {
                doc_id
                for doc_id in hashes.keys() | fresh.keys()
                if not np.array_equal(hashes.get(doc_id, nothing), fresh.get(doc_id, nothing))
            }
        for doc_id in chapters:
            found[doc_id].append(name)
    return found


def _hashes(frame: pd.DataFrame) -> dict[str, np.ndarray[Any, Any]]:
    """One number a row, by chapter."""
    shared = sorted(_columns(frame))
    # A frame put together from many pieces is hashed piece by piece, ten times slower than in one.
    whole = pa.Table.from_pandas(frame[shared], preserve_index=False).combine_chunks().to_pandas()
    numbers = pd.util.hash_pandas_object(whole, index=False).to_numpy()
    return {str(doc_id): numbers[places] for doc_id, places in _by_chapter(frame).items()}


def _by_chapter(frame: pd.DataFrame) -> Mapping[Any, Any]:
    return frame.groupby("doc_id", sort=False).indices


def _columns(frame: pd.DataFrame) -> list[str]:
    """The columns that are compared: all but ``row_key``, which is made of others."""
    return [str(column) for column in frame if column != ROW_KEY]


class _Side:
    """One release, restricted to the chapters that differ: its rows as texts, and what names them."""

    def __init__(self, tables: Tables, chapters: Collection[str]) -> None:
        self.frames = {name: frame[frame["doc_id"].isin(list(chapters))] for name, frame in tables.items()}
        self._places = {name: _by_chapter(frame) for name, frame in self.frames.items()}
        self._texts: dict[str, list[Texts]] = {}
        self._names: dict[tuple[str, str], dict[str, str]] = {}

    def count(self, table: str, doc_id: str) -> int:
        return len(self._places.get(table, {}).get(doc_id, ()))

    def rows(self, table: str, doc_id: str) -> list[Texts]:
        """The rows of a chapter; a missing value is the empty text."""
        if table not in self._texts:
            frame = self.frames[table]
            texts = {name: map(shown, frame[name].tolist()) for name in _columns(frame) if name not in IDENTITY}
            self._texts[table] = [dict(zip(texts, row, strict=True)) for row in zip(*texts.values(), strict=True)]
        return [self._texts[table][place] for place in self._places[table].get(doc_id, ())]

    def named(self, table: str, doc_id: str, columns: Sequence[str]) -> dict[tuple[str, ...], list[Texts]]:
        """The rows by what names them; the number of a row that is pointed at gives way to what names that row."""
        found: dict[tuple[str, ...], list[Texts]] = defaultdict(list)
        for row in self.rows(table, doc_id):
            key = {column: row[column] for column in columns}
            if {"row", "table"} <= key.keys():
                key["row"] = self._name(key["table"], doc_id, key["row"])
            found[tuple(key.values())].append(row)
        return found

    def _name(self, table: str, doc_id: str, row: str) -> str:
        if (table, doc_id) not in self._names:
            columns = schemas.KEYS.get(table, ("row",))
            known = "row" not in columns and {"row", *columns} <= set(self.frames.get(table, ()))
            rows = self.rows(table, doc_id) if known else ()
            self._names[table, doc_id] = {row["row"]: _joined([row[name] for name in columns]) for row in rows}
        return self._names[table, doc_id].get(row, row)


def _whole(side: _Side, doc_id: str, change: str) -> Iterator[tuple[str, _Change]]:
    """A chapter that only one release has: one line a table."""
    for table in sorted(side.frames):
        if count := side.count(table, doc_id):
            yield table, _Change(change, rows=count)


def _in_table(old: _Side, new: _Side, table: str, doc_id: str) -> Iterator[_Change]:
    """A table that differs, of a chapter that both releases have."""
    if table not in old.frames or table not in new.frames:
        side, change = (old, "removed") if table in old.frames else (new, "added")
        yield _Change(change, rows=side.count(table, doc_id))
        return
    columns, earlier = _columns(new.frames[table]), _columns(old.frames[table])
    if set(columns) != set(earlier):
        gone = ", ".join(column for column in earlier if column not in columns)
        come = ", ".join(column for column in columns if column not in earlier)
        rows = max(old.count(table, doc_id), new.count(table, doc_id))
        yield _Change("columns_changed", before=gone, after=come, rows=rows)
    compared = [column for column in columns if column in earlier and column not in IDENTITY]
    lines = _in_rows(old, new, table, doc_id, compared)
    yield from _shortened(lines) if table in COUNTED else lines


def _in_rows(old: _Side, new: _Side, table: str, doc_id: str, columns: Sequence[str]) -> Iterator[_Change]:
    """The changes of these columns."""
    named_by = [column for column in schemas.KEYS.get(table, ()) if column in columns]
    fields = [column for column in columns if column not in named_by and column not in schemas.PLACES]
    places = [column for column in schemas.PLACES if column in columns]
    told = [*(column for column in named_by if column != "row"), *fields]
    moved = 0
    for name, before, after in _matched_rows(
        old.named(table, doc_id, named_by), new.named(table, doc_id, named_by), fields
    ):
        if before is None or after is None:
            yield _one_sided(name, before, after, told)
        else:
            yield from _changed(name, before, after, fields)
            moved += any(before[place] != after[place] for place in places)
    if moved:
        yield _Change("moved", rows=moved)


def _one_sided(name: str, before: Texts | None, after: Texts | None, told: Sequence[str]) -> _Change:
    """A row that only one release has, as JSON without its empty values."""
    row = after or before or {}
    record = json.dumps({column: row[column] for column in told if row[column]}, ensure_ascii=False)
    return _Change("added", name, _number(row), after=record) if after else _Change("removed", name, before=record)


def _changed(name: str, before: Texts, after: Texts, fields: Sequence[str]) -> Iterator[_Change]:
    """What differs in a row that both releases have."""
    for column in fields:
        if before[column] != after[column]:
            yield _Change("changed", name, _number(after), column, before[column], after[column])


def _number(row: Texts) -> int | None:
    """The row's own number; a finding can have none."""
    return int(row["row"]) if row.get("row") else None


def _matched_rows(
    old: Mapping[tuple[str, ...], list[Texts]], new: Mapping[tuple[str, ...], list[Texts]], fields: Sequence[str]
) -> Iterator[tuple[str, Texts | None, Texts | None]]:
    """The rows of both releases, matched: how a row is named, and the row in each release that has it."""
    for key in [*new, *(key for key in old if key not in new)]:
        olds, news = old.get(key, []), new.get(key, [])
        if len(olds) == len(news) == 1:
            yield _joined(key), olds[0], news[0]
            continue
        several = len(olds) > 1 or len(news) > 1
        values = ([tuple(row[field] for field in fields) for row in rows] for rows in (olds, news))
        for one, other in _matched(*values):
            number = (one or 0) if other is None else other
            name = _joined(key) + (f" #{1 + number}" if several else "")
            yield name, None if one is None else olds[one], None if other is None else news[other]


def _matched(
    old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]
) -> list[tuple[int, int] | tuple[int, None] | tuple[None, int]]:
    """Which rows of one key belong together: first equal rows, then the most similar, then rows in order.

    Returns pairs of places, in the order of the new rows; removed rows come last.
    """
    partner = _equal_rows(old, new)
    left_old = sorted(set(range(len(old))) - set(partner.values()))
    left_new = [place for place in range(len(new)) if place not in partner]
    matched: set[int] = set()
    for a, b in _by_similarity(old, left_old, new, left_new):
        if b not in partner and a not in matched:
            partner[b] = a
            matched.add(a)
    pairs = [(partner[b], b) if b in partner else (None, b) for b in range(len(new))]
    return [*pairs, *((a, None) for a in left_old if a not in matched)]


def _equal_rows(old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]) -> dict[int, int]:
    """For each new row with an equal old row, the place of the old one; each is used once."""
    waiting: dict[tuple[str, ...], deque[int]] = defaultdict(deque)
    for place, values in enumerate(old):
        waiting[values].append(place)
    return {place: waiting[values].popleft() for place, values in enumerate(new) if waiting[values]}


def _by_similarity(
    old: Sequence[tuple[str, ...]], left_old: list[int], new: Sequence[tuple[str, ...]], left_new: list[int]
) -> list[tuple[int, int]]:
    """Pairs of places, the most similar rows first; in order where there are too many pairs to compare."""
    if not 1 < len(left_old) * len(left_new) <= COMPARED:
        return list(zip(left_old, left_new, strict=False))
    texts_old = {place: _joined(old[place]) for place in left_old}
    texts_new = {place: _joined(new[place]) for place in left_new}
    rated = sorted((-fuzz.ratio(texts_old[a], texts_new[b]), abs(a - b), b, a) for a in left_old for b in left_new)
    return [(a, b) for _, _, b, a in rated]


def _shortened(lines: Iterator[_Change]) -> Iterator[_Change]:
    """The first lines of each kind, then one line for the others of that kind."""
    seen: Counter[str] = Counter()
    for line in lines:
        seen[line.change] += 1
        if seen[line.change] <= SHOWN or line.change in ("moved", "columns_changed"):
            yield line
    for change, count in seen.items():
        if count > SHOWN:
            yield _Change(change, rows=count - SHOWN)


def _joined(texts: Sequence[str]) -> str:
    return " / ".join(text for text in texts if text)
