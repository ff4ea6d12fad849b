"""Kinds of value: the text of a cell -> the values of the columns that its kind publishes (``rules/kinds.py``)."""

from __future__ import annotations

from collections.abc import Callable

from extractors.chapter import values
from extractors.rules.kinds import KindName

Values = tuple[object, ...]


def _count(text: str) -> Values:
    """A whole number and the status of the cell; an amount of money or a fraction is no count."""
    answer = values.answer(text)
    counted = answer.value is not None and answer.unit == "count" and answer.value == int(answer.value)
    return (int(answer.value or 0) if counted else None, answer.status)


def _answer(text: str) -> Values:
    answer = values.answer(text)
    return (answer.value, answer.unit, answer.status)


def _percent(text: str) -> Values:
    return (values.percent_and_population(text)[0], values.answer(text).status)


READERS: dict[KindName, Callable[[str], Values]] = {
    "text": lambda text: (text,),
    "dated_name": lambda text: (text, *values.policy_years(text)),
    "count": _count,
    "answer": _answer,
    "percent": _percent,
    "percent_and_count": values.percent_and_population,
    "age": values.age,
    "ages": values.ages,
    "yes_no": lambda text: (values.legal_status(text),),
    "check_mark": lambda text: (values.ratified(text)[0] is True,),
    "ratification": values.ratified,
    "years": values.year_span,
    "picture": lambda _: (),
}
"""Kind -> reader of a cell without citations and markers. ``label`` and ``territory`` need more than the cell."""

FORMS: dict[KindName, values.Kind] = {
    "count": "answer",
    "answer": "answer",
    "percent": "percent",
    "percent_and_count": "percent",
    "age": "age",
    "ages": "ages",
    "yes_no": "status",
    "check_mark": "ratification",
    "ratification": "ratification",
    "years": "years",
}
"""Kind -> the form that a cell must have to be read completely; any other cell gets a finding ``value_unread``."""
