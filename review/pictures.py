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
DARK, LIGHT = 128, 213
"""What is darker (0 is black) than the first is drawn black, and what lies beside it white: letters have no soft edges.
What is lighter than the second is white, and everything else is grey: rules, fills, light letters."""
SPREAD = np.array([int(f"{byte:08b}", 4) for byte in range(256)], dtype=">u2").view("<u2")
"""The bits of each byte with a place for another bit before each of them."""
LARGEST = 3600
"""Most pixels of the longer side. A larger page is drawn at a lower resolution."""
SETTINGS = f"{RESOLUTION}-{DARK}-{LIGHT}-{LARGEST}"

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
    write_whole(folder / file, _png(drawn.to_numpy().squeeze()))
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


def _png(page: NDArray[np.uint8]) -> bytes:
    """Return a page in greys as PNG, with two bits for each dot: 0 is black, 2 grey and 3 white."""
    high, width = page.shape
    flat = np.ravel(page)  # faster than rows; the last dot of one and the first of the next are both on the margin
    bright = flat >= DARK
    beside = bright.copy()
    beside[1:] &= bright[:-1]
    beside[:-1] &= bright[1:]
    white = beside.copy()  # where no dark dot is around
    white[width:] &= beside[:-width]
    white[:-width] &= beside[width:]
    white ^= bright
    white |= flat >= LIGHT
    first, second = (SPREAD.take(np.packbits(bits.reshape(page.shape), axis=1)) for bits in (bright, white))
    rows = np.zeros((high, 1 + -(-width // 4)), dtype=np.uint8)  # each row begins with the number of its filter: none
    rows[:, 1:] = (first << 1 | second).view(np.uint8)[:, : rows.shape[1] - 1]
    head = struct.pack(">IIBBBBB", width, high, 2, 0, 0, 0, 0)
    deflate = zlib.compressobj(5, zlib.DEFLATED, 15, 8, zlib.Z_FILTERED)  # smaller and faster than the default strategy
    parts = ((b"IHDR", head), (b"IDAT", deflate.compress(rows.tobytes()) + deflate.flush()), (b"IEND", b""))
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
