"""The text of each page as PDFium reads it: a second engine that knows nothing of our rules, rows and columns."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2

from extractors.model import PageText

FORGET = 12  # pages after which the file is opened anew; PDFium keeps the fonts and objects of every page that it read


class Witness:
    """A PDF file opened by PDFium. The file must be one that PDFium can open."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.document = pypdfium2.PdfDocument(data)
        self._read = 0

    def page(self, number: int, left_out: str) -> Iterator[PageText]:
        """Yield the text of a page (numbered from 1); nothing if PDFium cannot read the page."""
        self._read += 1
        if self._read % FORGET == 0:
            self.document.close()
            self.document = pypdfium2.PdfDocument(self._data)
        try:
            page = self.document[number - 1]
            text = page.get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError:
            return
        yield PageText(number, text, left_out)
