"""Facts that two reports of an invented country print differently."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.chapter.disagreements import disagreements, kind_of
from tests.conftest import record

Tables = dict[str, list[dict[str, Any]]]
OF = ("enforcement", "statistics", "legal_standards", "references", "provenance")


def report(report_year: int, *figures: dict[str, Any], iso3: str = "XAV") -> Tables:
    """The tables of one report with these rows of enforcement, statistics, legal standards or references."""
    identity = {"doc_id": f"{iso3.lower()}-{report_year}", "iso3": iso3, "report_year": report_year}
    tables: Tables = {"documents": [dict(identity)], **{name: [] for name in OF}}
    for figure in figures:
        signs = {"percent": "statistics", "age": "legal_standards", "work_id": "references"}
        table = next((table for sign, table in signs.items() if sign in figure), "enforcement")
        tables[table].append(record(table, len(tables[table]) + 1, **{**figure, **identity}))
    return tables


def inspectors(year: int, value: float | None, **values: Any) -> dict[str, Any]:
    return {"year": year, "value": value, "unit": "count", "raw": f"{value}", "territory": "", **values}


def working(percent: float, **values: Any) -> dict[str, Any]:
    return {"percent": percent, "population": None, "territory": "", **values}


def law(
    age: float | None, status: str = "Yes", legislation: str = "Article 12 of the Code", **values: Any
) -> dict[str, Any]:
    return {"age": age, "status": status, "legislation": legislation, "territory": "", "age_to": None, **values}


def test_the_column_of_the_year_before_is_compared_with_the_report_of_that_year() -> None:
    first = report(2018, inspectors(2017, 2300.0), inspectors(2018, 2367.0))
    second = report(2019, inspectors(2018, 2387.0), inspectors(2019, 2400.0))
    for chapters in ([first, second], [second, first]):
        [found] = disagreements(chapters)
        assert (found["doc_id"], found["table_row"], found["value"]) == ("xav-2019", 1, 2387.0)
        assert (found["earlier_doc_id"], found["earlier_row"], found["earlier_value"]) == ("xav-2018", 2, 2367.0)
        assert (found["key"], found["year"], found["column"]) == ("labor/inspectors", 2018, "value")
        assert (found["ratio"], found["kind"]) == (1.0084, "likely_misprint")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (inspectors(2018, 20.0), inspectors(2018, 20.0)),
        (inspectors(2018, 20.0), inspectors(2018, None)),
        (inspectors(2018, 20.0), inspectors(2018, 1.0, unit="yes_no")),
        (inspectors(2018, 20.0), inspectors(2018, 30.0, territory="Northern Isles")),
        (inspectors(2018, 20.0), inspectors(2018, 30.0, metric="inspections")),
        (inspectors(2018, 20.0, metric="other", label="Boats"), inspectors(2018, 9.0, metric="other", label="Nets")),
        (inspectors(2018, 1000.4, unit="usd"), inspectors(2018, 1000.0, unit="usd")),
        (working(7.5, survey_year=2016), working(9.5, survey_year=2018)),
        (working(7.5, survey="Census"), working(9.5, survey="Labor Survey")),
        (working(7.5, survey=""), working(9.5, survey="")),
        (working(7.5), working(9.5, age_min=7)),
    ],
)
def test_other_facts_are_not_compared(earlier: dict[str, Any], later: dict[str, Any]) -> None:
    assert disagreements([report(2018, earlier), report(2019, later)]) == []


def test_a_standard_changes_and_its_law_does_not() -> None:
    first, second = report(2018, law(15.0)), report(2020, law(16.0, "No", "Article 12 of the Code."))
    second["provenance"] = [{"table": "legal_standards", "row": 1, "column": "age", "raw": "16†"}]
    age, answer = disagreements([first, second])
    assert (age["table"], age["key"], age["column"]) == ("legal_standards", "minimum_age_work", "age")
    assert (age["year"], age["earlier_value"], age["value"], age["raw"]) == (2020, 15.0, 16.0, "16†")
    assert (answer["column"], answer["earlier_value"], answer["value"], answer["ratio"]) == ("status", 1.0, 0.0, None)
    assert {age["kind"], answer["kind"]} == {"same_law"}


@pytest.mark.parametrize(
    "later",
    [
        law(16.0, legislation="Article 13 of the Code"),
        law(16.0, territory="Northern Isles"),
        law(16.0, standard="minimum_age_hazardous_work"),
        law(None, "Unknown"),
        law(16.0, age_to=18.0),
    ],
)
def test_another_law_or_standard_is_another_fact(later: dict[str, Any]) -> None:
    assert disagreements([report(2018, law(15.0)), report(2019, later)]) == []


@pytest.mark.parametrize("legislation", ["", "N/A"])
def test_without_a_law_nothing_is_compared(legislation: str) -> None:
    chapters = [report(year, law(age, legislation=legislation)) for year, age in ((2018, 15.0), (2019, 16.0))]
    assert disagreements(chapters) == []


def test_another_country_is_another_fact() -> None:
    chapters = [report(2018, inspectors(2018, 2.0)), report(2019, inspectors(2018, 3.0), iso3="XBV")]
    assert disagreements(chapters) == []


def test_what_a_report_prints_twice_is_not_compared() -> None:
    twice = report(2018, inspectors(2018, 20.0), inspectors(2018, 25.0))
    assert disagreements([twice, report(2019, inspectors(2018, 30.0))]) == []


def test_a_survey_is_followed_over_all_reports_and_a_change_counts_once() -> None:
    found = disagreements([report(year, working(share)) for year, share in ((2016, 7.5), (2017, 9.5), (2019, 9.5))])
    assert [(row["doc_id"], row["earlier_doc_id"], row["column"]) for row in found] == [
        ("xav-2017", "xav-2016", "percent")
    ]
    assert (found[0]["year"], found[0]["key"]) == (2016, "working/girls/5-14/demographic and health survey")


def cited(date_iso: str, **values: Any) -> dict[str, Any]:
    source = {"work_id": "w0123456789ab", "url": "https://reef.example.org/salt.pdf", "title": "Salt Pans"}
    return {**source, "type": "report", "date_iso": date_iso, "date": f"of {date_iso}", **values}


@pytest.mark.parametrize(
    ("earlier", "later", "differ"),
    [
        (cited("1998-10-05"), cited("1988-10-05"), True),
        (cited("2018"), cited("2018-05-31"), False),  # less exact
        (cited("2018-05"), cited("2018-06-01"), True),
        (cited("2018"), cited("2019", title="Salt Pans II"), False),  # another edition
        (cited("2018"), cited("2019", work_id="w1123456789ab"), False),
        (cited("2018"), cited("2019", type="web_page"), False),  # the page may have changed
        (cited("2018", url=""), cited("2019", url=""), False),
        (cited("2018"), cited(""), False),
    ],
)
def test_a_source_that_two_reports_cite_has_one_date(
    earlier: dict[str, Any], later: dict[str, Any], differ: bool
) -> None:
    found = disagreements([report(2018, earlier), report(2019, later)])
    assert len(found) == differ
    if found:
        assert (found[0]["kind"], found[0]["ratio"], found[0]["year"]) == ("same_source", None, 2019)
        assert (found[0]["earlier_raw"], found[0]["raw"]) == (earlier["date"], later["date"])
        assert found[0]["value"] == float(later["date_iso"].replace("-", ""))


@pytest.mark.parametrize(
    ("earlier", "later", "unit", "kind"),
    [
        (2367, 2387, "count", "likely_misprint"),
        (1200, 120, "count", "likely_misprint"),
        (1234, 12340, "usd", "likely_misprint"),
        (2143, 2134, "count", "likely_misprint"),
        (13460, 1346, "count", "likely_misprint"),
        (146, 106, "count", "restated"),
        (16150, 17855, "count", "restated"),
        (586, 1168, "count", "unclear"),
        (0, 15, "count", "unclear"),
        (1, 0, "yes_no", "unclear"),
        (31.5, 21.5, "percent", "likely_misprint"),
        (92.8, 94.8, "percent", "restated"),
        (5.0, 25.1, "percent", "unclear"),
    ],
)
def test_kinds(earlier: float, later: float, unit: str, kind: str) -> None:
    assert kind_of(earlier, later, unit) == kind
