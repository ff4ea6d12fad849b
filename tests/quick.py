"""Runs that take no time: files of a word that stand for chapters, read in this process."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import extractors
import flows.run
import schemas
from extractors.model import Extraction, UnreadableSource
from flows.report import Report
from flows.request import Request
from flows.run import run
from tests.conftest import small_arvenia


class InProcess:
    """In place of the child processes: the call is made here, so that a test can watch it."""

    peak_megabytes = 0.0

    def __init__(self, count: int, seconds: float = 0.0, megabytes: int = 0) -> None:
        self.limits = (count, seconds, megabytes)

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def prepare(self, *_: object) -> None:
        """There is nothing to start."""

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives."""
        return function(*arguments)


def read_words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From now on a file says what it is in words. Returns the names of the files that are read, as they are read.

    What takes most of the time of such a run is done once: chapters that were validated before are not validated again,
    and the database has no comments on its columns (400 statements).
    """
    read: list[str] = []

    def extract_each(path: Path, name: str) -> tuple[Extraction, ...]:
        read.append(name)
        words = path.read_text().split()
        if words[0] == "unreadable":
            raise UnreadableSource(name, "is no report", 2)
        if words[0] == "crash":
            raise ZeroDivisionError("nobody thought of this")
        return tuple(_chapter(word, name, hashlib.sha256(path.read_bytes()).hexdigest()) for word in words)

    monkeypatch.setattr(extractors, "extract_each", extract_each)
    monkeypatch.setattr(flows.run, "Workers", InProcess)
    monkeypatch.setattr(schemas, "validate", validate_once(schemas.validate))
    monkeypatch.setattr(schemas, "column_meanings", lambda: defaultdict[str, dict[str, str]](dict))
    return read


VALIDATED: dict[str, schemas.Validated] = {}


def validate_once(
    validate: Callable[[Sequence[Extraction]], schemas.Validated],
) -> Callable[[Sequence[Extraction]], schemas.Validated]:
    """``schemas.validate``, which gives the same tables for the same chapters under the same schemas."""

    def validated(chapters: Sequence[Extraction]) -> schemas.Validated:
        models = [id(model) for model in schemas.TABLES.values()]
        key = repr((models, [(chapter.doc_id, chapter.tables) for chapter in chapters]))
        if key not in VALIDATED:
            VALIDATED[key] = validate(chapters)
        return schemas.Validated({name: frame.copy() for name, frame in VALIDATED[key].tables.items()})

    return validated


def _chapter(word: str, name: str, sha256: str) -> Extraction:
    """``XAV:2020-01-01`` is chapter XAV of 2019 released then, ``XAV-2020`` the one of 2020; a last ``!`` gives it a
    row that no schema takes, a last ``+`` thirty more activities."""
    identity, _, released = word.rstrip("!+").partition(":")
    iso3, _, year = identity.partition("-")
    chapter = small_arvenia(iso3=iso3, report_year=int(year or 2019))
    chapter.tables["documents"][0].update(
        source_path=name,
        source_sha256=sha256,
        source_format="text" if name.endswith(".txt") else "pdf",
        released=released,
    )
    if word.endswith("!"):
        chapter.tables["activities"][0]["activity"] = ""
    if word.endswith("+"):
        first = chapter.tables["activities"][0]
        chapter.tables["activities"] += [{**first, "row": 3 + more, "activity": f"Work {more}"} for more in range(30)]
    return chapter


def files(folder: Path, **contents: str) -> Path:
    """A folder with these files; ``a__b_pdf`` is ``a/b.pdf``."""
    for name, content in contents.items():
        path = folder / (name.replace("__", "/")[:-4] + "." + name[-3:])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def quick(chapters: Path, output: Path, **options: Any) -> Report:
    """One run over a folder."""
    return run(Request(paths=(chapters,), output=output, workers=1, **options))


def content(output: Path) -> dict[str, bytes]:
    """The published table files, byte for byte."""
    return {file.name: file.read_bytes() for file in (output / "tables").iterdir() if file.is_file()}
