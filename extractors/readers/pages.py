"""A PDF's pages, one by one, as what they paint: by the fast feed, or by pdfplumber where that is not sure.

The only importer of pdfplumber. Later steps see :class:`~extractors.readers.content.Content` and nothing else.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from extractors.model import UnreadableSource
from extractors.readers.content import Content, plain_content
from extractors.readers.content_stream import StreamReader

FORGET = 50  # pages after which nothing is kept of those before


class Pages:
    """An opened PDF: ``count`` of its pages and its ``date`` as the file has it; iterating it once reads the pages.

    Raises :class:`UnreadableSource`, with the page if it is one, for whatever a damaged file brings up.
    """

    def __init__(self, data: bytes, source_path: str) -> None:
        self.source_path = source_path
        with damaged(source_path):
            self.pdf = pdfplumber.open(io.BytesIO(data))
            self.date = str(self.pdf.metadata.get("ModDate") or self.pdf.metadata.get("CreationDate") or "")
            self.count = len(self.pdf.pages)

    def __iter__(self) -> Iterator[Content]:
        """The pages from the first to the last, each given up when the next one is asked for.

        pdfplumber keeps what it made of a page, pdfminer keeps every object that it read (letters' outlines, unpacked
        streams): on a file of a thousand pages that would be a tenth of a megabyte a page for nothing.
        """
        reader = StreamReader()
        pages = self.pdf.pages[::-1]
        self.pdf.pages.clear()
        while pages:
            page = pages.pop()
            with damaged(self.source_path, page.page_number):
                content = read_content(page, reader)
            page.close()
            if page.page_number % FORGET == 0:
                self.pdf.doc._cached_objs.clear()
                self.pdf.doc._parsed_objs.clear()
                self.pdf.rsrcmgr._cached_fonts.clear()
                reader.forget()
            yield content


def read_content(page: Any, reader: StreamReader) -> Content:
    """What a pdfplumber page paints: by the fast feed, or by pdfplumber itself where the fast one is not sure."""
    try:
        return reader.read(page)
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged stream brings up, the reference has the last word
        return plain_content(page, str(error) or type(error).__name__)


@contextlib.contextmanager
def damaged(source_path: str, page: int | None = None) -> Iterator[None]:
    """Whatever a parser brings up on a damaged file (a recursion without end, a number where a name should be) is said
    as what it is; only want of memory is not the file's word."""
    try:
        yield
    except Exception as error:
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, MemoryError):
            raise cause from error
        secret = isinstance(cause, PDFPasswordIncorrect)
        reason = "is encrypted and needs a password" if secret else f"is damaged ({cause!r:.200})"
        raise UnreadableSource(source_path, reason, page) from error
