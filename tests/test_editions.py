"""What `../shared/editions.md` quotes of the editions for 2022 to 2024 is read right. Without that file it is skipped.

The words are read from there when the tests run, and stand in a chapter of the invented country.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extractors import Extraction, extract
from extractors.rules import country_code, current, fold, label_code
from tests.accuracy import SHARED
from tests.generator import SAMPLE_2024, STYLE_2024, text_of

QUOTES = SHARED / "editions.md"
TEXT = text_of(SAMPLE_2024, STYLE_2024)
OPENING = next(line for line in TEXT.split("\n") if line.startswith("In 2024, Arvenia"))
ADVANCED = "made moderate advancement in efforts to prevent the worst forms of child labor."


@pytest.fixture(scope="module")
def seen() -> dict[str, str]:
    """The part of a chapter -> what was seen of it."""
    if not QUOTES.is_file():
        pytest.skip(f"no quotes of the editions for 2022 to 2024 in {SHARED} (FINDINGS_SHARED)")
    rows = [line.strip("| ").split(" | ") for line in QUOTES.read_text(encoding="utf-8").splitlines() if "|" in line]
    return {row[0].strip(): row[1] for row in rows if len(row) == 2}


def read(text: str, folder: Path) -> Extraction:
    path = folder / "arvenia.txt"
    path.write_text(text, encoding="utf-8")
    (found,) = extract(path)
    return found


def quoted(text: str) -> list[str]:
    return re.findall(r'"([^"]+)"', text)


def test_the_quoted_openings_tell_country_and_year(seen: dict[str, str], tmp_path: Path) -> None:
    openings = [words for words in quoted(seen["identity"]) if words.endswith("...")]
    assert len(openings) == 3
    for words in openings:
        begun = re.sub(r"\bX\b", "Arvenia", words.removesuffix("...").strip())
        rest = "Arvenia " if "Arvenia" not in begun else ""
        whole = f"{begun} {rest}{'' if begun.endswith('made') or 'no assessment' in begun else ADVANCED}".strip()
        year = re.findall(r"20\d\d", words)[0]
        text = TEXT.replace("2024 Findings", f"{year} Findings").replace(OPENING, whole.removesuffix(".") + ".")
        assert read(text, tmp_path).doc_id == f"xav-{year}"


def test_the_quoted_names_are_those_of_countries(seen: dict[str, str]) -> None:
    text = QUOTES.read_text(encoding="utf-8")
    names = [name for name in quoted(text) if re.search(r"Gambia|Türkiye|Sahara", name)]
    assert len(names) >= 2
    assert [country_code(name.removeprefix("one chapter ")) for name in names].count(None) == 0


@pytest.mark.parametrize("part", ["statistics", "standards"])
def test_the_quoted_headers_name_the_columns(part: str, seen: dict[str, str], tmp_path: Path) -> None:
    table = {"statistics": "statistics", "standards": "legal_standards"}[part]
    headers = [header for header in re.findall(r"`([^`]+)`", seen[part]) if header.count(",") >= 2]
    assert headers
    first = {"statistics": "Children\t", "standards": "Standard\t"}[part]
    [own] = [line for line in TEXT.split("\n") if line.startswith(first)]
    whole = read(TEXT, tmp_path).tables[table]
    for header in headers:
        found = read(TEXT.replace(own, "\t".join(header.split(", "))), tmp_path)
        assert found.tables[table] == [
            {**row, "line": other["line"]} for row, other in zip(whole, found.tables[table], strict=True)
        ]


def test_the_quoted_cells_of_statistics_have_their_values(seen: dict[str, str], tmp_path: Path) -> None:
    cells = [cell for cell in quoted(seen["statistics"]) if "%" in cell or cell == "Unavailable"]
    assert len(cells) >= 3
    for cell in cells:
        found = read(TEXT.replace("12.6% (6,567)", cell), tmp_path)
        row = found.tables["statistics"][0]
        percent = re.match(r"([\d.]+)%", cell)
        people = re.search(r"\((\d[\d,]*)\)", cell)
        assert row["percent"] == (float(percent[1]) if percent else None)
        assert row["population"] == (int(people[1].replace(",", "")) if people else None)


def test_the_quoted_labels_are_known(seen: dict[str, str]) -> None:
    printed = re.search(r"rows (.*?)\. Cells", seen["statistics"])
    assert printed
    for label in printed[1].split("; "):
        words = label.partition("(")[0].strip()
        assert label_code("statistics", words) or label_code("subgroups", words), label
    standards = [words for words in quoted(seen["standards"]) if words.startswith("Prohibition")]
    assert standards
    assert all(label_code("legal_standards", words) for words in standards)
    headings = [
        words for row in seen.values() for words in quoted(row) if words.startswith(("Children at", "Barriers"))
    ]
    assert headings
    assert all(fold(words) in current().headings.subsections for words in headings)


def test_the_quoted_answers_of_standards_are_read(seen: dict[str, str], tmp_path: Path) -> None:
    answers = [words for words in quoted(seen["standards"]) if words.startswith("N/A")]
    signs = re.findall(r"[✓✗]", seen["standards"])
    assert (len(answers), signs) == (2, ["✓", "✗"])
    wanted = dict.fromkeys(answers, "N/A") | {"✓": "Yes", "✗": "No"}
    for cell, status in wanted.items():
        found = read(TEXT.replace("Minimum Age for Work\t15\t✓", f"Minimum Age for Work\t15\t{cell}"), tmp_path)
        assert found.tables["legal_standards"][0]["status"] == status
