"""Models of the tables whose rows are about rows of other tables: what they cite, where they stand, what they name."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from schemas import codes
from schemas import columns as col
from schemas.across_chapters import ENTITY_ID
from schemas.base import TableModel, in_order
from schemas.columns import Flag, Integer, Text

NO_TEXT = "the published value is not the text of the cell, but a number, a code or a part of it"


class Citations(TableModel):
    """One row for each number in a citation marker; `table` and `row` identify the citing row, `column` its cell.

    `sentence` is what the marker closes: the sentence before it, or the part of it that follows the marker before.
    """

    table: Text = col.text("Table of the citing row.", example="activities")
    number: Integer = col.integer("Reference number that is cited.", example=17, low=0)
    resolved: Flag = col.flag("Whether the chapter's `references` contain this number.", example=True)
    column: Text = col.text("Column of the cell in which the marker is printed.", example="activity")
    start: Integer = col.integer(
        "First character of `sentence` in the published text of the cell, counted from 0.",
        example=0,
        low=0,
        empty=NO_TEXT,
    )
    end: Integer = col.integer(
        "Character of the published text at which the marker stood: the end of `sentence`.",
        example=35,
        low=0,
        empty=NO_TEXT,
    )
    sentence: Text = col.text(
        "The sentence or clause that the marker closes, without markers.",
        example="Farming, including growing tobacco",
        empty="nothing but the marker is printed in the cell",
    )

    @pa.dataframe_check(error="end is before start")
    def places(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """``start`` is not above ``end``."""
        return in_order(frame, "start", "end")


class Provenance(TableModel):
    """Where every value comes from: one row for each printed cell that was used to build a row.

    `table` and `row` identify the row that was built.
    """

    table: Text = col.text("Table of the row that was built.", example="activities")
    column: Text = col.text("Column that was filled from the cell.", example="activity")
    raw: Text = col.text(
        "Text of the cell exactly as read, including markers and citation numbers.",
        example="Mining,† (1,3)",
        empty="the cell is empty",
    )
    correction: Text = col.text(
        "Reason for which the user has corrected the value (see `corrections`). A corrected column that was made of "
        "the cell of another column has a row of its own, with the value as read in `raw`.",
        example="The cell is cut off on the page.",
        empty="the value is published as it was read",
    )


class Entities(TableModel):
    """Names of agencies, laws, treaties, policies and programs in paragraphs and tables: one row for each mention.

    `table` and `row` identify the row that contains the mention.
    """

    label: Text = col.code("Kind of entity.", codes.ENTITY_LABELS, example="AGENCY")
    text: Text = col.text("The name as it is written at this place.", example="MOL")
    canonical: Text = col.text(
        "Standard name, the same for all mentions of the entity in the chapter.", example="Ministry of Labor"
    )
    entity_id: Text = col.text(
        "Identifier of the entity in `entity_registry`.", example="xav-2019-734410", pattern=ENTITY_ID
    )
    law_id: Text = col.text(
        "Identifier in `entity_registry` of the law whose articles the mention names.",
        example="xav-2019-120033",
        pattern=ENTITY_ID,
        empty="the mention names no articles",
    )
    article: Text = col.text(
        "The articles, sections or annexes that the mention names.",
        example="Articles 2 and 23",
        empty="the mention names no articles",
    )
    inside: Flag = col.flag(
        "Whether the mention is part of a longer one; leave it out to count every name once.", example=False
    )
    table: Text = col.text("Table that contains the mention.", example="agencies")
    column: Text = col.text("Column that contains the mention.", example="role")
    start: Integer = col.integer(
        "Position of the first character in the text of that column, counted from 0.",
        example=0,
        low=0,
        unit="characters",
    )
    end: Integer = col.integer("Position after the last character.", example=3, low=1, unit="characters")

    @pa.dataframe_check(error="start is not before end")
    def span(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A mention has at least one character."""
        return frame["start"] < frame["end"]
