"""What a run builds on: the release that is published, and what takes its place if that one is damaged."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import integrity, publish
from flows.log import log_line

if TYPE_CHECKING:
    from flows.changes import Census
    from flows.pieces import Parts
    from flows.report import Report

NOTED = ("state", "options", "inputs", "versions")
"""The facts by which the next run plans, that a run may change which publishes nothing."""


@dataclass(frozen=True)
class Before:
    """The releases that a run plans by and compares its tables with.

    ``release``: the folder of the published release, if any. ``facts``: the facts to plan by: those of the published
    release or, if they are lost (``is_known`` is false), of the newest one that has them. ``damage``: what is wrong
    with the published release, by file. ``compared``, ``compared_facts``: the release whose tables the new ones are
    compared with. Usually that is the published one. If it is damaged, it is the newest whole one before it, so that
    the repaired release has the same table ``changes`` as the damaged one had.
    """

    release: Path | None = None
    is_known: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    damage: Mapping[str, str] = field(default_factory=dict)
    compared: Path | None = None
    compared_facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether the published release was checked and is whole: one of an older version has no checksums."""
        return not self.damage and bool(integrity.checksums(self.facts))

    @property
    def lines(self) -> list[str]:
        """What is wrong with the published release, one line a file."""
        return [f"{name} {reason}" for name, reason in self.damage.items()]

    def causes(self, state: Mapping[str, str]) -> Mapping[str, str]:
        """The causes that a damaged release gives for its changes, if it was made by code of the same state."""
        causes: Mapping[str, str] = self.facts.get("causes", {})
        return causes if self.damage and self.is_known and self.facts.get("state") == state else {}

    def reusable(self, report: Report) -> Mapping[str, Any]:
        """The facts of the published release, if a run with the state, versions and corrections of the report makes
        the same of a country of which nothing has changed; otherwise nothing."""
        facts = self.facts
        if not (self.is_whole and facts.get("published")):
            return {}
        same = facts["state"] == report.state and facts["versions"] == report.versions
        same = same and facts["options"].get("corrections") == report.options["corrections"]
        return facts if same and all("versions" in fact for fact in facts["inputs"]) else {}

    @property
    def next_number(self) -> int:
        """The number of the release that follows the compared one: the repaired one has that of the damaged one."""
        return 1 + int(self.compared.name) if self.compared and self.compared.name.isdigit() else 1

    def holds(self, report: Report) -> bool:
        """Whether the published release is what a run with the same tables would publish: besides the tables, it names
        the files, with their places and failures; its form depends on the schemas."""
        facts, now = self.facts, report.to_dict()
        if not (self.is_whole and facts.get("published") and facts["state"]["schemas"] == report.state["schemas"]):
            return False
        same = all(
            facts[part] == now[part] for part in ("failures", "overridden_rules", "expected_rows", "stale_corrections")
        )
        same = same and facts["versions"].get("contract") == now["versions"]["contract"]
        same = same and facts["options"]["spreadsheets"] == now["options"]["spreadsheets"]
        return same and _places(facts) == _places(now)

    def parts(self) -> Parts:
        """The tables to compare with; none if there are none. Raises :class:`flows.integrity.Damaged`."""
        from flows.pieces import Parts

        return Parts(self.compared if self.compared_facts.get("published") else None)

    def census(self, compared: Parts, rows: Mapping[str, Counter[str]], now: Census) -> Census | None:
        """The rows of which a run that has ``now`` must not lose too many: those of the published release that are not
        damaged; ``None`` if there are none. ``rows`` are those of the release ``compared``.

        Of a damaged table only the number of rows is known. If the run has fewer, the table of ``compared`` is used in
        its place.
        """
        from flows import changes
        from flows.pieces import Parts

        if not self.damage or self.release is None or not self.is_known:
            return _census(compared, rows) if rows else None
        known, left = self.facts.get("rows", {}), Parts(self.release, but=self.damage)
        fewer = {name: one for name, one in rows.items() if now.rows.get(name, Counter()).total() < known.get(name, 0)}
        whole = left if "documents" in left else compared
        counts = {**fewer, **left.counts()}
        return changes.Census(counts, _census(whole, {}).assessed) if counts else None


def _census(parts: Parts, rows: Mapping[str, Counter[str]]) -> Census:
    from flows import changes

    assessed = changes.assessed(parts.frame("documents")) if "documents" in parts else Counter()
    return changes.Census(dict(rows), assessed)


def _places(facts: Mapping[str, Any]) -> set[tuple[Any, ...]]:
    """The files of a run: name, place, content and chapters in the tables."""
    places = ("source_path", "path", "sha256")
    return {(*(fact[name] for name in places), *fact["chosen"]) for fact in facts["inputs"]}


def look(output: Path) -> Before:
    """Check the published release of an output folder, and log what is wrong with it.

    Raises :class:`flows.publish.OutputBlocked` if something that is not from a run is in the place of a link.
    """
    publish.check_places(output)
    release = publish.shown(output)
    if release is None:
        return Before()
    damage = publish.damage(release)
    facts = publish.facts_to_plan_by(release)
    if not damage:
        if facts and not integrity.checksums(facts):
            what = f"release {release.name} has no checksums, because an older version has published it"
            log_line(logging.INFO, "run", "check", f"{what}; the tables are published again")
        return Before(release, True, facts, {}, release, facts)
    older = [other for other in reversed(publish.releases(output)) if other.name < release.name]
    compared = next((other for other in older if not publish.damage(other)), None)
    left = facts or next(filter(None, map(publish.facts_of, older)), {})
    before = Before(release, bool(facts), left, damage, compared, publish.facts_of(compared) if compared else {})
    for line in before.lines:
        log_line(logging.WARNING, "run", "check", f"the published release {release.name} is damaged: {line}")
    log_line(logging.WARNING, "run", "check", f"the tables are published again; {release} stays as it is")
    return before
