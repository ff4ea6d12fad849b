"""The command that compares the published tables with the publisher's own dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.tables_cli import LOOKING, Output
from flows.terminal import writing

if TYPE_CHECKING:
    from rich.console import Console

    from flows.compare import Comparison
    from flows.dataset import Dataset

app = typer.Typer()
SHOWN = 20
"""So many names of a list are printed."""


@app.command(rich_help_panel=LOOKING)
def compare(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The publisher's dataset (.xml, .csv or .json).")
    ],
    output: Output = Path("output"),
    to: Annotated[Path | None, typer.Option(help="Folder of the table; OUTPUT/compared by default.")] = None,
    year: Annotated[int | None, typer.Option(help="Report year of a file that does not say it.")] = None,
    fields: Annotated[
        Path | None, typer.Option(help="File of names of elements and fields in place of flows/dataset.yml.")
    ] = None,
) -> None:
    """Compare the published tables with the publisher's own dataset, fact by fact.

    The differences are the table publisher_differences, with both values and the place in the report. Exit code 0: the
    comparison was made, whatever it found. 2: a file is no dataset, or no release is published.

    Example: findings compare countries_2019.xml
    """
    from rich.console import Console

    from flows.compare import FOLDER, write
    from flows.compare import compare as compare_datasets
    from flows.dataset import INSTALLED, load_fields, read_dataset
    from flows.progress import waiting
    from flows.published import open_release

    to = to or output / FOLDER
    known = load_fields(fields or INSTALLED)
    datasets = [read_dataset(file, known, year) for file in files]
    with waiting("comparing"), open_release(output) as release:
        found = compare_datasets(release, datasets, known)
    with writing(f"to {to}"):
        written = write(found.frame, to)
    console = Console(soft_wrap=True)
    _print_counts(found, console)
    for line in (*_remarks(found, datasets), f"Files: {', '.join(map(str, written))}"):
        console.print(line, markup=False, highlight=False)


def _print_counts(found: Comparison, console: Console) -> None:
    """Print how many facts agree and differ, by column, and the differences by kind."""
    from rich.table import Table

    from schemas.codes import PUBLISHER_DIFFERENCES

    grid = Table("facts that both give", title="Compared", title_justify="left")
    for heading in ("agree", "differ", "share"):
        grid.add_column(heading, justify="right")
    for table, column in sorted({*found.agreed, *found.differing}):
        agreed, differing = found.agreed[table, column], found.differing[table, column]
        grid.add_row(f"{table}.{column}", str(agreed), str(differing), f"{agreed / (agreed + differing):.1%}")
    console.print(grid)
    kinds = Table("kind", title="Differences", title_justify="left")
    kinds.add_column("rows", justify="right")
    kinds.add_column("meaning")
    for kind, count in found.kinds().items():
        kinds.add_row(kind, str(count), PUBLISHER_DIFFERENCES[kind])
    console.print(kinds)


def _remarks(found: Comparison, datasets: list[Dataset]) -> list[str]:
    """What was compared, and what could not be."""
    from flows.report import counted, listed
    from flows.sources import printable

    def some(names: list[str]) -> str:
        return listed([*map(printable, names)], SHOWN)

    shares = [
        f"{share:.2%} of the {what} that both give agree"
        for what, texts in (("numbers and answers", False), ("texts", True))
        if (share := found.share(texts)) is not None
    ]
    lines = [
        "; ".join([f"{counted(len(found.compared), 'chapter')}, {counted(len(found.frame), 'difference')}", *shares])
    ]
    if found.unpublished:
        lines.append(f"Not published: {some(found.unpublished)}")
    if found.missing:
        lines.append(f"Not in the dataset: {some(found.missing)}")
    for dataset in datasets:
        if dataset.unknown_countries:
            lines.append(f"{dataset.file}: no country has the name {some(dataset.unknown_countries)}")
        if dataset.unknown_fields:
            names = [f"{name} ({count})" for name, count in sorted(dataset.unknown_fields.items())]
            lines.append(f"{dataset.file}: not compared, because no rule knows them: {some(names)}")
    return lines
