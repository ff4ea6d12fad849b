"""The reference list of a chapter: its lines are joined into numbered entries, and each entry is read into fields.

Each line either starts an entry or continues the one before. All lines are decided together, and with them the numbers
that the source lost: every way to read the list has a cost, and the cheapest one is chosen. Printed numbers that rise
by one cost nothing; everything unusual costs something. So a missing number between two neighbours, a cut number (the
raw text of Peru 2019 has ``5`` for ``25``) and a stray bullet need no rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import NamedTuple

from extractors.model import Issue, Line, Reference, Severity, Where, join_lines
from extractors.references import wording
from extractors.references.authors import split_author
from extractors.references.checks import check_sequence
from extractors.references.fields import ListContext, prints_sites, read_fields
from extractors.references.urls import (
    FoundUrl,
    complete,
    continues_url,
    cut_at_blank,
    find_url,
    longer_link,
    repair,
    same_link,
    vocabulary,
)
from extractors.references.works import doi_of, type_of, work_id


def read_references(lines: Sequence[Line]) -> tuple[list[Reference], list[Issue]]:
    """Read a reference list.

    ``lines`` are the lines of the list in reading order, without its heading and without running heads and feet.
    Returns the entries in printed order and the findings about them (``table`` is ``references``, ``row`` counts the
    entries from 1). An empty list gives no entry and no finding: whether a chapter must have references is not known
    here.
    """
    issues: list[Issue] = []
    entries = _split_glued(_number(_list_lines(lines), issues))
    words = vocabulary(entry.text for entry in entries)
    authors = frozenset(split_author(entry.text[:_LONGEST_ENTRY])[0] for entry in entries) - {""}
    sites = prints_sites(entry.text for entry in entries)
    references: list[Reference] = []
    for row, entry in enumerate(entries, 1):
        context = ListContext(references[-1].author if references else "", authors, sites)
        reference, found = _read_entry(entry, words, context)
        references.append(reference)
        issues += [replace(issue, row=row) for issue in (*entry.issues, *found)]
    return references, issues + check_sequence(references)


# ---------------------------------------------------------------------------------------------- lines to entries


_BULLET = re.compile(r"^(?:[-–•■▪·*]\s+)")
# "12 Author", "12. Author", "12) Author"; but not "2007 report", "14, 2019." and "27337, Law".
_PRINTED = re.compile(r"^\(?(\d{1,3})(?:\s*[.)]\s*(?=[^\s\d])|\s*[.)]?\s+(?=\S)|[.)]?$)(?![,;])")
_MISREAD = re.compile(r"^([Il|]{1,3})(?:[.)]\s*|\s+)(?=[A-Z“\"])")  # a scanner's I for 1
_CUT_OFF = re.compile(r"^(?:https?:|www\.|[a-zà-ÿ/]|\d+[,.-]|[A-Z]?[\w-]*/)")  # no entry begins so

_HANGING = 4.0  # points: a line that is indented by more continues the entry above
_BEAM = 24  # readings of the list that are kept from line to line
_BEHIND = 25.0  # a reading that costs so much more than the cheapest one is dropped
_LONGEST_ENTRY = 3000  # characters: a damaged list may join all its entries into one


@dataclass(frozen=True, slots=True)
class _ListLine:
    """One line of the list, with the costs of its two readings: the start of an entry, or its continuation.

    ``body`` is the line without its bullet, ``words`` the body without its number, ``misread`` the printed number if a
    scanner took the digit 1 for a letter.
    """

    line: Line
    body: str
    words: str
    printed: int | None
    misread: str
    start_cost: float
    stay_cost: float


@dataclass(frozen=True, slots=True)
class _NumberedText:
    """The joined lines of one entry and its number; ``printed`` is the number in the source, empty if it has none."""

    number: int
    printed: str
    text: str
    where: Where
    links: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()

    @property
    def inferred(self) -> bool:
        return self.printed != str(self.number)


def _list_lines(lines: Sequence[Line]) -> list[_ListLine]:
    """Judge each line by its bullet, its indent and its number."""
    lines = [line for line in lines if line.text.strip()]
    bulleted = sum(bool(_BULLET.match(line.text)) for line in lines) > len(lines) / 2
    hanging = not bulleted and any(line.indent > _HANGING for line in lines)
    return [_list_line(line, bulleted, hanging) for line in lines]


def _list_line(line: Line, bulleted: bool, hanging: bool) -> _ListLine:
    bullet = _BULLET.match(line.text) if bulleted else None
    body = line.text[bullet.end() :] if bullet else line.text
    printed, misread, words = _read_number(body, bulleted)
    if hanging and line.indent > _HANGING:
        start_cost, stay_cost = 6.0, 0.0
    elif hanging or bullet:
        start_cost = 0.0
        stay_cost = 6.0 if printed is not None else 0.5 if _CUT_OFF.match(body) else 2.0
    elif printed is not None:
        start_cost = 1.0 if bulleted and not line.gap else 0.0
        stay_cost = 4.0 if words[:1].isupper() or words[:1] in '“"' else 1.0
    else:
        start_cost, stay_cost = 4.0, 0.0
    return _ListLine(line, body, words, printed, misread, start_cost, stay_cost)


def _read_number(body: str, bulleted: bool) -> tuple[int | None, str, str]:
    """The number at the beginning of a line, the letters that a scanner made of it, and the words after it."""
    if match := _PRINTED.match(body):
        return int(match.group(1)), "", body[match.end() :].strip()
    if bulleted and (match := _MISREAD.match(body)):
        return int("1" * len(match.group(1))), match.group(1), body[match.end() :].strip()
    return None, "", body


class _Step(NamedTuple):
    """One line in one way to read the list: the number of the entry that starts here, ``None`` for a continuation."""

    number: int | None
    before: _Step | None


def _number(lines: Sequence[_ListLine], issues: list[Issue]) -> list[_NumberedText]:
    """Split the list into entries and number them, in the way with the lowest cost.

    ``readings`` holds, for each number that the latest entry may have, the cheapest way to get there.
    """
    readings: dict[int, tuple[float, _Step | None]] = {0: (0.0, None)}
    for line in lines:
        following: dict[int, tuple[float, _Step | None]] = {}
        most = min(cost for cost, _ in readings.values()) + _BEHIND
        for last, (cost, step) in sorted(readings.items(), key=lambda reading: reading[1][0])[:_BEAM]:
            if cost > most:
                break
            ways: list[tuple[int, int | None, float]] = [(last, None, line.stay_cost + (0.0 if last else 2.0))]
            ways += [(n, n, line.start_cost + _number_cost(n, last, line)) for n in (last + 1, line.printed) if n]
            for number, started, more in ways:
                if number not in following or cost + more < following[number][0]:
                    following[number] = (cost + more, _Step(started, step))
        readings = following
    return _collect(lines, min(readings.values(), key=lambda item: item[0])[1], issues)


def _number_cost(number: int, last: int, line: _ListLine) -> float:
    """The cost of giving the number ``number`` to the entry after ``last``; depends on the printed number."""
    if line.printed is None:
        return 2.2
    if number == line.printed:
        cost = 0.0 if number == last + 1 else 3.0 + 0.2 * min(number - last, 20) if number > last else 5.0
        return cost + (0.5 if line.misread else 0.0)
    printed, wanted = str(line.printed), str(number)
    return 1.5 if wanted.endswith(printed) or wanted.startswith(printed) else 4.0


def _collect(lines: Sequence[_ListLine], step: _Step | None, issues: list[Issue]) -> list[_NumberedText]:
    """Follow the chosen reading back to its first line and build its entries."""
    numbers: list[int | None] = []
    while step is not None:
        numbers.append(step.number)
        step = step.before
    # words before a hyphen and a blank inside a line: "U.S. Embassy- Lima"
    dashed = frozenset(match.group(1) for line in lines for match in re.finditer(r"(\w+)- \w", line.body))
    groups: list[tuple[_NumberedText, list[str], list[Line]]] = []
    for line, number in zip(lines, reversed(numbers), strict=True):
        where = line.line.where
        if number is not None:
            printed = line.misread or ("" if line.printed is None else str(line.printed))
            groups.append((_NumberedText(number, printed, "", where), [line.words], [line.line]))
        elif groups:
            groups[-1][1].append(line.body)
            groups[-1][2].append(line.line)
        else:
            message = f"this line comes before the first entry and belongs to none: {line.line.text}"
            issues.append(Issue("reference_line_unowned", "warning", message, where, "references"))
    return [
        replace(entry, text=_join(parts, dashed), where=_place([line.where for line in own]), links=_links(own))
        for entry, parts, own in groups
    ]


def _links(lines: Iterable[Line]) -> tuple[str, ...]:
    """The link annotations of an entry, each once; a link over two lines is two annotations of one address."""
    return tuple(dict.fromkeys(link for line in lines for link in line.links))


def _place(lines: Sequence[Where]) -> Where:
    """The place of an entry: the box around those of its lines that are in the column where it begins."""
    first = lines[0]
    box = first.bbox
    for line in lines[1:]:
        if box is None or line.bbox is None or line.page != first.page or line.bbox[1] < box[1]:
            break
        box = (min(box[0], line.bbox[0]), box[1], max(box[2], line.bbox[2]), max(box[3], line.bbox[3]))
    return replace(first, bbox=box)


def _split_glued(entries: Sequence[_NumberedText]) -> list[_NumberedText]:
    """Split an entry in two where its text holds the number that is missing after it."""
    out: list[_NumberedText] = []
    for entry, following in zip_longest(entries, entries[1:]):
        out.append(entry)
        while following is not None and out[-1].number + 1 < following.number:
            last = out[-1]
            inside = re.search(rf"(?<=[.\])/])\s*[-–•]?\s*\b{last.number + 1}[.)]?\s+(?=[A-Z“\"])", last.text)
            if inside is None:
                break
            message = f"entry {last.number + 1} was found inside the text of entry {last.number} and split off"
            found = Issue("reference_entries_glued", "info", message, last.where, "references")
            number, rest = last.number + 1, last.text[inside.end() :]
            out[-1] = replace(last, text=last.text[: inside.start()])
            out.append(_NumberedText(number, str(number), rest, last.where, issues=(found,)))
    return out


# ---------------------------------------------------------------------------------------------- joining lines


_YEAR = re.compile(r"(?:19|20)\d\d\b(?![-–])")


def _join(parts: Iterable[str], dashed: frozenset[str]) -> str:
    """Join the lines of an entry with blanks, but without a blank inside a URL or a document's number.

    The lists break URLs after a slash, a hyphen, an underscore, a full stop or anywhere (Peru 2019, page 11; Ghana
    2016, page 9). ``dashed`` are the words that the list prints with a hyphen and a blank, as in ``Report- 2016``.
    """
    done: list[str] = []
    tail = ""
    for part in parts:
        if len(tail) > _LONGEST_ENTRY:  # only the end decides how the next line is joined
            done.append(tail[:-1000])
            tail = tail[-1000:]
        first = part.split(" ", 1)[0]
        inside_name = re.search(r"\w\.$", tail) is not None and first in wording.words("file_endings")
        inside_number = re.search(r"\w/$", tail) is not None and first[:1].isalnum()  # "CRC/C/" + "GHA/CO/3"
        word = re.search(r"(\w+)-$", tail[-40:])
        if inside_name or inside_number or continues_url(tail, part):
            tail += part
        elif word is not None and (word.group(1) in dashed or (len(word.group(1)) > 4 and _YEAR.match(part))):
            tail = f"{tail} {part}"
        else:
            tail = join_lines([tail, part])
    return "".join(done) + tail


# ---------------------------------------------------------------------------------------------- entries to references


def _read_entry(
    entry: _NumberedText, known_words: frozenset[str], context: ListContext
) -> tuple[Reference, list[Issue]]:
    """The fields of one entry, and a finding for each repair."""
    text = head = entry.text.strip()
    found = find_url(text)
    if found is not None:
        found = complete(text, found, entry.links)
        head = text[: found.start]
        text = head + found.address + text[found.end :]
    url = found.address if found else ""
    fields = read_fields(text, head[:_LONGEST_ENTRY], url, context)
    better, certain = _better_address(url, entry.links, fields.title, known_words)
    issues = [] if found is None else _address_issues(entry, found, better, certain)
    if fields.repeats_author:
        message = f"a dash stands for the author of the entry before: {fields.author}"
        issues.append(_issue("reference_author_repeated", "info", message, entry))
    if entry.inferred:
        severity: Severity = "warning" if entry.printed else "info"
        message = f"the source prints {f'the number {entry.printed!r}' if entry.printed else 'no number'} here"
        issues.append(_issue("reference_number_inferred", severity, message, entry))
    doi, date_iso = doi_of(text), fields.date.iso if fields.date else ""
    if doi and not url:
        better = f"https://doi.org/{doi}"
    reference = Reference(
        number=entry.number,
        number_source="inferred" if entry.inferred else "printed",
        text=text,
        author=fields.author,
        title=fields.title,
        date=fields.date.text if fields.date else "",
        date_iso=date_iso,
        url=url,
        url_guess=better,
        on_file=fields.on_file,
        type=type_of(text, fields.author, fields.title, date_iso, url, fields.quoted),
        doi=doi,
        work_id=work_id(fields.author, fields.title, date_iso, better or url, text),
        where=entry.where,
    )
    return reference, issues


def _better_address(url: str, links: Sequence[str], title: str, known_words: frozenset[str]) -> tuple[str, bool]:
    """The address behind a damaged URL, and whether a link annotation proves it; empty if the URL shows no damage."""
    if not url:
        return "", False
    same = same_link(url, links)
    link = same or longer_link(url, links)
    certain = bool(link) and (not same or " " in url)
    better = link.replace(" ", "%20") if certain else repair(url, title, known_words)
    return (better, certain) if re.fullmatch(r"https?://\S+", better) else ("", False)


def _address_issues(entry: _NumberedText, found: FoundUrl, better: str, certain: bool) -> list[Issue]:
    """Findings about a URL: it may be cut, it is or may be damaged, or blanks were removed from it."""
    issues = []
    text = entry.text.strip()
    if cut_at_blank(text, found):
        message = f"the URL {found.address} may go on after the blank: {text[found.end :][:80]}"
        issues.append(_issue("url_damaged", "warning", message, entry))
    if better:
        doubt = "is printed damaged" if certain else "may be damaged"
        message = f"the URL {found.address} {doubt}; its address is {better}"
        issues.append(_issue("url_damaged", "info" if certain else "warning", message, entry))
    elif found.blanks:
        message = f"removed blanks from a URL: {found.address}"
        issues.append(_issue("url_damaged", "info", message, entry))
    return issues


def _issue(check: str, severity: Severity, message: str, entry: _NumberedText) -> Issue:
    return Issue(check, severity, f"reference {entry.number}: {message}", entry.where, "references")
