"""Where chapters begin in a source that holds several, as the volume of a year does.

Three signs tell a chapter's beginning: its title (the running head of its pages), its opening sentence ("In 2019,
Arvenia made ...") and the restart of section I. A :class:`Divider` collects them page by page (of a text: at each line
that may open a chapter), cuts the source where another chapter begins, and judges each part. Two of the three signs
must be there and none may contradict. From a part that is not certain nothing is published; the part is named in an
error. Contents, glossary and other parts that ``headings.yml`` names as ``matter`` are left out by name.

A source without such a cut is one chapter, even if signs are missing: a damaged chapter is still read. If its sections
or tables begin again, nothing is published from it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from extractors.model import Block, Issue, LeftOut, Line, Share
from extractors.readers.lines import is_heavy, rows_of_page, split_at_gaps, text_of_words
from extractors.readers.marks import Marks, Word
from extractors.readers.tolerances import TOLERANCE
from extractors.rules import (
    best_phrase,
    country_code,
    country_in,
    current,
    fold,
    holds,
    is_title_case,
    label_code,
    near_phrase,
)

TITLE_SIZE = 17.0  # points; the country's name in the running head has 26
HEADING_SIZE = 10.5  # points; the smallest heading of a section (Ghana 2018, page 6)
REFERENCES_SIZE = 9.5  # points; the heading of the reference list has 10
OPENING_LETTERS = "IFRA"  # the first letters of all openings of the rules: In, For, Research, Although
MAP_GAP = 20.0  # points between the opening sentence and the labels of the map beside it
OPENING_ROWS = 4  # rows over which the words of an opening sentence are spread
ABOVE_OPENING = 12  # rows of title, assessment and map above the opening sentence of a chapter, at most
MATTER_ROWS = 4  # rows at the top of a page, one of which names a part that is no chapter
LONGEST_HEADING = 150  # letters of a heading in a text
FEW_LINES = 20  # lines above the opening sentence of a text that still belong to its chapter
CAPTION = re.compile(r"\W*table\s+(\d{1,2})\s*[.:]", re.I)
NUMBER = re.compile(r"\s*[IVX]+\s*[.,]\s*\S")
PAGE_END = re.compile(r"\d\s*$")  # a running foot ends with the number of its page
SAME_TITLE = 88.0  # percent of equal letters; "... of Australia" and "... of New Zealand" have 79
ENOUGH = 2  # signs of a new beginning that make a part doubtful
FIRST = "prevalence"  # the code of section I
ENDINGS = {"references", "suggested_actions"}  # what a chapter ends with; a report without citations has no list


PAGES = "pages"


class Opening(NamedTuple):
    """An opening sentence: ISO code of its country ("" if the name is not known) and report year (0 if none)."""

    code: str
    year: int


class Bookmark(NamedTuple):
    """An entry of a file's outline that names a country: ISO code, title, and the page (from 1) that it leads to."""

    code: str
    title: str
    page: int


@dataclass(slots=True)
class Signs:
    """What one page (or one stretch of a text) shows of the chapter that it belongs to.

    ``at`` is its number, ``to`` that of the last line of a stretch. ``sections`` are codes of section headings,
    ``references`` for the list; ``tables`` the numbers of captions. ``late``: rows or headings above the opening show
    that the page begins inside another chapter. ``inside``: an opening of another chapter is further down.
    ``mark`` is the bookmark in whose range the page lies; ``restarts``: the page labels begin again here.
    """

    at: int
    to: int = 0
    title: str = ""
    opening: Opening | None = None
    sections: list[str] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    matter: str = ""
    late: bool = False
    inside: Opening | None = None
    mark: Bookmark | None = None
    restarts: bool = False

    @property
    def marked(self) -> str:
        """The code of the country whose bookmark leads to this page; empty if there is none."""
        return self.mark.code if self.mark and self.mark.page == self.at else ""


