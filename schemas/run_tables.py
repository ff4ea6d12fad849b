"""The tables in which a run reports on itself: findings, file versions, rejected rows and changes."""

from __future__ import annotations

from schemas import codes
from schemas import columns as col
from schemas.base import EXAMPLE_SHA256, NumberedTable, TableModel
from schemas.columns import Flag, Integer, Text


class Quality(TableModel):
    """Findings about the quality of the data: one row for each; `table` and `row` identify the row concerned."""

    row: Integer = col.integer("Row concerned.", example=4, low=1, empty="the finding is not about a single row")
    check: Text = col.code("Check that produced the finding.", codes.CHECKS, example="citation_unresolved")
    severity: Text = col.code("Severity of the finding.", codes.SEVERITIES, example="warning")
    table: Text = col.text("Table concerned.", example="activities", empty="the finding is about the whole chapter")
    message: Text = col.text("Description of the finding.", example="31 is cited, the reference list ends at 30")
    origin: Text = col.code("Where the problem comes from.", codes.ORIGINS, example="reading")
    acknowledged: Flag = col.flag("Whether the user's list of known issues contains the finding.", example=False)


class Releases(NumberedTable):
    """All files that contain a version of the chapter: one row for each file. The tables are built from one of them."""

    source_path: Text = col.text(
        "Path of the source file, relative to the input folder; longer where two files would have the same path.",
        example="2019/Arvenia.pdf",
    )
    source_sha256: Text = col.text(
        "SHA-256 checksum of the source file.", example=EXAMPLE_SHA256, pattern="[0-9a-f]{64}"
    )
    source_format: Text = col.code("Format of the source file.", codes.FORMATS, example="pdf")
    released: Text = col.text(
        "Time at which the publisher last modified the file, in ISO 8601.",
        example="2020-09-24T14:22:18-04:00",
        empty="the file does not say",
    )
    chosen: Flag = col.flag("Whether the tables contain this version.", example=True)
    reason: Text = col.text("Why the version was chosen or not.", example="newest of 2 versions")


class Quarantine(NumberedTable):
    """Rows that failed validation, as JSON, with the reasons. No row is dropped."""

    table: Text = col.text("Table for which the row was built.", example="statistics")
    table_row: Integer = col.integer("Number of the row in that table.", example=2, empty="the row has no valid number")
    reason: Text = col.text(
        "All reasons why the row failed, separated by semicolons.",
        example="percent: 120.0 is not less_than_or_equal_to(100)",
    )
    record: Text = col.text("The complete row as JSON.", example='{"percent": 120.0}')


class Corrections(NumberedTable):
    """The lines of the user's `corrections.csv`: what became of each of them in this run."""

    table: Text = col.text("Table of the value.", example="enforcement")
    table_row: Integer = col.integer("Row of that table.", example=4, low=1, empty="there is no such row")
    key: Text = col.text("`row_key` of that row.", example="labor/inspectors/2019")
    column: Text = col.text("Column of the value.", example="value")
    expected: Text = col.text("Value that the line expects.", example="120", empty="an empty value")
    as_read: Text = col.text("Value as it was read.", example="120", empty="an empty value, or there is no such row")
    new: Text = col.text("Value that the line gives.", example="125", empty="an empty value")
    state: Text = col.code("Whether the line was applied.", codes.CORRECTIONS, example="applied")
    reason: Text = col.text("Why the value is wrong.", example="The cell is cut off on the page.")
    who: Text = col.text("Who has corrected it.", example="A. Reader")
    date: Text = col.text("Date of the correction, in ISO 8601.", example="2020-10-01")


class Changes(NumberedTable):
    """Differences between each release and the one before, with their cause: one row for each value, row or chapter.

    Later releases only add rows. Those of the newest one are the rows with the highest `release`.

    For `citations`, `entities`, `entity_registry` and `provenance` only the first changes of each kind are listed for a
    chapter; a last row without a key counts the others. The `rows` added minus the `rows` removed give the difference
    of the row counts.
    """

    release: Integer = col.integer(
        "Number of the release that brought the change; the release that repairs a damaged one has its number.",
        example=2,
        low=1,
    )
    table: Text = col.text("Table that changed.", example="enforcement")
    change: Text = col.code("Kind of change.", codes.CHANGES, example="changed")
    key: Text = col.text(
        "Values that identify the row in its chapter. If several rows share them, a number is added after `#`.",
        example="labor / inspectors / Number of Labor Inspectors / 2019",
        empty="the change is about several rows, or the table has one row for each chapter",
    )
    table_row: Integer = col.integer(
        "Number of the row in the table now.",
        example=4,
        low=1,
        empty="the row was removed, or the change is about several rows",
    )
    field: Text = col.text("Column that changed.", example="value", empty="the change is about whole rows")
    before: Text = col.text(
        "Previous value; for a removed row, the complete row as JSON.",
        example="120",
        empty="the value was empty, or the row is new",
    )
    after: Text = col.text(
        "New value; for an added row, the complete row as JSON.",
        example="125",
        empty="the value is empty, or the row was removed",
    )
    rows: Integer = col.integer("Number of rows concerned.", example=1, low=1, unit="rows")
    cause: Text = col.code("Why the chapter changed.", codes.CHANGE_CAUSES, example="new_release")
