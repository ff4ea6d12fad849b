"""What an invented chapter says, before anything is laid out.

Text is *markup*: plain words in which ``{1,3-6}`` stands for a citation and ``{†}`` for a footnote marker. So words,
citations and markers are known apart from how a page prints them, and no rule of the extractors is needed (or tested
against itself) to know what must come back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Markup = str
Years = tuple[tuple[int, int], ...]

HELD = re.compile(r"\s*\{([^}]*)\}")
NOT_CITED = "†‡*"


@dataclass(frozen=True)
class Prose:
    """One paragraph of running text."""

    text: Markup


@dataclass(frozen=True)
class Subsection:
    """A heading inside a section, by its key in the wording (``labor``, ``criminal``)."""

    key: str


@dataclass(frozen=True)
class Place:
    """Here stands this table. Tables are numbered in the order in which they stand."""

    table: str


@dataclass(frozen=True)
class Section:
    """One of the sections I-VII: its code in the contract and what stands in it."""

    code: str
    flow: tuple[Prose | Subsection | Place, ...]


@dataclass(frozen=True)
class Statistic:
    """``subgroup``: a row below its indicator's. Without ``percent``, or ``uncounted``, the page says Unavailable."""

    indicator: str
    percent: str
    ages: tuple[int, int] | None = None
    population: int | None = None
    subgroup: str = ""
    uncounted: bool = False


@dataclass(frozen=True)
class SourceNote:
    """A source under the statistics; ``covers`` names an indicator, or is ``other`` for all that no note names."""

    covers: str
    text: Markup


@dataclass(frozen=True)
class Activity:
    """``sector`` is agriculture, industry, services or worst_forms."""

    sector: str
    text: Markup


@dataclass(frozen=True)
class Convention:
    code: str
    ratified: bool


@dataclass(frozen=True)
class Standard:
    """A row of the laws and regulations; ``status`` is Yes, No, N/A or Unknown, ``mark`` its footnote marker."""

    code: str
    status: str
    age: float | None = None
    legislation: Markup = ""
    territory: str = ""
    mark: str = ""
    age_mark: str = ""


@dataclass(frozen=True)
class Entry:
    """A row of two texts: an agency and its role, a coordinating body and its role."""

    name: Markup
    text: Markup


@dataclass(frozen=True)
class Answer:
    """One cell of the enforcement tables."""

    kind: Literal["count", "usd", "yes", "no", "unknown", "not_applicable", "blank"]
    value: int | None = None
    cites: tuple[int, ...] = ()
    mark: str = ""

    @property
    def raw(self) -> str:
        """The cell as printed, without markers and citations."""
        words = {"yes": "Yes", "no": "No", "unknown": "Unknown", "not_applicable": "N/A", "blank": ""}
        return words.get(self.kind) or ("" if self.value is None else f"{'$' * (self.kind == 'usd')}{self.value:,}")

    @property
    def markup(self) -> Markup:
        """The cell with its marker and citations."""
        mark = f"{{{self.mark}}}" if self.mark else ""
        cites = f" {{{','.join(map(str, self.cites))}}}" if self.cites else ""
        return f"{self.raw}{mark}{cites}"


@dataclass(frozen=True)
class Measure:
    """A row of an enforcement table: one answer for the year before and one for the report year."""

    domain: Literal["labor", "criminal"]
    metric: str
    answers: tuple[Answer, Answer]
    territory: str = ""


@dataclass(frozen=True)
class Policy:
    """``years`` are printed in parentheses behind the name."""

    name: str
    text: Markup
    years: tuple[int, int] | None = None
    new: bool = False


@dataclass(frozen=True)
class Program:
    name: str
    text: Markup
    funded: bool = False


@dataclass(frozen=True)
class Action:
    """A suggested action, or with ``bullets`` the lead-in to them; the years are the action's or each bullet's."""

    area: str
    text: str
    years: Years = ()
    bullets: tuple[tuple[str, Years], ...] = ()


