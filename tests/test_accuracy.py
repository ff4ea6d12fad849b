"""How right the tables are, over all real chapters that are beside the checkout, against recorded floors.

The chapters and the facts about them are no part of the project. They are looked for in the folder that the variable
FINDINGS_SHARED names, then in ``../shared``; where there is none, these tests are skipped. Reading all chapters takes
minutes, so these tests run with ``make system``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import open_release
from flows.compare import compare
from flows.dataset import load_fields, read_dataset
from flows.publish import read_table
from tests.accuracy import SHARED, Measured, changes, expected_faults, fallen, faults, measure, recorded
from tests.causes import DOCUMENT, causes, page, rows_of
from tests.conftest import ROOT
from tests.test_questions import answers

UNOWNED = 0.0001  # share of all lines; 17 of 254,831 when this was written

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not (SHARED / "score" / "score.py").exists(), reason=f"no chapters to measure on in {SHARED} (FINDINGS_SHARED)"
    ),
]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run over every chapter."""
    output = tmp_path_factory.mktemp("accuracy")
    command: list[str | Path] = [
        sys.executable,
        "-c",
        "from flows.cli import app; app()",
        "run",
        SHARED / "reports",
        "--output",
        output,
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, 1), ended.stderr[-3000:]
    return output


@pytest.fixture(scope="module")
def measured(output: Path) -> Measured:
    """The right and the wrong facts of that run."""
    return measure(output / "tables")


def test_every_expected_chapter_is_published(output: Path) -> None:
    expected = {name.lower() for name in (SHARED / "truth" / "expect.txt").read_text().split()}
    assert expected - set(read_table(output, "documents")["doc_id"]) == set()
    assert json.loads((output / "run.json").read_text())["failures"] == []


def test_no_kind_of_fact_falls_below_its_recorded_share_in_any_year(
    measured: Measured, figures: Callable[[str], None]
) -> None:
    before = recorded()
    figures(f"accuracy: {measured.share():.2%} of {sum(measured.facts.values())} facts, recorded {before.share():.2%}")
    for line in changes(measured, before):
        figures(f"accuracy: {line}")
    assert fallen(measured, before) == []


def test_every_line_of_every_chapter_has_an_owner(output: Path, figures: Callable[[str], None]) -> None:
    quality = read_table(output, "quality")
    counts = quality.loc[quality["check"] == "lines_unowned", "message"].str.extract(r"(\d+) of (\d+)").astype(int)
    unowned, lines = int(counts[0].sum()), int(counts[1].sum())
    figures(f"lines without an owner: {unowned} of {lines} ({unowned / lines:.3%})")
    assert len(counts) == len(read_table(output, "documents"))
    assert unowned <= lines * UNOWNED


def test_only_known_faults_are_reported(output: Path) -> None:
    """Errors and rows in quarantine, by chapter; a new one is a fault of ours."""
    found = faults(read_table(output, "quality"), read_table(output, "quarantine"))
    assert found.beyond(expected_faults()) == []


def test_known_faults_that_are_mended_are_not_listed_any_more(output: Path) -> None:
    found = faults(read_table(output, "quality"), read_table(output, "quarantine"))
    assert expected_faults().beyond(found) == [], "python -m tests.accuracy TABLES --record takes them away"


def test_reissued_chapters_and_scans_give_way_to_the_newest_pdf(output: Path) -> None:
    releases = read_table(output, "releases")
    chosen = releases[releases["chosen"]]
    assert chosen["doc_id"].is_unique
    assert set(chosen["doc_id"]) == set(read_table(output, "documents")["doc_id"])
    reissued = {f"reissued/{file.name}" for file in (SHARED / "reports" / "reissued").iterdir()}
    older = releases[~releases["chosen"] & ~releases["source_path"].isin({*reissued, "text/peru-2019.txt"})]
    assert not set(chosen["source_path"]) & {*reissued, "text/peru-2019.txt"}
    assert reissued | {"text/peru-2019.txt"} <= set(releases["source_path"])
    newest = chosen.set_index("doc_id")["released"]  # one file of several territories can replace another one
    assert (older["released"] < older["doc_id"].map(newest)).all(), older["source_path"].unique()


def test_the_publisher_s_dataset_agrees(output: Path, figures: Callable[[str], None]) -> None:
    files = sorted((SHARED / "publisher").glob("*.xml"))
    fields = load_fields()
    with open_release(output) as release:
        found = compare(release, [read_dataset(file, fields) for file in files], fields)
    figures(f"publisher's dataset: {found.share(False):.2%} of numbers and answers agree, {found.kinds()}")
    assert len(found.compared) > 70
    assert (found.share(False) or 0) >= 0.99


def test_the_notebook_answers_its_questions(output: Path) -> None:
    assert [len(answer) > 0 for answer in answers(output)] == [True] * 5


def test_the_chapters_with_known_causes_have_the_rows_that_are_listed(output: Path) -> None:
    """And every test that is listed beside a cause is there."""
    listed = causes()
    now = rows_of(output / "tables", {chapter for cause in listed for chapter in cause["chapters"]})
    for cause in listed:
        for chapter, counted in cause["counts"].items():
            names = {"errors": "quality"}
            found = {table: len(now[chapter].get(names.get(table, table), ())) for table in counted}
            assert found == {table: rows for table, (_, rows, _) in counted.items()}, (cause["cause"], chapter)


def test_the_page_about_known_causes_is_current() -> None:
    listed = causes()
    assert DOCUMENT.read_text(encoding="utf-8") == page(listed)
    tests = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").glob("test_*.py"))
    assert [cause["test"] for cause in listed if f"def {cause['test']}(" not in tests] == []
