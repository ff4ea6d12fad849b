"""What the pages show of each table: the columns, their headings, and the source cell of each column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "words", "flag", "number", "age", "ages", "years", "standard"]


@dataclass(frozen=True)
class Column:
    """A column of a table on the page.

    ``source`` is the value of ``provenance.column`` for the cell from which it was read (its own name if empty);
    an ``optional`` column is left out if it is empty in all rows. ``also`` are columns that were made of the same
    words, which the details of the cell show.
    """

    name: str
    heading: str
    source: str = ""
    kind: Kind = "text"
    optional: bool = False
    also: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns of the table whose values this column shows."""
        combined = {"ages": ("age_min", "age_max"), "years": ("year_start", "year_end"), "age": ("age", "age_note")}
        return combined.get(self.kind, (self.name, *self.also))

    @property
    def cell(self) -> str:
        """The value of ``provenance.column`` for this column."""
        return self.source or self.name


@dataclass(frozen=True)
class TableLayout:
    """A table as the chapter page shows it. ``short`` is its name in lists of rows.

    ``beside`` is the column whose values are headings: rows that differ in it and in the last column alone stand side
    by side, as they are printed.
    """

    name: str
    heading: str
    short: str
    columns: tuple[Column, ...]
    beside: str = ""


TERRITORY = Column("territory", "Territory", optional=True)

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("summary", "Summary", ()),
    ("prevalence", "Prevalence", ("statistics", "sectors", "activities")),
    ("legal_framework", "Legal framework", ("conventions", "legal_standards")),
    ("enforcement", "Enforcement", ("agencies", "enforcement")),
    ("coordination", "Coordination", ("coordination",)),
    ("policies", "Policies", ("policies",)),
    ("programs", "Social programs", ("programs",)),
    ("suggested_actions", "Suggested actions", ("suggested_actions", "other_tables")),
)
"""The sections of a chapter in printed order: code, heading, tables of the section."""

TABLE_LAYOUTS = {
    table.name: table
    for table in (
        TableLayout(
            "statistics",
            "Children’s work and education",
            "Statistics",
            (
                Column("indicator", "Indicator", kind="code"),
                Column("subgroup", "Children who", source="indicator", kind="code", optional=True),
                TERRITORY,
                Column("age", "Age", kind="ages"),
                Column("percent", "Percent", kind="number"),
                Column("population", "Children", source="percent", kind="number", optional=True),
                Column("source", "Source as printed"),
            ),
        ),
        TableLayout(
            "sectors",
            "Working children by sector",
            "Sectors",
            (Column("sector", "Sector", source="percent", kind="code"), Column("percent", "Percent", kind="number")),
        ),
        TableLayout(
            "activities",
            "Work by sector and activity",
            "Activities",
            (
                Column("sector", "Sector"),
                Column("activity", "Activity"),
                Column("hazardous", "Hazardous", source="activity", kind="flag"),
                Column("limited_evidence", "Limited evidence", source="activity", kind="flag", optional=True),
            ),
        ),
        TableLayout(
            "conventions",
            "Ratification of conventions",
            "Conventions",
            (
                Column("label", "Convention", source="convention"),
                Column("status", "Ratified", source="ratification", kind="words"),
            ),
        ),
        TableLayout(
            "legal_standards",
            "Laws and regulations",
            "Laws",
            (
                Column("standard", "Standard", kind="code"),
                TERRITORY,
                Column("status", "Meets it", kind="standard"),
                Column("age", "Age", kind="age"),
                Column("legislation", "Legislation"),
            ),
        ),
        TableLayout(
            "agencies",
            "Agencies that enforce",
            "Agencies",
            (Column("agency", "Agency"), TERRITORY, Column("role", "Role")),
        ),
        TableLayout(
            "enforcement",
            "Enforcement efforts",
            "Enforcement",
            (
                Column("label", "Label as printed", also=("domain",)),
                TERRITORY,
                Column("raw", "As printed", also=("value", "unit", "status", "note", "year")),
            ),
            beside="year",
        ),
        TableLayout(
            "coordination",
            "Coordinating bodies",
            "Coordination",
            (Column("body", "Body"), TERRITORY, Column("role", "Role")),
        ),
        TableLayout(
            "policies",
            "Policies",
            "Policies",
            (
                Column("policy", "Policy"),
                TERRITORY,
                Column("description", "Description"),
                Column("years", "Years", source="policy", kind="years"),
                Column("new", "New", source="policy", kind="flag", optional=True),
            ),
        ),
        TableLayout(
            "programs",
            "Social programs",
            "Programs",
            (
                Column("program", "Program"),
                TERRITORY,
                Column("description", "Description"),
                Column("government_funded", "Government funded", source="program", kind="flag", optional=True),
            ),
        ),
        TableLayout(
            "suggested_actions",
            "Suggested actions",
            "Actions",
            (
                Column("area", "Area", kind="code"),
                TERRITORY,
                Column("action", "Action"),
                Column("years", "Years suggested"),
            ),
        ),
        TableLayout(
            "other_tables",
            "Tables that no rule knows",
            "Other tables",
            (
                Column("title", "Caption"),
                Column("table_row", "Row", kind="number"),
                Column("column", "Column"),
                Column("text", "Text"),
            ),
        ),
    )
}

SHORT = {
    **{name: table.short for name, table in TABLE_LAYOUTS.items()},
    "paragraphs": "Paragraph",
    "references": "Reference",
    "footnotes": "Footnote",
    "captions": "Captions",
    "documents": "Chapter",
    "citations": "Citations",
    "provenance": "Source cells",
    "entities": "Names",
}
"""The name of each table in lists of rows ("Laws 3, 4")."""

LEVELS = {
    "Significant Advancement": "significant",
    "Moderate Advancement": "moderate",
    "Minimal Advancement": "minimal",
    "No Advancement": "none",
    "No Assessment": "unassessed",
}
"""The CSS class of each assessment level."""

SEVERITIES = ("error", "warning", "info")
COMMON = ("doc_id", "iso3", "report_year", "row", "row_key", "page", "bbox", "line")
"""Columns of every table, which identify and locate a row. The pages show them as the link to the row."""
LABELS = {"AGENCY": "Agency", "LAW": "Law", "TREATY": "Treaty", "POLICY": "Policy", "PROGRAM": "Program"}
"""The name of each kind of entity."""
CHAPTER_TABLES = (*SHORT, "quality", "quarantine", "releases", "changes")
"""Tables of which a chapter page has rows."""
COUNTRY_TABLES = ("documents", *(name for name in TABLE_LAYOUTS if name not in ("activities", "other_tables")))
