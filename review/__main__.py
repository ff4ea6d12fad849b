"""``python -m review OUTPUT``: build the review site of a published output."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from review.site import NotPublished, build


def main() -> int:
    """Build the site and say on standard output what it holds. Ends with 1 if pictures are missing, 2 if unusable."""
    parser = argparse.ArgumentParser(
        prog="python -m review", description="Build the review site of a published output."
    )
    parser.add_argument("output", type=Path, help="folder of a published run")
    parser.add_argument("--site", type=Path, help="where to build it (OUTPUT/site)")
    parser.add_argument("--sources", type=Path, action="append", default=[], help="folder to look for source files in")
    parser.add_argument("--workers", type=int, default=0, help="processes (0: one for each core)")
    given = parser.parse_args()
    try:
        report = build(
            given.output,
            given.site,
            sources=given.sources,
            workers=given.workers,
            log=lambda line: print(line, file=sys.stderr),
        )
    except NotPublished as error:
        print(error, file=sys.stderr)
        return 2
    print(report.sentence())
    return 0 if report.complete else 1


if __name__ == "__main__":
    sys.exit(main())
