"""The text of each page as PDFium reads it: a second engine that knows nothing of our rules, rows and columns."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2

from extractors.model import PageText


class Witness:
    """A PDF file opened by PDFium. The file must be one that PDFium can open."""

    def __init__(self, data: bytes) -> None:
        self._document = pypdfium2.PdfDocument(data)

    def page(self, number: int, left_out: str) -> Iterator[PageText]:
        """Yield the text of a page (numbered from 1); nothing if PDFium cannot read the page."""
        try:
            page = self._document[number - 1]
            text = page.get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError:
            return
        yield PageText(number, text, left_out)
