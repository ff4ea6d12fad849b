"""The source note below the statistics: its survey, the survey's year, and whether the figures are comparable."""

from __future__ import annotations

import re
from dataclasses import dataclass

_YEAR = r"(?P<year>(?:19|20)\d\d)(?:\s*[–-]\s*\d{2,4})?"
# "Data from 2017, published by UNESCO Institute for Statistics, 2019." (2013 to 2020): the data are of the first year.
# A text without types may cut the note behind "published by": then the survey has no name.
_PUBLISHED = re.compile(rf"\bdata from {_YEAR},? published by(?: (?:the )?(?P<name>.+?),? (?:19|20)\d\d)?", re.I)
_NONE = re.compile(r"\bunavailable\b|\bnot available\b", re.I)
_BEFORE = re.compile(r".*?\bstatistics from (?:the )?|[^:]*:\s*", re.I)
_SURVEY = re.compile(rf"(?P<name>.*?),?\s*{_YEAR}(?P<rest>[^.,;]*)")
_ANALYSIS = re.compile(r"\banalysis\b", re.I)
_NOT_COMPARABLE = re.compile(r"\b(?:not|cannot) (?:be )?(?:directly )?compar(?:able|ed)\b|\bincomparable\b", re.I)


@dataclass(frozen=True, slots=True)
class Survey:
    """The surveys that a note names, and the year that they share, if they do."""

    name: str = ""
    year: int | None = None
    comparable: bool = True


def survey_of(note: str) -> Survey:
    """Read a source note.

    >>> survey_of("Source for all other data: Analysis of statistics from Demographic and Health Survey, 2016.")
    Survey(name='Demographic and Health Survey', year=2016, comparable=True)
    >>> survey_of("Data were unavailable from the analysis, 2016.")
    Survey(name='', year=None, comparable=True)
    """
    comparable = not _NOT_COMPARABLE.search(note)
    if _NONE.search(note):
        return Survey(comparable=comparable)
    if found := _PUBLISHED.search(note):
        return Survey(found["name"] or "", int(found["year"]), comparable)
    before = _BEFORE.match(note)
    parts = re.split(r";\s*(?:and\s+)?", note[before.end() :] if before else "")
    surveys = [found for found in map(_SURVEY.match, parts) if found and not _ANALYSIS.search(found["name"])]
    years = {int(found["year"]) for found in surveys}
    names = "; ".join(found["name"].strip() or found[0].strip() for found in surveys)  # "2011 Survey" has no other name
    return Survey(names, years.pop() if len(years) == 1 else None, comparable)
