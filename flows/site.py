"""Builds the review site: gives ``review`` what it needs of a run, the lock on a folder and processes with limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.publish import sole_writer
from flows.workers import NeededTooMuchMemory, TookTooLong, WorkerDied, Workers, cores

if TYPE_CHECKING:
    from review import SiteReport


class PageWorkers:
    """Child processes for pages: whatever ends a call is the one exception that ``review`` knows."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The function's result. Raises :class:`review.NoAnswer` if its process died or went beyond a limit."""
        from review import NoAnswer

        try:
            return self._workers.run(function, *arguments)
        except TookTooLong as error:
            raise NoAnswer("that took too long") from error
        except NeededTooMuchMemory as error:
            raise NoAnswer("that needed too much memory") from error
        except WorkerDied as error:
            raise NoAnswer("the attempt ended its process") from error


@contextmanager
def page_workers(count: int, seconds: float) -> Iterator[PageWorkers]:
    """So many processes for pages, with so many seconds for each call."""
    with Workers(count, seconds=seconds) as workers:
        yield PageWorkers(workers)


def build(
    output: Path,
    site: Path | None = None,
    *,
    sources: Sequence[Path] = (),
    workers: int = 0,
    with_pictures: bool = True,
    log: Callable[[str], None] = lambda line: None,
) -> SiteReport:
    """Build the review site of the published run; the arguments and errors are those of :func:`review.build`.

    ``workers`` is the number of processes (0: one for each core). Raises :class:`flows.publish.OutputInUse` if another
    process builds the site.
    """
    import review

    return review.build(
        output,
        site,
        lock=sole_writer,
        pool=page_workers,
        workers=workers or cores(),
        sources=sources,
        with_pictures=with_pictures,
        log=log,
    )
