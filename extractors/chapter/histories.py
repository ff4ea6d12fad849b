"""Which suggested actions of a country's reports are one action: the stage that runs after all chapters are read.

Reports reword an action from year to year and print the years in which they suggested it. A pure function over the
tables of all chapters, the same in any order of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from extractors.rules import fold

SIMILAR = 80  # similarity (0 to 100) from which two wordings count as one action, whatever years they give
SAME_START = 45  # similarity that suffices if both were first suggested in the same year
OTHER_AREA = 10  # similarity that two wordings lose if they are printed under different areas

Tables = Mapping[str, list[dict[str, Any]]]
Rows = list[dict[str, Any]]


@dataclass(slots=True)
class _Wording:
    """A row with its text in small letters, in printed order and with its words sorted."""

    row: dict[str, Any]
    text: str
    words: str


@dataclass(slots=True)
class _Action:
    """An action over the years: its newest wording, and for each of its rows the likeness to the row before."""

    newest: _Wording
    rows: list[tuple[dict[str, Any], int | None]]
    action_id: str


def link_actions(chapters: Sequence[Tables]) -> list[Rows]:
    """The rows of ``suggested_actions`` of every chapter, in the order of ``chapters``, linked over the years.

    Each row gets ``action_id`` (the same for one action in all reports of the country), ``likeness`` (0 to 100: how
    much its wording is like that of the last report that has the action; none in the first one) and
    ``suggested_since`` (the earliest year that one of its reports gives). Two rows are the same action if their
    wordings are very similar, or if they are somewhat similar and their first years are equal. The most similar pairs
    are matched first, and each row continues at most one earlier action.
    """
    reports: dict[str, dict[int, Rows]] = defaultdict(dict)
    for tables in chapters:
        for row in tables["suggested_actions"]:
            reports[row["iso3"]].setdefault(row["report_year"], []).append(row)
    linked: dict[tuple[str, int], dict[str, Any]] = {}
    for iso3, by_year in reports.items():
        for action in _follow(iso3, by_year):
            since = min(row["first_year"] or row["report_year"] for row, _ in action.rows)
            for row, likeness in action.rows:
                about = {"action_id": action.action_id, "likeness": likeness, "suggested_since": since}
                linked[row["doc_id"], row["row"]] = {**row, **about}
    return [[linked[row["doc_id"], row["row"]] for row in tables["suggested_actions"]] for tables in chapters]


def _follow(iso3: str, by_year: Mapping[int, Rows]) -> list[_Action]:
    """The actions of one country, in the order of their first reports."""
    actions: list[_Action] = []
    for year in sorted(by_year):
        wordings = [_wording(row) for row in by_year[year]]
        matched = _best_pairs(actions, wordings)
        for index, (action, likeness) in matched.items():
            action.newest = wordings[index]
            action.rows.append((wordings[index].row, likeness))
        fresh = [wording for index, wording in enumerate(wordings) if index not in matched]
        actions += _first_seen(f"{iso3.lower()}-{year}", fresh)
    return actions


def _first_seen(doc_id: str, wordings: Sequence[_Wording]) -> list[_Action]:
    """The actions that a report has as the first; their ids are made of its wording, never of their place."""
    found = []
    times: Counter[str] = Counter()
    for wording in wordings:
        says = "|".join(fold(wording.row[column] or "").replace(" ", "") for column in ("territory", "action"))
        times[says] += 1
        digest = hashlib.sha256(f"{says}|{times[says]}".encode()).hexdigest()
        found.append(_Action(wording, [(wording.row, None)], f"{doc_id}-{digest[:8]}"))
    return found


def _wording(row: dict[str, Any]) -> _Wording:
    text = row["action"].casefold()
    return _Wording(row, text, " ".join(sorted(text.split())))


def _best_pairs(actions: Sequence[_Action], wordings: Sequence[_Wording]) -> dict[int, tuple[_Action, int]]:
    """For each wording (by its index) the earlier action that it continues, with their similarity."""
    pairs: list[tuple[float, int, int, int]] = []
    for number, action in enumerate(actions):
        first = action.newest.row["first_year"]
        for index, wording in enumerate(wordings):
            same_start = first is not None and first == wording.row["first_year"]
            similarity = _similarity(action.newest, wording, SAME_START if same_start else SIMILAR)
            if similarity:
                pairs.append((similarity + 20 * same_start, number, index, round(similarity)))
    matched: dict[int, tuple[_Action, int]] = {}
    continued: set[int] = set()
    for _, number, index, similarity in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if number not in continued and index not in matched:
            continued.add(number)
            matched[index] = actions[number], similarity
    return matched


def _similarity(one: _Wording, other: _Wording, least: float) -> float:
    """The similarity of two wordings, with their words in any order; 0 if it is below ``least``."""
    if (one.row["territory"] or "") != (other.row["territory"] or ""):
        return 0.0
    loss = 0 if one.row["area"] == other.row["area"] else OTHER_AREA
    cutoff = least + loss
    similarity = fuzz.ratio(one.text, other.text, score_cutoff=cutoff)
    similarity = max(similarity, fuzz.ratio(one.words, other.words, score_cutoff=max(cutoff, similarity)))
    return similarity - loss if similarity >= cutoff else 0.0
