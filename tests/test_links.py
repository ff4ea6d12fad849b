"""Link annotations: which of them lie on a line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from extractors.readers.content import read_links
from extractors.readers.lines import links_on


def annotation(x0: float, top: float, x1: float, bottom: float, uri: str) -> dict[str, Any]:
    return {"x0": x0, "top": top, "x1": x1, "bottom": bottom, "uri": uri}


def test_an_annotation_belongs_to_the_lines_that_it_covers() -> None:
    page = SimpleNamespace(
        hyperlinks=[
            annotation(60, 111, 200, 121, "http://reef.example.org/b"),
            annotation(60, 100, 200, 110, "http://reef.example.org/a"),
            annotation(320, 100, 400, 110, "http://reef.example.org/right-column"),
        ]
    )
    links = read_links(page)
    assert links_on((54.0, 101.0, 280.0, 109.0), links) == ("http://reef.example.org/a",)
    assert links_on((54.0, 111.0, 280.0, 119.0), links) == ("http://reef.example.org/b",)
    assert links_on((54.0, 131.0, 280.0, 139.0), links) == ()
    assert links_on(None, links) == ()


class Damaged:
    @property
    def hyperlinks(self) -> list[dict[str, Any]]:
        raise KeyError("Rect")


def test_a_damaged_annotation_gives_no_link() -> None:
    assert read_links(Damaged()) == []
