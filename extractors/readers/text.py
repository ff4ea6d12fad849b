"""Raw text -> Chapter. Knows what a scanner does: tab-separated tables, misread characters, remnants of markup.

A paragraph is one long line, a table a run of tab-separated lines (or a Markdown table), running heads stand between
them. Characters are repaired by the rules of ``rules/text_repairs.yml`` alone, each repair is a finding; what looks
damaged and cannot be repaired is a finding too. Nothing is moved: a note that the scanner displaced stays where it is.
"""

from __future__ import annotations

import codecs
import difflib
import functools
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import ftfy

from extractors.model import Block, Cell, Chapter, Grid, Issue, Line, Source, UnreadableSource, Where
from extractors.readers.opening import read_file
from extractors.rules import MARKERS, best_phrase, country_code, current, depends, fold

LARGEST = 20_000_000  # bytes; the longest chapter has 0.2 million
LONGEST = 500_000  # letters of one line; a paragraph has a thousand or two
MOST_LINES = 200_000  # a chapter has three hundred
Kind = Literal["blank", "dirt", "head", "foot", "cells", "text"]

ZONES: dict[str, Literal["head", "foot"]] = {"head": "head", "foot": "foot"}
FURNITURE = tuple(ZONES)

MOJIBAKE = ftfy.TextFixerConfig(
    unescape_html=True,
    uncurl_quotes=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
)
FOREIGN = {b"%PDF-": "a PDF", b"PK\x03\x04": "a ZIP archive", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture"}
ADDRESS = re.compile(  # a web address with the piece behind a blank that the scanner put in, or the tail of one
    r"(?:https?://|www\.)[^\s<>]+(?: [^\s<>]*(?:/[^\s<>]*|\.(?:pdf|html?|aspx?|php|docx?)\b[^\s<>]*))?"
    r"|(?<!\S)[^\s<>]{0,300}?(?:[?&]\w*=|/[^\s<>]{0,300}\.(?:pdf|html?|aspx?|php|docx?)\b)[^\s<>]*"
)
CAPTION = re.compile(r"(?:table|figure)\s+[\dIl]+\s*[.:]", re.I)
LIST_ITEM = re.compile(r"(?P<bullet>[-•*–]\s+)?(?P<n>[\dIlO]{1,3})(?P<stop>[.)]?)\s+(?=\S)")
LIST_MARK = re.compile(r"[-•*■–]?\s*(?:\d{1,3}[.)]?)?")
LETTER_DIGITS = str.maketrans({"I": "1", "l": "1", "|": "1", "O": "0", " ": None})
ACCENTS = {"`": "̀", "'": "́", "^": "̂", '"': "̈", "~": "̃", "=": "̄", ".": "̇", "c": "̧", "v": "̌", "H": "̋", "u": "̆"}
FAR_EAST = "\u2e80"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")
DAMAGE = re.compile(r"[\ufffd\ufffe]+|\\[A-Za-z]+|</?[A-Za-z][^<>]{0,40}>|(?<![\w$])\$[\d.,]+\$(?!\d)|\[\\\]")


def read_text(path: Path, source_path: str | None = None) -> Chapter:
    """Read a chapter from a raw text file.

    ``source_path`` is the name under which the file is recorded. Raises :class:`UnreadableSource` for a file that is
    empty, binary, or holds no letters; whether the text is a chapter of the report is not asked here.
    """
    name = source_path or path.name
    data = read_file(path, name, LARGEST)
    text, issues = decode(data, name)
    if not any(char.isalpha() for char in text):
        raise UnreadableSource(name, "holds no letters")
    lines = re.split(r"\r\n|\n|\r", text)
    if len(lines) > MOST_LINES:
        raise UnreadableSource(name, f"holds {len(lines)} lines")
    if (longest := max(map(len, lines))) > LONGEST:
        raise UnreadableSource(name, f"holds a line of {longest} letters")
    blocks = _Layout(lines, issues).blocks()
    source = Source(Path(name).as_posix(), hashlib.sha256(data).hexdigest(), "text")
    return Chapter(source, tuple(blocks), tuple(sorted(issues, key=lambda issue: issue.where.line or 0)))


# ---------------------------------------------------------------------------------------------- bytes to text


def decode(data: bytes, name: str) -> tuple[str, list[Issue]]:
    """The text of a file and what had to be assumed about its encoding.

    Unicode is tried first, as its byte order mark or its zero bytes say; what is no UTF-8 is Windows-1252. Guessing
    among all code pages is worse here: the few accented names of an English text are too little to guess by.
    Bytes that break otherwise sound UTF-8 (two files glued together) are read as Windows-1252 one by one.
    """
    if not data.strip():
        raise UnreadableSource(name, "is empty")
    for magic, kind in FOREIGN.items():
        if data.startswith(magic):
            raise UnreadableSource(name, f"is {kind}, no text")
    try:
        encoding = unicode_encoding(data)
        text = data.decode(encoding) if encoding else ""
    except UnicodeDecodeError as error:
        raise UnreadableSource(name, f"is damaged ({error.encoding}: {error.reason} at byte {error.start})") from error
    issues: list[Issue] = []
    if not encoding:
        text, message = decode_bytes(data)
        if message:
            issues.append(Issue("text_encoding", "info", message))
    if len(CONTROL.findall(text)) > len(text) / 200:
        raise UnreadableSource(name, "is binary, no text")
    return text, issues


def unicode_encoding(data: bytes) -> str:
    """The Unicode encoding that a byte order mark or every second byte being zero tells; empty if none."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return encoding
    sample = data[: len(data) // 2 * 2][:4096]
    zeros = [sample[start::2].count(0) / max(1, len(sample) // 2) for start in (0, 1)]
    if min(zeros) < 0.05 and max(zeros) > 0.6:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return ""


def decode_bytes(data: bytes) -> tuple[str, str]:
    """UTF-8, or Windows-1252 with a message that says so."""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    stray: list[bytes] = []

    def as_windows(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        stray.append(data[error.start : error.start + 1])
        return stray[-1].decode("sloppy-windows-1252"), error.start + 1

    codecs.register_error("findings.windows", as_windows)
    mixed = data.decode("utf-8", "findings.windows")
    sound = sum(ord(char) > 127 for char in mixed) - len(stray)
    if sound > len(stray):
        return mixed, f"{len(stray)} bytes are no UTF-8 and were read as Windows-1252: {b''.join(stray)[:40]!r}"
    return data.decode("sloppy-windows-1252"), "is no UTF-8 and was read as Windows-1252"


# ---------------------------------------------------------------------------------------------- repairs


@dataclass(frozen=True, slots=True)
class Repair:
    """One rule of ``text_repairs.yml``: ``make`` gives what is put in place of a match (the match itself: nothing)."""

    name: str
    find: re.Pattern[str]
    make: Callable[[re.Match[str]], str]
    addresses: bool
    repeat: bool


@depends
@functools.cache
def repairs() -> tuple[Repair, ...]:
    """The rules, compiled, in their order."""
    return tuple(
        Repair(
            rule.name,
            rule.find,
            READINGS[rule.read_as] if rule.read_as else functools.partial(put_template, rule.put or ""),
            rule.addresses,
            rule.repeat,
        )
        for rule in current().text_repairs.repairs
    )


def put_template(template: str, match: re.Match[str]) -> str:
    return match.expand(template)


def read_digits(match: re.Match[str]) -> str:
    start, end = (edge - match.start() for edge in match.span("n"))
    return match[0][:start] + match["n"].translate(LETTER_DIGITS) + match[0][end:]


def read_numerals(match: re.Match[str]) -> str:
    return match[0].replace("l", "I").replace("1", "I")


def read_accent(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[2].removeprefix("\\") + ACCENTS[match[1]])


def read_sign(match: re.Match[str]) -> str:
    return current().text_repairs.signs.get(match["sign"], match[0])


def read_math(match: re.Match[str]) -> str:
    """The signs of a TeX formula without its dress; the match itself where it holds more (``$5 here and $`` is money).

    A raised marker is glued to the word before it. A formula of digits alone is left: it may be a sum in dollars.
    """
    body = match["dollars"] or match["parens"]
    tokens = list(math_token().finditer(body))
    if sum(len(m[0]) for m in tokens) != len(body) or not any(m["sign"] or m[0][0] in "\\^" for m in tokens):
        return match[0]
    signs = current().text_repairs.signs
    plain = "".join(signs[m["sign"]] if m["sign"] else m["plain"] or (m["escaped"] or "")[1:] for m in tokens)
    if not plain:
        return match[0]
    raised = body.lstrip().startswith(("^", "{}^", "{ }^"))
    before = match.string[max(0, match.start() - 1) : match.start()].strip()
    apart = " " if raised and plain[0].isdigit() and before.isdigit() else match["blank"]
    return plain if raised and not plain[0].isdigit() and before else apart + plain


@depends
@functools.cache
def math_token() -> re.Pattern[str]:
    rules = current().text_repairs
    signs = "|".join(sorted(rules.signs, key=len, reverse=True))
    dress = "|".join(rules.dress)
    return re.compile(
        rf"\\?(?P<sign>{signs})(?![A-Za-z])|\\?(?:{dress})(?![A-Za-z])|(?P<escaped>\\[$%&#_])"
        r"|(?P<plain>[\d.,:;%†‡*§✓()+–-])|[\^_{}\[\]~ ]|\\[ ,;:!]?"
    )


READINGS: dict[str, Callable[[re.Match[str]], str]] = {
    "digits": read_digits,
    "numerals": read_numerals,
    "accent": read_accent,
    "sign": read_sign,
    "math": read_math,
}


class Repairer:
    """Applies the rules to one line or cell after another and keeps the findings."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = issues

    def repair(self, text: str, number: int) -> str:
        """The text without damage and with folded white space; findings go to ``issues``."""
        where = Where(line=number)
        text = self.fix_encoding(text, where)
        text = " ".join(text.split())
        for rule in repairs():
            done: list[tuple[str, str]] = []
            for _ in range(5 if rule.repeat else 1):
                before = text
                text = apply(rule, text, done)
                if text == before:
                    break
            self.say(rule.name, done, where)
        text = " ".join(text.split())
        if left := sorted({m[0] for m in DAMAGE.finditer(text)}):
            message = "looks damaged and was left as it stands: " + ", ".join(f"'{x}'" for x in left)
            self.issues.append(Issue("text_damaged", "warning", message, where))
        return text

    def fix_encoding(self, text: str, where: Where) -> str:
        """Undo mojibake, entities and ligatures (ftfy); quotation marks stay as they are.

        Accents are put on their letters without a finding, as the other reader does too (Haiti 2015).
        """
        text = unicodedata.normalize("NFC", text)
        if text.isascii() and "&" not in text:
            return text
        fixed = ftfy.fix_text(text, MOJIBAKE)
        if max(fixed, default="") >= FAR_EAST > max(text):
            return text  # accents and daggers that stand together by chance: an English text holds no such letters
        if fixed != text:
            old, new = re.findall(r"\S+|\s", text), re.findall(r"\S+|\s", fixed)
            changes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
            pairs = [("".join(old[a:b]), "".join(new[c:d])) for tag, a, b, c, d in changes if tag != "equal"]
            self.say("misread encoding", [(was, now) for was, now in pairs if was.split() != now.split()], where)
        return fixed

    def say(self, name: str, done: Sequence[tuple[str, str]], where: Where) -> None:
        if done:
            counted = Counter(f"'{was}' -> '{now}'" for was, now in done)
            shown = "; ".join(pair + (f" ({n} times)" if n > 1 else "") for pair, n in counted.items())
            self.issues.append(Issue("text_repaired", "info", f"{name}: {shown}", where))


def apply(rule: Repair, text: str, done: list[tuple[str, str]]) -> str:
    """One rule over one text; each change is noted with the word around it."""
    closed = bytearray(len(text) + 1)
    if not rule.addresses:
        for address in ADDRESS.finditer(text):
            closed[address.start() : address.end()] = b"x" * len(address[0])
    out: list[str] = []
    at = 0
    for match in rule.find.finditer(text):
        start, end = match.span()
        put = match[0] if any(closed[start:end]) else rule.make(match)
        out += [text[at:start], put]
        at = end
        if put != match[0]:
            head = text[max(0, start - 20) : start].rpartition(" ")[2]
            tail = text[end : end + 20].partition(" ")[0]
            done.append((f"{head}{match[0]}{tail}".strip(), f"{head}{put}{tail}".strip()))
    return "".join(out) + text[at:]


# ---------------------------------------------------------------------------------------------- lines to blocks


@dataclass(slots=True)
class Raw:
    """One line of the file before repair. ``cells`` are its parts between tabs or pipes."""

    number: int
    text: str
    kind: Kind
    cells: list[str] = field(default_factory=list)
    gap: bool = False


class _Layout:
    """Sorts the lines of a text into furniture, running text and tables."""

    def __init__(self, lines: Sequence[str], issues: list[Issue]) -> None:
        self.issues = issues
        self.repairer = Repairer(issues)
        self.raws = [self.look_at(n, x) for n, x in enumerate(lines, 1)]
        self.settle()

    # ------------------------------------------------------------------ what each line is

    def look_at(self, number: int, text: str) -> Raw:
        if not text.strip():
            return Raw(number, text, "blank")
        if any(pattern.fullmatch(text) for pattern in current().text_repairs.dirt):
            self.issues.append(Issue("text_repaired", "info", f"stray signs: '{text}' -> ''", Where(line=number)))
            return Raw(number, text, "dirt")
        if re.fullmatch(r"\s*\|.+\|\s*", text):
            parts = re.split(r"(?<!\\)\|", text.strip()[1:-1])
            return Raw(number, text, "cells", [part.strip() for part in parts])
        if "\t" in text.strip(" \r\f\ufeff"):
            return Raw(number, text, "cells", [part.strip() for part in text.split("\t")])
        if is_foot(text):
            return Raw(number, text, "foot")
        return Raw(number, text, "head" if is_assessment(text) else "text")

    def settle(self) -> None:
        """What only the neighbours tell: gaps, page numbers, country names above pages, tabs in the reference list."""
        raws = [raw for raw in self.raws if raw.kind != "dirt"]
        references = False
        names = Counter(fold(raw.text) for raw in raws if raw.kind == "text" and len(raw.text) < 60)
        for i, raw in enumerate(raws):
            above = raws[i - 1].kind if i else "blank"
            below = raws[i + 1].kind if i + 1 < len(raws) else "blank"
            raw.gap = i > 0 and above == "blank"
            references = references or (raw.kind == "text" and fold(raw.text) in current().headings.references)
            if raw.kind == "cells" and (references or len(raw.cells) < 2):
                raw.kind, raw.cells = "text", []
            if raw.kind != "text":
                continue
            beside = (
                nearest(raws, range(i - 1, -1, -1)) in FURNITURE or nearest(raws, range(i + 1, len(raws))) in FURNITURE
            )
            alone = above in ("blank", *FURNITURE) and below in ("blank", *FURNITURE)
            if re.fullmatch(r"\s*[-–]?\s*\d{1,4}\s*[-–]?\s*", raw.text) and alone and (beside or not references):
                raw.kind = "foot"
            elif alone and len(raw.text) < 60 and country_code(raw.text) and (beside or names[fold(raw.text)] > 1):
                raw.kind = "head"

    # ------------------------------------------------------------------ blocks

    def blocks(self) -> list[Block]:
        """Lines and grids in the order of the file."""
        blocks: list[Block] = []
        raws = [raw for raw in self.raws if raw.kind != "dirt"]
        at = 0
        while at < len(raws):
            if raws[at].kind == "cells":
                run, aside, at = self.table_run(raws, at)
                blocks.extend(self.table(run))
                blocks.extend(self.line(raw) for raw in aside)
                continue
            if raws[at].kind != "blank":
                blocks.append(self.line(raws[at]))
            at += 1
        return self.number_list(blocks)

    def line(self, raw: Raw) -> Line:
        where = Where(line=raw.number)
        zone: Literal["body", "head", "foot"] = ZONES.get(raw.kind, "body")
        if raw.kind in FURNITURE:  # nobody reads its words, and its own name must not be taken out of it
            return Line(raw.number, " ".join(raw.text.split()), where, raw.gap, zone)
        text = raw.text.strip().strip("|") if raw.cells and "\t" not in raw.text else raw.text
        return Line(raw.number, self.repairer.repair(text, raw.number), where, raw.gap, zone)

    def cell(self, text: str, number: int) -> Cell:
        fixed = self.repairer.repair(text, number)
        return Cell((Line(number, fixed, Where(line=number)),)) if fixed else Cell()

    # ------------------------------------------------------------------ tables

    def table_run(self, raws: Sequence[Raw], at: int) -> tuple[list[list[Raw]], list[Raw], int]:
        """The rows of the table that begins at ``at``, the furniture inside it, and where the text goes on.

        A row is one line of cells and the lines without tabs that go on with its last cell. A table goes on below a
        page's foot and head where no header stands (its rows are as wide as the header).
        """
        run = [[raws[at]]]
        aside: list[Raw] = []
        header = raws[at].cells
        at += 1
        while at < len(raws):
            raw = raws[at]
            if raw.kind == "cells":
                if raw.gap and is_header(raw.cells):
                    break
                run.append([raw])
                at += 1
                continue
            inside = at + 1 < len(raws) and raws[at + 1].kind == "cells"
            if raw.kind == "text" and not raw.gap and (goes_on(run[-1][-1], raw) or (inside and stub_only(raw))):
                if goes_on(run[-1][-1], raw):
                    run[-1].append(raw)
                else:
                    run.append([Raw(raw.number, raw.text, "cells", [raw.text.strip()], raw.gap)])
                at += 1
                continue
            skip = at
            while skip < len(raws) and raws[skip].kind in ("blank", *FURNITURE):
                skip += 1
            if skip == at or skip == len(raws) or raws[skip].kind != "cells":
                break
            if len(raws[skip].cells) != len(header) or is_header(raws[skip].cells) or len(run) < 2:
                break
            aside += [x for x in raws[at:skip] if x.kind != "blank"]
            run.append([raws[skip]])
            at = skip + 1
        return run, aside, at

    def table(self, run: list[list[Raw]]) -> Iterator[Block]:
        """A run of rows as a grid; a caption above or a note below that merely holds a tab is a line of its own."""
        notes: list[Raw] = []
        while run and CAPTION.match(run[0][0].cells[0]) and len([x for x in run[0][0].cells if x]) <= 2:
            yield from (self.line(raw) for raw in run.pop(0))
        while run and (re.fullmatch(rf"\[?[{re.escape(MARKERS)}]+\]?", run[-1][0].cells[0])):
            notes = run.pop() + notes
        lists = all(list_row(row[0].cells) for row in run)
        if len(run) < 2 or lists:
            yield from (self.line(raw) for row in run for raw in row)
        else:
            yield self.grid(run)
        yield from (self.line(raw) for raw in notes)

    def grid(self, run: list[list[Raw]]) -> Grid:
        cells = [self.cells_of(row) for row in run]
        filled = [max((i + 1 for i, cell in enumerate(row) if cell.lines), default=0) for row in cells]
        width = max(filled[0], min(len(cells[0]), max(filled)))
        if len(cells) > 2 and min(filled[1:]) > width:  # a header that lost the heads of blank columns
            missing = [Cell()] * (min(filled[1:]) - width)
            left = all(not row[0].lines for row in cells[1:])
            cells[0] = missing + cells[0][:width] if left else cells[0][:width] + missing
            width += len(missing)
        rows = [self.fit(row, width, run[i][0].number) for i, row in enumerate(cells)]
        strays = [row[0] for row in rows if row[0].lines]
        if width > 2 and not rows[0][0].lines and len(strays) * 2 <= len(rows):
            for cell in strays:
                message = f"words in a column without head, perhaps a picture read as letters: '{cell.text}'"
                self.issues.append(Issue("text_damaged", "warning", message, cell.lines[0].where))
        return Grid(rows[0], tuple(rows[1:]), Where(line=run[0][0].number))

    def cells_of(self, row: list[Raw]) -> list[Cell]:
        first = row[0]
        cells = [self.cell(text, first.number) for text in first.cells]
        for raw in row[1:]:
            more = self.cell(raw.text, raw.number)
            cells[-1] = Cell((*cells[-1].lines, *more.lines))
            seam = f"{first.cells[-1][-20:]}⏎{more.text[:20]}"
            self.repairer.say("broken row", [(seam, seam.replace("⏎", " "))], Where(line=raw.number))
        return cells

    def fit(self, row: list[Cell], width: int, number: int) -> tuple[Cell, ...]:
        """A row as wide as the header: missing cells at its end are empty, what is too much goes to the last cell."""
        extra = [line for cell in row[width:] for line in cell.lines]
        row = row[:width] + [Cell()] * (width - len(row))
        if extra:
            message = f"more cells than the header has, put into the last: '{' | '.join(line.text for line in extra)}'"
            self.issues.append(Issue("text_damaged", "warning", message, Where(line=number)))
            row[-1] = Cell((*row[-1].lines, *extra))
        return tuple(row)

    # ------------------------------------------------------------------ the reference list

    def number_list(self, blocks: list[Block]) -> list[Block]:
        """Read the letters of an entry's number as digits where the numbers before and after leave no doubt."""
        heads = current().headings.references
        inside = False
        items: list[tuple[int, Line, re.Match[str]]] = []
        for i, block in enumerate(blocks):
            if isinstance(block, Line) and block.zone == "body":
                if inside and (match := LIST_ITEM.match(block.text)):
                    items.append((i, block, match))
                inside = inside or fold(block.text) in heads
        for at, (i, line, match) in enumerate(items):
            if match["n"].isdigit():
                continue
            alike = [(x[2]["n"], j) for j, x in enumerate(items) if x[2]["n"].isdigit() and shape(x[2]) == shape(match)]
            before = next((int(n) for n, j in reversed(alike) if j < at), 0)
            after = next((int(n) for n, j in alike if j > at), 0)
            value = match["n"].translate(LETTER_DIGITS)
            if before < int(value) < (after or before + 2) and (int(value) - before < 4 or after - int(value) < 4):
                text = line.text[: match.start("n")] + value + line.text[match.end("n") :]
                seen = match.end() + 20
                self.repairer.say("number of an entry", [(line.text[:seen], text[:seen])], line.where)
                blocks[i] = Line(line.number, text, line.where, line.gap, line.zone)
        return blocks


def nearest(raws: Sequence[Raw], way: range) -> Kind:
    """The kind of the first line that way which is not blank; the file's edge is a page's edge."""
    return next((raws[i].kind for i in way if raws[i].kind != "blank"), "foot")


def shape(match: re.Match[str]) -> tuple[bool, str]:
    return bool(match["bullet"]), match["stop"]


def is_foot(text: str) -> bool:
    """A page's foot: the report's or the bureau's name and the page number, nothing else."""
    if len(text) > 150:
        return False
    return any(
        (match := pattern.match(fold(text)))
        and (match.end() == len(fold(text)) or country_code(fold(text)[match.end() :]))
        for pattern in current().text_repairs.foot
    )


def is_assessment(text: str) -> bool:
    """A running head: the assessment level alone on its line, perhaps with the country before or words after a dash."""
    if len(text) > 150 or re.search(r"[.:;?!]\s*$", text):
        return False
    first, *_ = re.split(r"\s[–—-]+\s|:", text.strip(" #*"), maxsplit=1)
    level = best_phrase(first, current().headings.assessments)
    if level is None:
        return False
    rest = re.sub(rf"\b{fold(level)}\b", "", fold(first)).strip()
    if rest in current().text_repairs.beside_assessment:
        return True
    return not re.search(r"\b[a-z]{4}", first) and (not rest or country_code(rest) is not None)


def goes_on(above: Raw, raw: Raw) -> bool:
    """Whether a line without tabs goes on with the cell above: in small letters, or after a comma or an open word."""
    text, last = raw.text.strip(), (above.cells or [above.text])[-1].strip()
    open_end = re.search(r"(?:[,;–-]|\b(?:and|or|of|the|in|to|for|with|by))$", last) and text[:1] not in MARKERS
    return not CAPTION.match(text) and (text[:1].islower() or text[:1] == "(" or bool(open_end))


def list_row(cells: Sequence[str]) -> bool:
    """A tab after a bullet or number, or before an indented line; two words beside a blank make a table's row."""
    filled = [cell for cell in cells if cell]
    return len(filled) < 2 or (len(filled) == 2 and filled[0] == cells[0] and bool(LIST_MARK.fullmatch(cells[0])))


def is_header(cells: Sequence[str]) -> bool:
    """A row of column heads that the report's tables have."""
    known = {p for table in current().tables.values() for phrases in table.headers.values() for p in phrases}
    return sum(fold(cell) in known for cell in cells) >= 2


def stub_only(raw: Raw) -> bool:
    """A line without tabs that can be a row's label alone: short, no sentence, no caption, no note."""
    text = raw.text.strip()
    return len(text) < 90 and not text.endswith(".") and not CAPTION.match(text) and text[:1] not in MARKERS + "["
