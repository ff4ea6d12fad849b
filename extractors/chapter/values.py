"""Text of a cell -> typed value, and for each kind of column (``rules/kinds.py``) which values it publishes.

Every function takes text without citations and markers. It returns ``None`` or an empty field if the text has no value:
"Unknown", "N/A", a dash and an empty cell are never a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from extractors.rules import fold
from extractors.rules.kinds import KindName

Status = Literal["reported", "unknown", "not_applicable", "blank"]
Unit = Literal["usd", "count", "yes_no", ""]
Ratification = Literal["ratified", "not_ratified", "not_applicable", "unknown"]
Kind = Literal["ratification", "status", "age", "ages", "percent", "answer", "years"]

UNKNOWN = {"unknown", "unavailable", "not available", "information not available", "information unavailable"}
UNKNOWN |= {"no information", "no data", "no information available", "no data available"}
NOT_APPLICABLE = {"n a", "na", "not applicable", "none applicable"}
DASHES = "-–—‑−"
AGES = re.compile(
    rf"(?:ages?\s+)?(\d{{1,3}})(?:\s*(?:to|[{DASHES}])\s*(\d{{1,3}}))?(?:\s*(?:years?|yrs?)(?:\s+old)?)?\s*\.?", re.I
)
YEAR_SPAN = re.compile(r"(?:19|20)\d\d(?:-(?:19|20)\d\d)?")
_SCALE = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d+)?"
# A count has no fraction: the point in "7.559" inspections separates thousands (Ecuador 2020, page 4).
_POINTS = re.compile(r"\s*([1-9]\d{0,2}(?:\.\d{3})+)(?![\w.,–-]*\w|\s*(?:\d|thousand|million|billion))", re.I)
# A complete number, not the first part of something else ("5-10", or "1,234I" in a scan).
AMOUNT = re.compile(rf"\s*(?:US)?(\$)?\s*({_NUMBER})\s*(thousand|million|billion)?(?![\w.,–-]*\w|\s*\d)", re.I)
# A blank cuts a number in "116, 535" (Chile 2016, page 6) and "1, 484" (Thailand 2016): the groups belong together.
_CUT = re.compile(r"(?<![\d.,])\d{1,3}(?:\s?,\s?\d{3}|\s\d{3})+(?![.,]?\d)")
# The last two of each are the signs of Wingdings without a letter.
CHECK = re.compile("[✓✔√☑✅\uf0fc\uf0fe]")
CROSS = re.compile("[✗✘✕✖☓❌×☒☐\uf0fb\uf0fd]")
_MARKS = re.compile(rf"{CHECK.pattern}|{CROSS.pattern}")
RATIFIED = {"yes", "ratified"}
NOT_RATIFIED = {"no", "not ratified", ""}
OLDEST = 25  # the highest number of years that an age in a cell can be; a higher number there is something else
_AGE = re.compile(r"(?<![\d.])(\d+)(\.\d+|\s?½)?")
# The forms of cells with a number in 195 chapters of 2013-2020.
WHOLE = {
    "age": re.compile(r"\d{1,2}"),
    "ages": AGES,
    "percent": re.compile(
        rf"(?:{_NUMBER})\s*(?:%|percent)?\s*(?:\(\s*(?:{_NUMBER}|{'|'.join(sorted(UNKNOWN))})\s*\))?", re.I
    ),
    "answer": re.compile(
        rf"yes|no|{_MARKS.pattern}|(?:US)?\$?\s*(?:{_NUMBER})(?:\s*(?:thousand|million|billion))?", re.I
    ),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of an enforcement cell. ``repaired``: ``value`` is not the number as it is printed."""

    status: Status
    value: float | None = None
    unit: Unit = ""
    repaired: bool = False


def answer(text: str) -> Answer:
    """Read an enforcement cell. ``Yes`` and ``No`` become 1 and 0 with the unit ``yes_no``.

    >>> answer("$3.9 million")
    Answer(status='reported', value=3900000.0, unit='usd', repaired=False)
    >>> answer("Unknown").status, answer("").status
    ('unknown', 'blank')
    """
    if mark := _mark(text):
        return Answer("reported", 1.0 if mark == "Yes" else 0.0, "yes_no")
    folded = fold(text)
    if not folded and not _MARKS.search(text):
        return Answer("blank")
    if _not_applicable(folded):
        return Answer("not_applicable")
    if folded in UNKNOWN or fold(re.sub(r"\([\d\s,;–-]*$", "", text)) in UNKNOWN:  # "Unknown (10": a citation cut off
        return Answer("unknown")
    if yes_no := re.fullmatch(r"(yes|no)\b.*", folded):
        return Answer("reported", 1.0 if yes_no[1] == "yes" else 0.0, "yes_no")
    if m := _POINTS.match(text):
        return Answer("reported", float(m[1].replace(".", "")), "count", repaired=True)
    whole = joined(text)
    if m := AMOUNT.match(whole):
        value = Decimal(m[2].replace(",", "")) * _SCALE.get((m[3] or "").casefold(), 1)
        return Answer("reported", float(value), "usd" if m[1] else "count", repaired=whole != text)
    return Answer("reported")


