"""One Pandera model for each output table: its columns, their codes and ranges, and the rules for each row.

The data dictionary is generated from these models (``schemas.dictionary``). A column is described
here and nowhere else.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa

from schemas import codes
from schemas import columns as col
from schemas.across_chapters import ACTION_ID, WORK_ID, Countries, Disagreements, EntityRegistry, Works
from schemas.base import EXAMPLE_SHA256, NumberedTable, TableModel, in_order, territory
from schemas.columns import Answer, Flag, Integer, Number, Text
from schemas.pointers import Citations, Entities, Provenance
from schemas.run_tables import Changes, Corrections, Quality, Quarantine, Releases

YEARS = r"\d{4}(-\d{4})?(,\d{4}(-\d{4})?)*"
AGE: dict[str, Any] = {"low": 0, "high": 25, "unit": "years"}
YEAR: dict[str, Any] = {"low": 1990, "high": 2100}
PERCENT: dict[str, Any] = {"low": 0, "high": 100, "unit": "percent"}
HTTP = r"https?://\S+"
PRINTED_ADDRESS = r"((https?|ftp):/+|www\.|[a-z][a-z\d.-]*\.[a-z]{2,}/)\S.*"
"""A printed address may lack ``https://`` and may contain blanks where the source is damaged. ``url_guess`` may not."""


class Documents(NumberedTable):
    """One row for each chapter, that is, for each country or territory in each annual report."""

    country: Text = col.text("Name of the country or territory as printed.", example="Arvenia")
    title: Text = col.text(
        "Title of the chapter, composed of `report_year` and `country`.",
        example="2019 Findings on the Worst Forms of Child Labor: Arvenia",
    )
    assessment: Text = col.code(
        "Assessment level that the report gives the country.",
        codes.ASSESSMENTS,
        example="Moderate Advancement",
        empty="the chapter prints none",
    )
    assessment_note: Text = col.text(
        "Remark printed after the assessment level.",
        example="Efforts Made but Continued Law that Delayed Advancement",
        empty="no remark is printed",
    )
    summary: Text = col.text(
        "Text of the opening paragraphs before section I.",
        example="In 2019, Arvenia made …",
        empty="the chapter has none",
    )
    source_path: Text = col.text(
        "Path of the source file, relative to the input folder; longer where two files would have the same path.",
        example="2019/Arvenia.pdf",
    )
    source_pages: Text = col.text(
        "Pages of the PDF, or lines of the text, that the chapter takes up.",
        example="12-21",
        pattern=r"\d+-\d+",
        empty="the chapter is the whole file",
    )
    source_sha256: Text = col.text(
        "SHA-256 checksum of the source file.", example=EXAMPLE_SHA256, pattern="[0-9a-f]{64}"
    )
    source_format: Text = col.code("Format of the source file.", codes.FORMATS, example="pdf")
    page_count: Integer = col.integer(
        "Number of pages of the chapter in the PDF.", example=12, low=1, empty="the source is a raw text"
    )
    released: Text = col.text(
        "Time at which the publisher last modified the PDF (its ModDate, in ISO 8601).",
        example="2020-09-24T14:22:18-04:00",
        empty="the file does not say",
    )


class Paragraphs(NumberedTable):
    """One row for each paragraph outside the tables. Page headers and footers are left out."""

    section: Text = col.code(
        "Section of the chapter that contains the paragraph.", codes.SECTIONS, example="legal_framework"
    )
    subsection: Text = col.text(
        "Printed subheading above the paragraph.",
        example="Criminal Law Enforcement",
        empty="no subheading precedes it in its section",
    )
    text: Text = col.text("Text of the paragraph.", example="The law does not set …")


