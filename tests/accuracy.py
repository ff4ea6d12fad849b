"""The accuracy report: how right the tables are, against the publisher's own facts and against hand-checked chapters.

    python -m tests.accuracy TABLES [--record]

TABLES is the folder ``tables`` of a run over the real chapters. Prints the share of right facts for each kind and year,
then what was gained and lost, chapter by chapter, against the figures recorded in ``tests/accuracy.json``; ``--record``
writes the new figures there and into ``docs/accuracy.md``, and the faults that the run reports (errors and rows in
quarantine, by chapter) into ``tests/expected_faults.yml``. The facts and the scorer are beside the checkout (see
``SHARED``), not in it.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import typer
import yaml
from rich.console import Console
from rich.table import Table

from tests.conftest import ROOT

SHARED = Path(os.environ.get("FINDINGS_SHARED") or ROOT.parent / "shared")
RECORD = ROOT / "tests" / "accuracy.json"
FAULTS = ROOT / "tests" / "expected_faults.yml"
DOCUMENT = ROOT / "docs" / "accuracy.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


@dataclass(frozen=True)
class Measured:
    """Counts of one run: ``right`` and ``facts`` by (kind of fact, report year), ``missed`` by (chapter, kind)."""

    right: Counter[tuple[str, str]]
    facts: Counter[tuple[str, str]]
    missed: Counter[tuple[str, str]]

    def share(self, kind: str | None = None, year: str | None = None) -> float | None:
        """Right facts of all facts, over one kind or all, in one year or all; ``None`` if there are no facts."""
        chosen = [key for key in self.facts if kind in (None, key[0]) and year in (None, key[1])]
        facts = sum(self.facts[key] for key in chosen)
        return sum(self.right[key] for key in chosen) / facts if facts else None


def measure(tables: Path) -> Measured:
    """Score a folder of tables with the scorer that stands beside the facts."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "score" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    scorer: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    expected = set((SHARED / "truth" / "expect.txt").read_text().split())
    tally = scorer.Tally()
    loaded = scorer.load(tables)
    scorer.score_truth(loaded, SHARED / "truth" / "truth.csv", expected, tally)
    scorer.score_gold(loaded, SHARED / "gold", expected, tally)
    return Measured(Counter(tally.hit), Counter(tally.all), Counter((miss[1], miss[0]) for miss in tally.misses))


def recorded() -> Measured:
    """The figures that were written down last."""
    data = json.loads(RECORD.read_text(encoding="utf-8"))
    right, facts = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for kind, years in data["kinds"].items():
        for year, (hits, count) in years.items():
            right[kind, year], facts[kind, year] = hits, count
    missed = Counter({(chapter, kind): n for chapter, kinds in data["missed"].items() for kind, n in kinds.items()})
    return Measured(right, facts, missed)


def record(measured: Measured) -> None:
    """Write figures down, for the next run to be compared with."""
    kinds: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, year in sorted(measured.facts):
        kinds.setdefault(kind, {})[year] = (measured.right[kind, year], measured.facts[kind, year])
    missed: dict[str, dict[str, int]] = {}
    for (chapter, kind), count in sorted(measured.missed.items()):
        missed.setdefault(chapter, {})[kind] = count
    parts = [
        f'"{name}": {{\n'
        + ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in part.items())
        + "\n}"
        for name, part in (("kinds", kinds), ("missed", missed))
    ]
    RECORD.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


@dataclass(frozen=True)
class Faults:
    """What a run reports of chapters with faults: checks of severity error, and tables with rows in quarantine."""

    errors: dict[str, list[str]]
    quarantine: dict[str, list[str]]

    def beyond(self, others: Faults) -> list[str]:
        """What is here and not among the others, one line for each chapter and check or table."""
        return [
            f"{kind}: {chapter} {what}"
            for kind in ("errors", "quarantine")
            for chapter, found in getattr(self, kind).items()
            for what in found
            if what not in getattr(others, kind).get(chapter, ())
        ]


def faults(quality: pd.DataFrame, quarantine: pd.DataFrame) -> Faults:
    """The faults in two tables of a run."""

    def listed(frame: pd.DataFrame, column: str) -> dict[str, list[str]]:
        return {str(chapter): sorted(set(group)) for chapter, group in frame.groupby("doc_id")[column]}

    return Faults(listed(quality[quality["severity"] == "error"], "check"), listed(quarantine, "table"))


def expected_faults() -> Faults:
    """The faults of real chapters that are known and not mended yet."""
    return Faults(**yaml.safe_load(FAULTS.read_text(encoding="utf-8")))


def record_faults(found: Faults) -> None:
    """Write the known faults down."""
    head = "# Faults of real chapters that are known and not mended yet: python -m tests.accuracy TABLES --record\n"
    FAULTS.write_text(head + yaml.safe_dump(vars(found), sort_keys=False), encoding="utf-8")


def fallen(measured: Measured, before: Measured) -> list[str]:
    """Every kind and year whose share of right facts is below the recorded one."""
    out = []
    for kind, year in sorted(before.facts):
        now, then = measured.share(kind, year), before.share(kind, year)
        if then is not None and (now or 0.0) < then - 1e-9:
            out.append(f"{kind} {year}: {now or 0:.2%}, recorded {then:.2%}")
    return out


def changes(measured: Measured, before: Measured) -> list[str]:
    """Gains and losses by chapter and kind."""
    keys = sorted({*measured.missed, *before.missed})
    return [
        f"{'lost' if now > then else 'gained'} {abs(now - then)}: {chapter} {kind}"
        for chapter, kind in keys
        if (now := measured.missed[chapter, kind]) != (then := before.missed[chapter, kind])
    ]


def by_year(measured: Measured) -> list[list[str]]:
    """Shares of right facts, a head and one row a kind: facts, right, and right in each year."""
    years = sorted({year for _, year in measured.facts})
    rows = [["kind of fact", "facts", "right", *years]]
    for kind in [*sorted({kind for kind, _ in measured.facts}), None]:
        facts = sum(count for key, count in measured.facts.items() if kind in (None, key[0]))
        shares = [measured.share(kind, year) for year in (None, *years)]
        rows.append([kind or "all", str(facts), *("" if share is None else f"{share:.1%}" for share in shares)])
    return rows


def as_markdown(measured: Measured) -> str:
    """The same as a Markdown table, for ``docs/accuracy.md``."""
    head, *rows = by_year(measured)
    lines = [head, ["---", *("--:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main(tables: Path, record_figures: bool = typer.Option(False, "--record")) -> None:
    """Print the accuracy report of a run's tables; with --record write its figures down, for docs/accuracy.md too."""
    console = Console(width=150)
    measured = measure(tables)
    head, *rows = by_year(measured)
    table = Table(*head)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for line in changes(measured, recorded()) if RECORD.exists() else []:
        console.print(line)
    if record_figures:
        record(measured)
        record_faults(faults(*(pd.read_parquet(tables / f"{name}.parquet") for name in ("quality", "quarantine"))))
        text = DOCUMENT.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}{as_markdown(measured)}{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
