"""Citation markers ``(1,3-6)``, ``[1,3 to 6]`` and footnote markers ``† ‡ * §`` in running text and cells.

A group of numbers in parentheses is a citation marker unless the words around it show another meaning: a year
(``(2012-2021)``), a subsection of a law (``Article 3(1)``), an item of an enumeration (``(1) access, (2) quality``),
a range of ages (``children (15 to 17)``) or a count of people (``8.9 (44,017)``). Every function here works on one
string and knows nothing of pages and tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.references.wording import words
from extractors.rules import depends

_DASH = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_NUMBER = r"\d{1,4}"
_TO = rf"(?:\s*[{_DASH}]+\s*|\s+(?:to|through)\s+)"
# One number or range, then more after a comma, a semicolon or (Côte d'Ivoire 2013: "15 18, 25") only a blank; a comma
# may be left over at the end (India 2018: "(85,90,)"). A full stop between two numbers needs a blank after it: "26.061"
# (Argentina 2013) is the number of a law. "2 and 3" counts something, "2, and 3" cites.
_ITEM = rf"{_NUMBER}(?:{_TO}{_NUMBER})?"
_ITEMS = rf"({_ITEM}(?:(?:\s*[,;]\s*(?:and\s+)?|\s*\.\s+|\s+){_ITEM})*)\s*(?:[,;]\s*)?"
_GROUP = re.compile(rf"\(\s*{_ITEMS}\)|\[\s*{_ITEMS}\]")
_RANGE = re.compile(rf"({_NUMBER})(?:{_TO}({_NUMBER}))?")
_HEAD_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+")

# "Article 3(1)", "Sections 2(1)(b) and 3(1)", "Article 243 (1) of the Act" (Kenya 2014): a subsection of a law.
# "Section 3 of the Act 1998(29)" is none.
_PART_OF_LAW = (
    r"(?:articles?|arts?\.|sections?|secs?\.|sub-?sections?|paragraphs?|paras?\.|chapters?|rules?|regulations?|clauses?"
    r"|schedules?|§+)"
)
_SECTION = r"\d+[A-Za-z]?(?:[.\-]\d+)*(?:\(\w{1,5}\))*"
_LAW_NUMBER = re.compile(
    rf"\b{_PART_OF_LAW}\s*{_SECTION}"
    rf"(?:(?:\s*[,;{_DASH}]\s*|\s+)(?:(?:and|or|to|through)\s+)?(?:{_PART_OF_LAW}\s*)?{_SECTION})*(\s*)$",
    re.IGNORECASE,
)
_OF_A_LAW = re.compile(r"\s*(?:\(\w{1,3}\)\s*)*(?:of|de|du|del)\b", re.IGNORECASE)

# § before a number is the sign of a section, not a footnote marker.
_MARKERS = re.compile(r"(?:[†‡*‖¶]|§(?![\s§]*\d))+(?:\s*,?\s*(?:[†‡*‖¶]|§(?![\s§]*\d))+)*")

# "15**" (Haiti 2013, page 3) is the one marker of a note of its own, "*†" are two.
_MARKER = re.compile(r"([^\s,])\1*")

# Côte d'Ivoire 2020 names the national hotline: "(116)", where the list ends at 78.
_PHONE = re.compile(r"\b(?:hotline|helpline|call|dial)\s*$", re.IGNORECASE)

# "Hazardous Work by Children (15 to 17)" (the form of 2023): ages in words behind those who have them.
_PERSONS = re.compile(r"\b(?:ages?|aged|children|child|boys|girls|adolescents|youths?)\s*$", re.IGNORECASE)
_AGE_RANGE = re.compile(r"\(\s*\d{1,2}\s+to\s+\d{1,2}\s*\)")

_PERCENT_BEFORE = re.compile(r"\d\s*%\s*$")
_ENUMERATES_NEXT = re.compile(r"(?:[,;:]\s*(?:and|or|&)?|\b(?:and|or|&))\s*$")
_LETTER_AFTER = re.compile(r"\s*(?!(?:and|or)\b)[^\W\d_]")

# The end of a sentence and the beginning of the next one.
_STOP = re.compile(r"[.!?][”’\")\]]*\s+(?=[\W\d]*[A-Z\u00c0-\u00de])")
_OPENING = "“\"‘'([$"

_HIGHEST = 999  # no reference list of 2013 to 2020 has a thousand entries; a longer number is a year or a count
_CONTEXT = 120  # characters before a group that are searched for the words that give it another meaning


@dataclass(frozen=True, slots=True)
class CitationMarker:
    """One citation group: its place (``text[start:end]``, parentheses included) and the numbers that it cites."""

    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text without its citation and footnote markers; ``numbers`` and ``markers`` in printed order, each once."""

    text: str
    numbers: tuple[int, ...]
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """What a marker closes: ``text[start:end]`` of the text without markers is ``sentence``, the sentence before the
    marker, or the part of it that follows the marker before; ``numbers`` are those of the marker."""

    numbers: tuple[int, ...]
    start: int
    end: int
    sentence: str


