"""The fields of one reference entry: author, title, date, and whether the source is on file.

The lists print two styles, which the same rules read: ``Author. Title. Place. June 3, 2019. URL.`` (from 2018 on), and
``Author. "Title." Site [online] June 3, 2014 [cited May 5, 2015]; URL``, ``Author. Title, Site, [online] ...`` or
``Author. Title. Place; June 2014.`` (to 2017). What is printed between title and date (site, newspaper, publisher,
place) belongs to neither.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from extractors.references.authors import is_abbreviation, split_author
from extractors.references.dates import FoundDate, date_at_start, find_dates, find_numeric_dates
from extractors.references.wording import host_of, pattern, words
from extractors.rules import fold


@dataclass(frozen=True, slots=True)
class EntryFields:
    """The fields of an entry; empty text for what is not printed. ``repeats_author``: a dash stands for the author."""

    author: str
    title: str
    date: FoundDate | None
    on_file: bool
    quoted: bool = False
    repeats_author: bool = False


@dataclass(frozen=True, slots=True)
class ListContext:
    """What the rest of the list says about an entry: the author of the entry before, and the authors of all entries.

    ``prints_sites``: the list prints the site of a web page between its title and "[online]".
    """

    author_before: str = ""
    authors: frozenset[str] = frozenset()
    prints_sites: bool = False


def read_fields(text: str, head: str, url: str, context: ListContext) -> EntryFields:
    """The fields of an entry.

    ``text`` is the whole entry, ``head`` its part before the URL. ``url`` tells the site of a web page, which
    is not part of the title.
    """
    on_file = pattern(r"(?<!\w){on_file}(?=[\s\].,;)]*(?:$|[\].]|(?:19|20)\d\d))").search(text) is not None
    if on_file:  # "[source on file]. Accra; 2013." (Ghana 2013): the place and date after it still count
        head = pattern(r"\s*[\[(]?\s*(?<!\w){on_file}(?!\w)(?:\s*[\])])?").sub("", head)
        head = re.sub(r"(?<!\.)\.\s*\.(?!\.)", ".", head)
    ditto = _DITTO.match(head)
    if ditto is not None and context.author_before:
        author, rest = context.author_before, head[ditto.end() :]
    else:
        author, rest = split_author(head.strip(), context.authors)
        ditto = None
    title, date, quoted = _read_title(rest.strip())
    if not quoted:
        title = _without_author(_without_site(title, rest, url, author, context), author)
    return EntryFields(author, title, date, on_file, quoted, repeats_author=ditto is not None)


# A full stop, question or exclamation mark, with or without a closing quote, before a blank or the end.
_STOP = re.compile(r"[.?!]+[”\"’']?(?=\s+\S|\s*$)")
_DITTO = re.compile(r"[—–―_-]+\s*[.,]\s*")  # the same author again (Pakistan 2017)
_SITE_AND_MEDIUM = r",?\s+[^.;\[“”]{1,60}\[\s*{medium}"  # `"Title," Government of Jamaica, [online]`
_FEW_PAGES, _MOST = 3, 0.7  # web pages of a list, and the share of them that decides whether it prints sites
_LONG_QUESTION = 4  # words: a sentence of so many after a question mark is the second half of the title


# ---------------------------------------------------------------------------------------------- title


def _read_title(rest: str) -> tuple[str, FoundDate | None, bool]:
    """Title, date, and whether the title is in quotes, from the text between author and URL."""
    quoted, end = _quoted_title(rest)
    if quoted is not None:
        return quoted, _date_of(rest[end:]), True
    end = _title_end(rest, end)
    title = rest[:end].strip(" ,;:")
    if end == len(rest):  # "… enacted http://…" (Brazil 2014) lost its date
        title = pattern(r"[\s,;]+enacted$").sub("", title)
    title = pattern(r"\.\s+{online}$").sub("", title)
    date = _date_of(rest[end:])
    if date is None:
        title, date = _dated_title(title)
    return title, date, False


def _dated_title(title: str) -> tuple[str, FoundDate | None]:
    """A title that ends in its date, and that date: "Reporting January 3, 2013", "Penal Code, 1997", "Law (1993)".

    "Convention, 1999 (ratification: 2001)" keeps its parenthesis, and "Virgin Islands Labour Code 2010" its year.
    """
    last = next((d for d in find_dates(title) if d.start and d.end >= len(title.rstrip(" .,;)"))), None)
    if last is None:
        return title, None
    before = title[: last.start].rstrip()
    words_in_parenthesis = before.count("(") > before.count(")") and not before.endswith("(") and title.endswith(")")
    if words_in_parenthesis or not (last.detail > 4 or before.endswith((",", ";", ":", "("))):
        return title, None
    return before.rstrip(" ,;:("), last


def _quoted_title(rest: str) -> tuple[str | None, int]:
    """A title in quotes, ``None`` if the quotes hold only a part of it; and the place after the last quote seen."""
    if rest[:1] not in ("“", '"'):
        return None, 0
    after_quote = 0
    for quote in re.finditer(r"”|\s“(?=\s)" if rest[0] == "“" else r"\"", rest[1:]):
        inside, tail = rest[1 : quote.start() + 1], rest[quote.end() + 1 :]
        after_quote = quote.end() + 1
        if _is_whole_title(inside, tail, misprinted="“" in quote.group()):
            return (inside[:-1] if inside.endswith((".", ",")) else inside).strip(), after_quote
    return None, after_quote


def _is_whole_title(inside: str, tail: str, misprinted: bool) -> bool:
    """Whether the quoted words ``inside`` are a whole title, and ``tail`` is no part of it.

    ``"Title" Site.com [online]`` is whole; ``"Peru," in Country Reports`` and ``"Growing Up Free" Baseline Report`` are
    not. Where an opening quote is misprinted for the closing one, the full stop before it is often lost, too.
    """
    if pattern(r"\s*{within}:?\s").match(tail) or inside.count("“") != inside.count("”"):
        return False
    if inside.endswith((".", "?", "!")) or (misprinted and len(inside.split()) >= _LONG_QUESTION):
        return True
    site = re.match(r"\s*(?:$|[.;\[(]|\S+\.[a-z]{2,4}\b)", tail) or pattern(_SITE_AND_MEDIUM).match(tail)
    return site is not None or date_at_start(tail.lstrip()) is not None


def _title_end(rest: str, start: int) -> int:
    """Where an unquoted title ends: at the first medium, date, place, day of access or full stop after ``start``."""
    ends = [*_medium_ends(rest, start), *_date_ends(rest, start), *_place_ends(rest, start), *_stop_ends(rest, start)]
    closed = [match.span() for match in re.finditer(r"\([^()]*\)|“[^“”]*”", rest)]
    return min((end for end in ends if not any(left < end < right for left, right in closed)), default=len(rest))


def _medium_ends(rest: str, start: int) -> Iterator[int]:
    """Before a medium in brackets, and before a day of access.

    "…, Cambodia (Ratification: 2006). Accessed: January 11, 2019." (Cambodia 2018, reference 25) has no other end; also
    "… Submitted: 2014 accessed January 11, 2013;" (Bosnia and Herzegovina 2015, reference 16).
    """
    for match in pattern(r"\s*[,;.]*\s*\[\s*{medium}").finditer(rest, start):
        yield match.start()
    for match in pattern(r"\s*[,;.]\s*{access}\b(?! to\b)").finditer(rest, start):  # "Access to Education"
        yield match.start()
    for match in pattern(r"(?:^|\s+){access}\b:?,?\s+(?:on\s+)?").finditer(rest, start):
        if date_at_start(rest[match.end() :]) is not None:
            yield match.start()


def _date_ends(rest: str, start: int) -> Iterator[int]:
    """Before a date that comes after a semicolon, after a word like "enacted", or whole after a comma."""
    for match in pattern(r"((?:^|\s*[,;.]?\s+){issue}\b:?\s+)|(\s*;\s*)|\s*,\s*").finditer(rest, start):
        date = date_at_start(rest[match.end() :])
        if date is None:
            continue
        last = re.match(r"\s*(?:$|[^\w\s]|{issue})", rest[match.end() + date.end :]) is not None
        if match.group(1) or match.group(2) or (date.detail == 10 and last):
            yield match.start()


def _place_ends(rest: str, start: int) -> Iterator[int]:
    """Before a publisher's place: ``Title; Geneva; 2012``, ``Title Washington, DC, 2014``, ``Title: Geneva: ILO``."""
    for match in pattern(r"\s*([.,;:]?)\s+{places}(?:,\s*D\.?\s?C\.?)?\s*([;:.,])(?=\s|$)").finditer(rest, start):
        dated = match.group(2) in ";," and is_whole_date(rest[match.end() :].lstrip())
        if match.group(2) == ";" or dated or (match.group(1) in (";", ":") and match.group(2) != ","):
            yield match.start()


