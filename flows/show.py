"""Published chapters in the terminal: the list of them, and the tables of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

import schemas
from flows.ending import Refused
from flows.published import PublishedRelease, open_release
from flows.report import counted
from flows.request import Selection
from flows.sources import printable
from flows.tabular import CITED, RowFormat, as_text, numbered, records, sources_of, with_cited, years_side_by_side
from flows.terminal import NARROW, encodable

PLACE = ("doc_id", "iso3", "report_year", "row_key", "bbox", "line", "page")
LONG = (
    "paragraphs",
    "references",
    "citations",
    "provenance",
    "entities",
    "entity_registry",
    "works",
    "footnotes",
    "releases",
)
"""Tables that are shown only when asked for by name."""
UNCITED = ("citations", "references")
"""Tables whose rows cite nothing, because they are the citations."""
CODED = {"enforcement": ("metric", "status", "value", "unit"), "conventions": ("convention",)}
"""Columns that repeat a printed value as a code; shown only if the table is asked for by name."""
WIDE = 26
"""Characters that a column must have before its longer cells are folded."""


class NotPublished(Refused):
    """There is no such chapter or table; the message names those that there are."""


def show(doc_id: str, table: str | None, output: Path, console: Console, form: RowFormat = RowFormat.TABLE) -> None:
    """Print one table of a chapter, or all but the long ones, with the numbers of the cited sources.

    In a table for people the enforcement tables have their years side by side, as printed; the other formats have the
    published rows. Raises :class:`NotPublished`.
    """
    if table is not None and table not in schemas.TABLES:
        raise NotPublished(f"no table {table}; there are {', '.join(schemas.TABLES)}")
    if table is None and form is RowFormat.CSV:
        raise NotPublished("CSV holds one table: name it, for example agencies")
    with open_release(output) as release:
        document = _document(doc_id.lower(), release)
        if form is RowFormat.TABLE:
            _show(document, table, release, console)
        else:
            console.file.write(encodable(_text(document["doc_id"], table, release, form), console))


def chapters(selection: Selection, output: Path, console: Console, form: RowFormat = RowFormat.TABLE) -> None:
    """Print the published chapters of the selection, with the errors that nobody has accepted."""
    with open_release(output) as release:
        documents, quality = release.frame("documents"), release.frame("quality")
    rows = documents[[selection.includes(doc_id) for doc_id in documents["doc_id"]]]
    errors = quality[quality["severity"] == "error"]
    if "acknowledged" in errors:  # older releases have no such column
        errors = errors[~errors["acknowledged"]]
    counts = errors["doc_id"].value_counts()
    listed = rows[["doc_id", "country", "report_year", "assessment"]].assign(
        errors=[int(counts.get(doc_id, 0)) for doc_id in rows["doc_id"]], source=rows["source_path"]
    )
    if form is not RowFormat.TABLE:
        console.file.write(encodable(as_text(listed, form, {}), console))
        return
    cells = {str(name): [encodable(_cell(value), console) for value in listed[name]] for name in listed}
    cells["year"] = [str(year) for year in listed["report_year"]]
    cells = {name: cells[name] for name in ("doc_id", "country", "year", "assessment", "errors", "source")}
    title = counted(len(listed), "chapter")
    if console.width < NARROW:
        _print_blocks(title, cells, console, "doc_id")
    else:
        _print_grid(title, cells, dict.fromkeys(cells), console, whole="doc_id")


def _show(document: pd.Series[str], table: str | None, release: PublishedRelease, console: Console) -> None:
    doc_id = document["doc_id"]
    if table is not None:
        rows = _rows(release, table, doc_id)
        if rows.empty:
            console.print(f"{table} (0 rows)", style="bold", highlight=False)
        else:
            _print_table(table, rows, console)
            _print_sources(rows, release, doc_id, console)
        return
    _print_document(document, console)
    for name in schemas.TABLES:
        rows = _rows(release, name, doc_id) if name not in ("documents", *LONG) else pd.DataFrame()
        if not rows.empty:
            _print_table(name, rows.drop(columns=list(CODED.get(name, ()))), console)
    console.print(f"Also: {', '.join(LONG)}. Show one with: findings show {doc_id} TABLE", style="dim")


def _text(doc_id: str, table: str | None, release: PublishedRelease, form: RowFormat) -> str:
    """The chapter, or one of its tables, in a format for programs."""
    sources = sources_of(release, doc_id)
    if table is not None:
        return as_text(_rows(release, table, doc_id), form, sources)
    all_rows = {name: _rows(release, name, doc_id) for name in schemas.TABLES if name not in LONG}
    if form is RowFormat.JSON:
        return json.dumps({name: records(rows, sources) for name, rows in all_rows.items()}, indent=1) + "\n"
    parts = [f"## {name}\n\n{as_text(rows, form, sources)}" for name, rows in all_rows.items() if not rows.empty]
    return "\n".join(parts)


def _document(doc_id: str, release: PublishedRelease) -> pd.Series[str]:
    """The chapter's row of table ``documents``. Raises :class:`NotPublished`, naming chapters that there are."""
    documents = release.frame("documents")
    chapter = documents[documents["doc_id"] == doc_id]
    if chapter.empty:
        near = [known for known in documents["doc_id"] if known[:3] == doc_id[:3]] or list(documents["doc_id"])
        raise NotPublished(f"no chapter {doc_id}; there are {', '.join(near[:20])}{' …' if len(near) > 20 else ''}")
    return chapter.iloc[0]


