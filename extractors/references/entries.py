"""The reference list: lines to numbered entries, and an entry to author, title, date and URL.

Each line either starts an entry or goes on with the one before. Which of the two, and which number an entry has where
the source lost it, is decided for the whole list at once: the cheapest reading wins, where printed numbers that run on
by one cost nothing and everything out of the ordinary costs something. So a number that is missing between two
neighbours, a cut number (Peru 2019 as raw text prints ``5`` for ``25``) and a stray bullet need no rules of their own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from extractors import rules
from extractors.model import Issue, Line, Reference, Severity, Where, join_lines
from extractors.references.dates import FoundDate, date_at_start, find_dates
from extractors.references.urls import find_url, goes_on_in, guess, vocabulary


def read_references(lines: Sequence[Line]) -> tuple[list[Reference], list[Issue]]:
    """Read a reference list.

    ``lines`` are the lines of the list in reading order, without its heading and without running heads and feet. Gives
    the entries in printed order and what was found about them (``table`` is ``references``, ``row`` counts entries from
    1). An empty list gives no entries and no issue: whether a chapter should have references is not known here.
    """
    issues: list[Issue] = []
    entries = _split_glued(_number(_read_rows(lines), issues))
    words = vocabulary(entry.text for entry in entries)
    references: list[Reference] = []
    for row, entry in enumerate(entries, 1):
        reference, found = _read_entry(entry, words, references[-1].author if references else "")
        references.append(reference)
        issues += [replace(issue, row=row) for issue in (*entry.issues, *found)]
    return references, issues + _check_sequence(references)


# ---------------------------------------------------------------------------------------------- lines to entries


_BULLET = re.compile(r"^(?:[-–•■▪·*]\s+)")
# "12 Author", "12. Author", "12) Author"; "2007 report", "14, 2019." and "27337, Law" are no numbers of entries.
_PRINTED = re.compile(r"^\(?(\d{1,3})(?:\s*[.)]\s*(?=[^\s\d])|\s*[.)]?\s+(?=\S)|[.)]?$)(?![,;])")
_MISREAD = re.compile(r"^([Il|]{1,3})(?:[.)]\s*|\s+)(?=[A-Z“\"])")  # a scanner's I for 1
_CUT_OFF = re.compile(r"^(?:https?:|www\.|[a-zà-ÿ/]|\d+[,.-]|[A-Z]?[\w-]*/)")  # what the inside of an entry begins with

_HANGING = 4.0  # points: what is set in farther than this goes on with the entry above
_BEAM = 24  # numberings that are followed at a time
_LONGEST_HEAD = 3000  # letters: author, title and date stand within them, whatever a damaged list glues together


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the list, what starting an entry here would cost and what going on with the one before.

    ``body`` is the line without its bullet, ``words`` the body without its number.
    """

    line: Line
    body: str
    words: str
    printed: int | None
    misread: str
    start_cost: float
    stay_cost: float


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    printed: str  # the number as it stands in the source, empty if it does not
    text: str
    where: Where
    issues: tuple[Issue, ...] = ()

    @property
    def inferred(self) -> bool:
        return self.printed != str(self.number)


def _read_rows(lines: Sequence[Line]) -> list[_Row]:
    """Judge each line by itself: bullet, hanging indent and number say whether an entry starts here."""
    lines = [line for line in lines if line.text.strip()]
    bulleted = sum(bool(_BULLET.match(line.text)) for line in lines) > len(lines) / 2
    hanging = not bulleted and any(line.indent > _HANGING for line in lines)
    return [_read_row(line, bulleted, hanging) for line in lines]


def _read_row(line: Line, bulleted: bool, hanging: bool) -> _Row:
    bullet = _BULLET.match(line.text) if bulleted else None
    body = line.text[bullet.end() :] if bullet else line.text
    printed, misread = None, ""
    if match := _PRINTED.match(body):
        printed = int(match.group(1))
    elif bulleted and (match := _MISREAD.match(body)):
        printed, misread = int("1" * len(match.group(1))), match.group(1)
    words = body[match.end() :].strip() if match else body
    numbered = printed is not None
    if hanging and line.indent > _HANGING:
        start_cost, stay_cost = 6.0, 0.0
    elif hanging or bullet:
        start_cost, stay_cost = 0.0, 6.0 if numbered else 0.5 if _CUT_OFF.match(body) else 2.0
    elif numbered:
        start_cost = 1.0 if bulleted and not line.gap else 0.0
        stay_cost = 4.0 if words[:1].isupper() or words[:1] in '“"' else 1.0
    else:
        start_cost, stay_cost = 4.0, 0.0
    return _Row(line, body, words, printed, misread, start_cost, stay_cost)


