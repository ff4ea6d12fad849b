"""The cache of files that have been read: one entry for each content, name and version of the code that reads.

An entry is a file's verdict: its chapters, or why it holds none. It is found again only while the bytes of the file,
its name, the extraction code, its rules and its packages are the same, so a changed rule is never hidden by an old
result, and it is written at once or not at all, so a run that is killed loses nothing that was finished.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import importlib.metadata
import importlib.util
import json
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import orjson

from extractors.model import Extraction, SourceGone, UnreadableSource
from flows.releases import ChapterVersion
from flows.report import Failure, FileFailed
from flows.sources import SourceFile, hash_of

PACKAGES = ("pdfplumber", "pdfminer.six", "pypdfium2", "spacy", "rapidfuzz", "ftfy", "pycountry", "PyYAML")
"""What extraction is made of besides our own code: another version may read a page differently."""


ENDING = ".json.gz"
"""One line of JSON for each chapter and one for :class:`Contents`, or one for a failure."""
LIMITS = ("TookTooLong", "NeededTooMuchMemory")
"""Failures that the same bytes, code and limits would meet again."""


def code_state(rules: Path | None = None) -> dict[str, str]:
    """Short hashes: ``code`` over the extraction code, ``rules`` over its rules with the overlay folder ``rules``,
    ``packages`` over the package versions, ``schemas`` over the tables' definitions. The first three decide whether a
    file is read again. Raises ``extractors.rules.RulesError`` for an overlay that is not there or has a wrong name."""
    from extractors.rules import state as rules_state

    folder, schemas = _package("extractors"), _package("schemas")
    versions = "\n".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return {
        "code": _hash_files(folder, ".py"),
        "rules": rules_state(rules),
        "packages": hashlib.sha256(versions.encode()).hexdigest()[:12],
        "schemas": _hash_files(schemas, ".py"),
    }


def reading_state(state: Mapping[str, str]) -> str:
    """What of the state an entry depends on, as one short text."""
    return "-".join(state[part] for part in ("code", "rules", "packages"))


DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error)
"""What reading an entry raises that is not as it was written."""


@dataclass(frozen=True)
class Contents:
    """What an entry holds, without its chapters.

    ``versions``: what each chapter is, as :meth:`flows.releases.ChapterVersion.facts` gives it; ``rows``: the number of
    their rows; ``findings``: the number of rows of ``quality`` by severity.
    """

    versions: list[list[Any]] = field(default_factory=list)
    rows: int = 0
    findings: dict[str, int] = field(default_factory=dict)

    def with_chapter(self, chapter: Extraction) -> Contents:
        """The same with one chapter more."""
        version = ChapterVersion.facts_of(chapter)
        rows = sum(map(len, chapter.tables.values()))
        found = Counter(row["severity"] for row in chapter.tables.get("quality", ()))
        return Contents([*self.versions, version], self.rows + rows, dict(Counter(self.findings) + found))


class Ledger:
    """Entries kept in a folder between runs."""

    def __init__(self, folder: Path, state: Mapping[str, str], limits: Iterable[float] = ()) -> None:
        """``limits`` are those of the run: what a file did under others says nothing about these."""
        self._folder = folder
        self._limits = "-".join(f"{limit:g}" for limit in limits)
        self._state = hashlib.sha256(reading_state(state).encode()).hexdigest()[:12]
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.part"):  # of runs that were killed
            left.unlink()

    def entry(self, source: SourceFile) -> Path:
        """Where this source's verdict is, or will be."""
        name = hashlib.sha256(source.source_path.encode("utf-8", "backslashreplace")).hexdigest()[:12]
        return self._folder / f"{source.sha256}-{name}-{self._state}{ENDING}"

    def limited(self, source: SourceFile) -> Path:
        """Where it is remembered that this source exceeds the limits."""
        entry = self.entry(source)
        return entry.with_name(f"{entry.name.removesuffix(ENDING)}-over-{self._limits}{ENDING}")

    def named(self, name: str) -> Path:
        """The entry that a run has recorded under this name."""
        return self._folder / Path(name).name

    def sweep(self, keep: Collection[str]) -> None:
        """Remove every entry but those with these names."""
        for entry in self._folder.iterdir():
            if entry.is_file() and entry.name not in keep:
                entry.unlink(missing_ok=True)


def without(entry: Path, spans: str) -> Path:
    """The entry for what a file holds besides these parts of it, which could not be read. No run takes it for the
    whole."""
    missing = hashlib.sha256(spans.encode()).hexdigest()[:12]
    return entry.with_name(f"{entry.name.removesuffix(ENDING)}-without-{missing}{ENDING}")


def extract_into(file: SourceFile, entry: Path, rules: Path | None = None) -> Failure | None:
    """Read a file under the rules with the overlay folder ``rules`` and write its ledger entry.

    Returns what went wrong instead of raising it, because not every exception can be pickled between processes. A
    failure that is not the file's own fault (no memory, no disk space) is not kept: the next run tries again.
    """
    import extractors  # here, so that a process that only reads the ledger does not load it

    return enter(lambda: extractors.extract_each(file.path, file.source_path), file, entry, rules)


