"""Sites for tests: the invented sample or made-up chapters, built, and pages read back as HTML."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import schemas
from extractors.model import Extraction
from flows.request import Request
from flows.run import run
from flows.site import build as build_site
from review import packing
from review.packing import parted
from tests.conftest import ROOT, arvenia, arvenia_tables, record
from tests.releasing import publish_whole

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
MARKUP = "<script>window.hit=1</script>\"'><img src=x onerror=window.hit=2><svg/onload=window.hit=3>{{7*7}}</table>"
"""A text that would act if anything put it into a page as it is."""
STRUCTURE = {
    "doc_id",
    "earlier_doc_id",
    "iso3",
    "bbox",
    "earlier_bbox",
    "action_id",
    "table",
    "column",
    "entity_id",
    "check",
    "source_sha256",
    "years",
    "date_iso",
} | {
    "url",
    "url_guess",
    "doi",
    "work_id",
    "law_id",
    "source_pages",
}
"""Columns in which no schema lets words of a source stand."""


@dataclass
class Element:
    """An element of a page: name, attributes, and the text inside it."""

    tag: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


class Page(HTMLParser):
    """A page read back as a browser would read its elements."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(whole(path.read_text("utf-8"), path.parent))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """Elements with this name whose attributes are or, for ``class_``, hold these."""
        name = wanted.pop("class_", "")
        return [
            one
            for one in self.elements
            if (not tag or one.tag == tag)
            and (not name or name in one.attributes.get("class", "").split())
            and all(one.attributes.get(key) == value for key, value in wanted.items())
        ]

    @property
    def ids(self) -> list[str]:
        return [one.attributes["id"] for one in self.elements if "id" in one.attributes]


def whole(page: str, folder: Path | None = None) -> str:
    """The text of a page; if its content is packed, or in the script of its country, with it in its place."""

    def content(found: re.Match[str]) -> str:
        kind, value = found.groups()
        if kind == "packed" or folder is None:
            return ">" + unpacked(value)
        return ">" + parted((folder / f"{value[:3]}.js").read_text("utf-8"))[value].decode("utf-8")

    return re.sub(r' data-(packed|part)="([^"]+)">.*?(?=</body>)', content, page)


def unpacked(text: str) -> str:
    """What a page or script holds packed."""
    return packing.unpacked(text).decode("utf-8")


def pages(site: Path) -> Iterator[Page]:
    """Every page of a site."""
    for path in sorted(site.rglob("*.html")):
        yield Page(path)


def read_sample(output: Path, *names: str) -> Path:
    """Run over files of ``raw/`` (the sample PDF if none is named), and return the output folder."""
    chosen = [ROOT / "raw" / name for name in names or ("arvenia-2019.pdf",)]
    report = run(Request(paths=tuple(chosen), output=output, workers=1))
    assert report.chapters, report.sentence()
    return output


def published(output: Path, chapters: Sequence[Extraction] = (), facts: dict[str, Any] | None = None) -> Path:
    """Publish made-up chapters (Arvenia 2019 if none is given), and return the output folder."""
    tables = schemas.validate(chapters).tables if chapters else arvenia_tables()
    publish_whole(tables, facts or {}, output)
    return output


def hostile(output: Path) -> Path:
    """Publish two chapters, one of a PDF and one of a text, with markup wherever words of a source can stand.

    Their files are named by markup too, and lie where the run's facts say.
    """
    folder = output.parent / "sources"
    folder.mkdir()
    pdf, text = folder / "'><img src=x onerror=window.hit=4>.pdf", folder / "<svg onload=window.hit=5>.txt"
    pdf.write_bytes((ROOT / "raw" / "arvenia-2019.pdf").read_bytes())
    text.write_text("\n".join([MARKUP] * 40), encoding="utf-8")
    chapters, inputs = [], []
    for iso3, file, kind in (("XAV", pdf, "pdf"), ("XBV", text, "text")):
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        made = arvenia(iso3=iso3, releases=[record("releases")], changes=[record("changes")])
        for name, rows in made.tables.items():
            columns = schemas.TABLES[name].to_schema().columns
            words = {column for column, spec in columns.items() if _holds_words(column, spec)}
            for row in rows:
                row.update(dict.fromkeys(words, MARKUP))
        made.tables["documents"][0] |= {"source_path": file.name, "source_format": kind, "source_sha256": sha256}
        made.tables["activities"][1] |= {"row": -1}  # breaks a rule: the row goes to quarantine
        chapters.append(made)
        inputs.append({"path": str(file), "sha256": sha256, "source_path": file.name, "why": MARKUP})
    tables = schemas.validate(chapters).tables
    assert set(tables["quarantine"]["table"]) == {"activities", "citations", "provenance"}  # and what points at it
    failure = {"source_path": MARKUP, "kind": MARKUP, "reason": MARKUP}
    error = {"doc_id": MARKUP, "check": MARKUP, "table": MARKUP, "message": MARKUP}
    said = {"failures": [failure], "errors": [error], "started": MARKUP, "versions": {MARKUP: MARKUP}}
    publish_whole(tables, {"inputs": inputs, **said}, output)
    return output


def _holds_words(column: str, spec: Any) -> bool:
    return str(spec.dtype).startswith("str") and "codes" not in spec.metadata and column not in STRUCTURE


def site_of(output: Path, **options: Any) -> Path:
    """Build the site with one worker and return its folder."""
    return build_site(output, workers=1, **options).site
