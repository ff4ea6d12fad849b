"""URLs that a page breaks over lines: joining the parts, finding the URL, and repairing what a break lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from extractors.references import wording
from extractors.references.dates import date_at_start
from extractors.rules import fold

_START = re.compile(r"(?:https?|ftp)\s?:/?/|\bwww\.", re.IGNORECASE)
# "labour.ap.gov.in/pdfs/StateActionPlan.pdf" (India 2014): an address without scheme, where no other is printed
_BARE_ADDRESS = re.compile(r"(?<![\w@.-])(?:[a-z][a-z\d-]*\.)+(?:com|org|net|int|gov|gob|go|nic)(?:\.[a-z]{2})?/[\w/]")
_CHARACTER = re.compile(r"[/._\-=?&%#~+@$:]|\d")
_FIRST = "/_-=?&%#~+.@$:,;"  # the rest of a URL begins with a letter, a digit or one of these
_TOKEN = re.compile(r"[^\s\[\]“”<>]*")
_LONGEST = 400  # characters after a blank that are searched for the rest of a URL
_IDENTIFIER = 12  # characters: a word of letters and digits that is as long is no word of a sentence
_ZERO_WIDTH = "\u200b"
_FIELD_END = re.compile(r"U\d\dT$")
_TRAILING = ".,;:)]”\"’'"


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """A URL in a text: its place ``text[start:end]``, the address, and the number of blanks inside that place.

    ``address`` keeps the blanks that may be part of it.
    """

    start: int
    end: int
    address: str
    blanks: int


def continues_url(text: str, following: str) -> bool:
    """Whether ``text`` ends inside a URL and the next line ``following`` begins with the rest of it.

    >>> continues_url("See http://example.org/a-", "long-name.pdf. 2014.")
    True
    >>> continues_url("See http://example.org/a.", "Data provided is old.")
    False
    """
    starts = list(_START.finditer(text))
    if not starts or not following:
        return False
    url = text[starts[-1].start() :].rstrip()
    return not re.search(r"\s", re.sub(r":/?/\s*", "", url)) and _continues(url, following, at_break=True)


def find_url(text: str) -> FoundUrl | None:
    """The first URL of ``text``, without the punctuation that ends its sentence; ``None`` if there is none.

    Blanks that line breaks left in it are removed. A blank between two words is kept (Peru 2019, reference 46, prints
    ``Phase II_feval.pdf``): it may be an encoded blank or a lost underscore.
    """
    start = _START.search(text) or _BARE_ADDRESS.search(text)
    if start is None:
        return None
    end, blanks, to_end = start.end(), 0, False
    url = start.group().replace(" ", "")
    while True:
        token = _TOKEN.match(text, end)
        url, end = (url + token.group(), token.end()) if token else (url, end)
        rest = text[end + 1 : end + _LONGEST]
        to_end = to_end or _is_file_name(url, rest)
        if not text.startswith(" ", end) or not (to_end or _continues(url, rest, at_break=False)):
            break
        in_name = to_end and " " in url and url.endswith((".", " &"))  # "VKM nr. 108.pdf", "Chapter 1 & 2.pdf"
        url += " " if in_name else _kept_blank(url, rest.partition(" ")[0])
        blanks += 1
        end += 1
    address = url.rstrip(_TRAILING)
    address += _trailing_part(address, url[len(address) : len(address) + 3])
    return FoundUrl(start.start(), end - (len(url) - len(address)), address, blanks)


def complete(text: str, found: FoundUrl, links: Sequence[str]) -> FoundUrl:
    """``found`` extended to the end of the link annotation that begins like it, if the page prints the whole of it.

    Benin 2020 and Albania 2018 print addresses with blanks ("Fletore 33/VKM nr. 108.pdf"). The text alone does not tell
    where such an address ends; the annotation, if there is one, does.
    """
    best = found
    for link in links:
        end, address = _match_link(text, found.start, link)
        if end > best.end:
            blanks = len(re.findall(r"\s", text[found.start : end]))
            best = FoundUrl(found.start, end, address, blanks)
    return best


def _match_link(text: str, start: int, link: str) -> tuple[int, str]:
    """The end of ``link`` in ``text``, and the address as printed; (0, "") if the text from ``start`` is another one.

    Blanks of the text are part of the address where the link has a blank; line breaks left the others.
    """
    target = _plain(link).strip().rstrip(_TRAILING)
    printed: list[str] = []
    at = start
    for character in target:
        while at < len(text) and (text[at].isspace() or text[at] == _ZERO_WIDTH) and not character.isspace():
            at += 1
        if at >= len(text) or text[at].casefold() != character.casefold():
            return 0, ""
        printed.append(text[at])
        at += 1
    return at, "".join(printed)


def cut_at_blank(text: str, found: FoundUrl) -> bool:
    """Whether the words after a URL look like its rest: a slash, an underscore, a file ending or an identifier."""
    rest = re.match(r"\s+(\S+)", text[found.end :])
    if rest is None or _START.match(rest.group(1)):
        return False
    word = rest.group(1).rstrip(_TRAILING)
    if re.search(r"[_=&%]|\w/\w", word) or word.rpartition(".")[2] in wording.words("file_endings"):
        return True
    return len(word) >= _IDENTIFIER and re.search(r"\d", word) is not None and re.search(r"[a-z]", word) is not None


def same_link(address: str, links: Sequence[str]) -> str:
    """The link annotation that is this address in another spelling, or an empty string."""
    return next((link for link in links if _bare(link) == _bare(address) and _START.match(link)), "")


def longer_link(address: str, links: Sequence[str]) -> str:
    """The link annotation that begins with ``address`` and is longer, or an empty string."""
    printed = _bare(address)
    bare = {link: _bare(link) for link in links}
    if printed in bare.values():
        return ""
    longer = (
        link for link in links if bare[link].startswith(printed) and not _START.search(bare[link][len(printed) :])
    )
    return next(longer, "")


def _bare(address: str) -> str:
    """An address without what two spellings of one address differ in: encoding, blanks, case, a final slash or stop."""
    return re.sub(r"\s", "", _plain(address)).casefold().rstrip(_TRAILING + "/#")


def _plain(address: str) -> str:
    """An address as a page prints it: without percent encoding, accents composed, no character of zero width."""
    return unicodedata.normalize("NFC", unquote(address)).replace(_ZERO_WIDTH, "")


def _kept_blank(url: str, following: str) -> str:
    """The blank between two parts of a URL if it may be part of the address, else an empty string."""
    between_words = url[-1] not in "/._-=?&%" and (following[0].isalnum() or following[0] in "(-")
    return " " if (between_words and not _one_name(url, following)) or url.endswith(" -") else ""


def _trailing_part(address: str, closing: str) -> str:
    """What belongs to ``address`` of the punctuation ``closing`` that follows it."""
    if closing.startswith(")") and address.count("(") > address.count(")"):
        return ")"
    if re.match(r":{2,3}(?!\w)", closing):  # "...f?p=1000:1:0::NO:::" ends in empty parts
        return ":" * (len(closing) - len(closing.lstrip(":")))
    return ""


def _continues(url: str, rest: str, at_break: bool) -> bool:
    """Whether the words ``rest``, after a blank or (``at_break``) a line break, begin with the rest of ``url``."""
    token = rest.partition(" ")[0]
    core = token.rstrip(_TRAILING)
    if url.endswith(("//", "www.")):  # case 1: the URL has no host yet
        return core[:1].isalnum()
    if not core:  # case 2: empty parts of a query at the end of an entry
        return at_break and token.startswith("::") and not rest.partition(" ")[2]
    if not (core[0].isalnum() or core[0] in _FIRST) or _START.match(token):  # case 3: a bracket, a quote, another URL
        return False
    if core[0] in ":," and len(core) > 1:  # case 4: a part of a query ("1:0::" + "NO:1310:P2:32")
        return _CHARACTER.search(core) is not None
    if url[-1] in ".,;:":  # case 5: a full stop ends the URL or comes before its ending
        return _continues_after_stop(url[-1], rest, core, at_break)
    return url[-1] not in ')]”"' and _continues_path(url, rest, core, at_break)


def _is_file_name(url: str, rest: str) -> bool:
    """Whether ``rest`` is the end of a file name or path with blanks, and of the entry.

    Madagascar 2019 prints ".../DROIT PRIVE/Textes sur le travail/Decret 2007-563.pdf.", Nigeria 2018 ".../Nigeria - DTM
    Round 26 Report (January 2019).pdf?file=1&type=node.", Albania 2018 ".../Janar 2017/Fletore 33/VKM nr. 108.pdf."
    """
    if not rest or url.endswith((";", "//", "www.")) or _START.search(rest):
        return False
    words = rest.rstrip(_TRAILING)
    ending = words.partition("?")[0].rpartition(".")[2].casefold()
    if rest.rstrip(". ").endswith("/") or ending in wording.words("file_endings"):
        sentence = re.search(r"[.;]\s(?!\d)", rest) is not None or url[-1] == "."
        return not sentence or " " not in words or "/" in rest.partition(" ")[0]
    return False


def _continues_after_stop(stop: str, rest: str, core: str, at_break: bool) -> bool:
    """Whether a URL goes on after the full stop, comma, semicolon or colon ``stop``: with an ending, or a query."""
    ending = re.split(r"[?#.\]]", core)[0].casefold() in wording.words("file_endings")
    if not at_break:
        return ending
    if core.rpartition(".")[2].casefold() in wording.words("file_endings") and "." in core:
        return True  # Benin 2018: "...CCPR.C.BEN." + "CO.16-18_fr.pdf"
    if not (core[0].islower() or core[0].isdigit() or stop == ":"):
        return False
    return ending or (_CHARACTER.search(core) is not None and date_at_start(rest) is None)


def _continues_path(url: str, rest: str, core: str, at_break: bool) -> bool:
    """Whether a URL without a stop at its end goes on with the word ``core``."""
    last = not rest.partition(" ")[2]
    if at_break or url[-1] in "/-_=?&%":
        # A word alone continues it ("peligrosas-" + "labor."); a capitalised word before others begins a sentence.
        return date_at_start(rest) is None and (not core.isalpha() or core[0].islower() or last)
    return last and _CHARACTER.search(core) is not None and not re.search(r"\d{4}$", core)


def _one_name(left: str, right: str) -> bool:
    """Whether a blank cuts one hexadecimal identifier (``BA2E8C562 06D9C0E05``) or follows an encoded blank."""
    if re.search(r"%[0-9A-F]{2}$", left):
        return True
    tail, head = re.search(r"[0-9A-F]*$", left[-40:]), re.match(r"[0-9A-F]*", right)
    run = (tail.group() if tail else ""), (head.group() if head else "")
    both = "".join(run)
    return min(map(len, run)) >= 6 and not both.isdigit() and not both.isalpha()


# ---------------------------------------------------------------------------------------------- repairs


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """The words of the texts without their URLs, spelt as in a URL. :func:`repair` cuts glued words into these."""
    words: set[str] = set()
    for text in texts:
        url = find_url(text)
        words.update(_words(text[: url.start] if url else text))
    return frozenset(words)


def repair(url: str, title: str, words: frozenset[str]) -> str:
    """The likely address behind a damaged ``url``, or an empty string if it shows no damage.

    Four kinds of damage are known. A slash is missing after ``http:``. A blank was an underscore or an encoded blank.
    ``U41T`` at the end is the rest of a word processor's field code (Haiti 2016, page 8, prints each URL between
    ``41TU`` and ``U41T``). A line break lost a hyphen (17 times in a raw text of Peru 2019:
    ``condicionespeligrosas``). A glued word is only cut if the last part of the path is a row of words with hyphens, if
    it gives two ``words`` of the reference list in exactly one way, and if one of the two is in the entry's own
    ``title``.
    """
    if not re.match(r"(?:https?|ftp)://|www\.", url, re.IGNORECASE):  # "http:/www.samoaobserver.ws" (Samoa 2017)
        return re.sub(r"^(\w+)\s*:/*", r"\1://", url).replace(" ", "%20")
    if " " in url:
        url = url if "://" in url else f"http://{url}"
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
    return fold(re.sub(r"(?<=\w)[’'‘´`](?=\w)", "", text)).split()


def _two_words(glued: str, own: frozenset[str], words: frozenset[str]) -> str:
    """``glued`` as two known words with a hyphen between them; empty if there is no way or more than one."""
    if not glued.isalpha() or len(glued) < 5 or glued in words:
        return ""
    known = []
    for at in range(1, len(glued)):
        cut = glued[:at], glued[at:]
        lone = any(len(part) == 1 and part not in own for part in cut)  # a letter that is no word of the title
        if words.issuperset(cut) and own.intersection(cut) and not lone:
            known.append("-".join(cut))
    return known[0] if len(known) == 1 else ""
