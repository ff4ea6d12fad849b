"""The reference list: lines to numbered entries, and an entry to author, title, date and URL.

Each line either starts an entry or goes on with the one before. Which of the two, and which number an entry has where
the source lost it, is decided for the whole list at once: the cheapest reading wins, where printed numbers that run on
by one cost nothing and everything out of the ordinary costs something. So a number that is missing between two
neighbours, a cut number (Peru 2019 as raw text prints ``5`` for ``25``) and a stray bullet need no rules of their own.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from extractors import rules
from extractors.model import Issue, Line, Reference, Severity, Where, join_lines


def read_references(lines: Sequence[Line]) -> tuple[list[Reference], list[Issue]]:
    """Read a reference list.

    ``lines`` are the lines of the list in reading order, without its heading and without running heads and feet. Gives
    the entries in printed order and what was found about them (``table`` is ``references``, ``row`` counts entries from
    1). An empty list gives no entries and no issue: whether a chapter should have references is not known here.
    """
    issues: list[Issue] = []
    entries = _split_glued(_number(_read_rows(lines), issues))
    words = _vocabulary(entry.text for entry in entries)
    references = []
    for row, entry in enumerate(entries, 1):
        reference, found = _read_entry(entry, words)
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
_BEAM = 60  # numberings that are followed at a time


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the list: its words without bullet and number, and what starting or going on would cost here."""

    line: Line
    body: str
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
    words = body[match.end() :] if match else body
    numbered = printed is not None
    if hanging and line.indent > _HANGING:
        start_cost, stay_cost = 6.0, 0.0
    elif hanging or bullet:
        start_cost, stay_cost = 0.0, 3.0 if numbered else 0.5 if _CUT_OFF.match(body) else 2.0
    elif numbered:
        start_cost, stay_cost = (0.0 if line.gap else 1.0) if bulleted else 0.0, 1.0
    else:
        start_cost, stay_cost = 4.0, 0.0
    return _Row(line, words.strip() if numbered else body, printed, misread, start_cost, stay_cost)


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
    entries: list[_Entry] = []
    group: list[str] = []
    for row, number in zip(rows, reversed(numbers), strict=True):
        if number is not None:
            printed = row.misread or ("" if row.printed is None else str(row.printed))
            entries.append(_Entry(number, printed, "", row.line.where))
            group = [row.body]
        elif not entries:
            issues.append(
                _issue("reference_line_unowned", "warning", f"stands before entry 1: {row.line.text}", row.line.where)
            )
            continue
        else:
            whole = row.body if row.printed is None else _BULLET.sub("", row.line.text, count=1)
            group.append(whole)
        entries[-1] = replace(entries[-1], text=_join(group, dashed))
    return entries


def _split_glued(entries: Sequence[_Entry]) -> list[_Entry]:
    """Cut entries in two where the numbers that are missing after them stand inside their text."""
    out: list[_Entry] = []
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
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


_URL_START = re.compile(r"(?:https?|ftp)\s?:/?/|\bwww\.", re.IGNORECASE)
_URL_CHARACTER = re.compile(r"[/._\-=?&%#~+@$:]|\d")
_TRAILING = ".,;:)]”\"’'"


def _open_url(text: str) -> str:
    """The unfinished URL at the end of ``text``, or an empty string."""
    start = None
    for start in _URL_START.finditer(text):
        pass
    if start is None or " " in (url := text[start.start() :]).replace("://", "", 1).strip():
        return ""
    return url


def _join(parts: Iterable[str], dashed: frozenset[str]) -> str:
    """Join the lines of an entry; inside a URL or a document's number nothing is put between them.

    The lists break URLs after a slash, a hyphen, an underscore, a full stop or anywhere (Peru 2019, page 11; Ghana 2016,
    page 9). ``dashed`` are the words that the list prints with a hyphen and a blank, as in ``Report- 2016``.
    """
    out = ""
    for part in parts:
        url = _open_url(out)
        first = part.split(" ", 1)[0]
        inside_name = re.search(r"\w\.$", out) is not None and first in rules.load("references")["file_endings"]
        if url and part and _goes_on(url, part, at_break=True):
            out += part
        elif not url and (inside_name or (re.search(r"\w/$", out) and first[:1].isalnum())):
            out += part
        elif out.endswith("-") and re.split(r"\s", out[:-1])[-1] in dashed:
            out = f"{out} {part}"
        else:
            out = join_lines([out, part])
    return out


