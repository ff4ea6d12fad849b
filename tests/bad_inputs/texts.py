"""Bad raw texts: the invented chapter in other encodings, damaged, shuffled; and what is no text."""

from __future__ import annotations

import functools
import gzip
import random
import re
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

from tests.generator import SAMPLE, write_text
from tests.verdicts import Kind


@functools.cache
def chapter_text() -> str:
    """The sound chapter as a raw text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        write_text(SAMPLE, path)
        return path.read_text(encoding="utf-8")


def written(change: Callable[[str], str | bytes], name: str = "a.txt") -> Callable[[Path], Path]:
    """A maker: the chapter's text, changed."""

    def make(folder: Path) -> Path:
        path = folder / name
        data = change(chapter_text())
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        return path

    return make


def foreign(data: str | bytes) -> Callable[[Path], Path]:
    return written(lambda _: data)


PLAIN_SIGNS = str.maketrans("’“”–—†‡", '\'""--**')


def latin(text: str) -> str:
    """What a one-byte encoding can hold of it."""
    plain = text.translate(PLAIN_SIGNS)
    return plain.encode("latin-1", "ignore").decode("latin-1")


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


def shuffled(text: str) -> str:
    parts = paragraphs(text)
    random.Random(3).shuffle(parts)
    return "\n\n".join(parts)


def between(text: str, first: str, last: str) -> str:
    """The text without what stands from one pattern to the next."""
    out = re.sub(rf"(?ms)^{first}.*?(?=^{last})", "", text, count=1)
    assert out != text, first
    return out


def every(step: int, sign: str) -> Callable[[str], str]:
    """A sign put behind every so many letters."""
    return lambda text: re.sub(rf"([a-z]{{{step}}})", rf"\1{sign}", text)


LETTER = "Dear Sir or Madam,\n\nthank you for your letter about amber.\n\nYours\n"
CAPTIONS = "\n\n".join(f"Table {n}. Overview of Children’s Work" for n in range(5_000))

