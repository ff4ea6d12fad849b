"""Says in words what changed from one report of a country to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from review.figures import Tables, latest_numbers
from review.release import Record


def yearly_changes(
    documents: Sequence[Record], tables: Tables, standards: Sequence[Mapping[str, Any]], actions: Mapping[str, int]
) -> dict[str, Any] | None:
    """Compare the last report of a country with the one before it. With a single report, the result is ``None``.

    ``documents`` are the chapters and ``standards`` the lines of the table of legal standards, both with the last year
    first; ``actions`` gives the number of actions by their state. Returns the two years and a list of sentences, each
    with a link to its source (empty: none).
    """
    if len(documents) < 2:
        return None
    last, before = documents[0], documents[1]
    sentences = [
        _assessment(last, before),
        *_standards(standards, last, before),
        *_numbers(tables, last["report_year"]),
        _actions(actions, before["report_year"]),
    ]
    return {"last": last["report_year"], "before": before["report_year"], "sentences": sentences}


def _assessment(last: Record, before: Record) -> dict[str, str]:
    href = f"chapters/{last['doc_id']}.html"
    level, earlier = last["assessment"] or "none printed", before["assessment"] or "none printed"
    if level == earlier:
        return {"text": f"The assessment level is unchanged: {level}.", "href": href}
    return {"text": f"The assessment level changed from {earlier} to {level}.", "href": href}


def _standards(lines: Sequence[Mapping[str, Any]], last: Record, before: Record) -> Iterator[dict[str, str]]:
    """Yield a sentence for each legal standard whose answer or age differs between the two reports."""
    for line in lines:
        cell, earlier = line["cells"][0], line["cells"][1]
        if cell and cell["changed"] and earlier:
            name = line["label"] + (f" ({line['territory']})" if line["territory"] else "")
            text = f"{name}: {_answer(cell)} in {last['report_year']}, {_answer(earlier)} in {before['report_year']}."
            yield {"text": text, "href": cell["href"]}


def _answer(cell: Mapping[str, Any]) -> str:
    return " ".join(str(part) for part in (cell["status"] or "no answer", cell["age"]) if part is not None)


def _numbers(tables: Tables, year: int) -> Iterator[dict[str, str]]:
    """Yield a sentence for each number of the enforcement tables that is printed for both years."""
    for heading, numbers in latest_numbers(tables):
        if year in numbers and year - 1 in numbers:
            now, earlier = numbers[year], numbers[year - 1]
            if now.text == earlier.text:
                text = f"{heading}: {now.text}, unchanged."
            else:
                text = f"{heading}: {now.text} in {year}, {earlier.text} in {year - 1}."
            yield {"text": text, "href": now.link("enforcement", False)["href"]}


def _actions(counts: Mapping[str, int], before: int) -> dict[str, str]:
    new, continued, dropped = (counts.get(state, 0) for state in ("new", "continued", "dropped"))
    text = f"Suggested actions: {new} new, {continued} continued, {dropped} of the {before} report not repeated."
    return {"text": text, "href": ""}
