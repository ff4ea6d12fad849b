"""Write an invented chapter as a page of the web, with a site around it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from tests.generator.compose import References, Table, Text, compose
from tests.generator.layout import Layout
from tests.generator.spec import ChapterSpec

TAGS = {"title": "h1", "heading": "h2", "subheading": "h3"}
ABOVE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | Office of Invented Affairs</title>
<style>table {{ color: black }}</style><script>var menu = "In 2024, Fiji made no advancement";</script></head><body>
<a class="skip-link" href="#main">Skip to main content</a>
<header><p>An official website</p><form><input value="Search"><button>Search</button></form></header>
<nav class="menu"><ul><li>Home</li><li>Topics</li><li>Jordan</li></ul></nav>
<ol class="breadcrumb"><li>Reports</li><li>Fiji</li></ol>
<main id="main">
"""
BELOW = """</main>
<aside class="sidebar"><h2>Child Labor and Forced Labor Reports</h2>
<table><tr><th>Good</th><th>Icon</th></tr><tr><td>Kelp</td><td>kelp.svg</td></tr></table></aside>
<div class="promo"><p>Get the app today</p></div>
<footer><p>Telephone 555-0100</p></footer></body></html>
"""
CHROME = (
    "official website",
    "Skip to main",
    "Topics",
    "Jordan",
    "Fiji",
    "kelp.svg",
    "Get the app",
    "555-0100",
    "Search",
)
"""Words of the site around the chapter, none of which belongs into a table."""


def write_html(spec: ChapterSpec, path: Path, layout: Layout) -> None:
    """Write the chapter's page."""
    path.write_text(html_of(spec, layout), encoding="utf-8")


def html_of(spec: ChapterSpec, layout: Layout) -> str:
    """The chapter's page; the same chapter gives the same text."""
    return ABOVE.format(title=spec.country) + "\n".join(elements(spec, layout)) + BELOW


def elements(spec: ChapterSpec, layout: Layout) -> Iterator[str]:
    for item in compose(spec, layout):
        if isinstance(item, Text):
            tag = TAGS.get(item.kind, "p")
            yield f"<{tag}>{escape(item.text)}</{tag}>"
        elif isinstance(item, Table):
            yield f"<p><strong>Table {item.number}. {escape(item.title)}</strong></p>"
            yield table(item)
            yield from (f"<p>{escape(note)}</p>" for note in (*item.sources, *item.notes))
        elif isinstance(item, References):
            yield "<h2>References</h2><ol>"
            yield from (f"<li>{escape(entry.text)}</li>" for _, entry in item.entries)
            yield "</ol>"


def table(item: Table) -> str:
    """A table; a cell that reaches down into the rows below it spans them."""
    head = "".join(f"<th>{escape(text)}</th>" for text in item.header)
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>"]
    for at, row in enumerate(item.rows):
        cells = []
        for column, cell in enumerate(row):
            if cell is None:
                continue
            end = at + 1
            while end < len(item.rows) and item.rows[end][column] is None:
                end += 1
            span = f' rowspan="{end - at}"' if end - at > 1 else ""
            cells.append(f"<td{span}>{'<br>'.join(map(escape, cell.parts)) or cell.sign}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</tbody></table>"])
