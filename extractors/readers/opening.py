"""What is asked of a file before and while it is opened: is it one, is it whole, and can its pages be read as shown?

The readers trust nothing: a cut file opens without complaint and has no pages, a damaged stream is unpacked as far as
it goes, a turned page gives letters without words. Each of these would be a table that is short without a word. The
limits lie far above everything printed: of 1,846 pages of 195 chapters none has more than 1,240 rectangles, fewer than
73 words, a glyph that is no character or a line that does not run from left to right.
"""

from __future__ import annotations

import base64
import os
import re
import stat
import zlib
from pathlib import Path

import pypdfium2

from extractors.model import Issue, SourceGone, UnreadableSource, Where
from extractors.readers.content import Content
from extractors.readers.marks import Marks

LARGEST = 300_000_000  # bytes of a file; the largest chapter has 2 million
LARGEST_STREAM = 64_000_000  # bytes of one unpacked stream that is no picture; the largest has 1.3 million
LARGEST_UNPACKED = 500_000_000  # bytes of all of them
MOST_SHAPES = 20_000  # rectangles, lines and curves of one page
MOST_STRINGS = 200_000  # shown strings of one page
MOST_HIDDEN = 400  # letters on one page that no reader sees; 78 are printed white at most
LONGEST_SIDE = 3000.0  # points; the longest of a page has 810
FEW_LETTERS = 500  # on one page: fewer are asked of PDFium too; no page has fewer than 544
MISSED = 50  # letters that PDFium may read where we do not; it reads up to 7 more (the letters of bullets)
MOST_TURNED = 0.02  # share of a page's glyphs that do not run from left to right