def lift(text: str, highest: int | None = None) -> CleanText:
    """Take the citation markers and footnote markers out of ``text``.

    ``highest`` is the highest number of the chapter's reference list, ``None`` if it is not known. It only helps to
    tell a count or a year from a citation. Numbers a little above it are kept as citations without a reference (Peru
    2019, page 9, cites 94, 109 and 110; its list has 86 entries).

    >>> lift("Children mine gold.(1,3-5) Some† dive (2).", 12)
    CleanText(text='Children mine gold. Some dive.', numbers=(1, 3, 4, 5, 2), markers=('†',))
    >>> lift("15** / 14*†").markers
    ('**', '*', '†')
    >>> lift("Article 3(1) of the Code (2004), in force since 2012 (7)").text
    'Article 3(1) of the Code (2004), in force since 2012'
    """
    found = spans(text, highest)
    marks = list(_MARKERS.finditer(text))
    if not found and not marks:
        return CleanText(text, (), ())
    plain, _ = _without(text, found, marks)
    numbers = dict.fromkeys(number for marker in found for number in marker.numbers)
    markers = dict.fromkeys(run.group() for mark in marks for run in _MARKER.finditer(mark.group()))
    return CleanText(plain, tuple(numbers), tuple(markers))


def cited(text: str, highest: int | None = None) -> list[Cited]:
    """What each citation marker of ``text`` closes, from left to right; ``highest`` as in :func:`lift`.

    >>> [(one.numbers, one.sentence) for one in cited("Some mine (1), others dive.(2) Dr. Ray rests.(3)(4)")]
    [((1,), 'Some mine'), ((2,), 'others dive.'), ((3,), 'Dr. Ray rests.'), ((4,), 'Dr. Ray rests.')]
    """
    markers = spans(text, highest)
    if not markers:
        return []
    plain, places = _without(text, markers, list(_MARKERS.finditer(text)))
    found: list[Cited] = []
    start = last = 0
    for marker in markers:
        end = places[marker.start]
        if any(map(str.isalnum, plain[last:end])):
            start = _start_of_clause(plain, last, end)
            last = end
        found.append(Cited(marker.numbers, start, end, plain[start:end]))
    return found


def _start_of_clause(plain: str, last: int, end: int) -> int:
    """Where the sentence that ends at ``end`` begins, but not before ``last``, and with a letter or a digit."""
    starts = [found.end() for found in _STOP.finditer(plain, last, end) if not _is_short(plain[: found.start()])]
    start = next((start for start in reversed(starts) if any(map(str.isalnum, plain[start:end]))), last)
    while start < end and not (plain[start].isalnum() or plain[start] in _OPENING):
        start += 1
    return start


def _is_short(before: str) -> bool:
    """Whether a text ends with a word whose full stop does not end a sentence: an initial or an abbreviation."""
    word = re.split(r"[\s(“\"‘]", before)[-1].casefold()
    return (len(word) == 1 and word.isalpha()) or "." in word or word in words("abbreviations")


@depends
@lru_cache(maxsize=512)  # a cell is asked for its text, for its citations and for its kind, one after the other
def spans(text: str, highest: int | None = None) -> tuple[CitationMarker, ...]:
    """The citation markers of ``text`` from left to right; ``highest`` as in :func:`lift`."""
    groups = list(_GROUP.finditer(text))
    enumerators = _enumerators(text, groups)
    found = []
    for group in groups:
        numbers = expand(_inside(group))
        if group.start() not in enumerators and _is_citation(text, group, numbers, highest):
            found.append(CitationMarker(group.start(), group.end(), numbers))
    return tuple(found)


def _inside(group: re.Match[str]) -> str:
    """The text between the parentheses or brackets of a group."""
    inside: str = group.group(1) or group.group(2)
    return inside


def expand(group: str) -> tuple[int, ...]:
    """The numbers in the text of a group, ranges written out, in printed order, each once.

    >>> expand("1, 3–5; 4")
    (1, 3, 4, 5)
    """
    numbers: dict[int, None] = {}
    for match in _RANGE.finditer(group):
        first = int(match.group(1))
        last = int(match.group(2) or first)
        numbers.update(dict.fromkeys(range(first, last + 1) if first <= last <= first + 200 else (first, last)))
    return tuple(numbers)