def joined(text: str) -> str:
    """A text without blanks inside its numbers: ``116, 535`` and ``116 535`` -> ``116,535``."""
    return _CUT.sub(lambda number: re.sub(r"\s*,\s*|\s+", ",", number[0]), text)


def _mark(text: str) -> str:
    """``Yes`` for a check mark alone, ``No`` for a cross alone (2023 on), else empty."""
    marks = _MARKS.findall(text)
    if fold(text) or len(marks) != 1:
        return ""
    return "Yes" if CHECK.search(text) else "No"


def percent_and_population(text: str) -> tuple[float | None, int | None]:
    """``21.8 (1,261,484)`` -> (21.8, 1261484); ``33.2`` -> (33.2, None); ``Unavailable`` -> (None, None)."""
    m = re.match(rf"\s*({_NUMBER})\s*%?\s*(?:\(\s*({_NUMBER})\s*\))?", joined(text))
    if not m:
        return None, None
    population = m[2].replace(",", "") if m[2] else None
    return float(m[1].replace(",", "")), int(float(population)) if population else None


def ages(text: str) -> tuple[int | None, int | None]:
    """``5 to 14``, ``5-14 yrs.``, ``5–14 years`` -> (5, 14); ``14`` -> (14, 14); other text, as ``under 14``, has no
    ages: (None, None)."""
    m = AGES.fullmatch(text.strip())
    return (int(m[1]), int(m[2] or m[1])) if m else (None, None)


def ratified(text: str) -> tuple[bool | None, Ratification]:
    """Whether a convention is ratified, and what the cell says: a check mark and "yes" stand for ratified; a cross,
    "no", a dash and an empty cell for not ratified. "N/A" and "Unknown" are neither yes nor no, and so is other text.

    >>> ratified("✓"), ratified("N/A")
    ((True, 'ratified'), (None, 'not_applicable'))
    """
    folded = fold(text)
    if _not_applicable(folded):  # the West Bank and the Gaza Strip 2018, page 2; Bhutan 2015, page 2
        return None, "not_applicable"
    if CHECK.search(text) or folded in RATIFIED or re.search(r"\byes\b", folded):
        return True, "ratified"
    if folded in NOT_RATIFIED and (folded or CROSS.search(text) or not text.strip(f" {DASHES}")):
        return False, "not_ratified"
    return None, "unknown"


def _not_applicable(folded: str) -> bool:
    return folded in NOT_APPLICABLE or folded.startswith("n a ")  # "N/A (no army)"


def age(text: str) -> tuple[float | None, float | None, str]:
    """The first age in a cell, the last if it prints several, and the whole text if it is not one plain number.

    The order is the printed one: "14-18" gives 14 and 18, and "15** 14†" gives 15, the age of the law, and 14, that
    of the ratification (Haiti 2013, page 3). Numbers in parentheses count only if there are no others.

    >>> age("17.5"), age("Combat 18 / Non-combat 17")
    ((17.5, None, '17.5'), (18.0, 17.0, 'Combat 18 / Non-combat 17'))
    """
    text = text.strip()
    found = _ages_in(re.sub(r"\([^()]*\)", " ", text)) or _ages_in(text)
    note = "" if re.fullmatch(r"\d+", text) and found else text
    if not found:
        return None, None, note
    return found[0], found[-1] if len(set(found)) > 1 else None, note


def _ages_in(text: str) -> list[float]:
    numbers = [float(m[1] + (".5" if "½" in (m[2] or "") else m[2] or "")) for m in _AGE.finditer(text)]
    return [number for number in numbers if number <= OLDEST]


