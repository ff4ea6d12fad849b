"""What a chapter page shows of each table: which columns, under which words, made from which cell of the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "words", "flag", "number", "age", "ages", "years", "standard"]


@dataclass(frozen=True)
class Column:
    """One column of a shown table. ``source`` is the column of ``provenance`` whose cell it was made from."""

    name: str
    heading: str
    source: str = ""
    kind: Kind = "text"
    optional: bool = False

    @property
    def cell(self) -> str:
        """The column of ``provenance`` to look under."""
        return self.source or self.name


@dataclass(frozen=True)
class Shown:
    """One table as a chapter page shows it."""

    name: str
    heading: str
    short: str
    columns: tuple[Column, ...]


TERRITORY = Column("territory", "Territory", optional=True)

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("summary", "Summary", ()),
    ("prevalence", "Prevalence", ("statistics", "sectors", "activities")),
    ("legal_framework", "Legal framework", ("conventions", "legal_standards")),
    ("enforcement", "Enforcement", ("agencies", "enforcement")),
    ("coordination", "Coordination", ("coordination",)),
    ("policies", "Policies", ("policies",)),
    ("programs", "Social programs", ("programs",)),
    ("suggested_actions", "Suggested actions", ("suggested_actions",)),
)
"""Sections of a chapter in printed order: code, heading, tables that stand in it."""

SHOWN = {
    table.name: table
    for table in (
        Shown(
            "statistics",
            "Children’s work and education",
            "Statistics",
            (
                Column("indicator", "Indicator", kind="code"),
                TERRITORY,
                Column("age", "Age", kind="ages"),
                Column("percent", "Percent", kind="number"),
                Column("population", "Children", source="percent", kind="number", optional=True),
                Column("source", "Source as printed"),
            ),
        ),
        Shown(
            "sectors",
            "Working children by sector",
            "Sectors",
            (Column("sector", "Sector", source="percent", kind="code"), Column("percent", "Percent", kind="number")),
        ),
        Shown(
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
        Shown(
            "conventions",
            "Ratification of conventions",
            "Conventions",
            (
                Column("label", "Convention", source="convention"),
                Column("ratified", "Ratified", source="ratification", kind="flag"),
            ),
        ),
        Shown(
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
        Shown(
            "agencies",
            "Agencies that enforce",
            "Agencies",
            (Column("agency", "Agency"), TERRITORY, Column("role", "Role")),
        ),
        Shown(
            "enforcement",
            "Enforcement efforts",
            "Enforcement",
            (
                Column("domain", "Domain", source="label"),
                Column("label", "Label as printed"),
                TERRITORY,
                Column("year", "Year", source="raw", kind="number"),
                Column("raw", "As printed"),
                Column("value", "Value", source="raw", kind="number"),
                Column("unit", "Unit", source="raw", kind="words"),
                Column("status", "Answer", source="raw", kind="words"),
                Column("note", "Note", source="raw", optional=True),
            ),
        ),
        Shown(
            "coordination",
            "Coordinating bodies",
            "Coordination",
            (Column("body", "Body"), TERRITORY, Column("role", "Role")),
        ),
        Shown(
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
        Shown(
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
        Shown(
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
    )
}

SHORT = {
    **{name: table.short for name, table in SHOWN.items()},
    "paragraphs": "Paragraph",
    "references": "Reference",
    "footnotes": "Footnote",
    "documents": "Chapter",
}
"""What a place in a table is called in a list of places."""

LEVELS = {
    "Significant Advancement": "significant",
    "Moderate Advancement": "moderate",
    "Minimal Advancement": "minimal",
    "No Advancement": "none",
    "No Assessment": "unassessed",
}
"""Assessment level to the name it has in the style sheet."""

SEVERITIES = ("error", "warning", "info")
LABELS = {"AGENCY": "Agency", "LAW": "Law", "TREATY": "Treaty", "POLICY": "Policy", "PROGRAM": "Program"}
CHAPTER_TABLES = (
    *SHOWN,
    "documents",
    "paragraphs",
    "references",
    "citations",
    "footnotes",
    "provenance",
    "entities",
    "quality",
    "quarantine",
    "releases",
    "changes",
)
COUNTRY_TABLES = ("documents", "statistics", "sectors", "enforcement", "suggested_actions", "legal_standards")
