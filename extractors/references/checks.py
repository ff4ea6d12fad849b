"""Findings about a reference list and its citations as a whole: one for each cause, not one for each citation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from extractors.model import Issue, Reference, Where

_FEW = 0.25  # share of the list that is cited; 0.42 is the lowest of 325 chapters, in a file of several territories
_LIST = 10  # entries from which a list that is hardly cited is a finding
_BEYOND = 5  # numbers above the end of the list that are cited; the most that one of 326 chapters has are 3
_RUN = 2  # such numbers close behind the end; slips of the publisher are scattered (Peru 2019: 94, 109 and 110)
_SKIPPED = 1  # numbers: in a longer gap, lines were lost


def check_sequence(references: Sequence[Reference]) -> list[Issue]:
    """Findings for gaps, repeats and steps back in the numbers of the list."""
    issues = []
    last: Reference | None = None
    highest = 0
    for row, reference in enumerate(references, 1):
        number, check, message = reference.number, "", ""
        if number > highest + 1:
            missing = str(highest + 1) if number == highest + 2 else f"{highest + 1} to {number - 1}"
            check, message = "reference_gap", f"the list has no number {missing}"
            if last is not None and _is_skipped(last, reference):
                skipped = f"the source prints {last.number} and then {number}, no number {missing}"
                check, message = "reference_number_skipped", skipped
        elif number == highest:
            check, message = "reference_number_duplicate", f"the list has number {number} twice"
        elif number < highest:
            check, message = "reference_order", f"number {number} comes after {highest}"
        if check:
            issues.append(Issue(check, "error", message, reference.where, "references", row))
        last, highest = reference, max(highest, number)
    return issues


def _is_skipped(before: Reference, after: Reference) -> bool:
    """Whether the publisher left the numbers between two entries out, and no entry was lost.

    Comoros 2019 prints 32 and then 34: both numbers are printed, few are missing, and the entry before holds none of
    them. Whether all words of the page were read is another check.
    """
    missing = range(before.number + 1, after.number)
    printed = before.number_source == after.number_source == "printed"
    inside = any(re.search(rf"(?<![\w/.-]){number}\b[.)]?\s+[A-Z“\"]", before.text) for number in missing)
    return printed and len(missing) <= _SKIPPED and not inside


def check_citations(
    citations: Sequence[Mapping[str, Any]], numbers: frozenset[int], on_file: Where | None, always: bool = True
) -> list[Issue]:
    """Findings about the citations of a chapter.

    ``citations`` are the rows of table ``citations``, ``numbers`` the numbers of the reference list, ``on_file`` is the
    place of a line that says that the references are on file. Afghanistan 2020 prints such a line and no list.
    ``always``: chapters of this report year always cite numbered references; those since 2023 do not.
    """
    cited = {citation["number"] for citation in citations}
    if not numbers:
        return [_no_list(len(cited), on_file, always)]
    highest = max(numbers, default=0)
    beyond = {number for number in cited if number > highest}
    issues = []
    if _is_cut(highest, beyond):
        message = (
            f"the list ends at {highest}, but {len(beyond)} higher numbers are cited; the end of the list is missing"
        )
        issues.append(Issue("references_missing", "error", message, table="references"))
        cited -= beyond
    issues += [_unresolved(number, citations, numbers) for number in sorted(cited - numbers)]
    if len(numbers) >= _LIST and len(cited & numbers) < _FEW * len(numbers):
        message = (
            f"only {len(cited & numbers)} of the {len(numbers)} references are cited; "
            "the citations may be printed in a form that was not read"
        )
        issues.append(Issue("citations_few", "error", message, table="citations"))
    return issues


def _no_list(cited: int, on_file: Where | None, always: bool) -> Issue:
    """The one finding for a chapter without reference list that cites so many references."""
    if on_file is not None:
        message = f"the source prints no reference list; it says that they are on file; {cited} are cited"
        return Issue("references_on_file", "warning", message, on_file, "references")
    if cited:
        message = f"{cited} references are cited, and no reference list was found"
        return Issue("references_missing", "error", message, table="references")
    if always:
        message = "nothing is cited and no reference list was found, which chapters of this report year always have"
        return Issue("citations_none", "error", message, table="citations")
    message = "nothing is cited: chapters of this report year have no numbered references"
    return Issue("citations_none", "info", message, table="citations", origin="source")


def _is_cut(highest: int, beyond: set[int]) -> bool:
    """Whether the list goes on after ``highest``: many higher numbers are cited, or most of those that follow it."""
    return len(beyond) >= _BEYOND or (len(beyond) >= _RUN and 2 * len(beyond) >= max(beyond) - highest)


def _unresolved(number: int, citations: Sequence[Mapping[str, Any]], numbers: frozenset[int]) -> Issue:
    """The finding for a number that is cited and not in the list, at its first citation."""
    citation = next(citation for citation in citations if citation["number"] == number)
    highest = max(numbers, default=0)
    what = "the list has no such number" if number < highest else f"the list ends at {highest}"
    where = Where(page=citation["page"], line=citation["line"])
    message = f"reference {number} is cited, {what}"
    return Issue("citation_unresolved", "warning", message, where, citation["table"], citation["row"])