def _dashed_words(rows: Iterable[_Row]) -> frozenset[str]:
    """Words that stand before a hyphen and a blank inside a line: ``U.S. Embassy- Lima``."""
    return frozenset(match.group(1) for row in rows for match in re.finditer(r"(\w+)- \w", row.body))


def _goes_on(url: str, rest: str, at_break: bool) -> bool:
    """Whether the words ``rest`` after the blank or line break begin with the rest of ``url``."""
    token, _, more = rest.partition(" ")
    core = token.rstrip(_TRAILING)
    if url.endswith("://"):
        return core[:1].isalnum()
    if not core or not (core[0].isalnum() or core[0] in "/_-=?&%#~+.@$") or _URL_START.match(token):
        return False
    ending = re.split(r"[?#.\]]", core)[0].casefold() in rules.load("references")["file_endings"]
    inside = _URL_CHARACTER.search(core) is not None
    if url[-1] in ".,;:":
        small = core[0].islower() or core[0].isdigit()
        return ending if not at_break else (small or url[-1] == ":") and (ending or (inside and not _is_date(rest)))
    if url[-1] in ')]”"':
        return False
    word = core.isalpha()
    if at_break or url[-1] in "/-_=?&%":
        # A word alone goes on ("peligrosas-" + "labor."); a capitalised one before others begins a sentence.
        return not _is_date(rest) and (not word or core[0].islower() or not more)
    return not more and inside and not re.search(r"\d{4}$", core)


def _is_date(text: str) -> bool:
    found = next(_dates(text), None)
    return found is not None and found.start == 0


@dataclass(frozen=True, slots=True)
class _Url:
    """A URL in an entry: where it stands, the address, and what the source seems to have done to it."""

    start: int
    end: int
    url: str
    blanks: int


def _find_url(text: str) -> _Url | None:
    """The first URL of an entry. Blanks that line breaks left in it are taken out; a printed one between two words
    (Peru 2019, reference 46: ``Phase II_feval.pdf``) stays."""
    start = _URL_START.search(text)
    if start is None:
        return None
    end = start.end()
    url = start.group().replace(" ", "")
    blanks = 0
    while True:
        token = re.match(r"[^\s\[\]“”<>]*", text[end:])
        url += token.group() if token else ""
        end += token.end() if token else 0
        rest = text[end:]
        if not rest.startswith(" ") or not _goes_on(url, rest[1:], at_break=False):
            break
        following = re.match(r" (\S*)", rest)
        head = following.group(1) if following else ""
        blanks += 1
        if url[-1].isalnum() and not _one_identifier(url, head):
            url += " "
        end += 1
    bare = url.rstrip(_TRAILING)
    if url[len(bare) : len(bare) + 1] == ")" and bare.count("(") > bare.count(")"):
        bare += ")"
    return _Url(start.start(), end - (len(url) - len(bare)), bare, blanks)


def _one_identifier(left: str, right: str) -> bool:
    """Whether a blank cuts one hexadecimal identifier: ``…/BA2E8C562 06D9C0E05…/``."""
    tail, head = re.search(r"[0-9A-F]*$", left), re.match(r"[0-9A-F]*", right)
    run = (tail.group() if tail else "") + " " + (head.group() if head else "")
    return (
        min(len(part) for part in run.split(" ")) >= 6
        and re.search("[A-F]", run) is not None
        and re.search(r"\d", run) is not None
    )


# ---------------------------------------------------------------------------------------------- damaged URLs


def _vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """The words of the list's titles, folded: what a glued word of a URL may be made of."""
    words: set[str] = set()
    for text in texts:
        url = _find_url(text)
        words.update(rules.fold(text[: url.start] if url else text).split())
    return frozenset(words)


def _guess_hyphens(url: str, title: str, vocabulary: frozenset[str]) -> str:
    """``url`` with the hyphens that line breaks swallowed put back, or an empty string.

    A raw text of Peru 2019 lost 17 of them (``condicionespeligrosas``). Only the last part of the path is looked at, and
    only where it is words with hyphens; a part that is no word of the list but two words of it, one of which is of the
    entry's own title, is taken for these two.
    """
    head, slash, slug = url.rpartition("/") if not url.endswith("/") else url[:-1].rpartition("/")
    if slug.count("-") < 3 or not slash:
        return ""
    own = frozenset(rules.fold(title).split())
    parts = []
    for part in slug.split("-"):
        name, dot, ending = part.partition(".")
        cut = _two_words(name, own, vocabulary)
        parts.append(f"{cut}{dot}{ending}" if cut else part)
    guess = f"{head}/{'-'.join(parts)}{'/' if url.endswith('/') else ''}"
    return guess if guess != url else ""