@dataclass(frozen=True)
class Reference:
    """An entry of the reference list; fields that it does not have are empty."""

    author: str
    title: str
    date: str = ""
    date_iso: str = ""
    url: str = ""
    on_file: bool = False
    enacted: bool = False

    @property
    def head(self) -> str:
        """The entry without its URL."""
        parts = [self.author, self.title]
        if self.date:
            parts.append(f"Enacted: {self.date}" if self.enacted else self.date)
        if self.on_file:
            parts.append("Source on file")
        return " ".join(f"{part}." for part in parts)

    @property
    def text(self) -> str:
        return f"{self.head} {self.url}." if self.url else self.head


@dataclass(frozen=True)
class Footnote:
    """A note under a table (key as in :class:`Place`); ``anchored`` says that its marker stands in the table."""

    table: str
    marker: str
    text: Markup
    anchored: bool = True


@dataclass(frozen=True)
class OtherTable:
    """A table that no rule knows; its cells are plain words."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ChapterSpec:
    """A whole chapter."""

    year: int
    assessment: str
    summary: Markup
    sections: tuple[Section, ...]
    statistics: tuple[Statistic, ...] = ()
    source_notes: tuple[SourceNote, ...] = ()
    sectors: tuple[tuple[str, str], ...] = ()
    figure_ages: str = "5-14"
    activities: tuple[Activity, ...] = ()
    conventions: tuple[Convention, ...] = ()
    standards: tuple[Standard, ...] = ()
    agencies: tuple[Entry, ...] = ()
    measures: tuple[Measure, ...] = ()
    coordination: tuple[Entry, ...] = ()
    policies: tuple[Policy, ...] = ()
    programs: tuple[Program, ...] = ()
    actions: tuple[Action, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    references: tuple[Reference, ...] = ()
    other: OtherTable | None = None
    country: str = "Arvenia"
    iso3: str = "XAV"

    @property
    def doc_id(self) -> str:
        return f"{self.iso3.lower()}-{self.year}"

    def tables(self) -> tuple[str, ...]:
        """The tables in printed order."""
        return tuple(item.table for section in self.sections for item in section.flow if isinstance(item, Place))


def plain(markup: Markup) -> str:
    """The words alone.

    >>> plain("Fishing,{†} including at night{†} {1,3-6}")
    'Fishing, including at night'
    """
    return HELD.sub("", markup).strip()


def cited(markup: Markup) -> tuple[int, ...]:
    """The numbers cited, in printed order, ranges counted out.

    >>> cited("Logging{†} timber. {3,6-8} Mining. {2}")
    (3, 6, 7, 8, 2)
    """
    out: list[int] = []
    for group in HELD.findall(markup):
        if group not in NOT_CITED:
            for part in group.split(","):
                first, _, last = part.partition("-")
                out.extend(range(int(first), int(last or first) + 1))
    return tuple(out)


def marked(markup: Markup) -> str:
    """The footnote markers, in printed order."""
    return "".join(group for group in HELD.findall(markup) if group in NOT_CITED)


def printed(markup: Markup, comma: str = ",", after_stop: str = " ") -> str:
    """The text as a page prints it; ``after_stop`` stands between a full stop and a citation.

    >>> printed("Mining.{†} {6-9,11}", comma=", ", after_stop="")
    'Mining.† (6-9, 11)'
    """

    def put(match: re.Match[str]) -> str:
        held = match[1]
        if held in NOT_CITED:
            return held
        blank = match[0].startswith(" ")
        if blank and match.string[: match.start()].endswith("."):
            return f"{after_stop}({held.replace(',', comma)})"
        return f"{' ' if blank else ''}({held.replace(',', comma)})"

    return HELD.sub(put, markup).strip()


def years_text(years: Years, dash: str = " – ") -> str:
    """Years as a page prints them: ``2011, 2014 – 2019``."""
    return ", ".join(str(a) if a == b else f"{a}{dash}{b}" for a, b in years)