def _stop_ends(rest: str, start: int) -> Iterator[int]:
    """At a full stop, a question mark or an exclamation mark that ends the title."""
    dates = [(date.start, date.end) for date in find_dates(rest)]
    for stop in _STOP.finditer(rest, start):
        if _ends_title(rest, stop) and not any(left < stop.start() < right for left, right in dates):
            yield stop.start() if stop.group() == "." else stop.end()


def _ends_title(rest: str, stop: re.Match[str]) -> bool:
    """Whether a full stop ends the title; it does not in ``No. 28``, ``vs. Doe`` and ``Peru. In: Country Reports``."""
    following = rest[stop.end() :].lstrip()
    if not following or is_whole_date(following) or _SITE.match(following):
        return True
    if not stop.group().startswith("."):
        sentence = re.split(r"[.;]\s", following, maxsplit=1)[0]
        goes_on = len(sentence.split()) >= _LONG_QUESTION and next(find_dates(sentence), None) is None
        return not (following[0].islower() or (goes_on and sentence != following.rstrip(" .;")))
    before = rest[: stop.start()].split()
    return not (
        (before and is_abbreviation(before[-1]))
        or following[0].islower()
        or pattern(r"{within}:?\s").match(following) is not None
    )


def is_whole_date(text: str) -> bool:
    """Whether a date fills the first sentence of ``text``: ``2014.`` and ``June 2014; ...``, not ``2014 Survey``."""
    date = date_at_start(text)
    return date is not None and re.match(r"\s*(?:$|[.;:(\[])", text[date.end :]) is not None


