"""The five kinds of column, each declared with its meaning, an example, its unit and the meaning of an empty cell.

A column may be empty only if its declaration says what an empty cell means (``empty=``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.engines import pandas_engine
from pandera.typing import Series


class Strings(pandas_engine.STRING):
    """The type of text columns. Pandera's own makes a message about each of them, also where nothing is wrong: a fifth
    of the time of a validation."""

    def check(self, pandera_dtype: Any, data_container: Any = None) -> Any:
        """Whether the column has this type, as one answer for the whole column."""
        return super().check(pandera_dtype)


Text = Series[Strings]
Integer = Series[pd.Int64Dtype]
Number = Series[pd.Float64Dtype]
Flag = Series[bool]
Limit = float | None
Answer = Series[pd.BooleanDtype]
"""A Boolean column that may be empty."""


def text(meaning: str, *, example: str, empty: str = "", pattern: str = "") -> Any:
    """Declare a text column. A missing text is the empty string, never null. ``pattern`` must match the whole text."""
    checks: dict[str, Any] = {}
    if pattern:
        checks["str_matches"] = rf"^(?:{pattern})?\Z" if empty else rf"^(?:{pattern})\Z"
    elif not empty:
        checks["str_length"] = {"min_value": 1}
    return pa.Field(description=meaning, metadata=_about(example, empty), **checks)


def code(meaning: str, codes: Mapping[str, str], *, example: str, empty: str = "") -> Any:
    """Declare a text column whose values are keys of ``codes``, a mapping from code to meaning."""
    allowed = [*codes, *([""] if empty else [])]
    return pa.Field(description=meaning, isin=allowed, metadata={**_about(example, empty), "codes": dict(codes)})


def number(
    meaning: str, *, example: float, empty: str = "", low: Limit = None, high: Limit = None, unit: str = ""
) -> Any:
    """Declare a column of numbers from ``low`` to ``high``, both included."""
    about = {**_about(str(example), empty), "unit": unit, "low": low, "high": high}
    return pa.Field(description=meaning, nullable=bool(empty), ge=low, le=high, metadata=about)


integer = number
"""The same: the annotation of a column says whether its numbers are whole."""


def flag(meaning: str, *, example: bool, empty: str = "") -> Any:
    """Declare a Boolean column: of type ``Answer`` if it may be empty, else of type ``Flag``."""
    return pa.Field(description=meaning, nullable=bool(empty), metadata=_about(str(example).lower(), empty))


def _about(example: str, empty: str) -> dict[str, Any]:
    return {"example": example, "empty": empty}
