"""PDF bytes -> the content of each page, by the fast reader, or by pdfplumber where that one gives up.

Only this module imports pdfplumber. Later steps work on :class:`~extractors.readers.content.Content` alone.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import list_value, stream_value
from pdfplumber.utils.exceptions import PdfminerException

from extractors.model import UnreadableSource
from extractors.readers.annotations import ShownText, read_annotations
from extractors.readers.content import Content, plain_content
from extractors.readers.content_stream import StreamReader

FORGET = 50  # pages after which all caches of the file are emptied
STRING = re.compile(rb"\((?:\\.|[^()\\])*\)|<[0-9A-Fa-f\s]*>", re.S)
LAST_TOKEN = re.compile(rb"[A-Za-z]{1,3}\*?|['\"]")  # an operator; whole instructions end with one


class Pages:
    """An opened PDF: the ``count`` of its pages and its ``date`` (a PDF date or empty). Iterate it once for the pages;
    ``shown`` is what the annotations of the last page show. The pages before ``first`` are passed over.

    Opening and iterating raise :class:`UnreadableSource` for a damaged or encrypted file, with the page if one page is
    at fault.
    """

    def __init__(self, data: bytes, source_path: str, first: int = 1) -> None:
        self.source_path = source_path
        self.first = first
        self.shown: list[ShownText] = []
        with damaged(source_path):
            self.pdf = pdfplumber.open(io.BytesIO(data))
            self.date = str(self.pdf.metadata.get("ModDate") or self.pdf.metadata.get("CreationDate") or "")
            self.count = len(self.pdf.pages)

    def __iter__(self) -> Iterator[Content]:
        """Yield the pages from ``first`` to the last. Each is closed when the next one is requested.

        pdfplumber caches the characters of a page, pdfminer caches every object that it reads (fonts, unpacked
        streams). On a file of a thousand pages that would add a tenth of a megabyte for each page.
        """
        reader = StreamReader()
        pages = self.pdf.pages[self.first - 1 :][::-1]
        self.pdf.pages.clear()
        while pages:
            page = pages.pop()
            with damaged(self.source_path, page.page_number):
                content = read_content(page, reader)
                self.shown = list(read_annotations(page, reader))
            page.close()
            if page.page_number % FORGET == 0:
                self.pdf.doc._cached_objs.clear()
                self.pdf.doc._parsed_objs.clear()
                self.pdf.rsrcmgr._cached_fonts.clear()
                reader.forget()
            yield content


def read_content(page: Any, reader: StreamReader) -> Content:
    """The content of a pdfplumber page, by the fast reader, or by pdfplumber itself if that one fails."""
    try:
        return reader.read(page)
    except MemoryError:
        raise
    except Exception as error:  # on a damaged stream pdfminer may raise anything; pdfplumber decides
        content = plain_content(page, str(error) or type(error).__name__)
        content.unclosed = not ends_whole(instructions_of(page))
        return content


def instructions_of(page: Any) -> bytes:
    """Return the instructions of a page; nothing if a stream is damaged, which other checks name."""
    try:
        return b"\n".join(stream_value(part).get_data() for part in list_value(page.page_obj.contents))
    except Exception:
        return b""


def ends_whole(instructions: bytes) -> bool:
    """Tell whether instructions end with an operator and outside of text; unknown (True) with an image among them."""
    plain = STRING.sub(b" 0 ", instructions)
    tokens = plain.split()
    if not tokens or b"BI" in tokens:
        return True
    if plain.rfind(b"(") > plain.rfind(b")"):
        return False
    return LAST_TOKEN.fullmatch(tokens[-1]) is not None and tokens.count(b"BT") <= tokens.count(b"ET")


@contextlib.contextmanager
def damaged(source_path: str, page: int | None = None) -> Iterator[None]:
    """Turn any exception of the parser into :class:`UnreadableSource`, for the whole file or one page of it.

    On a damaged file pdfminer may raise anything (endless recursion, a number where a name should be). A MemoryError
    passes: it may come from the machine and not from the file.
    """
    try:
        yield
    except Exception as error:
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, MemoryError):
            raise cause from error
        secret = isinstance(cause, PDFPasswordIncorrect)
        reason = "is encrypted and needs a password" if secret else f"is damaged ({cause!r:.200})"
        raise UnreadableSource(source_path, reason, page) from error