# ---------------------------------------------------------------------------------------------- site

_SITE = re.compile(
    r"(?:www\.)?[\w-]+(?:\.\s?[\w-]+)*\.\s?(?:com|org|net|gov|int|edu|info|[a-z]{2})(?:\.[a-z]{2})?(?=[\s.,;\[]|$)"
)


def prints_sites(texts: Iterable[str]) -> bool:
    """Whether a list prints the site of a web page after its title: ``Title, UNICEF, [online]``.

    The reports to 2015 do, the later ones do not. A title can have commas of its own, so the whole list decides.
    """
    pages = [text for text in texts if pattern(r"^[^“”\[]*,\s*\[\s*{online}").match(text)]
    with_site = [text for text in pages if re.match(r"[^\[]*,\s+[^\W_a-zà-ÿ][^,\[]*,+\s*\[", text)]
    return len(pages) >= _FEW_PAGES and len(with_site) > _MOST * len(pages)


def _without_site(title: str, rest: str, url: str, author: str, context: ListContext) -> str:
    """``title`` without the site that comes after it: ``Title, UNICEF, [online]``, ``Title, bba.org.in``.

    Only the part after the last comma can be a site. It is one if it is an address, an author of the list, or the name
    in the host of the URL, or if the list prints sites.
    """
    sentence, _, last = title.rpartition(". ")  # "…. citifmonline. June 15, 2017" (Ghana 2017)
    if sentence and last.islower() and last.isalnum() and last in _labels(url):
        return sentence
    before, _, site = (part.strip(" ,") for part in title.rpartition(","))
    if not before or not site:
        return title
    after = rest[rest.find(title) + len(title) :]
    return before if _SITE.fullmatch(site) or _is_site(site, after, url, author, context) else title


