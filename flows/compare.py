"""The publisher's own dataset against the published tables, fact by fact: the table ``publisher_differences``.

A fact is a value of one country, report, table, key, part of the country and column. Two values agree if they are the
same number as far as both give its digits, the same answer, or the same words.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from rapidfuzz import fuzz

import schemas
from extractors.chapter import values
from extractors.chapter.disagreements import kind_of
from extractors.rules import MARKERS, fold, holds
from flows.dataset import Dataset, Fact, Fields
from flows.formats import FORMATS
from flows.published import PublishedRelease
from schemas import codes

NAME = "publisher_differences"
FOLDER = "compared"
"""Folder of the table in an output, beside the releases, because no run makes it."""
Value = float | str | None
"""A number, or an answer or text; ``None`` if the place gives no value."""
About = tuple[str, str, str]
"""Table, column and key of a fact."""
Row = dict[str, Any]

ACTIONS = "suggested_actions"
TEXTS = ("assessment_note", "summary", "action")
"""Columns of running text; other columns with text hold codes or answers."""
CELLS = ("statistics", "sectors", "conventions", "legal_standards")
"""Tables whose printed cells only provenance has."""
ALIKE = 80.0
"""Two suggested actions that are so much alike (of 100) are one action in other words."""
NOTHING = (None, "not_applicable", "N/A")
"""What the dataset says of a fact that the report has no row for; it is then no difference."""
TOLERANCE = {"percent": 0.051, "value": 0.51}
"""The report prints shares with one decimal, and whole dollars: further digits of the dataset are no difference."""
FRACTION = 1.5
"""A file most of whose shares are below it gives fractions of 1; a completion rate may be a little over 1."""
UNITS = (100.0, 1e3, 1e6)
"""Ratios of one number in two units: fraction and percent, ones and thousands, ones and millions."""
SIGNIFICANT = 2
"""A number that is another one rounded has at least so many digits."""


@dataclass(frozen=True, slots=True)
class _Printed:
    """A value of the report, and the row that gives it."""

    about: About
    territory: str
    value: Value
    row: Mapping[Any, Any]


_Pair = tuple[Fact, _Printed]
"""A fact, without a text if the dataset lacks it, and what is printed for it, without a row if the report lacks it."""


@dataclass
class Comparison:
    """What a comparison found. ``agreed`` and ``differing``: how many facts both give, by table and column; ``frame``:
    the table of differences; ``unpublished``: chapters of the dataset that the release lacks; ``missing``: published
    chapters of the same years that the dataset lacks."""

    frame: pd.DataFrame
    agreed: Counter[tuple[str, str]]
    differing: Counter[tuple[str, str]]
    compared: list[str]
    unpublished: list[str]
    missing: list[str]

    def share(self, texts: bool) -> float | None:
        """Share of the facts that both give in which they agree, from 0 to 1, either of texts or of numbers and
        answers; ``None`` if there are none."""
        agreed, differing = (
            sum(count for (_, column), count in counts.items() if (column in TEXTS) == texts)
            for counts in (self.agreed, self.differing)
        )
        return agreed / (agreed + differing) if agreed + differing else None

    def kinds(self) -> dict[str, int]:
        """Return the number of differences of each kind, in the order of the codes."""
        counts = Counter(self.frame["kind"])
        return {kind: counts[kind] for kind in codes.PUBLISHER_DIFFERENCES if counts[kind]}


def compare(release: PublishedRelease, datasets: Sequence[Dataset], fields: Fields) -> Comparison:
    """Compare each dataset with the chapters of a release that it holds."""
    tables = {table: release.frame(table) for table in fields.facts}
    documents = tables["documents"]
    found = Comparison(pd.DataFrame(), Counter(), Counter(), [], [], [])
    rows: list[Row] = []
    for dataset in datasets:
        chapters: dict[str, list[Fact]] = defaultdict(list)
        for given in dataset.facts:
            chapters[f"{given.iso3.lower()}-{given.report_year}"].append(given)
        held = chapters.keys() & set(documents["doc_id"])
        printed = _printed({name: table[table["doc_id"].isin(held)] for name, table in tables.items()}, fields)
        reader = _Reader(dataset)
        for doc_id in sorted(held):
            for fact, one in _pairs(chapters[doc_id], printed[doc_id], reader):
                rows += _judged(doc_id, dataset.file, fact, one, reader, found)
        years = {given.report_year for given in dataset.facts}
        same_years = documents.loc[documents["report_year"].isin(years), "doc_id"]
        found.compared += sorted(held)
        found.unpublished += sorted(chapters.keys() - held)
        found.missing += sorted(set(same_years) - held)
    found.frame = schemas.typed(NAME, _numbered(rows, release))
    return found


def write(frame: pd.DataFrame, folder: Path) -> list[Path]:
    """Write the table in every format. Return the files; raise ``OSError`` if the folder cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = {suffix: folder / f".{NAME}{suffix}.partial" for suffix in (".parquet", *FORMATS)}
    frame.to_parquet(partial[".parquet"], index=False, write_page_checksum=True)
    for suffix, write_table in FORMATS.items():
        write_table(partial[".parquet"], partial[suffix])
    return [part.replace(folder / f"{NAME}{suffix}") for suffix, part in partial.items()]


