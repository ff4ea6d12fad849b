"""The country page's arithmetic: which rows make a plot, and which actions of several reports are one."""

from __future__ import annotations

from typing import Any

import pytest

from review.country import country_view, match_actions
from tests.conftest import record


def action(year: int, text: str, first: int | None, area: str = "enforcement", row: int = 1) -> dict[str, Any]:
    return record(
        "suggested_actions", row, report_year=year, action=text, first_year=first, area=area, territory="", years=""
    )


class TestActions:
    def test_the_same_words_are_one_action(self) -> None:
        [one] = match_actions(
            [action(2018, "Train the inspectors.", 2016), action(2019, "Train the inspectors.", 2016)]
        )
        assert sorted(one.rows) == [2018, 2019]
        assert one.similarity == 100

    def test_reworded_and_suggested_since_the_same_year_is_one(self) -> None:
        earlier = action(2018, "Train more inspectors of the coast, also in villages.", 2016)
        later = action(2019, "Ensure that inspectors on the coast get training.", 2016)
        [one] = match_actions([earlier, later])
        assert one.similarity is not None
        assert 45 <= one.similarity < 100

    def test_reworded_and_suggested_since_another_year_is_another(self) -> None:
        earlier = action(2018, "Train more inspectors of the coast, also in villages.", 2016)
        later = action(2019, "Ensure that inspectors on the coast get training.", 2019)
        assert len(match_actions([earlier, later])) == 2

    def test_one_row_is_joined_once(self) -> None:
        rows = [
            action(2018, "Train inspectors.", 2016),
            *(action(2019, "Train inspectors.", 2016, row=n) for n in (1, 2)),
        ]
        assert sorted(len(one.rows) for one in match_actions(rows)) == [1, 2]

    @pytest.mark.parametrize(
        ("years", "first", "state"), [((2018, 2019), 2016, "continued"), ((2018,), 2016, "dropped")]
    )
    def test_states(self, years: tuple[int, ...], first: int, state: str) -> None:
        assert self.states([action(year, "Train the inspectors.", first) for year in years]) == [state]

    def test_what_only_the_last_report_suggests_is_new(self) -> None:
        assert self.states([action(2019, "Train the inspectors.", 2019)]) == ["new"]

    def test_what_the_last_report_says_it_said_before_is_continued(self) -> None:
        assert self.states([action(2019, "Train the inspectors.", 2014)]) == ["continued"]

    def states(self, actions: list[dict[str, Any]]) -> list[str]:
        documents = [record("documents", report_year=year) for year in (2018, 2019)]
        view = country_view({"documents": documents, "suggested_actions": actions}, {}, {})
        return [one["state"] for _, area in view["actions"] for one in area]


def inspectors(*rows: dict[str, Any]) -> dict[str, Any]:
    """The plot of the inspectors that these rows count."""
    counted = [
        record("enforcement", **{"metric": "inspectors", "domain": "labor", "year": 2019, **row}) for row in rows
    ]
    view = country_view({"documents": [record("documents", country="Arvenia")], "enforcement": counted}, {}, {})
    plots: dict[str, dict[str, Any]] = {plot["id"]: plot for plot in view["plots"]}
    return plots["inspectors"]


@pytest.mark.parametrize("territory", ["", "Arvenia", "National Total"])
def test_a_plot_shows_the_whole_country(territory: str) -> None:
    plot = inspectors({"territory": territory, "value": 25.0}, {"territory": "Coast", "value": 5.0})
    assert plot["series"] == ["Labor inspectors"]
    assert [[value["text"] for value in row["values"]] for row in plot["rows"]] == [["25"]]
    assert plot["svg"]


def test_or_its_parts_where_nothing_is_printed_for_the_whole() -> None:
    parts = [{"territory": name, "value": float(n)} for n, name in enumerate("EDCBA")]
    plot = inspectors({"territory": "Arvenia", "value": None, "raw": "Unknown"}, *parts)
    assert plot["series"] == ["A", "B", "C", "D"]
    assert "for the whole country" in plot["note"]


def test_or_says_that_there_is_none() -> None:
    plot = inspectors({"territory": "", "value": None, "raw": "Unknown"})
    assert plot["svg"] == ""
    assert [[value["text"] for value in row["values"]] for row in plot["rows"]] == [["Unknown"]]


def test_of_two_reports_the_later_one_counts_unless_it_knows_nothing() -> None:
    for later, wanted in ((30.0, "30"), (None, "25")):
        rows: list[dict[str, Any]] = [{"report_year": 2018, "value": 25.0}, {"report_year": 2019, "value": later}]
        plot = inspectors(*({"territory": "", "year": 2018, **row} for row in rows))
        assert [value["text"] for row in plot["rows"] for value in row["values"]] == [wanted]
