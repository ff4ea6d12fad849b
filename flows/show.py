"""A chapter's tables in the terminal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

import schemas
from flows.publish import read_table
from flows.sources import printable

PLACE = ("doc_id", "iso3", "report_year", "bbox", "line", "page")
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


CODED = {"enforcement": ("metric", "status", "value", "unit"), "conventions": ("convention",)}
"""Columns that say again in codes what stands beside them as printed; shown only when the table is asked for."""
WIDE = 26
"""Characters that a column must have before its longer cells are folded."""


class NotPublished(Exception):
    """There is no such run, chapter or table; says what there is."""


def show(doc_id: str, table: str | None, output: Path, console: Console) -> None:
    """Print one table of a chapter, or all but the long ones. Raises :class:`NotPublished`."""
    if table is not None and table not in schemas.TABLES:
        raise NotPublished(f"no table {table}; there are {', '.join(schemas.TABLES)}")
    try:
        documents = read_table(output, "documents")
    except FileNotFoundError as error:
        raise NotPublished(f"no run is published in {output}; start one with: findings run") from error
    chapter = documents[documents["doc_id"] == doc_id.lower()]
    if chapter.empty:
        near = [known for known in documents["doc_id"] if known[:3] == doc_id.lower()[:3]] or list(documents["doc_id"])
        raise NotPublished(f"no chapter {doc_id}; there are {', '.join(near[:20])}{' …' if len(near) > 20 else ''}")
    if table is None:
        _print_document(chapter.iloc[0], console)
    for name in [table] if table else [name for name in schemas.TABLES if name != "documents" and name not in LONG]:
        frame = read_table(output, name)
        frame = frame[frame["doc_id"] == doc_id.lower()]
        if not frame.empty:
            hidden = () if table else CODED.get(name, ())
            _print_table(name, frame.drop(columns=list(hidden)), console)
        elif table:
            console.print(f"{name} (0 rows)", style="bold", highlight=False)
    if table is None:
        console.print(f"Also: {', '.join(LONG)}. Show one with: findings show {doc_id.lower()} TABLE", style="dim")


def _print_document(document: pd.Series[str], console: Console) -> None:
    console.print(Text(printable(document["title"]), style="bold"))
    level = " – ".join(part for part in (document["assessment"], document["assessment_note"]) if part)
    console.print(Text(printable(level), style="cyan"))
    console.print(Text(f"{printable(document['source_path'])} ({document['doc_id']})", style="dim"))
    console.print(Text(f"\n{printable(document['summary'])}\n"))


def _print_table(name: str, frame: pd.DataFrame, console: Console) -> None:
    """Only columns that say something in this chapter; the place is where, the rest is what.

    A grid where the terminal is wide enough for its columns, else one block a row.
    """
    where = "page" if frame["page"].notna().any() else "line"
    said = [str(column) for column in frame if column not in (*PLACE, "row")]
    cells = {column: [_cell(value) for value in frame[column]] for column in ["row", where, *said]}
    cells = {column: texts for column, texts in cells.items() if any(texts)}
    widths = {column: max(len(text) for text in [column, *texts]) for column, texts in cells.items()}
    title = f"{name} ({len(frame)} rows)"
    if sum(min(width, WIDE) + 3 for width in widths.values()) <= console.width:
        grid = Table(title=title, title_justify="left", title_style="bold", header_style="cyan")
        for column, width in widths.items():
            grid.add_column(column, overflow="fold", min_width=min(width, WIDE))
        for row in zip(*cells.values(), strict=True):
            grid.add_row(*(Text(text) for text in row))
        console.print(grid)
        return
    console.print(Text(f"{title}\n", style="bold"))
    for row in zip(*cells.values(), strict=True):
        said_here = {column: text for column, text in zip(cells, row, strict=True) if text}
        console.print(Text(f"{said_here.pop('row', '')}  {where} {said_here.pop(where, '')}", style="cyan"))
        for column, text in said_here.items():
            console.print(Padding(Text.assemble((f"{column}: ", "dim"), text), (0, 0, 0, 2)))
        console.print()


def _cell(value: object) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return printable(str(value))
