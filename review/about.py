"""The page about the data: what it is, what the release says of its own doubts, how to cite it, its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.explore import ExploredTable
from review.layout import COMMON, SEVERITIES
from review.release import PublishedRun
from review.render import render
from review.texts import Meanings, sentence


def render_about(
    release: PublishedRun, tables: Sequence[ExploredTable], countries: Mapping[str, str], meanings: Meanings
) -> bytes:
    """Return the page as HTML. All its figures are counted in the release; ``tables`` have a page of their own."""
    years = release.years("documents")
    described = release.package.get("resources", [])
    fields = described[0]["schema"]["fields"] if described else []
    return render(
        "about.html",
        root="",
        package={"description": "", "citation": "", "licenses": [], **release.package},
        run={"run": "", "started": "", "versions": {}, **release.run},
        chapters=sum(years.values()),
        countries=len(countries),
        years=list(years),
        severities=_severities(release, meanings),
        rejected=release.size("quarantine"),
        disagreements=release.size("disagreements"),
        tables=[(one["name"], one["description"], release.size(one["name"])) for one in described],
        files={table.name: table.file for table in tables},
        common=[field for field in fields if field["name"] in COMMON],
    )


def _severities(release: PublishedRun, meanings: Meanings) -> list[dict[str, Any]]:
    """Return for each severity what it means, its findings by origin, and the chapters that have one."""
    rows = release.rows("quality", ["doc_id", "severity", "origin"])
    meaning = meanings.get("quality", {}).get("severity", {})
    found = []
    for severity in SEVERITIES:
        mine = [row for row in rows if row["severity"] == severity]
        by_origin = {origin: sum(row["origin"] == origin for row in mine) for origin in ("reading", "source")}
        chapters = len({row["doc_id"] for row in mine})
        text = sentence(meaning.get(severity, ""))
        found.append({"severity": severity, "meaning": text, "chapters": chapters, **by_origin})
    return found
