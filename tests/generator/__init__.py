"""Invented chapters of an invented country: what they say, how pages and raw texts of them look, what must be read.

:class:`ChapterSpec` says what a chapter holds, :data:`LAYOUTS` how a report's period lays it out. ``draw_pdf`` and
``write_text`` make the sources, ``expected`` the rows that a run must give back.
"""

from tests.generator.arvenia import SAMPLE
from tests.generator.arvenia_2024 import SAMPLE_2024
from tests.generator.expect import expected
from tests.generator.layout import LAYOUTS, STYLE_2013, STYLE_2016, STYLE_2019, STYLE_2020, STYLE_2024, Layout
from tests.generator.pdf import draw_pdf
from tests.generator.raw_text import DAMAGES, Damage, text_of, write_text
from tests.generator.spec import ChapterSpec
from tests.generator.web import write_html

__all__ = [
    "DAMAGES",
    "LAYOUTS",
    "SAMPLE",
    "SAMPLE_2024",
    "STYLE_2013",
    "STYLE_2016",
    "STYLE_2019",
    "STYLE_2020",
    "STYLE_2024",
    "ChapterSpec",
    "Damage",
    "Layout",
    "draw_pdf",
    "expected",
    "text_of",
    "write_html",
    "write_text",
]
