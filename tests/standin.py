"""In place of the reader of pages, for runs in real processes that take no time: a file holds its chapters as JSON."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import extractors
from extractors.model import Extraction
from flows import ledger
from flows.report import Failure
from flows.sources import SourceFile

SECONDS = 0.02
"""How long reading a file takes."""
LONGEST = 600.0


def extract_each(path: Path, source_path: str) -> Iterator[Extraction]:
    """The chapters that a file holds; its name is added to the log of what was read, which stands beside its folder.

    While there is a file ``wait`` beside the folder, no file is read to its end; one that holds ``slow`` never is, and
    one that holds ``kill`` ends the process.
    """
    with (path.parent.parent / "read.log").open("a") as log:
        log.write(f"{source_path}\n")
    ends = time.monotonic() + LONGEST
    time.sleep(SECONDS)
    data = path.read_bytes()
    if data == b"kill":
        os.kill(os.getpid(), signal.SIGKILL)
    while ((path.parent.parent / "wait").exists() or data == b"slow") and time.monotonic() < ends:
        time.sleep(SECONDS)
    chapters = tuple(Extraction(**chapter) for chapter in json.loads(data))
    for chapter in chapters:
        chapter.tables["documents"][0]["source_sha256"] = hashlib.sha256(data).hexdigest()
    yield from chapters


def extract_into(file: SourceFile, entry: Path, rules: Path | None = None) -> Failure | None:
    """What :func:`flows.ledger.extract_into` does, with this reader. Runs in a child process."""
    extractors.extract_each = extract_each
    return ledger.extract_into(file, entry, rules)
