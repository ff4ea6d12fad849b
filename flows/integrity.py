"""Checksums of a release: is every published file still as it was written?

``run.json`` has the SHA-256 of every other file of the release, and one of itself, which is computed with 64 zeros in
its own place. So a changed, missing or added file is found, and a change of ``run.json`` too.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from flows.ending import Refused
from flows.report import fault_of

FACTS = "run.json"
CHECKSUMS = "checksums"
"""The key of ``run.json`` that holds them."""
BLANK = "0" * 64
OWN = re.compile(rb'"run_json": "([0-9a-f]{64})"')
"""Where ``run.json`` has its own checksum."""
TRACES = re.compile(rb'"algorithm": "sha256"|"run_json": "')
"""Parts of the list of checksums; a file that has one of them, but no list, has lost the list."""
CHANGED = "was changed or damaged: its SHA-256 is not the one with which it was published"


class Damaged(Refused, ValueError):
    """A published file is not as it was written; the message says what is wrong with it."""


class NotWritten(OSError):
    """A table cannot be written, for example on a full disk."""


def sealed(facts: Mapping[str, Any], folder: Path, known: Mapping[str, str]) -> bytes:
    """Return the bytes of ``run.json``: the facts, and the SHA-256 of every file that is in the folder of the release
    now. So ``run.json`` must be the last file that is written there. Of the files that the release before has too, the
    SHA-256 is ``known``."""
    files = {name: known.get(name) or sha256_of(folder / name) for name in _names(folder)}
    whole = {**facts, CHECKSUMS: {"algorithm": "sha256", "run_json": BLANK, "files": files}}
    # the path of a source may hold bytes that are no UTF-8: written as the escape \udcXX, which JSON reads back
    text = (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
    start = _own_place(text)
    return text[:start] + hashlib.sha256(text).hexdigest().encode() + text[start + len(BLANK) :]


def read_facts(file: Path) -> dict[str, Any]:
    """Return the content of ``run.json``. Raises ``FileNotFoundError``, other kinds of ``OSError``, and
    :class:`Damaged`.

    Of a file without checksums, from an older version, the form is checked.
    """
    data = file.read_bytes()
    try:
        facts = json.loads(data)
    except ValueError as error:
        raise Damaged("was changed or damaged: it is not JSON") from error
    if not isinstance(facts, dict):
        raise Damaged("was changed or damaged: it has no facts of a run")
    if CHECKSUMS in facts:
        start = _own_place(data)
        blank = data[:start] + BLANK.encode() + data[start + len(BLANK) :]
        if hashlib.sha256(blank).hexdigest().encode() != data[start : start + len(BLANK)]:
            raise Damaged(CHANGED)
    elif TRACES.search(data):
        raise Damaged("was changed or damaged: its list of checksums is not whole")
    elif "state" in facts and (fault := fault_of(facts)):
        raise Damaged(f"was changed or damaged: {fault}")
    return facts


def checked_bytes(folder: Path, name: str, facts: Mapping[str, Any]) -> bytes:
    """Return the bytes of a published file, if they are those that were published. Raises ``OSError`` and
    :class:`Damaged`."""
    data = (folder / name).read_bytes()
    expected = checksums(facts).get(name)
    if expected and hashlib.sha256(data).hexdigest() != expected:
        raise Damaged(CHANGED)
    return data


def check_file(folder: Path, name: str, facts: Mapping[str, Any]) -> None:
    """Check a published file that is not read whole into memory. Raises ``OSError`` and :class:`Damaged`."""
    found, expected = sha256_of(folder / name), checksums(facts).get(name)
    if expected and found != expected:
        raise Damaged(CHANGED)


def damage(folder: Path, copy: Path | None = None) -> dict[str, str]:
    """Return what is wrong with a release: the path of a file in it -> what is wrong with the file.

    The result is empty if every file is as it was published. If ``run.json`` is damaged, the checksums are taken from
    its ``copy``. Of a release without checksums, from an older version, only ``run.json`` is looked at.
    """
    if not folder.is_dir():
        return {folder.name: "is missing"}
    found = {}
    facts: Mapping[str, Any] = {}
    try:
        facts = read_facts(folder / FACTS)
    except (OSError, Damaged) as error:
        found[FACTS] = reason_of(error)
    if copy and not checksums(facts):
        with suppress(OSError, Damaged):
            facts = read_facts(copy)
            found.setdefault(FACTS, "was changed: its list of checksums is missing")
    files = checksums(facts)
    with ThreadPoolExecutor() as threads:  # hashing does not hold the interpreter's lock
        reasons = threads.map(lambda name: _fault(folder, name, facts), files)
        found |= {name: reason for name, reason in zip(files, reasons, strict=True) if reason}
    if files:
        found |= {name: "was added: no run has published it" for name in _names(folder) if name not in files}
    return found


def _fault(folder: Path, name: str, facts: Mapping[str, Any]) -> str:
    try:
        check_file(folder, name, facts)
    except (OSError, Damaged) as error:
        return reason_of(error)
    return ""


def checksums(facts: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the SHA-256 of each file of the release; nothing if an older version has published it."""
    listed = facts.get(CHECKSUMS)
    files: Mapping[str, str] = listed["files"] if listed else {}
    return files


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file. Raises ``OSError``, also for a pipe or device, of which reading might never end."""
    if file.exists() and not file.is_file():
        raise OSError(errno.EINVAL, "it is not a regular file")
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_facts(facts: Any) -> str:
    """Return the SHA-256 of facts that can be written as JSON."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def reason_of(error: OSError | Damaged) -> str:
    """Return what is wrong with a file, in words that go on after its name."""
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return f"cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)


def _own_place(data: bytes) -> int:
    """Return where the checksum of ``run.json`` itself begins. Raises :class:`Damaged` if it is not there once."""
    places = [found.start(1) for found in OWN.finditer(data)]
    if len(places) != 1:
        raise Damaged("was changed or damaged: its own checksum is not there")
    return places[0]


def _names(folder: Path) -> list[str]:
    """Return every file of a release but ``run.json``, by its path in the release; a link counts as a file."""
    found = (file for file in folder.rglob("*") if file.is_symlink() or not file.is_dir())
    return sorted(name for name in (file.relative_to(folder).as_posix() for file in found) if name != FACTS)
