"""Lines of a reference list, as a reader gives them, for tests. All entries are invented."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.model import Line, Reference, Where
from extractors.references.entries import read_references


def lines_of(texts: Sequence[str], indents: Sequence[float] | None = None) -> list[Line]:
    """Lines as a reader gives them; a text that begins with a blank line has a gap above it."""
    return [
        Line(
            n,
            text.strip(),
            Where(line=n),
            gap=text.startswith("\n"),
            zone="column",
            indent=(indents or [0.0] * n)[n - 1],
        )
        for n, text in enumerate(texts, 1)
    ]


def hanging(*texts: str) -> list[Line]:
    """Lines of a list with hanging indents: a text that begins with a blank is an indented line."""
    return lines_of(texts, [18.0 if text.startswith(" ") else 0.0 for text in texts])


def read_one(text: str) -> Reference:
    references, _ = read_references(hanging(f"1. {text}"))
    assert len(references) == 1
    return references[0]
