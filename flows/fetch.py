"""``findings fetch``: the country pages of the publisher's site, and the PDFs that they link, as files under ``raw/``.

A page or PDF is ``raw/<report year>/<name>``; beside it is a record of where it comes from (``<name>.fetched.json``).
A file that has changed on the site replaces the stored one only after that was moved to ``raw/<year>/.replaced``, which
a run does not read. Where something is on the site is data (``publisher.yml``); :mod:`flows.web` decides what may be
asked.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urljoin, urlsplit

import lxml.html
from pydantic import BaseModel, Field, StringConstraints, field_validator

from extractors.model import UnreadableSource
from extractors.readers.html import decode_page, parse
from extractors.rules import country_code
from flows.ending import Refused
from flows.log import log_line
from flows.models import Closed, Pattern, YearPattern, load
from flows.sources import RECORD
from flows.version import number
from flows.web import Download, HostClosed, Kind, NotFetched, Web

INSTALLED = Path(__file__).with_name("publisher.yml")
REPLACED = ".replaced"
MOST_PAGES = 1000  # links of one index page; the report has about 135 countries
MOST_PDFS = 20  # links of one country page
LONGEST_NAME = 80  # letters of a file's name
END_OF_PDF = re.compile(rb"%%EOF")
END_OF_PAGE = re.compile(rb"</html\s*>", re.I)
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SUFFIX: dict[Kind, str] = {"page": ".html", "pdf": ".pdf"}


class CannotFetch(Refused):
    """Nothing can be fetched: a wrong file of addresses, or a folder in use; the message says why."""


class Publisher(Closed):
    """What ``publisher.yml`` holds; the file explains each key."""

    agent: str = Field(pattern=r"^[A-Za-z_-]+$")
    hosts: frozenset[str]
    test_hosts: frozenset[str] = frozenset()
    index: tuple[str, ...] = Field(min_length=1)
    country_page: Pattern
    chapter_pdf: YearPattern
    not_chapters: tuple[Pattern, ...] = ()
    year: tuple[YearPattern, ...] = Field(min_length=1)
    contact: str = Field(default="", pattern=r"^[ -~]*$")
    seconds_between: float = Field(ge=0)
    largest_megabytes: dict[Kind, float]

    @field_validator("largest_megabytes")
    @classmethod
    def _has_limits(cls, limits: dict[Kind, float]) -> dict[Kind, float]:
        if missing := {"page", "pdf"} - limits.keys():
            raise ValueError(f"no limit for {' and '.join(sorted(missing))}")
        return limits

    @field_validator("test_hosts")
    @classmethod
    def _are_here(cls, hosts: frozenset[str]) -> frozenset[str]:
        for host in hosts:
            name, _, port = host.rpartition(":")
            if name not in LOOPBACK or not port.isdecimal():
                raise ValueError(f"{host!r} is not this machine with a port, such as 127.0.0.1:8080")
        return hosts


class FetchRequest(Closed):
    """What a fetch is asked to do."""

    to: Path = Path("raw")
    years: tuple[int, ...] = ()
    countries: tuple[Annotated[str, StringConstraints(to_upper=True)], ...] = ()
    publisher: Path = INSTALLED
    contact: str = Field(default="", pattern=r"^[ -~]*$")


@dataclass
class FetchReport:
    """What a fetch did. ``stored``: new files; ``changed``: files of which an older state was kept; both by their path.
    ``failures``: one line for each address that gave nothing, or why the fetch ended early."""

    stored: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    requests: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 if every address gave what it promises, else 1."""
        return int(bool(self.failures))

    def sentence(self) -> str:
        """The fetch in one line."""
        return (
            f"{len(self.stored)} new files, {len(self.changed)} changed, {self.unchanged} unchanged, "
            f"{len(self.failures)} failures, {self.requests} requests"
        )


