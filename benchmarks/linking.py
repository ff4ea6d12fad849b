"""Fits the weights of the score that links two forms of a name (``linking`` in ``extractors/rules/entities.yml``).

    python -m benchmarks.linking GOLD [GOLD ...]

Every pair of long forms with one label in a hand-checked chapter (``tests/gold/README.md``) that share a word is
an example: one thing, or two. Prints the weights of a logistic regression over all of them, and precision and recall of
the decision on chapters of other countries than those it was fitted on (seven parts).
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import typer

from extractors.names.aliases import ACRONYM, holds, signals, stems, straight
from extractors.names.cells import PART_OF_LAW
from extractors.names.shapes import pattern

LABELS = ("AGENCY", "LAW", "POLICY", "PROGRAM")
PARTS = 7
PENALTY = 1.0  # of the squared weights: keeps the weight of a rare signal small


def examples(folders: list[Path]) -> list[tuple[str, str, dict[str, float], bool]]:
    """Chapter, label, signals, and whether the two forms are one thing."""
    found = []
    for path in sorted(path for folder in folders for path in folder.glob("*-*.json")):
        names = json.loads(path.read_text(encoding="utf-8")).get("entities", [])
        forms = {(name["label"], straight(name["text"])): name["canonical"] for name in names}
        long_forms = sorted(filter(is_long, forms), key=lambda key: (len(key[1]), key))
        for one, other in itertools.combinations(long_forms, 2):
            label, short, long = one[0], one[1], other[1]
            if label != other[0] or not set(stems(short, label)) & set(stems(long, label)):
                continue
            if stems(short, label) != stems(long, label):
                longer = [key for key in long_forms if key[0] == label and len(key[1]) > len(short)]
                alone = len({forms[key] for key in longer if holds(key[1], short, label)}) == 1
                found.append((path.stem, label, signals(short, long, label, alone), forms[one] == forms[other]))
    return found


def is_long(name: tuple[str, str]) -> bool:
    """Whether a label and form are no acronym, no treaty and no articles of a law."""
    label, form = name
    pinpoint = label == "LAW" and pattern(PART_OF_LAW).match(form)
    return label != "TREATY" and not pinpoint and not ACRONYM.fullmatch(form)


def fit(rows: np.ndarray, same: np.ndarray) -> np.ndarray:
    """The weights of a logistic regression, by Newton's method."""
    weights = np.zeros(rows.shape[1])
    ridge = PENALTY * np.eye(rows.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (likely - same) + ridge @ weights
        weights = weights - np.linalg.solve((rows * (likely * (1 - likely))[:, None]).T @ rows + ridge, slope)
    return weights


def main(folders: list[Path], threshold: float = 0.5) -> None:
    """Print the weights and how well they decide."""
    found = examples(folders)
    columns = [*LABELS, *found[0][2]]
    rows = np.array(
        [[*(label == one for one in LABELS), *signal.values()] for _, label, signal, _ in found], dtype=float
    )
    same = np.array([one for *_, one in found], dtype=float)
    countries = sorted({chapter[:3] for chapter, *_ in found})
    likely = np.zeros(len(rows))
    for part in range(PARTS):
        left_out = np.array([countries.index(chapter[:3]) % PARTS == part for chapter, *_ in found])
        likely[left_out] = 1 / (1 + np.exp(-rows[left_out] @ fit(rows[~left_out], same[~left_out])))
    right = float(((likely >= threshold) * same).sum())
    print(
        f"{len(rows)} pairs, {int(same.sum())} of one thing; precision {right / (likely >= threshold).sum():.3f}, "
        f"recall {right / same.sum():.3f}"
    )
    for name, weight in zip(columns, fit(rows, same), strict=True):
        print(f"  {name}: {weight:.1f}")


if __name__ == "__main__":
    typer.run(main)
