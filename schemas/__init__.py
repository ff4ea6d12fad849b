"""The models of the published tables, the validation of every row, and the data dictionary."""

from schemas.dictionary import column_meanings, dictionary
from schemas.tables import KEYS, PLACES, TABLES
from schemas.validation import POINTERS, RowsLost, Validated, ValidationSwitchedOff, typed, validate

__all__ = [
    "KEYS",
    "PLACES",
    "POINTERS",
    "TABLES",
    "RowsLost",
    "Validated",
    "ValidationSwitchedOff",
    "column_meanings",
    "dictionary",
    "typed",
    "validate",
]
