"""The files of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.report import Failure

SUFFIXES = (".pdf", ".txt")


class NoSources(Exception):
    """The paths do not exist or lead to no chapter file."""


@dataclass(frozen=True)
class SourceFile:
    """A chapter file; ``source_path`` is how the output names it: relative to the folder that was searched."""

    path: Path
    source_path: str
    sha256: str
    size: int = 0


def printable(name: str) -> str:
    """A file's name without what would break a line or cannot be encoded: both are escaped."""
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def find_sources(paths: Iterable[Path]) -> tuple[list[SourceFile], list[Failure]]:
    """Every .pdf and .txt under the paths, sorted by name, and those that cannot be opened; hidden files are left out.

    Raises :class:`NoSources` for a path that does not exist, a named file of another kind and an empty search.
    """
    found: dict[Path, str] = {}
    odd: dict[str, str] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                inside = file.relative_to(path)
                if file.suffix.lower() not in SUFFIXES or any(part.startswith(".") for part in inside.parts):
                    continue
                if _is_file(file):
                    found.setdefault(file.resolve(), printable(inside.as_posix()))
                elif not _is_folder(file):
                    odd[printable(inside.as_posix())] = "is no file that can be read (a broken link, pipe or device?)"
        elif not path.exists():
            raise NoSources(f"{path} does not exist")
        elif path.suffix.lower() in SUFFIXES:
            found.setdefault(path.resolve(), printable(path.name))
        else:
            raise NoSources(f"{path} is neither a .pdf nor a .txt file")
    if not found and not odd:
        raise NoSources(f"no .pdf or .txt file in {', '.join(map(str, paths))}")
    files = []
    for path, source_path in found.items():
        try:
            files.append(SourceFile(path, source_path, hash_of(path), path.stat().st_size))
        except OSError as error:
            odd[source_path] = f"cannot be read: {error.strerror}"
    failures = [Failure(source_path, "UnreadableSource", reason) for source_path, reason in odd.items()]
    return (
        sorted(files, key=lambda file: (file.source_path, file.sha256, str(file.path))),
        sorted(failures, key=lambda failure: failure.source_path),
    )


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a loop of links, or a folder above it that may not be entered
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
