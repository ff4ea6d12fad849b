"""Repairs of a raw text by the rules of ``rules/text_repairs.yml``. Each repair is a finding."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

import ftfy

from extractors.model import Issue, Where
from extractors.rules import current, depends
from extractors.rules.models import RepairRule

MOJIBAKE = ftfy.TextFixerConfig(
    unescape_html=True,
    uncurl_quotes=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
)
ADDRESS = re.compile(  # a web address, with what follows a blank that the scanner put into it; or the end of one
    r"(?:https?://|www\.)[^\s<>]+(?: [^\s<>]*(?:/[^\s<>]*|\.(?:pdf|html?|aspx?|php|docx?)\b[^\s<>]*))?"
    r"|(?<!\S)[^\s<>]{0,300}?(?:[?&]\w*=|/[^\s<>]{0,300}\.(?:pdf|html?|aspx?|php|docx?)\b)[^\s<>]*"
)
LETTER_DIGITS = str.maketrans({"I": "1", "l": "1", "|": "1", "O": "0", " ": None})
ACCENTS = {"`": "̀", "'": "́", "^": "̂", '"': "̈", "~": "̃", "=": "̄", ".": "̇", "c": "̧", "v": "̌", "H": "̋", "u": "̆"}
FAR_EAST = "\u2e80"  # the first character of the scripts that a mojibake repair must not bring in
MOST_ROUNDS = 5  # how often a rule with `repeat` runs over one line
DAMAGE = re.compile(r"[\ufffd\ufffe]+|\\[A-Za-z]+|</?[A-Za-z][^<>]{0,40}>|(?<![\w$])\$[\d.,]+\$(?!\d)|\[\\\]")


def read_digits(match: re.Match[str]) -> str:
    start, end = (edge - match.start() for edge in match.span("n"))
    return match[0][:start] + match["n"].translate(LETTER_DIGITS) + match[0][end:]


def read_math(match: re.Match[str]) -> str:
    """Replace a TeX formula by its signs; anything else between dollars stays (``$5 here and $`` is money).

    A raised marker joins the word before it. A formula of digits alone stays too: it may be a sum in dollars.
    """
    body = match["dollars"] or match["parens"]
    plain = plain_math(body)
    if not plain:
        return match[0]
    raised = body.lstrip().startswith(("^", "{}^", "{ }^"))
    before = match.string[max(0, match.start() - 1) : match.start()].strip()
    if raised and before and not plain[0].isdigit():
        return plain
    return (" " if raised and before.isdigit() else match["blank"]) + plain


def plain_math(body: str) -> str:
    """The signs of a TeX formula without its commands; empty if it is not a formula, or one of digits alone."""
    tokens = list(math_token().finditer(body))
    if sum(len(m[0]) for m in tokens) != len(body) or not any(m["sign"] or m[0][0] in "\\^" for m in tokens):
        return ""
    signs = current().text_repairs.signs
    return "".join(signs[m["sign"]] if m["sign"] else m["plain"] or (m["escaped"] or "")[1:] for m in tokens)


@depends
@functools.cache
def math_token() -> re.Pattern[str]:
    rules = current().text_repairs
    signs = "|".join(sorted(rules.signs, key=len, reverse=True))
    dress = "|".join(rules.dress)
    return re.compile(
        rf"\\?(?P<sign>{signs})(?![A-Za-z])|\\?(?:{dress})(?![A-Za-z])|(?P<escaped>\\[$%&#_])"
        r"|(?P<plain>[\d.,:;%†‡*§✓()+–-])|[\^_{}\[\]~ ]|\\[ ,;:!]?"
    )


# how a rule with `read_as` reads a match; the match itself if it must stay
READINGS: dict[str, Callable[[re.Match[str]], str]] = {
    "digits": read_digits,
    "numerals": lambda match: match[0].replace("l", "I").replace("1", "I"),
    "accent": lambda match: unicodedata.normalize("NFC", match[2].removeprefix("\\") + ACCENTS[match[1]]),
    "sign": lambda match: current().text_repairs.signs.get(match["sign"], match[0]),
    "math": read_math,
}


class Repairer:
    """Applies the rules to lines and cells, and appends a finding for each change to ``issues``."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = issues

    def repair(self, text: str, number: int) -> str:
        """Return one line or cell of line ``number`` repaired, with each run of white space as one blank."""
        where = Where(line=number)
        text = self.fix_encoding(text, where)
        text = " ".join(text.split())
        for rule in current().text_repairs.repairs:
            done: list[tuple[str, str]] = []
            for _ in range(MOST_ROUNDS if rule.repeat else 1):
                before = text
                text = apply(rule, text, done)
                if text == before:
                    break
            self.report(rule.name, done, where)
        text = " ".join(text.split())
        if left := sorted({m[0] for m in DAMAGE.finditer(text)}):
            message = "this looks damaged and was not changed: " + ", ".join(f"'{x}'" for x in left)
            self.issues.append(Issue("text_damaged", "warning", message, where))
        return text

    def fix_encoding(self, text: str, where: Where) -> str:
        """Undo mojibake, HTML entities and ligatures with ftfy; quotation marks stay as they are.

        Accents are joined with their letters without a finding, as in the PDF reader (Haiti 2015).
        """
        text = unicodedata.normalize("NFC", text)
        if text.isascii() and "&" not in text:
            return text
        fixed = ftfy.fix_text(text, MOJIBAKE)
        if max(fixed, default="") >= FAR_EAST > max(text):
            return text  # an accent beside a dagger looks like misread Chinese, which an English text does not hold
        if fixed != text:
            old, new = re.findall(r"\S+|\s", text), re.findall(r"\S+|\s", fixed)
            changes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
            pairs = [("".join(old[a:b]), "".join(new[c:d])) for tag, a, b, c, d in changes if tag != "equal"]
            self.report("misread encoding", [(was, now) for was, now in pairs if was.split() != now.split()], where)
        return fixed

    def report(self, name: str, done: Sequence[tuple[str, str]], where: Where) -> None:
        """Append one finding for all changes of one rule in one place; ``done`` has pairs (before, after)."""
        if done:
            counted = Counter(f"'{was}' -> '{now}'" for was, now in done)
            shown = "; ".join(pair + (f" ({n} times)" if n > 1 else "") for pair, n in counted.items())
            self.issues.append(Issue("text_repaired", "info", f"{name}: {shown}", where))


def apply(rule: RepairRule, text: str, done: list[tuple[str, str]]) -> str:
    """Apply one rule to a text; each change is appended to ``done`` as (before, after), with the word around it."""
    closed = bytearray(len(text) + 1)
    if not rule.addresses:
        for address in ADDRESS.finditer(text):
            closed[address.start() : address.end()] = b"x" * len(address[0])
    out: list[str] = []
    at = 0
    for match in rule.find.finditer(text):
        start, end = match.span()
        if any(closed[start:end]):
            put = match[0]
        else:
            put = READINGS[rule.read_as](match) if rule.read_as else match.expand(rule.put or "")
        out += [text[at:start], put]
        at = end
        if put != match[0]:
            head = text[max(0, start - 20) : start].rpartition(" ")[2]
            tail = text[end : end + 20].partition(" ")[0]
            done.append((f"{head}{match[0]}{tail}".strip(), f"{head}{put}{tail}".strip()))
    return "".join(out) + text[at:]
