"""What has been extracted already: one entry for each content, name and state of the extraction code."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import extractors
from extractors.model import Extraction
from flows.report import Failure
from flows.sources import SourceFile


class Ledger:
    """Extractions kept in a folder between runs.

    An entry is found again only while the file's bytes, its name and all of the extraction code and rules are the
    same, so a changed rule is never hidden by an old result. Entries of other states of the code are removed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / code_version()
        for old in folder.glob("*"):
            if old != self._folder:
                shutil.rmtree(old, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)

    def entry(self, source: SourceFile) -> Path:
        """Where this source's extraction is, or will be."""
        name = hashlib.sha256(source.source_path.encode("utf-8", "surrogateescape")).hexdigest()[:12]
        return self._folder / f"{source.sha256}-{name}.json.gz"


def extract_into(file: SourceFile, entry: Path) -> Failure | None:
    """Extract a file into its entry. Says what went wrong instead of raising it: not every exception survives the way
    from one process to another, and one that does not would take the process pool with it."""
    try:
        save(extractors.extract(file.path, file.source_path), entry)
    except Exception as error:
        return Failure.of(file.source_path, error)
    return None


def code_version() -> str:
    """A short hash over the extraction code and its rules."""
    folder = Path(extractors.__file__).parent
    digest = hashlib.sha256(extractors.EXTRACTOR_VERSION.encode())
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".py", ".yml"):
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def save(extractions: tuple[Extraction, ...], entry: Path) -> None:
    """Write an entry at once or not at all."""
    text = json.dumps([asdict(extraction) for extraction in extractions], ensure_ascii=True)
    part = entry.with_suffix(".part")
    part.write_bytes(gzip.compress(text.encode(), compresslevel=1, mtime=0))
    part.replace(entry)


def load(entry: Path) -> tuple[Extraction, ...]:
    """Read an entry."""
    return tuple(Extraction(**chapter) for chapter in json.loads(gzip.decompress(entry.read_bytes())))