def enter(
    chapters: Callable[[], Iterable[Extraction]], file: SourceFile, entry: Path, rules: Path | None
) -> Failure | None:
    """Write the ledger entry of a file with these chapters, made under the rules with the overlay folder ``rules``.
    Returns what went wrong, as :func:`extract_into`."""
    part = entry.with_suffix(".part")
    try:
        part.unlink(missing_ok=True)
        return _read_into(part, entry, file, chapters, rules)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _read_into(
    part: Path, entry: Path, file: SourceFile, chapters: Callable[[], Iterable[Extraction]], rules: Path | None
) -> Failure | None:
    """Write the chapters one by one to the file ``part``, then rename it to ``entry``. Returns what went wrong."""
    failure: Failure | None = None
    unwritten: OSError | None = None
    try:
        use_rules(rules)
        unwritten = _write_chapters(chapters(), part)
    except SourceGone as error:
        return Failure.of(file.source_path, error)
    except UnreadableSource as error:
        failure = Failure.of(file.source_path, error)
    except MemoryError:
        raise
    except Exception as error:
        return Failure.of(file.source_path, error)
    if not _unchanged(file):
        return Failure(file.source_path, "UnreadableSource", "was changed or removed while it was read")
    try:
        if failure:
            remember(failure, entry)
        elif unwritten:
            raise unwritten
        else:
            part.replace(entry)
    except OSError as error:
        reason = f"its chapters cannot be written to the cache: {error.strerror or error}"
        return failure or Failure(file.source_path, "NotKept", reason)
    return failure


def prepare(rules: Path | None = None) -> None:
    """Load what reading a PDF needs, under the rules with the overlay folder ``rules``."""
    import extractors

    use_rules(rules)
    extractors.prepare()


@functools.lru_cache(maxsize=1)
def use_rules(rules: Path | None) -> None:
    """Switch this process to an overlay folder of rules; for the folder of the call before there is nothing to do."""
    from extractors.rules import use

    use(rules)


def _unchanged(file: SourceFile) -> bool:
    """Whether a file still has the bytes that its entry is named after."""
    try:
        return hash_of(file.path) == file.sha256
    except OSError:
        return False


def _write_chapters(extractions: Iterable[Extraction], part: Path) -> OSError | None:
    """Write chapters to a file as they come, so that those of a volume are never held together, and then what they are.
    Returns the error if the file cannot be written; errors of the chapters themselves are raised."""
    unwritten: OSError | None = None
    contents = Contents()
    for extraction in extractions:
        contents = contents.with_chapter(extraction)
        unwritten = unwritten or _append(_encoded(plain(extraction)), part)
    return unwritten or _append(_encoded({"contents": plain(contents)}), part)


def _encoded(line: dict[str, Any]) -> bytes:
    """A line of an entry: by the fast library, unless a text or number is one that only Python's own can write."""
    try:
        return orjson.dumps(line)
    except TypeError:
        return json.dumps(line, ensure_ascii=True).encode()


def plain(extraction: Extraction | Contents) -> dict[str, Any]:
    """A chapter as plain types, not copied: ``asdict`` would copy every row."""
    return {one.name: getattr(extraction, one.name) for one in fields(extraction)}


def _append(line: bytes, part: Path) -> OSError | None:
    """Add a line to a compressed file, as a member of its own; returns the error if that cannot be done."""
    try:
        with part.open("ab") as out:
            out.write(gzip.compress(line + b"\n", compresslevel=1, mtime=0))
    except OSError as error:
        return error
    return None


def contents(entry: Path) -> Contents:
    """What an entry holds; a fifth of the work of loading its chapters. Raises :class:`FileFailed` if its verdict is
    that there are none, and one of :data:`DAMAGE` if it is not as it was written."""
    last = b"{}"
    with gzip.open(entry) as lines:
        for line in lines:
            last = line
    verdict = _decoded(last)
    if "failure" in verdict:
        raise FileFailed(Failure(**verdict["failure"]))
    if "chapters" in verdict:  # version 0.2 wrote all of them as one line
        return functools.reduce(Contents.with_chapter, _chapters(verdict), Contents())
    return Contents(**verdict["contents"])


def each(entry: Path, wanted: Collection[int] | None = None) -> Iterator[Extraction]:
    """The chapters of an entry, one after the other, so that those of a volume are not held together; only those at the
    positions ``wanted``. Raises one of :data:`DAMAGE` if it is not as it was written."""
    with gzip.open(entry) as lines:
        for position, line in enumerate(lines):
            if wanted is None or position in wanted:
                yield from _chapters(_decoded(line))


def _decoded(line: bytes) -> dict[str, Any]:
    """A line of an entry: read by the fast library, unless a text or number is one that only Python's own can read."""
    try:
        return orjson.loads(line)  # type: ignore[no-any-return]
    except ValueError:
        return json.loads(line)  # type: ignore[no-any-return]


def _chapters(line: dict[str, Any]) -> Iterator[Extraction]:
    """The chapter of a line, or all of them if version 0.2 wrote it; none in the line of the contents."""
    if "contents" not in line:
        yield from (Extraction(**chapter) for chapter in line.get("chapters", [line]))


def is_whole(entry: Path) -> bool:
    """Whether an entry is as it was written."""
    try:
        contents(entry)
    except (*DAMAGE, FileFailed):
        return False
    return True


def put(content: bytes, entry: Path) -> None:
    """Write an entry as it was written elsewhere, at once or not at all."""
    part = entry.with_suffix(".part")
    try:
        part.write_bytes(content)
        part.replace(entry)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def remember(failure: Failure, entry: Path) -> None:
    """Write an entry whose verdict is that the file fails. Raises ``OSError``."""
    verdict = json.dumps({"failure": asdict(failure)}, ensure_ascii=True)
    put(gzip.compress(verdict.encode(), compresslevel=1, mtime=0), entry)


def _package(name: str) -> Path:
    """Where a package of ours is, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name)
    return Path(found.origin).parent


def _hash_files(folder: Path, suffix: str) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob(f"*{suffix}")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
