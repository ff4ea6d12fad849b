"""Pictures of the pages that hold rows, made by PDFium, and the lines of a raw text."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

RESOLUTION = 96
"""Dots per inch. Body text of 9 points is read without effort, and a page is 70 KB (110: 95 KB)."""
COLOURS = 24
"""In the palette of a page: text on white with one or two colours of ruling."""
LARGEST = 2400
"""Pixels of the longer side; a page as large as a wall is shown smaller."""
SETTINGS = f"{RESOLUTION}-{COLOURS}-{LARGEST}"

Sheet = dict[str, Any]
"""A page that has a picture: ``page``, ``file``, its ``width`` and ``height`` in points, and the point of the picture's
upper left corner in the coordinates of the tables (``left``, ``top``: not 0 where the page is cropped)."""


def folder_of(sha256: str) -> str:
    """Name of the folder for a source's pictures: its content and the settings they are made with."""
    return hashlib.sha256(f"{sha256} {SETTINGS}".encode()).hexdigest()[:16]


def read_source(path: Path, sha256: str) -> bytes | None:
    """The source's bytes if they are still the ones that were read for the tables."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def known_sheets(folder: Path) -> dict[int, Sheet]:
    """The pictures that an earlier build has left in a folder."""
    try:
        sheets = json.loads((folder / "sheets.json").read_text("utf-8"))
        return {sheet["page"]: sheet for sheet in sheets if (folder / sheet["file"]).is_file()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def draw_sheets(data: bytes, wanted: Collection[int], folder: Path) -> dict[int, Sheet]:
    """Draw the wanted pages into the folder; those that are there already are kept. Returns all there are.

    A page that PDFium cannot draw is left out. Pages count from 1.
    """
    import pypdfium2

    sheets = known_sheets(folder)
    missing = sorted(set(wanted) - sheets.keys())
    if not missing:
        return sheets
    folder.mkdir(parents=True, exist_ok=True)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return sheets
    try:
        for page in missing:
            if 1 <= page <= len(document):
                with suppress(pypdfium2.PdfiumError):
                    sheets[page] = _draw(document[page - 1], page, folder)
    finally:
        document.close()
    write_whole(folder / "sheets.json", json.dumps([sheets[page] for page in sorted(sheets)]).encode())
    return sheets


def _draw(page: Any, number: int, folder: Path) -> Sheet:
    from PIL import Image

    width, height = page.get_size()
    scale = min(RESOLUTION / 72, LARGEST / max(width, height))
    picture = page.render(scale=scale, may_draw_forms=False).to_pil()
    picture = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    file = f"{number}.png"
    part = folder / f"{file}.part"
    picture.save(part, format="PNG", compress_level=6)
    part.replace(folder / file)
    left = top = 0.0
    if page.get_rotation() == 0:
        # The tables measure from the media box's upper left corner, PDFium draws the crop box.
        media, crop = page.get_mediabox(), page.get_cropbox()
        left, top = crop[0], media[3] - media[1] - crop[3]
    page.close()
    return {
        "page": number,
        "file": file,
        "width": round(width, 2),
        "height": round(height, 2),
        "left": round(left, 2),
        "top": round(top, 2),
    }


def source_lines(data: bytes) -> list[str]:
    """The lines of a raw text, numbered as the reader numbers them: by line feeds and carriage returns alone."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return re.split(r"\r\n|\n|\r", text)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