@dataclass(frozen=True, slots=True)
class _Step:
    """One line's part in a reading of the list: the number of the entry that starts here, or ``None``: it goes on."""

    number: int | None
    before: _Step | None


def _number(rows: Sequence[_Row], issues: list[Issue]) -> list[_Entry]:
    """Find the cheapest way to cut the list into entries and to number them."""
    readings: dict[int, tuple[float, _Step | None]] = {0: (0.0, None)}
    for row in rows:
        following: dict[int, tuple[float, _Step | None]] = {}
        for last, (cost, step) in sorted(readings.items(), key=lambda item: item[1][0])[:_BEAM]:
            choices: list[tuple[int, float, int | None]] = [(last, row.stay_cost + (2.0 if not last else 0.0), None)]
            choices += [(n, row.start_cost + _number_cost(n, last, row), n) for n in {last + 1, row.printed} if n]
            for after, more, number in choices:
                if after not in following or cost + more < following[after][0]:
                    following[after] = (cost + more, _Step(number, step))
        readings = following
    return _collect(rows, min(readings.values(), key=lambda item: item[0])[1], issues)


def _number_cost(number: int, last: int, row: _Row) -> float:
    """What it costs to call an entry ``number`` after the entry ``last``, given what is printed."""
    if row.printed is None:
        return 2.2
    if number == row.printed:
        cost = 0.0 if number == last + 1 else 3.0 + 0.2 * min(number - last, 20) if number > last else 5.0
        return cost + (0.5 if row.misread else 0.0)
    printed, wanted = str(row.printed), str(number)
    return 1.5 if wanted.endswith(printed) or wanted.startswith(printed) else 4.0


def _collect(rows: Sequence[_Row], step: _Step | None, issues: list[Issue]) -> list[_Entry]:
    """Follow a reading back to its beginning and make the entries that it means."""
    numbers: list[int | None] = []
    while step is not None:
        numbers.append(step.number)
        step = step.before
    dashed = _dashed_words(rows)
    groups: list[tuple[_Entry, list[str], list[Where]]] = []
    for row, number in zip(rows, reversed(numbers), strict=True):
        if number is not None:
            printed = row.misread or ("" if row.printed is None else str(row.printed))
            groups.append((_Entry(number, printed, "", row.line.where), [row.words], [row.line.where]))
        elif groups:
            groups[-1][1].append(row.body)
            groups[-1][2].append(row.line.where)
        else:
            message = f"stands before the first entry: {row.line.text}"
            issues.append(_issue("reference_line_unowned", "warning", message, row.line.where))
    return [replace(entry, text=_join(parts, dashed), where=_place(places)) for entry, parts, places in groups]


def _place(lines: Sequence[Where]) -> Where:
    """The place of an entry: the box round its lines in the column in which it begins."""
    first = lines[0]
    box = first.bbox
    for line in lines[1:]:
        if box is None or line.bbox is None or line.page != first.page or line.bbox[1] < box[1]:
            break
        box = (min(box[0], line.bbox[0]), box[1], max(box[2], line.bbox[2]), max(box[3], line.bbox[3]))
    return replace(first, bbox=box)


def _split_glued(entries: Sequence[_Entry]) -> list[_Entry]:
    """Cut entries in two where the numbers that are missing after them stand inside their text."""
    out: list[_Entry] = []
    for entry, following in zip_longest(entries, entries[1:]):
        out.append(entry)
        while following is not None and out[-1].number + 1 < following.number:
            last = out[-1]
            inside = re.search(rf"(?<=[.\])/])\s*[-–•]?\s*\b{last.number + 1}[.)]?\s+(?=[A-Z“\"])", last.text)
            if inside is None:
                break
            found = _issue(
                "reference_entries_glued", "info", f"{last.number + 1} stood in the text of {last.number}", last.where
            )
            out[-1] = replace(last, text=last.text[: inside.start()])
            out.append(_Entry(last.number + 1, str(last.number + 1), last.text[inside.end() :], last.where, (found,)))
    return out


