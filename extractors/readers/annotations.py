"""Annotations that show text on a page: text boxes, stamps, form fields. Their words are not in the content stream.

A publisher may correct a printed number by laying a text box over it. The tables keep the printed number; a finding
names what the annotation shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pdfminer.pdftypes import PDFStream, dict_value, list_value, resolve1
from pdfminer.psparser import literal_name
from pdfminer.utils import decode_text

from extractors.model import Issue, Where, rounded
from extractors.readers.content import Box, GlyphRun
from extractors.readers.content_stream import StreamReader
from extractors.readers.marks import WordList

SILENT = {"Link", "Popup"}  # kinds that show no text of their own
UNSEEN = 2 | 32  # flags: hidden, not on the screen
LONGEST = 200  # letters of a text that a finding quotes


@dataclass(frozen=True, slots=True)
class ShownText:
    """The text that an annotation shows, its kind (``FreeText``, ``Stamp``, ...) and its box on the page in points."""

    kind: str
    text: str
    box: Box


def read_annotations(page: Any, reader: StreamReader) -> Iterator[ShownText]:
    """The texts that the annotations of a pdfplumber page show. A damaged annotation gives none."""
    try:
        annotations = list_value(page.page_obj.annots or [])
    except Exception:  # pdfminer may raise anything on a damaged object
        return
    for reference in annotations:
        try:
            entries = resolve1(reference)
            shown = shown_text(page, reader, entries) if isinstance(entries, dict) else None
        except Exception:  # the same; the page's own text does not need its annotations
            continue
        if shown is not None:
            yield shown


def shown_text(page: Any, reader: StreamReader, entries: dict[str, Any]) -> ShownText | None:
    """The text that one annotation (its dictionary in the file) shows; None if it shows none."""
    kind = literal_name(resolve1(entries.get("Subtype")))
    if kind in SILENT or int(resolve1(entries.get("F")) or 0) & UNSEEN or reader.hides(page, entries.get("OC")):
        return None
    appearance = appearance_of(entries)
    text = words_of(reader.appearance(page, appearance)) if appearance is not None else ""
    if not text and kind in {"FreeText", "Widget"}:
        text = string_of(entries.get("Contents" if kind == "FreeText" else "V"))
    if not text:
        return None
    x0, y0, x1, y1 = (float(resolve1(edge)) for edge in list_value(entries["Rect"]))
    return ShownText(kind, text, reader.box(page, [(x0, y0), (x1, y1)]))


def appearance_of(entries: dict[str, Any]) -> PDFStream | None:
    """The stream that draws an annotation in its present state."""
    normal = resolve1(dict_value(entries.get("AP") or {}).get("N"))
    if isinstance(normal, dict):
        state = resolve1(entries.get("AS"))
        normal = resolve1(normal.get(literal_name(state))) if state is not None else None
    return normal if isinstance(normal, PDFStream) else None


def words_of(runs: list[GlyphRun]) -> str:
    words = WordList()
    for run in runs:
        words.add(run)
    return " ".join(word.text for word in words.end())


def string_of(value: Any) -> str:
    """A text of the file, with each run of white space as one blank; a name (the state of a check box) is no text."""
    value = resolve1(value)
    return " ".join(decode_text(value).split()) if isinstance(value, bytes) else ""


def annotation_issue(shown: ShownText, page: int) -> Issue:
    text = shown.text if len(shown.text) <= LONGEST else shown.text[:LONGEST] + "..."
    message = f"an annotation ({shown.kind}) shows text that is not in the tables: {text!r}"
    return Issue("annotation_text", "warning", message, Where(page=page, bbox=rounded(*shown.box)))
