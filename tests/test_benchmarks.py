"""The benchmarks run, and the comparison of the two feeds sees what differs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pytest

from benchmarks import feed, removal
from benchmarks.peers import shaped, share
from benchmarks.sameness import differences, same_words
from extractors.names import aliases
from extractors.readers.content import plain_content
from tests.conftest import ROOT
from tests.generator import LAYOUTS, SAMPLE, draw_pdf
from tests.pages import document


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    draw_pdf(SAMPLE, folder / "arvenia.pdf", LAYOUTS[-1])
    return folder


@pytest.mark.system
@pytest.mark.parametrize(
    ("module", "options", "says"),
    [
        ("sameness", ("--rounds", "1", "--workers", "1"), "0 differences"),
        ("memory", ("--pages", "200"), "each page adds"),
    ],
)
def test_a_benchmark_runs(module: str, options: tuple[str, ...], says: str, reports: Path) -> None:
    command = [sys.executable, "-m", f"benchmarks.{module}", str(reports), *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert says in ended.stdout


def test_a_moved_glyph_and_a_changed_shape_are_seen() -> None:
    stream = b"BT /F1 9 Tf 72 700 Td (amber) Tj ET 10 10 50 20 re f"
    with pdfplumber.open(document(stream)) as pdf:
        page = pdf.pages[0]
        plain, other = plain_content(page), plain_content(page)
        assert differences(plain, other) == []
        moved = replace(plain.runs[2], x0=[plain.runs[2].x0[0] + 1e-12])
        other.runs[2] = moved
        assert differences(other, plain) == ["glyphs"]
        other.runs[2] = replace(moved, x0=plain.runs[2].x0, texts=["B"])
        assert differences(other, plain) == ["glyphs", "marks"]
        other.runs[2] = plain.runs[2]
        other.rects[0] = replace(plain.rects[0], x1=plain.rects[0].x1 + 1)
        assert differences(other, plain) == ["rects", "marks"]
        words, known = feed.words(plain), page.extract_words(extra_attrs=["fontname", "size"])
        assert same_words(words, known)
        assert not same_words([replace(words[0], x1=words[0].x1 + 1e-5)], known)
        assert not same_words([replace(words[0], font="Other")], known)
        assert not same_words([], known)


def test_words_and_tables_of_peers_are_counted() -> None:
    assert share([["a", "b"], []], [["b", "a", "c"], ["d"]]) == 0.5
    grids = [("a.pdf", 0, 5, 3), ("a.pdf", 0, 5, 3), ("a.pdf", 1, 4, 2)]
    assert shaped([["a.pdf", 0, 5, 3], ["a.pdf", 1, 5, 2]], grids) == 2
    assert shaped([["a.pdf", 0, 7, 3], ["a.pdf", 1, 4, 3], ["b.pdf", 0, 5, 3]], grids) == 0


@pytest.mark.slow
def test_a_rule_of_the_names_is_switched_off_and_on_again() -> None:
    rules = {rule.text: rule for rule in removal.rules_of(aliases)}
    rule = rules["word in words().national"]
    assert aliases.nation("Federal")
    with removal.replaced(rule.function, rule.without):
        assert not aliases.nation("Federal")
    assert aliases.nation("Federal")
