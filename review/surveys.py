"""Finds the household surveys behind the statistics of a country.

A chapter prints the same survey year after year until a new one is available. Two surveys may have asked other
children, in another season or in other regions, so a difference between them is not a change of one year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from review.release import Record
from review.texts import shown_range

_NAME_AND_YEARS = (
    r"(?:the )?(?P<name>[^;]*?)[\s,(]*\b(?P<first>(?:19|20)\d\d)"
    r"(?:\s*[-–—‐‑]\s*(?P<last>(?:19|20)\d\d|\d\d))?\b"
)
_SURVEY = (re.compile(r"\bfrom " + _NAME_AND_YEARS), re.compile(r"\bdata: " + _NAME_AND_YEARS))
"""The survey and its years in a source note: "… analysis of statistics from Labour Force Survey (LFS), 2017–2018", or
"Source for all other data: Enquête Démographique et de Santé, 2011–2012" (Côte d'Ivoire 2014)."""


@dataclass(frozen=True)
class SurveyName:
    """A survey as a source note names it. ``first`` and ``last`` are the years in which it was made."""

    name: str
    first: int
    last: int

    @property
    def years(self) -> str:
        """The years for reading: ``2014`` or ``2017–2018``."""
        return shown_range(self.first, self.last)

    @property
    def position(self) -> float:
        """The point of the survey on a time axis: the middle of its years."""
        return (self.first + self.last) / 2


@dataclass
class SurveyResult:
    """A percentage that a survey found among children of one age range, and the rows that print it.

    ``survey`` is ``None`` if the source note names no year.
    """

    survey: SurveyName | None
    ages: str
    percent: float
    rows: list[Record] = field(default_factory=list)


def survey_of(note: str) -> SurveyName | None:
    """Return the first survey that a source note names with its year, or ``None``.

    ``2010-11`` means 2010 to 2011 (Afghanistan 2016).
    """
    found = next(filter(None, (pattern.search(note) for pattern in _SURVEY)), None)
    if not found:
        return None
    first, last = int(found["first"]), found["last"] or found["first"]
    end = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if end < first and len(last) == 2:  # 1999-01
        end += 100
    return SurveyName(found["name"].strip(" ,(") or "Survey", first, max(first, end))


def survey_results(rows: Iterable[Record]) -> list[SurveyResult]:
    """Return the results that rows of ``statistics`` print, each once, in order of the survey years.

    Rows of several reports are one result if survey years, age range and percentage are equal. A row without a
    percentage is left out.
    """
    results: dict[tuple[int, int, str, float, int], SurveyResult] = {}
    for row in sorted(rows, key=lambda row: row["report_year"]):
        if row["percent"] is None:
            continue
        survey = survey_of(row["source"])
        ages = shown_range(row["age_min"], row["age_max"])
        years = (survey.first, survey.last, 0) if survey else (0, 0, row["report_year"])
        key = (years[0], years[1], ages, row["percent"], years[2])
        result = results.setdefault(key, SurveyResult(survey, ages, row["percent"]))
        result.survey = survey  # the last report usually has the full name
        result.rows.append(row)
    return [results[key] for key in sorted(results)]
