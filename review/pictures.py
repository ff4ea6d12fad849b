"""Draws the pages of a PDF that contain rows, with PDFium, and reads the lines of a raw text."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import zlib
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESOLUTION = 116
"""Dots per inch: 1.6 times the size at which a window of 1,440 pixels shows a page. 1,200 chapters take 400 MB so."""
DARK = 128
"""What is darker (0 is black) is drawn black, and what lies beside it white: letters have no soft edges."""
GREYS = 4
"""Shades of everything else: rules, fills, light letters."""
LARGEST = 3600
"""Most pixels of the longer side. A larger page is drawn at a lower resolution."""
SETTINGS = f"{RESOLUTION}-{DARK}-{GREYS}-{LARGEST}"

Sheet = dict[str, Any]
"""A page with a picture: ``page`` (from 1), ``file``, ``width`` and ``height`` in points, and ``left`` and ``top``.

``left`` and ``top`` are the coordinates of the upper left corner of the picture in the tables, in points. They are not
0 if the page is cropped."""


def folder_of(sha256: str) -> str:
    """Return the folder name for the pictures of a source: a hash of its content and of the drawing settings."""
    return hashlib.sha256(f"{sha256} {SETTINGS}".encode()).hexdigest()[:16]


def read_source(path: Path, sha256: str) -> bytes | None:
    """Return the content of the source, or ``None`` if it is missing or its checksum is not that of the run."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def known_sheets(folder: Path) -> dict[int, Sheet]:
    """Return the pictures of an earlier build in a folder, by page. Without any, the result is empty."""
    try:
        sheets = json.loads((folder / "sheets.json").read_text("utf-8"))
        return {sheet["page"]: sheet for sheet in sheets if (folder / sheet["file"]).is_file()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def draw_sheets(data: bytes, wanted: Collection[int], folder: Path) -> dict[int, Sheet]:
    """Draw the ``wanted`` pages (from 1) into ``folder``, and return all pictures in it by page.

    Existing pictures are kept. A page that PDFium cannot draw is left out.
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
    width, height = page.get_size()
    scale = min(RESOLUTION / 72, LARGEST / max(width, height))
    drawn = page.render(scale=scale, may_draw_forms=False, grayscale=True)
    file = f"{number}.png"
    write_whole(folder / file, _png(_shades(drawn.to_numpy().squeeze())))
    left = top = 0.0
    if page.get_rotation() == 0:
        # The tables measure from the upper left corner of the media box, but PDFium draws the crop box.
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


def _shades(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the shade of each dot of a page in greys, from 0 (black)."""
    steps = np.round(np.arange(256) * (GREYS - 1) / 255).astype(np.uint8)
    steps[:DARK] = 0
    width = page.shape[1]
    flat = np.ravel(page)  # faster than rows; the last dot of one and the first of the next are both on the margin
    dark = flat < DARK
    beside = dark.copy()
    beside[1:] |= dark[:-1]
    beside[:-1] |= dark[1:]
    near = beside.copy()
    near[width:] |= beside[:-width]
    near[:-width] |= beside[width:]
    shades = np.frombuffer(flat.tobytes().translate(steps.tobytes()), dtype=np.uint8)
    return (shades | (near ^ dark).view(np.uint8) * np.uint8(GREYS - 1)).reshape(page.shape)


def _png(shades: NDArray[np.uint8]) -> bytes:
    """Return a picture in four shades of grey as PNG, with two bits for each dot."""
    high, width = shades.shape
    dots = np.full((high, -(-width // 4) * 4), GREYS - 1, dtype=np.uint8)
    dots[:, :width] = shades
    rows = np.zeros(
        (high, 1 + dots.shape[1] // 4), dtype=np.uint8
    )  # each row begins with the number of its filter: none
    rows[:, 1:] = dots[:, 0::4] << 6 | dots[:, 1::4] << 4 | dots[:, 2::4] << 2 | dots[:, 3::4]
    head = struct.pack(">IIBBBBB", width, high, 2, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    size, check = struct.Struct(">I").pack, zlib.crc32
    chunks = (size(len(data)) + name + data + size(check(name + data)) for name, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def source_lines(data: bytes) -> list[str]:
    """Return the lines of a raw text, split as the text reader splits them: at line feeds and carriage returns only."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return re.split(r"\r\n|\n|\r", text)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file completely or not at all: first under a temporary name, which is then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def write_changed(path: Path, data: bytes) -> None:
    """Write a file if it does not have this content already."""
    if not path.is_file() or path.read_bytes() != data:
        write_whole(path, data)
