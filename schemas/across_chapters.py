"""Models of the tables that join chapters: names of countries, entities and cited works over the years."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from schemas import codes
from schemas import columns as col
from schemas.base import BOX, PDF_SOURCE, TEXT_SOURCE, NumberedTable, in_order, territory
from schemas.columns import Integer, Number, Text

WORK_ID = r"w[0-9a-f]{12}"
ENTITY_ID = r"[a-z]{3}-\d{4}-\d{6}"
ACTION_ID = r"[a-z]{3}-\d{4}-[0-9a-f]{8}"


class Countries(NumberedTable):
    """Names and region of the chapter's country: one row for each chapter.

    The printed name changes over the years; `iso3` and `name` do not.
    """

    country: Text = col.text("Name of the country as this report prints it.", example="Arvenia")
    name: Text = col.text("Common name of the country, the same for all years.", example="Arvenia")
    region: Text = col.text(
        "Region of the country in the publisher's own dataset, as of 2022, the same for all years.",
        example="Europe and Eurasia",
        empty="the rules name no region for the country; `name` is then the printed one",
    )


class EntityRegistry(NumberedTable):
    """Agencies, laws, treaties, policies and programs of a country: one row for each, over all chapters of the country.

    `doc_id` is the first chapter that names the entity, so that a new report changes no identifier.
    """

    entity_id: Text = col.text(
        "Stable identifier of the entity: the first chapter that names it and six digits.",
        example="xav-2019-734410",
        pattern=ENTITY_ID,
    )
    label: Text = col.code("Kind of entity.", codes.ENTITY_LABELS, example="AGENCY")
    canonical: Text = col.text(
        "Name of the entity in the first chapter that names it.", example="National Labor Inspectorate"
    )
    aliases: Text = col.text(
        "All forms of the name in all chapters, in order of first mention, separated by ` | `.",
        example="National Labor Inspectorate | NLI",
    )
    last_report_year: Integer = col.integer(
        "Year of the last report that names the entity.", example=2019, low=1990, high=2100
    )
    chapters: Integer = col.integer("Number of chapters that name the entity.", example=1, low=1)
    mentions: Integer = col.integer("Number of mentions in all chapters.", example=12, low=1)

    @pa.dataframe_check(error="last_report_year is before report_year")
    def years(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """``report_year`` is the first report that names the entity."""
        return in_order(frame, "report_year", "last_report_year")


class Works(NumberedTable):
    """One cited work (report, law, article) over all chapters and years.

    A row belongs to the chapter that cites the work first, by report year and country.
    """

    work_id: Text = col.text(
        "Identifier of the work, made of its web address, or else of author, title and date.",
        example="w0123456789ab",
        pattern=WORK_ID,
    )
    text: Text = col.text("Text of the first entry for the work.", example="Government of Arvenia. …")
    last_report_year: Integer = col.integer("Last report that cites the work.", example=2019, low=1990, high=2100)
    chapters: Integer = col.integer("Number of chapters with an entry for the work.", example=3, low=1)
    citations: Integer = col.integer("Number of citations of the work in all chapters.", example=12, low=0)

    @pa.dataframe_check(error="last_report_year is before report_year")
    def years(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """``report_year`` is the first report that cites the work."""
        return in_order(frame, "report_year", "last_report_year")


class Disagreements(NumberedTable):
    """Facts that two reports print differently: one row for each, with both values and both places.

    A fact is a number for one country, table, key, territory and year: a figure of enforcement (each report also prints
    the year before), a figure of one survey, the age or the answer (1 for Yes, 0 for No) of a standard for which
    both reports name the same law, or the date of a source with the same address and title (20180531 for 31 May 2018;
    a date that is only less exact is the same). A row belongs to the later report.
    """

    table: Text = col.text("Table of the fact.", example="enforcement")
    key: Text = col.text("What the number is about; for `references` the `work_id`.", example="labor/inspectors")
    territory: Text = territory()
    year: Integer = col.integer(
        "Year of the fact; for `statistics` that of the survey, for `legal_standards` and `references` that of this "
        "report.",
        example=2019,
        low=1950,
    )
    column: Text = col.text("Column with the number.", example="value")
    table_row: Integer = col.integer("Row of `table` in this report.", example=4, low=1)
    raw: Text = col.text("The cell as this report prints it.", example="2,387", empty="not kept")
    value: Number = col.number("Number in this report.", example=2387.0)
    earlier_doc_id: Text = col.text("Identifier of the earlier report.", example="xav-2018", pattern=r"[a-z]{3}-\d{4}")
    earlier_row: Integer = col.integer("Row of `table` in the earlier report.", example=3, low=1)
    earlier_page: Integer = col.integer("Page of the earlier report.", example=3, low=1, empty=TEXT_SOURCE)
    earlier_bbox: Text = col.text(
        "Position of the earlier row on its page.", example="72.0,310.5,540.0,322.1", pattern=BOX, empty=TEXT_SOURCE
    )
    earlier_line: Integer = col.integer("Line of the earlier raw text.", example=118, low=1, empty=PDF_SOURCE)
    earlier_raw: Text = col.text("The cell as the earlier report prints it.", example="2,367", empty="not kept")
    earlier_value: Number = col.number("Number in the earlier report.", example=2367.0)
    ratio: Number = col.number(
        "`value` divided by `earlier_value`.",
        example=1.0084,
        empty="the answers are yes and no, the numbers are dates, or `earlier_value` is 0",
    )
    kind: Text = col.code("What the numbers look like.", codes.DISAGREEMENTS, example="likely_misprint")
