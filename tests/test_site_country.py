"""The country page's arithmetic: which rows make a plot, and which actions of several reports are one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from review.country import country_view
from review.named import match_names
from review.plots import Series, draw
from review.surveys import survey_of
from tests.conftest import record


def action(year: int, first: int | None, **values: Any) -> dict[str, Any]:
    return record("suggested_actions", report_year=year, first_year=first, territory="", years="", **values)


class TestActions:
    @pytest.mark.parametrize(
        ("years", "first", "state"), [((2018, 2019), 2016, "continued"), ((2018,), 2016, "dropped")]
    )
    def test_states(self, years: tuple[int, ...], first: int, state: str) -> None:
        assert self.states([action(year, first) for year in years]) == [state]

    def test_what_only_the_last_report_suggests_is_new(self) -> None:
        assert self.states([action(2019, 2019)]) == ["new"]

    def test_what_the_last_report_says_it_said_before_is_continued(self) -> None:
        assert self.states([action(2019, 2014)]) == ["continued"]

    def states(self, actions: list[dict[str, Any]]) -> list[str]:
        documents = [record("documents", report_year=year) for year in (2018, 2019)]
        view = country_view({"documents": documents, "suggested_actions": actions}, {}, {})
        return [one["state"] for _, area in view["actions"] for one in area]


def plots(**tables: Any) -> dict[str, dict[str, Any]]:
    """The charts of Arvenia's page by their name."""
    view = country_view({"documents": [record("documents", country="Arvenia")], **tables}, {}, {})
    return {plot["id"]: plot for plot in view["plots"]}