class Record(BaseModel):
    """Where a stored file comes from. ``answered_by``: the address after redirects; ``linked_from``: the page with the
    link; ``etag`` and ``last_modified``: as the server gave them, for the next conditional request."""

    address: str
    answered_by: str
    linked_from: str
    fetched: str
    sha256: str
    size: int
    content_type: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Link:
    """A link of a page: its address without fragment, and its text."""

    address: str
    text: str

    @property
    def path(self) -> str:
        """The decoded path of the address."""
        return unquote(urlsplit(self.address).path)


def fetch(
    request: FetchRequest,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FetchReport:
    """Fetch what is new or has changed. A failure of one address is in the report, and the others go on.

    Raises :class:`CannotFetch`, and ``OSError`` if a file cannot be written.
    """
    publisher = load(request.publisher, Publisher, CannotFetch)
    contact = request.contact or publisher.contact
    name = f"{publisher.agent}/{number()}"
    web = Web(
        publisher.agent,
        publisher.hosts,
        publisher.test_hosts,
        {kind: int(megabytes * 1_000_000) for kind, megabytes in publisher.largest_megabytes.items()},
        publisher.seconds_between,
        f"{name} ({contact})" if contact else name,
        wait,
        clock,
    )
    with _alone(request.to), web:
        work = _Fetch(request, publisher, web, Store(request.to, now))
        work.run()
        work.report.requests = web.requests
    log_line(logging.INFO, "fetch", "end", work.report.sentence())
    return work.report


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other fetches out of the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".fetch.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotFetch(f"another fetch is writing to {folder}") from error
        yield


class Store:
    """The stored files of a folder and their records."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.folder, self.now = folder, now
        self.records: dict[Path, Record] = {}
        for path in sorted(folder.glob(f"[0-9][0-9][0-9][0-9]/*{RECORD}")):
            record = _read_record(path)
            if record:
                self.records[path.with_name(path.name.removesuffix(RECORD))] = record

    def latest(self, address: str) -> tuple[Path, Record] | None:
        """The file that an address gave last, if it is still there as it was stored."""
        own = [(record.fetched, path, record) for path, record in self.records.items() if record.address == address]
        for _, path, record in sorted(own, reverse=True)[:1]:
            if path.is_file() and _sha256(path.read_bytes()) == record.sha256:
                return path, record
        return None

    def place(self, address: str, year: int, suffix: str, content: bytes) -> Path:
        """Where the content of an address belongs: the file of no other address, and none that somebody put there,
        unless it has the same bytes."""
        stem = file_name(address)
        path = self.folder / str(year) / f"{stem}{suffix}"
        known = self.records.get(path)
        if known:
            free = known.address == address
        else:
            free = not path.exists() or (path.is_file() and path.read_bytes() == content)
        return path if free else path.with_name(f"{stem}-{_sha256(address.encode())[:8]}{suffix}")

    def keep(self, path: Path, answer: Download, address: str, linked_from: str) -> str:
        """Store an answer; returns ``new``, ``changed`` or ``unchanged``. What is there with other bytes is moved."""
        sha256 = _sha256(answer.content)
        headers = answer.headers
        record = Record(
            address=address,
            answered_by=answer.address,
            linked_from=linked_from,
            fetched=self.now().isoformat(timespec="seconds"),
            sha256=sha256,
            size=len(answer.content),
            content_type=answer.type,
            etag=headers.get("etag", ""),
            last_modified=headers.get("last-modified", ""),
        )
        there = path.is_file()
        same = there and _sha256(path.read_bytes()) == sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        if there and not same:
            self._move_away(path)
        # The record is first: if the fetch is killed in between, it does not fit the file, which is then fetched again.
        _write(_record_of(path), _as_json(record))
        if not same:
            _write(path, answer.content)
        self.records[path] = record
        return "unchanged" if same else "changed" if there else "new"

    def _move_away(self, path: Path) -> None:
        """Keep a copy of a stored file, and of its record, before another state takes its name."""
        content = path.read_bytes()
        kept = path.parent / REPLACED / f"{path.stem}-{_sha256(content)[:12]}{path.suffix}"
        kept.parent.mkdir(exist_ok=True)
        _write(kept, content)
        record = self.records.get(path)
        if record and record.sha256 == _sha256(content):
            _write(_record_of(kept), _as_json(record))


@dataclass
class _Fetch:
    """One fetch: the index, its country pages, their PDFs."""

    request: FetchRequest
    publisher: Publisher
    web: Web
    store: Store
    report: FetchReport = field(default_factory=FetchReport)
    done: set[str] = field(default_factory=set)

    def run(self) -> None:
        found: dict[str, tuple[Link, str]] = {}
        for address in self.publisher.index:
            try:
                with self._reported(address):
                    found |= self._country_pages(address)
            except HostClosed as error:
                self._failed(address, error)
                return
        if not self.report.failures:  # an index page that failed says nothing of the pages that it would link
            self._log_gone(found)
        pages = self._selected(list(found.values()))
        for at, link in enumerate(pages):
            try:
                with self._reported(link.address):
                    self._country(link)
            except HostClosed as error:
                self._failed(link.address, error)
                self.report.failures[-1] += f"; {len(pages) - at - 1} country pages were not asked for"
                return

    def _country_pages(self, address: str) -> dict[str, tuple[Link, str]]:
        """The country pages that an index page links, by their address, with the country's code."""
        answer = self.web.get(address, "page")
        root = _tree(_whole(answer, "page"))
        found: dict[str, tuple[Link, str]] = {}
        others = []
        for link in links(root, answer.address):
            if self.publisher.country_page.search(link.path):
                code = country_code(link.text) or country_code(file_name(link.address).replace("-", " "))
                if code:
                    found.setdefault(link.address, (link, code))
                else:
                    others.append(link.text[:60] or link.path)
        if others:
            log_line(logging.INFO, address, "index", f"links that name no country are left: {', '.join(others[:40])}")
        if not found:
            self._failed(address, NotFetched("links no country page: has the index changed, or was it refused?"))
        if len(found) > MOST_PAGES:
            self._failed(address, NotFetched(f"links {len(found)} pages; only the first {MOST_PAGES} are read"))
        log_line(logging.INFO, address, "index", f"{len(found)} country pages")
        return dict(list(found.items())[:MOST_PAGES])

    def _selected(self, pages: Sequence[tuple[Link, str]]) -> list[Link]:
        """The pages of the countries that are asked for; one that is missing is a failure."""
        wanted = self.request.countries
        chosen = [link for link, code in pages if not wanted or code in wanted]
        for code in sorted(set(wanted) - {code for _, code in pages}):
            self._failed(code, NotFetched("no index page links a page of this country"))
        return chosen

    def _log_gone(self, listed: Mapping[str, object]) -> None:
        """A page that was fetched before and is linked no more stays stored; the log names it."""
        for path, record in self.store.records.items():
            if path.suffix == SUFFIX["page"] and record.address not in listed:
                log_line(logging.WARNING, record.address, "index", "is linked no more; what was stored stays")

    def _country(self, link: Link) -> None:
        """One country page and its PDFs."""
        year, content, base = self._page(link)
        pdfs = self._pdfs(content, base, year)
        if not pdfs:
            log_line(logging.INFO, link.address, "page", f"links no PDF of {year}")
        if len(pdfs) > MOST_PDFS:
            self._failed(link.address, NotFetched(f"links {len(pdfs)} PDFs; only the first {MOST_PDFS} are fetched"))
        for pdf, pdf_year in pdfs[:MOST_PDFS]:
            with self._reported(f"{pdf.address} (linked from {link.address})"):
                self._pdf(pdf, pdf_year, link.address)

    def _page(self, link: Link) -> tuple[int, bytes, str]:
        """Fetch a country page and store it, if its year is asked for; its report year, content and base address."""
        known = self.store.latest(link.address)
        answer = self._get(link.address, "page", known)
        if answer.status == 304 and known:
            path, record = known
            return int(path.parent.name), path.read_bytes(), record.answered_by
        content = _whole(answer, "page")
        year = self._year_of(content)
        if self._is_wanted(year):
            path = self.store.place(link.address, year, SUFFIX["page"], content)
            before = path.read_bytes() if known and known[0] == path else content
            if before != content and self._reads_alike(before, content, answer.address):
                self.report.unchanged += 1
                log_line(logging.INFO, link.address, "page", "only the page around the chapter has changed")
            else:
                self._keep(path, answer, link.address, "")
        return year, content, answer.address

    def _year_of(self, content: bytes) -> int:
        """The report year of a country page; menus around the chapter may name another one, so it is searched first."""
        root = _tree(content)
        for text in (_words(_chapter(root)), _words(root)):
            for pattern in self.publisher.year:
                found = pattern.search(text)
                if found and int(found["year"]) <= self.store.now().year:
                    return int(found["year"])
        raise NotFetched("names no report year: is it another page, or a refusal?")

    def _pdfs(self, content: bytes, base: str, page_year: int) -> list[tuple[Link, int]]:
        """The PDFs of chapters that a page links, with their report years: the page's own, or those asked for."""
        found: dict[str, tuple[Link, int]] = {}
        left: set[int] = set()
        for link in links(_tree(content), base):
            fits = self.publisher.chapter_pdf.search(link.path)
            if not fits or any(other.search(link.path) for other in self.publisher.not_chapters):
                continue
            year = int(fits["year"])
            if self._is_wanted(year) if self.request.years else year == page_year:
                found.setdefault(link.address, (link, year))
            else:
                left.add(year)
        if left:
            years = ", ".join(map(str, sorted(left)))
            log_line(logging.INFO, base, "page", f"links PDFs of {years} too; --year fetches them")
        return list(found.values())

    def _reads_alike(self, before: bytes, after: bytes, base: str) -> bool:
        """Whether two states of a page have the same words and PDFs; navigation, identifiers and scripts may differ."""
        states = []
        for content in (before, after):
            root = _tree(content)
            pdfs = {link.address for link in links(root, base) if self.publisher.chapter_pdf.search(link.path)}
            states.append((_words(_chapter(root)), pdfs))
        return states[0] == states[1]

    def _is_wanted(self, year: int) -> bool:
        return not self.request.years or year in self.request.years

    def _pdf(self, link: Link, year: int, page: str) -> None:
        if link.address in self.done:
            return
        self.done.add(link.address)
        answer = self._get(link.address, "pdf", self.store.latest(link.address))
        if answer.status != 304:
            _whole(answer, "pdf")
            path = self.store.place(link.address, year, SUFFIX["pdf"], answer.content)
            self._keep(path, answer, link.address, page)

    def _get(self, address: str, kind: Kind, known: tuple[Path, Record] | None) -> Download:
        """What an address gives, asked for with a condition if it was stored before."""
        given = {"If-None-Match": known[1].etag, "If-Modified-Since": known[1].last_modified} if known else {}
        answer = self.web.get(address, kind, {name: value for name, value in given.items() if value})
        if answer.status == 304:
            if not known:
                raise NotFetched("the server answered 304 (not modified), although nothing was fetched before")
            self.report.unchanged += 1
            log_line(logging.INFO, address, kind, f"unchanged: {known[0].relative_to(self.store.folder)}")
        return answer

    def _keep(self, path: Path, answer: Download, address: str, linked_from: str) -> None:
        what = self.store.keep(path, answer, address, linked_from)
        name = path.relative_to(self.store.folder).as_posix()
        if what == "unchanged":
            self.report.unchanged += 1
        else:
            (self.report.stored if what == "new" else self.report.changed).append(name)
        kept = f", the older state is in {path.parent.name}/{REPLACED}" if what == "changed" else ""
        log_line(logging.INFO, address, path.suffix[1:], f"{what}: {name}, {len(answer.content)} bytes{kept}")

    @contextmanager
    def _reported(self, about: str) -> Iterator[None]:
        """Inside, an address that gives nothing is reported, and the fetch goes on; a host that is closed ends it."""
        try:
            yield
        except HostClosed:
            raise
        except (NotFetched, UnreadableSource) as error:
            self._failed(about, error)

    def _failed(self, about: str, error: Exception) -> None:
        reason = error.reason if isinstance(error, UnreadableSource) else str(error)
        self.report.failures.append(f"{about}: {reason}")
        log_line(logging.ERROR, about, "fetch", f"failed: {reason}")


def links(root: Any, base: str) -> list[Link]:
    """The links of a page (``a``, ``area``, and the items of a list to choose from) in their order."""
    found = []
    base = next((whole for element in root.iter("base") if (whole := _joined(base, element.get("href", "")))), base)
    for element in root.iter("a", "area", "option"):
        target = (element.get("value" if element.tag == "option" else "href") or "").strip()
        if not target or target.startswith("#"):
            continue
        address = _joined(base, target).partition("#")[0]
        if not address:
            continue
        found.append(Link(address, re.sub(r"\s+", " ", element.text_content()).strip()))
    return found


def _joined(base: str, target: str) -> str:
    """The whole address of a link; empty if it is none, as ``http://[``."""
    try:
        address = urljoin(base, target)
        urlsplit(address)
    except ValueError:
        return ""
    return address


def file_name(address: str) -> str:
    """A name for the content of an address, of the letters a-z, digits and hyphens.

    >>> file_name("https://example.org/tda2016/C%C3%B4te d'Arvenia_Report.PDF?download=1")
    'cote-d-arvenia-report'
    """
    last = unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])
    stem = re.sub(r"\.(pdf|html?|aspx|php)$", "", last, flags=re.I)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-") or "unnamed"


