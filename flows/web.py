"""A polite and suspicious HTTP client for ``findings fetch``.

It asks only hosts of an allow-list, follows robots.txt, waits between requests, and reads no answer that is too large,
of another type or not complete. A name that leads to an address of a private network is refused after the connection
is made and before a byte is sent, so a name server that answers differently the second time changes nothing.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import ssl
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Any, Literal
from urllib.parse import unquote

import httpx

Kind = Literal["page", "pdf", "robots"]
TYPES: Mapping[Kind, tuple[str, ...]] = {
    "page": ("text/html", "application/xhtml+xml"),
    "pdf": ("application/pdf", "application/x-pdf", "application/octet-stream", "binary/octet-stream"),
    "robots": (),
}
NAMES: Mapping[Kind, str] = {"page": "page", "pdf": "PDF", "robots": "robots.txt"}
LARGEST_ROBOTS = 500_000  # bytes; RFC 9309 asks for at least as much
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5
ATTEMPTS = 3
FIRST_DELAY = 5.0  # seconds before the second attempt; doubled before the third
LONGEST_DELAY = 120.0  # seconds that a host may ask to wait
LONGEST_DOWNLOAD = 600.0  # seconds for one answer
TIMEOUT = httpx.Timeout(30.0)  # seconds to connect, and between two blocks
MOST_REFUSALS = 3  # in a row; then the host is asked no more
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotFetched(Exception):
    """An address gave nothing that can be kept; the message says why."""


class HostClosed(NotFetched):
    """The host refuses programs, so it is asked for nothing more."""


@dataclass(frozen=True)
class Download:
    """What an address gave. ``status`` is 200, or 304 without content if it is as it was.

    ``address`` is the one after redirects. ``whole``: the server announced where the content ends, and it ended there.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    content: bytes = b""
    whole: bool = False

    @property
    def type(self) -> str:
        """The content type in small letters, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Robots:
    """The rules of a robots.txt for one agent (RFC 9309). ``delay``: seconds between requests that it asks for;
    ``unread``: why it could not be read, in which case nothing is allowed."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0
    unread: str = ""

    @classmethod
    def of(cls, text: str, agent: str) -> Robots:
        """Read a robots.txt: the groups of ``agent``, or those of ``*`` if it is not named.

        >>> Robots.of("User-agent: *\\nDisallow: /private/*.pdf$", "me").allows("/private/a.pdf")
        False
        """
        groups: dict[str, list[tuple[str, str]]] = {}
        names: list[str] = []
        in_rules = False
        for line in text.splitlines():
            key, colon, value = line.partition("#")[0].partition(":")
            key, value = key.strip().lower(), value.strip()
            if colon and key == "user-agent":
                names = [*([] if in_rules else names), value.lower()]
                in_rules = False
                groups.setdefault(value.lower(), [])
            elif colon and key in ("allow", "disallow", "crawl-delay"):
                in_rules = True
                for name in names:
                    groups[name].append((key, value))
        own = groups.get(agent.lower(), groups.get("*", []))
        delays = [float(value) for key, value in own if key == "crawl-delay" and value.replace(".", "", 1).isdecimal()]
        return cls(
            tuple((unquote(value), key == "allow") for key, value in own if key != "crawl-delay" and value),
            min(max(delays, default=0.0), LONGEST_DELAY),
        )

    def allows(self, path: str) -> bool:
        """Whether a path, with its query, may be asked for: the longest rule that fits decides."""
        path = unquote(path)
        fitting = [(len(rule), allowed) for rule, allowed in self.rules if _fits(rule, path)]
        return max(fitting, default=(0, True))[1]


def _fits(rule: str, path: str) -> bool:
    """Whether a rule fits the beginning of a path; ``*`` is any text, ``$`` the end, and no other sign is special."""
    pattern = re.sub(r"[?\[]", r"[\g<0>]", rule.removesuffix("$"))
    return fnmatchcase(path, pattern if rule.endswith("$") else f"{pattern}*")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; of an IPv6 address, the IPv4 address inside it counts.

    >>> [is_public(one) for one in ("8.8.8.8", "10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::a00:1")]
    [True, False, False, False, False]
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        if found in NAT64:
            inside.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        given = [one for one in inside if one is not None]
        if given:
            return all(one.is_global and not one.is_multicast for one in given)
    return found.is_global and not found.is_multicast