def counted(*rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The charts of Arvenia's page if the reports count these inspectors."""
    given = {"metric": "inspectors", "domain": "labor", "year": 2019, "unit": "count", "territory": "", "raw": ""}
    return plots(enforcement=[record("enforcement", **{**given, **row}) for row in rows])


def texts(plot: dict[str, Any]) -> list[list[list[str]]]:
    """The table of a chart: its rows, their cells, and the values in each."""
    return [[[value["text"] for value in cell] for cell in row["cells"]] for row in plot["rows"]]


@pytest.mark.parametrize("territory", ["", "Arvenia", "National Total"])
def test_a_chart_shows_the_whole_country(territory: str) -> None:
    plot = counted({"territory": territory, "value": 25.0}, {"territory": "Coast", "value": 5.0})["inspectors"]
    assert texts(plot) == [[["25"]]]
    assert plot["svg"].count("<circle") == 1


def test_without_a_number_for_the_whole_country_it_shows_the_parts() -> None:
    parts = [{"territory": name, "value": float(n)} for n, name in enumerate("EDCBA")]
    plot = counted({"territory": "Arvenia", "value": None, "raw": "Unknown"}, *parts)["inspectors"]
    assert plot["series"] == ["A", "B", "C", "D"]
    assert "for the whole country" in plot["note"]


def test_without_any_number_there_is_no_chart_and_the_page_says_so() -> None:
    unknown = record("enforcement", metric="inspectors", domain="labor", territory="", value=None, raw="Unknown")
    view = country_view({"documents": [record("documents")], "enforcement": [unknown]}, {}, {})
    assert "inspectors" not in {plot["id"] for plot in view["plots"]}
    assert "Labor inspectors" in view["missing"]


class TestTwoReports:
    """Two reports print a value for one year."""

    def chart(self, earlier: float | None, later: float | None) -> dict[str, Any]:
        values = ((2018, earlier), (2019, later))
        rows = [{"report_year": year, "year": 2018, "value": v, "raw": "" if v else "Unknown"} for year, v in values]
        return counted(*rows)["inspectors"]

    def test_different_numbers_are_both_shown_with_their_reports(self) -> None:
        plot = self.chart(25.0, 30.0)
        assert texts(plot) == [[["30", "25"]]]
        assert [value["report"] for value in plot["rows"][0]["cells"][0]] == ["2019 report", "2018 report"]
        assert plot["svg"].count("<circle") == 2
        assert "print different numbers" in plot["note"]

    def test_equal_numbers_are_shown_once(self) -> None:
        plot = self.chart(25.0, 25.4)
        assert texts(plot) == [[["25"]]] or texts(plot) == [[["25.4"]]]
        assert plot["svg"].count("<circle") == 1
        assert "different" not in plot["note"]

    def test_unknown_in_the_later_report_does_not_hide_the_number(self) -> None:
        plot = self.chart(25.0, None)
        assert texts(plot) == [[["Unknown", "25"]]]
        assert plot["svg"].count("<circle") == 1

    def test_the_note_of_a_cell_is_shown(self) -> None:
        plot = counted({"value": 25.0, "note": "From May to July."})["inspectors"]
        assert plot["rows"][0]["cells"][0][0]["note"] == "From May to July."


def working(report_year: int, percent: float | None, source: str, ages: tuple[int, int] = (5, 14)) -> dict[str, Any]:
    return record(
        "statistics",
        report_year=report_year,
        indicator="working",
        territory="",
        percent=percent,
        source=source,
        age_min=ages[0],
        age_max=ages[1],
    )


class TestSurveys:
    HARBOR = "Source for all other data: an analysis of statistics from the Harbor Survey (HS), 2010-11."
    LABOR = "Source for all other data: an analysis of statistics from Labor Survey Round 6, 2016–2017. Not comparable."

    @pytest.mark.parametrize(
        ("note", "name", "years"),
        [
            (HARBOR, "Harbor Survey (HS)", "2010–2011"),
            (LABOR, "Labor Survey Round 6", "2016–2017"),
            ("Source for all other data: Arvenia Household Survey, 2014.", "Arvenia Household Survey", "2014"),
            ("Statistics from Tide Survey, 1999-01.", "Tide Survey", "1999–2001"),
        ],
    )
    def test_name_and_years_come_from_the_source_note(self, note: str, name: str, years: str) -> None:
        survey = survey_of(note)
        assert survey is not None
        assert (survey.name, survey.years) == (name, years)

    @pytest.mark.parametrize("note", ["", "Data were unavailable.", "The survey of the harbor."])
    def test_a_note_without_a_year_names_no_survey(self, note: str) -> None:
        assert survey_of(note) is None

    def test_a_survey_is_one_dot_at_its_year_whatever_reports_print_it(self) -> None:
        rows = [working(year, 20.0, self.HARBOR) for year in (2013, 2014, 2015)]
        plot = plots(statistics=[*rows, working(2019, 12.0, self.LABOR)])["working"]
        assert plot["svg"].count("<circle") == 2
        assert "<path" not in plot["svg"], "no line joins the surveys"
        assert [row["cells"][0][0]["text"] for row in plot["rows"]] == ["2016–2017", "2010–2011"]
        reports = [value["report"] for value in plot["rows"][1]["cells"][2]]
        assert reports == ["2015 report", "2014 report", "2013 report"]

    def test_each_age_range_is_a_series_and_is_named(self) -> None:
        rows = [working(2013, 20.0, self.HARBOR), working(2019, 12.0, self.LABOR, (10, 14))]
        assert plots(statistics=rows)["working"]["series"] == ["Ages 10–14", "Ages 5–14"]

    def test_two_percentages_of_one_survey_are_both_shown(self) -> None:
        rows = [working(2013, 31.5, self.HARBOR), working(2014, 21.5, self.HARBOR)]
        assert plots(statistics=rows)["working"]["svg"].count("<circle") == 2

    def test_without_a_survey_year_it_is_in_the_table_only(self) -> None:
        plot = plots(statistics=[working(2013, 20.0, "")])["working"]
        assert plot["svg"] == ""
        assert texts(plot) == [[["not printed"], ["5–14"], ["20 %"]]]

    def test_unavailable_is_no_result(self) -> None:
        assert plots(statistics=[working(2013, None, self.HARBOR)])["working"]["rows"] == []

    def test_sectors_are_drawn_at_the_year_of_the_survey(self) -> None:
        shares = [record("sectors", sector="services", percent=40.0, territory="")]
        plot = plots(statistics=[working(2019, 20.0, self.HARBOR)], sectors=shares)["sectors"]
        assert [row["label"] for row in plot["rows"]] == ["2010–2011"]
        assert plot["svg"].count("<circle") == 1


def test_a_dot_stands_at_its_year() -> None:
    svg = str(draw([Series("a", [(2006, 1.0), (2011.5, 2.0), (2017, 3.0)])], (2006, 2017)))
    left, middle, right = (float(x) for x in re.findall(r'<circle[^>]* cx="([\d.]+)"', svg))
    assert left == 0
    assert middle == pytest.approx(right / 2, rel=0.01)
    assert right > 450  # the last year is at the right edge


def minimum_age(year: int, age: int) -> dict[str, Any]:
    """A row of ``legal_standards``: the minimum age for work in one report."""
    law: dict[str, Any] = {"standard": "minimum_age_work", "territory": "", "status": "Yes", "age": age, "age_to": None}
    return record("legal_standards", report_year=year, **law)


class TestLatestFirst:
    def test_chapters_and_standards_begin_with_the_last_year(self) -> None:
        documents = [record("documents", report_year=year) for year in (2017, 2018, 2019)]
        rows = [minimum_age(*pair) for pair in ((2017, 14), (2018, 14), (2019, 15))]
        view = country_view({"documents": documents, "legal_standards": rows}, {}, {})
        assert [chapter["year"] for chapter in view["chapters"]] == [2019, 2018, 2017]
        _, _, [standard] = view["groups"][-1]
        assert [(cell["age"], cell["changed"]) for cell in standard["cells"]] == [
            ("15", True),
            ("14", False),
            ("14", False),
        ]


class TestNames:
    """Agencies over the years."""

    def test_an_abbreviation_or_another_spelling_is_the_same_name(self) -> None:
        names = {2018: "Harbor Labor Inspectorate", 2019: "Harbour Labor Inspectorate (HLI)"}
        rows = [record("agencies", report_year=year, agency=name, territory="") for year, name in names.items()]
        [one] = match_names(rows, "agency")
        assert sorted(one.rows) == [2018, 2019]

    def test_the_abbreviation_alone_is_the_same_name(self) -> None:
        names = ("Harbor Labor Inspectorate (HaLI)", "HaLI", "National Harbor Inspectorate for Labor (HaLI)")
        rows = [record("agencies", report_year=2017 + n, agency=name, territory="") for n, name in enumerate(names)]
        [one] = match_names(rows, "agency")
        assert sorted(one.rows) == [2017, 2018, 2019]

    def test_another_name_and_another_territory_are_others(self) -> None:
        rows = [
            record("agencies", 1, report_year=2018, agency="Ministry of Labor", territory=""),
            record("agencies", 1, report_year=2019, agency="Ministry of Justice", territory=""),
            record("agencies", 2, report_year=2019, agency="Ministry of Labor", territory="Coast"),
        ]
        assert len(match_names(rows, "agency")) == 3

    def test_two_rows_of_one_report_are_never_one(self) -> None:
        rows = [record("agencies", n, report_year=2019, agency="Harbor Police", territory="") for n in (1, 2)]
        assert len(match_names(rows, "agency")) == 2

    def test_the_table_links_each_year_that_lists_the_name(self) -> None:
        documents = [record("documents", report_year=year) for year in (2018, 2019)]
        rows = [record("agencies", 3, report_year=2018, agency="Harbor Police", territory="")]
        [kind] = country_view({"documents": documents, "agencies": rows}, {}, {})["named"]
        [line] = kind["lines"]
        assert line["cells"][0] == ""
        assert line["cells"][1].endswith("#agencies-3")


def test_the_last_two_reports_are_compared_in_words() -> None:
    documents = [
        record("documents", report_year=year, assessment=level)
        for year, level in ((2018, "Minimal Advancement"), (2019, "Moderate Advancement"))
    ]
    standards = [minimum_age(*pair) for pair in ((2018, 14), (2019, 15))]
    inspectors = [
        record(
            "enforcement", n, domain="labor", metric="inspectors", territory="", year=year, value=value, unit="count"
        )
        for n, (year, value) in enumerate(((2018, 20.0), (2019, 30.0)), 1)
    ]
    actions = [action(2018, 2018, action_id="xav-2018-00000001"), action(2019, 2019)]
    tables = {"documents": documents, "legal_standards": standards, "enforcement": inspectors}
    changes = country_view({**tables, "suggested_actions": actions}, {}, {})["changes"]
    assert (changes["before"], changes["last"]) == (2018, 2019)
    assert [one["text"] for one in changes["sentences"]] == [
        "The assessment level changed from Minimal Advancement to Moderate Advancement.",
        "Minimum_age_work: Yes 15 in 2019, Yes 14 in 2018.",
        "Labor inspectors: 30 in 2019, 20 in 2018.",
        "Suggested actions: 1 new, 0 continued, 1 of the 2018 report not repeated.",
    ]
    assert country_view({"documents": documents[:1]}, {}, {})["changes"] is None


def test_an_action_says_since_when_it_is_open_and_how_it_was_reworded() -> None:
    rows = [
        action(2018, 2015, action="Train the inspectors of the coast.", likeness=None),
        action(2019, 2015, action="Train all inspectors of the coast.", likeness=94),
    ]
    rows[1]["years"] = "2015-2019"
    documents = [record("documents", report_year=year) for year in (2018, 2019)]
    view = country_view({"documents": documents, "suggested_actions": rows}, {}, {})
    [(_, [one])] = view["actions"]
    assert one["duration"] == "open since 2015, 5 years"
    assert one["similarity"] == 94
    assert [bar["year"] for bar in one["bars"]] == [2015, 2016, 2017, 2018, 2019]
    assert [bool(bar["href"]) for bar in one["bars"]] == [False, False, False, True, True]
    [reworded] = one["rewordings"]
    assert "<del>the</del>" in reworded["before"]
    assert "<ins>all</ins>" in reworded["after"]
