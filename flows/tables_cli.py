"""The commands that look at published tables, and those that write to files which the user keeps beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.tabular import RowFormat
from flows.terminal import paged, usage, writing

if TYPE_CHECKING:
    from rich.console import Console

    from flows.compare import Comparison
    from flows.dataset import Dataset

LOOKING, MENDING, WORDING = "Look at tables", "Correct them", "Rules and settings"
"""Groups of commands in the help."""
SHOWN = 20
"""So many names of a list are printed."""
app = typer.Typer()
Output = Annotated[Path, typer.Option(help="Folder of the published tables.")]
How = Annotated[RowFormat, typer.Option("--format", help="How rows are printed.")]
settings_app = typer.Typer(no_args_is_help=True, help="The settings that a command would use.")
app.add_typer(settings_app, name="config", rich_help_panel=WORDING)


@settings_app.command(name="show")
def show_settings(context: typer.Context) -> None:
    """Print each setting, its value, and where the value comes from. An option on the command line wins over both."""
    from flows.settings import origins
    from flows.terminal import put

    rows = origins(*context.obj)
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    put("".join(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}\n" for name, value, origin in rows))


@app.command(name="list", rich_help_panel=LOOKING)
def list_chapters(
    year: Annotated[list[int] | None, typer.Option(help="Chapters of this report year only; repeatable.")] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="Chapters of this country only (ISO 3166 alpha-3); repeatable.")
    ] = None,
    form: How = RowFormat.TABLE,
    output: Output = Path("output"),
) -> None:
    """List the published chapters, with the errors found in each.

    Examples: findings list --year 2019; findings list --format csv > chapters.csv
    """
    from flows.request import Selection
    from flows.show import chapters

    wanted = Selection(frozenset(year or ()), frozenset(map(str.upper, country or ())))
    with paged(form is RowFormat.TABLE) as console:
        chapters(wanted, output, console, form)


@app.command(rich_help_panel=LOOKING)
def show(
    doc_id: Annotated[str, typer.Argument(help="Chapter, for example xav-2019.")],
    table: Annotated[str | None, typer.Argument(help="One table; without it, the chapter's main tables.")] = None,
    form: How = RowFormat.TABLE,
    output: Output = Path("output"),
) -> None:
    """Show a published chapter, with the sources that it cites; on a terminal, in a pager if it is long.

    Examples: findings show xav-2019; findings show xav-2019 enforcement --format csv
    """
    from flows.show import show as show_chapter

    with paged(form is RowFormat.TABLE) as console:
        show_chapter(doc_id, table, output, console, form)


@app.command(rich_help_panel=LOOKING)
def export(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="bibtex, or csl (CSL JSON).")],
    doc_id: Annotated[str | None, typer.Argument(help="Chapter, for example xav-2019; without it, all.")] = None,
    output: Output = Path("output"),
) -> None:
    """Print the cited sources for a reference manager."""
    from flows.export import Format
    from flows.export import export as export_sources
    from flows.terminal import put

    if form not in list(Format):
        raise usage(f"no format {form}; there are {', '.join(Format)}")
    put(export_sources(Format(form), doc_id, output))


@app.command(rich_help_panel=LOOKING)
def package(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="sqlite, or croissant (JSON-LD).")],
    file: Annotated[Path, typer.Argument(help="The file to write; it is replaced if it is there.")],
    output: Output = Path("output"),
) -> None:
    """Write all published tables as one SQLite database, or their description as Croissant.

    Example: findings package sqlite findings.sqlite
    """
    from flows.packages import Package, write
    from flows.progress import waiting

    if form not in list(Package):
        raise usage(f"no format {form}; there are {', '.join(Package)}")
    with writing(str(file)), waiting(f"writing {file}"):
        write(Package(form), output, file)


@app.command(rich_help_panel=LOOKING)
def verify(
    output: Annotated[Path, typer.Argument(help="Folder of the published tables.")] = Path("output"),
) -> None:
    """Check that every published file is as it was published.

    Exit code 0: the release is whole. 1: it is not; each changed, missing or added file is named, and the next run
    repairs it. 2: no release is published there.
    """
    from flows import publish
    from flows.integrity import checksums
    from flows.published import held

    with held(output) as release:
        damage, files = publish.damage(release), len(checksums(publish.facts_of(release)))
    for name, reason in damage.items():
        typer.echo(f"DAMAGED {name} {reason}")
    if not damage and not files:
        raise usage(f"{release} has no checksums, because an older version has published it; the next run adds them")
    state = f"{len(damage)} damaged" if damage else "all as they were published"
    typer.echo(f"release {release.name}: {files} files with checksums, {state}")
    raise typer.Exit(1 if damage else 0)


@app.command(rich_help_panel=MENDING)
def acknowledge(
    doc_id: Annotated[str, typer.Argument(help="The chapter, such as xav-2019.")],
    check: Annotated[str, typer.Argument(help="The check, such as reference_gap; see quality.check.")],
    reason: Annotated[str, typer.Option(help="Why the finding is accepted, for whoever reads the file later.")],
    table: Annotated[str, typer.Option(help="Only the findings about this table.")] = "",
    known_issues: Annotated[Path, typer.Option(help="The file to which the entries are added.")] = Path(
        "known-issues.yml"
    ),
    output: Output = Path("output"),
) -> None:
    """Accept findings of a chapter: they stay in quality, but no longer set the exit code of a run.

    Exit code 0: entries were added, or are there already. 2: no such finding, or the file is wrong.

    Example: findings acknowledge com-2019 reference_gap --reason "The printed list has no number 33."
    """
    from datetime import UTC, datetime

    from flows import known_issues as issues
    from flows.published import open_release

    with open_release(output) as release:
        quality = release.frame("quality")
    chosen = quality[(quality["doc_id"] == doc_id) & (quality["check"] == check)]
    rows = (chosen[chosen["table"] == table] if table else chosen).to_dict("records")
    if not rows:
        raise usage(f"{doc_id} has no finding {check}{f' about {table}' if table else ''} in {output}")
    added = issues.add(known_issues, rows, reason, datetime.now(UTC).date())  # type: ignore[arg-type]
    typer.echo(f"{added} of {len(rows)} findings added to {known_issues}; the next run takes them into account")


@app.command(rich_help_panel=MENDING)
def correct(
    doc_id: Annotated[str, typer.Argument(help="The chapter, such as xav-2019.")],
    table: Annotated[str, typer.Argument(help="The table, such as enforcement.")],
    row_key: Annotated[str, typer.Argument(help="The row, by its row_key, such as labor/inspectors/2019.")],
    column: Annotated[str, typer.Argument(help="The column, such as value.")],
    new: Annotated[str, typer.Argument(help="The right value, as the CSV files write it; '' is an empty one.")],
    reason: Annotated[str, typer.Option(help="Why the published value is wrong, for whoever reads the file later.")],
    who: Annotated[str, typer.Option(help="Who corrects it; without it, the name of this user.")] = "",
    expected: Annotated[
        str | None, typer.Option(help="The wrong value as it is read, if it is not the published one.")
    ] = None,
    corrections: Annotated[Path, typer.Option(help="The file to which the line is added.")] = Path("corrections.csv"),
    output: Output = Path("output"),
) -> None:
    """Correct a published value: add a checked line to corrections.csv, which the next run applies.

    Exit code 0: the line was added. 2: no such value, a value that its column or row does not take, or a wrong file.

    Example: findings correct com-2019 enforcement labor/inspectors/2018 value 12 --reason "The page says 12."
    """
    from flows.corrections import add, load, proposed, quoted
    from flows.published import open_release

    cell = {"doc_id": doc_id, "table": table, "row_key": row_key, "column": column, "new": new}
    with open_release(output) as release:
        line = proposed(release, cell, expected, reason, who, load(corrections))
    add(corrections, line)
    typer.echo(
        f"{line}: {quoted(line.expected)} becomes {quoted(line.new)}; added to {corrections}, the next run applies it"
    )


@app.command(rich_help_panel=LOOKING)
def dictionary() -> None:
    """Print the data dictionary: every table, column and code."""
    import schemas
    from flows.terminal import put

    put(schemas.dictionary())


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
