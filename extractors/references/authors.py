"""The author of a reference entry: which words at the beginning of an entry are its author."""

from __future__ import annotations

import re

from extractors.references.dates import date_at_start
from extractors.references.wording import pattern, words
from extractors.rules import country_code

_STOP = re.compile(r"\.[”\"’']?(?=\s+\S|\s*$)|[?!]+[”\"’']?(?=\s+\S|\s*$)")
_SURNAMES = r"[^\W\d_][\w’'-]+(?:,? [^\W\d_][\w’'-]+){0,2}"
_AND = r"(?:and|y|e|et|und|&)"
_ONE_WORD = re.compile(r"[A-ZÀ-Þ][\w’'-]+[.,]\s")
_COUNTRY_WORDS = 7  # "Democratic Republic of São Tomé and Príncipe" has as many


def split_author(head: str, authors: frozenset[str] = frozenset()) -> tuple[str, str]:
    """The author and the text after it; an entry that begins with a title in quotes, or is one sentence, has none.

    ``head`` is the entry up to its URL, ``authors`` the authors of the list, which help where the full stop after the
    author is missing.
    """
    if head[:1] in '“"' or re.match(r"[‘'][^.]*[’'](?!\w)", head):
        return "", head
    return _author_by_stop(head) or _author_without_stop(head, authors) or ("", head)


def _author_by_stop(head: str) -> tuple[str, str] | None:
    """The words before the first full stop that belongs to no abbreviation."""
    for stop in _STOP.finditer(head):
        before, rest = head[: stop.start()], head[stop.end() :].lstrip()
        if _ends_entry(rest):
            return None
        token = re.split(r"[\s(]", before)[-1]
        if re.match(rf"{_AND}\s", rest) and _is_initials(before, token, rest):
            continue
        if _is_initials(before, token, rest) or (token.casefold() in words("name_endings") and not rest[0].islower()):
            return before + ".", rest
        if not is_abbreviation(token) or _is_given_name(before, rest):
            return before.rstrip(" ,;"), rest
    return None


def _is_given_name(before: str, rest: str) -> bool:
    """Whether an abbreviation is a person's first name: "David, Sen. Child Beggars in Town" (Cambodia 2020)."""
    return re.fullmatch(r"[^\W\d_][\w’'-]+, [A-ZÀ-Þ][a-zà-ÿ]+", before) is not None and not _ONE_WORD.match(rest)


def _ends_entry(rest: str) -> bool:
    """Whether no title follows: nothing, a date, a medium in brackets, a day of access or a date of enactment."""
    if not rest or rest.startswith("["):
        return True
    date = date_at_start(rest)
    if date is not None and re.match(r"\s*(?:$|[.;:(\[])", rest[date.end :]):
        return True
    word = pattern(r"(?:{access}|{issue})\b:?\s+(?:on\s+)?").match(rest)
    return word is not None and date_at_start(rest[word.end() :]) is not None


def _author_without_stop(head: str, authors: frozenset[str]) -> tuple[str, str] | None:
    """An author whose full stop is missing.

    "U.S. Embassy- Accra Reporting. February 19, 2020." (Ghana 2020); "Government of Afghanistan, Penal Code, enacted
    1976." (Afghanistan 2015).
    """
    correspondence = pattern(r"^(.+?),?\s+({plain_titles}\b.*)").match(head)
    if correspondence:
        return correspondence.group(1), correspondence.group(2)
    for author in (_government(head), *sorted(authors, key=len, reverse=True)):
        rest = head[len(author) :]
        if len(author) < 3 or not head.startswith(author):
            continue
        separated = re.match(r"[,:;.]\s+(?=[“\"\w])", rest)
        glued = " " in author and re.match(r"\s+(?=[“\"A-ZÀ-Þ])", rest)
        if (separated or glued) and not _ends_entry(rest.lstrip(" ,:;.")):
            return author, rest.lstrip(" ,:;.")
    return None


def _government(head: str) -> str:
    """``Government of`` and the country after it, at the beginning of ``head``; else an empty string."""
    start = pattern(r"(?:the\s+)?{government_of}\s+(?:the\s+)?").match(head)
    if start is None:
        return ""
    names = list(re.finditer(r"[^\s,;:.]+", head[start.end() :]))[:_COUNTRY_WORDS]
    for name in reversed(names):
        if country_code(head[start.end() : start.end() + name.end()]) is not None:
            return head[: start.end() + name.end()]
    return ""


def _is_initials(before: str, token: str, rest: str) -> bool:
    """Whether ``before`` ends in a person's first names: ``Thorson, D``, ``Okertchiri, JA``, ``Villavicencio E``.

    A lone capitalised word and a full stop in ``rest`` are the surname of the last of several persons: ``Y. Admon, L.
    Azuri.``, ``Bhosale, Savita G. and Vijaya B. Korishetti.``
    """
    if not re.fullmatch(r"[A-Z]{1,3}|(?:[A-Z]\.-?)+[A-Z]", token) or token.casefold() in words("organizations"):
        return False
    name = before[: -len(token)].rstrip()
    first_name_first = re.match(r"[A-Z]\.", before) is not None or re.search(rf"\s{_AND}\s", name) is not None
    if first_name_first and _ONE_WORD.match(rest):
        return False
    if name.endswith(","):
        return True
    last = re.split(rf",?\s{_AND}\s", name)[-1]
    return re.fullmatch(_SURNAMES, last) is not None and ("." not in token or "," in last)


def is_abbreviation(token: str) -> bool:
    """Whether the full stop after ``token`` belongs to it: ``No``, ``U.S``, a lone capital."""
    bare = token.strip("“\"‘'(")
    if re.fullmatch(r"(?:\w+[-/–])?(?:[^\W\d_]\.)+[^\W\d_]|[A-Z]", bare):  # "the India-U.S. Supply Chain"
        return True
    return bare.casefold() in words("abbreviations")
