"""The views of ``findings.duckdb``: questions across reports that many readers ask, as SQL."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """A view: what it gives, the tables that it needs, and its query."""

    meaning: str
    tables: tuple[str, ...]
    sql: str


VIEWS = {
    "latest_enforcement": View(
        "One answer for each country, metric, territory and year: that of the newest report. `reports_disagree` says "
        "whether two reports print different numbers; both are in `disagreements`.",
        ("enforcement", "disagreements"),
        """\
SELECT
    iso3, domain, metric, label, territory, year, status, value, unit, raw, note, doc_id, row, page,
    EXISTS (
        SELECT 1 FROM disagreements AS d
        WHERE d."table" = 'enforcement' AND (
            (d.doc_id = e.doc_id AND d.table_row = e.row) OR (d.earlier_doc_id = e.doc_id AND d.earlier_row = e.row)
        )
    ) AS reports_disagree
FROM enforcement AS e
QUALIFY row_number() OVER (
    PARTITION BY iso3, domain, metric, CASE WHEN metric = 'other' THEN lower(label) END, territory, year
    ORDER BY report_year DESC, row
) = 1
ORDER BY iso3, domain, metric, territory, year""",
    ),
    "open_actions": View(
        "The suggested actions of the newest report of each country, with the first and the last year and the number "
        "of years that they have been open.",
        ("suggested_actions", "documents"),
        """\
SELECT
    iso3, action_id, area, territory, action, suggested_since AS first_year, report_year AS last_year,
    report_year - suggested_since + 1 AS years_open, doc_id, row, page
FROM suggested_actions AS a
WHERE report_year = (SELECT max(report_year) FROM documents AS d WHERE d.iso3 = a.iso3)
ORDER BY iso3, years_open DESC, row""",
    ),
    "sources_of": View(
        "The references that each row of a table cites: `table`, `row` and `row_key` identify the row.",
        ("citations", "references"),
        """\
SELECT DISTINCT
    c.doc_id, c."table", c.row, regexp_extract(c.row_key, '^[^/]*/(.*)/[^/]*$', 1) AS row_key, c.number,
    r.author, r.title, r.date_iso, coalesce(nullif(r.url_guess, ''), r.url) AS url, r.text, r.work_id
FROM citations AS c
LEFT JOIN "references" AS r ON r.doc_id = c.doc_id AND r.number = c.number
ORDER BY c.doc_id, c."table", c.row, c.number""",
    ),
}