@functools.cache
def _certificates() -> ssl.SSLContext:
    """The certificates that a server's own is checked against; loading them takes a while."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass
class Web:
    """The client. ``hosts`` are asked by https, with their port if they have one; ``test_hosts`` are on this machine.

    ``largest``: bytes of an answer by its kind. ``seconds_between``: the shortest time between two requests to one
    host. ``wait`` and ``clock`` are those of the machine; a test gives its own.
    """

    agent: str
    hosts: frozenset[str]
    test_hosts: frozenset[str]
    largest: Mapping[Kind, int]
    seconds_between: float
    identification: str = ""
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    requests: int = 0
    _robots: dict[str, Robots] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)
    _refusals: Counter[str] = field(default_factory=Counter)
    _client: Any = None

    def __enter__(self) -> Web:
        # Settings of the environment are not used: with a proxy, the address of the connection would be the proxy's.
        headers = {"User-Agent": self.identification or self.agent, "Accept-Encoding": "identity"}
        self._client = httpx.Client(
            headers=headers, timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=_certificates()
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, address: str, kind: Kind, known: Mapping[str, str] | None = None) -> Download:
        """What an address gives. ``known``: headers of a conditional request (``If-None-Match``).

        Raises :class:`NotFetched`, and :class:`HostClosed` where the host is to be asked for nothing more.
        """
        here = address
        for _ in range(MOST_REDIRECTS + 1):
            url = self.allowed(here)
            if kind != "robots":
                self._require_robots(url)
            answer = self._ask(url, kind, known or {})
            if answer.status not in REDIRECTS:
                return self._good(answer, kind, url)
            target = answer.headers.get("location", "")
            try:
                here = str(url.join(target).copy_with(fragment=None))
            except (httpx.InvalidURL, ValueError) as error:
                raise NotFetched(f"is redirected to {target[:200]!r}, which is no address") from error
        raise NotFetched(f"is redirected more than {MOST_REDIRECTS} times")

    def allowed(self, address: str) -> httpx.URL:
        """The address, if its host is in the allow-list and its scheme is https. Raises :class:`NotFetched`."""
        try:
            url = httpx.URL(address)
            place = url.netloc.decode("ascii").lower()
        except (httpx.InvalidURL, ValueError) as error:
            raise NotFetched(f"{address[:200]!r} is no address") from error
        if url.userinfo:
            raise NotFetched("an address with a user name is not asked")
        if url.scheme in ("http", "https") and place in self.test_hosts:
            return url
        if url.scheme != "https":
            raise NotFetched(f"{url.scheme}://{place or url.path[:80]} is not asked: only https is")
        if place not in self.hosts:
            raise NotFetched(f"{place} is not asked: it is not in the allow-list of hosts")
        return url

    def _require_robots(self, url: httpx.URL) -> None:
        place = f"{url.scheme}://{url.netloc.decode('ascii').lower()}"
        if place not in self._robots:
            self._robots[place] = self._read_robots(place)
        robots = self._robots[place]
        if robots.unread:
            raise HostClosed(
                f"nothing is asked of this host, because {place}/robots.txt cannot be read: {robots.unread}"
            )
        if not robots.allows(url.raw_path.decode("ascii")):
            raise NotFetched("robots.txt of the host does not allow it")

    def _read_robots(self, place: str) -> Robots:
        """The rules of a host: all is allowed without a file (404), nothing where the host refuses or fails."""
        try:
            answer = self.get(f"{place}/robots.txt", "robots")
        except MissingPage:
            return Robots()
        except NotFetched as error:
            return Robots(unread=str(error))
        return Robots.of(answer.content.decode("utf-8-sig", "replace"), self.agent)

    def _ask(self, url: httpx.URL, kind: Kind, known: Mapping[str, str]) -> Download:
        """One request, tried again where the trouble may pass."""
        host = url.netloc.decode("ascii").lower()
        if self._refusals[host] >= MOST_REFUSALS:
            raise HostClosed(f"{host} refused {MOST_REFUSALS} requests in a row, so it is asked for nothing more")
        reason, delay = "", FIRST_DELAY
        for attempt in range(ATTEMPTS):
            if attempt:
                self.wait(delay)
                delay *= 2
            try:
                answer = self._once(url, host, kind, known)
            except httpx.TransportError as error:
                reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                continue
            if answer.status != 429 and answer.status < 500:
                return answer
            reason = f"the server answered {_status(answer.status)}"
            delay = max(delay, asked := _seconds(answer.headers.get("retry-after", "")))
            if asked > LONGEST_DELAY:
                raise HostClosed(f"{reason} and asks to wait {asked:.0f} s: try again later")
        raise NotFetched(f"{reason} ({ATTEMPTS} attempts)")

    def _once(self, url: httpx.URL, host: str, kind: Kind, known: Mapping[str, str]) -> Download:
        self._be_polite(host, url)
        self.requests += 1
        guard = {"trace": self._guard(host)}
        with self._client.stream("GET", url, headers=dict(known), extensions=guard) as response:
            answer = Download(str(url), response.status_code, response.headers)
            if response.status_code != 200:
                return answer
            self._require_kind(answer, kind)
            content = self._read(response, kind)
            announced = "content-length" in response.headers or "transfer-encoding" in response.headers
            return Download(str(url), 200, response.headers, content, announced)

    def _be_polite(self, host: str, url: httpx.URL) -> None:
        """Wait until the host may be asked again."""
        robots = self._robots.get(f"{url.scheme}://{host}", Robots())
        if host in self._asked:
            rest = self._asked[host] + max(self.seconds_between, robots.delay) - self.clock()
            if rest > 0:
                self.wait(rest)
        self._asked[host] = self.clock()

    def _guard(self, host: str) -> Callable[[str, dict[str, Any]], None]:
        """Looks at each new connection, before anything is sent over it: where does it really go?"""

        def check(event: str, info: dict[str, Any]) -> None:
            if event != "connection.connect_tcp.complete":
                return
            stream = info["return_value"]
            address = str(stream.get_extra_info("server_addr")[0])
            is_local = ipaddress.ip_address(address.partition("%")[0]).is_loopback
            if not (is_local if host in self.test_hosts else is_public(address)):
                stream.close()
                raise NotFetched(f"{host} leads to {address}, which is no address that may be asked")

        return check

    def _require_kind(self, answer: Download, kind: Kind) -> None:
        """Raise :class:`NotFetched` for an answer that is not what the address promises, before it is read."""
        if answer.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            raise NotFetched(f"is packed ({answer.headers['content-encoding']}), although it was asked for as it is")
        if TYPES[kind] and answer.type not in TYPES[kind]:
            raise NotFetched(f"a {NAMES[kind]} was expected, the server sent {answer.type or 'no content type'}")
        size = answer.headers.get("content-length", "")
        if size.isdecimal() and int(size) > self._largest(kind):
            raise NotFetched(self._too_large(kind))

    def _read(self, response: httpx.Response, kind: Kind) -> bytes:
        content = bytearray()
        ends = self.clock() + LONGEST_DOWNLOAD
        for block in response.iter_raw():
            content += block
            if len(content) > self._largest(kind):
                raise NotFetched(self._too_large(kind))
            if self.clock() > ends:
                raise NotFetched(f"is not complete after {LONGEST_DOWNLOAD:.0f} s")
        return bytes(content)

    def _largest(self, kind: Kind) -> int:
        return self.largest.get(kind, LARGEST_ROBOTS)

    def _too_large(self, kind: Kind) -> str:
        return f"is larger than {self._largest(kind) / 1_000_000:g} MB, the limit for a {NAMES[kind]}"

    def _good(self, answer: Download, kind: Kind, url: httpx.URL) -> Download:
        """The answer, if it has what was asked for. Raises :class:`NotFetched`."""
        host = url.netloc.decode("ascii").lower()
        if answer.status in (401, 403):
            self._refusals[host] += kind != "robots"
            raise NotFetched(f"the server refuses it ({_status(answer.status)})")
        self._refusals[host] = 0
        if 400 <= answer.status < 500:
            raise MissingPage(f"the server answered {_status(answer.status)}")
        if answer.status not in (200, 304):
            raise NotFetched(f"the server answered {_status(answer.status)}")
        return answer


class MissingPage(NotFetched):
    """The server says that there is nothing at the address."""


def _status(code: int) -> str:
    return f"{code} {httpx.codes.get_reason_phrase(code)}".strip()


def _seconds(retry_after: str) -> float:
    """The seconds of a header Retry-After, which holds a number or a date; 0 if it cannot be read."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (TypeError, ValueError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
