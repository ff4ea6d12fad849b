"""Every recipe of CONTRIBUTING.md is carried out as it is written there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import schemas
from extractors import extract
from flows.wording import use_rules
from tests.conftest import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = {part.split("\n", 1)[0]: part for part in re.split(r"^## \d\. ", TEXT, flags=re.M)[1:]}
BLOCK = re.compile(r"<!-- (\w+): ([^\s,]+)(?:, (\w+))? -->\n```\w+\n(.*?)```", re.S)
SAMPLE = (ROOT / "raw" / "arvenia-2019.txt").read_text(encoding="utf-8")


def carry_out(recipe: str, root: Path) -> None:
    """Write the files of a recipe below ``root``, and put its lines where it says."""
    blocks = BLOCK.findall(RECIPES[recipe])
    assert blocks, recipe
    for what, name, place, block in blocks:
        file = root / name
        if what == "file":
            file.parent.mkdir(exist_ok=True)
            file.write_text(block, encoding="utf-8")
            continue
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (at,) = [n for n, line in enumerate(lines) if re.match(rf"{place}\b.*\{{$", line)]
        lines.insert(at + (what == "line"), block)
        file.write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def overlay(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "rules"
    use_rules(None)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages in a folder of their own, where a recipe may change them."""
    for package in ("extractors", "flows", "review", "schemas"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def python(folder: Path, code: str) -> str:
    """Run code with the packages of a folder, and return what it prints."""
    ended = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def sample(folder: Path, *changes: tuple[str, str]) -> Path:
    """The raw text of Arvenia with some words replaced; each must be there."""
    text = SAMPLE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file = folder / "arvenia-2019.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_there_are_five_recipes() -> None:
    assert list(RECIPES) == [
        "A new wording",
        "A new table",
        "A new column",
        "A new reader",
        "A new output format",
    ]


def test_a_new_wording(overlay: Path, tmp_path: Path) -> None:
    carry_out("A new wording", tmp_path)
    title = "Key Social Programs to Address Child Labor"
    source = sample(
        tmp_path,
        (title, "Key Schemes Against Child Labor"),
        ("Program\tDescription", "Scheme\tDescription"),
        ("\nSocial Programs\t", "\nSocial Schemes\t"),
    )
    (before,) = extract(source)
    use_rules(overlay)
    (after,) = extract(source)
    assert [len(one.tables["programs"]) for one in (before, after)] == [0, 3]
    assert [row["severity"] for row in before.tables["quality"] if row["check"] == "table_unknown"] == ["error"]
    areas = [{row["area"] for row in one.tables["suggested_actions"]} for one in (before, after)]
    assert "social_programs" in areas[1] - areas[0]


def test_a_new_table(overlay: Path, tmp_path: Path) -> None:
    carry_out("A new table", tmp_path)
    printed = "Table 1b. Child Labor Indicators by Region\n\nRegion\tChildren\tPercent\nVelmora (2)\t1,200\t4.5\n\n"
    source = sample(tmp_path, ("Figure 1. Working", f"{printed}Figure 1. Working"))
    use_rules(overlay)
    (extraction,) = extract(source)
    (row,) = extraction.tables["child_labor_indicators"]
    assert (row["region"], row["children"], row["percent"]) == ("Velmora", 1200, 4.5)
    assert "child_labor_indicators" in schemas.TABLES
    assert "## child_labor_indicators" in schemas.dictionary()


def test_a_new_column(overlay: Path, tmp_path: Path) -> None:
    carry_out("A new column", tmp_path)
    lines = SAMPLE.splitlines()
    at = lines.index("Organization/Agency\tRole")
    source = sample(tmp_path, (lines[at], f"{lines[at]}\tSeat"), (lines[at + 1], f"{lines[at + 1]}\tNorthport"))
    use_rules(overlay)
    (extraction,) = extract(source)
    assert extraction.tables["agencies"][0]["seat"] == "Northport"
    assert "seat" in schemas.TABLES["agencies"].to_schema().columns


def test_a_new_reader(copy: Path) -> None:
    carry_out("A new reader", copy)
    texts = [
        "In 2031, Arvenia, a country that is invented, made a moderate advancement in eliminating such work.",
        "I. PREVALENCE AND SECTORAL DISTRIBUTION OF CHILD LABOR",
        "Children in Arvenia herd goats.",
    ]
    (copy / "arvenia.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    code = (
        "from pathlib import Path; from extractors import extract; from flows.sources import find_sources;"
        "([file], _) = find_sources([Path('arvenia.jsonl')]); (one,) = extract(file.path);"
        "print(one.doc_id, [row['text'] for row in one.tables['paragraphs']])"
    )
    assert python(copy, code).strip() == f"xav-2031 {[texts[0], texts[2]]}"


def test_a_new_output_format(copy: Path) -> None:
    carry_out("A new output format", copy)
    shutil.copytree(ROOT / "tests", copy / "tests", ignore=shutil.ignore_patterns("__pycache__", "bad_inputs"))
    code = (
        "from pathlib import Path; import schemas; from tests.conftest import arvenia;"
        "from tests.releasing import publish_whole;"
        "publish_whole(schemas.validate([arvenia()]).tables, {}, Path('output'));"
        "print(*sorted({p.suffix for p in Path('output/tables').iterdir()}))"
    )
    assert python(copy, code).split() == [".csv", ".jsonl", ".parquet"]
    first = json.loads((copy / "output" / "tables" / "programs.jsonl").read_text("utf-8").splitlines()[0])
    assert (first["doc_id"], first["row"]) == ("xav-2019", 1)