# ---------------------------------------------------------------------------------------------- joining lines


_YEAR = re.compile(r"(?:19|20)\d\d\b(?![-–])")


def _join(parts: Iterable[str], dashed: frozenset[str]) -> str:
    """Join the lines of an entry; inside a URL or a document's number nothing is put between them.

    The lists break URLs after a slash, a hyphen, an underscore, a full stop or anywhere (Peru 2019, page 11; Ghana
    2016, page 9). ``dashed`` are the words that the list prints with a hyphen and a blank, as in ``Report- 2016``.
    """
    done: list[str] = []
    tail = ""
    for part in parts:
        if len(tail) > _LONGEST_HEAD:  # only the end matters for what comes next
            done.append(tail[:-1000])
            tail = tail[-1000:]
        first = part.split(" ", 1)[0]
        inside_name = re.search(r"\w\.$", tail) is not None and first in rules.current().references.file_endings
        inside_number = re.search(r"\w/$", tail) is not None and first[:1].isalnum()  # "CRC/C/" + "GHA/CO/3"
        word = re.search(r"(\w+)-$", tail[-40:])
        if inside_name or inside_number or goes_on_in(tail, part):
            tail += part
        elif word is not None and (word.group(1) in dashed or (len(word.group(1)) > 4 and _YEAR.match(part))):
            tail = f"{tail} {part}"
        else:
            tail = join_lines([tail, part])
    return "".join(done) + tail


def _dashed_words(rows: Iterable[_Row]) -> frozenset[str]:
    """Words that stand before a hyphen and a blank inside a line: ``U.S. Embassy- Lima``."""
    return frozenset(match.group(1) for row in rows for match in re.finditer(r"(\w+)- \w", row.body))


# ---------------------------------------------------------------------------------------------- the fields of an entry


def _any_of(key: str) -> str:
    """An alternation of the wordings under ``key`` in ``references.yml``, the longest first."""
    words = sorted(dict(rules.current().references)[key], key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)


@rules.depends
@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    """Compile ``template``, ``{key}`` standing for the wordings under that key."""
    return re.compile(re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{_any_of(m.group(1))})", template), re.IGNORECASE)


# Full stop, question or exclamation mark, perhaps a closing quote, and a blank or the end.
_STOP = re.compile(r"[.?!]+[”\"’']?(?=\s+\S|\s*$)")
_DITTO = re.compile(r"[—–―_-]+\s*[.,]\s*")  # the same author again (Pakistan 2017)


def _read_entry(entry: _Entry, known_words: frozenset[str], author_before: str) -> tuple[Reference, list[Issue]]:
    """One entry's fields, and what had to be repaired in it."""
    issues: list[Issue] = []

    def note(check: str, severity: Severity, message: str) -> None:
        issues.append(_issue(check, severity, f"reference {entry.number}: {message}", entry.where))

    text = entry.text.strip()
    head, address, better = text, "", ""
    url = find_url(text)
    if url is not None:
        address, head = url.address, text[: url.start]
        if url.blanks:
            note("url_damaged", "info", f"blanks inside the URL {text[url.start : url.end]}")
        text = head + address + text[url.end :]
    on_file = _pattern(r"(?<!\w){on_file}(?=[\s\].,;)]*(?:$|[\].]))").search(text)
    head = head[:_LONGEST_HEAD]
    if on_file is not None:  # "[source on file]. Accra; 2013." (Ghana 2013): what follows it still counts
        head = _pattern(r"\s*[\[(]?\s*(?<!\w){on_file}(?!\w)\s*[\])]?").sub("", head)
        head = re.sub(r"(?<!\.)\.\s*\.(?!\.)", ".", head)
    ditto = _DITTO.match(head)
    if ditto is not None and author_before:
        author, title, date = author_before, *_read_title(head[ditto.end() :])
        note("reference_author_repeated", "info", f"a dash stands for the author before, {author}")
    else:
        author, rest = _split_author(head.strip())
        title, date = _read_title(rest)
    if address:
        better = guess(address, title, known_words)
    if better:
        note("url_damaged", "warning", f"{address} may be damaged; perhaps {better}")
    if entry.inferred:
        message = f"prints {entry.printed!r}" if entry.printed else "prints no number"
        note("reference_number_inferred", "warning" if entry.printed else "info", f"the source {message} here")
    reference = Reference(
        number=entry.number,
        number_source="inferred" if entry.inferred else "printed",
        text=text,
        author=author,
        title=title,
        date=date.text if date else "",
        date_iso=date.iso if date else "",
        url=address,
        url_guess=better,
        on_file=on_file is not None,
        where=entry.where,
    )
    return reference, issues


