"""Checks of a file before and while it is read: is it a regular file, is it complete, can its pages be read as shown?

Without them a fault would be a table with missing rows and no finding: a file that is cut short opens without an error
and has no pages, a damaged stream is unpacked in part, a turned page gives letters but no words. The limits lie far
above all real chapters: of 1,846 pages of 195 chapters none has more than 1,240 rectangles, fewer than 73 words, a
glyph without a character, or a line that does not run from left to right.
"""

from __future__ import annotations

import base64
import os
import re
import stat
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2

from extractors.model import Issue, PageText, SourceGone, UnreadableSource, Where
from extractors.readers.content import Content
from extractors.readers.encoding import FOREIGN
from extractors.readers.marks import Marks
from extractors.readers.tolerances import TOLERANCE

LARGEST = 300_000_000  # bytes of a file; the largest chapter has 2 million
LARGEST_STREAM = 64_000_000  # bytes of one unpacked stream that is no picture; the largest has 1.3 million
LARGEST_UNPACKED = 500_000_000  # bytes of all of them
MOST_SHAPES = 20_000  # rectangles, lines and curves of one page
MOST_STRINGS = 200_000  # glyph runs of one page
MOST_HIDDEN = 400  # invisible letters of one page; real pages have up to 78
LONGEST_SIDE = 3000.0  # points; the longest side of a real page has 810
FEW_LETTERS = 500  # on one page; PDFium also reads a page with fewer. Real pages have at least 544
MISSED = 50  # letters that PDFium may read and we do not; on real pages it reads up to 7 more (bullets)
MOST_TURNED = 250  # letters of one page that do not run from left to right: a stamp has a line of them, a table more

