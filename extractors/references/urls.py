"""URLs that a page broke over lines: joining them, finding them again, and guessing what a break swallowed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from extractors import rules
from extractors.references.dates import date_at_start

_START = re.compile(r"(?:https?|ftp)\s?:/?/|\bwww\.", re.IGNORECASE)
_CHARACTER = re.compile(r"[/._\-=?&%#~+@$:]|\d")
_FIRST = "/_-=?&%#~+.@$:,;"  # what the rest of a URL may begin with besides letters and digits
_TOKEN = re.compile(r"[^\s\[\]“”<>]*")
_LONGEST = 400  # letters: how far a URL with blanks is followed
_FIELD_END = re.compile(r"U\d\dT$")
_TRAILING = ".,;:)]”\"’'"


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """A URL in a text: its place, the address, and how many blanks stood inside it. ``address`` keeps the blanks that
    may be part of it."""

    start: int
    end: int
    address: str
    blanks: int


def goes_on_in(text: str, following: str) -> bool:
    """Whether ``text`` ends inside a URL and the next line ``following`` begins with the rest of it.

    >>> goes_on_in("See http://example.org/a-", "long-name.pdf. 2014.")
    True
    >>> goes_on_in("See http://example.org/a.", "Data provided is old.")
    False
    """
    starts = list(_START.finditer(text))
    if not starts or not following:
        return False
    url = text[starts[-1].start() :].rstrip()
    return not re.search(r"\s", re.sub(r":/?/\s*", "", url)) and _goes_on(url, following, at_break=True)


def find_url(text: str) -> FoundUrl | None:
    """The first URL of ``text``, without the punctuation that ends its sentence.

    Blanks that line breaks left in it are taken out; one between two words stays (Peru 2019, reference 46, prints
    ``Phase II_feval.pdf``), for it may be an encoded blank or a lost underscore.
    """
    start = _START.search(text)
    if start is None:
        return None
    end, blanks = start.end(), 0
    url = start.group().replace(" ", "")
    while True:
        token = _TOKEN.match(text, end)
        url, end = (url + token.group(), token.end()) if token else (url, end)
        rest = text[end + 1 : end + _LONGEST]
        if not text.startswith(" ", end) or not _goes_on(url, rest, at_break=False):
            break
        following = rest.partition(" ")[0]
        between_words = url[-1] not in "/._-=?&%" and (following[0].isalnum() or following[0] in "(-")
        if (between_words and not _one_name(url, following)) or url.endswith(" -"):
            url += " "
        blanks += 1
        end += 1
    address = url.rstrip(_TRAILING)
    closing = url[len(address) : len(address) + 3]
    if closing.startswith(")") and address.count("(") > address.count(")"):
        address += ")"
    elif re.match(r":{2,3}(?!\w)", closing):  # "...f?p=1000:1:0::NO:::" ends in empty parts
        address += ":" * (len(closing) - len(closing.lstrip(":")))
    return FoundUrl(start.start(), end - (len(url) - len(address)), address, blanks)


def _goes_on(url: str, rest: str, at_break: bool) -> bool:
    """Whether the words ``rest``, after a blank or a line break, begin with the rest of ``url``."""
    token, _, more = rest.partition(" ")
    core = token.rstrip(_TRAILING)
    if url.endswith(("//", "www.")):
        return core[:1].isalnum()
    endings = rules.current().references.file_endings
    if not core:
        return at_break and token.startswith("::") and not more
    # Madagascar 2019: ".../DROIT PRIVE/Textes sur le travail/Decret 2007-563.pdf.", a file's name with blanks.
    file_name = rest.rstrip(_TRAILING).rpartition(".")[2].casefold() in endings and not re.search(r"[.;]\s", rest)
    if not at_break and file_name and url[-1] not in ".;" and not _START.search(rest):
        return True
    if not (core[0].isalnum() or core[0] in _FIRST) or _START.match(token):
        return False
    ending = re.split(r"[?#.\]]", core)[0].casefold() in endings
    inside = _CHARACTER.search(core) is not None
    if core[0] in ":," and len(core) > 1:
        return inside
    if url[-1] in ".,;:":
        if not at_break:
            return ending
        return (core[0].islower() or core[0].isdigit() or url[-1] == ":") and (
            ending or (inside and date_at_start(rest) is None)
        )
    if url[-1] in ')]”"':
        return False
    if at_break or url[-1] in "/-_=?&%":
        # A word alone goes on ("peligrosas-" + "labor."); a capitalised one before others begins a sentence.
        return date_at_start(rest) is None and (not core.isalpha() or core[0].islower() or not more)
    return not more and inside and not re.search(r"\d{4}$", core)


def _one_name(left: str, right: str) -> bool:
    """Whether a blank cuts one hexadecimal identifier (``BA2E8C562 06D9C0E05``) or follows an encoded blank."""
    if re.search(r"%[0-9A-F]{2}$", left):
        return True
    tail, head = re.search(r"[0-9A-F]*$", left[-40:]), re.match(r"[0-9A-F]*", right)
    run = (tail.group() if tail else ""), (head.group() if head else "")
    both = "".join(run)
    return min(map(len, run)) >= 6 and not both.isdigit() and not both.isalpha()


# ---------------------------------------------------------------------------------------------- guesses


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """The words of the texts, URLs left out, as a URL spells them: what a glued word of a URL may be made of."""
    words: set[str] = set()
    for text in texts:
        url = find_url(text)
        words.update(_words(text[: url.start] if url else text))
    return frozenset(words)


def guess(url: str, title: str, words: frozenset[str]) -> str:
    """A better guess at a damaged ``url``, or an empty string if nothing speaks against it.

    A blank was an underscore or an encoded blank. ``U41T`` at its end is what a word processor left of a link's mark
    (Haiti 2016, page 8: each URL stands between ``41TU`` and ``U41T``). A line break may have swallowed a hyphen (a raw
    text of Peru 2019 lost 17: ``condicionespeligrosas``): where the last part of the path is words with hyphens, one
    that is no word of the list but exactly two (``words``), at least one of which is of the entry's own ``title``, is
    taken for these two.
    """
    if " " in url:
        return re.sub(r"(?<=\d)(\w{0,3}) (?=\w?\d)", r"\1_", url).replace(" ", "%20")
    if _FIELD_END.search(url):
        return _FIELD_END.sub("", url)
    head, slash, slug = url.rpartition("/") if not url.endswith("/") else url[:-1].rpartition("/")
    if slug.count("-") < 3 or not slash:
        return ""
    own = frozenset(_words(title))
    parts = []
    for part in slug.split("-"):
        name, dot, ending = part.partition(".")
        parts.append((_two_words(name, own, words) or name) + dot + ending)
    better = f"{head}/{'-'.join(parts)}{'/' if url.endswith('/') else ''}"
    return better if better != url else ""


def _words(text: str) -> list[str]:
    """Folded words as a URL spells them: ``Egypt's`` is ``egypts``."""
    return rules.fold(re.sub(r"(?<=\w)[’'‘´`](?=\w)", "", text)).split()


def _two_words(glued: str, own: frozenset[str], words: frozenset[str]) -> str:
    """``glued`` cut in two known words with a hyphen between them, or an empty string if that cannot be had one way."""
    if not glued.isalpha() or len(glued) < 5 or glued in words:
        return ""
    cuts = [(glued[:at], glued[at:]) for at in range(1, len(glued))]
    known = [
        cut for cut in cuts if words.issuperset(cut) and own.intersection(cut) and all(_stands(w, own) for w in cut)
    ]
    return "-".join(known[0]) if len(known) == 1 else ""


def _stands(word: str, own: frozenset[str]) -> bool:
    """Whether a part may be a word of its own: one letter only if the title has it so (``infantil a``)."""
    return len(word) > 1 or word in own