def _whole(answer: Download, kind: Kind) -> bytes:
    """The content of an answer, if it is of its kind and complete. Raises :class:`NotFetched`."""
    content = answer.content
    if kind == "pdf":
        if b"%PDF-" not in content[:1024]:
            start = content.lstrip()[:40].decode("ascii", "replace")
            raise NotFetched(f"a PDF was expected, the content begins with {start!r}")
        if not END_OF_PDF.search(content[-4096:]):
            raise NotFetched("the PDF is cut short (no end-of-file mark)")
    elif not answer.whole and not END_OF_PAGE.search(content[-4096:]):
        raise NotFetched("the page is cut short (it does not end with </html>)")
    return content


def _tree(content: bytes) -> Any:
    """The elements of a page without its scripts. Raises :class:`NotFetched` for what is no HTML."""
    try:
        root = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", decode_page(content, "page")[0]))
    except (UnreadableSource, ValueError, lxml.etree.LxmlError) as error:
        raise NotFetched(f"is no HTML ({getattr(error, 'reason', error)})") from error
    for element in list(root.iter("script", "style", "noscript", "template", lxml.etree.Comment)):
        element.drop_tree()
    return root


def _chapter(root: Any) -> Any:
    """The element of a page that holds the chapter."""
    return parse(lxml.html.tostring(root, encoding="unicode"), "page")


def _words(element: Any) -> str:
    """The text of an element with single blanks, also between its elements."""
    return " ".join(" ".join(element.itertext()).split())


def _read_record(path: Path) -> Record | None:
    """A record, or nothing if the file is damaged: then the address is asked without a condition."""
    try:
        return Record.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        log_line(logging.WARNING, str(path), "fetch", "is no readable record; the file beside it is fetched again")
        return None


def _as_json(record: Record) -> bytes:
    return record.model_dump_json(indent=2).encode() + b"\n"


def _record_of(path: Path) -> Path:
    return path.with_name(path.name + RECORD)


def _write(path: Path, content: bytes) -> None:
    """Write a file as a whole: no reader sees a part of it, also after a loss of power."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