def _split_author(head: str) -> tuple[str, str]:
    """The author and what follows; an entry that begins with a title in quotes, or is one sentence, has none."""
    if head[:1] in "“\"‘'":
        return "", head
    for stop in _STOP.finditer(head):
        before, rest = head[: stop.start()], head[stop.end() :].lstrip()
        if not rest or _is_whole_date(rest) or rest.startswith("["):
            break
        token = re.split(r"[\s(]", before)[-1]
        if _is_initials(before, token) or token.casefold() in rules.current().references.name_endings:
            return before + ".", rest
        if not _is_abbreviation(token):
            return before, rest
    # "U.S. Embassy- Accra Reporting. February 19, 2020." (Ghana 2020): the stop after the author is missing.
    glued = _pattern(r"^(.+?),?\s+({plain_titles}\b.*)").match(head)
    return (glued.group(1), glued.group(2)) if glued else ("", head)


def _is_initials(before: str, token: str) -> bool:
    """Whether ``before`` ends in a person's first names: ``Thorson, D``, ``Okertchiri, JA``, ``Villavicencio E``."""
    if not re.fullmatch(r"[A-Z]{1,3}|(?:[A-Z]\.-?)+[A-Z]", token):
        return False
    if token.casefold() in rules.current().references.organizations:
        return False
    name = before[: -len(token)].rstrip()
    surnames = r"[^\W\d_][\w’'-]+(?:,? [^\W\d_][\w’'-]+){0,2}"
    return name.endswith(",") or ("." not in token and re.fullmatch(surnames, name) is not None)


def _is_abbreviation(token: str) -> bool:
    """Whether the full stop after ``token`` belongs to it: ``No``, ``U.S``, a lone capital."""
    bare = token.strip("“\"‘'(")
    if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]|[A-Z]", bare):
        return True
    return bare.casefold() in rules.current().references.abbreviations


def _read_title(rest: str) -> tuple[str, FoundDate | None]:
    """Title and date from what follows the author, up to the URL.

    Two styles are read by the same rules: ``Title. June 3, 2019.`` (from 2018 on) and ``"Title." Site [online] June 3,
    2014 [cited May 5, 2015];`` or ``Title. City; June 2014.`` (to 2017).
    """
    title, tail = _split_title(rest.strip())
    date = _date_of(tail)
    if date is None:  # "Reporting January 3, 2013", "Penal Code, 1997", "Constitution (1993)": it ends the title itself
        last = next((d for d in find_dates(title) if d.start and d.end >= len(title.rstrip(" .,;)"))), None)
        if last is not None and (last.detail > 4 or title[: last.start].rstrip().endswith((",", ";", ":", "("))):
            title, date = title[: last.start].rstrip(" ,;:("), last
    return title, date


