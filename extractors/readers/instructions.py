"""The grammar of content streams: whole instructions, the parts of an array of strings, and the bytes of a string.

Every unbounded repeat in the expressions is possessive, so that no stream can make them backtrack.
"""

from __future__ import annotations

import re

NUMBER = rb"[-+]?(?:\d{1,30}+(?:\.\d{0,30}+)?|\.\d{1,30}+)(?!\d)"
NAME = rb"/[^\s\x00#/%\[\]()<>{}]*+"
STRING = rb"\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+\)"
HEX = rb"<[0-9A-Fa-f\s]*+>"
END = rb"(?=[\s/%\[\]()<>{}]|\Z)"
PAIRS = (
    rb"<<(?:\s*+"
    + NAME
    + rb"\s*+(?:%s|%s|%s|%s|\[[^\[\]()<>%%{}]*+\]|true|false))*+\s*+>>" % (*(NAME, STRING, HEX, NUMBER + END),)
)

INSTRUCTION = re.compile(
    rb"((?:%(number)s\s++)*+)([A-Za-z][A-Za-z0-9]*+\*?)%(end)s"  # 1 operands, 2 operator
    rb"|\[((?:[^\[\]()<>\\%%{}/]++|%(string)s|%(hex)s)*+)\]\s*+TJ%(end)s"  # 3 strings and numbers
    rb"|(%(string)s|%(hex)s)\s*+(?:Tj%(end)s|('))"  # 4 string, 5 whether it stands on a new line
    rb"|(?:/OC\s*+/([^\s\x00#/%%\[\]()<>{}]*+)|%(name)s\s*+(?:%(pairs)s|%(name)s))\s*+(?:(BDC)|DP)%(end)s"  # 6 layer, 7
    rb"|/([^\s\x00#/%%\[\]()<>{}]*+)\s*+(?:(%(number)s)\s++)?([A-Za-z]++)%(end)s"  # 8 name, 9 number, 10 operator
    rb"|\[[\d\s.+-]*+\]\s*+%(number)s\s++d%(end)s"
    rb"|%%[^\r\n]*+"
    rb"|(\S).*+"  # 11 anything else, with all that follows
    % {b"number": NUMBER, b"name": NAME, b"string": STRING, b"hex": HEX, b"end": END, b"pairs": PAIRS},
    re.S,
)
PIECE = re.compile(rb"(%s)|(%s)|(%s)|(\S).*+" % (STRING, NUMBER, HEX), re.S)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.S)
ESCAPED = {b"b": b"\b", b"t": b"\t", b"n": b"\n", b"f": b"\f", b"r": b"\r", b"(": b"(", b")": b")", b"\\": b"\\"}


class Unsure(Exception):
    """The fast reader does not support something on the page; the message names it."""


def unescape(found: re.Match[bytes]) -> bytes:
    """The bytes that an escape sequence stands for."""
    text = found[1]
    if text[:1].isdigit() and text[:1] < b"8":
        code = int(text, 8)
        if code > 255:
            raise Unsure("an impossible octal code")
        return bytes((code,))
    if text == b"\r\n":  # pdfminer reads these two bytes in two ways, depending on its buffer
        raise Unsure("a string broken between lines")
    return ESCAPED.get(text, b"")


def unhex(digits: bytes) -> bytes:
    """The bytes of a string in hexadecimal digits; pdfminer reads a last single digit as a number of its own."""
    plain = digits[1:-1].translate(None, b" \t\n\r\f\v")
    even = len(plain) // 2 * 2
    return bytes.fromhex(plain[:even].decode()) + (bytes((int(plain[even:], 16),)) if plain[even:] else b"")
