"""Words that a typesetter broke at the end of a line: "govern-" / "ment" is "government", "non-" / "state" stays.

The chapter's own words decide. A break is undone if the chapter has the joined word elsewhere and does not have the
word with a hyphen as often. The hyphen becomes a soft hyphen, which :func:`extractors.model.join_lines` drops.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.model import Block, Cell, Grid, Line

SOFT = "\u00ad"
HYPHENS = "-\u2010\u2011"
WORD = re.compile(rf"[^\W\d_]+(?:[{HYPHENS}][^\W\d_]+)*")
BROKEN = re.compile(rf"(?:^|[\s(\[“‘\"'])(?P<head>[^\W\d_]{{2,}})[{HYPHENS}]$")
REST = re.compile(r"(?P<tail>[^\W\d_]{2,})(?:[\s.,;:!?)\]”’\"'–—]|$)(?!\S*[/_@])")


def undo_hyphens(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a chapter in which the hyphens of broken words are soft hyphens."""
    breaks = broken_words(blocks)
    if not breaks:
        return list(blocks)
    words = vocabulary(blocks)
    soft = {
        (line.number, line.text)
        for line, (head, tail) in breaks
        if occurs(head + tail, words) > words[f"{head}-{tail}"]
    }
    return [soften(block, soft) for block in blocks] if soft else list(blocks)


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


def vocabulary(blocks: Iterable[Block]) -> Counter[str]:
    """How often each word occurs whole, in small letters; words with a hyphen are words of their own."""
    words: Counter[str] = Counter()
    for lines in runs_of_lines(blocks):
        for line in lines:
            text = line.text.rstrip(HYPHENS) if line.text[-1:] in HYPHENS else line.text
            words.update(
                re.sub(f"[{HYPHENS}]", "-", match[0]).casefold()
                for match in WORD.finditer(text)
                if match.end() < len(text) or text == line.text
            )
    return words


def occurs(word: str, words: Counter[str]) -> int:
    """How often a word occurs, in the singular or the plural."""
    return words[word] + words[word + "s"] + (words[word[:-1]] if word.endswith("s") else 0)


def soften(block: Block, soft: set[tuple[int, str]]) -> Block:
    """A block with soft hyphens at the end of these lines (number and text)."""
    if isinstance(block, Line):
        return soften_line(block, soft)
    return Grid(
        tuple(soften_cell(cell, soft) for cell in block.header),
        tuple(tuple(cell and soften_cell(cell, soft) for cell in row) for row in block.rows),
        block.where,
    )


def soften_cell(cell: Cell, soft: set[tuple[int, str]]) -> Cell:
    return Cell(tuple(soften_line(line, soft) for line in cell.lines))


def soften_line(line: Line, soft: set[tuple[int, str]]) -> Line:
    return replace(line, text=line.text[:-1] + SOFT) if (line.number, line.text) in soft else line