@dataclass(slots=True)
class Part:
    """The signs of the pages since the last cut. ``kind`` is ``matter`` for a part that is known to be no chapter."""

    first: int
    last: int
    kind: Literal["chapter", "matter"] = "chapter"
    title: str = ""
    opening: Opening | None = None
    sections: list[str] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    marked: str = ""
    marks: dict[Bookmark, int] = field(default_factory=dict)
    steps: int = 0
    doubt: str = ""

    @property
    def country(self) -> str:
        """The code of the country that the title names, without a title the opening sentence; empty if unknown."""
        if self.title:
            return country_code(self.title) or ""
        return self.opening.code if self.opening else ""

    @property
    def beginning(self) -> tuple[bool, bool, bool]:
        """Which of the three signs are there: the title, or a bookmark of its country in its place; the opening
        sentence; section I."""
        titled = bool(country_code(self.title)) or (self.marked != "" and self.marked == self.country)
        return titled, self.opening is not None and bool(self.opening.code), FIRST in self.sections[:2]

    def add(self, signs: Signs) -> None:
        self.last = max(signs.at, signs.to)
        self.title = self.title or signs.title
        self.opening = self.opening or signs.opening
        self.sections += signs.sections
        self.tables += signs.tables
        if signs.mark:
            self.marks.setdefault(signs.mark, signs.at)
        if signs.matter and signs.matter not in self.names:
            self.names.append(signs.matter)


class Divider:
    """Cuts a source into parts. ``unit`` is what the numbers count: ``pages`` or ``lines``."""

    def __init__(self, unit: str, cuts: int = 0) -> None:
        """``cuts`` are those before the first page that is added."""
        self.unit = unit
        self.part: Part | None = None
        self.cuts = cuts

    def begins(self, signs: Signs) -> bool:
        """Whether another part begins with this page. Then call :meth:`close` before :meth:`add`."""
        return self.part is not None and begins(self.part, signs)

    def add(self, signs: Signs) -> None:
        """Add a page to the part, or begin a part with it after :meth:`close`."""
        if self.part is None:
            self.part = Part(signs.at, max(signs.at, signs.to), "matter" if signs.matter else "chapter")
            self.part.marked = signs.marked
            if signs.late and self.cuts:
                self.part.doubt = "the chapter before it ends on its first page"
        elif self.part.kind == "chapter":
            self.part.doubt = self.part.doubt or doubt_of(self.part, signs, self.unit)
        self.part.add(signs)

    def close(self, ended_by: Signs | None = None) -> tuple[str, LeftOut | None]:
        """End the part. Returns its span (``12-21``, empty if it is the whole source) and, if nothing may be published
        from it, why. ``ended_by`` is the page that begins the next part."""
        part, self.part = self.part, None
        if part is None:
            return "", None
        if ended_by is not None:
            self.cuts += 1
            if ended_by.late:
                part.doubt = part.doubt or f"another chapter begins in the middle of {self.unit[:-1]} {ended_by.at}"
        span = f"{part.first}-{part.last}"
        reason = self.judge(part)
        if part.kind == "matter":
            names = ", ".join(part.names)
            if FIRST not in part.sections and len(set(part.sections)) <= ENOUGH:
                return span, LeftOut(f"{self.unit} {span}", f"no chapter ({names}); left out", "info")
            reason = f"sections of a chapter are below {names!r}"
        if reason:
            return span, LeftOut(f"{self.unit} {span}", f"{reason}; nothing is published from this part")
        return (span if self.cuts else ""), None

    def judge(self, part: Part) -> str:
        """Why a part is not certain to be one whole chapter; empty if it is certain."""
        doubt = part.doubt or against_outline(part)
        if doubt:
            return doubt
        if not self.cuts:
            return ""
        titled, opened, begun = part.beginning
        if titled + opened + begun >= 2 and (opened or begun) and part.sections:
            return ""
        if not (part.title or part.opening or part.sections):
            return "no title, opening sentence or section of a chapter is here, and no name of a part that is known"
        named = f" of {part.title!r}" if part.title else ""
        lacks = [*([] if opened else ["its opening sentence"]), *([] if begun else ["its section I"])]
        return f"a chapter{named} begins here without {' and '.join(lacks)}"


def begins(part: Part, signs: Signs) -> bool:
    """Whether another part begins with a page, by what the part before it has shown."""
    if signs.matter:
        return part.kind == "chapter"
    titled = bool(part.title and signs.title)
    opening = signs.opening if signs.opening and signs.opening.code else None
    if part.kind == "matter":
        return opening is not None or country_code(signs.title) is not None
    if titled and not same_title(part.title, signs.title):
        return True
    if part.sections and FIRST in signs.sections and signs.marked not in ("", part.country):
        return True
    return opening is not None and opens_another(part, opening, titled)


