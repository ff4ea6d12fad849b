"""The fields of one reference entry: author, title, date, and whether the source is on file.

Two styles are read by the same rules: ``Author. Title. June 3, 2019. URL.`` (from 2018 on) and ``Author. "Title." Site
[online] June 3, 2014 [cited May 5, 2015]; URL`` or ``Author. Title. City; June 2014.`` (to 2017).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from extractors import rules
from extractors.references.dates import FoundDate, date_at_start, find_dates


@dataclass(frozen=True, slots=True)
class EntryFields:
    """The fields of an entry; empty text for what is not printed. ``repeats_author``: a dash stands for the author."""

    author: str
    title: str
    date: FoundDate | None
    on_file: bool
    repeats_author: bool = False


def read_fields(text: str, head: str, author_before: str) -> EntryFields:
    """The fields of an entry.

    ``text`` is the whole entry, ``head`` its part before the URL, ``author_before`` the author of the entry before,
    which a dash repeats (Pakistan 2017).
    """
    on_file = _pattern(r"(?<!\w){on_file}(?=[\s\].,;)]*(?:$|[\].]))").search(text) is not None
    if on_file:  # "[source on file]. Accra; 2013." (Ghana 2013): the place and date after it still count
        head = _pattern(r"\s*[\[(]?\s*(?<!\w){on_file}(?!\w)\s*[\])]?").sub("", head)
        head = re.sub(r"(?<!\.)\.\s*\.(?!\.)", ".", head)
    ditto = _DITTO.match(head)
    if ditto is not None and author_before:
        return EntryFields(author_before, *_read_title(head[ditto.end() :]), on_file, repeats_author=True)
    author, rest = _split_author(head.strip())
    return EntryFields(author, *_read_title(rest), on_file)


def _any_of(key: str) -> str:
    """An alternation of the wordings under ``key`` in ``references.yml``, the longest first."""
    words = sorted(dict(rules.current().references)[key], key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)


@rules.depends
@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    """Compile ``template``, in which ``{key}`` means any of the wordings under that key of ``references.yml``."""
    return re.compile(re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{_any_of(m.group(1))})", template), re.IGNORECASE)


# A full stop, question or exclamation mark, with or without a closing quote, before a blank or the end.
_STOP = re.compile(r"[.?!]+[”\"’']?(?=\s+\S|\s*$)")
_DITTO = re.compile(r"[—–―_-]+\s*[.,]\s*")  # the same author again (Pakistan 2017)


def _split_author(head: str) -> tuple[str, str]:
    """The author and the text after it; an entry that begins with a title in quotes, or is one sentence, has none."""
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
    # "U.S. Embassy- Accra Reporting. February 19, 2020." (Ghana 2020) has no full stop after the author.
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
    """Title and date from the text between author and URL."""
    title, tail = _split_title(rest.strip())
    date = _date_of(tail)
    if (
        date is None
    ):  # "Reporting January 3, 2013", "Penal Code, 1997", "Constitution (1993)": the title ends in the date
        last = next((d for d in find_dates(title) if d.start and d.end >= len(title.rstrip(" .,;)"))), None)
        if last is not None and (last.detail > 4 or title[: last.start].rstrip().endswith((",", ";", ":", "("))):
            title, date = title[: last.start].rstrip(" ,;:("), last
    return title, date


def _split_title(rest: str) -> tuple[str, str]:
    """The title and the text after it. A title that is in quotes as a whole loses them."""
    quoted, after_quote = _quoted_title(rest)
    if quoted is not None:
        return quoted, rest[after_quote:]
    end = _title_end(rest, after_quote)
    return rest[:end].strip(" ,;:"), rest[end:]


def _quoted_title(rest: str) -> tuple[str | None, int]:
    """A title in quotes, ``None`` if the quotes hold only a part of it; and the place after the last quote seen."""
    if rest[:1] not in ("“", '"'):
        return None, 0
    after_quote = 0
    for quote in re.finditer(r"”|\s“(?=\s)" if rest[0] == "“" else r"\"", rest[1:]):
        inside, tail = rest[1 : quote.start() + 1], rest[quote.end() + 1 :]
        after_quote = quote.end() + 1
        if _is_whole_title(inside, tail):
            return (inside[:-1] if inside.endswith(".") else inside).strip(), after_quote
    return None, after_quote


def _is_whole_title(inside: str, tail: str) -> bool:
    """Whether the quoted words ``inside`` are a whole title, and ``tail`` is no part of it.

    ``"Title" Site.com [online]`` is whole; ``"Peru," in Country Reports`` and ``"Growing Up Free" Baseline Report`` are
    not.
    """
    if re.match(r"\s*in:?\s", tail, re.IGNORECASE) or inside.count("“") != inside.count("”"):
        return False
    return inside.endswith((".", "?", "!")) or re.match(r"\s*(?:$|[.;\[]|\S+\.[a-z]{2,4}\b)", tail) is not None


def _title_end(rest: str, start: int) -> int:
    """Where an unquoted title ends: at the first medium, date, day of access or full stop after ``start``."""
    ends = [len(rest)]
    ends += [match.start() for match in _pattern(r"\s*[,;.]?\s*\[\s*{medium}").finditer(rest, start)]
    for match in _pattern(r"((?:^|\s*[,;.]?\s+){issue}\b:?\s+)|(\s*;\s*)|\s*,\s*").finditer(rest, start):
        date = date_at_start(rest[match.end() :])
        if date is not None and (match.group(1) or match.group(2) or date.detail == 10):
            ends.append(match.start())
            break
    access = _pattern(r"\s*[,;.]\s*{access}\b").search(rest, start)
    if access is not None:
        ends.append(access.start())
    # "…, Cambodia (Ratification: 2006). Accessed: January 11, 2019." (Cambodia 2018, reference 25): author and title in
    # one, without a date of its own; also "… Submitted: 2014 accessed January 11, 2013;" (Bosnia 2015, reference 16).
    dated_access = _pattern(r"(?:^|\s+){access}\b:?,?\s+(?:on\s+)?").finditer(rest, start)
    ends += [match.start() for match in dated_access if date_at_start(rest[match.end() :]) is not None][:1]
    stop = next((stop for stop in _STOP.finditer(rest, start) if _ends_title(rest, stop)), None)
    if stop is not None:
        ends.append(stop.start() if stop.group() == "." else stop.end())
    return min(ends)


def _ends_title(rest: str, stop: re.Match[str]) -> bool:
    """Whether a full stop ends the title; it does not in ``No. 28``, ``vs. Doe`` and ``Peru. In: Country Reports``."""
    following = rest[stop.end() :].lstrip()
    if not following or _is_whole_date(following):
        return True
    if not stop.group().startswith("."):
        return not following[0].islower()
    token = re.split(r"\s", rest[: stop.start()])[-1]
    return not (_is_abbreviation(token) or following[0].islower() or re.match(r"In:?\s", following))


def _is_whole_date(text: str) -> bool:
    """Whether a date fills the first sentence of ``text``: ``2014.`` and ``June 2014; ...``, not ``2014 Survey``."""
    date = date_at_start(text)
    return date is not None and re.match(r"\s*(?:$|[.;:(\[])", text[date.end :]) is not None


def _date_of(tail: str) -> FoundDate | None:
    """The document's date in the text after the title: the most complete one, the first of equals, no day of access."""
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
