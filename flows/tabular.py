"""Rows of the published tables as CSV, JSON or Markdown, with the sources that they cite."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flows.sources import printable

if TYPE_CHECKING:
    import pandas as pd

    from flows.published import PublishedRelease

CITED = "cited"
"""The column that lists the cited sources of a row."""
SOURCE = ("number", "author", "title", "date", "url", "text")
"""What is told of a cited source."""


class RowFormat(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MD = "md"


Sources = Mapping[int, dict[str, Any]]
"""The reference list of a chapter: number -> what is told of the source."""


def sources_of(release: PublishedRelease, doc_id: str) -> Sources:
    """Return the reference list of a chapter."""
    frame = release.frame("references")
    rows = frame[frame["doc_id"] == doc_id][list(SOURCE)]
    return {row["number"]: row for row in json.loads(rows.to_json(orient="records"))}


def with_cited(rows: pd.DataFrame, table: str, release: PublishedRelease) -> pd.DataFrame:
    """Return the rows of one chapter with a column of lists: the numbers of the sources that each row cites."""
    citations = release.frame("citations")
    numbers: dict[Any, list[Any]] = {}
    chosen = citations[(citations["table"] == table) & citations["doc_id"].isin(set(rows["doc_id"]))]
    for row, number in zip(chosen["row"], chosen["number"], strict=True):
        numbers.setdefault(row, []).append(number)
    cited: Any = [sorted(set(numbers.get(row, ()))) for row in rows["row"]]
    return rows.assign(**{CITED: cited})


def numbered(numbers: list[int]) -> str:
    """Return the numbers of sources as they are printed: ``[3] [12]``."""
    return " ".join(f"[{number}]" for number in numbers)


def years_side_by_side(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``enforcement`` as the report prints them: one for each label, a column for each year."""
    years = sorted(set(rows["year"]))
    printed: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows.to_dict("records"):
        key = (row["domain"], row["label"], row["territory"])
        kept = ("doc_id", "iso3", "report_year", "row", "page", "line", "domain", "label", "territory")
        line = printed.setdefault(key, {name: row[name] for name in kept} | {str(year): "" for year in years})
        cell = f"{row['raw']} {numbered(row[CITED])}".strip()
        line[str(row["year"])] = " / ".join(filter(None, (line[str(row["year"])], cell)))
    return type(rows)(list(printed.values()))


def as_text(rows: pd.DataFrame, form: RowFormat, sources: Sources) -> str:
    """Return the rows as CSV, JSON or Markdown. JSON holds what the reference list says of each cited source."""
    if form is RowFormat.CSV:
        cited = {CITED: rows[CITED].map(numbered)} if CITED in rows else {}
        text: str = rows.assign(**cited).map(_one_line).to_csv(index=False, lineterminator="\n")
        return text
    if form is RowFormat.JSON:
        return json.dumps(records(rows, sources), indent=1) + "\n"
    return _markdown(rows, sources)


def records(rows: pd.DataFrame, sources: Sources) -> list[dict[str, Any]]:
    """Return the rows as plain values, for JSON."""
    found: list[dict[str, Any]] = json.loads(rows.to_json(orient="records", double_precision=15))
    for row in found:
        if CITED in row:
            row[CITED] = [sources.get(number, {"number": number}) for number in row[CITED]]
    return found


def _one_line(value: Any) -> Any:
    return printable(value) if isinstance(value, str) else value


def _markdown(rows: pd.DataFrame, sources: Sources) -> str:
    """A table without the columns that are empty, and the cited sources below it."""
    cells = {str(name): [_plain(value) for value in rows[name]] for name in rows}
    cells = {name: texts for name, texts in cells.items() if any(texts)}
    lines = [list(cells), ["---"] * len(cells), *zip(*cells.values(), strict=True)]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    cited = sorted({number for numbers in rows.get(CITED, ()) for number in numbers})
    return text + "".join(f"\n[{number}] {_plain(sources[number]['text'])}\n" for number in cited if number in sources)


def _plain(value: Any) -> str:
    """A cell that Markdown shows as it is."""
    import pandas as pd

    if isinstance(value, list):
        return numbered(value)
    text = "" if pd.isna(value) else printable(str(value))
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)