def _two_words(glued: str, own: frozenset[str], vocabulary: frozenset[str]) -> str:
    """``glued`` cut in two known words with a hyphen between them, or an empty string if that cannot be had one way."""
    if not glued.isalpha() or len(glued) < 5 or glued in vocabulary:
        return ""
    cuts = [(glued[:at], glued[at:]) for at in range(1, len(glued))]
    known = [
        cut
        for cut in cuts
        if all(w in vocabulary and (len(w) > 1 or w in own) for w in cut) and (cut[0] in own or cut[1] in own)
    ]
    return "-".join(known[0]) if len(known) == 1 else ""


# ---------------------------------------------------------------------------------------------- dates


_MONTHS = "January February March April May June July August September October November December".split()
_YEAR = r"(?:1[89]|20)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_WORD = r"[^\W\d_]{3,10}"
_DATE_FORMS = (
    re.compile(
        rf"\b(?P<month>{_WORD})\.?,?\s*(?P<day>{_DAY})(?:\s*[-–]\s*(?:{_WORD}\s+)?{_DAY})?[,.\s]+(?P<year>{_YEAR})(?!\d)"
    ),
    re.compile(rf"\b(?P<day>{_DAY})\s+(?:de\s+)?(?P<month>{_WORD})\.?,?\s+(?:de\s+)?(?P<year>{_YEAR})(?!\d)"),
    re.compile(rf"\b(?P<year>{_YEAR})-(?P<number>0[1-9]|1[0-2])-(?P<day>{_DAY})(?![\d/])"),
    re.compile(rf"\b(?:(?P<other>{_WORD})\s*[-–/]\s*)?(?P<month>{_WORD})\.?,?\s+(?P<year>{_YEAR})(?!\d|[-–/]\d)"),
    re.compile(rf"(?<![\w/.–-])(?P<year>{_YEAR})(?!\s*[-–/]\s*\d|[\w/])"),
)


@dataclass(frozen=True, slots=True)
class _Date:
    start: int
    end: int
    text: str
    iso: str

    @property
    def detail(self) -> int:
        return len(self.iso)


@functools.lru_cache(maxsize=4096)
def _month(word: str) -> int | None:
    """The month that a word means, misprints forgiven (``Feburary``); ``None`` if it is no month."""
    if word.isupper():
        word = word.capitalize()
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(word) or (number == 9 and word == "Sept"):
            return number
    near = process.extractOne(word, _MONTHS, scorer=fuzz.ratio, score_cutoff=80) if len(word) > 4 else None
    return _MONTHS.index(near[0]) + 1 if near else None


def _dates(text: str) -> Iterator[_Date]:
    """The dates in ``text`` from left to right; of those that overlap only the fullest."""
    found: list[_Date] = []
    for form in _DATE_FORMS:
        for match in form.finditer(text):
            if all(match.end() <= date.start or match.start() >= date.end for date in found):
                iso = _iso(match)
                if iso:
                    found.append(_Date(match.start(), match.end(), match.group(), iso))
    yield from sorted(found, key=lambda date: date.start)


def _iso(match: re.Match[str]) -> str:
    """Partial ISO 8601 for a date form's match; empty if it is no date (no such month, February 30)."""
    groups = match.groupdict()
    year = groups["year"]
    if groups.get("number"):
        month: int | None = int(groups["number"])
    elif "month" in groups:
        month = _month(groups["month"])
    else:
        return str(year)
    if month is None:
        return ""
    if groups.get("other"):
        return str(year) if _month(groups["other"]) else f"{year}-{month:02}"
    if not groups.get("day"):
        return f"{year}-{month:02}"
    day = int(re.sub(r"\D", "", groups["day"]))
    try:
        return datetime.date(int(year), month, day).isoformat()
    except ValueError:
        return ""


# ---------------------------------------------------------------------------------------------- the fields of an entry


