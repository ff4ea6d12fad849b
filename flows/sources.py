"""The files of a run."""

from __future__ import annotations

import contextvars
import errno
import hashlib
import itertools
import logging
import os
import stat
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from extractors.readers import READERS
from flows.ending import Refused
from flows.report import Failure

SUFFIXES = tuple(READERS)
LOG = logging.getLogger("findings")
KINDS = ", ".join(READERS)
DOCUMENT = "is a document of a word processor, which no reader takes: save it as PDF or as plain text"
PICTURE = "is a picture, which no reader takes: use a file with the text of the pages"
REFUSED = {
    **dict.fromkeys((".doc", ".docm", ".docx", ".odt", ".pages", ".rtf"), DOCUMENT),
    **dict.fromkeys((".bmp", ".gif", ".heic", ".jp2", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"), PICTURE),
}
"""Files that may well be a chapter in a form that is not read; they fail instead of being passed over."""
LARGEST = 300_000_000  # bytes of a file; no reader takes a larger one
BLOCK = 1 << 20  # bytes that are read at once
RECORD = ".fetched.json"
"""End of the name of the record beside a file that ``findings fetch`` has stored."""


At = Callable[[Path], object]
"""Is told where the search is now."""
T = TypeVar("T")


class NoSources(Refused):
    """The paths do not exist or lead to no chapter file."""


@dataclass(frozen=True)
class SourceFile:
    """A chapter file; ``source_path`` is how the output names it, and no other file of the run: relative to the folder
    that was searched."""

    path: Path
    source_path: str
    sha256: str
    size: int = 0


def printable(name: str) -> str:
    """A file's name without what would break a line or cannot be encoded: both are escaped."""
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def watched(search: Callable[[At], T], seconds: float) -> T:
    """What the search gives. Raises :class:`NoSources` if it stays at one place for longer than ``seconds``: a network
    share that is away holds whoever asks for a file of it, and no signal ends that wait.
    """
    now: list[tuple[float, Path]] = [(time.monotonic(), Path())]
    ended: list[tuple[T | None, BaseException | None]] = []

    def work() -> None:
        try:
            ended.append((search(lambda path: now.append((time.monotonic(), path))), None))
        except BaseException as error:
            ended.append((None, error))

    # A daemon, so that the run can end while it still waits; with the context, by which log lines find their run.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(min(1.0, seconds))
        since, place = now[-1]
        del now[:-1]
        if thread.is_alive() and time.monotonic() - since > seconds:
            raise NoSources(f"{printable(str(place))} has not answered for {seconds:.0f} s: is its file system there?")
    result, error = ended[0]
    if error:
        raise error
    return result  # type: ignore[return-value]


def find_sources(paths: Iterable[Path], at: At = lambda path: None) -> tuple[list[SourceFile], list[Failure]]:
    """Every file with a reader under the paths, sorted by name, and files that cannot be opened or are of a kind that
    is refused (:data:`REFUSED`); hidden files are skipped, and files of other kinds (:func:`other_files`).

    No two have the same ``source_path``: files of several folders that would share one have the folder's name in front
    (``2018/Arvenia.pdf``), and more of its path where that is the same too. Linked folders are searched as well.

    Raises :class:`NoSources` for a path that does not exist or cannot be searched, a named file of another kind and an
    empty search.
    """
    places: dict[Path, tuple[Path, int]] = {}  # where each was found, and how many last parts of that path are its name
    odd: dict[Path, str] = {}
    for path in paths:
        at(path)
        if path.is_dir():
            named, failed = _in_folder(path, at)
            odd |= failed
            places |= {place: name for place, name in named.items() if place not in places or place in failed}
        elif not path.exists():
            raise NoSources(f"{path} does not exist")
        elif path.suffix.lower() in SUFFIXES:
            places.setdefault(path.resolve(), (path.parent.resolve() / path.name, 1))
        else:
            reason = REFUSED.get(path.suffix.lower(), f"has no reader: it is none of {KINDS}")
            raise NoSources(f"{path} {reason}")
    if not places:
        raise NoSources(f"no file with a reader ({KINDS}) in {', '.join(map(str, paths))}")
    files, failures = [], []
    for path, source_path in _names(places).items():
        at(path)
        try:
            if path not in odd:
                files.append(SourceFile(path, source_path, hash_of(path), path.stat().st_size))
        except OSError as error:
            odd[path] = f"cannot be read: {error.strerror}"
        if path in odd:
            failures.append(Failure(source_path, "UnreadableSource", odd[path]))
    return sorted(files, key=lambda one: one.source_path), sorted(failures, key=lambda one: one.source_path)


def _in_folder(path: Path, at: At) -> tuple[dict[Path, tuple[Path, int]], dict[Path, str]]:
    """The files of a folder with their names, and those of them that cannot be read, with the reason."""
    top = path.resolve()
    inside, closed, others = _search(top, at)
    if top in closed:
        raise NoSources(f"{path} {closed[top]}")
    odd = {place: "is not a readable file (a broken link, pipe or device?)" for place in inside if not _is_file(place)}
    odd |= closed | {place: REFUSED[place.suffix.lower()] for place in others if place.suffix.lower() in REFUSED}
    found = [*inside, *(place for place in odd if place not in inside)]
    named: dict[Path, tuple[Path, int]] = {}
    for place in found:
        named.setdefault(place if place in odd else place.resolve(), (place, len(place.relative_to(top).parts)))
    return named, odd


def other_files(paths: Iterable[Path], at: At = lambda path: None) -> list[str]:
    """The files of the folders that are neither sources nor refused, by their path in the folder; they are logged.

    Records of fetched files are left out.
    """
    names: list[str] = []
    for path in paths:
        at(path)
        if path.is_dir():
            top = path.resolve()
            found = (other for other in _search(top, at)[2] if other.suffix.lower() not in REFUSED)
            names += [printable(str(other.relative_to(top))) for other in found if not other.name.endswith(RECORD)]
    if names:
        said = f"files without a reader are not read: {', '.join(names)}"
        LOG.info("run | search | %s", said, extra={"about": "run", "stage": "search", "brief": said})
    return names


def _search(top: Path, at: At) -> tuple[list[Path], dict[Path, str], list[Path]]:
    """The files with a chapter's suffix in a folder, the folders that cannot be searched with the reason, other files.

    Files in linked folders come last. No folder is searched twice, so links may form circles.
    """
    found: list[Path] = []
    others: list[Path] = []
    closed: dict[Path, str] = {}
    seen: set[str] = set()

    def close(error: OSError) -> None:
        closed[Path(error.filename)] = f"cannot be searched: {error.strerror}"

    starts = [top]
    for start in starts:
        beneath: list[Path] = []
        for folder, folders, names in os.walk(start, onerror=close):
            at(Path(folder))
            real = os.path.realpath(folder)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            inside = [Path(folder, name) for name in folders]
            starts += [link for link in inside if os.path.islink(link)]  # noqa: PTH114  (that of Path may raise)
            beneath += [Path(folder, name) for name in names if not name.startswith(".")]
        beneath.sort()
        found += filter(_has_reader, beneath)
        others += itertools.filterfalse(_has_reader, beneath)
    return found, closed, others


def _has_reader(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES


def _names(places: Mapping[Path, tuple[Path, int]]) -> dict[Path, str]:
    """Name each file by the last parts of its path; by more parts where two files would have the same name."""
    depths = {file: depth for file, (_, depth) in places.items()}
    while True:
        names = {file: "/".join(place.parts[1:][-depths[file] :]) for file, (place, _) in places.items()}
        count = Counter(names.values())
        shared = [file for file, name in names.items() if count[name] > 1]
        if not shared:
            break
        for file in shared:
            depths[file] += 1
    shown: dict[str, Path] = {}
    for file in sorted(names, key=names.__getitem__):
        name = printable(names[file])
        if name in shown:  # the escaped name equals the name of another file
            name = next(numbered for n in itertools.count(2) if (numbered := f"{name} ({n})") not in shown)
        shown[name] = file
    return {file: name for name, file in shown.items()}


def hash_of(path: Path) -> str:
    """The SHA-256 of a regular file's bytes.

    Raises ``OSError`` for a pipe or device, of which reading might never end, and for a file of more than
    :data:`LARGEST` bytes: a sparse one of many gigabytes would be read for hours.
    """
    digest, size = hashlib.sha256(), 0
    # Without O_NONBLOCK the opening of a pipe waits for its writer, and the reading of /proc/kmsg for the next line.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        size = facts.st_size
        while size <= LARGEST and (block := os.read(handle, BLOCK)):
            digest.update(block)
            size = max(size, os.lseek(handle, 0, os.SEEK_CUR))
    finally:
        os.close(handle)
    if size > LARGEST:
        raise OSError(errno.EFBIG, f"it is larger than {LARGEST // 1_000_000} MB")
    return digest.hexdigest()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a loop of links, or a folder above it that may not be entered
        return False
