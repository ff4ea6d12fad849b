"""The models of the published tables, the validation of every row, and the data dictionary.

The public names are loaded when one of them is first used: pandas and pandera take a second to import, and code that
only needs ``schemas.codes`` (the check of the rules before a run) does not have to wait.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.declared import declare, declared, undocumented
    from schemas.dictionary import column_meanings, dictionary
    from schemas.publisher import COMMAND_TABLES
    from schemas.tables import KEYS, PLACES, TABLES
    from schemas.validation import POINTERS, RowsLost, Validated, ValidationSwitchedOff, empty, typed, validate
    from schemas.views import VIEWS

__all__ = [
    "COMMAND_TABLES",
    "KEYS",
    "PLACES",
    "POINTERS",
    "TABLES",
    "VIEWS",
    "RowsLost",
    "Validated",
    "ValidationSwitchedOff",
    "column_meanings",
    "declare",
    "declared",
    "dictionary",
    "empty",
    "typed",
    "undocumented",
    "validate",
]
_MODULES = ("tables", "publisher", "declared", "dictionary", "validation", "views")


def __getattr__(name: str) -> Any:
    """Load all public names at once: a function and its module may share a name, and the function must win."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for module in [importlib.import_module(f"{__name__}.{known}") for known in _MODULES]:
        globals().update({known: getattr(module, known) for known in __all__ if hasattr(module, known)})
    return globals()[name]
