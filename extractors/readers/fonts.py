"""The fonts of a file with caches: the text of each glyph, its advance, and whether it paints anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pdfminer.pdffont import PDFType3Font, PDFUnicodeNotDefined

from extractors.readers.instructions import ESCAPE, Unsure, unescape
from extractors.readers.visibility import empty_glyphs


class Font:
    """A pdfminer font with caches: the text of each glyph, and its advance at each size."""

    def __init__(self, font: Any, entries: Any) -> None:
        """``entries`` is the font's dictionary in the file."""
        if font.is_vertical():
            raise Unsure("text from top to bottom")
        self.font = font  # keeps the object alive: the cache of fonts uses its id as key
        self.name = font.fontname
        if not isinstance(self.name, str):
            raise Unsure("a font's name in bytes")
        self.multibyte = font.is_multibyte()
        self.empty = empty_glyphs(entries) if isinstance(font, PDFType3Font) else frozenset()
        self.texts = Texts(font)
        self.advances: dict[tuple[float, float], Advances] = {}

    def codes(self, string: bytes, escaped: bool) -> Sequence[int]:
        """The glyph codes of a string of the content stream; ``escaped``: it holds escape sequences."""
        if escaped:
            string = ESCAPE.sub(unescape, string)
        return list(self.font.decode(string)) if self.multibyte else string

    def at(self, size: float, scaling: float) -> Advances:
        """The advances at one font size and horizontal scaling."""
        found = self.advances.get((size, scaling))
        if found is None:
            found = self.advances[size, scaling] = Advances(self.font, size, scaling)
        return found


class Texts(dict[int, str]):
    """Glyph code -> text, as pdfminer's converter gives it."""

    def __init__(self, font: Any) -> None:
        self.font = font

    def __missing__(self, code: int) -> str:
        try:
            text = self.font.to_unichr(code)
        except PDFUnicodeNotDefined:
            text = f"(cid:{code})"
        if not isinstance(text, str):
            raise Unsure("a glyph without text")
        self[code] = text
        return text


class Advances(dict[int, float]):
    """Glyph code -> advance in text space, at one size and horizontal scaling."""

    def __init__(self, font: Any, size: float, scaling: float) -> None:
        self.font, self.size, self.scaling = font, size, scaling

    def __missing__(self, code: int) -> float:
        width: float = self.font.char_width(code)
        if width < 0:
            raise Unsure("a glyph of negative width")
        self[code] = advance = width * self.size * self.scaling
        return advance
