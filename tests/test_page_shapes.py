"""One chapter of an invented country in pages and texts of other shapes: the same tables, or an error."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from pathlib import Path

import pytest

from extractors import Extraction, UnreadableSource, extract
from tests.generator import SAMPLE_2024, STYLE_2024, expected, text_of
from tests.generator.web import html_of
from tests.test_properties import differences

PAGE = html_of(SAMPLE_2024, STYLE_2024)
CAPTION = re.compile(r"<p><strong>(Table \d+\. ([^<]*))</strong></p>\n(<table>.*?</table>)", re.S)
CHECKS = 'src="check.png"', 'src="x.png"'
NOTES = "</tbody></table>\n<p>* Country has no conscription</p>\n<p>† Country has no standing military</p>"
YEARS = "<tr><th>Overview of Labor Law Enforcement</th><th>2023</th><th>2024</th></tr>"


def read(page: str | bytes, tmp_path: Path, name: str = "arvenia.html") -> Extraction:
    path = tmp_path / name
    path.write_bytes(page.encode() if isinstance(page, str) else page)
    (found,) = extract(path)
    return found


def signs(tick: str, cross: str) -> str:
    return PAGE.replace("<td>✓</td>", f"<td>{tick}</td>").replace("<td>✗</td>", f"<td>{cross}</td>")


def captions(form: str) -> str:
    return CAPTION.sub(form, PAGE)


def main_in(before: str, after: str) -> str:
    return PAGE.replace('<main id="main">', before).replace("</main>", after)


def with_roles() -> str:
    """The table of agencies, which has no cell over several rows, made of other elements."""

    def other(match: re.Match[str]) -> str:
        text = re.sub("</(table|tr|td|th)>", "</div>", re.sub("</?t(head|body)>", "", match[0]))
        for tag, role in (("table", "table"), ("tr", "row"), ("td", "cell"), ("th", "columnheader")):
            text = text.replace(f"<{tag}>", f'<div role="{role}">')
        return text

    return re.sub(r"<table><thead><tr><th>Organization.*?</table>", other, PAGE, flags=re.S)


def definitions() -> str:
    def other(match: re.Match[str]) -> str:
        rows = re.findall("<tr><td>(.*?)</td><td>(.*?)</td></tr>", match[0])
        return f"<dl>{''.join(f'<dt>{term}</dt><dd>{text}</dd>' for term, text in rows)}</dl>"

    return re.sub(r"<table><thead><tr><th>Organization.*?</table>", other, PAGE, flags=re.S)


def terms(with_heads: bool) -> str:
    """The table of labor law enforcement as a list of terms with two cells each."""

    def other(match: re.Match[str]) -> str:
        rows = re.findall("<tr><t[hd]>(.*?)</t[hd]><t[hd]>(.*?)</t[hd]><t[hd]>(.*?)</t[hd]></tr>", match[0])
        return f"<dl>{''.join(f'<dt>{a}</dt><dd>{b}</dd><dd>{c}</dd>' for a, b, c in rows[not with_heads :])}</dl>"

    return re.sub(r"<table><thead><tr><th>Overview of Labor.*?</table>", other, PAGE, flags=re.S)


SHAPES: dict[str, str | bytes] = {
    "captions without numbers": captions(r"<p><strong>\2</strong></p>\3"),
    "captions in the first row": CAPTION.sub(
        lambda m: m[3].replace("<tr>", f'<tr><th colspan="9">{m[1]}</th></tr><tr>', 1), PAGE
    ),
    "tables in details": captions(r"<details><summary>\1</summary>\3</details>"),
    "tables in figures": captions(r"<figure><figcaption>\1</figcaption>\3</figure>"),
    "tables in tables": captions(r"<p><b>\1</b></p><table><tr><td>\3</td></tr></table>"),
    "tables in cells": re.sub(r"<td>([^<]{20,})</td>", r"<td><table><tr><td>\1</td></tr></table></td>", PAGE),
    "a table around the chapter": main_in("<table><tr><td>menu</td><td>", "</td></tr></table>"),
    "boxes in boxes": main_in("<div><div>", "</div></div>").replace("<table>", "<div><table>"),
    "a form around the chapter": main_in("<form><div>", "</div></form>"),
    "a class that is a word of the page": PAGE.replace("<main ", '<main class="search no-sidebar" '),
    "headings that are buttons": re.sub("<h2>(.*?)</h2>", r"<h2><button>\1</button></h2>", PAGE),
    "a title in a header": PAGE.replace("<h1>", "<header><h1>").replace("</h1>", "</h1></header>"),
    "a list of countries above": PAGE.replace("<h1>", "<h3>Countries</h3><ul><li>Fiji</li><li>Jordan</li></ul><h1>"),
    "pictures with words": signs('<img alt="Yes">', '<img alt="No">'),
    "icons": signs('<i class="fa fa-check"></i>', '<svg aria-label="No"><path/></svg>'),
    "pictures with names": signs(f"<img {CHECKS[0]}>", f"<img {CHECKS[1]}>"),
    "notes in the table": PAGE.replace(
        NOTES,
        '<tfoot><tr><td colspan="4">* Country has no conscription<br>† Country has no standing military</td>'
        "</tr></tfoot></table>",
    ),
    "a header of two rows": PAGE.replace(
        YEARS,
        '<tr><th rowspan="2">Overview of Labor Law Enforcement</th><th colspan="2">Year</th></tr>'
        "<tr><th>2023</th><th>2024</th></tr>",
    ),
    "a table in two parts": PAGE.replace("<tr><td>Attending", "</tbody></table><table><tbody><tr><td>Attending"),
    "roles": with_roles(),
    "a row below the end of its table": PAGE.replace("<tr><td>Attending", "</tbody></table><tr><td>Attending"),
    "a header that is repeated": PAGE.replace(
        "<tr><td>Hazardous", "<tr><td>Children</td><td>Age</td><td>Percent and Population</td></tr><tr><td>Hazardous"
    ),
    "headers that are buttons": re.sub("<th>(.*?)</th>", r"<th><button>\1</button></th>", PAGE),
    "words for the eye or the ear": PAGE.replace(
        "<td>91.0%</td>", '<td><span class="sr-only">Percent</span><span aria-hidden="true">91.0%</span></td>'
    ).replace("<td>9.3%</td>", '<td><b style="position: absolute; left: -9999px">Percent</b>9.3%</td>'),
    "links between sections": PAGE.replace(
        "<h2>", '<ul><li><a href="/share">Share</a></li></ul><p><a href="#top">Back to top</a></p><h2>'
    ),
    "parts that a search opens": re.sub("<table>", '<table hidden="until-found">', PAGE),
    "a list of definitions": definitions(),
    "a list of definitions with heads": terms(with_heads=True),
    "another encoding than declared": PAGE.replace("utf-8", "iso-8859-1").encode(),
    "no end tags, no doctype": re.sub("</(td|tr|th|p|li)>|<!DOCTYPE html>", "", PAGE),
}


TWO_IN_ONE = re.sub(
    r"(<tr><th>Organization.*?<tr><td>.*?)</td><td>(.*?)</td></tr>\s*<tr><td>(.*?)</td><td>",
    r"\1; \3</td><td>\2; ",
    PAGE,
    count=1,
    flags=re.S,
)


@pytest.mark.parametrize("shape", SHAPES)
def test_pages_of_other_shapes_give_the_same_rows(shape: str, tmp_path: Path) -> None:
    page = SHAPES[shape]
    assert page != PAGE
    found = read(page, tmp_path)
    assert differences(found, SAMPLE_2024, expected(SAMPLE_2024, STYLE_2024)) == []
    assert [row["message"] for row in found.tables["quality"] if row["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (PAGE.replace("<tr><td>Attending", "<tr hidden><td>Attending"), ("hidden_text", "warning")),
        (PAGE.replace("<p>The laws of", "<p hidden>The laws of"), ("hidden_text", "warning")),
        (re.sub("<tr><td>(Min|Harb)", r"<tr><td>Agency: \1", PAGE), ("column_unfit", "error")),
        (PAGE.replace("<td>91.0%</td>", '<td class="n91"></td>'), ("cell_missing", "warning")),
        (terms(with_heads=False), ("table_unread", "error")),
        (TWO_IN_ONE, ("column_unfit", "error")),
    ],
    ids=[
        "a hidden row",
        "a hidden paragraph",
        "a label in each cell",
        "a value that a style sheet shows",
        "a list of terms without heads",
        "two rows in one",
    ],
)
def test_what_a_page_does_not_show_or_shows_twice_is_said(page: str, said: tuple[str, str], tmp_path: Path) -> None:
    found = read(page, tmp_path)
    assert said in [(row["check"], row["severity"]) for row in found.tables["quality"]]


def test_a_web_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="MHTML"):
        read(f"MIME-Version: 1.0\nContent-Type: multipart/related\n\n{PAGE}", tmp_path)


def test_a_picture_that_no_word_explains_is_an_error(tmp_path: Path) -> None:
    found = read(signs('<img src="a1.png">', ""), tmp_path)
    errors = [row["message"] for row in found.tables["quality"] if row["check"] == "table_unread"]
    assert [message.partition(";")[0] for message in errors] == [
        "5 cells of this table hold a picture and no words",
        "6 cells of this table hold a picture and no words",
    ]


TEXT = text_of(SAMPLE_2024, STYLE_2024)
MENU, END = (
    "Skip to main content\nTopics\nFiji\nJordan\n\n",
    "\n\nChild Labor and Forced Labor Reports\n\nFiji\n\nKelp\n",
)
TITLED = re.sub(r"^[IV]+\. (.*)$", lambda match: match[1].title(), TEXT, flags=re.M)


def with_commas(text: str) -> str:
    """The text with commas between the cells, as a program writes them that keeps tables."""
    written = io.StringIO()
    for line in text.split("\n"):
        if "\t" in line:
            csv.writer(written, lineterminator="\n").writerow(line.split("\t"))
        else:
            written.write(f"{line}\n")
    return written.getvalue()


TEXTS = {
    "cells between commas": with_commas(TEXT),
    "captions without numbers": re.sub(r"^Table \d+\. ", "", TEXT, flags=re.M),
    "headings without number and capitals": TITLED,
    "headings and captions without numbers": re.sub(r"^Table \d+\. ", "", TITLED, flags=re.M),
    "the site's menu above, its lists below": f"{MENU}{TEXT}{END}",
    "lines of eighty letters": "\n".join(
        line if "\t" in line else textwrap.fill(line, 80) for line in TEXT.split("\n")
    ),
}


@pytest.mark.parametrize("shape", TEXTS)
def test_texts_of_other_shapes_give_the_same_rows(shape: str, tmp_path: Path) -> None:
    found = read(TEXTS[shape], tmp_path, "arvenia.txt")
    assert differences(found, SAMPLE_2024, expected(SAMPLE_2024, STYLE_2024)) == []


@pytest.mark.parametrize("first", [TEXT, TEXT.partition("III. ENF")[0]], ids=["whole", "cut"])
def test_a_chapter_that_stands_twice_in_a_text_is_not_published_twice(first: str, tmp_path: Path) -> None:
    """Without citations the first copy has no reference list that would end it."""
    (tmp_path / "twice.txt").write_text(f"{first}\n{TEXT}", encoding="utf-8")
    if first != TEXT:
        with pytest.raises(UnreadableSource, match="begin again"):
            extract(tmp_path / "twice.txt")
        return
    (found,) = extract(tmp_path / "twice.txt")
    assert differences(found, SAMPLE_2024, expected(SAMPLE_2024, STYLE_2024)) == []
    (error,) = [row["message"] for row in found.tables["quality"] if row["severity"] == "error"]
    assert "a second chapter xav-2024" in error


def test_a_chapter_below_the_name_of_a_part_that_is_none_is_an_error(tmp_path: Path) -> None:
    """Only its first part, up to the name, is published."""
    text = TEXT.replace("II. LEGAL FRAMEWORK", "Glossary\n\nII. LEGAL FRAMEWORK", 1)
    found = read(text, tmp_path, "arvenia.txt")
    errors = [row["message"] for row in found.tables["quality"] if row["check"] == "part_left_out"]
    assert ["sections of a chapter are below 'Glossary'" in error for error in errors] == [True]


LEVEL = "made moderate advancement in efforts to eliminate such work."
OPENINGS = [
    ("2024 Findings on the Worst Forms of Child Labor: Arvenia|No Assessment",
     "For the 2024 reporting period, no assessment has been made regarding the invented Arvenia.",
     ("xav-2024", "No Assessment", "")),
    ("Arvenia|2024 Findings on the Worst Forms of Child Labor:|Minimal Advancement – Regression in Dives",
     f"In 2024, Arvenia {LEVEL}", ("xav-2024", "Minimal Advancement", "Regression in Dives")),
    ("Morocco, including Western Sahara|Moderate Advancement", f"In 2024, Morocco {LEVEL}",
     ("mar-2024", "Moderate Advancement", "")),
    ("Turkey (Türkiye)|Moderate Advancement", f"In 2023, Türkiye {LEVEL}", ("tur-2023", "Moderate Advancement", "")),
    ("", "Although research found no evidence that child labor exists in Fiji, in 2024, the government made minimal "
     "advancement in an invented way.", ("fji-2024", "Minimal Advancement", "")),
    ("2024 Findings on the Worst Forms of Child Labor: Arvenia", f"Arvenia {LEVEL} All this was in 2024.",
     ("xav-2024", "Moderate Advancement", "")),
]  # fmt: skip


@pytest.mark.parametrize("suffix", ["txt", "html"])
@pytest.mark.parametrize(("title", "opening", "known"), OPENINGS, ids=[opening[:25] for _, opening, _ in OPENINGS])
def test_a_chapter_is_known_by_its_beginning(
    title: str, opening: str, known: tuple[str, str, str], suffix: str, tmp_path: Path
) -> None:
    lines = [*filter(None, title.split("|")), opening]
    if suffix == "txt":
        text = "\n\n".join([*lines, TEXT[TEXT.index("I. PREV") :]])
    else:
        tags = [f"<h{at}>{line}</h{at}>" for at, line in enumerate(lines[:-1], 1)]
        start, end = PAGE.index("<h1>"), PAGE.index("<h2>I. PREV")
        text = f"{PAGE[:start]}{''.join(tags)}<p>{opening}</p>{PAGE[end:]}"
    found = read(text, tmp_path, f"beginning.{suffix}")
    document = found.tables["documents"][0]
    assert (found.doc_id, document["assessment"], document["assessment_note"]) == known
    assert document["summary"] == opening
    assert (len(found.tables["statistics"]), len(found.tables["legal_standards"])) == (12, 12)
