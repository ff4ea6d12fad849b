"""Dates as reports print them, whole or partial: ``June 30, 2019``, ``June 2019``, ``2019``.

A partial date stays partial: no day and no month is invented (a date library would take them from today's date).
"""

from __future__ import annotations

import datetime
import difflib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.references.wording import words
from extractors.rules import depends, fold

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_YEAR = r"(?:1[89]|20)\d\d"
_ANY_YEAR = re.compile(_YEAR)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º|°)?"
_WORD = r"[^\W\d_]{3,10}"
_OF = r"(?:(?:de|del|of)\s+)?"  # "5 de mayo de 2018"
_FORMS = (
    re.compile(
        rf"\b(?P<month>{_WORD})\.?,?\s*(?P<day>{_DAY})(?:\s*(?:[-–]|and|&|to)\s*(?:{_WORD}\s+)?{_DAY})?[,.\s]+(?P<year>{_YEAR})(?!\d)"
    ),
    re.compile(rf"\b(?P<day>{_DAY})\s+{_OF}(?P<month>{_WORD})\.?,?\s+{_OF}(?P<year>{_YEAR})(?!\d)"),
    re.compile(rf"\b(?P<year>{_YEAR})-(?P<number>0[1-9]|1[0-2])-(?P<day>{_DAY})(?![\d/])"),
    re.compile(rf"\b(?:(?P<other>{_WORD})\s*[-–/]\s*)?(?P<month>{_WORD})\.?,?\s+{_OF}(?P<year>{_YEAR})(?!\d|[-–/]\d)"),
    re.compile(rf"(?<![\w/.–-])(?P<year>{_YEAR})\s+(?P<month>{_WORD})\s+(?P<day>{_DAY})(?![\w/])"),
    re.compile(rf"(?<![\w/.–-])(?P<year>{_YEAR})(?!\s*[-–/]\s*\d|[\w/])"),
)
# "30.06.2019", "30/06/2019"; not the number of a court case ("N. 01/07/2018").
_NUMERIC = re.compile(
    rf"(?<![\w/.-])(?<!\bN\.\s)(?<!\bNo\.\s)(?P<first>\d{{1,2}})(?P<mark>[./])(?P<second>\d{{1,2}})(?P=mark)(?P<year>{_YEAR})(?![\d/-])"
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: ``text`` as printed, ``iso`` with the printed parts (``2019``, ``2019-06``, ``2019-06-30``)."""

    start: int
    end: int
    text: str
    iso: str

    @property
    def detail(self) -> int:
        """4 for a year, 7 for a month, 10 for a day."""
        return len(self.iso)


def find_dates(text: str) -> Iterator[FoundDate]:
    """The dates in ``text`` from left to right; where two overlap, the one with more parts. June 31 is no date.

    >>> [date.iso for date in find_dates("2012; Feburary 9, 2014; May 2015; June 31, 2015")]
    ['2012', '2014-02-09', '2015-05', '2015']
    """
    return iter(_dates(text))


@depends
@functools.lru_cache(maxsize=256)  # each way to end a title asks for the dates of the same text
def _dates(text: str) -> tuple[FoundDate, ...]:
    if not _ANY_YEAR.search(text):
        return ()
    found: list[FoundDate] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if all(match.end() <= date.start or match.start() >= date.end for date in found):
                iso = _iso(match)
                if iso:
                    found.append(FoundDate(match.start(), match.end(), match.group(), iso))
    return tuple(sorted(found, key=lambda date: date.start))


def find_numeric_dates(text: str) -> Iterator[FoundDate]:
    """Dates in figures, from left to right. The day comes first; where only the month can, it is the month.

    With slashes the order is not known if both numbers may be a month: then only the year is given.

    >>> [date.iso for date in find_numeric_dates("30.06.2019; 05/06/2018; 06/30/2019")]
    ['2019-06-30', '2018', '2019-06-30']
    """
    for match in _NUMERIC.finditer(text):
        first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
        day, month = (second, first) if second > 12 else (first, second)
        try:
            iso = datetime.date(year, month, day).isoformat()
        except ValueError:
            continue
        if match["mark"] == "/" and day <= 12 and day != month:
            iso = str(year)
        yield FoundDate(match.start(), match.end(), match.group(), iso)


def date_at_start(text: str) -> FoundDate | None:
    """The date at the very beginning of ``text``, or ``None``."""
    first = next(find_dates(text[:60]), None)
    return first if first is not None and first.start == 0 else None


@functools.lru_cache(maxsize=4096)
def _month(word: str) -> int | None:
    """The number of a month's name, 1 to 12, small misprints accepted (``Feburary``); ``None`` for other words."""
    foreign = _foreign_months().get(fold(word))
    if foreign is not None:
        return foreign
    if word.isupper():
        word = word.capitalize()
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(word) or (number == 9 and word == "Sept"):
            return number
    near = difflib.get_close_matches(word, _MONTHS, n=1, cutoff=0.8) if len(word) > 4 else []
    return _MONTHS.index(near[0]) + 1 if near else None


@depends
@functools.cache
def _foreign_months() -> dict[str, int]:
    """Folded names of months in other languages -> their number."""
    return {fold(name): number for number, names in enumerate(words("months"), 1) for name in names.split()}


def _iso(match: re.Match[str]) -> str:
    """The match of a form as partial ISO 8601; empty if it is no date (unknown month, February 30)."""
    groups = match.groupdict()
    year = str(groups["year"])
    if groups.get("number"):
        month: int | None = int(groups["number"])
    elif "month" in groups:
        month = _month(groups["month"])
    else:
        return year
    if month is None:
        return ""
    if groups.get("other") and _month(groups["other"]):
        return year  # "July/August 2014": no one month
    if not groups.get("day"):
        return f"{year}-{month:02}"
    day = int(re.sub(r"\D", "", groups["day"]))
    try:
        return datetime.date(int(year), month, day).isoformat()
    except ValueError:
        return ""