# ---- values


class _Reader:
    """Reads the texts of one dataset as values of our columns."""

    def __init__(self, dataset: Dataset) -> None:
        shares = [_number(fact.raw) for fact in dataset.facts if fact.column == "percent" and "%" not in fact.raw]
        known = [share for share in shares if share is not None]
        self._fractions = sum(share <= FRACTION for share in known) * 2 > len(known)

    def value(self, fact: Fact) -> Value:
        """The value of a fact; ``None`` if it has no text, or one that says that there is no value."""
        if not fact.raw:
            return None
        text = fact.raw.strip(f" {MARKERS}")
        read = _READ.get((fact.table, fact.column))
        if read is not None:
            return read(text)
        if fact.column == "percent":
            share = _number(text)
            return round(share * 100, 4) if share is not None and self._fractions and "%" not in text else share
        return None if values.answer(text).status in ("not_applicable", "blank") else fact.raw


def _number(text: str) -> float | None:
    return values.percent_and_population(text)[0]


def _ages(text: str) -> Value:
    low, high = values.ages(text)
    return None if low is None else f"{low}-{high}"


def _answer(text: str) -> Value:
    """A number, or ``yes``, ``no``, ``unknown``, ``not_applicable``; other text as it is."""
    read = values.answer(text)
    if read.status == "reported" and read.unit != "yes_no":
        return text if read.value is None else read.value
    return {"reported": "yes" if read.value else "no", "blank": None}.get(read.status, read.status)


_READ = {
    ("statistics", "age"): _ages,
    ("statistics", "population"): _number,
    ("conventions", "ratified"): lambda text: values.ratified(text)[1],
    ("legal_standards", "status"): lambda text: values.legal_status(text) or text,
    ("legal_standards", "age"): lambda text: values.age(text)[0],
    ("enforcement", "value"): _answer,
}
_KEY_COLUMNS = {"sectors": "sector", "conventions": "convention", "legal_standards": "standard", ACTIONS: "area"}


def _printed(tables: Mapping[str, pd.DataFrame], fields: Fields) -> Mapping[str, Mapping[About, list[_Printed]]]:
    """What the reports print: chapter -> table, column and key -> values, in printed order."""
    found: dict[str, dict[About, list[_Printed]]] = defaultdict(lambda: defaultdict(list))
    for table, frame in tables.items():
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            key = _key(table, row)
            for column in fields.facts[table] if key is not None else ():
                about = (table, column, fields.same_key.get(key or "", key or ""))
                found[row["doc_id"]][about].append(
                    _Printed(about, row.get("territory") or "", _printed_value(table, column, row), row)
                )
    return found


def _key(table: str, row: Mapping[Any, Any]) -> str | None:
    """The key of a row, made as in ``dataset.yml``; ``None`` for a row that the dataset cannot have."""
    if table == "statistics":
        return "/".join(filter(None, (row["indicator"], row["subgroup"])))
    if table == "enforcement":
        return f"{row['domain']}/{row['metric']}" if row["year"] == row["report_year"] else None
    return str(row[_KEY_COLUMNS[table]]) if table in _KEY_COLUMNS else ""


def _printed_value(table: str, column: str, row: Mapping[Any, Any]) -> Value:
    """The value of a published row in a column that can be compared."""
    if (table, column) == ("statistics", "age"):
        return None if row["age_min"] is None else f"{row['age_min']}-{row['age_max']}"
    if table == "conventions":
        return str(row["status"])
    if table == "enforcement":
        return _answer(row["raw"] or "") if row["value"] is None or row["unit"] == "yes_no" else float(row["value"])
    value = row[column]
    return float(value) if isinstance(value, int | float) else value or None


