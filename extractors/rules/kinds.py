"""The kinds of value that a column of a table can hold, and the columns that each kind publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KindName = Literal[
    "text", "label", "territory", "picture", "dated_name", "count", "answer", "percent", "percent_and_count", "age",
    "ages", "yes_no", "check_mark", "ratification", "years",
]  # fmt: skip
Type = Literal["text", "code", "integer", "number", "flag"]
AS_PRINTED = "the cell is empty"
NO_NUMBER = "the cell holds no number"


@dataclass(frozen=True, slots=True)
class Field:
    """One published column of a kind.

    ``name`` holds ``{}`` for the name of the printed column. ``says`` holds ``{}`` for the meaning that the declaration
    gives. ``codes`` names a code list that the schemas define.
    """

    name: str
    type: Type
    says: str = "{}"
    empty: str = ""
    example: str = ""
    unit: str = ""
    codes: str = ""
    low: int | None = None
    high: int | None = None


STATUS = Field("{}_status", "code", "What kind of answer the cell holds. {}", "", "reported", codes="cell_statuses")
KINDS: dict[KindName, tuple[Field, ...]] = {
    "text": (Field("{}", "text", empty=AS_PRINTED, example="as printed"),),
    "label": (Field("{}", "code"),),
    "territory": (Field("{}", "text", "Part of the country.", "the row is for the whole country", "Northern Isles"),),
    "picture": (),  # an emblem, which holds no value (2016, conventions)
    "dated_name": (
        Field("{}", "text", empty=AS_PRINTED, example="National Plan (2018–2022)"),
        Field("year_start", "integer", "First year. {}", "no year is printed", "2018", low=1900, high=2100),
        Field("year_end", "integer", "Last year. {}", "no last year is printed", "2022", low=1900, high=2100),
    ),
    "count": (Field("{}", "integer", empty=NO_NUMBER, example="1200", low=0), STATUS),
    "answer": (
        Field("{}", "number", empty=NO_NUMBER, example="1210000.0", unit="see the column of the unit"),
        Field("{}_unit", "code", "Unit of the value. {}", NO_NUMBER, "usd", codes="units"),
        STATUS,
    ),
    "percent": (Field("{}", "number", empty=NO_NUMBER, example="21.8", unit="percent", low=0, high=200), STATUS),
    "percent_and_count": (
        Field("{}", "number", empty=NO_NUMBER, example="21.8", unit="percent", low=0, high=200),
        Field("population", "integer", "Number in parentheses. {}", "none is printed", "126148", low=0),
    ),
    "age": (
        Field("{}", "number", empty="no age is printed", example="15", unit="years", low=0, high=25),
        Field("{}_to", "number", "Last of several ages. {}", "one age", "18", unit="years", low=0, high=25),
        Field("{}_note", "text", "The cell, if it is not one plain number. {}", "it is one", "14/12/10"),
    ),
    "ages": (
        Field("{}_min", "integer", "Youngest age. {}", "not printed as numbers", "5", "years", low=0, high=25),
        Field("{}_max", "integer", "Oldest age. {}", "not printed as numbers", "14", "years", low=0, high=25),
    ),
    "yes_no": (Field("{}", "code", empty="the cell gives none of these answers", example="Yes", codes="statuses"),),
    "check_mark": (Field("{}", "flag", example="true"),),
    "ratification": (
        Field("{}", "flag", empty="the answer is neither yes nor no", example="true"),
        Field("status", "code", "What the cell says. {}", "", "ratified", codes="ratification_statuses"),
    ),
    "years": (
        Field("{}", "text", empty="none", example="2011,2014-2016"),
        Field("first_year", "integer", "First of the years. {}", "none is printed", "2011", low=1990, high=2100),
        Field("last_year", "integer", "Last of the years. {}", "none is printed", "2016", low=1990, high=2100),
    ),
}
"""Kind -> the columns that it publishes, in their order. What reads a cell is in ``extractors/chapter/values.py``."""