STREAM = re.compile(rb">>\s*stream\r?\n")
PACKED = re.compile(rb"/Filter\s*\[?\s*(/ASCII85Decode\s*)?/FlateDecode\b")
PICTURE = re.compile(rb"/Subtype\s*/Image\b")
WIDE = re.compile(rb"/(?:Columns|Colors|BitsPerComponent)\s+\d{6,}")
NO_CHARACTER = re.compile(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
BLANK = b"\0 \t\r\n\f"
NOT_BLANK = re.compile(rb"[^\0 \t\r\n\f]")
LONG_END = 1 << 16  # bytes at the end of a file, among which its end-of-file mark is looked for first


def read_file(path: Path, name: str, largest: int = LARGEST) -> bytes:
    """The bytes of a regular file; ``name`` is the file in error messages.

    Raises :class:`SourceGone` for a file that cannot be opened (the next run may find it again), and
    :class:`UnreadableSource` for a folder, pipe, socket or device (reading might never end) or a file of more than
    ``largest`` bytes.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise UnreadableSource(name, "is not a regular file")
            if facts.st_size > largest:
                raise UnreadableSource(name, f"is larger than {largest // 1_000_000} MB")
            data = file.read(largest + 1)
    except (OSError, ValueError) as error:
        if path.is_dir() or (path.exists() and not path.is_file()):
            raise UnreadableSource(name, "is not a regular file") from error
        raise SourceGone(name, f"cannot be opened ({getattr(error, 'strerror', None) or error})") from error
    if len(data) > largest:
        raise UnreadableSource(name, f"is larger than {largest // 1_000_000} MB")
    return data


def check_pdf(data: bytes, name: str) -> int:
    """The number of pages of a PDF, as PDFium counts them.

    Raises :class:`UnreadableSource` for files that pdfplumber would open without an error: one that is cut short has no
    pages, a web server's error page no root object.
    """
    if NOT_BLANK.search(data) is None:
        raise UnreadableSource(name, "is empty")
    if b"%PDF-" not in data[:1024]:
        kind = next((kind for magic, kind in FOREIGN.items() if data.startswith(magic)), "")
        raise UnreadableSource(name, f"is {kind}, not a PDF" if kind else "is not a PDF (no %PDF- header)")
    end = data[-LONG_END:].rstrip(BLANK)  # a copy of a whole volume would stay in memory
    if b"%%EOF" not in (end if len(end) > 2048 else data.rstrip(BLANK))[-2048:]:
        raise UnreadableSource(name, "is cut short (no end-of-file mark)")
    if WIDE.search(data):  # pdfminer would allocate memory for a row of this width at once
        raise UnreadableSource(name, "is damaged (it declares rows too wide for any memory)")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        # for a file without pages PDFium repeats its message about the file before
        locked = "assword" in str(error) and b"/Encrypt" in data
        reason = "is encrypted and needs a password" if locked else "is damaged (no page can be opened)"
        raise UnreadableSource(name, reason) from error
    try:
        return len(document)
    finally:
        document.close()


def check_streams(data: bytes, name: str) -> list[Issue]:
    """Return a finding if compressed streams (text, fonts, object lists) are damaged. Pictures are not checked.

    pdfminer uses what it could unpack and reports nothing, so half a page may be missing. Raises
    :class:`UnreadableSource` for streams that unpack to far more than any chapter has. Encrypted files are not checked:
    their streams look like damaged ones.
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
    message = f"{len(damaged)} streams are damaged (the first at byte {damaged[0]}): text may be missing"
    return [Issue("stream_damaged", "error", message)]


def text_to_bytes(text: bytes) -> bytes:
    """Decode ASCII85; empty if the text is not ASCII85."""
    try:
        return base64.a85decode(text)
    except ValueError:
        return b""


def unpack(packed: memoryview, most: int) -> tuple[int, bool]:
    """How many bytes a compressed stream unpacks to, and whether it is complete; stops above ``most`` bytes."""
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
    """Raise :class:`UnreadableSource` for a page with far more content than a report has: it would take minutes."""
    shapes = len(content.rects) + len(content.curves) + len(content.lines)
    if shapes > MOST_SHAPES:
        raise UnreadableSource(name, f"holds {shapes} drawn shapes on one page", content.number)
    if len(content.runs) > MOST_STRINGS:
        raise UnreadableSource(name, f"holds {len(content.runs)} pieces of text on one page", content.number)


def letters_of(content: Content) -> tuple[int, int]:
    """How many letters a page has, and how many of them do not run from left to right."""
    glyphs = sum([len(run.texts) for run in content.runs])
    return glyphs, sum([len(run.texts) for run in content.runs if run.turned])


def is_turned_page(content: Content) -> bool:
    """Whether so many letters of a page do not run from left to right that its text cannot be read."""
    glyphs, turned = letters_of(content)
    return turned > min(MOST_TURNED, TOLERANCE.turned_page * glyphs)


def check_page(content: Content, marks: Marks, scaled: bool = False) -> Iterator[Issue]:
    """Findings about a page whose text may differ from what a person sees on it.

    ``scaled``: it is known at which scale the page is drawn, so it may have any size.
    """
    where = Where(page=content.number)
    if not marks.words:
        yield Issue("page_without_text", "error", "the page holds no text (is it a scan?)", where)
        return
    if content.unclosed:
        message = "the content of the page ends within a part that it began: the rest of the page may be missing"
        yield Issue("stream_damaged", "error", message, where)
    glyphs, turned = letters_of(content)
    if is_turned_page(content):
        shares = f"{turned} of {glyphs} letters"
        message = f"{shares} do not run from left to right; the page is turned by {content.rotation}°"
        yield Issue("page_turned", "error", message, where)
    if max(content.width, content.height) > LONGEST_SIDE and not scaled:
        size = f"{content.width:.0f} by {content.height:.0f}"
        message = f"the page measures {size} points: running text may be read as its head"
        yield Issue("page_oversized", "error", message, where)
    if NO_CHARACTER.search(" ".join(word.text for word in marks.words)):
        garbled = sum(bool(NO_CHARACTER.search(word.text)) for word in marks.words)
        message = f"{garbled} of {len(marks.words)} words hold glyphs that the file maps to no character"
        yield Issue("text_garbled", "error" if garbled > 20 else "warning", message, where)
    if len(marks.hidden) > MOST_HIDDEN:
        message = f"{len(marks.hidden)} letters of the page are invisible (white, covered, clipped) and were left out"
        yield Issue("page_hidden", "error", message, where)


def check_letters(texts: Sequence[PageText], marks: Marks) -> list[Issue]:
    """Return a finding if PDFium reads many more letters on a page where we read few; ``texts`` is what it read."""
    mine = sum(map(str.isalnum, "".join([*(word.text for word in marks.words), marks.hidden])))
    if mine >= FEW_LETTERS:
        return []
    seen = sum(char.isalnum() for page in texts for char in page.text)
    if seen <= mine + MISSED:
        return []
    message = f"PDFium reads {seen} letters on this page, but we read {mine}: text is missing"
    return [Issue("text_missing", "error", message, Where(page=marks.number))]