STREAM = re.compile(rb">>\s*stream\r?\n")
PACKED = re.compile(rb"/Filter\s*\[?\s*(/ASCII85Decode\s*)?/FlateDecode\b")
PICTURE = re.compile(rb"/Subtype\s*/Image\b")
WIDE = re.compile(rb"/(?:Columns|Colors|BitsPerComponent)\s+\d{6,}")
NO_CHARACTER = re.compile(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")


def read_file(path: Path, name: str, largest: int = LARGEST) -> bytes:
    """The bytes of a regular file.

    Raises :class:`SourceGone` for one that cannot be opened (it may be back tomorrow), :class:`UnreadableSource` for
    a folder, pipe, socket or device (reading one might never end), and for one of more than ``largest`` bytes.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise UnreadableSource(name, "is no regular file")
            if facts.st_size > largest:
                raise UnreadableSource(name, f"is larger than {largest // 1_000_000} MB")
            data = file.read(largest + 1)
    except (OSError, ValueError) as error:
        if path.is_dir() or (path.exists() and not path.is_file()):
            raise UnreadableSource(name, "is no regular file") from error
        raise SourceGone(name, f"cannot be opened ({getattr(error, 'strerror', None) or error})") from error
    if len(data) > largest:
        raise UnreadableSource(name, f"is larger than {largest // 1_000_000} MB")
    return data


def check_pdf(data: bytes, name: str) -> int:
    """The number of pages. Refuses what pdfplumber would open without complaint: a cut file has no pages, an error
    page no root object."""
    if not data.strip(b"\0 \t\r\n\f"):
        raise UnreadableSource(name, "is empty")
    if b"%PDF-" not in data[:1024]:
        raise UnreadableSource(name, "is no PDF (no %PDF- header)")
    if b"%%EOF" not in data.rstrip(b"\0 \t\r\n\f")[-2048:]:
        raise UnreadableSource(name, "is cut short (no end-of-file mark)")
    if WIDE.search(data):  # the parser would make room for such a row at once
        raise UnreadableSource(name, "is damaged (rows of bytes that are wider than any memory)")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        # PDFium says of a file without pages whatever it said of the file before
        locked = "assword" in str(error) and b"/Encrypt" in data
        reason = "is encrypted and needs a password" if locked else "is damaged (no page of it can be opened)"
        raise UnreadableSource(name, reason) from error
    try:
        return len(document)
    finally:
        document.close()


def check_streams(data: bytes, name: str) -> list[Issue]:
    """A finding if packed streams (text, fonts, lists of objects) cannot be unpacked whole; pictures are not looked at.

    pdfminer keeps what it could unpack and goes on, so half a page may be missing. Raises :class:`UnreadableSource`
    for a stream that grows without bounds. An encrypted file's streams cannot be told apart from damaged ones.
    """
    if b"/Encrypt" in data:
        return []
    view = memoryview(data)
    total, damaged = 0, []
    for match in STREAM.finditer(data):
        head = data[max(0, match.start() - 2000) : match.end()]
        head = head[max(0, head.rfind(b" obj")) :]
        filters = PACKED.search(head)
        if (
            not filters
            or PICTURE.search(head)
            or data[match.end() : match.end() + 12].lstrip().startswith(b"endstream")
        ):
            continue
        stream = view[match.end() :]
        if filters[1]:
            stream = memoryview(text_to_bytes(data[match.end() : max(0, data.find(b"~>", match.end()))]))
        unpacked, whole = unpack(stream, min(LARGEST_STREAM, LARGEST_UNPACKED - total))
        total += unpacked
        if unpacked > LARGEST_STREAM or total > LARGEST_UNPACKED:
            raise UnreadableSource(name, f"unpacks to more than {unpacked // 1_000_000} MB of text")
        if not whole:
            damaged.append(match.start())
    if not damaged:
        return []
    message = f"{len(damaged)} streams of the file are damaged, text or letters may be missing (first at byte {{}})"
    return [Issue("stream_damaged", "error", message.format(damaged[0]))]


def text_to_bytes(text: bytes) -> bytes:
    """Bytes written as text (ASCII85); nothing if it is none."""
    try:
        return base64.a85decode(text)
    except ValueError:
        return b""


def unpack(packed: memoryview, most: int) -> tuple[int, bool]:
    """How many bytes come out of a packed stream, and whether it is whole; gives up above ``most``."""
    inflate, size, at = zlib.decompressobj(), 0, 0
    try:
        while not inflate.eof and size <= most:
            block: bytes | memoryview = inflate.unconsumed_tail
            if not block:
                block = packed[at : at + 65536]
                at += len(block)
            if not block:
                break
            size += len(inflate.decompress(block, 1 << 20))
    except zlib.error:
        return size, False
    return size, inflate.eof or size > most


def check_content(content: Content, name: str) -> None:
    """Refuse a page that holds far more than any page of a report: laying it out would take minutes."""
    shapes = len(content.rects) + len(content.curves) + len(content.lines)
    if shapes > MOST_SHAPES:
        raise UnreadableSource(name, f"holds {shapes} drawn shapes on one page", content.number)
    if len(content.runs) > MOST_STRINGS:
        raise UnreadableSource(name, f"holds {len(content.runs)} pieces of text on one page", content.number)


def check_page(content: Content, marks: Marks) -> list[Issue]:
    """Findings about a page whose text is not, or not wholly, what a reader sees."""
    where = Where(page=content.number)
    if not marks.words:
        return [Issue("page_without_text", "error", "the page holds no text (a picture of it?)", where)]
    issues = []
    glyphs = sum(len(run.texts) for run in content.runs)
    turned = sum(len(run.texts) for run in content.runs if not run.upright)
    if content.rotation or turned > MOST_TURNED * glyphs:
        message = (
            f"{turned} of {glyphs} letters do not run from left to right; the page is turned by {content.rotation}°"
        )
        issues.append(Issue("page_turned", "error", message, where))
    if max(content.width, content.height) > LONGEST_SIDE:
        message = (
            f"the page measures {content.width:.0f} by {content.height:.0f} points: text may be taken for its head"
        )
        issues.append(Issue("page_oversized", "error", message, where))
    garbled = sum(bool(NO_CHARACTER.search(word.text)) for word in marks.words)
    if garbled:
        message = f"{garbled} of {len(marks.words)} words hold glyphs of which the file does not say what they are"
        issues.append(Issue("text_garbled", "error" if garbled > 20 else "warning", message, where))
    if len(marks.hidden) > MOST_HIDDEN:
        message = f"{len(marks.hidden)} letters of the page are outside of it or white: left out"
        issues.append(Issue("page_hidden", "error", message, where))
    return issues


def check_letters(data: bytes, marks: Marks) -> list[Issue]:
    """A finding if PDFium, another engine, reads much more on a page that gave us next to nothing.

    Asking PDFium costs two milliseconds a page, a fifth of reading it, and on 1,846 pages it never knew better; so it
    is asked where text may be missing and nowhere else.
    """
    mine = sum(char.isalnum() for text in (*(word.text for word in marks.words), marks.hidden) for char in text)
    if mine >= FEW_LETTERS:
        return []
    document = pypdfium2.PdfDocument(data)
    try:
        seen = sum(char.isalnum() for char in document[marks.number - 1].get_textpage().get_text_bounded())
    except pypdfium2.PdfiumError:
        return []
    finally:
        document.close()
    if seen <= mine + MISSED:
        return []
    message = f"PDFium reads {seen} letters on this page, we read {mine}"
    return [Issue("text_missing", "error", message, Where(page=marks.number))]