KINDS: tuple[Kind, ...] = (
    # what is no text
    Kind("text: empty", foreign(b""), fails="is empty"),
    Kind("text: blanks only", foreign(" \n\t\r\n"), fails="is empty"),
    Kind("text: a PDF", foreign(b"%PDF-1.7\n%%EOF"), fails="is a PDF"),
    Kind("text: a program", foreign(b"\x7fELF" + random.Random(1).randbytes(40_000)), fails="is binary"),
    Kind(
        "text: a packed file",
        foreign(gzip.compress(b"Arvenia" * 1000, mtime=0)),
        fails="is binary|not a chapter|no letters",
    ),
    Kind("text: a ZIP archive", foreign(b"PK\x03\x04" + bytes(100)), fails="is a ZIP archive"),
    Kind("text: a picture", foreign(b"\x89PNG\r\n\x1a\n" + bytes(100)), fails="is a picture"),
    Kind("text: only NUL bytes", foreign(bytes(10_000)), fails="is binary|no letters|is empty"),
    Kind("text: digits only", foreign("1 2 3\n4 5 6\n"), fails="holds no letters"),
    Kind("text: a letter", foreign(LETTER), fails="not a chapter"),
    Kind("text: JSON", foreign('{"country": "Arvenia", "year": 2019}'), fails="not a chapter"),
    Kind(
        "text: a web page",
        foreign("<html><body><h1>Arvenia</h1><p>Moderate Advancement</p></body></html>"),
        fails="not a chapter",
    ),
    Kind(
        "text: another script", foreign("Арвения\n\nРаспространённость детского труда\n\n" * 50), fails="not a chapter"
    ),
    # encodings
    Kind("text: Latin-1", written(lambda text: latin(text).encode("latin-1")), altered=True),
    Kind("text: Windows-1252", written(lambda text: text.replace("✓", "†").encode("cp1252", "ignore")), altered=True),
    Kind("text: UTF-8 with a mark", written(lambda text: b"\xef\xbb\xbf" + text.encode())),
    Kind("text: UTF-16 LE with a mark", written(lambda text: b"\xff\xfe" + text.encode("utf-16-le"))),
    Kind("text: UTF-16 BE with a mark", written(lambda text: b"\xfe\xff" + text.encode("utf-16-be"))),
    Kind("text: UTF-16 LE", written(lambda text: text.encode("utf-16-le"))),
    Kind("text: UTF-16 BE", written(lambda text: text.encode("utf-16-be"))),
    Kind(
        "text: UTF-16 of an odd length",
        written(lambda text: b"\xff\xfe" + text.encode("utf-16-le")[:-1]),
        fails="is damaged",
    ),
    Kind("text: UTF-32", written(lambda text: b"\xff\xfe\x00\x00" + text.encode("utf-32-le"))),
    Kind("text: UTF-32 without a mark", written(lambda text: text.encode("utf-32-le")), fails="is binary"),
    Kind(
        "text: unpaired surrogates",
        written(lambda text: text.replace("amber", "am\ud800ber").encode("utf-8", "surrogatepass")),
        altered=True,
    ),
    Kind(
        "text: unpaired surrogates in UTF-16",
        written(lambda text: b"\xff\xfe" + text.replace("amber", "am\ud800ber").encode("utf-16-le", "surrogatepass")),
        fails="is damaged",
    ),
    Kind("text: EBCDIC", written(lambda text: text.encode("cp500", "ignore")), fails="is binary|not a chapter"),
    Kind(
        "text: misread twice",
        written(lambda text: text.encode().decode("cp1252", "replace").encode().decode("cp1252", "replace")),
        altered=True,
    ),
    Kind(
        "text: a byte in a thousand is wrong",
        written(lambda text: bytes(b if n % 1000 else 0xFF for n, b in enumerate(text.encode()))),
        fails="no report year",
    ),
    Kind(
        "text: NUL bytes here and there",
        written(lambda text: re.sub(r"(\w{700})|(?<=\.) ", "\0 ", text)),
        fails="is binary",
    ),
    # ends of lines and white space
    Kind("text: CR LF", written(lambda text: text.replace("\n", "\r\n"))),
    Kind("text: CR", written(lambda text: text.replace("\n", "\r"))),
    Kind(
        "text: ends of lines mixed",
        written(lambda text: re.sub(r"\n", lambda m: "\r\n" if m.start() % 2 else "\n", text)),
    ),
    Kind("text: no end of the last line", written(lambda text: text.rstrip("\n"))),
    Kind("text: form feeds", written(lambda text: text.replace("\n\nII", "\n\f\nII"))),
    Kind("text: no ends of lines", written(lambda text: text.replace("\n", " ")), fails="not a chapter"),
    Kind("text: no tabs", written(lambda text: text.replace("\t", " ")), says=("table_empty",)),
    Kind("text: tabs as blanks", written(lambda text: text.replace("\t", "    ")), says=("table_empty",)),
    Kind("text: no blank lines", written(lambda text: re.sub(r"\n+", "\n", text)), altered=True),
    Kind("text: line separators of Unicode", written(lambda text: text.replace("\n", "\u2028"))),
    # characters
    Kind("text: accents on their own", written(lambda text: unicodedata.normalize("NFD", text))),
    Kind("text: characters without width", written(every(9, "\u200b"))),
    Kind("text: marks of the writing direction", written(every(9, "\u200f"))),
    Kind(
        "text: an override of the writing direction",
        written(lambda text: text.replace("Arvenia", "\u202eArvenia\u202c")),
        altered=True,
    ),
    Kind("text: soft hyphens", written(every(9, "\u00ad")), altered=True),
    Kind(
        "text: combining marks in heaps",
        written(lambda text: text.replace("amber", "a" + "\u0301" * 500 + "mber")),
        altered=True,
    ),
    Kind(
        "text: wide letters",
        written(lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)),
    ),
    Kind("text: capitals only", written(str.upper), altered=True),
    Kind("text: right to left in between", written(lambda text: text.replace(". ", ". שלום עולם ", 40)), altered=True),
    Kind(
        "text: control characters",
        written(lambda text: text.replace(" the ", " \x07the\x1b[31m ", 100)),
        fails="is binary",
    ),
    # missing, double, out of order
    Kind(
        "text: the first half",
        written(lambda text: text[: len(text) // 2]),
        says=("references_missing", "section_missing"),
    ),
    Kind("text: the second half", written(lambda text: text[len(text) // 2 :]), fails="country|not a chapter|year"),
    Kind(
        "text: without its first section",
        written(lambda text: between(text, r"I\. ", r"II\. ")),
        says=("section_missing",),
    ),
    Kind(
        "text: without a table",
        written(lambda text: between(text, r"Table 4\. ", r"Table 5\. ")),
        says=("table_missing",),
    ),
    Kind(
        "text: without its references",
        written(lambda text: text.partition("REFERENCES")[0]),
        says=("references_missing",),
    ),
    Kind(
        "text: without some references",
        written(lambda text: re.sub(r"(?m)^- 1\d .*\n", "", text)),
        says=("citation_unresolved",),
    ),
    Kind("text: the chapter twice", written(lambda text: text + text), says=("part_left_out",)),
    Kind(
        "text: a section twice",
        written(lambda text: text.replace("II. ", text[text.index("I. ") : text.index("\nII. ")] + "\nII. ", 1)),
        fails="begin again",
    ),
    Kind("text: rows twice", written(lambda text: re.sub(r"(?m)^(.*\t.*\n)", r"\1\1", text)), says=("row_repeated",)),
    Kind(
        "text: every paragraph twice",
        written(lambda text: "\n\n".join(p + "\n\n" + p for p in paragraphs(text))),
        fails="begin again",
    ),
    Kind("text: paragraphs shuffled", written(shuffled), fails="begin again"),
    Kind(
        "text: lines from the last to the first",
        written(lambda text: "\n".join(reversed(text.split("\n")))),
        fails="begin again",
    ),
    Kind("text: lines sorted", written(lambda text: "\n".join(sorted(text.split("\n")))), fails="begins here without"),
    Kind("text: no country", written(lambda text: text.replace("Arvenia", "the country")), fails="country"),
    Kind(
        "text: a country that does not exist", written(lambda text: text.replace("Arvenia", "Zembla")), fails="country"
    ),
    Kind("text: no year", written(lambda text: re.sub(r"20\d\d", "once", text)), fails="year"),
    Kind(
        "text: a column is missing",
        written(lambda text: re.sub(r"(?m)^([^\t\n]*)\t[^\t\n]*", r"\1", text)),
        says=("table_empty", "line_unowned"),
    ),
    # much
    Kind("text: 100 MB in one line", foreign(b"a" * 100_000_000), fails="is larger than"),
    Kind("text: 15 MB in one line", foreign(b"children work " * 1_100_000), fails="holds a line of"),
    Kind("text: 10 MB without a blank", foreign(b"a" * 10_000_000), fails="holds a line of"),
    Kind("text: 200,000 tabs", written(lambda text: text + "a\t" * 200_000), altered=True),
    Kind("text: a million short lines", foreign("a b\n" * 1_000_000), fails="holds 1000001 lines"),
    Kind("text: 5,000 captions", written(lambda text: text + CAPTIONS), says=("references_missing",)),
    Kind(
        "text: 10,000 rows",
        written(lambda text: text + "\n".join(f"a{n}\tb\tc" for n in range(10_000))),
        says=("references_missing",),
    ),
    Kind(
        "text: an address of 400,000 letters",
        written(lambda text: text + "- 40 Amber Office. http://x.example/" + "a/" * 200_000),
        altered=True,
    ),
    Kind("text: a bracket 400,000 times", written(lambda text: text + "(" * 400_000), altered=True),
    Kind(
        "text: a citation of 100,000 numbers", written(lambda text: text.replace("(1-3)", "(" + "1, " * 100_000 + "1)"))
    ),
    Kind(
        "text: a range of citations of a thousand million",
        written(lambda text: re.sub(r"\(1[-–;,]", "(1-1000000000, ", text)),
        altered=True,
    ),
)