def _without_author(title: str, author: str) -> str:
    """``title`` without the author who is named again behind it: "Ministry of Education. School Meals, Ministry of
    Education" (Brazil 2013), "Garment Industry Save the Children" (India 2013), but not "Report of the …"."""
    before = title.removesuffix(author).rstrip()
    last = before.rpartition(" ")[2]
    again = author and title.endswith(f" {author}") and " " in before
    return before.rstrip(" ,") if again and (last.endswith(",") or last[:1].isupper()) else title


def _is_site(site: str, after: str, url: str, author: str, context: ListContext) -> bool:
    """Whether the last part of a title is the name of a site; ``after`` is the text after the title."""
    name = fold(site)
    online = pattern(r"\s*[,;.]*\s*\[\s*{medium}").match(after)
    if not online and not pattern(r"\s*[,;.]*\s*\[?{access}\b").match(after):
        return " " in name and _initials(name) in _labels(url)  # "…, Deutsche Welle. June 12, 2017"
    known = any(f" {fold(body)}".endswith(f" {name}") for body in (author, *context.authors))
    if known or fold(author).startswith(f"{name} ") or _names_host(name, url):
        return True
    is_body = context.prints_sites or not set(name.split()).isdisjoint(words("bodies"))
    return bool(online) and is_body and not site[0].islower()


def _names_host(name: str, url: str) -> bool:
    """Whether the folded name of a site is in the host of the URL, whole, as its initials, or with one of its words."""
    squeezed = name.replace(" ", "")
    return any(
        label in (_initials(name), _initials(name, ()))
        or squeezed in label
        or label in name.split()
        or (len(label) > 3 and label in squeezed)
        for label in _labels(url)
    )


def _labels(url: str) -> set[str]:
    """The parts of a URL's host that name its site: ``www.dw.com`` gives ``dw``."""
    labels = re.split(r"[.-]", host_of(url))[:-1]
    return {label for label in labels if len(label) > 1} - {"www", "com", "org", "net", "gov", "co"}


def _initials(name: str, without: Collection[str] | None = None) -> str:
    """The first letters of a folded name's words, of all words but ``without`` (by default the small ones)."""
    left_out = words("small_words") if without is None else without
    return "".join(word[0] for word in name.split() if word not in left_out)


# ---------------------------------------------------------------------------------------------- date


def _date_of(tail: str) -> FoundDate | None:
    """The document's date in the text after the title: the most complete one, the first of equals, no day of access."""
    tail = pattern(r"\[\s*{access}\b[^\]\[]*\]?").sub(_blank_access, tail)
    for match in list(pattern(r"\b{access}\b:?,?\s+(?:on\s+)?").finditer(tail)):
        tail = _blank_date(tail, match)
    unrevised = tail
    issued = (date_at_start(tail[match.end() :]) for match in pattern(r"\b{issue}\b:?\s+").finditer(tail))
    first_issued = next((date for date in issued if date is not None), None)
    if first_issued is not None:
        return first_issued
    for match in list(pattern(r"\b{revision}\b:?,?\s+(?:on\s+)?").finditer(tail)):
        unrevised = _blank_date(unrevised, match)
    for text in (re.sub(r"\([^)]*\)|“[^”]*”", _blank, unrevised), unrevised, tail):
        dates = list(find_dates(text))
        if dates:
            return max(dates, key=lambda date: date.detail)
    return next(find_numeric_dates(tail), None)


def _blank_date(text: str, match: re.Match[str]) -> str:
    """``text`` with blanks for the words of ``match`` and the date that follows them, if a date follows."""
    date = date_at_start(text[match.end() :])
    if date is None:
        return text
    end = match.end() + date.end
    return text[: match.start()] + " " * (end - match.start()) + text[end:]


def _blank_access(match: re.Match[str]) -> str:
    """Blanks for "[cited May 5, 2015]"; "[cited]" alone keeps its word, which marks the date after it."""
    inside = match.group().strip("[] ")
    return inside.ljust(len(match.group())) if pattern(r"{access}").fullmatch(inside) else _blank(match)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