# ---- which value of the report a fact is about


def _pairs(facts: Sequence[Fact], printed: Mapping[About, Sequence[_Printed]], reader: _Reader) -> Iterator[_Pair]:
    """Each fact of a chapter with the value that the report prints for it, and what only the report has.

    What only the report has counts if the dataset gives facts of this kind for the chapter.
    """
    used: set[int] = set()
    actions = [fact for fact in facts if fact.table == ACTIONS and reader.value(fact) is not None]
    for fact, one in [*_placed_all(facts, printed), *_paired(actions, printed)]:
        if one is None:
            yield fact, _Printed((fact.table, fact.column, fact.key), "", None, {})
            continue
        yield fact, one
        used |= {id(other) for other in printed[one.about] if _stands_for(one, other, fact.territory)}
        if fact.table == ACTIONS:
            yield replace(fact, column="area", raw=fact.key), replace(one, value=one.row["area"])
    yield from _only_printed(facts, printed, used)


def _only_printed(
    facts: Sequence[Fact], printed: Mapping[About, Sequence[_Printed]], used: set[int]
) -> Iterator[_Pair]:
    """Values that no fact is about, of the kinds that the dataset gives, each with a fact that has no text."""
    kinds = {_kind_of_fact(fact.table, fact.column, fact.key) for fact in facts}
    for about, found in printed.items():
        if _kind_of_fact(*about) in kinds:
            for one in found:
                if id(one) not in used:
                    yield Fact(one.row["iso3"], one.row["report_year"], *about, one.territory, "", "", 0), one


def _kind_of_fact(table: str, column: str, key: str) -> About:
    """What a fact is about; actions of all areas are of one kind."""
    return table, column, "" if table == ACTIONS else key


def _stands_for(one: _Printed, other: _Printed, territory: str) -> bool:
    """Whether a fact about ``one`` is about ``other`` too: the same value, which a fact of all parts gives once."""
    return one is other or (not territory and one.about[0] != ACTIONS and one.value == other.value)


