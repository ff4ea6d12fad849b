"""Fetching from a server on this machine that plays the publisher's site: what is stored, kept, refused and reported.

Arvenia is invented, and so is every page here; other countries are only names of links. Nothing waits: the client gets
a clock of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from lxml import html
from pydantic import ValidationError
from typer.testing import CliRunner

from flows import fetch as fetching
from flows import web
from flows.cli import app
from flows.fetch import (
    INSTALLED,
    CannotFetch,
    FetchReport,
    FetchRequest,
    Publisher,
    fetch,
    file_name,
    links,
)
from flows.models import load
from flows.sources import find_sources
from flows.version import number
from flows.web import NotFetched, Web

PDF = b"%PDF-1.7\nan invented chapter\n%%EOF\n"
REPORTS = "/agencies/ilab/resources/reports/child-labor"
FILES = "/sites/dolgov/files/ILAB/child_labor_reports"
NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


@dataclass
class Reply:
    """What the site answers. ``announced``: a false content length; ``None`` as a length announces none."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = -1


@dataclass
class Site:
    """The pages of the site, and what it was asked: path and headers of each request, in their order."""

    port: int = 0
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, path: str, *replies: Reply) -> None:
        """Download a path with these, one after the other; the last one stays."""
        self.replies[path] = list(replies)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def reply(self, path: str, headers: dict[str, str]) -> Reply:
        self.asked.append((path, headers))
        waiting = self.replies.get(path, [Reply(b"<html>no such page</html>", 404)])
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        tag = found.headers.get("ETag")
        return Reply(status=304) if tag and headers.get("if-none-match") == tag else found


@pytest.fixture
def site() -> Iterator[Site]:
    played = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = played.reply(self.path, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(reply.status)
            if reply.status == 200:
                self.send_header("Content-Type", reply.type)
            if reply.announced is not None and reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body) if reply.announced < 0 else reply.announced))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    played.port = server.server_address[1]
    try:
        yield played
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Client:
    """Fetches from the played site into a folder, with a clock that only waiting moves."""

    site: Site
    folder: Path
    waits: list[float] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    time: float = 0.0

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds

    def publisher(self) -> Path:
        """The installed addresses, on the played site."""
        data = yaml.safe_load(INSTALLED.read_text(encoding="utf-8"))
        data |= {"test_hosts": [f"127.0.0.1:{self.site.port}"], "hosts": [], "index": [self.url(f"{REPORTS}/findings")]}
        path = self.folder.parent / "publisher.yml"
        path.write_text(yaml.safe_dump({**data, **self.changes}), encoding="utf-8")
        return path

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.site.port}{path}"

    def fetch(self, **request: Any) -> FetchReport:
        asked = FetchRequest(to=self.folder, publisher=self.publisher(), **request)
        return fetch(asked, self.wait, lambda: self.time, lambda: NOW)

    def files(self) -> list[str]:
        found = (path for path in self.folder.rglob("*") if path.is_file() and path.name != ".fetch.lock")
        return sorted(path.relative_to(self.folder).as_posix() for path in found)


@pytest.fixture
def client(site: Site, tmp_path: Path) -> Client:
    return Client(site, tmp_path / "raw")


def index(*links: tuple[str, str]) -> Reply:
    items = "".join(f'<li><a href="{address}">{text}</a></li>' for address, text in links)
    return Reply(f"<html><body><ul>{items}</ul></body></html>".encode())


def page(year: int, *pdfs: str, words: str = "Children herd goats.", around: str = "", tag: str = "") -> Reply:
    links = "".join(f'<p><a href="{pdf}">Download the report</a></p>' for pdf in pdfs)
    head = f"<nav>{around}</nav><main><h1>{year} Findings on the Worst Forms of Child Labor: Arvenia</h1>"
    body = f"<html><body>{head}<p>{words}</p>{links}</main></body></html>".encode()
    return Reply(body, headers={"ETag": tag} if tag else {})


def pdf(content: bytes = PDF, **about: Any) -> Reply:
    return Reply(content, **{"type": "application/pdf", **about})


def arvenia(site: Site, *pdfs: str, year: int = 2024, **about: Any) -> None:
    """The index links Arvenia's page, which links these PDFs."""
    site.put(f"{REPORTS}/findings", index((f"{REPORTS}/arvenia", "Arvenia")))
    site.put(f"{REPORTS}/arvenia", page(year, *pdfs, **about))