def _split_title(rest: str) -> tuple[str, str]:
    """The title and what follows it. A title that stands in quotes as a whole loses them."""
    after_quote = 0
    if rest[:1] in ("“", '"'):
        closing = r"”|\s“(?=\s)" if rest[0] == "“" else r"\""
        for quote in re.finditer(closing, rest[1:]):
            inside, tail = rest[1 : quote.start() + 1], rest[quote.end() + 1 :]
            after_quote = quote.end() + 1
            stopped = inside.endswith((".", "?", "!"))
            # "Title" Site.com [online]; not: "Peru," in Country Reports; "Growing Up Free" Baseline Report
            followed = re.match(r"\s*(?:$|[.;\[]|\S+\.[a-z]{2,4}\b)", tail) is not None
            within = re.match(r"\s*in:?\s", tail, re.IGNORECASE) is not None
            if (stopped or followed) and not within and inside.count("“") == inside.count("”"):
                return (inside[:-1] if inside.endswith(".") else inside).strip(), tail
    ends = [m.start() for m in _pattern(r"\s*[,;.]?\s*\[\s*{medium}").finditer(rest, after_quote)]
    for match in _pattern(r"((?:^|\s*[,;.]?\s+){issue}\b:?\s+)|(\s*;\s*)|\s*,\s*").finditer(rest, after_quote):
        date = date_at_start(rest[match.end() :])
        if date is not None and (match.group(1) or match.group(2) or date.detail == 10):
            ends.append(match.start())
            break
    access = _pattern(r"\s*[,;.]\s*{access}\b").search(rest, after_quote)
    if access is not None:
        ends.append(access.start())
    # "…, Cambodia (Ratification: 2006). Accessed: January 11, 2019." (Cambodia 2018, note 25): author and title in one,
    # and no date of its own; "… Submitted: 2014 accessed January 11, 2013;" (Bosnia and Herzegovina 2015, note 16)
    for match in _pattern(r"(?:^|\s+){access}\b:?,?\s+(?:on\s+)?").finditer(rest, after_quote):
        if date_at_start(rest[match.end() :]) is not None:
            ends.append(match.start())
            break
    stop = next((stop for stop in _STOP.finditer(rest, after_quote) if _ends_title(rest, stop)), None)
    if stop is not None:
        ends.append(stop.start() if stop.group() == "." else stop.end())
    end = min(ends, default=len(rest))
    return rest[:end].strip(" ,;:"), rest[end:]


def _ends_title(rest: str, stop: re.Match[str]) -> bool:
    """Whether a full stop ends the title; ``No. 28``, ``vs. Doe``, ``Peru. In: Country Reports`` go on."""
    following = rest[stop.end() :].lstrip()
    if not following or _is_whole_date(following):
        return True
    if not stop.group().startswith("."):
        return not following[0].islower()
    token = re.split(r"\s", rest[: stop.start()])[-1]
    return not (_is_abbreviation(token) or following[0].islower() or re.match(r"In:?\s", following))


def _is_whole_date(text: str) -> bool:
    """Whether ``text`` begins with a date and nothing else: ``2014.`` and ``June 2014; ...``, not ``2014 Survey``."""
    date = date_at_start(text)
    return date is not None and re.match(r"\s*(?:$|[.;:(\[])", text[date.end :]) is not None


def _date_of(tail: str) -> FoundDate | None:
    """The document's date in what follows the title: the fullest, then the first; days of access are none."""
    tail = _pattern(r"\[\s*{access}\b[^\]\[]*\]?").sub(_blank, tail)
    for match in list(_pattern(r"\b{access}\b:?,?\s+(?:on\s+)?").finditer(tail)):
        date = date_at_start(tail[match.end() :])
        if date is not None:
            end = match.end() + date.end
            tail = tail[: match.start()] + " " * (end - match.start()) + tail[end:]
    for text in (re.sub(r"\([^)]*\)|“[^”]*”", _blank, tail), tail):
        dates = list(find_dates(text))
        if dates:
            return max(dates, key=lambda date: date.detail)
    return None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


# ---------------------------------------------------------------------------------------------- the list as a whole


def _check_sequence(references: Sequence[Reference]) -> list[Issue]:
    """Gaps, repeats and steps back in the numbers as read."""
    issues = []
    last = 0
    for row, reference in enumerate(references, 1):
        number, check, message = reference.number, "", ""
        if number > last + 1:
            missing = str(last + 1) if number == last + 2 else f"{last + 1} to {number - 1}"
            check, message = "reference_gap", f"the list has no number {missing}"
        elif number == last:
            check, message = "reference_number_duplicate", f"number {number} stands twice"
        elif number < last:
            check, message = "reference_order", f"number {number} follows {last}"
        if check:
            issues.append(Issue(check, "error", message, reference.where, "references", row))
        last = max(last, number)
    return issues


def _issue(check: str, severity: Severity, message: str, where: Where) -> Issue:
    return Issue(check, severity, message, where, table="references")