def _placed_all(
    facts: Sequence[Fact], printed: Mapping[About, Sequence[_Printed]]
) -> Iterator[tuple[Fact, _Printed | None]]:
    """The facts but for actions, each with the printed value. Facts that the dataset repeats without naming a part of
    the country are those of the printed rows, in their order."""
    groups: dict[tuple[About, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.table != ACTIONS:
            groups[(fact.table, fact.column, fact.key), fact.territory].append(fact)
    for (about, territory), group in groups.items():
        found = printed.get(about, ())
        if len(group) > 1 and len(group) == len(found):
            yield from zip(group, found, strict=True)
            continue
        others = {fold(other) for one, other in groups if one == about and other != territory}
        placed = _placed([one for one in found if not one.territory or fold(one.territory) not in others], territory)
        yield from ((fact, placed) for fact in group)


def _placed(found: Sequence[_Printed], territory: str) -> _Printed | None:
    """The value for a part of the country, or else the one for the whole of it, if all its parts have the same."""
    whole = [one for one in found if not one.territory]
    if not territory:
        same = len({one.value for one in found}) == 1
        return whole[0] if whole else found[0] if same else None
    name = fold(territory)
    named = [(fold(one.territory), one) for one in found if one.territory]
    exact = [one for other, one in named if other == name]
    part = [one for other, one in named if holds(other, name) or holds(name, other)]
    return next(iter([*exact, *part, *whole]), None)


def _paired(
    facts: Sequence[Fact], printed: Mapping[About, Sequence[_Printed]]
) -> Iterator[tuple[Fact, _Printed | None]]:
    """Each suggested action of the dataset with the printed one that is most like it; the likest pairs come first."""
    found = [one for about, ones in printed.items() if about[0] == ACTIONS for one in ones]
    likeness = [
        (fuzz.ratio(fold(fact.raw), fold(str(one.value))), fact.key == one.about[2], -n, -m)
        for n, fact in enumerate(facts)
        for m, one in enumerate(found)
    ]
    taken: dict[int, int] = {}
    for score, _, n, m in sorted(likeness, reverse=True):
        if score >= ALIKE and -n not in taken and -m not in taken.values():
            taken[-n] = -m
    for n, fact in enumerate(facts):
        yield fact, found[taken[n]] if n in taken else None


# ---- how two values differ


def _judged(doc_id: str, file: str, fact: Fact, one: _Printed, reader: _Reader, found: Comparison) -> list[Row]:
    """Count a pair in ``found``, and give its row if the two differ."""
    given = reader.value(fact)
    if one.value is None and given in NOTHING:
        return []
    kind = kind_of_difference(fact.column, one.value, given)
    if given is not None and fact.territory and not one.territory and one.row:
        kind = "of_a_part"
    same = _agree(fact.column, one.value, given)
    if kind not in ("of_a_part", "only_in_dataset", "only_on_page"):
        (found.agreed if same else found.differing)[fact.table, fact.column] += 1
    if same:
        return []
    return [
        {
            "doc_id": doc_id,
            "iso3": fact.iso3,
            "report_year": fact.report_year,
            "page": one.row.get("page"),
            "bbox": one.row.get("bbox") or "",
            "line": one.row.get("line"),
            "table": fact.table,
            "key": fact.key,
            "territory": fact.territory or one.territory,
            "column": fact.column,
            "kind": kind,
            "table_row": one.row.get("row"),
            "raw": one.row.get("raw") or "",
            "value": _text(one.value),
            "dataset_raw": fact.raw,
            "dataset_value": _text(given),
            "ratio": _ratio(one.value, given),
            "likeness": _likeness(fact.column, one.value, given),
            "dataset_file": file,
            "dataset_field": fact.field,
            "dataset_line": fact.line or None,
        }
    ]


def _ratio(page: Value, given: Value) -> float | None:
    return round(given / page, 4) if isinstance(page, float) and isinstance(given, float) and page else None


def _likeness(column: str, page: Value, given: Value) -> int | None:
    if column not in TEXTS or page is None or given is None:
        return None
    return round(fuzz.ratio(fold(str(page)), fold(str(given))))


def _agree(column: str, page: Value, given: Value) -> bool:
    if isinstance(page, float) and isinstance(given, float):
        return abs(page - given) <= TOLERANCE.get(column, 0)
    return isinstance(page, str) and isinstance(given, str) and fold(page) == fold(given)


def kind_of_difference(column: str, page: Value, given: Value) -> str:
    """How two values that do not agree differ: a code of ``schemas.codes.PUBLISHER_DIFFERENCES``."""
    if page is None or given is None:
        return "only_in_dataset" if page is None else "only_on_page"
    if isinstance(page, str) or isinstance(given, str):
        return "other_words" if column in TEXTS else "other_answer"
    low, high = sorted((abs(page), abs(given)))
    if low and any(math.isclose(high / low, unit, rel_tol=0.005) for unit in UNITS):
        return "other_unit"
    if _rounds_to(page, given) or _rounds_to(given, page):
        return "rounded"
    slip = kind_of(page, given, "percent" if column == "percent" else "count") == "likely_misprint"
    return "likely_misprint" if slip else "other_number"


def _rounds_to(number: float, other: float) -> bool:
    """Whether ``other`` is ``number`` rounded to fewer digits, as 1,470,000 is 1,469,555."""
    digits = len(_text(other).replace(".", "").strip("0"))
    near = math.isclose(number, other, rel_tol=0.01)
    return near and digits >= SIGNIFICANT and float(f"{number:.{digits}g}") == other


def _text(value: Value) -> str:
    """A value as text; a number without an exponent and without zeros behind the point."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else value or ""


def _numbered(rows: Sequence[Row], release: PublishedRelease) -> list[Row]:
    """The rows numbered in each chapter, with the printed cell where provenance has it."""
    cells = release.frame("provenance")
    cells = cells[cells["doc_id"].isin({row["doc_id"] for row in rows}) & cells["table"].isin(CELLS)]
    raws = {(one.doc_id, one.table, one.row, one.column): one.raw for one in cells.itertuples()}
    numbers: Counter[str] = Counter()
    made = []
    for row in rows:
        numbers[row["doc_id"]] += 1
        column = "age_min" if (row["table"], row["column"]) == ("statistics", "age") else row["column"]
        raw = row["raw"] or raws.get((row["doc_id"], row["table"], row["table_row"], column), "")
        made.append({**row, "row": numbers[row["doc_id"]], "raw": raw})
    return made
