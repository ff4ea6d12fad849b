"""Values that the user has corrected in ``corrections.csv``. All chapters are invented."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import schemas
from extractors.model import Extraction
from flows import corrections, publish
from flows.cli import app
from flows.corrections import Correction, CorrectionsError
from schemas.keys import with_row_keys
from tests.conftest import arvenia, record
from tests.quick import files, quick, read_words

HEADER = ",".join(corrections.COLUMNS)


def line(table: str, column: str, expected: str, new: str, **other: Any) -> Correction:
    """A correction of the first row of a table of Arvenia 2019."""
    key = with_row_keys(arvenia().tables)[table][0]["row_key"] if table in arvenia().tables else "key"
    fields = {"doc_id": "xav-2019", "row_key": key, "reason": "cut off", "who": "A. Reader", "date": "2030-01-02"}
    return Correction(**{**fields, "table": table, "column": column, "expected": expected, "new": new, **other})


def corrected(chapter: Extraction, *lines: Correction) -> tuple[Extraction, list[dict[str, Any]]]:
    """The chapter after the lines were applied, and the rows of ``corrections``."""
    by_chapter = corrections.by_chapter(lines)
    after, rows = corrections.correct(chapter, by_chapter[chapter.doc_id])
    return after, [*rows, *corrections.without_chapter(by_chapter, [chapter.doc_id])]


def wrong(path: Path, *lines: str) -> str:
    """What is said about a file with these lines."""
    path.write_text("\n".join((HEADER, *lines)) + "\n")
    with pytest.raises(CorrectionsError) as error:
        corrections.check(path, corrections.load(path))
    return str(error.value)


def test_a_correction_is_shown_and_stays_through_a_forced_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = read_words(monkeypatch)
    source, output, file = files(tmp_path / "in", a_pdf="XAV", b_pdf="XBV"), tmp_path / "out", tmp_path / "c.csv"
    quick(source, output, corrections=file)
    key = with_row_keys(arvenia().tables)["enforcement"][0]["row_key"]
    words = ["correct", "xav-2019", "enforcement", key, "value", "99", "--reason", "The page says 99, not less."]
    options = ["--who", "A. Reader", "--corrections", str(file), "--output", str(output)]
    done = CliRunner().invoke(app, [*words, *options])
    assert done.exit_code == 0, done.output
    for column, new, said in (
        ("status", "unknown", "only a reported cell has a value"),
        ("year", "20.5", "no whole number"),
    ):
        refused = CliRunner().invoke(app, [*words[:4], column, new, *words[6:], *options])
        assert (refused.exit_code, said in refused.stderr) == (2, True), refused.stderr
    report = quick(source, output, corrections=file)
    assert len(read) == 2  # nothing was read again
    assert (report.causes, report.stale_corrections) == ({"xav-2019": "corrected"}, [])
    table = publish.read_table(output, "corrections")
    ((state, as_read, reason),) = table[["state", "as_read", "reason"]].itertuples(index=False, name=None)
    assert (state, reason) == ("applied", "The page says 99, not less.")
    values = publish.read_table(output, "enforcement").set_index(["doc_id", "row_key"])["value"]
    assert (values["xav-2019", key], str(int(values["xbv-2019", key]))) == (99, as_read)
    cells = publish.read_table(output, "provenance")
    (cell,) = cells[cells["correction"] == reason].to_dict("records")
    assert (cell["table"], cell["row"], cell["column"], cell["raw"]) == ("enforcement", 1, "value", as_read)
    quality = publish.read_table(output, "quality")
    (finding,) = quality[quality["check"] == "value_corrected"].to_dict("records")
    assert reason in finding["message"]

    again = quick(source, output, corrections=file, force=True)
    assert (again.unchanged, len(read)) == (True, 4)
    assert CliRunner().invoke(app, [*words, *options]).exit_code == 2  # the cell has a line


def test_a_line_is_applied_to_nothing_else_than_what_it_expects() -> None:
    read = str(arvenia().tables["statistics"][0]["percent"])
    chapter, rows = corrected(
        arvenia(),
        line("statistics", "percent", "98.7", "12"),
        line("activities", "activity", "Weaving", "Mining", row_key="industry/weaving"),
        line("sectors", "percent", "3", str(arvenia().tables["sectors"][0]["percent"])),
        line("statistics", "percent", read, "13", doc_id="xbv-2019"),
    )
    assert [row["state"] for row in rows] == ["stale_value", "stale_row", "settled", "stale_chapter"]
    assert chapter.tables["statistics"][0]["percent"] == float(read)
    checks = [(row["check"], row["severity"]) for row in chapter.tables["quality"] if "correct" in row["check"]]
    assert checks == [("correction_stale", severity) for severity in ("warning", "warning", "info")]
    assert [text.split(":")[0].rpartition(" ")[2] for text in corrections.report_stale(rows)] == [
        "percent",
        "activity",
        "percent",
    ]
    validated = schemas.validate([chapter])
    assert validated.quarantined == 0
    assert len(corrections.table(rows)) == 4


def test_a_corrected_row_keeps_the_key_under_which_it_is_read() -> None:
    """Its other lines go on to find it, and no other row takes the key over."""
    twins = [record("activities", row, sector="Industry", activity=name) for row, name in ((1, "Dyes"), (2, "dyes"))]
    first, second = (row["row_key"] for row in with_row_keys({"activities": twins})["activities"])
    lines = [
        line("activities", "activity", "Dyes", "Dyeing wool", row_key=first),
        line("activities", "hazardous", str(twins[0]["hazardous"]), str(not twins[0]["hazardous"]), row_key=first),
    ]
    chapter, rows = corrected(arvenia(activities=twins), *lines)
    assert [row["state"] for row in rows] == ["applied", "applied"]
    table = schemas.validate([chapter]).tables["activities"]
    assert dict(zip(table["row_key"], table["activity"], strict=True)) == {first: "Dyeing wool", second: "dyes"}


def test_names_and_works_follow_a_corrected_text() -> None:
    entities = [
        {**record("entities", 1, column="role", text=name, start=start, end=start + len(name)), "table": "agencies"}
        for name, start in (("Guard", 0), ("Coast Board", 10))
    ]
    agencies = [record("agencies", 1, role="Guard and Coast Board")]
    references = [record("references", 1, number=17, url="https://example.org/a", url_guess="")]
    chapter, _ = corrected(
        arvenia(entities=entities, agencies=agencies, references=references),
        line("agencies", "role", "Guard and Coast Board", "Coastal Guard"),
        line("references", "url", "https://example.org/a", "https://example.org/b", row_key="17"),
    )
    (named,) = chapter.tables["entities"]
    assert chapter.tables["agencies"][0]["role"][named["start"] : named["end"]] == named["text"] == "Guard"
    assert chapter.tables["references"][0]["work_id"] != references[0]["work_id"]
    own = [cell["correction"] for cell in chapter.tables["provenance"] if cell["table"] == "agencies"]
    assert own == ["cut off"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("xav-2019,enforcement,k,value,1,2,,me,2030-01-02", "line 2: reason is empty"),
        ("Arvenia,enforcement,k,value,1,2,why,me,2030-01-02", "line 2: doc_id: 'Arvenia' is no chapter"),
        ("xav-2019,enforcement,k,value,1,2,why,me,soon", "line 2: date: 'soon' is no date"),
        ("xav-2019,enforcement,k,value,1,1,why,me,2030-01-02", "line 2: the new value is the expected one"),
        ("xav-2019,enforcement,k,value,1", "line 2: has 5 fields"),
        ('xav-2019,enforcement,k,value,1,2,"why,me,2030-01-02', "line 2: unexpected end of data"),
        ("xav-2019,laws,k,value,1,2,why,me,2030-01-02", "line 2: there is no table 'laws'"),
        ("xav-2019,quality,k,message,1,2,why,me,2030-01-02", "line 2: quality is made of other tables"),
        ("xav-2019,countries,k,name,a,b,why,me,2030-01-02", "line 2: countries is made of other tables"),
        ("xav-2019,agencies,k,value,1,2,why,me,2030-01-02", "line 2: agencies has no column 'value'"),
        ("xav-2019,agencies,k,iso3,A,B,why,me,2030-01-02", "line 2: iso3 of agencies cannot be corrected"),
        ("xav-2019,documents,k,source_path,A,B,why,me,2030-01-02", "source_path of documents cannot be corrected"),
        ("xav-2019,enforcement,k,value,1,many,why,me,2030-01-02", "line 2: value: 'many' is no number"),
        ("xav-2019,enforcement,k,year,2018,20.5,why,me,2030-01-02", "line 2: year: '20.5' is no whole number"),
        ("xav-2019,activities,k,hazardous,true,,why,me,2030-01-02", "line 2: hazardous: '' is not true or false"),
        ("xav-2019,enforcement,k,status,reported,maybe,why,me,2030-01-02", "line 2: status: 'maybe' fails isin"),
        ("xav-2019,agencies,k,agency,A,,why,me,2030-01-02", "line 2: agency: '' fails"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(tmp_path: Path, text: str, reason: str) -> None:
    said = wrong(tmp_path / "c.csv", text)
    assert said.startswith(f"{tmp_path / 'c.csv'}, line 2") or reason in said
    assert reason in said


def test_a_second_line_for_a_cell_and_another_header_are_wrong(tmp_path: Path) -> None:
    text = "xav-2019,enforcement,k,value,1,2,why,me,2030-01-02"
    assert "line 4: corrects the same cell as line 2" in wrong(tmp_path / "c.csv", text, "", text)
    (tmp_path / "c.csv").write_text("doc_id,table\n")
    with pytest.raises(CorrectionsError, match="line 1: the columns must be doc_id,table,row_key"):
        corrections.load(tmp_path / "c.csv")


def test_a_wrong_file_ends_the_run_before_a_source_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_words(monkeypatch)
    (tmp_path / "c.csv").write_text(f"{HEADER}\nxav-2019,laws,k,value,1,2,why,me,2030-01-02\n")
    source = files(tmp_path / "in", a_pdf="XAV")
    options = ["--output", str(tmp_path / "out"), "--corrections", str(tmp_path / "c.csv")]
    done = CliRunner().invoke(app, ["run", str(source), *options])
    assert (done.exit_code, read) == (2, [])
    assert "c.csv, line 2: there is no table 'laws'" in done.stderr


def test_added_lines_follow_the_columns_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    one = line("enforcement", "value", "1", "2", reason='a "quoted", reason')
    file.write_text(",".join(reversed(corrections.COLUMNS)))
    corrections.add(file, one)
    corrections.add(file, replace(one, column="note"))
    assert [(have.column, have.reason) for have in corrections.load(file)] == [
        ("value", one.reason),
        ("note", one.reason),
    ]
