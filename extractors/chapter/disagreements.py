"""Facts that two reports of a country print differently: the stage that runs after all chapters are read.

Reports print each figure of enforcement twice, once as the column of the year and a year later as the column of the
year before, repeat the figures of a survey until there is a newer one, repeat what a law says until there is a new
law, and cite a source again with its date. A pure function over the tables of all chapters, the same in any order of
them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rapidfuzz.distance import OSA

from extractors.chapter.values import NOT_APPLICABLE
from extractors.rules import fold

Tables = Mapping[str, list[dict[str, Any]]]
Rows = list[dict[str, Any]]

NEAR = 1.5  # up to this factor a later figure counts as the earlier one restated, for example with late returns
SLIP = 4  # from so many digits two whole numbers that differ in one digit are rather a slip than two counts
FAR = 1.25
"""From this factor two shares of one survey that differ in one digit are rather a slip than a new calculation."""


UNDATED = {"legal_standards": "same_law", "references": "same_source"}
"""Tables of facts that are not about one year, and the kind of their disagreements."""


@dataclass(slots=True)
class _Figure:
    """A number that a report prints for a fact: in which column of which row, and as which text."""

    row: dict[str, Any]
    column: str
    value: float
    unit: str
    raw: str


def disagreements(chapters: Sequence[Tables]) -> Rows:
    """The rows of ``disagreements``: each fact that a report prints otherwise than the last report before it.

    A fact is a number of one country, table, key, territory and year, what a report says of one standard by the same
    law, in the words that it prints, or the date of a source with the same address and title. Answers without a number
    (Unknown) and numbers of another unit are not compared. Nor is a fact that its own report prints twice, because it
    is not clear which row it is about. A row is filed under the later chapter; ``ratio`` is the later value divided by
    the earlier one.
    """
    facts: dict[tuple[Any, ...], list[_Figure]] = defaultdict(list)
    for tables in sorted(
        chapters, key=lambda tables: [(row["report_year"], row["doc_id"]) for row in tables["documents"]]
    ):
        for fact, figure in _once(
            [*_enforcement(tables), *_statistics(tables), *_standards(tables), *_references(tables)]
        ):
            facts[fact].append(figure)
    numbers: Counter[str] = Counter()
    found = []
    for (iso3, table, key, territory, dated, _, unit), figures in facts.items():
        for earlier, later in pairwise(figures):
            if _agree(earlier, later, unit):
                continue
            place = {column: later.row[column] for column in ("doc_id", "report_year", "page", "bbox", "line")}
            numbers[later.row["doc_id"]] += 1
            found.append(
                {
                    **place,
                    "iso3": iso3,
                    "row": numbers[later.row["doc_id"]],
                    "table": table,
                    "key": key,
                    "territory": territory,
                    "year": later.row["report_year"] if table in UNDATED else dated,
                    "column": later.column,
                    "table_row": later.row["row"],
                    "raw": later.raw,
                    "value": later.value,
                    **{f"earlier_{column}": earlier.row[column] for column in ("doc_id", "page", "bbox", "line")},
                    "earlier_row": earlier.row["row"],
                    "earlier_raw": earlier.raw,
                    "earlier_value": earlier.value,
                    "ratio": _ratio(earlier, later),
                    "kind": UNDATED.get(table) or kind_of(earlier.value, later.value, unit),
                }
            )
    return found


def kind_of(earlier: float, later: float, unit: str) -> str:
    """What a disagreement looks like, by its numbers alone: ``likely_misprint``, ``restated`` or ``unclear``.

    Two numbers are a likely misprint if they have the same digits up to zeros at the end (1,200 and 120), or if one
    digit is changed, missing, added or moved by one place (2,367 inspectors of Brazil 2017, page 4, and 2,387 in the
    report of 2018). They are restated if they are near to each other. An answer yes or no is never clear.
    """
    low, high = sorted((abs(earlier), abs(later)))
    if unit == "yes_no" or not low:
        return "unclear"
    one, other = (f"{value:g}".replace(".", "") if value < 1e5 else f"{value:.0f}" for value in (earlier, later))
    slip = OSA.distance(one, other) == 1
    if unit == "percent":
        return "likely_misprint" if slip and high / low >= FAR else "restated" if high / low <= NEAR else "unclear"
    if max(len(one), len(other)) >= SLIP and (slip or one.rstrip("0") == other.rstrip("0")):
        return "likely_misprint"
    return "restated" if high / low <= NEAR else "unclear"


def _agree(earlier: _Figure, later: _Figure, unit: str) -> bool:
    """Whether two figures are the same; of two dates the one may be less exact, such as 2018 and May 2018."""
    if unit == "date":
        return any(
            f"{one.value:.0f}".startswith(f"{other.value:.0f}") for one, other in ((earlier, later), (later, earlier))
        )
    return earlier.value == later.value or (unit == "usd" and round(earlier.value) == round(later.value))


def _ratio(earlier: _Figure, later: _Figure) -> float | None:
    if later.unit in ("yes_no", "date") or not earlier.value:
        return None
    return round(later.value / earlier.value, 4)


def _once(figures: Iterable[tuple[tuple[Any, ...], _Figure]]) -> Iterator[tuple[tuple[Any, ...], _Figure]]:
    """The facts that a report prints once."""
    listed = list(figures)
    times = Counter(fact for fact, _ in listed)
    return ((fact, figure) for fact, figure in listed if times[fact] == 1)


def _enforcement(tables: Tables) -> Iterator[tuple[tuple[Any, ...], _Figure]]:
    for row in tables["enforcement"]:
        if row["value"] is not None:
            label = fold(row["label"]) if row["metric"] == "other" else ""
            key = "/".join(filter(None, (row["domain"], row["metric"], label)))
            fact = (row["iso3"], "enforcement", key, row["territory"] or "", row["year"], "value", row["unit"])
            yield fact, _Figure(row, "value", row["value"], row["unit"], row["raw"])


def _statistics(tables: Tables) -> Iterator[tuple[tuple[Any, ...], _Figure]]:
    """The figures of surveys whose name and year are known; a figure without them is comparable with no other."""
    raws = _raws(tables, "statistics")
    for row in tables["statistics"]:
        if not row["survey"] or row["survey_year"] is None:
            continue
        ages = [] if row["age_min"] is None else [f"{row['age_min']}-{row['age_max']}"]
        key = "/".join([row["indicator"], *filter(None, [row["subgroup"]]), *ages, fold(row["survey"])])
        for column, unit in (("percent", "percent"), ("population", "count")):
            if row[column] is not None:
                fact = (row["iso3"], "statistics", key, row["territory"] or "", row["survey_year"], column, unit)
                yield fact, _Figure(row, column, float(row[column]), unit, raws.get((row["row"], "percent"), ""))


def _standards(tables: Tables) -> Iterator[tuple[tuple[Any, ...], _Figure]]:
    """The ages and the answers (1 for Yes, 0 for No) of standards, each with the law that the report names for it.

    The law stands in place of the year: as long as it is the same, so is what it says. Where a cell prints several
    ages, which one another report means is not clear.
    """
    raws = _raws(tables, "legal_standards")
    for row in tables["legal_standards"]:
        law = fold(row["legislation"] or "")
        if not law or law in NOT_APPLICABLE:
            continue
        label = fold(row["label"]) if row["standard"] == "other" else ""
        key = "/".join(filter(None, (row["standard"], label)))
        answer = {"Yes": 1.0, "No": 0.0}.get(row["status"])
        age = row["age"] if row["age_to"] is None else None
        for column, value, unit in (("age", age, "years"), ("status", answer, "yes_no")):
            if value is not None:
                fact = (row["iso3"], "legal_standards", key, row["territory"] or "", law, column, unit)
                yield fact, _Figure(row, column, float(value), unit, raws.get((row["row"], column), ""))


def _references(tables: Tables) -> Iterator[tuple[tuple[Any, ...], _Figure]]:
    """The dates of sources with an address, as the number of their digits. A page that is only known by the day of the
    visit has none, because it may have changed since."""
    for row in tables["references"]:
        if row["date_iso"] and row["url"] and row["title"] and row["type"] != "web_page":
            fact = (row["iso3"], "references", row["work_id"], "", fold(row["title"]), "date_iso", "date")
            value = float(row["date_iso"].replace("-", ""))
            yield fact, _Figure(row, "date_iso", value, "date", row["date"])


def _raws(tables: Tables, table: str) -> dict[tuple[int, str], str]:
    """The printed cells of a table: row and column -> text."""
    return {(row["row"], row["column"]): row["raw"] for row in tables["provenance"] if row["table"] == table}