def _any_of(key: str) -> str:
    """An alternation of the wordings under ``key`` in ``references.yml``, the longest first."""
    words = sorted(map(str, rules.load("references")[key]), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    """Compile ``template``, ``{key}`` standing for the wordings under that key."""
    return re.compile(re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{_any_of(m.group(1))})", template), re.IGNORECASE)


# Full stop, question or exclamation mark, a closing quote, a blank and something that can begin the next sentence.
_STOP = re.compile(r"[.?!]+[”\"’']?(?=\s+\S|\s*$)")


def _read_entry(entry: _Entry, vocabulary: frozenset[str]) -> tuple[Reference, list[Issue]]:
    """One entry's fields, and what had to be repaired in it."""
    issues: list[Issue] = []
    text = entry.text.strip()
    url = _find_url(text)
    head = text
    if url is not None:
        if url.blanks:
            issues.append(
                _issue("url_damaged", "info", f"blanks inside the URL: {text[url.start : url.end]}", entry.where)
            )
        text = text[: url.start] + url.url + text[url.end :]
        head = text[: url.start]
    on_file = _pattern(r"(?<!\w){on_file}(?=[\s\].,;)]*(?:$|[\].]))").search(text)
    if on_file is not None and on_file.start() < len(head):
        head = head[: on_file.start()]
    author, title, date = _read_head(head)
    guess = _guess_hyphens(url.url, title, vocabulary) if url else ""
    if url is not None and not guess and " " in url.url:
        guess = url.url.replace(" ", "_")
    if guess:
        issues.append(
            _issue(
                "url_damaged", "warning", f"{url.url if url else ''} may have lost characters: {guess}?", entry.where
            )
        )
    if entry.inferred:
        message = f"the source prints {entry.printed!r}" if entry.printed else "the source prints none"
        issues.append(
            _issue(
                "reference_number_inferred",
                "warning" if entry.printed else "info",
                f"number {entry.number}: {message}",
                entry.where,
            )
        )
    return (
        Reference(
            number=entry.number,
            number_source="inferred" if entry.inferred else "printed",
            text=text,
            author=author,
            title=title,
            date=date.text if date else "",
            date_iso=date.iso if date else "",
            url=url.url if url else "",
            url_guess=guess,
            on_file=on_file is not None,
            where=entry.where,
        ),
        issues,
    )


def _read_head(head: str) -> tuple[str, str, _Date | None]:
    """Author, title and date from what stands before the URL.

    Both styles are read by the same rules: ``Author. Title. June 3, 2019.`` (from 2018 on) and ``Author. "Title." Site
    [online] June 3, 2014 [cited May 5, 2015];`` or ``Author. Title. City; June 2014.`` (to 2017).
    """
    head = head.strip()
    author, rest = _split_author(head)
    title, tail = _split_title(rest)
    date = _date_of(tail)
    if date is None:  # "Reporting January 3, 2013", "Penal Code, 1997": the date ends the title's own sentence
        last = next((d for d in _dates(title) if d.end >= len(title.rstrip(" .,;)"))), None)
        if (
            last is not None
            and last.start
            and (last.detail == 10 or title[: last.start].rstrip().endswith((",", ";", ":")))
        ):
            title, date = title[: last.start].rstrip(" ,;:("), last
    return author, title, date


def _split_author(head: str) -> tuple[str, str]:
    """The author and what follows; an entry that begins with a title in quotes, or is one sentence, has none."""
    if head[:1] in "“\"‘'":
        return "", head
    for stop in _STOP.finditer(head):
        before, rest = head[: stop.start()], head[stop.end() :].lstrip()
        if not rest or _is_date(rest) or rest.startswith("["):
            return "", head
        token = re.split(r"[\s(]", before)[-1]
        if _is_initials(before, token) or token.casefold() in rules.load("references")["name_endings"]:
            return before + ".", rest
        if not _is_abbreviation(token):
            return before, rest
    return "", head


def _is_initials(before: str, token: str) -> bool:
    """Whether ``before`` ends in a person's first names: ``Thorson, D``, ``Okertchiri, JA``, ``Villavicencio E``."""
    if (
        not re.fullmatch(r"[A-Z]{1,3}|(?:[A-Z]\.-?)+[A-Z]", token)
        or token.casefold() in rules.load("references")["organizations"]
    ):
        return False
    name = before[: -len(token)].rstrip()
    return (
        name.endswith(",")
        or re.fullmatch(r"[^\W\d_][\w’'-]+(?: [^\W\d_][\w’'-]+){0,2}", name) is not None
        and "." not in token
    )


def _is_abbreviation(token: str) -> bool:
    """Whether the full stop after ``token`` belongs to it: ``No``, ``U.S``, a lone capital."""
    bare = token.strip("“\"‘'(")
    return (
        re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]|[A-Z]", bare) is not None
        or bare.casefold() in rules.load("references")["abbreviations"]
    )


