"""What the type of a line says about its role, and what its words say if the source has no type (a raw text).

After the readers, only this module asks whether a line has a type (``Line.style``). Each function is one question.
"""

from __future__ import annotations

import re

from extractors.model import Line, Style
from extractors.rules import MARKERS, country_code, is_title_case, label_code

# Sizes in points. The report sets running text in 11, table cells in 9 and notes in 8.
TITLE_SIZE = 17.0  # the title of a territory has 18 in a chapter that covers several (2016)
HEADING_SIZE = 11.5  # section headings have 12 and more, running text has less
NUMBERED_HEADING_SIZE = 10.5  # a heading with a number may be as small as a caption (Ghana 2018, page 6)
TEXT_SIZE = 10.6  # between notes in larger type and running text
NOTE_SIZE = 8.7  # between notes and table cells
BROKEN_NOTE = 60  # letters of a line of a note that is broken into several
SAME_HEADING = 0.3  # sizes of two lines of one heading differ only by rounding
SAME_HEAD = 1.0  # the running head mixes capitals and small capitals, whose sizes differ more

SENTENCE_END = re.compile(r"[.!?:;][”\"’')\]]*(?:\s*\([\d\s,;–-]+\))?[.]?\s*$")
# A scanner reads the Roman I as a small l or as 1; small capitals are stored as small letters ("vI.", Lesotho 2018,
# page 6); the point may be a comma (Congo 2017, page 1).
SECTION_NUMBER = re.compile(r"\s*[IVXivxl1]+\s*[.,]\s*\S")
CAPTION_NUMBER = re.compile(r"(?:table|figure)\s*\S{1,3}?\s*[.:–-]", re.I)
NOTE_MARK = re.compile(rf"\[?[{re.escape(MARKERS)}]")
NOTE_START = re.compile(rf"{NOTE_MARK.pattern}|sources?\b|data (?:are|were|is|from)\b|note:", re.I)
SOURCE_END = re.compile(r"(?:19|20)\d\d\.\s*\([\d\s,;–-]+\)\s*$")
NO_STYLE = Style(0.0)


def is_bold(line: Line) -> bool:
    """Whether a line is bold; a line without a type is not."""
    return (line.style or NO_STYLE).bold


def has_title_size(line: Line) -> bool:
    return (line.style or NO_STYLE).size >= TITLE_SIZE


def continues_heading(line: Line, last: Line) -> bool:
    """Whether a line is set like the heading above it, in bold type of the same size; in capitals without a type."""
    a, b = line.style, last.style
    if a is None and b is None:
        return line.text.isupper() and not SECTION_NUMBER.match(line.text)
    return a is not None and b is not None and a.bold and b.bold and abs(a.size - b.size) < SAME_HEADING


def continues_head(line: Line, first: Line) -> bool:
    """Whether a line of the running head is set in the size of the assessment's first line."""
    a, b = line.style, first.style
    return a is not None and b is not None and abs(a.size - b.size) < SAME_HEAD


def is_title(line: Line) -> bool:
    """Whether a line is set as the title of a territory. Without a type there is no such line: see is_country_line."""
    return has_title_size(line) and not (line.style or NO_STYLE).italic


def is_country_line(line: Line) -> bool:
    """Whether a line without a type is the name of a country and nothing else."""
    return line.style is None and country_code(line.text) is not None


def may_be_assessment(line: Line) -> bool:
    """Whether a line that has the words of an assessment level is a line of the title block and not a sentence."""
    if line.style:
        return line.style.bold
    return len(line.text) < 120 and not SENTENCE_END.search(line.text)


def continues_assessment(line: Line) -> bool:
    return is_bold(line) and not (line.style or NO_STYLE).italic


def is_reference_heading(line: Line) -> bool:
    """Whether a line that reads "References" is the heading of the list and not a word of the text."""
    return line.style is None or line.style.bold or line.zone == "column"


