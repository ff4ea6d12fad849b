"""How right the tables are, over all real chapters that stand beside the checkout, against recorded floors.

The chapters and the facts about them are no part of the project. They are looked for in the folder that the variable
FINDINGS_SHARED names, then in ``../shared``; where there is none, these tests are skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from flows.publish import read_table
from tests.conftest import ROOT

SHARED = Path(os.environ.get("FINDINGS_SHARED") or ROOT.parent / "shared")
FLOORS: dict[str, float] = json.loads((ROOT / "tests" / "accuracy_floor.json").read_text())

pytestmark = pytest.mark.skipif(
    not (SHARED / "score" / "score.py").exists(), reason=f"no chapters to measure on in {SHARED} (FINDINGS_SHARED)"
)


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
def score(output: Path) -> dict[str, dict[str, int]]:
    """The scorer's count of facts, and of right ones, for each kind of fact."""
    command: list[str | Path] = [
        sys.executable,
        SHARED / "score" / "score.py",
        output / "tables",
        "--json",
        output / "score",
    ]
    command += [
        "--truth",
        SHARED / "truth/truth.csv",
        "--expect",
        SHARED / "truth/expect.txt",
        "--gold",
        SHARED / "gold",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    result: dict[str, dict[str, int]] = json.loads((output / "score").read_text())
    return result


def test_every_expected_chapter_is_published(output: Path) -> None:
    expected = {name.lower() for name in (SHARED / "truth" / "expect.txt").read_text().split()}
    assert expected - set(read_table(output, "documents")["doc_id"]) == set()
    assert json.loads((output / "run.json").read_text())["failures"] == []


def test_accuracy_is_over_the_floors(
    output: Path, score: dict[str, dict[str, int]], figures: Callable[[str], None]
) -> None:
    shares = {kind: count["right"] / count["facts"] for kind, count in score.items()}
    right, facts = (sum(count[key] for count in score.values()) for key in ("right", "facts"))
    figures(f"accuracy: {right} of {facts} facts ({right / facts:.2%}); {len(FLOORS)} floors")
    fallen = {kind: (shares.get(kind, 0.0), floor) for kind, floor in FLOORS.items() if shares.get(kind, 0.0) < floor}
    assert not fallen, f"share, floor: {fallen}"


def test_no_row_of_a_real_chapter_is_in_quarantine(output: Path) -> None:
    quarantine = read_table(output, "quarantine")
    counted = quarantine.groupby(["doc_id", "table", "reason"]).size()
    assert counted.empty, counted.sort_values(ascending=False).head(20).to_string()


def test_reissued_chapters_and_scans_give_way_to_the_newest_pdf(output: Path) -> None:
    releases = read_table(output, "releases")
    chosen = releases[releases["chosen"]]
    assert chosen["doc_id"].is_unique
    assert set(chosen["doc_id"]) == set(read_table(output, "documents")["doc_id"])
    left: pd.Series[str] = releases[~releases["chosen"]]["source_path"]
    reissued = {f"reissued/{file.name}" for file in (SHARED / "reports" / "reissued").iterdir()}
    assert set(left) == reissued | {"text/peru-2019.txt"}
