"""The log lines of a run: file or chapter, stage, message. As text for people, as JSON for machines."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flows.sources import printable

LOG = logging.getLogger("findings")
LOG.setLevel(logging.INFO)
STAGE, NAME = 8, 22
"""Columns of a terminal for the stage, and for the file or chapter."""


def log_line(
    level: int, about: str, stage: str, what: str, *, done: bool = False, brief: str = "", **facts: Any
) -> None:
    """Log one line ``about`` a file, a chapter or the run. ``done``: the work on a file has ended. ``brief``: what a
    terminal shows in place of ``what``. ``facts`` are added to the JSON form only."""
    extra = {"about": about, "stage": stage, "brief": brief or what, "done": done, "facts": facts}
    LOG.log(level, "%s | %s | %s", about, stage, what, extra=extra)


def begin(step: str) -> None:
    """Tell whoever shows the progress of a run that a step begins (a stage of :attr:`flows.report.Report.stages`);
    nothing is logged."""
    for handler in LOG.handlers:
        getattr(handler, "begin", lambda _: None)(step)


class Lines(logging.Formatter):
    """``05:14:02 INFO <run> 2019/Arvenia.pdf | read | …``, or without time and level where Prefect adds both."""

    def __init__(self, run: str, stamped: bool = True) -> None:
        super().__init__(f"{'%(asctime)s %(levelname)s ' if stamped else ''}{run} %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """One line, with control characters escaped: a file's text cannot move the cursor or look like two lines."""
        return printable(super().format(record))


class Columns(logging.Formatter):
    """``05:14:02 read     2019/Arvenia.pdf     xav-2019, 812 rows``: columns, for a terminal of 80 columns and more."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """One line; a long name has its end, which says more than its beginning."""
        name, stage = printable(getattr(record, "about", "")), getattr(record, "stage", "")
        name = name if len(name) <= NAME else f"...{name[3 - NAME :]}"
        place = "" if name == "run" else f"{name:<{NAME}} "
        said = printable(getattr(record, "brief", "") or record.getMessage())
        return f"{self.formatTime(record, self.datefmt)} {stage:<{STAGE}} {place}{said}"


class JsonLines(logging.Formatter):
    """One JSON object a line with the keys time, level, run, about, stage, message, and further facts."""

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
            }
        )
