"""What a child process of the build does: draw the pages of one source file, and render its chapter pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from review import declared, pictures
from review.chapter import ChapterView
from review.country import country_view
from review.layout import LABELS
from review.pictures import Sheet, write_whole
from review.release import Packed, Record, unpack
from review.render import render, render_packed, render_part
from review.texts import Meanings

SOURCE_GONE = "The source file is not where the run found it, or it has changed since, so its pages cannot be shown."
NO_PICTURES = "This site was built without pictures of the pages."
NOT_DRAWN = "The pages of the source file could not be drawn."
BODY = ".body"
"""Suffix of the content of a chapter page until it is packed with those of its country."""


@dataclass
class RenderTask:
    """One source file: the paths at which it may be found, and the chapters to render from it.

    ``reason`` says why its pages must not be drawn (an earlier attempt failed); empty: draw them. ``declared``: the
    tables that only the rules of the run declare. Without ``with_pictures``, pages of a PDF are not drawn.
    """

    sha256: str
    format: str
    candidates: list[str]
    site: str
    folder: str
    meanings: Meanings
    chapters: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    declared: dict[str, Any] = field(default_factory=dict)
    with_pictures: bool = True


@dataclass
class RenderResult:
    """The result of a task: for each chapter its entry in the ledger of the site, or the reason why it failed."""

    chapters: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    pictures: int = 0


def render_file(task: RenderTask) -> RenderResult:
    """Draw the missing page pictures of one file and render its chapters.

    If a chapter cannot be rendered, it is listed in ``failed`` and the other chapters are rendered all the same.
    """
    declared.show(task.declared)
    result = RenderResult()
    views = _views(task, result)
    lines, sheets, missing = _source(task, views, result)
    for chapter, view in views:
        doc_id = chapter["doc_id"]
        shown = [sheets[page] for page in view.pages if page in sheets]
        try:
            page, body = render_chapter(view, chapter, shown, lines, missing, task.folder)
            write_whole(Path(task.site) / "chapters" / f"{doc_id}{BODY}", body)
            write_whole(Path(task.site) / "chapters" / f"{doc_id}.html", page)
        except Exception as error:  # unexpected rows in one chapter must not stop the others
            result.failed[doc_id] = f"{type(error).__name__}: {error}"
            continue
        entry: dict[str, Any] = {"key": chapter["key"], "sheets": [sheet["page"] for sheet in shown]}
        result.chapters[doc_id] = entry | ({"missing": missing} if missing not in ("", NO_PICTURES) else {})
    return result


def _views(task: RenderTask, result: RenderResult) -> list[tuple[dict[str, Any], ChapterView]]:
    """Return each chapter of the task with its view; a chapter without a view is listed in ``result.failed``."""
    views: list[tuple[dict[str, Any], ChapterView]] = []
    for chapter in task.chapters:
        try:
            registry = unpack(chapter["registry"]).get("entity_registry", [])
            views.append((chapter, ChapterView(unpack(chapter["tables"]), registry, task.meanings)))
        except Exception as error:  # unexpected rows in one chapter must not stop the others
            result.failed[chapter["doc_id"]] = f"{type(error).__name__}: {error}"
    return views


def _source(
    task: RenderTask, views: list[tuple[dict[str, Any], ChapterView]], result: RenderResult
) -> tuple[list[str], dict[int, Sheet], str]:
    """Return the lines of a raw text, the page pictures of a PDF, and why there are none (empty: there are)."""
    if task.format == "pdf" and not task.with_pictures:
        return [], {}, NO_PICTURES
    data = next(filter(None, (pictures.read_source(Path(path), task.sha256) for path in task.candidates)), None)
    lines: list[str] = []
    sheets: dict[int, Sheet] = {}
    if task.format != "pdf":
        lines = pictures.source_lines(data) if data is not None else []
    else:
        folder = Path(task.site) / "pages" / task.folder
        wanted = {page for _, view in views for page in view.pages}
        before = pictures.known_sheets(folder)
        complete = data is None or wanted <= before.keys()
        sheets = before if complete else pictures.draw_sheets(data or b"", wanted, folder)
        result.pictures = len(sheets.keys() - before.keys())
    if task.reason or lines or sheets:
        return lines, sheets, task.reason
    return lines, sheets, SOURCE_GONE if data is None else NOT_DRAWN


def render_chapter(
    view: ChapterView, chapter: Mapping[str, Any], sheets: list[Sheet], lines: list[str], missing: str, folder: str
) -> tuple[bytes, bytes]:
    """Return a chapter page as HTML, and its content, which goes to the script of its country.

    ``sheets`` are the page pictures of a PDF in ``folder``, ``lines`` the lines of a raw text. Both may be empty; then
    ``missing`` says why the source cannot be shown.
    """
    return render_part(
        "chapter.html",
        chapter["doc_id"],
        f"{view.document['iso3'].lower()}.js",
        root="../",
        view=view,
        country=chapter["country"],
        siblings=chapter["siblings"],
        sheets=sheets,
        picture_root=f"../pages/{folder}/",
        lines=lines,
        line_rows=_rows_by_line(view),
        missing=missing,
        labels=LABELS,
    )


def _rows_by_line(view: ChapterView) -> dict[int, str]:
    """Return for each line of a raw text the anchor of the first row that begins on it."""
    rows = [row for _, _, blocks in view.sections for block in blocks for row in block.rows]
    anchors: dict[int, str] = {}
    for row in (*rows, *view.references):
        if row.at.startswith("L"):
            anchors.setdefault(int(row.at[1:]), row.anchor)
    return anchors


def render_failed(document: Record, reason: str) -> bytes:
    """Return the page that replaces a chapter page which could not be built."""
    return render(
        "failed.html",
        root="../",
        country=document["country"],
        iso3=document["iso3"],
        year=document["report_year"],
        reason=reason,
    )


def render_country(packed: Packed, counts: Mapping[str, Mapping[str, int]], meanings: Meanings) -> bytes:
    """Return a country page as HTML. ``counts`` gives the number of findings of each chapter by severity."""
    return render_packed("country.html", root="../", **country_view(unpack(packed), counts, meanings))
