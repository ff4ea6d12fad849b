"""Words that a typesetter broke at the end of a line: "govern-" / "ment" is "government", "non-" / "state" stays.

The chapter's own words decide. A break is undone if the chapter has the joined word elsewhere and does not have the
word with a hyphen as often. The hyphen becomes a soft hyphen, which :func:`extractors.model.join_lines` drops.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.model import Block, Line, with_lines

SOFT = "\u00ad"
HYPHENS = "-\u2010\u2011"
TO_HYPHEN = re.compile(f"[{HYPHENS}]")
BROKEN = re.compile(rf"(?:^|[\s(\[“‘\"'])(?P<head>[^\W\d_]{{2,}})[{HYPHENS}]$")
REST = re.compile(r"(?P<tail>[^\W\d_]{2,})(?:[\s.,;:!?)\]”’\"'–—]|$)(?!\S*[/_@])")


def undo_hyphens(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a chapter in which the hyphens of broken words are soft hyphens."""
    breaks = broken_words(blocks)
    if not breaks:
        return list(blocks)
    texts = (line.text for lines in runs_of_lines(blocks) for line in lines)
    whole = "\n".join(BROKEN.sub("", text) if text[-1:] in HYPHENS else text for text in texts)
    text = TO_HYPHEN.sub("-", whole).casefold()
    soft = {
        (line.number, line.text)
        for line, (head, tail) in breaks
        if sum(count(form, text) for form in forms(head + tail)) > count(f"{head}-{tail}", text)
    }

    def soften(line: Line) -> Line:
        return replace(line, text=line.text[:-1] + SOFT) if (line.number, line.text) in soft else line

    return [with_lines(block, soften) for block in blocks] if soft else list(blocks)


def forms(word: str) -> set[str]:
    """A word in the singular and the plural."""
    return {word, word + "s", word.removesuffix("s")}


def count(word: str, text: str) -> int:
    """How often a word occurs in a text in small letters. As a part of a word with a hyphen it is another word."""
    return len(re.findall(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)) if word in text else 0


def broken_words(blocks: Iterable[Block]) -> list[tuple[Line, tuple[str, str]]]:
    """Lines that end inside a word, each with both parts of the word in small letters."""
    found = []
    for lines in runs_of_lines(blocks):
        for line, following in itertools.pairwise(lines):
            if line.text[-1:] not in HYPHENS or not line.text or following.gap:
                continue
            head, tail = BROKEN.search(line.text), REST.match(following.text)
            if head and tail and tail["tail"].islower():
                found.append((line, (head["head"].casefold(), tail["tail"])))
    return found


def runs_of_lines(blocks: Iterable[Block]) -> list[list[Line]]:
    """Lines that follow each other in the text: running text across pages, and the lines of each cell."""
    running: list[Line] = []
    runs = [running]
    for block in blocks:
        if isinstance(block, Line):
            if block.zone in {"body", "column"}:
                running.append(block)
        else:
            runs += [list(cell.lines) for row in (block.header, *block.rows) for cell in row if cell is not None]
    return runs
