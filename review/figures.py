"""Charts of a country page: which printed numbers each one shows, and the table of its figures.

Every dot of a chart is a number that a report prints, and every number of the table is a dot of the chart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.plots import COLOURS, Series, draw
from review.release import Record
from review.surveys import SurveyResult, survey_results
from review.texts import Meanings, sentence, shown_number

Tables = Mapping[str, list[Record]]

COUNTED = (
    ("labor", "inspectors", "Labor inspectors"),
    ("labor", "inspections", "Labor inspections"),
    ("labor", "violations_found", "Child labor violations found"),
    ("labor", "penalties_imposed", "Violations with penalties imposed"),
    ("labor", "inspectorate_funding", "Funding of the labor inspectorate (US dollars)"),
    ("criminal", "investigations", "Criminal investigations"),
    ("criminal", "prosecutions", "Prosecutions initiated"),
    ("criminal", "convictions", "Convictions"),
)
"""The numbers of the enforcement tables that have a chart: domain, metric, heading."""


@dataclass(frozen=True)
class PrintedValue:
    """A value that one or several reports print for the same year.

    ``value`` is ``None`` if the reports print no number (``Unknown``). ``row`` is the row of the last of these reports.
    """

    text: str
    value: float | None
    row: Record
    reports: tuple[int, ...]

    def link(self, table: str, differing: bool) -> dict[str, str]:
        """Return an entry of the table of figures. If reports differ, it names the reports that print this value."""
        label = f"{', '.join(map(str, self.reports))} report" + ("s" if len(self.reports) > 1 else "")
        note = str(self.row.get("note") or "")
        return {
            "text": self.text,
            "href": f"chapters/{self.row['doc_id']}.html#{table}-{self.row['row']}",
            "report": label if differing else "",
            "note": note,
        }


def charts(tables: Tables, meanings: Meanings) -> list[dict[str, Any]]:
    """Return the charts of a country page: surveys first, then enforcement, all enforcement charts on one time axis.

    ``tables`` holds the rows of all chapters of the country. An enforcement chart without numbers is left out.
    """
    counted = [(metric, heading, _by_year(tables, domain, metric)) for domain, metric, heading in COUNTED]
    numbers = [(metric, heading, series) for metric, heading, series in counted if _has_number(series)]
    years = [
        year for _, _, series in numbers for of_years in series.values() for year, values in of_years.items() if values
    ]
    axis = (min(years), max(years)) if years else (0, 0)
    return [
        _working(tables),
        _sectors(tables, meanings),
        *(_counted(metric, heading, series, axis) for metric, heading, series in numbers),
    ]


def latest_numbers(tables: Tables) -> Iterator[tuple[str, dict[int, PrintedValue]]]:
    """Yield the heading of each enforcement chart with the number of the whole country for each year.

    If two reports print different numbers for a year, it is that of the later report.
    """
    for domain, metric, heading in COUNTED:
        years = _by_year(tables, domain, metric).get("", {})
        known = {year: [value for value in values if value.value is not None] for year, values in years.items()}
        yield heading, {year: values[0] for year, values in known.items() if values}


def missing_metrics(tables: Tables) -> list[str]:
    """Return the headings of the enforcement charts for which no report of the country prints a number."""
    return [heading for domain, metric, heading in COUNTED if not _has_number(_by_year(tables, domain, metric))]


def whole_country(tables: Tables, table: str) -> list[Record]:
    """Return the rows of a table that apply to the whole country.

    These have no territory, the name of the country itself (Bosnia and Herzegovina) or a national total (Pakistan).
    """
    names = {"", *(row["country"].casefold() for row in tables["documents"])}
    return [
        row
        for row in tables.get(table, [])
        if (name := (row.get("territory") or "").casefold()) in names or name.startswith("national")
    ]


def printed_values(rows: Iterable[Record]) -> list[PrintedValue]:
    """Return the different values that ``rows`` of one metric and one year print, the last report first.

    Numbers are equal if they are equal without decimals: Peru's reports print funding with cents in 2016 and without
    in 2017. Empty cells are left out.
    """
    values: list[PrintedValue] = []
    for row in sorted(rows, key=lambda row: -row["report_year"]):
        value = None if row["value"] is None or row["unit"] == "yes_no" else float(row["value"])
        text = shown_number(value) if value is not None else str(row["raw"])
        for index, known in enumerate(values):
            if _equal(known, value, text):
                reports = tuple(sorted({*known.reports, row["report_year"]}))
                values[index] = PrintedValue(known.text, known.value, known.row, reports)
                break
        else:
            if text:
                values.append(PrintedValue(text, value, row, (row["report_year"],)))
    return values


def _equal(known: PrintedValue, value: float | None, text: str) -> bool:
    if known.value is None or value is None:
        return known.value is value and known.text == text
    return round(known.value) == round(value)


def _by_year(tables: Tables, domain: str, metric: str) -> dict[str, dict[int, list[PrintedValue]]]:
    """Return the printed values of a metric by series and year.

    There is one series, named ``""``, for the whole country. If no report prints a number for the whole country, there
    is one series for each part of the country, those with the most numbers first.
    """
    found = {"": _values(whole_country(tables, "enforcement"), domain, metric)}
    if _has_number(found):
        return found
    parts: dict[str, list[Record]] = defaultdict(list)
    for row in tables.get("enforcement", []):
        parts[row["territory"] or ""].append(row)
    by_part = {part: _values(rows, domain, metric) for part, rows in parts.items()}
    with_numbers = {part: years for part, years in by_part.items() if _has_number({part: years})}
    order = sorted(with_numbers, key=lambda part: (-_count(with_numbers[part]), part))
    return {part: with_numbers[part] for part in order[: len(COLOURS)]} or found


def _values(rows: Iterable[Record], domain: str, metric: str) -> dict[int, list[PrintedValue]]:
    by_year: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        if (row["domain"], row["metric"]) == (domain, metric):
            by_year[row["year"]].append(row)
    return {year: printed_values(of_year) for year, of_year in sorted(by_year.items())}


def _count(years: Mapping[int, Sequence[PrintedValue]]) -> int:
    return sum(any(value.value is not None for value in values) for values in years.values())


def _has_number(series: Mapping[str, Mapping[int, Sequence[PrintedValue]]]) -> bool:
    return any(_count(years) for years in series.values())


def _chart(
    name: str, heading: str, drawn: Sequence[Series], axis: tuple[int, int], *, percent: bool = False, **more: Any
) -> dict[str, Any]:
    """Return a chart as the template of the page shows it. ``more`` has its table, its note and its empty text."""
    unit = " %" if percent else ""
    described = "; ".join(f"{one.name}: {_ends(one, unit)}" for one in drawn if one.dots)
    return {
        "id": name,
        "heading": heading,
        "series": [one.name for one in drawn],
        "svg": draw(drawn, axis, percent=percent),
        "alt": f"{heading}. {described}.",
        "empty": "",
        **more,
    }


def _ends(series: Series, unit: str) -> str:
    """Describe the first and the last dot of a series, for readers who do not see the chart."""
    ends = dict.fromkeys([min(series.dots), max(series.dots)])
    return ", ".join(f"{shown_number(value)}{unit} in {year:.0f}" for year, value in ends)


def _counted(
    metric: str, heading: str, series: Mapping[str, Mapping[int, Sequence[PrintedValue]]], axis: tuple[int, int]
) -> dict[str, Any]:
    """Return the chart of a metric: a line through the value of the last report, hollow dots for earlier values."""
    drawn = [_series(name or heading, years) for name, years in series.items()]
    note = "Each dot is the number printed for that year."
    if any(one.hollow for one in drawn):
        note += " Two reports print different numbers for a year: the later one is filled, the earlier one hollow."
    if "" not in series:
        note += " No report prints a number for the whole country; the lines are parts of it."
    all_years = {year for years in series.values() for year in years}
    rows = [
        {"label": year, "cells": [_links(years.get(year, ())) for years in series.values()]}
        for year in sorted(all_years, reverse=True)
    ]
    chart = _chart(metric, heading, drawn, axis, columns=["Year", *(one.name for one in drawn)], rows=rows, note=note)
    return chart | ({"series": []} if "" in series else {})


def _series(name: str, years: Mapping[int, Sequence[PrintedValue]]) -> Series:
    dots: list[tuple[float, float]] = []
    hollow: list[tuple[float, float]] = []
    for year, values in years.items():
        numbers = [value.value for value in values if value.value is not None]
        dots += [(year, number) for number in numbers[:1]]
        hollow += [(year, number) for number in numbers[1:]]
    return Series(name, dots, hollow, connected=True)


def _links(values: Sequence[PrintedValue]) -> list[dict[str, str]]:
    return [value.link("enforcement", len(values) > 1) for value in values]


def _working(tables: Tables) -> dict[str, Any]:
    """Return the chart of working children: one dot for each survey, one colour for each age range, no lines."""
    rows = [row for row in whole_country(tables, "statistics") if row["indicator"] == "working"]
    results = survey_results(rows)
    by_ages: dict[str, list[SurveyResult]] = defaultdict(list)
    for result in results:
        by_ages[result.ages].append(result)
    drawn = [
        Series(f"Ages {ages}" if ages else "Ages not printed", _survey_dots(found))
        for ages, found in sorted(by_ages.items())[: len(COLOURS)]
    ]
    note = (
        "Each dot is one survey, at the year in which it was made. "
        "Surveys differ in method, season and region, so there is no line between them."
    )
    if not all(one.survey for one in results):
        note += " A result without a survey year is only in the table."
    return _chart(
        "working",
        "Working children",
        drawn,
        _survey_axis(results),
        percent=True,
        columns=["Survey", "Years", "Ages", "Percent"],
        rows=[_survey_row(result) for result in reversed(results)],
        note=note,
        empty="No chapter prints a percentage of working children for the whole country.",
    )


def _survey_dots(results: Iterable[SurveyResult]) -> list[tuple[float, float]]:
    return [(one.survey.position, one.percent) for one in results if one.survey]


def _survey_axis(results: Sequence[SurveyResult]) -> tuple[int, int]:
    surveys = [one.survey for one in results if one.survey]
    if not surveys:
        return (0, 0)
    return (min(survey.first for survey in surveys), max(survey.last for survey in surveys))


def _survey_row(result: SurveyResult) -> dict[str, Any]:
    """Return a row of the table of surveys."""
    return {
        "label": result.survey.name if result.survey else "Survey without a printed year",
        "cells": [[_plain(_years(result))], [_plain(result.ages or "not printed")], _reports(result, "statistics")],
    }


def _years(result: SurveyResult) -> str:
    return result.survey.years if result.survey else "not printed"


def _reports(result: SurveyResult, table: str) -> list[dict[str, str]]:
    """Return the percentage of a result with a link to each report that prints it, the last report first."""
    return [
        {
            "text": f"{result.percent:g} %" if index == 0 else "",
            "href": f"chapters/{row['doc_id']}.html#{table}-{row['row']}",
            "report": f"{row['report_year']} report",
            "note": "",
        }
        for index, row in enumerate(reversed(result.rows))
    ]


def _plain(text: str) -> dict[str, str]:
    return {"text": text, "href": "", "report": "", "note": ""}


def _sectors(tables: Tables, meanings: Meanings) -> dict[str, Any]:
    """Return the chart of sectors: for each survey one dot for each sector, no lines."""
    found = _results_by_sector(tables, meanings)
    results = [result for _, of_sector in found for result in of_sector]
    drawn = [Series(name, _survey_dots(of_sector)) for name, of_sector in found]
    return _chart(
        "sectors",
        "Working children by sector",
        drawn,
        _survey_axis(results),
        percent=True,
        columns=["Survey years", *(name for name, _ in found)],
        rows=[
            {"label": label, "cells": [_shares(of_sector, label) for _, of_sector in found]}
            for label in dict.fromkeys(_years(one) for one in sorted(results, key=_survey_order, reverse=True))
        ],
        note="Each dot is one sector in one survey, at the year of the survey. There is no line between surveys.",
        empty="No chapter prints the percentages of the sectors.",
    )


def _results_by_sector(tables: Tables, meanings: Meanings) -> list[tuple[str, list[SurveyResult]]]:
    """Return the name of each sector with its survey results.

    The pie chart has no source note of its own. It shows the survey that the chapter's statistics name.
    """
    names = meanings.get("sectors", {}).get("sector", {})
    working = [row for row in whole_country(tables, "statistics") if row["indicator"] == "working"]
    notes = {row["doc_id"]: row["source"] for row in working}
    by_sector: dict[str, list[Record]] = {sector: [] for sector in names}
    for row in whole_country(tables, "sectors"):
        for_all_ages = {**row, "source": notes.get(row["doc_id"], ""), "age_min": None, "age_max": None}
        by_sector.setdefault(row["sector"], []).append(for_all_ages)
    return [(sentence(names.get(sector, sector)), survey_results(rows)) for sector, rows in by_sector.items()]


def _shares(results: Iterable[SurveyResult], years: str) -> list[dict[str, str]]:
    return [link for one in results if _years(one) == years for link in _reports(one, "sectors")]


def _survey_order(result: SurveyResult) -> tuple[int, int]:
    return (result.survey.first, result.survey.last) if result.survey else (0, 0)
