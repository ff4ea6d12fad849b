"""Text of a cell -> typed value.

Every function takes text without citations and markers. It returns ``None`` or an empty field if the text has no value:
"Unknown", "N/A", a dash and an empty cell are never a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from extractors.rules import fold

Status = Literal["reported", "unknown", "not_applicable", "blank"]
Unit = Literal["usd", "count", "yes_no", ""]
Kind = Literal["ratification", "status", "ages", "percent", "answer", "years"]

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
TICK = re.compile(r"[✓✔√]|\byes\b|^x$", re.I)
# The forms of cells with a number in 195 chapters of 2013-2020.
WHOLE = {
    "ages": AGES,
    "percent": re.compile(
        rf"(?:{_NUMBER})\s*(?:%|percent)?\s*(?:\(\s*(?:{_NUMBER}|{'|'.join(sorted(UNKNOWN))})\s*\))?", re.I
    ),
    "answer": re.compile(rf"yes|no|(?:US)?\$?\s*(?:{_NUMBER})(?:\s*(?:thousand|million|billion))?", re.I),
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
    folded = fold(text)
    if not folded:
        return Answer("blank")
    if folded in NOT_APPLICABLE or folded.startswith("n a "):  # "N/A (no army)"
        return Answer("not_applicable")
    if folded in UNKNOWN:
        return Answer("unknown")
    if yes_no := re.fullmatch(r"(yes|no)\b.*", folded):
        return Answer("reported", 1.0 if yes_no[1] == "yes" else 0.0, "yes_no")
    if m := _POINTS.match(text):
        return Answer("reported", float(m[1].replace(".", "")), "count", repaired=True)
    if m := AMOUNT.match(text):
        value = Decimal(m[2].replace(",", "")) * _SCALE.get((m[3] or "").casefold(), 1)
        return Answer("reported", float(value), "usd" if m[1] else "count")
    return Answer("reported")


def percent_and_population(text: str) -> tuple[float | None, int | None]:
    """``21.8 (1,261,484)`` -> (21.8, 1261484); ``33.2`` -> (33.2, None); ``Unavailable`` -> (None, None)."""
    m = re.match(rf"\s*({_NUMBER})\s*%?\s*(?:\(\s*({_NUMBER})\s*\))?", text)
    if not m:
        return None, None
    population = m[2].replace(",", "") if m[2] else None
    return float(m[1].replace(",", "")), int(float(population)) if population else None


def ages(text: str) -> tuple[int | None, int | None]:
    """``5 to 14``, ``5-14 yrs.``, ``5–14 years`` -> (5, 14); ``14`` -> (14, 14); other text, as ``under 14``, has no
    ages: (None, None)."""
    m = AGES.fullmatch(text.strip())
    return (int(m[1]), int(m[2] or m[1])) if m else (None, None)


def ratified(text: str) -> bool:
    """Whether a cell has a check mark, "yes" or "x"."""
    return TICK.search(text) is not None


def age(text: str) -> tuple[int | None, str]:
    """The first age, and the whole text if it has more: ``16 (boys); 18 (girls)`` -> (16, "16 (boys); 18 (girls)")."""
    text = text.strip()
    numbers = re.findall(r"\d+(?:\.\d+|½)?", text)
    if not numbers:
        return None, text
    return int(re.split(r"[.½]", numbers[0])[0]), "" if re.fullmatch(r"\d+", text) else text


def legal_status(text: str) -> str:
    """``Yes`` or ``No`` by the first of these words; ``Unknown`` or ``N/A`` if that is the text; else empty."""
    folded = fold(text)
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
    return re.sub(r"\s", "", years.translate({ord(d): "-" for d in DASHES}))  # "2009 –2 013", Ghana 2013, page 9


def fully_read(kind: Kind, text: str) -> bool:
    """Whether the functions above read everything that a cell says; true for an empty cell.

    Other text ("Ratified", "about 58", "under 14") has no value for them, or they read only a part of it.

    >>> fully_read("answer", "$3.9 million"), fully_read("answer", "about 58")
    (True, False)
    """
    text, folded = text.strip().rstrip("."), fold(text)
    if not text.strip(DASHES) or folded in NOT_APPLICABLE or folded.startswith("n a "):
        return True
    if kind == "ratification":  # "Unknown" is not an answer here
        return folded in ("yes", "no") or (bool(TICK.search(text)) and folded in ("", "x"))
    if folded in UNKNOWN:
        return True
    if kind == "status":  # "Combat: Yes Non-Combat: Yes" is one answer
        return set(fold(re.sub(r"[\w-]+:", " ", text)).split()) in ({"yes"}, {"no"})
    if kind == "years":
        spans, first, _ = year_span(text)
        return first is not None and spans == _compact(text)
    return WHOLE[kind].fullmatch(text) is not None


def policy_years(name: str) -> tuple[int | None, int | None]:
    """The years in the name of a policy: ``(2012–2021)`` -> (2012, 2021); ``(2014)``, ``(2014–)`` and
    ``(2014-present)`` -> (2014, None)."""
    m = re.search(r"\(?((?:19|20)\d\d)\s*[-–—]\s*((?:19|20)\d\d)?(?!\d)", name)
    if m:
        return int(m[1]), int(m[2]) if m[2] else None
    m = re.search(r"\(((?:19|20)\d\d)\)", name)
    return (int(m[1]), None) if m else (None, None)
