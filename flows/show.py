"""A chapter's tables in the terminal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

import schemas
from flows.publish import read_table

PLACE = ("doc_id", "iso3", "report_year", "bbox", "line", "page")
LONG = ("paragraphs", "references", "citations", "provenance", "entities", "footnotes", "releases")
"""Tables that are shown only when asked for by name."""


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
            console.print(_grid(name, frame))
        elif table:
            console.print(f"{name} (0 rows)", style="bold", highlight=False)
    if table is None:
        console.print(f"Also: {', '.join(LONG)}. Show one with: findings show {doc_id.lower()} TABLE", style="dim")


def _print_document(document: pd.Series[str], console: Console) -> None:
    console.print(Text(f"{document['title']}", style="bold"))
    level = " – ".join(part for part in (document["assessment"], document["assessment_note"]) if part)
    console.print(Text(level, style="cyan"))
    console.print(Text(f"{document['source_path']} ({document['doc_id']})", style="dim"))
    console.print(Text(f"\n{document['summary']}\n"))


def _grid(name: str, frame: pd.DataFrame) -> Table:
    """Only columns that say something in this chapter; the place is where, the rest is what."""
    where = "page" if frame["page"].notna().any() else "line"
    said = [str(name) for name in frame if frame[name].astype("str").ne("").any() and name not in (*PLACE, "row")]
    shown = ["row", where, *said]
    grid = Table(title=f"{name} ({len(frame)} rows)", title_justify="left", title_style="bold", header_style="cyan")
    for column in shown:
        numeric = pd.api.types.is_numeric_dtype(frame[column].dtype) and frame[column].dtype != bool
        grid.add_column(column, justify="right" if numeric else "left", overflow="fold", no_wrap=bool(numeric))
    for record in frame[shown].to_dict("records"):
        grid.add_row(*(Text(_cell(value)) for value in record.values()))
    return grid


def _cell(value: object) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