def legal_status(text: str) -> str:
    """``Yes`` or ``No`` by the first of these words or by a mark (✓, ✗); ``Unknown`` or ``N/A`` if that is the text;
    else empty."""
    folded = fold(text)
    if mark := _mark(text):
        return mark
    if folded in UNKNOWN:
        return "Unknown"
    if folded in NOT_APPLICABLE or re.match(r"n a\b", folded):
        return "N/A"
    found = re.search(r"\b(yes|no)\b", folded)
    return found[1].capitalize() if found else ""


def year_span(text: str) -> tuple[str, int | None, int | None]:
    """Years in which an action was suggested: the printed spans without blanks, the first year and the last year.

    >>> year_span("2011, 2014 – 2016")
    ('2011,2014-2016', 2011, 2016)
    """
    compact = _compact(text)
    spans = YEAR_SPAN.findall(compact)
    years = [int(y) for span in spans for y in span.split("-")]
    return ",".join(spans) or compact, min(years, default=None), max(years, default=None)


def _compact(years: str) -> str:
    """Years without blanks ("2009 –2 013", Ghana 2013, page 9) and with one plain hyphen for a dash of any length."""
    plain = re.sub(r"\s", "", years.translate({ord(d): "-" for d in DASHES}))
    return re.sub(r"-+", "-", plain)  # "2018 -- 2019"


def fully_read(kind: Kind, text: str) -> bool:
    """Whether the functions above read everything that a cell says; true for an empty cell.

    Other text ("Ratified", "about 58", "under 14") has no value for them, or they read only a part of it.

    >>> fully_read("answer", "$3.9 million"), fully_read("answer", "about 58")
    (True, False)
    """
    text, folded = text.strip().rstrip("."), fold(text)
    if not text.strip(DASHES) or _not_applicable(folded) or folded in UNKNOWN:
        return True
    if kind == "ratification":
        return bool(_mark(text)) or folded in RATIFIED or folded in NOT_RATIFIED - {""}
    if _mark(text) and kind in ("status", "answer"):
        return True
    if kind == "status":  # "Combat: Yes Non-Combat: Yes" is one answer
        return set(fold(re.sub(r"[\w-]+:", " ", text)).split()) in ({"yes"}, {"no"})
    if kind == "years":
        spans, first, _ = year_span(text)
        return first is not None and spans == _compact(text).replace(";", ",")
    return WHOLE[kind].fullmatch(joined(text)) is not None


def policy_years(name: str) -> tuple[int | None, int | None]:
    """The years in the name of a policy: ``(2012–2021)`` -> (2012, 2021); ``(2014)``, ``(2014–)`` and
    ``(2014-present)`` -> (2014, None)."""
    m = re.search(r"\(?((?:19|20)\d\d)\s*[-–—]\s*((?:19|20)\d\d)?(?!\d)", name)
    if m:
        return int(m[1]), int(m[2]) if m[2] else None
    m = re.search(r"\(((?:19|20)\d\d)\)", name)
    return (int(m[1]), None) if m else (None, None)


# ---------------------------------------------------------------------------------------------- kinds

Values = tuple[object, ...]


def _count(text: str) -> Values:
    """A whole number and the status of the cell; an amount of money or a fraction is no count."""
    read = answer(text)
    counted = read.value is not None and read.unit == "count" and read.value == int(read.value)
    return (int(read.value or 0) if counted else None, read.status)


def _answer(text: str) -> Values:
    read = answer(text)
    return (read.value, read.unit, read.status)


def _percent(text: str) -> Values:
    return (percent_and_population(text)[0], answer(text).status)


READERS: dict[KindName, Callable[[str], Values]] = {
    "text": lambda text: (text,),
    "dated_name": lambda text: (text, *policy_years(text)),
    "count": _count,
    "answer": _answer,
    "percent": _percent,
    "percent_and_count": percent_and_population,
    "age": age,
    "ages": ages,
    "yes_no": lambda text: (legal_status(text),),
    "check_mark": lambda text: (ratified(text)[0] is True,),
    "ratification": ratified,
    "years": year_span,
    "picture": lambda _: (),
}
"""Kind -> reader of a cell without citations and markers. ``label`` and ``territory`` need more than the cell."""

FORMS: dict[KindName, Kind] = {
    "count": "answer",
    "answer": "answer",
    "percent": "percent",
    "percent_and_count": "percent",
    "age": "age",
    "ages": "ages",
    "yes_no": "status",
    "check_mark": "ratification",
    "ratification": "ratification",
    "years": "years",
}
"""Kind -> the form that a cell must have to be read completely; any other cell gets a finding ``value_unread``."""
