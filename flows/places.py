"""Which folder may be the output of a run: never one that holds somebody else's files, or a release."""

from __future__ import annotations

from pathlib import Path

from flows.publish import OutputBlocked

OURS = (".lock", ".runs", ".prefect")
"""What a run, or its record in Prefect, has put into a folder: such a folder is an output."""
INNER = (".runs", ".cache", ".prefect")
"""Folders of an output that a run fills and empties itself."""


def is_utf8(path: Path) -> bool:
    """Whether a path is UTF-8. The name of a file may hold any bytes; Python shows the others as surrogates."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def require_safe_output(output: Path) -> None:
    """Raise :class:`flows.publish.OutputBlocked` if the folder must not be the output of a run.

    That is a folder with files of others, a folder in a release or in the cache of an output, and one whose name is not
    UTF-8 (DuckDB cannot open a database there). Nothing is written. Raises ``OSError`` if it cannot be looked at.
    """
    place = output.resolve()
    if not is_utf8(place):
        raise OutputBlocked("the path of the output is not UTF-8; choose another folder")
    for outer in place.parents:
        inner = place.relative_to(outer).parts[0]
        if inner in INNER and (outer / ".lock").exists():
            raise OutputBlocked(f"{output} is inside the folder {inner} of the output {outer}; choose another folder")
    if place.exists() and not place.is_dir():
        raise OutputBlocked(f"{output} is no folder")
    if not place.exists() or any((place / name).exists() for name in OURS):
        return
    if foreign := sorted(file.name for file in place.iterdir() if not file.name.startswith(".")):
        raise OutputBlocked(
            f"{output} holds files that are not from a run ({foreign[0]}); choose a folder that is new or empty"
        )
