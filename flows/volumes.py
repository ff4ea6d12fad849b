"""Volumes: a file of many chapters is read by several processes at once.

The file is divided into shares of its pages, always the same, however many processes there are. Each process opens the
file itself and reads the chapters that begin in its share; the last one it follows beyond the end of the share, to the
*seam* where the next chapter begins. A share counts only if it began at the seam at which the share before it ended.
One that began elsewhere is read again from that seam. So the chapters are those that one process finds in one go.

A share that cannot be read, or whose process was ended (time, memory, a crash), loses its own pages, which an error
names. The other chapters of the volume are published.
"""

from __future__ import annotations

import gc
import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from extractors.model import Extraction, LeftOut, Seam, Share, UnreadableSource
from flows import ledger
from flows.report import Failure
from flows.sources import SourceFile
from flows.workers import PoolClosed, Workers

LARGE = 1_000_000
"""Bytes of a file that may be a volume; one process reads a smaller file soon enough."""
READING = "UnreadableSource"
"""The kind of a failure that is the fault of the file: the same bytes would meet it again."""


@dataclass(frozen=True)
class Incomplete:
    """A volume of which the parts ``spans`` could not be read this time; its other chapters are in the entry
    :func:`flows.ledger.without` those parts."""

    failure: Failure
    spans: str


def extract_into(pool: Workers, file: SourceFile, entry: Path, rules: Path | None) -> Failure | Incomplete | None:
    """Read a file into its ledger entry, in processes of the pool. Returns what went wrong.

    Raises what :meth:`flows.workers.Workers.run` raises, for a file that one process reads.
    """
    shares = pool.run(divide, file) if file.size >= LARGE else []
    read = Volume(pool, file, entry, rules, shares).read() if len(shares) > 1 else None
    if isinstance(read, Unshared) or len(shares) < 2:
        return pool.run(ledger.extract_into, file, entry, rules)
    return read


class Unshared:
    """The fault is not that of one share: the file is read, and judged, by one process."""


@dataclass
class Volume:
    """The reading of one volume, from the side of the run."""

    pool: Workers
    file: SourceFile
    entry: Path
    rules: Path | None
    shares: list[Share]

    def read(self) -> Failure | Incomplete | Unshared | None:
        """Read all shares and write the ledger entry."""
        try:
            with ThreadPoolExecutor(len(self.shares)) as threads:
                read = list(threads.map(self.read_share, self.shares))
            if any(isinstance(one, Failure) and not is_of_share(one) for one in read):
                return Unshared()
            return self.write(list(self.in_order(read)))
        finally:
            for part in self.entry.parent.glob(f"{self.place(0).stem}*.part"):
                with suppress(OSError):
                    part.unlink()

    def read_share(self, share: Share) -> Share | Failure:
        """The share, with its ends, or why it gave nothing."""
        try:
            return self.pool.run(read_share, self.file, share, self.place(share.first), self.rules)
        except PoolClosed:
            raise
        except Exception as error:
            return Failure.of(self.file.source_path, error)

    def place(self, first: int) -> Path:
        """Where the pieces of a share are until the volume is whole."""
        return self.entry.with_name(f"{self.entry.name}-{first or ''}.part")

    def in_order(self, read: list[Share | Failure]) -> Iterator[Share | tuple[LeftOut, Failure]]:
        """The shares from the first page to the last, each beginning where the one before it ended; in place of a share
        that gave nothing, its pages and the reason."""
        begun = {share.start: share for share in read if isinstance(share, Share) and share.start}
        at: Seam | None = Seam(self.shares[0].first)
        while at is not None:
            number = next(n for n, share in enumerate(self.shares) if at.at < share.stop)
            result = read[number]
            if at in begun:
                result = begun[at]
            elif isinstance(result, Share):
                result = self.read_share(replace(self.shares[number], start=at, end=None))
            if isinstance(result, Share):
                yield result
                at = result.end
                continue
            after = min((seam for seam in begun if seam and seam.at > at.at), key=lambda seam: seam.at, default=None)
            last = (after.at if after else self.shares[-1].stop) - 1
            yield left_out(self.file, f"{at.at}-{last}", result), result
            at = after

    def write(self, parts: list[Share | tuple[LeftOut, Failure]]) -> Failure | Incomplete | None:
        """Write the ledger entry; one of its own, that no later run takes for the whole, if a share may yet be read."""
        pieces = [self.place(part.first) if isinstance(part, Share) else part[0] for part in parts]
        lost = [part for part in parts if not isinstance(part, Share) and part[1].kind != READING]
        if not lost:
            return self.pool.run(join, self.file, pieces, self.entry, self.rules)
        spans = ", ".join(part.span for part, _ in lost)
        said = "; ".join(f"{part.span}: {failure.reason}" for part, failure in lost)
        failure = replace(lost[0][1], reason=said)
        if all(isinstance(piece, LeftOut) for piece in pieces):
            return failure
        entry = ledger.without(self.entry, spans)
        return self.pool.run(join, self.file, pieces, entry, self.rules) or Incomplete(failure, spans)


def is_of_share(failure: Failure) -> bool:
    """Whether a failure says something about one share only: not that the file is gone or the disk is full."""
    return failure.kind != "NotKept" and (failure.kind != READING or failure.page is not None)


def left_out(file: SourceFile, span: str, failure: Failure) -> LeftOut:
    """The pages that a failure has cost, as a finding of the volume."""
    unit = "lines" if file.path.suffix.lower() == ".txt" else "pages"
    page = f"page {failure.page}: " if failure.page else ""
    return LeftOut(f"{unit} {span}", f"could not be read ({page}{failure.why}); nothing is published from this part")


# ---------------------------------------------------------------------------------------------- in the child


def divide(file: SourceFile) -> list[Share]:
    """The shares of a file; none if it is no volume, or cannot be read at all."""
    from extractors.readers import shares_of

    try:
        return shares_of(file.path, file.source_path)
    except UnreadableSource:
        return []


def read_share(file: SourceFile, share: Share, target: Path, rules: Path | None) -> Share | Failure:
    """Read one share into the file ``target``, a line of JSON for each part. Gives the share with its ends, or what
    went wrong."""
    import extractors

    ledger.use_rules(rules)
    gc.collect()  # the volume as this process has opened it for the share before
    pieces = extractors.extract_share(file.path, file.source_path, share)
    try:
        with gzip.open(target, "wt", compresslevel=1, encoding="ascii") as out:
            for piece in pieces:
                plain = astuple(piece) if isinstance(piece, LeftOut) else tuple(map(ledger.plain, piece))
                out.write(json.dumps(plain) + "\n")
    except OSError as error:
        return Failure(file.source_path, "NotKept", f"its chapters cannot be written to the cache: {error}")
    except MemoryError:
        raise
    except Exception as error:
        return Failure.of(file.source_path, error)
    return share


def join(file: SourceFile, pieces: list[Path | LeftOut], entry: Path, rules: Path | None) -> Failure | None:
    """Write the entry of a volume of its pieces in order; only one chapter is held at a time."""
    import extractors

    return ledger.enter(lambda: extractors.joined(_each(pieces), file.source_path), file, entry, rules)


def _each(pieces: list[Path | LeftOut]) -> Iterator[LeftOut | tuple[Extraction, ...]]:
    for piece in pieces:
        if isinstance(piece, LeftOut):
            yield piece
            continue
        with gzip.open(piece, "rt", encoding="ascii") as lines:
            for line in lines:
                first, *more = part = json.loads(line)
                if isinstance(first, str):
                    yield LeftOut(first, *more)
                else:
                    yield tuple(Extraction(**chapter) for chapter in part)