def _rows(release: PublishedRelease, table: str, doc_id: str) -> pd.DataFrame:
    if table not in release.tables():
        raise NotPublished(f"no table {table} is published; there are {', '.join(release.tables())}")
    frame = release.frame(table)
    rows = frame[frame["doc_id"] == doc_id]
    return rows if table in UNCITED or "row" not in rows else with_cited(rows, table, release)


def _print_sources(rows: pd.DataFrame, release: PublishedRelease, doc_id: str, console: Console) -> None:
    """Print what the rows cite."""
    sources = sources_of(release, doc_id)
    for number in sorted({number for numbers in rows.get(CITED, ()) for number in numbers} & sources.keys()):
        console.print(Text(encodable(f"[{number}] {printable(sources[number]['text'])}", console), style="dim"))


def _print_document(document: pd.Series[str], console: Console) -> None:
    level = " – ".join(part for part in (document["assessment"], document["assessment_note"]) if part)
    source = f"{printable(document['source_path'])} ({document['doc_id']})"
    for text, style in ((printable(document["title"]), "bold"), (printable(level), "cyan"), (source, "dim")):
        console.print(Text(encodable(text, console), style=style))
    console.print(Text(f"\n{encodable(printable(document['summary']), console)}\n"))


def _print_table(name: str, frame: pd.DataFrame, console: Console) -> None:
    """Print the columns that have a value in this chapter: a grid where the terminal is wide enough, else one block a
    row. The first column after the row number is the place: the page, or the line of a text."""
    if name != "enforcement":
        _print_columns(f"{name} ({counted(len(frame), 'row')})", frame, console, WIDE)
        return
    for domain, rows in years_side_by_side(frame).groupby("domain", sort=False):
        title = f"{name}: {domain} ({counted(len(rows), 'row')})"
        _print_columns(title, rows.drop(columns="domain"), console, WIDE - 8)


def _print_columns(title: str, frame: pd.DataFrame, console: Console, wide: int) -> None:
    """Print the columns with a value; a column of more characters than ``wide`` is folded if the grid needs room."""
    where = "page" if frame["page"].notna().any() else "line"
    columns = ["row", where, *(str(column) for column in frame if column not in (*PLACE, "row"))]
    cells = {column: [encodable(_cell(value), console) for value in frame[column]] for column in columns}
    cells = {column: texts for column, texts in cells.items() if any(texts)}
    widths = {column: max(len(text) for text in [column, *texts]) for column, texts in cells.items()}
    if sum(min(width, wide) + 3 for width in widths.values()) <= console.width:
        _print_grid(title, cells, {column: min(width, wide) for column, width in widths.items()}, console)
    else:
        blank = [""] * len(frame)
        rows, places = cells.pop("row", blank), cells.pop(where, blank)
        heads = [f"{row}  {f'{where} {place}' if place else ''}" for row, place in zip(rows, places, strict=True)]
        _print_blocks(title, {"": heads, **cells}, console, "")


def _print_grid(
    title: str, cells: dict[str, list[str]], least: Mapping[str, int | None], console: Console, whole: str = ""
) -> None:
    """Print a grid with columns of at least these widths; the column ``whole`` is never folded."""
    grid = Table(title=title, title_justify="left", title_style="bold", header_style="cyan")
    for column, width in least.items():
        grid.add_column(column, overflow="fold", min_width=width, no_wrap=column == whole)
    for row in zip(*cells.values(), strict=True):
        grid.add_row(*(Text(text) for text in row))
    console.print(grid)


def _print_blocks(title: str, cells: dict[str, list[str]], console: Console, head: str) -> None:
    """Print a block of lines for each row; the column ``head`` is its first line."""
    console.print(Text(f"{title}\n", style="bold"))
    for row in zip(*cells.values(), strict=True):
        shown = {column: text for column, text in zip(cells, row, strict=True) if text}
        console.print(Text(shown.pop(head, ""), style="cyan"))
        for column, text in shown.items():
            console.print(Padding(Text.assemble((f"{column}: ", "dim"), text), (0, 0, 0, 2)))
        console.print()


def _cell(value: object) -> str:
    if isinstance(value, list):
        return numbered(value)
    if value is True or value is False:
        return "yes" if value else "no"
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return printable(str(value))
