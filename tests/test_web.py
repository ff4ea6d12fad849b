"""The client of ``findings fetch``: which addresses are public, what robots.txt allows, what an answer is."""

from __future__ import annotations

import httpx
import pytest

from flows.web import Download, HostClosed, NotFetched, Robots, is_public


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("127.0.0.2", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d70e", True),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


ROBOTS = """\
# of the played site
User-agent: one
User-agent: Two
Disallow: /a/
Allow: /a/b
Disallow: /*.pdf$
Disallow: /q?x=*&y

User-agent: *
Disallow:
Crawl-delay: 0.5
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/a/", False),
        ("/a/c", False),
        ("/a/b/c", True),
        ("/%61/c", False),
        ("/x.pdf", False),
        ("/x.pdf?y", True),
        ("/.pdf.pdf", False),
        ("/q?x=1&y=2", False),
        ("/q?x=1", True),
    ],
)
def test_robots(path: str, allowed: bool) -> None:
    assert Robots.of(ROBOTS, "two").allows(path) is allowed
    assert Robots.of(ROBOTS, "other").allows(path)
    assert Robots.of(ROBOTS, "other").delay == 0.5


def test_an_answer_knows_its_type() -> None:
    assert Download("", 200, httpx.Headers({"Content-Type": "Text/HTML; charset=x"})).type == "text/html"
    assert issubclass(HostClosed, NotFetched)
