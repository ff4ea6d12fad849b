"""Chapters of Arvenia for the tagger of names: a country, and agencies, laws and programs in it, that do not exist."""

from __future__ import annotations

from typing import Any

from extractors.names.tagger import tag

Tables = dict[str, list[dict[str, Any]]]
Tagged = set[tuple[str, str]]

PLACE = {"doc_id": "xav-2019", "iso3": "XAV", "report_year": 2019, "page": 3, "bbox": "1,2,3,4", "line": None}


def rows(*texts: str, column: str = "text", **more: Any) -> list[dict[str, Any]]:
    return [{**PLACE, "row": i, column: text, **more} for i, text in enumerate(texts, 1)]


def prose(text: str, section: str = "enforcement", **tables: list[dict[str, Any]]) -> Tables:
    return {"paragraphs": rows(text, section=section), **tables}


def found(tables: Tables) -> Tagged:
    return {(row["label"], row["text"]) for row in tag(tables)}


def canonical(tables: Tables, form: str) -> str:
    return next(str(row["canonical"]) for row in tag(tables) if row["text"] == form)


def arvenia() -> Tables:
    """A chapter with names in every table and in prose."""
    return {
        "paragraphs": rows(
            "In 2019, the Ministry of Work and Guilds (MWG) renewed the National Plan to End Quarry Work (2019–2023), "
            "and MWG's inspectors met the Tide Guard's anti-smuggling team. The MWG also applied the Guild Act.",
            "The Lantern Project, which ended, was part of Operation Heron in the Marsh Quarter.",
            section="enforcement",
        ),
        "agencies": [
            {**PLACE, "row": 1, "agency": "Ministry of Work and Guilds (MWG)", "role": "Leads the Tide Guard (TG)."},
            {**PLACE, "row": 2, "agency": "Tide Guard (TG)", "role": "Works with the MWG."},
        ],
        "legal_standards": rows(
            "Articles 4, 5, and 9–11 of the Guild Act; Article 2 of the Constitution", column="legislation"
        ),
        "policies": rows("National Plan to End Quarry Work (2019–2023)", column="policy", description="Led by TG."),
        "programs": rows(
            "Lantern Project (Proyecto Farol)", column="program", description="Proyecto Farol feeds 90 schools."
        ),
        "suggested_actions": rows("Ensure that the Tide Guard enforces the Guild Act.", column="action"),
        "footnotes": rows("Relevant to Article 3(d) of ILO C. 182. (4,5)"),
    }
