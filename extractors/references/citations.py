"""Callouts in running text and cells: the groups ``(1,3-6)`` and the footnote markers ``† ‡ * §``.

A group of numbers in parentheses is a callout unless what stands around it says otherwise: a year (``(2012-2021)``), a
subsection of a law (``Article 3(1)``), an item of an enumeration (``(1) access, (2) quality``) or a head count
(``8.9 (44,017)``). Everything here is about one string; pages and tables are no concern of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DASH = "-\u2010\u2011\u2012\u2013\u2014"
_NUMBER = r"\d{1,4}"
# One number or range, then more after a comma, a semicolon or (Côte d'Ivoire 2013: "15 18, 25") only a blank; a comma
# may be left over at the end (India 2018: "(85,90,)").
_ITEM = rf"{_NUMBER}(?:\s*[{_DASH}]+\s*{_NUMBER})?"
_GROUP = re.compile(rf"\(\s*({_ITEM}(?:(?:\s*[,;.]\s*(?:and\s+)?|\s+and\s+|\s+){_ITEM})*)\s*(?:[,;]\s*)?\)")
_RANGE = re.compile(rf"({_NUMBER})(?:\s*[{_DASH}]+\s*({_NUMBER}))?")
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

_ENUMERATES_NEXT = re.compile(r"(?:[,;:]\s*(?:and|or|&)?|\b(?:and|or|&))\s*$")
_LETTER_AFTER = re.compile(r"\s*(?!(?:and|or)\b)[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Callout:
    """One citation group: where it stands (``text[start:end]``, parentheses included) and the numbers it means."""

    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lifted:
    """A text freed of callouts and markers; ``numbers`` and ``markers`` in printed order, each once."""

    text: str
    numbers: tuple[int, ...]
    markers: tuple[str, ...]


def lift(text: str, highest: int | None = None) -> Lifted:
    """Take citation groups and footnote markers out of ``text``.

    ``highest`` is the highest number of the chapter's reference list, where it is known; it only helps to tell a head
    count or a year from a group. Numbers a little beyond it are kept: they are callouts without a reference (Peru 2019,
    page 9, cites 94, 109 and 110 of 86).

    >>> lift("Children mine gold.(1,3-5) Some† dive (2).", 12)
    Lifted(text='Children mine gold. Some dive.', numbers=(1, 3, 4, 5, 2), markers=('†',))
    >>> lift("15** / 14*†").markers
    ('**', '*', '†')
    >>> lift("Article 3(1) of the Code (2004), in force since 2012 (7)").text
    'Article 3(1) of the Code (2004), in force since 2012'
    """
    callouts = spans(text, highest)
    marks = list(_MARKERS.finditer(text))
    numbers = dict.fromkeys(number for callout in callouts for number in callout.numbers)
    markers = dict.fromkeys(run.group() for mark in marks for run in _MARKER.finditer(mark.group()))
    cuts = sorted([(c.start, c.end) for c in callouts] + [m.span() for m in marks])
    return Lifted(_without(text, cuts), tuple(numbers), tuple(markers))


def spans(text: str, highest: int | None = None) -> list[Callout]:
    """Where the citation groups of ``text`` stand, in order; ``highest`` as for :func:`lift`."""
    groups = list(_GROUP.finditer(text))
    enumerators = _enumerators(text, groups)
    found = []
    for group in groups:
        numbers = expand(group.group(1))
        if group.start() in enumerators or not _is_callout(text, group, numbers, highest):
            continue
        found.append(Callout(group.start(), group.end(), numbers))
    return found


def expand(group: str) -> tuple[int, ...]:
    """The numbers that the inside of a group means, ranges written out, in printed order, each once.

    >>> expand("1, 3–5; 4")
    (1, 3, 4, 5)
    """
    numbers: dict[int, None] = {}
    for match in _RANGE.finditer(group):
        first = int(match.group(1))
        last = int(match.group(2) or first)
        numbers.update(dict.fromkeys(range(first, last + 1) if first <= last <= first + 200 else (first, last)))
    return tuple(numbers)


def _is_callout(text: str, group: re.Match[str], numbers: tuple[int, ...], highest: int | None) -> bool:
    """Whether a group of numbers cites references, going by its size and by the words around it."""
    if max(numbers) > 999 or min(numbers) == 0:
        return False
    inside = group.group(1)
    before = text[max(0, group.start() - 120) : group.start()]
    # A list of 86 references may be cited up to 110 (an older list's numbers), never up to 484.
    far = highest is not None and max(numbers) > max(2 * highest, highest + 50)
    if _HEAD_COUNT.fullmatch(inside):
        leading_zero = any(part.startswith("0") for part in inside.split(","))
        after_percent = re.search(r"\d\.\d\s*%?\s*$", before) is not None
        beyond = highest is not None and max(numbers) > highest
        if leading_zero or far or (after_percent and (beyond or highest is None)):
            return False
    if far or (highest is not None and max(numbers) > highest and _PHONE.search(before)):
        return False
    law = _LAW_NUMBER.search(before)
    if law is None or len(numbers) > 1:
        return True
    glued = not law.group(1)
    return not (glued or _OF_A_LAW.match(text, group.end()))


def _enumerators(text: str, groups: list[re.Match[str]]) -> set[int]:
    """Starts of the groups that count the items of a sentence: ``(1) access, (2) quality, and (3) care``.

    The run starts at 1, a word follows each number, and what separates items stands before the second and later ones.
    Brazil 2014 and Kosovo 2014 (page 7) list the aims of their policies so.
    """
    found: set[int] = set()
    run: list[int] = []
    for group in groups:
        number = int(group.group(1)) if group.group(1).isdigit() else 0
        before = text[max(0, group.start() - 60) : group.start()].rstrip()
        if not number or not _LETTER_AFTER.match(text, group.end()):
            continue
        if number == 1 and not before.endswith((".", "!", "?", ".”", '."')):
            run = [group.start()]
        elif run and number == len(run) + 1 and _ENUMERATES_NEXT.search(before):
            run.append(group.start())
            found.update(run)
    return found


def _without(text: str, cuts: list[tuple[int, int]]) -> str:
    """``text`` without the pieces ``cuts``, and without the blanks and doubled stops that cutting leaves behind."""
    if not cuts:
        return text
    out, at = "", 0
    for start, end in cuts:
        out = _glue(out, text[at:start]) if at else text[at:start]
        at = end
    return _glue(out, text[at:]).strip()


def _glue(left: str, right: str) -> str:
    """Put two pieces together where something was cut out between them."""
    closing = right.lstrip()
    if not closing:
        return left.rstrip() + (" " if right and left.strip() else "")
    if closing[0] in ".,;:!?)]" and not closing.startswith("..."):
        left = left.rstrip()
        doubled = (
            left.endswith((".", "?", "!"))
            if closing[0] == "."
            else closing[0] in ",;:" and left.endswith((",", ";", ":"))
        )
        return left + (closing[1:] if doubled else closing)
    if left.endswith((" ", "\n", "(", "[")) or not left:
        return left + closing
    blank = right[0].isspace() or ((closing[0].isalnum() or closing[0] in '“"‘($') and left[-1] not in "-–—/“‘")
    return left + (" " if blank else "") + closing
