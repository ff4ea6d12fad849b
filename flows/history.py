"""The files that a run keeps open or adds to in the output folder, and how they are read without surprises.

Whatever somebody has put in their place (a pipe, a device, a link, a file of any size) must neither make a run wait nor
take its memory.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

BLOCK = 1 << 16
"""Bytes that are read at once."""
LONGEST_LINE = 1 << 20
"""Bytes of a line of the history; a run's line has about 600."""


def open_regular(file: Path, flags: int) -> int:
    """A handle of a regular file, which is made if ``flags`` say so. It never waits for the other end of a pipe.

    Raises ``OSError``, also for everything that is no regular file.
    """
    handle = os.open(file, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, f"{file.name} is not a regular file", str(file))
    return handle


def add_line(file: Path, line: bytes) -> None:
    """Add a line, which has its line break, to a file. An incomplete line at its end, of this call or of a killed run,
    is removed. Raises ``OSError``."""
    with os.fdopen(open_regular(file, os.O_RDWR | os.O_CREAT | os.O_APPEND), "r+b", buffering=0) as history:
        whole = _end_of_last_line(history)
        history.truncate(whole)
        try:
            if (history.write(line) or 0) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            history.truncate(whole)
            raise


def last_published(file: Path) -> str:
    """When the last published run of the history was started; nothing if there is none. Damaged lines are ignored.

    Raises ``OSError``.
    """
    try:
        handle = open_regular(file, os.O_RDONLY)
    except FileNotFoundError:
        return ""
    with os.fdopen(handle, "rb", buffering=0) as history:
        for line in _lines_backwards(history):
            with suppress(ValueError, KeyError, TypeError):
                run = json.loads(line) if b'"published": true' in line else {"published": False}
                if run["published"]:
                    return str(run["started"])
    return ""


def _blocks_backwards(file: IO[Any]) -> Iterator[tuple[int, bytes]]:
    """The blocks of a file from its end, each with the place where it begins."""
    place = file.seek(0, os.SEEK_END)
    while place > 0:
        size = min(BLOCK, place)
        place -= size
        file.seek(place)
        yield place, file.read(size)


def _end_of_last_line(file: IO[Any]) -> int:
    """Where the last complete line ends."""
    for place, block in _blocks_backwards(file):
        if b"\n" in block:
            return place + block.rindex(b"\n") + 1
    return 0


def _lines_backwards(file: IO[Any]) -> Iterator[bytes]:
    """The complete lines of a file, the last one first, without those that are too long to be one of ours."""
    parts: list[bytes] = []
    held, complete = 0, False
    for _, block in _blocks_backwards(file):
        first, *others = block.split(b"\n")
        for piece in reversed(others):
            if complete and held + len(piece) <= LONGEST_LINE:
                yield b"".join([piece, *reversed(parts)])
            parts, held, complete = [], 0, True
        held += len(first)
        parts = [*parts, first] if held <= LONGEST_LINE else []
    if complete and held <= LONGEST_LINE:
        yield b"".join(reversed(parts))