def _split_title(rest: str) -> tuple[str, str]:
    """The title and what follows it. A title that stands in quotes as a whole loses them."""
    after_quote = 0
    if rest[:1] in '“"':
        close = "”" if rest[0] == "“" else '"'
        for at in (m.start() for m in re.finditer(close, rest[1:])):
            inside, tail = rest[1 : at + 1], rest[at + 2 :]
            after_quote = at + 2
            whole = inside.endswith((".", "?", "!")) or re.match(r"\s*(?:$|[.;\[]|\S+\.[a-z]{2,4}\b)", tail)
            if inside.count("“") == inside.count("”") and whole and not re.match(r"\s*in:?\s", tail, re.IGNORECASE):
                return inside[:-1] if inside.endswith(".") and not inside.endswith("..") else inside.rstrip(","), tail
    ends = [m.start() for m in _pattern(r"\s*[,;.]?\s*\[\s*{medium}").finditer(rest, after_quote)]
    for match in _pattern(r"\s*[,;.]?\s+{issue}\b:?\s+|\s*[,;]\s*").finditer(rest, after_quote):
        date = next(_dates(rest[match.end() :]), None)
        if (
            date is not None
            and date.start == 0
            and (date.detail == 10 or not match.group().startswith(",") or match.group()[1:].strip())
        ):
            ends.append(match.start())
            break
    access = _pattern(r"\s*[,;.]\s*{access}\b").search(rest, after_quote)
    if access is not None:
        ends.append(access.start())
    for stop in _STOP.finditer(rest, after_quote):
        if _ends_title(rest, stop):
            ends.append(stop.start() if stop.group() == "." else stop.end())
            break
    end = min(ends, default=len(rest))
    return rest[:end].strip(" ,;:"), rest[end:]


def _ends_title(rest: str, stop: re.Match[str]) -> bool:
    """Whether a full stop ends the title; ``No. 28``, ``vs. Doe``, ``Peru. In: Country Reports`` go on."""
    following = rest[stop.end() :].lstrip()
    date = next(_dates(following), None)
    if not following or (
        date is not None and date.start == 0 and re.match(r"\s*(?:$|[.;:(\[])", following[date.end :])
    ):
        return True
    if not stop.group().startswith("."):
        return not following[0].islower()
    token = re.split(r"\s", rest[: stop.start()])[-1]
    return not (_is_abbreviation(token) or following[0].islower() or re.match(r"In:?\s", following))


def _date_of(tail: str) -> _Date | None:
    """The document's date in what follows the title: the fullest, then the first; days of access are none."""
    tail = _pattern(r"\[\s*{access}\b[^\]\[]*\]?").sub(_blank, tail)
    for match in list(_pattern(r"\b{access}\b:?,?\s+(?:on\s+)?").finditer(tail)):
        date = next(_dates(tail[match.end() :]), None)
        if date is not None and date.start == 0:
            tail = (
                tail[: match.start()] + " " * (match.end() - match.start() + date.end) + tail[match.end() + date.end :]
            )
    for text in (re.sub(r"\([^)]*\)|“[^”]*”", _blank, tail), tail):
        dates = list(_dates(text))
        if dates:
            return max(dates, key=lambda date: date.detail)
    return None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _check_sequence(references: Sequence[Reference]) -> list[Issue]:
    """Gaps, repeats and steps back in the numbers as read."""
    issues = []
    last = 0
    for row, reference in enumerate(references, 1):
        number = reference.number
        if number > last + 1:
            missing = str(last + 1) if number == last + 2 else f"{last + 1} to {number - 1}"
            issues.append(
                replace(
                    _issue("reference_gap", "warning", f"the list has no number {missing}", reference.where), row=row
                )
            )
        elif number == last:
            issues.append(
                replace(
                    _issue("reference_number_duplicate", "error", f"number {number} stands twice", reference.where),
                    row=row,
                )
            )
        elif number < last:
            issues.append(
                replace(_issue("reference_order", "error", f"number {number} follows {last}", reference.where), row=row)
            )
        last = max(last, number)
    return issues


def _issue(check: str, severity: Severity, message: str, where: Where) -> Issue:
    return Issue(check, severity, message, where, table="references")
