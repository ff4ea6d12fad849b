"""What a reference cites: the kind of source, its DOI, and one id for the same source in all chapters and years."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote

from extractors.references.wording import host_of, pattern, words
from extractors.rules import fold

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>\[\]“”]+")
_NAME = r"[^\W\d_][\w’'-]+(?: [^\W\d_][\w’'-]+)?, (?:[^\W\d_][\w’'.-]*\s?){1,3}"  # "Surname, Given Name"
_PERSONS = re.compile(rf"{_NAME}(?:,?\s*(?:and|&)\s+[^,]+(?:, [^,]+)?)?(?:,? et al\.?)?")


# "Child Abuse & Neglect, 40:103-112 (2015)", "95, no.5 (May 1, 2017)", "Vol. 226", "Journal of ..."
_JOURNAL = r"\b\d+ ?(?:\(\d+\))?: ?\d+[-–]\d+|\b\d+,? no\. ?\d+|\bvol\. ?\d|\b{journals}\b"


def doi_of(text: str) -> str:
    """The DOI that an entry prints, alone or in its URL, in small letters; empty if there is none.

    >>> doi_of("Doe, J. Salt. 2018. https://doi.org/10.5555/SALT.2018.")
    '10.5555/salt.2018'
    """
    found = _DOI.search(text)
    return found.group().rstrip(".,;:)”'’").casefold() if found else ""


def type_of(text: str, author: str, title: str, date_iso: str, url: str, quoted: bool) -> str:
    """The kind of source, by the form of its entry: a code of ``references.type``.

    ``text`` is the whole entry, ``quoted`` says whether the title is in quotes. The first kind that fits is taken; an
    entry without any other sign is a report.
    """
    tail = text[text.find(title) + len(title) :] if title else text
    if pattern(r"\b{interview}\b").search(title):
        return "interview"
    if pattern(r"^(?:{correspondence})\b|\b{letters}\b").search(title):
        return "correspondence"
    if pattern(r"\b{statistics}\b").search(title) and not quoted and not _by_newspaper(author):
        return "statistics"
    if not quoted and _is_law(author, title, tail):
        return "law"
    if _is_news(author, tail, date_iso, url, quoted):
        return "news"
    # "access" in the address is no day of access: "…/doc/daccess-ods.un.org/access.nsf/…"
    words = tail.replace(url, "") if url else tail
    if pattern(r"\[\s*{online}|\b{access}\b\W*(?:on\s+)?(?:[^\W\d_]+\W+)?\d").search(words) or (url and not date_iso):
        return "web_page"
    return "report"


def _is_law(author: str, title: str, tail: str) -> bool:
    """Whether an entry is a law: its date is a date of enactment, or a state's title begins or ends like a law's."""
    if pattern(r"\b{enacted}:?\s+(?:[^\W\d_]+\s)?\d").search(tail):
        return True
    of_state = pattern(r"{state_authors}\b").search(author) is not None
    return (
        of_state
        and pattern(r"^(?:[^\W\d_]+\s){0,3}{laws}\b|\b{laws}(?:\W+(?:no|nº|n°|of)?\W*[\d/.-]+)*\W*$").search(title)
        is not None
    )


def _by_newspaper(author: str) -> bool:
    return pattern(r"\b{newspapers}\b").search(author) is not None


def _is_news(author: str, tail: str, date_iso: str, url: str, quoted: bool) -> bool:
    """Whether an entry is a newspaper's and no journal's: it names a newspaper, its dated title stands in quotes, or a
    person wrote a page of a certain day."""
    if pattern(_JOURNAL).search(tail):
        return False
    container = tail.partition(url)[0] if url else tail
    named = pattern(r"^\W*(?:\w+\s){0,3}{newspapers}\b").match(container) is not None
    if _by_newspaper(author) or named or (quoted and date_iso):
        return True
    page_of_a_day = len(date_iso) == 10 and bool(url) and not url.casefold().endswith(".pdf")
    return page_of_a_day and (_PERSONS.fullmatch(author) is not None or _on_newspapers_site(url))


def _on_newspapers_site(url: str) -> bool:
    """Whether a part of the address' host begins or ends with a word of newspapers: ``www.manilatimes.net``."""
    sites = pattern(r"(?:^|[.-])(?:{news_sites}|[\w]+{news_sites}|{news_sites}[\w]+)[.-]")
    return sites.search(host_of(url)) is not None


def work_id(author: str, title: str, date_iso: str, address: str, text: str) -> str:
    """The id of a source: of its address, else of author, title and date, else of its whole text, all folded.

    The address of a front page or a search form names no document and does not count.
    """
    key = _document_address(address) or "|".join((fold(author), fold(title), date_iso) if title else (fold(text),))
    return "w" + hashlib.sha256(key.encode()).hexdigest()[:12]


def _document_address(address: str) -> str:
    """An address without scheme, ``www.``, case and encoding, which differ between prints; empty for a front page."""
    plain = re.sub(r"\s", "", unquote(address)).casefold()
    plain = re.sub(r"^(?:\w+:/*)?(?:www\.)?", "", plain).partition("#")[0].rstrip("/.,;")
    host, slash, path = plain.partition("/")
    page = path.rpartition("/")[2].partition(".")[0]
    return "" if not slash or page in words("front_pages") or plain.endswith(":") else f"{host}/{path}"
