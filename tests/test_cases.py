"""Sixteen small inputs that an earlier version failed on, where they stand beside the checkout (``cases/``).

Each of them is the invented chapter of ``raw/`` with one change; ``expected.md`` beside it says what is right. A test
ends with ``right`` (the tables are those of the sound chapter, or as the text asks) or ``said`` (an error names what is
missing, as the text allows); anything else fails. The results are shown below the test results.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from extractors import Extraction, extract
from flows.publish import read_table
from tests.accuracy import SHARED
from tests.conftest import ROOT
from tests.verdicts import NOT_COMPARED, look

CASES = SHARED / "cases"
COMMAND = [sys.executable, "-c", "from flows.cli import app; app()"]
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not CASES.is_dir(), reason=f"no cases in {CASES} (FINDINGS_SHARED)"),
]


def in_parentheses(rows: Iterable[str]) -> list[str]:
    """The rows as they would be with citations in parentheses: some columns keep them as printed."""
    return sorted(re.sub(r"\[([\d,– -]+)\]", r"(\1)", row) for row in rows)


def findings(chapters: Iterable[Extraction], check: str) -> list[str]:
    """The messages of one check."""
    return [row["message"] for chapter in chapters for row in chapter.tables["quality"] if row["check"] == check]


def run(*words: str | Path, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command of findings to its end."""
    return subprocess.run([*COMMAND, *words], capture_output=True, check=False, cwd=ROOT, **settings)


@pytest.mark.parametrize(
    ("case", "check"),
    [
        ("bold_struck_twice/bold.pdf", ""),
        ("citations_in_brackets/brackets.txt", ""),
        ("citations_in_brackets/range-with-to.txt", ""),
        ("continuation_without_header/laws.pdf", ""),
        ("correction_as_annotation/note.pdf", "annotation_text"),
        ("hyphen_at_line_end/hyphen.txt", ""),
        ("layer_switched_off/layer.pdf", ""),
        ("marked_cell/one-cell.pdf", ""),
        ("marked_cell/one-row.pdf", ""),
        ("printed_on_a4/a4.pdf", ""),
        ("stamp_in_the_margin/stamp.pdf", "turned_text"),
        ("watermark/draft.pdf", "turned_text"),
    ],
)
def test_every_row_is_that_of_the_sound_chapter(case: str, check: str, figures: Callable[[str], None]) -> None:
    found, chapters = look(CASES / case, NOT_COMPARED)
    sound, _ = look(ROOT / "raw" / f"arvenia-2019{Path(case).suffix}", NOT_COMPARED)
    assert found.rows.keys() == sound.rows.keys()
    for table, rows in sound.rows.items():
        assert in_parentheses(found.rows[table]) == in_parentheses(rows), table
    assert not check or findings(chapters, check)
    assert found.new_errors(sound) == set()
    figures(f"case {case}: right{f', with {check}' if check else ''}")


def test_three_countries_in_one_file_are_three_chapters(figures: Callable[[str], None]) -> None:
    chapters = extract(CASES / "several_countries_in_one_file" / "report.pdf")
    assert [chapter.doc_id for chapter in chapters] == ["xav-2019", "fji-2019", "jor-2019"]
    assert [len(chapter.tables["enforcement"]) for chapter in chapters] == [52, 52, 52]
    assert [len(chapter.tables["legal_standards"]) for chapter in chapters] == [12, 12, 12]
    figures("case several_countries_in_one_file: right")


def test_other_forms_of_dates_and_addresses_are_read(figures: Callable[[str], None]) -> None:
    (chapter,) = extract(CASES / "reference_forms" / "forms.txt")
    french, spanish, doi, blanks, numeric = chapter.tables["references"][:5]
    assert (french["date"], french["date_iso"]) == ("14 mars 2019", "2019-03-14")
    assert (spanish["date"], spanish["date_iso"]) == ("5 de mayo de 2018", "2018-05-05")
    assert doi["doi"]
    assert blanks["url"].startswith("http://www.gov.arvenia.example/laws/E050-Employment")
    assert findings([chapter], "url_damaged") or " " not in blanks["url"]
    assert (numeric["date"], numeric["date_iso"]) == ("30.06.2019", "2019-06-30")
    figures("case reference_forms: right")


def test_a_reissue_that_is_dated_by_the_day_is_the_newer_one(tmp_path: Path, figures: Callable[[str], None]) -> None:
    assert run("run", CASES / "reissue_dated_by_day", "--output", tmp_path).returncode == 0
    releases = read_table(tmp_path, "releases")
    assert list(releases.loc[releases["chosen"], "source_path"]) == ["reissue.pdf"]
    figures("case reissue_dated_by_day: right")


def test_a_file_name_that_is_not_utf8(tmp_path: Path, figures: Callable[[str], None]) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    shutil.copy(ROOT / "raw" / "arvenia-2019.pdf", sources / os.fsdecode(b"C\xf4te.pdf"))
    shutil.copy(CASES / "several_countries_in_one_file" / "report.pdf", sources / "good.pdf")
    assert run("run", sources, "--output", tmp_path / "out").returncode in (0, 1)
    paths = set(read_table(tmp_path / "out", "documents")["source_path"])
    assert paths == {"C\\xf4te.pdf", "good.pdf"}
    figures(f"case name_not_utf8: right, {sorted(paths)}")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented chapter as it is published."""
    output = tmp_path_factory.mktemp("published")
    assert run("run", "raw", "--output", output).returncode == 0
    return output


def test_a_terminal_that_takes_ascii_only(published: Path, figures: Callable[[str], None]) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    shown = run("show", "xav-2019", "legal_standards", "--output", published, env=environment)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.isascii()
    assert b"\\u" in shown.stdout
    figures("case terminal_without_utf8: right")


def test_the_database_is_of_a_form_that_duckdb_1_0_reads(published: Path, figures: Callable[[str], None]) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{published / 'findings.duckdb'}' AS published (READ_ONLY)")
        found = connection.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'published'").fetchall()
    tags = found[0][0]
    assert tags["storage_version"] in ("v1.0.0+", "v1.0.0 - v1.1.3")
    figures(f"case database_for_older_clients: right, storage version {tags['storage_version']}")
