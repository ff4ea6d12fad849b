"""Models of the tables that a command writes, not a run."""

from __future__ import annotations

from schemas import codes
from schemas import columns as col
from schemas.base import NumberedTable, TableModel, territory
from schemas.columns import Integer, Number, Text


class PublisherDifferences(NumberedTable):
    """Facts that the publisher's own dataset gives differently from its report: one row for each, with both values.

    `findings compare` writes this table; it is no part of a release. The position is that of the row of `table` in the
    report.
    """

    table: Text = col.text("Table of the fact.", example="enforcement")
    key: Text = col.text(
        "What the fact is about, as codes; for suggested actions, their area.",
        example="labor/inspectors",
        empty="the table has one row for each chapter",
    )
    territory: Text = territory()
    column: Text = col.text(
        "Column with the value; `age` of `statistics` is the range `age_min`-`age_max`.", example="value"
    )
    kind: Text = col.code("How the two values differ.", codes.PUBLISHER_DIFFERENCES, example="likely_misprint")
    table_row: Integer = col.integer("Row of `table`.", example=4, low=1, empty="the report has no such row")
    raw: Text = col.text("The cell as the report prints it.", example="2,387", empty="not kept, or no such row")
    value: Text = col.text("Value of the report: a number, a code or a text.", example="2387", empty="it gives none")
    dataset_raw: Text = col.text("Text of the dataset.", example="2367", empty="the dataset lacks the fact")
    dataset_value: Text = col.text("Value of the dataset.", example="2367", empty="it gives none, such as N/A")
    ratio: Number = col.number(
        "`dataset_value` divided by `value`.", example=0.9916, empty="they are not two numbers, or `value` is 0"
    )
    likeness: Integer = col.integer(
        "How much two texts are alike: 100 is equal.", example=98, low=0, high=100, empty="they are not two texts"
    )
    dataset_file: Text = col.text("Name of the dataset's file.", example="countries_2019.xml")
    dataset_field: Text = col.text(
        "Element (its path below the chapter) or field of the dataset.",
        example="Enforcements/Labor_Inspectors",
        empty="the dataset lacks the fact",
    )
    dataset_line: Integer = col.integer(
        "Line of the file, counted from 1.", example=118, low=1, empty="the dataset lacks the fact, or is JSON"
    )


COMMAND_TABLES: dict[str, type[TableModel]] = {"publisher_differences": PublisherDifferences}
"""Tables that a command writes beside the releases."""
