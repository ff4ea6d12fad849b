"""What the source note of the statistics says of its survey."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.chapter.notes import Survey, survey_of

OTHER = "Source for all other data: The Project’s analysis of statistics from "


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("", Survey()),
        (f"{OTHER}Demographic and Health Survey, 2016.", Survey("Demographic and Health Survey", 2016)),
        (f"{OTHER}the Harvest Survey 5 (HS 5), 2011–2012.", Survey("Harvest Survey 5 (HS 5)", 2011)),
        (f"{OTHER}Harvest Survey, Round 6, 2012-13.", Survey("Harvest Survey, Round 6", 2012)),
        (f"{OTHER}2011 Survey.", Survey("2011 Survey", 2011)),
        (f"{OTHER}Labor Survey, 2014–2015; and Harvest Survey, 2016.", Survey("Labor Survey; Harvest Survey")),
        ("Source for all other data: Harvest Survey, 2011.", Survey("Harvest Survey", 2011)),
        ("Source for all other data: The Project’s analysis, 2016.", Survey()),
        ("Data were unavailable from the Project’s analysis, 2016.", Survey()),
        (
            "Source for primary completion rate: Data from 2012, published by the Institute, 2015.",
            Survey("Institute", 2012),
        ),
        (
            f"{OTHER}Harvest Survey, 2012. The data are not comparable with data of an earlier report, 2010.",
            Survey("Harvest Survey", 2012, comparable=False),
        ),
    ],
)
def test_a_source_note(note: str, expected: Survey) -> None:
    assert survey_of(note) == expected


@given(st.text(max_size=60))
def test_no_note_is_too_strange(note: str) -> None:
    found = survey_of(note)
    assert found.comparable or "ompar" in note.casefold()
    assert found.year is None or str(found.year) in note
