"""The cited sources for a reference manager: BibTeX, or CSL JSON, which Zotero, Pandoc and citeproc read."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import pandas as pd

from flows.published import open_release
from flows.show import NotPublished


class Format(StrEnum):
    """The formats of ``findings export``."""

    BIBTEX = "bibtex"
    CSL = "csl"


CSL_TYPES = {
    "report": "report",
    "law": "legislation",
    "news": "article-newspaper",
    "interview": "interview",
    "correspondence": "personal_communication",
    "web_page": "webpage",
    "statistics": "dataset",
}
"""Codes of ``references.type`` -> item types of CSL 1.0.2."""

_SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL |= {character: f"\\{character}" for character in "&%$#_"}


def export(form: Format, doc_id: str | None, output: Path) -> str:
    """The sources of one published chapter, or of all chapters. Raises :class:`NotPublished`."""
    with open_release(output) as release:
        references = release.frame("references")
    if doc_id is not None:
        references = references[references["doc_id"] == doc_id.lower()]
        if references.empty:
            raise NotPublished(f"no chapter {doc_id} with references is published in {output}")
    return bibliography(references, form)


def bibliography(references: pd.DataFrame, form: Format) -> str:
    """The sources of rows of table ``references`` as text in one of the formats.

    A source that is cited several times is one entry: its ``work_id`` is the key, its first row gives the fields.
    """
    rows: list[Any] = references.drop_duplicates("work_id").to_dict("records")
    if form is Format.CSL:
        return json.dumps([_csl(row) for row in rows], indent=1) + "\n"
    return "\n".join(_bibtex(row) for row in rows)


def _csl(row: dict[str, Any]) -> dict[str, Any]:
    """One item of CSL JSON. Without a title, the whole entry is the title, so that nothing is lost."""
    item: dict[str, Any] = {
        "id": row["work_id"],
        "type": CSL_TYPES[row["type"]],
        "title": row["title"] or row["text"],
        "author": [{"literal": row["author"]}] if row["author"] else [],
        "issued": {"date-parts": [[int(part) for part in row["date_iso"].split("-")]]} if row["date_iso"] else {},
        "URL": _address(row),
        "DOI": row["doi"],
        "note": _place(row),
    }
    return {key: value for key, value in item.items() if value}


def _bibtex(row: dict[str, Any]) -> str:
    """One BibTeX entry; braces keep an organisation's name from being read as given name and surname."""
    kind = "techreport" if row["type"] == "report" and row["author"] else "misc"
    year, _, rest = row["date_iso"].partition("-")
    fields = {
        "author": f"{{{_escape(row['author'])}}}" if row["author"] else "",
        "title": f"{{{_escape(row['title'] or row['text'])}}}",
        "year": year,
        "month": str(int(rest[:2])) if rest else "",
        "institution": _escape(row["author"]) if kind == "techreport" else "",
        "doi": row["doi"],
        "url": _address(row),
        "note": _escape(_place(row)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{row['work_id']},", *lines, "}", ""])


def _address(row: dict[str, Any]) -> str:
    address: str = row["url_guess"] or row["url"]
    return address.replace(" ", "%20")


def _place(row: dict[str, Any]) -> str:
    """Chapter and number of the entry, and where the bureau keeps the source."""
    return f"{row['doc_id']}, reference {row['number']}" + ("; source on file" if row["on_file"] else "")


def _escape(text: str) -> str:
    """``text`` with the characters that TeX reads as commands written out."""
    return "".join(_SPECIAL.get(character, character) for character in text)