ARVENIA_PDF = f"{FILES}/tda2024/Arvenia.pdf"


class TestStored:
    def test_page_and_pdf_with_their_records(self, site: Site, client: Client) -> None:
        arvenia(site, ARVENIA_PDF, tag='"p1"')
        site.put(ARVENIA_PDF, pdf(headers={"ETag": '"f1"', "Last-Modified": "Mon, 29 Sep 2025 10:00:00 GMT"}))
        report = client.fetch(contact="data@example.org")
        assert (report.exit_code, report.failures) == (0, [])
        assert report.stored == ["2024/arvenia.html", "2024/arvenia.pdf"]
        record = json.loads((client.folder / "2024/arvenia.pdf.fetched.json").read_text(encoding="utf-8"))
        assert record == {
            "address": client.url(ARVENIA_PDF),
            "answered_by": client.url(ARVENIA_PDF),
            "linked_from": client.url(f"{REPORTS}/arvenia"),
            "fetched": "2026-11-29T09:00:00+00:00",
            "sha256": hashlib.sha256(PDF).hexdigest(),
            "size": len(PDF),
            "content_type": "application/pdf",
            "etag": '"f1"',
            "last_modified": "Mon, 29 Sep 2025 10:00:00 GMT",
        }
        agents = {headers["user-agent"] for _, headers in site.asked}
        assert len(agents) == 1
        assert agents.pop().startswith(f"ilab-findings/{number()} (data@example.org)")

    def test_a_run_reads_the_files_and_not_their_records(
        self, site: Site, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        arvenia(site, ARVENIA_PDF)
        site.put(ARVENIA_PDF, pdf())
        client.fetch()
        found, failures = find_sources([client.folder])
        assert ([file.source_path for file in found], failures) == (["2024/arvenia.html", "2024/arvenia.pdf"], [])
        assert "without a reader" not in caplog.text

    def test_names_of_files_follow_no_rule(self, site: Site, client: Client) -> None:
        first, second = f"{FILES}/tda2024/C%C3%B4te%20Arvenia%20Report%20(1).PDF?v=2", "../../../files/tda2024/x/a.pdf"
        arvenia(site, first, f"{client.url('')}{FILES}/tda2024/%2e%2e%5c%2e%2e%5cevil.pdf", f"{FILES}/tda2024/more.pdf")
        site.put(first, pdf())
        site.put(f"{FILES}/tda2024/%2e%2e%5c%2e%2e%5cevil.pdf", pdf(PDF + b"2"))
        site.put(f"{FILES}/tda2024/more.pdf", pdf(PDF + b"3"))
        report = client.fetch()
        assert report.failures == []
        assert report.stored == [
            "2024/arvenia.html",
            "2024/cote-arvenia-report-1.pdf",
            "2024/evil.pdf",
            "2024/more.pdf",
        ]
        assert file_name(second) == "a"

    def test_two_addresses_never_share_a_file(self, site: Site, client: Client) -> None:
        one, two = f"{FILES}/tda2024/Arvenia.pdf", "/other/tda2024/arvenia.pdf"
        arvenia(site, one, two)
        site.put(one, pdf(PDF + b"one"))
        site.put(two, pdf(PDF + b"two"))
        names = client.fetch().stored
        assert len(names) == 3
        assert {(client.folder / name).read_bytes()[-3:] for name in names[1:]} == {b"one", b"two"}
        assert client.fetch().unchanged == 3

    def test_a_file_that_somebody_put_there_stays(self, site: Site, client: Client) -> None:
        arvenia(site, ARVENIA_PDF)
        site.put(ARVENIA_PDF, pdf())
        (client.folder / "2024").mkdir(parents=True)
        (client.folder / "2024/arvenia.pdf").write_bytes(b"mine")
        report = client.fetch()
        assert (client.folder / "2024/arvenia.pdf").read_bytes() == b"mine"
        assert report.stored[1].startswith("2024/arvenia-")

    def test_only_the_year_and_the_countries_that_are_asked_for(self, site: Site, client: Client) -> None:
        old = f"{FILES}/tda2018/Arvenia2018.pdf"
        arvenia(site, ARVENIA_PDF, old)
        site.put(old, pdf())
        site.put(f"{REPORTS}/findings", index((f"{REPORTS}/peru", "Peru"), (f"{REPORTS}/arvenia", "Arvenia")))
        report = client.fetch(years=(2018,), countries=("xav",))
        assert (report.stored, report.failures) == (["2018/arvenia2018.pdf"], [])
        assert f"{REPORTS}/peru" not in site.paths()
        report = client.fetch(countries=("GHA",))
        assert report.failures == ["GHA: no index page links a page of this country"]

    def test_a_list_to_choose_from_is_an_index_too(self, site: Site, client: Client) -> None:
        arvenia(site)
        options = f'<select><option>Choose</option><option value="{REPORTS}/arvenia">Go</option></select>'
        site.put(f"{REPORTS}/findings", Reply(f"<html>{options}<a href='{REPORTS}/about'>About</a></html>".encode()))
        assert client.fetch().stored == ["2024/arvenia.html"]


class TestAgain:
    def test_what_has_not_changed_is_not_sent_again(self, site: Site, client: Client) -> None:
        arvenia(site, ARVENIA_PDF, tag='"p1"')
        site.put(ARVENIA_PDF, pdf(headers={"ETag": '"f1"'}))
        client.fetch()
        before = client.files()
        report = client.fetch()
        assert (report.stored, report.changed, report.unchanged, report.exit_code) == ([], [], 2, 0)
        assert client.files() == before
        assert [headers.get("if-none-match") for _, headers in site.asked[-2:]] == ['"p1"', '"f1"']

    def test_a_changed_page_replaces_the_old_one_which_is_kept(self, site: Site, client: Client) -> None:
        arvenia(site, words="Children herd goats.", tag='"1"')
        client.fetch()
        old = (client.folder / "2024/arvenia.html").read_bytes()
        arvenia(site, words="Children herd sheep.", tag='"2"')
        report = client.fetch()
        assert (report.changed, report.stored) == (["2024/arvenia.html"], [])
        assert b"sheep" in (client.folder / "2024/arvenia.html").read_bytes()
        [kept] = (client.folder / "2024/.replaced").glob("*.html")
        assert kept.read_bytes() == old
        record = json.loads(kept.with_name(f"{kept.name}.fetched.json").read_text(encoding="utf-8"))
        assert record["sha256"] == hashlib.sha256(old).hexdigest()
        assert [file.source_path for file in find_sources([client.folder])[0]] == ["2024/arvenia.html"]

    def test_the_page_of_the_next_year_gets_a_file_of_its_own(self, site: Site, client: Client) -> None:
        arvenia(site, year=2024)
        client.fetch()
        arvenia(site, year=2025)
        assert client.fetch().stored == ["2025/arvenia.html"]
        assert (client.folder / "2024/arvenia.html").exists()

    def test_a_page_that_differs_around_the_chapter_only_is_the_same(self, site: Site, client: Client) -> None:
        arvenia(site, around="view 1")
        client.fetch()
        arvenia(site, around="view 2")
        assert client.fetch().unchanged == 1
        assert b"view 1" in (client.folder / "2024/arvenia.html").read_bytes()
        arvenia(site, ARVENIA_PDF, around="view 3")
        site.put(ARVENIA_PDF, pdf())
        assert client.fetch().changed == ["2024/arvenia.html"]

    def test_a_menu_may_name_another_year(self, site: Site, client: Client) -> None:
        arvenia(site, around="2023 Findings on the Worst Forms of Child Labor")
        assert client.fetch().stored == ["2024/arvenia.html"]

    def test_a_stored_file_that_was_damaged_is_fetched_and_the_damaged_one_kept(
        self, site: Site, client: Client
    ) -> None:
        arvenia(site, ARVENIA_PDF)
        site.put(ARVENIA_PDF, pdf(headers={"ETag": '"f1"'}))
        client.fetch()
        (client.folder / "2024/arvenia.pdf").write_bytes(PDF[:20])
        assert client.fetch().changed == ["2024/arvenia.pdf"]
        assert (client.folder / "2024/arvenia.pdf").read_bytes() == PDF
        [kept] = (client.folder / "2024/.replaced").iterdir()
        assert kept.read_bytes() == PDF[:20]

    def test_a_fetch_that_was_killed_between_record_and_file_is_made_good(
        self, site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        arvenia(site, ARVENIA_PDF)
        site.put(ARVENIA_PDF, pdf(headers={"ETag": '"f1"'}))
        write = fetching._write

        def killed(path: Path, content: bytes) -> None:
            if path.suffix == ".pdf":
                raise KeyboardInterrupt
            write(path, content)

        monkeypatch.setattr(fetching, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            client.fetch()
        assert "2024/arvenia.pdf" not in client.files()
        monkeypatch.setattr(fetching, "_write", write)
        assert client.fetch().stored == ["2024/arvenia.pdf"]

    def test_a_damaged_record_costs_a_request(self, site: Site, client: Client) -> None:
        arvenia(site, tag='"1"')
        client.fetch()
        (client.folder / "2024/arvenia.html.fetched.json").write_text("{", encoding="utf-8")
        report = client.fetch()
        assert (report.unchanged, report.stored) == (1, [])
        assert json.loads((client.folder / "2024/arvenia.html.fetched.json").read_text(encoding="utf-8"))["size"] > 0

    def test_a_page_that_is_linked_no_more_stays(
        self, site: Site, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        arvenia(site)
        client.fetch()
        site.put(f"{REPORTS}/findings", index((f"{REPORTS}/peru", "Peru")))
        site.put(f"{REPORTS}/peru", page(2024))
        assert client.fetch().stored == ["2024/peru.html"]
        assert f"{REPORTS}/arvenia | index | is linked no more" in caplog.text
        assert (client.folder / "2024/arvenia.html").exists()

    def test_two_index_pages_are_one_index(self, site: Site, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        arvenia(site)
        site.put("/territories", index((f"{REPORTS}/peru", "Peru"), (f"{REPORTS}/arvenia", "Arvenia")))
        site.put(f"{REPORTS}/peru", page(2024))
        client.changes["index"] = [client.url(f"{REPORTS}/findings"), client.url("/territories")]
        assert client.fetch().stored == ["2024/arvenia.html", "2024/peru.html"]
        assert client.fetch().unchanged == 2
        assert "linked no more" not in caplog.text

    def test_two_fetches_do_not_write_to_one_folder(self, client: Client) -> None:
        with fetching._alone(client.folder), pytest.raises(CannotFetch, match="another fetch is writing"):
            client.fetch()


class TestRefused:
    """One address fails with its reason, the others are fetched, and the code is 1."""

    def failure(self, client: Client) -> str:
        """The only failure of a fetch that still stores the page of Peru."""
        links = ((f"{REPORTS}/arvenia", "Arvenia"), (f"{REPORTS}/peru", "Peru"))
        client.site.put(f"{REPORTS}/findings", index(*links))
        client.site.put(f"{REPORTS}/peru", page(2024))
        report = client.fetch()
        assert report.exit_code == 1
        assert "2024/peru.html" in report.stored
        assert not list(client.folder.rglob("*.pdf")) + list(client.folder.rglob("*.partial"))
        [failure] = report.failures
        return failure

    @pytest.mark.parametrize(
        ("reply", "reason"),
        [
            (Reply(b"<html>gone</html>", 404), "the server answered 404 Not Found"),
            (Reply(b"<html>no robots</html>", 403), "the server refuses it (403 Forbidden)"),
            (Reply(b"<html>broken</html>", 500), "the server answered 500 Internal Server Error (3 attempts)"),
            (Reply(b"part", 206), "the server answered 206 Partial Content"),
            (Reply(b"<html>Are you human?</html>"), "names no report year: is it another page, or a refusal?"),
            (Reply(b"{}", type="application/json"), "a page was expected, the server sent application/json"),
            (Reply(b"", type="text/html"), "is no HTML (is empty)"),
            (Reply(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "is packed (gzip)"),
            (Reply(page(2024).body[:-20], announced=None), "the page is cut short"),
            (Reply(page(2024).body, announced=5000), "RemoteProtocolError: peer closed connection"),
            (page(2031), "names no report year"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_page(self, client: Client, reply: Reply, reason: str) -> None:
        client.site.put(f"{REPORTS}/arvenia", reply)
        assert self.failure(client).startswith(f"{client.url(f'{REPORTS}/arvenia')}: {reason}")

    @pytest.mark.parametrize(
        ("reply", "reason"),
        [
            (Reply(b"<html>sign in</html>"), "a PDF was expected, the server sent text/html"),
            (pdf(b"<html>sign in</html>"), "a PDF was expected, the content begins with '<html>sign in</html>'"),
            (pdf(PDF[:20], announced=None), "the PDF is cut short (no end-of-file mark)"),
            (pdf(PDF[:20], announced=len(PDF)), "RemoteProtocolError: peer closed connection"),
            (pdf(b"%PDF-" + b"x" * 3000 + b"%%EOF", announced=None), "is larger than 0.002 MB, the limit for a PDF"),
            (pdf(PDF, announced=3_000_000), "is larger than 0.002 MB, the limit for a PDF"),
            (Reply(status=304), "the server answered 304 (not modified), although nothing was fetched before"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_pdf(self, client: Client, reply: Reply, reason: str) -> None:
        client.changes["largest_megabytes"] = {"page": 1, "pdf": 0.002}
        client.site.put(f"{REPORTS}/arvenia", page(2024, ARVENIA_PDF))
        client.site.put(ARVENIA_PDF, reply)
        failure = self.failure(client)
        assert f"{ARVENIA_PDF} (linked from {client.url(f'{REPORTS}/arvenia')}): {reason}" in failure

    @pytest.mark.parametrize(
        ("target", "reason"),
        [
            ("https://example.org/tda2024/a.pdf", "example.org is not asked: it is not in the allow-list"),
            ("http://example.org/tda2024/a.pdf", "http://example.org is not asked: only https is"),
            ("http://169.254.169.254/tda2024/a.pdf", "http://169.254.169.254 is not asked: only https is"),
            ("http://127.0.0.1:1/tda2024/a.pdf", "http://127.0.0.1:1 is not asked: only https is"),
            ("https://127.0.0.1/tda2024/a.pdf", "127.0.0.1 is not asked: it is not in the allow-list"),
            ("file:///tda2024/a.pdf", "file:///tda2024/a.pdf is not asked: only https is"),
            ("https://user@example.org/tda2024/a.pdf", "an address with a user name is not asked"),
            ("https://example.org:x/tda2024/a.pdf", "is no address|Invalid URL in location header"),
        ],
    )
    @pytest.mark.parametrize("how", ["link", "redirect"])
    def test_another_place(self, client: Client, target: str, reason: str, how: str) -> None:
        client.site.put(f"{REPORTS}/arvenia", page(2024, target if how == "link" else ARVENIA_PDF))
        client.site.put(ARVENIA_PDF, Reply(status=302, headers={"Location": target}))
        assert re.search(reason, self.failure(client))

    def test_a_host_of_the_list_that_leads_to_this_machine(self, client: Client) -> None:
        """The connection is made, its address looked at, and nothing sent: the server sees no request."""
        name = f"localhost:{client.site.port}"
        client.changes["hosts"] = [name]
        client.site.put(f"{REPORTS}/arvenia", page(2024, f"https://{name}/tda2024/a.pdf"))
        client.site.put(f"{REPORTS}/findings", index((f"{REPORTS}/arvenia", "Arvenia")))
        report = client.fetch()
        assert f"https://{name}/robots.txt cannot be read: {name} leads to" in report.failures[0]
        assert client.site.paths() == ["/robots.txt", f"{REPORTS}/findings", f"{REPORTS}/arvenia"]

    def test_redirects_inside_the_site_are_followed_and_recorded(self, client: Client) -> None:
        arvenia(client.site, ARVENIA_PDF)
        client.site.put(ARVENIA_PDF, Reply(status=301, headers={"Location": "/moved/a.pdf#page=2"}))
        client.site.put("/moved/a.pdf", pdf())
        assert client.fetch().failures == []
        record = json.loads((client.folder / "2024/arvenia.pdf.fetched.json").read_text(encoding="utf-8"))
        assert (record["address"], record["answered_by"]) == (client.url(ARVENIA_PDF), client.url("/moved/a.pdf"))

    def test_redirects_without_end(self, client: Client) -> None:
        client.site.put(f"{REPORTS}/arvenia", Reply(status=302, headers={"Location": f"{REPORTS}/arvenia"}))
        assert "is redirected more than 5 times" in self.failure(client)
        assert client.site.paths().count(f"{REPORTS}/arvenia") == 6

    def test_an_index_without_country_pages(self, site: Site, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        arvenia(site)
        client.fetch()
        site.put(f"{REPORTS}/findings", Reply(b"<html>Access denied</html>"))
        report = client.fetch()
        assert "links no country page" in report.failures[0]
        assert report.exit_code == 1
        assert "linked no more" not in caplog.text


class TestPolite:
    def test_it_waits_between_requests(self, site: Site, client: Client) -> None:
        arvenia(site, ARVENIA_PDF)
        site.put(ARVENIA_PDF, pdf())
        client.fetch()
        assert len(site.asked) == 4
        assert client.waits == [2.0, 2.0, 2.0]

    def test_and_longer_if_the_site_asks_for_it(self, site: Site, client: Client) -> None:
        arvenia(site)
        site.put("/robots.txt", Reply(b"User-agent: *\nCrawl-delay: 10\n", type="text/plain"))
        client.fetch()
        assert client.waits == [10.0, 10.0]

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
    def test_what_robots_txt_forbids_is_not_asked(self, site: Site, client: Client, mark: bytes) -> None:
        arvenia(site, ARVENIA_PDF)
        rules = mark + b"User-agent: ilab-findings\nDisallow: /*/tda2024/*.pdf$\n\nUser-agent: *\nDisallow: /\n"
        site.put("/robots.txt", Reply(rules, type="text/plain"))
        report = client.fetch()
        assert report.stored == ["2024/arvenia.html"]
        assert report.failures[0].endswith("robots.txt of the host does not allow it")
        assert ARVENIA_PDF not in site.paths()

    @pytest.mark.parametrize(
        ("status", "reason"), [(403, "the server refuses it (403 Forbidden)"), (500, "the server answered 500")]
    )
    def test_without_robots_txt_for_us_nothing_is_asked(
        self, site: Site, client: Client, status: int, reason: str
    ) -> None:
        arvenia(site)
        site.put("/robots.txt", Reply(status=status))
        report = client.fetch()
        assert f"{client.url('/robots.txt')} cannot be read: {reason}" in report.failures[0]
        assert set(site.paths()) == {"/robots.txt"}

    def test_a_site_that_refuses_programs_is_left_alone(self, site: Site, client: Client) -> None:
        names = ["Peru", "Ghana", "Nepal", "Kenya", "Togo"]
        site.put(f"{REPORTS}/findings", index(*((f"{REPORTS}/{name.lower()}", name) for name in names)))
        for name in names:
            site.put(f"{REPORTS}/{name.lower()}", Reply(b"<html>denied</html>", 403))
        report = client.fetch()
        assert len(report.failures) == 4
        assert report.failures[3].endswith(
            "refused 3 requests in a row, so it is asked for nothing more; 1 country pages were not asked for"
        )
        assert len([path for path in site.paths() if path.startswith(f"{REPORTS}/") and "findings" not in path]) == 3

    def test_trouble_that_passes_is_waited_for(self, site: Site, client: Client) -> None:
        arvenia(site)
        busy = Reply(status=503, headers={"Retry-After": "30"})
        site.put(f"{REPORTS}/arvenia", busy, Reply(status=429), page(2024))
        assert client.fetch().failures == []
        assert client.waits == [2.0, 2.0, 30.0, 60.0]

    def test_but_not_for_an_hour(self, site: Site, client: Client) -> None:
        arvenia(site)
        site.put(f"{REPORTS}/arvenia", Reply(status=503, headers={"Retry-After": "3600"}))
        assert "asks to wait 3600 s: try again later" in client.fetch().failures[0]
        assert site.paths().count(f"{REPORTS}/arvenia") == 1

    def test_a_download_that_trickles_ends(self, site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(web, "LONGEST_DOWNLOAD", -1.0)
        arvenia(site)
        assert "is not complete after" in client.fetch().failures[0]


def test_no_proxy_of_the_environment_is_used(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a proxy the address of the connection would be the proxy's, and nothing could be checked."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    arvenia(site)
    assert client.fetch().failures == []


def test_the_address_decides_not_the_name(site: Site) -> None:
    host = f"localhost:{site.port}"
    client = Web("me", frozenset({host}), frozenset(), {"page": 1000}, 0.0)
    with client, pytest.raises(NotFetched, match=r"localhost:.* leads to (127\.0\.0\.1|::1), which is no address"):
        client._ask(httpx.URL(f"https://{host}/"), "page", {})
    assert site.asked == []


class TestPublisher:
    def test_the_installed_one_asks_one_host_by_https(self) -> None:
        publisher = load(INSTALLED, Publisher, CannotFetch)
        assert (set(publisher.hosts), set(publisher.test_hosts)) == ({"www.dol.gov"}, set())
        assert all(address.startswith("https://www.dol.gov/") for address in publisher.index)
        assert publisher.chapter_pdf.search(f"{FILES}/tda2016/Panama2016Report.pdf")
        assert not publisher.chapter_pdf.search(f"{FILES}/tda2016/Panama.xlsx")

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"test_hosts": ["10.0.0.1:80"]}, "test_hosts: '10.0.0.1:80' is not this machine with a port"),
            ({"chapter_pdf": "("}, "chapter_pdf: '(' is no regular expression"),
            ({"chapter_pdf": "a"}, r"chapter_pdf: 'a' has no group (?P<year>…)"),
            ({"hosts": "www.dol.gov"}, "hosts: "),
            ({"host": []}, "host: Extra inputs are not permitted"),
            ({"agent": "me\r\nX: y"}, "agent: "),
        ],
    )
    def test_a_mistake_is_wrong_usage(self, client: Client, change: dict[str, Any], reason: str) -> None:
        client.folder.parent.mkdir(exist_ok=True)
        client.changes = change
        ended = CliRunner().invoke(app, ["fetch", "--to", str(client.folder), "--publisher", str(client.publisher())])
        assert ended.exit_code == 2
        assert reason in ended.output

    def test_a_file_that_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "list.yml").write_text("- a", encoding="utf-8")
        for path in (tmp_path / "list.yml", tmp_path / "nowhere.yml"):
            with pytest.raises(CannotFetch, match="cannot be used"):
                load(path, Publisher, CannotFetch)


def test_the_command_reports_and_gives_the_code(site: Site, client: Client) -> None:
    arvenia(site, ARVENIA_PDF)
    client.changes = {"seconds_between": 0}
    words = ["fetch", "--to", str(client.folder), "--publisher", str(client.publisher())]
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 1
    assert f"FAILED {client.url(ARVENIA_PDF)}" in ended.output
    assert "1 new files, 0 changed, 0 unchanged, 1 failures, 4 requests" in ended.output
    site.put(ARVENIA_PDF, pdf())
    assert CliRunner().invoke(app, words).exit_code == 0
    assert CliRunner().invoke(app, [*words, "--contact", "a\nb"]).exit_code == 2
    (client.folder / "file").write_text("")
    assert CliRunner().invoke(app, ["fetch", "--to", str(client.folder / "file")]).exit_code == 2


class TestFetchAndRun:
    """The flow without Prefect: which path is fetched to, and which state comes of the two reports."""

    @pytest.mark.parametrize(
        ("failures", "ran", "failed", "message"),
        [
            ([], True, False, "ran"),
            (
                ["a: gone"],
                True,
                True,
                "0 new files, 0 changed, 0 unchanged, 1 failures, 0 requests; ran",
            ),
            ([], False, True, "ran"),
            (["a: gone"], False, True, "ran"),
        ],
    )
    def test_its_state(
        self, monkeypatch: pytest.MonkeyPatch, failures: list[str], ran: bool, failed: bool, message: str
    ) -> None:
        from prefect.states import Completed, Failed

        from flows import pipeline
        from flows.request import Request

        asked: list[Any] = []

        class Fetched:
            def fetch(self, request: FetchRequest) -> FetchReport:
                asked.append(request)
                return FetchReport(failures=failures)

        def ingest(request: Request, return_state: bool) -> Any:
            asked.append(request)
            return (Completed if ran else Failed)(message="ran")

        monkeypatch.setattr(pipeline, "Tasks", Fetched)
        monkeypatch.setattr(pipeline, "ingest", ingest)
        request = Request(paths=(Path("raw"), Path("more")), years=(2024,), countries=("XAV",))
        state: Any = pipeline.fetch_and_run.fn(request)
        assert asked == [FetchRequest(to=Path("raw"), years=(2024,), countries=("XAV",)), request]
        assert (state.is_failed(), state.message) == (failed, message)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [({"not_chapters": "magazine"}, "valid tuple"), ({"largest_megabytes": {"page": 1}}, "no limit for pdf")],
)
def test_a_publisher_with_a_wrong_key_is_refused(wrong: dict[str, Any], reason: str) -> None:
    facts = yaml.safe_load(INSTALLED.read_text(encoding="utf-8"))
    with pytest.raises(ValidationError, match=reason):
        Publisher.model_validate(facts | wrong)


def test_a_page_may_say_what_its_links_are_relative_to() -> None:
    root = html.fromstring('<base href="/reports/"><a href="arvenia">Arvenia</a>')
    assert [link.address for link in links(root, "https://example.org/a/b")] == ["https://example.org/reports/arvenia"]