def _is_citation(text: str, group: re.Match[str], numbers: tuple[int, ...], highest: int | None) -> bool:
    """Whether a group of numbers cites references; decided by its size and the words around it."""
    if min(numbers) == 0 or max(numbers) > _HIGHEST:
        return False
    if highest is not None and max(numbers) > max(2 * highest, highest + 50):
        return False  # the marker may come from an older, longer list, but not from one twice as long
    before = text[max(0, group.start() - _CONTEXT) : group.start()]
    above = highest is None or max(numbers) > highest
    if above and highest is not None and _PHONE.search(before):
        return False
    if above and group.group().startswith("["):  # "[2014]", "[...] [3]": a list must have the number
        return False
    if _AGE_RANGE.fullmatch(group.group()) and _PERSONS.search(before):
        return False
    return not (_is_head_count(_inside(group), before, above) or _is_subsection(text, group, before, numbers))


def _is_head_count(inside: str, before: str, above: bool) -> bool:
    """Whether a group is a count: ``8.9 (44,017)``, ``children (12,345)``, or with a zero first that no citation has.

    ``above`` says that the number is higher than the list, or that the list is not known.
    """
    if above and inside.isdigit() and _PERCENT_BEFORE.search(before):  # "12.6% (657)", of a chapter without a list
        return True
    if not _HEAD_COUNT.fullmatch(inside):
        return False
    if any(part.startswith("0") for part in inside.split(",")):
        return True
    after_percent = re.search(r"\d\.\d\s*%?\s*$", before) is not None
    inside_sentence = inside.count(",") == 1 and re.search(r"[^\W\d_]\s*$", before) is not None
    return above and (after_percent or inside_sentence)


def _is_subsection(text: str, group: re.Match[str], before: str, numbers: tuple[int, ...]) -> bool:
    """Whether a group is the subsection of an article: ``Article 3(1)``, ``Article 243 (1) of the Act``."""
    law = _LAW_NUMBER.search(before)
    if law is None or len(numbers) > 1:
        return False
    no_blank_between = not law.group(1)
    return no_blank_between or _OF_A_LAW.match(text, group.end()) is not None


def _enumerators(text: str, groups: list[re.Match[str]]) -> set[int]:
    """Starts of the groups that number the items of a sentence: ``(1) access, (2) quality, and (3) care``.

    The numbers run from 1, a word follows each of them, and a comma, semicolon, colon, "and" or "or" comes before the
    second and later ones. Brazil 2014 and Kosovo 2014 (page 7) list the aims of their policies so.
    """
    found: set[int] = set()
    run: list[int] = []
    for group in groups:
        number = int(_inside(group)) if _inside(group).isdigit() else 0
        before = text[max(0, group.start() - 60) : group.start()].rstrip()
        if not number or not _LETTER_AFTER.match(text, group.end()):
            continue
        if number == 1 and not before.endswith((".", "!", "?", ".”", '."')):
            run = [group.start()]
        elif run and number == len(run) + 1 and _ENUMERATES_NEXT.search(before):
            run.append(group.start())
            found.update(run)
    return found


def _without(text: str, found: Sequence[CitationMarker], marks: Sequence[re.Match[str]]) -> tuple[str, dict[int, int]]:
    """``text`` without its markers, and without the blanks and doubled stops that they would leave; and for each
    marker, by its place in ``text``, the place in the result at which it stood."""
    places: dict[int, int] = {}
    out, at = "", 0
    for start, end in sorted([(marker.start, marker.end) for marker in found] + [mark.span() for mark in marks]):
        out = _glue(out, text[at:start]) if at else text[at:start].lstrip()
        places[start] = len(out.rstrip())
        at = end
    return (_glue(out, text[at:]).strip() if at else text), places


def _glue(left: str, right: str) -> str:
    """Join the two texts around a cut, with a blank where two words meet."""
    closing = right.lstrip()
    if not closing:
        return left.rstrip() + (" " if right and left.strip() else "")
    if closing[0] in ".,;:!?)]" and not closing.startswith("..."):
        left = left.rstrip()
        return left + (closing[1:] if _is_doubled(left, closing[0]) else closing)
    if left.endswith((" ", "\n", "(", "[")) or not left:
        return left + closing
    words_meet = (closing[0].isalnum() or closing[0] in '“"‘($') and left[-1] not in "-–—/“‘"
    return left + (" " if right[0].isspace() or words_meet else "") + closing


def _is_doubled(left: str, stop: str) -> bool:
    """Whether ``left`` already ends in punctuation that makes ``stop`` superfluous."""
    if stop == ".":
        return left.endswith((".", "?", "!"))
    return stop in ",;:" and left.endswith((",", ";", ":"))
