"""One Pandera model per output table: its columns, their codes and ranges, and the rules inside one row.

The data dictionary is generated from these models (``schemas.dictionary``); nothing about a column stands elsewhere.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from schemas import codes
from schemas import columns as col
from schemas.columns import Flag, Integer, Number, Text

TEXT_SOURCE = "the source is a text, or the finding has no place"
PDF_SOURCE = "the source is a PDF, or the finding has no place"
ENTITY_ID = r"[a-z]{3}-\d{4}-\d{6}"
BOX = r"-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}"
YEARS = r"\d{4}(-\d{4})?(,\d{4}(-\d{4})?)*"
HTTP = r"https?://\S+"
SHA256_OF_AN_EXAMPLE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PRINTED_ADDRESS = r"((https?|ftp)://|www\.)\S.*"
"""As printed, an address can lack its ``https://``, and hold blanks where the source damaged it; a guess cannot."""


class Table(pa.DataFrameModel):
    """What every table has: the chapter, the number of the row and the place in the source."""

    doc_id: Text = col.text(
        "The chapter: `<iso3>-<report year>`, lower case.", example="xav-2019", pattern=r"[a-z]{3}-\d{4}"
    )
    iso3: Text = col.text("ISO 3166-1 alpha-3 code, `XKX` for Kosovo.", example="XAV", pattern="[A-Z]{3}")
    report_year: Integer = col.integer(
        'Year of the report, from the opening ("In 2019, …") or the footer.', example=2019, low=1990, high=2100
    )
    row: Integer = col.integer(
        "1, 2, 3 … in printed order within the chapter and table; stable between runs.", example=1, low=1
    )
    page: Integer = col.integer("Page of the PDF, from 1.", example=3, low=1, empty=TEXT_SOURCE)
    bbox: Text = col.text(
        "`x0,top,x1,bottom` in PDF points from the top left: the row's first piece.",
        example="72.0,310.5,540.0,322.1",
        pattern=BOX,
        empty=TEXT_SOURCE,
    )
    line: Integer = col.integer("Line of the source text, from 1.", example=118, low=1, empty=PDF_SOURCE)

    class Config:
        strict = True

    @pa.dataframe_check(error="doc_id is not <iso3>-<report_year>")
    def identity(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """The three columns that name the chapter agree."""
        return frame["doc_id"] == frame["iso3"].str.lower() + "-" + frame["report_year"].astype("str")

    @pa.dataframe_check(error="a place is a page or a line, not both")
    def one_place(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A row comes from a PDF or from a text."""
        return ~(frame["page"].notna() & frame["line"].notna())


class Records(Table):
    """A table whose ``row`` numbers its own rows, once a chapter."""

    @pa.dataframe_check(error="row number is used twice in this chapter and table")
    def one_key(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """Of rows with one number the first is kept."""
        return ~frame.duplicated(["doc_id", "row"])


class Documents(Records):
    """One row a chapter: one country's text in one annual report."""

    country: Text = col.text("Country or territory as printed.", example="Arvenia")
    title: Text = col.text(
        "Composed: report and country, from `report_year` and `country`.",
        example="2019 Findings on the Worst Forms of Child Labor: Arvenia",
    )
    assessment: Text = col.code(
        "Level of advancement.", codes.ASSESSMENTS, example="Moderate Advancement", empty="the chapter prints none"
    )
    assessment_note: Text = col.text(
        "The words after the level's dash.",
        example="Efforts Made but Continued Law that Delayed Advancement",
        empty="nothing follows the level",
    )
    summary: Text = col.text(
        "The opening paragraphs before section I.", example="In 2019, Arvenia made …", empty="the chapter has none"
    )
    source_path: Text = col.text(
        "The file, relative to the folder that was searched; with more of its path where two would have one name.",
        example="2019/Arvenia.pdf",
    )
    source_sha256: Text = col.text("SHA-256 of the file.", example=SHA256_OF_AN_EXAMPLE, pattern="[0-9a-f]{64}")
    source_format: Text = col.code("What the file is.", codes.FORMATS, example="pdf")
    page_count: Integer = col.integer("Pages of the PDF.", example=12, low=1, empty="the source is a text")
    released: Text = col.text(
        "When the publisher last changed the PDF (its own ModDate, ISO 8601).",
        example="2020-09-24T14:22:18-04:00",
        empty="the file does not say",
    )


class Paragraphs(Records):
    """Running text outside tables, one row a paragraph; page headers and footers are in none."""

    section: Text = col.code("Section of the chapter.", codes.SECTIONS, example="legal_framework")
    subsection: Text = col.text(
        "Heading as printed.", example="Criminal Law Enforcement", empty="stands under no subheading"
    )
    text: Text = col.text("The paragraph.", example="The law does not set …")


class Statistics(Records):
    """*Statistics on Children's Work and Education*."""

    indicator: Text = col.code("What is measured.", codes.INDICATORS, example="working")
    territory: Text = col.text(
        "Part of the country.", example="Northern Isles", empty="the row is for the whole country"
    )
    age_min: Integer = col.integer(
        "Youngest age.", example=5, low=0, high=25, unit="years", empty="none is printed, or not as one or two numbers"
    )
    age_max: Integer = col.integer(
        "Oldest age.", example=14, low=0, high=25, unit="years", empty="none is printed, or not as one or two numbers"
    )
    percent: Number = col.number(
        "Share of the children.", example=21.8, low=0, high=200, unit="percent", empty="unavailable, or no plain number"
    )
    population: Integer = col.integer(
        "Children in work.", example=126148, low=0, unit="children", empty="not printed, or another indicator"
    )
    source: Text = col.text(
        "Source note that covers the row.", example="Original data from …", empty="no note is printed"
    )

    @pa.dataframe_check(error="percent is over 100 (only a completion rate may be)")
    def share(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A gross completion rate counts late pupils and can pass 100; a share of children cannot."""
        over = (frame["percent"] > 100).fillna(False).astype(bool)
        return ~(over & (frame["indicator"] != "primary_completion_rate"))

    @pa.dataframe_check(error="age_min is over age_max")
    def ages(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """The younger age stands first."""
        return _in_order(frame, "age_min", "age_max")


class Sectors(Records):
    """*Working Children by Sector* (the pie chart)."""

    sector: Text = col.code("Sector.", codes.SECTORS, example="agriculture")
    percent: Number = col.number(
        "Share of the working children.", example=63.8, low=0, high=100, unit="percent", empty="not printed"
    )


class Activities(Records):
    """*Overview of Children's Work by Sector and Activity*."""

    sector: Text = col.text(
        "Sector as printed; worst forms stand under `Categorical Worst Forms of Child Labor`.", example="Industry"
    )
    activity: Text = col.text("What the children do.", example="Mining, including for silver")
    hazardous: Flag = col.flag("Marked as hazardous by national law (†).", example=True)
    limited_evidence: Flag = col.flag("Marked as little or unsure evidence (`*`, older reports).", example=False)


class Conventions(Records):
    """*Ratification of International Conventions on Child Labor*."""

    convention: Text = col.code("Convention.", codes.CONVENTIONS, example="ilo_c138")
    label: Text = col.text("Name of the convention as printed.", example="ILO C. 138, Minimum Age")
    ratified: Flag = col.flag("A check mark stands in the row, or yes; not where anything else does.", example=True)


class LegalStandards(Records):
    """*Laws and Regulations on Child Labor*."""

    standard: Text = col.code("Standard.", codes.STANDARDS, example="minimum_age_work")
    territory: Text = col.text(
        "Part of the country.", example="Northern Isles", empty="the row is for the whole country"
    )
    status: Text = col.code(
        "Does the law meet the standard?",
        codes.STANDARD_STATUSES,
        example="Yes",
        empty="the cell is empty, or says none of these (`value_unread`)",
    )
    age: Integer = col.integer("Age in the law.", example=15, low=0, high=25, unit="years", empty="no age is printed")
    age_note: Text = col.text("What else is printed with the age.", example="‡", empty="nothing")
    legislation: Text = col.text("Laws as printed.", example="Article 12 of the Labor Code", empty="none is printed")


class Agencies(Records):
    """*Agencies Responsible for Child Labor Law Enforcement*."""

    agency: Text = col.text("Agency as printed.", example="Ministry of Labor")
    territory: Text = col.text(
        "Part of the country.", example="Northern Isles", empty="the row is for the whole country"
    )
    role: Text = col.text("Its role.", example="Enforces labor laws.", empty="none is printed")


class Enforcement(Records):
    """*Labor* and *Criminal Law Enforcement Efforts*, one row a cell."""

    domain: Text = col.code("Which of the two tables.", codes.DOMAINS, example="labor")
    metric: Text = col.code("What is measured.", codes.METRICS, example="inspectors")
    label: Text = col.text("Label as printed.", example="Number of Labor Inspectors")
    territory: Text = col.text(
        "Part of the country.", example="Northern Isles", empty="the cell is for the whole country"
    )
    year: Integer = col.integer("Year of the column, the first of two.", example=2019, low=1990, high=2100)
    raw: Text = col.text("The cell as printed, without markers.", example="$1,210,000", empty="the cell is empty")
    status: Text = col.code("What kind of answer the cell is.", codes.CELL_STATUSES, example="reported")
    value: Number = col.number("The number in the cell.", example=1210000.0, unit="see `unit`", empty="no number")
    unit: Text = col.code("Unit of the value.", codes.UNITS, example="usd", empty="the cell holds no value")
    note: Text = col.text("Footnote to which the cell's marker leads.", example="Data are from …", empty="no marker")

    @pa.dataframe_check(error="metric does not belong to this domain")
    def metric_of_domain(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """Labor and criminal enforcement are measured by different things."""
        labor = frame["metric"].isin([*codes.LABOR_METRICS, codes.OTHER])
        criminal = frame["metric"].isin([*codes.CRIMINAL_METRICS, codes.OTHER])
        return labor.where(frame["domain"] == "labor", criminal)

    @pa.dataframe_check(error="only a reported cell has a value")
    def value_needs_report(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """Unknown, not applicable and blank are answers without a number."""
        return frame["value"].isna() | (frame["status"] == "reported")


class Coordination(Records):
    """*Key Mechanisms to Coordinate Government Efforts on Child Labor*."""

    body: Text = col.text("Coordinating body as printed.", example="National Committee on Child Labor")
    territory: Text = col.text(
        "Part of the country.", example="Northern Isles", empty="the row is for the whole country"
    )
    role: Text = col.text("Its role and description.", example="Coordinates …", empty="none is printed")


class Policies(Records):
    """*Key Policies Related to Child Labor*."""

    policy: Text = col.text("Policy as printed.", example="National Plan of Action (2018–2022)")
    territory: Text = col.text(
        "Part of the country.", example="Northern Isles", empty="the row is for the whole country"
    )
    description: Text = col.text("Its description.", example="Aims to …", empty="none is printed")
    year_start: Integer = col.integer("First year.", example=2018, low=1900, high=2100, empty="no year is printed")
    year_end: Integer = col.integer("Last year.", example=2022, low=1900, high=2100, empty="no last year is printed")
    new: Flag = col.flag("Adopted in the reporting period.", example=False)

    @pa.dataframe_check(error="year_start is after year_end")
    def years(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A plan ends after it starts."""
        return _in_order(frame, "year_start", "year_end")


class Programs(Records):
    """*Key Social Programs to Address Child Labor*."""

    program: Text = col.text("Program as printed.", example="Back to School Program")
    territory: Text = col.text(
        "Part of the country.", example="Northern Isles", empty="the row is for the whole country"
    )
    description: Text = col.text("Its description.", example="Provides …", empty="none is printed")
    government_funded: Flag = col.flag("Marked as funded by the government (†).", example=True)


class SuggestedActions(Records):
    """*Suggested Government Actions to Eliminate Child Labor*; each bullet is one action."""

    area: Text = col.code("Area.", codes.AREAS, example="enforcement")
    territory: Text = col.text(
        "Part of the country.", example="Northern Isles", empty="the row is for the whole country"
    )
    action: Text = col.text("The action, with its lead-in.", example="Ensure that …")
    years: Text = col.text(
        "Years of suggestion, plain hyphen, no blanks.", example="2011,2014-2016", pattern=YEARS, empty="none"
    )
    first_year: Integer = col.integer("First of them.", example=2011, low=1990, high=2100, empty="none is printed")
    last_year: Integer = col.integer("Last of them.", example=2016, low=1990, high=2100, empty="none is printed")

    @pa.dataframe_check(error="first_year is after last_year")
    def order(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """The first year is not after the last."""
        return _in_order(frame, "first_year", "last_year")


class References(Records):
    """The chapter's reference list."""

    number: Integer = col.integer("Number of the entry.", example=17, low=1)
    text: Text = col.text("Whole entry; a URL broken over lines is joined.", example="Government of Arvenia. …")
    author: Text = col.text("Author.", example="Government of Arvenia", empty="not recognized")
    title: Text = col.text("Title.", example="Labor Code", empty="not recognized")
    date: Text = col.text("Date as printed.", example="June 30, 2019", empty="none is printed")
    date_iso: Text = col.text(
        "The date as far as it is known.",
        example="2019-06-30",
        pattern=r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?",
        empty="no date, or not understood",
    )
    url: Text = col.text(
        "Address as printed.", example="https://example.org/code.pdf", pattern=PRINTED_ADDRESS, empty="none"
    )
    url_guess: Text = col.text(
        "Better guess where the source damaged the address.",
        example="https://example.org/code.pdf",
        pattern=HTTP,
        empty="`url` needs no guess",
    )
    on_file: Flag = col.flag("The entry says that the source is on file.", example=False)
    number_source: Text = col.code("Where the number comes from.", codes.NUMBER_SOURCES, example="printed")


class Citations(Table):
    """One row for each number cited at a place; `table` and `row` name the place."""

    table: Text = col.text("Table of the place.", example="activities")
    number: Integer = col.integer("Number cited.", example=17, low=0)
    resolved: Flag = col.flag("`references` has this number.", example=True)


class Footnotes(Records):
    """Notes under tables."""

    table: Text = col.text("Table under which the note stands.", example="activities")
    marker: Text = col.text("Its marker.", example="†", empty="the note has no marker")
    text: Text = col.text("The note; citations stay in it as printed.", example="Determined by national law …")
    anchored: Flag = col.flag("The marker stands somewhere in the table.", example=True)


class Provenance(Table):
    """One row for each cell that a table row was made of; `table` and `row` name the row."""

    table: Text = col.text("Table of the row.", example="activities")
    column: Text = col.text("Our column that was made from the cell.", example="activity")
    raw: Text = col.text(
        "The cell verbatim, markers and citations included.", example="Mining,† (1,3)", empty="empty cell"
    )


class Entities(Table):
    """One row a mention in running text and table text; `table` and `row` name the place."""

    label: Text = col.code("Kind of thing.", codes.ENTITY_LABELS, example="AGENCY")
    text: Text = col.text("Surface form.", example="MOL")
    canonical: Text = col.text("One name for all the forms of one thing in a chapter.", example="Ministry of Labor")
    entity_id: Text = col.text("The thing in `entity_registry`.", example="xav-2019-734410", pattern=ENTITY_ID)
    law_id: Text = col.text(
        "The law in `entity_registry` of which the mention names articles.",
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
        "The mention is part of a longer one; leave it out to count every mention once.", example=False
    )
    table: Text = col.text("Table of the place.", example="agencies")
    column: Text = col.text("Column of the place.", example="role")
    start: Integer = col.integer("First character in that column's text.", example=0, low=0, unit="characters")
    end: Integer = col.integer("Character after the last.", example=3, low=1, unit="characters")

    @pa.dataframe_check(error="start is not before end")
    def span(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """A mention has at least one character."""
        return frame["start"] < frame["end"]


class EntityRegistry(Records):
    """One thing (agency, law, treaty, policy, program) of one country over all its chapters.

    A row is filed under the chapter that names the thing first, so a later report changes no id.
    """

    entity_id: Text = col.text(
        "Stable id of the thing: chapter and six digits.", example="xav-2019-734410", pattern=ENTITY_ID
    )
    label: Text = col.code("Kind of name.", codes.ENTITY_LABELS, example="AGENCY")
    canonical: Text = col.text("Its name where it is named first.", example="National Labor Inspectorate")
    aliases: Text = col.text(
        "All forms of its name in all chapters, in order of first mention, with ` | ` between them.",
        example="National Labor Inspectorate | NLI",
    )
    last_report_year: Integer = col.integer("Last report that names it.", example=2019, low=1990, high=2100)
    chapters: Integer = col.integer("Chapters that name it.", example=1, low=1)
    mentions: Integer = col.integer("Mentions in all chapters.", example=12, low=1)

    @pa.dataframe_check(error="last_report_year is before report_year")
    def years(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """The first report stands in `report_year`."""
        return _in_order(frame, "report_year", "last_report_year")


class Quality(Table):
    """One row a finding about the data; `table` and `row` name the place."""

    row: Integer = col.integer("Row of the place.", example=4, low=1, empty="the finding is not about one row")
    check: Text = col.code("What was checked.", codes.CHECKS, example="citation_unresolved")
    severity: Text = col.code("How bad it is.", codes.SEVERITIES, example="warning")
    table: Text = col.text("Table of the place.", example="activities", empty="the finding is about the chapter")
    message: Text = col.text("What was found.", example="31 is cited, the reference list ends at 30")


class Releases(Records):
    """Every file that holds a version of the chapter; exactly one is chosen, the others are not in the tables."""

    source_path: Text = col.text(
        "The file, relative to the folder that was searched; with more of its path where two would have one name.",
        example="2019/Arvenia.pdf",
    )
    source_sha256: Text = col.text("SHA-256 of the file.", example=SHA256_OF_AN_EXAMPLE, pattern="[0-9a-f]{64}")
    source_format: Text = col.code("What the file is.", codes.FORMATS, example="pdf")
    released: Text = col.text(
        "When the publisher last changed the file.", example="2020-09-24T14:22:18-04:00", empty="the file does not say"
    )
    chosen: Flag = col.flag("The tables hold this version.", example=True)
    reason: Text = col.text("Why it was chosen or not.", example="newest of 2 versions")


class Quarantine(Records):
    """Rows that failed a schema, as JSON, with the reason: nothing is dropped."""

    table: Text = col.text("Table to which the row belongs.", example="statistics")
    table_row: Integer = col.integer("The row's own number there.", example=2, empty="the row has no valid number")
    reason: Text = col.text("Why it failed, all reasons.", example="percent: 120.0 is not less_than_or_equal_to(100)")
    record: Text = col.text("The row as JSON.", example='{"percent": 120.0}')


class Changes(Records):
    """What this run changed against the release before it, with the cause: one row a value, row or whole chapter.

    Of `citations`, `entities`, `entity_registry` and `provenance` a chapter shows the first of each kind of change;
    a last line without a key counts the others. The sum of `rows` over what was added, less what was removed, is the
    difference of the row counts.
    """

    table: Text = col.text("Table that changed.", example="enforcement")
    change: Text = col.code("Kind of change.", codes.CHANGES, example="changed")
    key: Text = col.text(
        "What names the row in its chapter; of rows that share it, the number follows after `#`.",
        example="labor / inspectors / Number of Labor Inspectors / 2019",
        empty="the line is about several rows, or the table has one row a chapter",
    )
    table_row: Integer = col.integer(
        "What the column `row` of that table now says.", example=4, low=1, empty="the row is gone, or there are several"
    )
    field: Text = col.text("Column that changed.", example="value", empty="the line is about whole rows")
    before: Text = col.text(
        "The value before; of a row that is gone, the whole row as JSON.", example="120", empty="it was empty, or new"
    )
    after: Text = col.text(
        "The value now; of a row that is new, the whole row as JSON.", example="125", empty="it is empty, or gone"
    )
    rows: Integer = col.integer("How many rows the line is about.", example=1, low=1, unit="rows")
    cause: Text = col.code("Why the chapter is another.", codes.CHANGE_CAUSES, example="new_release")


def _in_order(frame: pd.DataFrame, first: str, last: str) -> pd.Series[bool]:
    return ~(frame[first] > frame[last]).fillna(False).astype(bool)


TABLES: dict[str, type[Table]] = {
    "documents": Documents,
    "paragraphs": Paragraphs,
    "statistics": Statistics,
    "sectors": Sectors,
    "activities": Activities,
    "conventions": Conventions,
    "legal_standards": LegalStandards,
    "agencies": Agencies,
    "enforcement": Enforcement,
    "coordination": Coordination,
    "policies": Policies,
    "programs": Programs,
    "suggested_actions": SuggestedActions,
    "references": References,
    "citations": Citations,
    "footnotes": Footnotes,
    "provenance": Provenance,
    "entities": Entities,
    "entity_registry": EntityRegistry,
    "quality": Quality,
    "releases": Releases,
    "quarantine": Quarantine,
    "changes": Changes,
}

KEYS: dict[str, tuple[str, ...]] = {
    "documents": (),
    "paragraphs": ("section", "subsection"),
    "statistics": ("indicator", "territory", "age_min", "age_max"),
    "sectors": ("sector",),
    "activities": ("sector", "activity"),
    "conventions": ("convention", "label"),
    "legal_standards": ("standard", "territory"),
    "agencies": ("agency", "territory"),
    "enforcement": ("domain", "metric", "label", "territory", "year"),
    "coordination": ("body", "territory"),
    "policies": ("policy", "territory"),
    "programs": ("program", "territory"),
    "suggested_actions": ("area", "territory", "action"),
    "references": ("number",),
    "citations": ("table", "row", "number"),
    "footnotes": ("table", "marker"),
    "provenance": ("table", "row", "column"),
    "entities": ("table", "row", "column", "label", "text"),
    "entity_registry": ("entity_id",),
    "quality": ("check", "table", "row"),
    "releases": ("source_path",),
    "quarantine": ("table",),
}
"""What names a row within its chapter from one release to the next, for every table but ``changes``.

Rows can share a key (two paragraphs of one section). ``row`` beside ``table`` stands for the key of the row
that is pointed at, because that row's number is another one as soon as a row is put in before it."""

PLACES = ("row", "page", "bbox", "line", "start", "end")
"""Columns that say where a row stands, not what it says."""
