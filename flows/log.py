"""The lines of a run's log: what about, which stage, what. As text for people, as JSON for machines."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flows.sources import printable

LOG = logging.getLogger("findings")
LOG.setLevel(logging.INFO)


def log_line(level: int, about: str, stage: str, what: str, *, done: bool = False, **facts: Any) -> None:
    """Log one line: ``about`` a file, a chapter or the run. ``done``: with it the work on a file ends. ``facts`` stand
    in the JSON form only."""
    LOG.log(
        level, "%s | %s | %s", about, stage, what, extra={"about": about, "stage": stage, "done": done, "facts": facts}
    )


class Lines(logging.Formatter):
    """``05:14:02 INFO <run> 2019/Arvenia.pdf | read | …``, or without time and level for a reader that has both."""

    def __init__(self, run: str, stamped: bool = True) -> None:
        super().__init__(f"{'%(asctime)s %(levelname)s ' if stamped else ''}{run} %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever a file's words hold: nothing in it moves the cursor or looks like another line."""
        return printable(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line with the keys time, level, run, about, stage, message and what else is known."""

    def __init__(self, run: str) -> None:
        super().__init__()
        self._run = run

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(
            {
                "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname,
                "run": self._run,
                "about": getattr(record, "about", ""),
                "stage": getattr(record, "stage", ""),
                "message": record.getMessage(),
                **getattr(record, "facts", {}),
            },
            ensure_ascii=False,
        )
