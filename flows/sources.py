"""The files of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".pdf", ".txt")


class NoSources(Exception):
    """The paths do not exist or lead to no chapter file."""


@dataclass(frozen=True)
class SourceFile:
    """A chapter file; ``source_path`` is how the output names it: relative to the folder that was searched."""

    path: Path
    source_path: str
    sha256: str


def find_sources(paths: Iterable[Path]) -> list[SourceFile]:
    """Every .pdf and .txt under the paths, sorted by name; hidden files are not looked at.

    Raises :class:`NoSources` for a path that does not exist, a named file of another kind and an empty search.
    """
    found: dict[Path, str] = {}
    for path in paths:
        if path.is_dir():
            for file in path.rglob("*"):
                inside = file.relative_to(path)
                hidden = any(part.startswith(".") for part in inside.parts)
                if file.is_file() and file.suffix.lower() in SUFFIXES and not hidden:
                    found.setdefault(file.resolve(), inside.as_posix())
        elif not path.exists():
            raise NoSources(f"{path} does not exist")
        elif path.suffix.lower() in SUFFIXES:
            found.setdefault(path.resolve(), path.name)
        else:
            raise NoSources(f"{path} is neither a .pdf nor a .txt file")
    if not found:
        raise NoSources(f"no .pdf or .txt file in {', '.join(map(str, paths))}")
    files = (
        SourceFile(path, source_path, hashlib.sha256(path.read_bytes()).hexdigest())
        for path, source_path in found.items()
    )
    return sorted(files, key=lambda file: (file.source_path, file.sha256))
