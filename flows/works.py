"""The table ``works``: one row for each source that the reference lists of all chapters name.

It is the one table that joins chapters of several countries, so it is made of the few columns that it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

REFERENCES = ("doc_id", "report_year", "row", "number", "work_id")
CITATIONS = ("doc_id", "number")
PLACE = ("doc_id", "iso3", "report_year", "row", "page", "bbox", "line", "text")


def count_works(references: pd.DataFrame, citations: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each source: the first reference to it (``doc_id``, ``reference``, its row number), the number
    ``row`` of the source in that chapter, the last report and the number of chapters and citations.

    The first chapter is that of the first report year, then of the first country. ``references`` has the columns
    :data:`REFERENCES` and ``citations`` the columns :data:`CITATIONS` of all chapters, in any order of the chapters.
    """
    cited = citations.value_counts().rename("citations").reset_index()
    refs = references.sort_values(["report_year", "doc_id", "row"], kind="stable", ignore_index=True)
    refs = refs.merge(cited, how="left", on=list(CITATIONS))
    refs["citations"] = refs["citations"].fillna(0).mask(refs.duplicated(list(CITATIONS)), 0).astype("Int64")
    by_work = refs.groupby("work_id", sort=False)
    found = by_work.agg(
        doc_id=("doc_id", "first"),
        reference=("row", "first"),
        last_report_year=("report_year", "max"),
        chapters=("doc_id", "nunique"),
        citations=("citations", "sum"),
    ).reset_index()
    found["row"] = found.groupby("doc_id", sort=False).cumcount() + 1
    return found.sort_values(["doc_id", "row"], kind="stable", ignore_index=True)


def works_of(counted: pd.DataFrame, references: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``works`` for the chapters of ``references``, which has the columns :data:`PLACE`."""
    import schemas

    here = counted[counted["doc_id"].isin(references["doc_id"].unique())]
    placed = here.merge(references.rename(columns={"row": "reference"}), how="left", on=["doc_id", "reference"])
    columns = placed.drop(columns="reference").astype(object)
    rows: list[dict[str, Any]] = columns.where(columns.notna(), None).to_dict("records")  # type: ignore[assignment]
    return schemas.typed("works", rows)