class Statistics(NumberedTable):
    """The report's table *Statistics on Children's Work and Education*: one row for each indicator and age range."""

    indicator: Text = col.code("Indicator that the row reports.", codes.INDICATORS, example="working")
    label: Text = col.text("Row label as printed.", example="Working (% and population)", empty="no label is printed")
    subgroup: Text = col.code(
        "Part of the children that the row is for. Its indicator and ages are those of the row above it.",
        codes.SUBGROUPS,
        example="girls",
        empty="the row is for all children",
    )
    territory: Text = territory()
    age_min: Integer = col.integer(
        "Lower end of the age range.",
        example=5,
        **AGE,
        empty="no age is printed as one or two numbers",
    )
    age_max: Integer = col.integer(
        "Upper end of the age range.",
        example=14,
        **AGE,
        empty="no age is printed as one or two numbers",
    )
    percent: Number = col.number(
        "Percentage of the children in the age range; for `primary_completion_rate`, the rate.",
        example=21.8,
        low=0,
        high=200,
        unit="percent",
        empty="the report prints Unavailable or no single number",
    )
    population: Integer = col.integer(
        "Estimated number of children, which the report prints for `working` and, from 2023, for `hazardous_work`.",
        example=126148,
        low=0,
        unit="children",
        empty="not printed",
    )
    source: Text = col.text(
        "Printed note that names the source of the figure, usually a survey and its year.",
        example="Original data from …",
        empty="no such note is printed",
    )
    survey: Text = col.text(
        "Name of the survey or publisher in `source`; several are separated by semicolons.",
        example="Demographic and Health Survey",
        empty="`source` names none",
    )
    survey_year: Integer = col.integer(
        "Year of the survey, or of the data where the note gives it; the first year of a survey over several years.",
        example=2016,
        low=1950,
        high=2100,
        empty="`source` names no survey, no year, or surveys of different years",
    )
    comparable: Flag = col.flag(
        "False if `source` says that the figures are not comparable with those of an earlier report.", example=True
    )

    @pa.dataframe_check(error="percent is over 100 (only a completion rate may be)")
    def share(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A gross completion rate includes pupils of any age and can exceed 100; every other percentage cannot."""
        over = (frame["percent"] > 100).fillna(False).astype(bool)
        return ~(over & (frame["indicator"] != "primary_completion_rate"))

    @pa.dataframe_check(error="age_min is over age_max")
    def ages(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """The lower age is not above the upper one."""
        return in_order(frame, "age_min", "age_max")


class Sectors(NumberedTable):
    """The report's pie chart *Working Children by Sector*: one row for each sector."""

    sector: Text = col.code("Sector of the economy.", codes.SECTORS, example="agriculture")
    percent: Number = col.number(
        "Percentage of the working children who work in this sector.",
        example=63.8,
        **PERCENT,
        empty="not printed",
    )


class Activities(NumberedTable):
    """The report's table *Overview of Children's Work by Sector and Activity*: one row for each activity."""

    sector: Text = col.text(
        "Sector as printed. Worst forms of child labor are listed under `Categorical Worst Forms of Child Labor`.",
        example="Industry",
    )
    activity: Text = col.text(
        "Activity as printed, without markers and citation numbers.", example="Mining, including for silver"
    )
    hazardous: Flag = col.flag(
        "Whether the report marks the activity (†) as hazardous work under national law.", example=True
    )
    limited_evidence: Flag = col.flag(
        "Whether the report marks the activity (`*`, in older reports) as based on limited evidence.", example=False
    )


class Conventions(NumberedTable):
    """The report's table *Ratification of International Conventions on Child Labor*: one row for each convention."""

    convention: Text = col.code("Code of the convention.", codes.CONVENTIONS, example="ilo_c138")
    label: Text = col.text("Name of the convention as printed.", example="ILO C. 138, Minimum Age")
    ratified: Answer = col.flag(
        "Whether the convention is ratified.", example=True, empty="`status` is `not_applicable` or `unknown`"
    )
    status: Text = col.code("What the cell says.", codes.RATIFICATION_STATUSES, example="ratified")


class LegalStandards(NumberedTable):
    """The report's table *Laws and Regulations on Child Labor*: one row for each standard."""

    standard: Text = col.code("Code of the international standard.", codes.STANDARDS, example="minimum_age_work")
    label: Text = col.text("Row label as printed.", example="Minimum Age for Work", empty="no label is printed")
    territory: Text = territory()
    status: Text = col.code(
        "Whether national law meets the standard, according to the report.",
        codes.STANDARD_STATUSES,
        example="Yes",
        empty="the cell is empty, or its text is none of these answers (finding `value_unread`)",
    )
    age: Number = col.number(
        "Age that the law sets, perhaps with a fraction; the first if the cell prints several.",
        example=15.0,
        **AGE,
        empty="no age is printed",
    )
    age_to: Number = col.number(
        "Last age, if the cell prints several.",
        example=17.0,
        **AGE,
        empty="the cell prints no age or one",
    )
    age_note: Text = col.text(
        "The whole cell, if it is not one plain number, and the footnote to which its marker refers.",
        example="Combat 18 / Non-combat 17",
        empty="the cell is one plain number, or empty, and has no footnote",
    )
    legislation: Text = col.text(
        "Laws and articles as printed.", example="Article 12 of the Labor Code", empty="no law is printed"
    )


class Agencies(NumberedTable):
    """The report's table *Agencies Responsible for Child Labor Law Enforcement*: one row for each agency."""

    agency: Text = col.text("Name of the agency as printed.", example="Ministry of Labor")
    territory: Text = territory()
    role: Text = col.text("Role of the agency, as printed.", example="Enforces labor laws.", empty="no role is printed")


class Enforcement(NumberedTable):
    """The report's tables *Labor* and *Criminal Law Enforcement Efforts*: one row for each metric and year."""

    domain: Text = col.code("Which of the two tables the cell is in.", codes.DOMAINS, example="labor")
    metric: Text = col.code("What the row of the printed table measures.", codes.METRICS, example="inspectors")
    label: Text = col.text("Row label as printed.", example="Number of Labor Inspectors")
    territory: Text = territory()
    year: Integer = col.integer(
        "Year in the column header; the first year if the header names two.", example=2019, low=1990, high=2100
    )
    raw: Text = col.text(
        "Text of the cell as printed, without footnote markers.", example="$1,210,000", empty="the cell is empty"
    )
    status: Text = col.code("What kind of answer the cell gives.", codes.CELL_STATUSES, example="reported")
    value: Number = col.number(
        "Number read from the cell; 1 for yes and 0 for no.",
        example=1210000.0,
        unit="see `unit`",
        empty="the cell gives no number",
    )
    unit: Text = col.code("Unit of `value`.", codes.UNITS, example="usd", empty="`value` is empty")
    note: Text = col.text(
        "Text of the footnote that the marker in the cell refers to.",
        example="Data are from …",
        empty="the cell has no marker",
    )

    @pa.dataframe_check(error="metric does not belong to this domain")
    def metric_of_domain(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """Labor and criminal law enforcement have different lists of metrics."""
        labor = frame["metric"].isin([*codes.LABOR_METRICS, codes.OTHER])
        criminal = frame["metric"].isin([*codes.CRIMINAL_METRICS, codes.OTHER])
        return labor.where(frame["domain"] == "labor", criminal)

    @pa.dataframe_check(error="only a reported cell has a value")
    def value_needs_report(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A cell that is unknown, not applicable or blank has no number."""
        return frame["value"].isna() | (frame["status"] == "reported")


class Coordination(NumberedTable):
    """The report's table *Key Mechanisms to Coordinate Government Efforts on Child Labor*: one row for each body."""

    body: Text = col.text("Name of the coordinating body as printed.", example="National Committee on Child Labor")
    territory: Text = territory()
    role: Text = col.text(
        "Role and description of the body, as printed.", example="Coordinates …", empty="no role is printed"
    )


class Policies(NumberedTable):
    """The report's table *Key Policies Related to Child Labor*: one row for each policy."""

    policy: Text = col.text("Name of the policy as printed.", example="National Plan of Action (2018–2022)")
    territory: Text = territory()
    description: Text = col.text(
        "Description of the policy, as printed.", example="Aims to …", empty="no description is printed"
    )
    year_start: Integer = col.integer(
        "First year printed with the name.", example=2018, low=1900, high=2100, empty="no year is printed"
    )
    year_end: Integer = col.integer(
        "Last year printed with the name.", example=2022, low=1900, high=2100, empty="no last year is printed"
    )
    new: Flag = col.flag("Whether the report marks the policy as adopted in the reporting period.", example=False)

    @pa.dataframe_check(error="year_start is after year_end")
    def years(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A policy does not end before it starts."""
        return in_order(frame, "year_start", "year_end")


class Programs(NumberedTable):
    """The report's table *Key Social Programs to Address Child Labor*: one row for each program."""

    program: Text = col.text("Name of the program as printed.", example="Back to School Program")
    territory: Text = territory()
    description: Text = col.text(
        "Description of the program, as printed.", example="Provides …", empty="no description is printed"
    )
    government_funded: Flag = col.flag(
        "Whether the report marks the program (†) as funded by the government.", example=True
    )


class SuggestedActions(NumberedTable):
    """The report's table *Suggested Government Actions to Eliminate Child Labor*: one row for each action or bullet."""

    area: Text = col.code("Area of the action.", codes.AREAS, example="enforcement")
    territory: Text = territory()
    action: Text = col.text(
        "Text of the action. Bullets that share an introduction all begin with it.", example="Ensure that …"
    )
    years: Text = col.text(
        "Years for which the report says that it suggested the action, with plain hyphens and without blanks.",
        example="2011,2014-2016",
        pattern=YEARS,
        empty="none",
    )
    first_year: Integer = col.integer(
        "First year in `years`.", example=2011, low=1990, high=2100, empty="no year is printed"
    )
    last_year: Integer = col.integer(
        "Last year in `years`.", example=2016, low=1990, high=2100, empty="no year is printed"
    )
    action_id: Text = col.text(
        "Identifier of the action, the same in all reports of the country: the first chapter that suggests it and "
        "eight digits or letters made of its wording there.",
        example="xav-2016-3f09a1c2",
        pattern=ACTION_ID,
        empty="the actions of the country were not linked",
    )
    likeness: Integer = col.integer(
        "How much the wording is like that of the last report that has the action: 100 is equal. It is 10 lower if the "
        "area is another. Below 60 the link rests on the equal `first_year`: compare the two texts.",
        example=93,
        low=0,
        high=100,
        empty="no earlier report has the action",
    )
    suggested_since: Integer = col.integer(
        "Year in which the action was first suggested, by what all reports of the country say; it can be before "
        "`first_year` if an earlier report has the action.",
        example=2011,
        **YEAR,
        empty="the actions of the country were not linked",
    )

    @pa.dataframe_check(error="first_year is after last_year")
    def order(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """The first year is not after the last."""
        return in_order(frame, "first_year", "last_year")


class References(NumberedTable):
    """The numbered reference list of the chapter: one row for each entry."""

    number: Integer = col.integer("Number of the entry in the list.", example=17, low=1)
    text: Text = col.text(
        "Full text of the entry. A URL that is broken over several lines is joined.", example="Government of Arvenia. …"
    )
    author: Text = col.text("Author of the cited work.", example="Government of Arvenia", empty="not recognized")
    title: Text = col.text("Title of the cited work.", example="Labor Code", empty="not recognized")
    date: Text = col.text("Date of the cited work as printed.", example="June 30, 2019", empty="no date is printed")
    date_iso: Text = col.text(
        "The date in ISO 8601, as precise as it is printed (year, month or day).",
        example="2019-06-30",
        pattern=r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?",
        empty="no date is printed, or it could not be parsed",
    )
    url: Text = col.text(
        "Web address as printed.", example="https://example.org/code.pdf", pattern=PRINTED_ADDRESS, empty="none"
    )
    url_guess: Text = col.text(
        "Probable correct address, where the printed one is damaged.",
        example="https://example.org/code.pdf",
        pattern=HTTP,
        empty="`url` is not damaged, or no guess was possible",
    )
    on_file: Flag = col.flag("Whether the entry says that the work is on file.", example=False)
    number_source: Text = col.code(
        "Whether the number was printed or inferred.", codes.NUMBER_SOURCES, example="printed"
    )
    type: Text = col.code("Kind of work, inferred from the form of the entry.", codes.REFERENCE_TYPES, example="law")
    doi: Text = col.text(
        "DOI in lower case.", example="10.5555/12345678", pattern=r"10\.\d{4,9}/\S+", empty="no DOI is printed"
    )
    work_id: Text = col.text("Identifier of the cited work in `works`.", example="w0123456789ab", pattern=WORK_ID)


class Footnotes(NumberedTable):
    """Footnotes below tables: one row for each footnote."""

    table: Text = col.text("Table below which the footnote is printed.", example="activities")
    marker: Text = col.text("Marker of the footnote.", example="†", empty="the footnote has no marker")
    text: Text = col.text(
        "Text of the footnote, including citation numbers as printed.", example="Determined by national law …"
    )
    anchored: Flag = col.flag("Whether the marker occurs in the table.", example=True)


class Captions(NumberedTable):
    """Captions of the tables from which rows were made: one row for each printed table."""

    table: Text = col.text("Table of the rows below the caption.", example="legal_standards")
    table_row: Integer = col.integer("First row of `table` below the caption.", example=1, low=1)
    territory: Text = col.text(
        "Part of the country that stands above the printed table.",
        example="Karsel Highlands",
        empty="the printed table is about the whole country",
    )
    printed_number: Text = col.text("Number of the printed table.", example="4", empty="the caption has no number")
    text: Text = col.text(
        'The caption as printed, without citation markers and "(cont.)".',
        example="Table 4. Laws and Regulations on Child Labor",
    )


class OtherTables(NumberedTable):
    """The cells of every ruled table that no rule recognizes: one row for each cell that is not empty."""

    title: Text = col.text(
        "Caption of the table.", example="Table 12. Inspections by District", empty="no caption is above the table"
    )
    table_number: Integer = col.integer(
        "Number of the table among the unrecognized tables of the chapter, from 1.", example=1, low=1
    )
    table_row: Integer = col.integer("Number of the row in that table, from 1, without the header.", example=2, low=1)
    column: Text = col.text("Header of the column, as printed.", example="District", empty="the column has no header")
    text: Text = col.text("Text of the cell.", example="Karsel Highlands")


_DECLARED: dict[str, tuple[type[TableModel], tuple[str, ...]]] = {
    "documents": (Documents, ()),
    "countries": (Countries, ()),
    "paragraphs": (Paragraphs, ("section", "subsection")),
    "statistics": (Statistics, ("indicator", "subgroup", "territory", "age_min", "age_max")),
    "sectors": (Sectors, ("sector",)),
    "activities": (Activities, ("sector", "activity")),
    "conventions": (Conventions, ("convention", "label")),
    "legal_standards": (LegalStandards, ("standard", "territory")),
    "agencies": (Agencies, ("agency", "territory")),
    "enforcement": (Enforcement, ("domain", "metric", "label", "territory", "year")),
    "coordination": (Coordination, ("body", "territory")),
    "policies": (Policies, ("policy", "territory")),
    "programs": (Programs, ("program", "territory")),
    "suggested_actions": (SuggestedActions, ("area", "territory", "action")),
    "other_tables": (OtherTables, ("title", "table_row", "column")),
    "references": (References, ("number",)),
    "citations": (Citations, ("table", "row", "number")),
    "footnotes": (Footnotes, ("table", "marker")),
    "captions": (Captions, ("table", "territory", "printed_number")),
    "provenance": (Provenance, ("table", "row", "column")),
    "entities": (Entities, ("table", "row", "column", "label", "text")),
    "entity_registry": (EntityRegistry, ("entity_id",)),
    "works": (Works, ("work_id",)),
    "disagreements": (Disagreements, ("table", "key", "territory", "year", "column")),
    "corrections": (Corrections, ("table", "key", "column")),
    "quality": (Quality, ("check", "table", "row")),
    "releases": (Releases, ("source_path",)),
    "quarantine": (Quarantine, ("table",)),
    "changes": (Changes, ()),
}
"""Table -> its model and its key."""
TABLES = {name: model for name, (model, _) in _DECLARED.items()}
KEYS = {name: key for name, (_, key) in _DECLARED.items() if name != "changes"}
"""The columns that identify a row within its chapter from one release to the next, for every table except ``changes``.

Several rows can share a key (two paragraphs of one section). In tables that refer to other rows, ``row`` is replaced by
the key of that row, because row numbers shift as soon as a row is inserted."""

PLACES = ("row", "page", "bbox", "line", "start", "end")
"""Columns that give the position of a row, not its content."""

EMPTIED: dict[str, tuple[str, ...]] = {
    "percent is over 100 (only a completion rate may be)": ("percent",),
    "age_min is over age_max": ("age_min", "age_max"),
    "only a reported cell has a value": ("value", "unit"),
    "year_start is after year_end": ("year_start", "year_end"),
    "first_year is after last_year": ("first_year", "last_year"),
}
"""Check of a whole row -> the columns that are emptied where it fails; every other failed check quarantines the row."""
