"""The five kinds of column, each declared with its meaning, example, unit and what an empty cell means.

An empty cell is allowed exactly where the declaration says what it means (``empty=``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

Text = Series[str]
Integer = Series[pd.Int64Dtype]
Number = Series[pd.Float64Dtype]
Flag = Series[bool]


def text(meaning: str, *, example: str, empty: str = "", pattern: str = "") -> Any:
    """A text column, the empty string being the only kind of nothing. ``pattern`` must match the whole text."""
    checks: dict[str, Any] = {}
    if pattern:
        checks["str_matches"] = rf"^(?:{pattern})?\Z" if empty else rf"^(?:{pattern})\Z"
    elif not empty:
        checks["str_length"] = {"min_value": 1}
    return pa.Field(description=meaning, metadata=_about(example, empty), **checks)


def code(meaning: str, codes: Mapping[str, str], *, example: str, empty: str = "") -> Any:
    """A text column that holds one of ``codes``."""
    allowed = [*codes, *([""] if empty else [])]
    return pa.Field(description=meaning, isin=allowed, metadata={**_about(example, empty), "codes": dict(codes)})


def integer(
    meaning: str, *, example: int, empty: str = "", low: int | None = None, high: int | None = None, unit: str = ""
) -> Any:
    """A column of whole numbers between ``low`` and ``high``."""
    about = {**_about(str(example), empty), "unit": unit, "low": low, "high": high}
    return pa.Field(description=meaning, nullable=bool(empty), ge=low, le=high, metadata=about)


def number(
    meaning: str,
    *,
    example: float,
    empty: str = "",
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
) -> Any:
    """A column of numbers between ``low`` and ``high``."""
    about = {**_about(str(example), empty), "unit": unit, "low": low, "high": high}
    return pa.Field(description=meaning, nullable=bool(empty), ge=low, le=high, metadata=about)


def flag(meaning: str, *, example: bool) -> Any:
    """A column of true and false, never empty."""
    return pa.Field(description=meaning, metadata=_about(str(example).lower(), ""))


def _about(example: str, empty: str) -> dict[str, Any]:
    return {"example": example, "empty": empty}