def opens_another(part: Part, opening: Opening, titled: bool) -> bool:
    """Whether an opening sentence is that of another chapter. ``titled``: its page has the title of the part."""
    if part.opening is None:
        return not titled and bool(part.sections or not part.title)
    if opening == part.opening:
        return not ENDINGS.isdisjoint(part.sections)
    if titled:
        return bool(part.sections) and opening.code == part.opening.code
    return True


def against_outline(part: Part) -> str:
    """Where the outline of the file gives a page of a part to another country; empty if it does not."""
    for mark, page in part.marks.items():
        if part.country not in ("", mark.code):
            return f"the outline of the file gives page {page} to {mark.title!r}, which its text does not name"
    return ""


def surely_begins(signs: Signs) -> bool:
    """Whether a page begins a chapter, whatever stands before it. (If that should be wrong, it shows where the pages
    before are read: they then end elsewhere.)"""
    opening = signs.opening
    if opening is None or not opening.code or signs.late or signs.inside or signs.matter:
        return False
    return country_code(signs.title) == opening.code or FIRST in signs.sections


def divided(count: int, most: int, issues: Sequence[Issue] = ()) -> list[Share]:
    """So many pages or lines in shares of about equal length, none shorter than ``most``."""
    number = count // most
    ends = [1 + count * at // number for at in range(number + 1)] if number else []
    return [Share(first, stop, tuple(issues)) for first, stop in itertools.pairwise(ends)]


def doubt_of(part: Part, signs: Signs, unit: str) -> str:
    """Why a page that continues a part may belong to another chapter; empty if nothing says so.

    Pages under the title of the part belong to it, also if they are out of order. Of a text the title is no running
    head: where it stands again, above an opening sentence, a chapter begins.
    """
    if part.title and signs.title and unit == PAGES:
        return ""
    place = f"{unit[:-1]} {signs.at}"
    if signs.inside and part.opening and signs.inside.code not in ("", part.opening.code):
        return f"another chapter begins in the middle of {place}"
    part.steps += steps_back(part, signs)
    if part.steps >= ENOUGH:
        return f"sections or tables begin again on {place}, and no opening sentence tells of which chapter"
    return ""


def steps_back(part: Part | Signs, signs: Signs) -> int:
    """How many signs of a new beginning a page shows after those that the part has already.

    A section or a numbered table that should come earlier, and a section that is printed again, are one sign each: a
    scanner may displace one line. Section I again, or any section below the references, is enough.
    """
    order = [*current().headings.sections, "references"]
    before = part.sections[-1:]
    codes = [*before, *signs.sections]
    numbers = [*part.tables[-1:], *signs.tables]
    again = FIRST in part.sections and FIRST in signs.sections
    below = any(one == "references" != other for one, other in itertools.pairwise(codes))
    above = set(part.sections)
    sections = sum(order.index(a) >= order.index(b) or b in above for a, b in itertools.pairwise(codes))
    tables = sum(one > other for one, other in itertools.pairwise(numbers))
    return sections + tables + signs.restarts + ENOUGH * (again or below)


def same_title(one: str, other: str) -> bool:
    """Whether two titles name one chapter: the same country, or nearly the same words if one is no country.

    The running heads of the British Virgin Islands 2016 alternate between "of the United Kingdom" and "of United
    Kingdom".
    """
    codes = country_code(one), country_code(other)
    return codes[0] == codes[1] if all(codes) else fuzz.ratio(fold(one), fold(other)) >= SAME_TITLE


# ---------------------------------------------------------------------------------------------- opening sentences


def opening_of(text: str) -> Opening | None:
    """The opening sentence with which a text begins; ``None`` if it begins with another sentence."""
    folded = fold(text[:400])
    if not any(pattern.match(folded) for pattern in current().headings.openings):
        return None
    named = country_in(text[:400])
    year = re.search(r"\b20\d\d\b", text)
    return Opening(named[1] if named else "", int(year[0]) if year else 0)


def without_other_names(lines: Sequence[Line], opening: Opening) -> list[Line]:
    """The lines above an opening sentence that may be its title block, in the zone of the running head.

    A list of countries, as the menu of a page, may stand there. If the country of the opening sentence is in it or in a
    title ("... : Arvenia"), the others are left out. The country in a title gets a line of its own.
    """
    names = [line.text.rpartition(":")[2].strip() for line in lines]
    codes = [country_code(name) for name in names]
    others = {code for code in codes if code not in (None, opening.code)} if opening.code in codes else set()
    kept: list[Line] = []
    for line, name, code in zip(lines, names, codes, strict=True):
        if code not in others:
            own = [replace(line, text=name, zone="head")] if code and name != line.text.strip() else []
            kept += [replace(line, zone="head"), *own]
    return kept


def head_above(blocks: Sequence[Block], may_be_head: Callable[[Line], bool]) -> list[Block] | None:
    """The blocks, the lines above the opening sentence that may belong to the title block in the zone of the running
    head; ``None`` without an opening sentence."""
    for at, block in enumerate(blocks):
        if isinstance(block, Line) and (opening := opening_of(block.text)):
            lines = [line for line in blocks[:at] if isinstance(line, Line) and may_be_head(line)]
            heads = {id(line) for line in lines}
            others = (other for other in blocks[:at] if id(other) not in heads)
            return [*without_other_names(lines, opening), *others, *blocks[at:]]
    return None


# ---------------------------------------------------------------------------------------------- a page of a PDF


def page_signs(marks: Marks) -> Signs:
    """The signs of one page of a PDF."""
    head = TOLERANCE.head * marks.height
    rows = rows_of_page(marks)
    title = [row for row in rows if row[0].middle[1] < head and row[0].size >= TITLE_SIZE]
    signs = Signs(marks.number, title=" ".join(map(text_of_words, title)))
    read_rows([split_at_gaps(row, MAP_GAP)[0] for row in rows if row[0].middle[1] >= head], signs)
    if signs.opening is None:
        signs.matter = matter_of(rows, head)
    return signs


def read_rows(body: Sequence[Sequence[Word]], signs: Signs) -> None:
    """Add the openings and headings among the rows of a page to its signs; ``body`` is without the running head."""
    for at, row in enumerate(body):
        opening = opening_of_rows(body, at)
        if opening and signs.opening is None:
            signs.opening = opening
            signs.late = bool(signs.sections) or (at > ABOVE_OPENING and not signs.title)
            signs.inside = opening if signs.sections else None
        elif opening and signs.sections:
            signs.inside = opening
        elif opening is None and is_heavy(row[0].font):
            add_heading(row, signs)


def opening_of_rows(rows: Sequence[Sequence[Word]], at: int) -> Opening | None:
    """The opening sentence that begins with the row at this index; ``None`` if there is none."""
    if rows[at][0].text[:1] not in OPENING_LETTERS:  # saves the time of joining every row of a page
        return None
    return opening_of(" ".join(map(text_of_words, rows[at : at + OPENING_ROWS])))


def add_heading(row: Sequence[Word], signs: Signs) -> None:
    """Add a bold row to the signs if it is the caption of a numbered table or the heading of a section."""
    printed = text_of_words(row)
    if caption := CAPTION.match(printed):
        signs.tables.append(int(caption[1]))
        return
    text = fold(printed)
    code = best_phrase(text, current().headings.sections) if row[0].size >= HEADING_SIZE else None
    if code is None and row[0].size >= HEADING_SIZE and NUMBER.match(printed):
        near = near_phrase(text, current().headings.sections)
        code = near[0] if near else None
    if text in current().headings.references and row[0].size >= REFERENCES_SIZE:
        code = "references"
    if code:
        signs.sections.append(code)


def matter_of(rows: Sequence[Sequence[Word]], head: float) -> str:
    """The name of the part that begins on a page without opening sentence and is no chapter; empty if there is none.

    ``head`` is the height in points of the running head, whose small type names no part.
    """
    large = [row for row in rows if row[0].size >= HEADING_SIZE and (row[0].size >= TITLE_SIZE or row[0].top >= head)]
    for row in large[:MATTER_ROWS]:
        if fold(text := text_of_words(row)) in current().headings.matter:
            return text
    title = " ".join(text_of_words(row) for row in large if row[0].size >= TITLE_SIZE)
    return title if is_cover(fold(title)) else ""


def is_cover(folded: str) -> bool:
    """Whether the largest words of a page, or a line of a text, are those of the volume's cover."""
    return any(holds(folded, phrase) for phrase in current().headings.covers)


# ---------------------------------------------------------------------------------------------- a raw text


def text_stretches(lines: Sequence[str]) -> list[Signs]:
    """The stretches of a text, each with its signs: a new one at every line that may open a chapter or another part."""
    found = [Signs(1)]
    for number, line in enumerate(lines, 1):
        found.append(signs_of_line(lines, number, line, found[-1]))
        if found[-1].opening and len(found) == 2 and found[-1].at <= FEW_LINES and not found[0].sections:
            found[-1].at = 1  # a few lines above the first opening belong to its chapter
        if found[-1].opening or found[-1].matter or steps_back(found[-2], found[-1]):
            continue
        more = found.pop()
        found[-1].sections += more.sections
        found[-1].tables += more.tables
    found = [signs for signs, after in itertools.pairwise([*found, Signs(len(lines) + 1)]) if signs.at < after.at]
    for signs, after in itertools.pairwise(found):
        signs.to = after.at - 1
    found[-1].to = len(lines)
    if len(found) > 1:
        name_cover(found[0], lines)
    return found


def name_cover(first: Signs, lines: Sequence[str]) -> None:
    """Give the first stretch of a text, if it shows nothing of a chapter, the name that stands on a volume's cover."""
    if not (first.opening or first.sections or first.tables or first.matter):
        first.matter = next((line.strip() for line in lines[: first.to] if is_cover(fold(line))), "")


def signs_of_line(lines: Sequence[str], number: int, line: str, before: Signs) -> Signs:
    """The signs of one line; ``number`` counts from 1. An opening begins with the title block above it."""
    folded = fold(line) if len(line) <= LONGEST_HEADING else ""
    headings = current().headings
    if (folded in headings.matter or folded in headings.page.beside) and stands_alone(lines, number):
        return Signs(number, matter=line.strip())
    if opening := opening_of(line.strip()):
        start = above(lines, number, before.at)
        return Signs(start, opening=opening, title=title_above(lines[start - 1 : number - 1]))
    if caption := CAPTION.match(line) if folded else None:
        return Signs(number, tables=[int(caption[1])])
    code = section_of_text(line, folded, next((text for text in lines[number : number + 3] if text.strip()), ""))
    return Signs(number, sections=[code] if code else [])


def section_of_text(line: str, folded: str, below: str) -> str:
    """The code of the section whose heading a line of text is, ``references`` for the list; empty if it is none.

    A heading may have neither number nor capitals; above a table (``below`` is the next line) that is a caption, and
    an area of suggested actions may be a cell on a line of its own.
    """
    if folded in current().headings.references:
        return "references"
    titled = is_title_case(line) and not re.search(r"[\t|]", below) and label_code("areas", line) is None
    return ((is_heading(line) or titled) and folded and best_phrase(folded, current().headings.sections)) or ""


def stands_alone(lines: Sequence[str], number: int) -> bool:
    """Whether a line has blank lines around it; ``number`` counts from 1."""
    return (
        not "".join(lines[max(0, number - 2) : number - 1]).strip() and not "".join(lines[number : number + 1]).strip()
    )


def is_heading(line: str) -> bool:
    """Whether a line of text is set as the heading of a section: with its number, or in capitals and not as cells."""
    capitals = sum(c.isupper() for c in line) > 0.6 * sum(c.isalpha() for c in line)
    capitals = capitals and not re.search(r"[\t|]", line.strip())
    return capitals or re.match(r"[\s#*]*[IVXl1]+\s*\.\s*\S", line) is not None


def above(lines: Sequence[str], number: int, first: int) -> int:
    """The line with which the title block above an opening sentence begins; ``number`` is that of the sentence."""
    start = at = number
    while at > first:
        text = lines[at - 2].strip(" \t#*\f")
        if text and not is_title_line(text):
            break
        at -= 1
        start = at if text else start
    return start


def is_title_line(text: str) -> bool:
    """Whether a line may stand above an opening sentence: the country, the report's title or an assessment level."""
    if len(text) > LONGEST_HEADING or PAGE_END.search(text) or text.rstrip().endswith("."):
        return False
    if country_code(text) or best_phrase(text, current().headings.assessments):
        return True
    return is_cover(fold(text))


def title_above(lines: Sequence[str]) -> str:
    """The country's name in a title block of text; empty if there is none."""
    for line in lines:
        text = line.strip(" \t#*\f")
        if country_code(text):
            return text
        if ":" in text and country_code(text.rpartition(":")[2]):
            return text.rpartition(":")[2].strip()
    return ""