def has_section_number(line: Line) -> bool:
    """Whether a line begins with a Roman number and a point."""
    return SECTION_NUMBER.match(line.text) is not None


def may_be_section_heading(line: Line, caption: bool) -> bool:
    """Whether a line is set as a section heading, or has its number or capitals if there is no type.

    ``caption`` says that the line stands where captions do, or has a number like one: then title case is not enough.
    """
    numbered = has_section_number(line)
    if line.style:
        least = NUMBERED_HEADING_SIZE if numbered else HEADING_SIZE
        return line.style.bold and line.zone == "body" and line.style.size >= least
    capitals = sum(c.isupper() for c in line.text) > 0.6 * sum(c.isalpha() for c in line.text)
    return (numbered or capitals or (line.gap and not caption and is_title_case(line.text))) and len(line.text) <= 150


def is_unknown_heading(line: Line) -> bool:
    """Whether a line that became running text looks like a section heading whose words are not known."""
    style = line.style or NO_STYLE
    shaped = style.bold and style.size >= HEADING_SIZE and line.zone == "body" and line.text.isupper()
    numbered = re.match(r"\s*[IVX]+\s*\.\s", line.text) is not None
    return shaped or (numbered and (style.bold or line.text.isupper()))


def is_subsection(line: Line, known: bool) -> bool:
    """Whether a line is the heading of a subsection; ``known``: it has the words of one."""
    if line.style is None:
        return known
    shaped = line.style.italic and len(line.text) < 80 and not line.text.rstrip().endswith(".")
    return line.style.bold and (known or shaped)


def is_caption(line: Line, known: bool, above_grid: bool) -> bool:
    """Whether a line that begins like "Table 1." is a caption; ``known``: it has the words of a known title."""
    if line.style:
        return line.style.bold and line.style.size > NOTE_SIZE
    numbered = CAPTION_NUMBER.match(line.text) is not None  # "Table 2 gives an overview of ..." is a sentence
    return above_grid or (known and numbered and not SENTENCE_END.search(line.text))


def is_figure_part(line: Line, goes_on: bool) -> bool:
    """Whether a line without a type, below a line of the figure, belongs to it too: a label, a percent, the caption.

    A reader that knows the type also knows the place: it puts such lines into the zone ``figure``.
    """
    if line.style:
        return False
    if all(label_code("sectors", word) for word in re.sub(r"[\d.,%\s]", " ", line.text).split()):
        return True
    return goes_on and len(line.text) < 40 and not SENTENCE_END.search(line.text)


def is_note(line: Line, below_table: bool) -> bool:
    """Whether a line is a note; ``below_table``: a table or another note is directly above."""
    if line.style is None:
        return (NOTE_START if below_table else NOTE_MARK).match(line.text) is not None
    if line.style.size <= NOTE_SIZE:
        return True
    if not below_table or line.style.bold:
        return False
    # Notes as large as the text: Fiji 2018, page 3. Sources in italics of 9 points: Kyrgyz Republic 2020, page 1.
    small = line.style.size < TEXT_SIZE and (line.style.italic or NOTE_START.match(line.text) is not None)
    return small or NOTE_MARK.match(line.text) is not None


def continues_note(line: Line, last: Line) -> bool:
    """Whether a line below the line ``last`` of a note is its next line.

    Without a type, every line is its own note, but for the lines of a long one that are broken where a page ends. Two
    lines that both end with a year and a citation are two sources (Chile 2013, page 1: only the first one begins
    with "Source").
    """
    if line.gap or NOTE_START.match(line.text):
        return False
    if line.style is None:
        return len(last.text) > BROKEN_NOTE and not SENTENCE_END.search(last.text)
    return not (SOURCE_END.search(last.text) and SOURCE_END.search(line.text))


def continues_over_page(line: Line, ended: bool) -> bool:
    """Whether the first line of a page continues the paragraph of the page before; ``ended``: its sentence is over.

    Without a type, the blank lines at the end of a page do not begin a paragraph.
    """
    return line.style is None or not ended
