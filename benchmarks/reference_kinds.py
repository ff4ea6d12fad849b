"""Counts the references of a published run whose fields look wrong, by kind.

    python -m benchmarks.reference_kinds OUTPUT [--examples N]

The signs are read from the printed entry and its fields alone, not by the code that made the fields. A sign is a
suspicion: some entries have it rightly (an entry that prints no author). The count is for comparing two runs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.publish import read_table

CITIES = r"(?:Geneva|New York|Washington,? D\.?C\.?|London|Paris|Rome|Vienna|Brussels|Nairobi|Bangkok|Dakar)"
ACCESS = r"(?:accessed|access|cited|retrieved|consulted|updated|visited)"
SITE = r"https?:|www\.|\b[\w-]{2,}\.\s?(?:com|org|net|gov|int|info|html?|pdf)\b"

Row = Any
"""A row of table ``references`` as a named tuple."""


def head(row: Row) -> str:
    """The entry up to its first address."""
    return re.split(r"https?:|www\.", row.text)[0]


def after(row: Row, field: str) -> str:
    """The entry after the text of a field."""
    value = getattr(row, field)
    return str(row.text.partition(value)[2]) if value else ""


def has_date(row: Row) -> bool:
    """Whether a year is printed outside title, address and day of access."""
    plain = re.sub(rf"\[?{ACCESS}[^\];]*", "", head(row).replace(row.title, ""), flags=re.IGNORECASE)
    return re.search(r"\b(?:19|20)\d\d\b", plain) is not None


def is_access_date(row: Row) -> bool:
    """Whether the date is printed once only, after a word of access."""
    once = row.date and row.text.count(row.date) == 1
    return bool(once and re.search(rf"{ACCESS}\W+(?:on\s+)?{re.escape(row.date)}", row.text, re.IGNORECASE))


def site_before_online(row: Row) -> bool:
    """Whether the title ends in a capitalised part after a comma, and "[online]" follows it."""
    online = re.match(r"\s*,?\s*\[(?:previously )?online", after(row, "title"))
    return online is not None and re.search(r",\s[A-Z][^,]*$", row.title) is not None


KINDS: dict[str, Callable[[Row], bool]] = {
    "author empty, entry not in quotes": lambda row: not row.author and row.text[:1] not in "“\"‘'",
    "author longer than 90 characters": lambda row: len(row.author) > 90,
    "author ends in an abbreviation": lambda row: bool(re.search(r"\b(?:U\.S|St|Dr|Mr|Mrs|No|et)$", row.author)),
    "author ends in a year": lambda row: bool(re.search(r"\b(?:20|19)\d\d$", row.author)),
    "title empty": lambda row: not row.title,
    "title begins with and": lambda row: bool(re.match(r"(?:and|y|et|e)\s", row.title)),
    "title holds a place of publication": lambda row: bool(re.search(rf"[.;:,]\s+{CITIES}\b[^.]*$", row.title)),
    "title holds a site or address": lambda row: bool(re.search(SITE, row.title)),
    "title holds the site before [online]": site_before_online,
    "title cut after No., Art.": lambda row: bool(re.search(r"\b(?:No|Nr|Art|Nos|Núm|Num|Vol|Dr|Sec|n)$", row.title)),
    "title cut in a parenthesis": lambda row: row.title.count("(") > row.title.count(")"),
    "title with one quote": lambda row: "“" in row.title and "”" not in row.title,
    "on file not recognised": lambda row: (
        not row.on_file and bool(re.search(r"on\s*file|source\s*on\b|hard\s*copy", row.text, re.IGNORECASE))
    ),
    "date empty, a year is printed": lambda row: not row.date and has_date(row),
    "date is the day of access": is_access_date,
    "address not found": lambda row: not row.url and bool(re.search(r"https?:|www\.", row.text)),
    "address cut at a blank": lambda row: bool(row.url and re.match(r"\s+\S*[/_%?=&]\S*", after(row, "url"))),
    "address cut at an ending": lambda row: bool(
        row.url and re.match(r"\.\s?(?:\w{2,4}x|pdf|html?|php)\b", after(row, "url"))
    ),
}
"""Name of a kind -> whether a row has its sign."""


def main(output: Path, examples: Annotated[int, typer.Option(help="Entries to print of each kind.")] = 0) -> None:
    """Print the number of references of each kind."""
    found: dict[str, list[Row]] = defaultdict(list)
    references = read_table(output, "references")
    for row in references.itertuples():
        for kind, has_sign in KINDS.items():
            if has_sign(row):
                found[kind].append(row)
    typer.echo(f"{len(references)} references")
    for kind in KINDS:
        typer.echo(f"{len(found[kind]):6} {kind}")
        for row in found[kind][:examples]:
            typer.echo(f"         {row.doc_id} {row.number}: {row.text[:200]}")


if __name__ == "__main__":
    typer.run(main)
