"""``findings rules``: for whoever prepares the rules for the chapters of a new year."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Check the wording rules, and look up what a printed phrase would match.")
Folder = Annotated[
    Path | None, typer.Option("--rules", help="Folder with files that add to the installed rules or override them.")
]


@app.command()
def check(rules: Folder = None) -> None:
    """Check every rules file, and say what an overlay folder changes.

    Exit code 0: the rules can be used. 2: a file is wrong; its name, line, key and the reason are printed.
    """
    from extractors.rules import overridden

    used = _use(rules)
    for change in overridden(rules):
        typer.echo(change)
    wordings = sum(len(label.labels) for codes in used.labels.values() for label in codes.values())
    typer.echo(
        f"The rules are correct: {len(used.tables)} tables, {len(used.labels)} lists with {wordings} labels, "
        f"{len(used.countries)} countries with other names."
    )


@app.command()
def match(
    phrase: Annotated[str, typer.Argument(help="A title, header, label, heading or country as printed.")],
    rules: Folder = None,
) -> None:
    """Show what a printed phrase would match: table titles, column headers, row labels, headings, countries.

    A score below 100 is the share of equal letters of a label that is printed a little differently; a run accepts it.

    Exit code 0: something matches. 1: nothing matches. 2: a rules file is wrong.

    Example: findings rules match "Key Social Programs to Address Child Labor"
    """
    _use(rules)
    lines = list(_matches(phrase))
    for line in lines or ["nothing"]:
        typer.echo(line)
    raise typer.Exit(0 if lines else 1)


def _use(folder: Path | None):  # type: ignore[no-untyped-def]  # Rules, which is not imported for --help
    from extractors.rules import RulesError
    from flows.terminal import usage
    from flows.wording import use_rules

    try:
        return use_rules(folder)
    except RulesError as error:
        raise usage(str(error)) from error


def _matches(phrase: str) -> Iterator[str]:
    from extractors import rules

    used = rules.current()
    if code := rules.best_phrase(phrase, {code: table.title for code, table in used.tables.items()}):
        yield f"title of table {code}"
    for code, table in used.tables.items():
        if found := rules.column_of(phrase, table):
            yield f"header of column {code}.{found}"
        if rules.fold(phrase) in table.heads:
            yield f"head over indented rows of table {code}"
    for name in used.labels:
        code, score = rules.label_score(name, phrase)
        if code:
            yield f"label {name}.{code}, score {score:.0f}"
        elif code := rules.label_by_words(name, phrase):
            yield f"label {name}.{code}, by its words, with a finding label_unknown"
    headings = {"section": used.headings.sections, "assessment level": used.headings.assessments}
    for what, phrases in headings.items():
        if code := rules.best_phrase(phrase, phrases):
            yield f"{what} {code}"
    folded = rules.fold(phrase)
    if folded in used.headings.subsections:
        yield "heading inside a section"
    if folded in used.headings.references:
        yield "heading of the reference list"
    if code := rules.country_code(phrase):
        yield f"country {code}"
