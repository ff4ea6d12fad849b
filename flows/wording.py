"""The wording rules of a run: loaded, held against the code lists, and their declared tables made known to the schemas.

Only ``flows`` knows both the rules and the schemas, which do not know each other.
"""

from __future__ import annotations

import sys
from pathlib import Path

from extractors import rules


def use_rules(folder: Path | None) -> rules.Rules:
    """Use the rules with the overlay in ``folder`` in this process, before a source is opened.

    Raises :class:`~extractors.rules.RulesError` with file, line, key and reason. Without an overlay no table is
    declared that has no model (a test sees to that), and pandas need not be loaded.
    """
    from schemas import codes

    used = rules.use(folder)
    rules.check_codes(used, folder, codes.RULES)
    if folder is not None or "schemas.declared" in sys.modules:  # an overlay of before may have declared tables
        import schemas

        tables = rules.declared(used)
        for place, reason in schemas.undocumented(tables):
            raise rules.mistake(folder, "tables", place.split("."), reason)
        schemas.declare(tables)
    return used
