"""Bytes -> text: which encoding a raw text has, and files that are no text at all."""

from __future__ import annotations

import codecs
import re

from extractors.model import Issue, UnreadableSource

FOREIGN = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive (such as .docx)",
    b"\xd0\xcf\x11\xe0": "an office document (such as .doc)",
    b"{\\rtf": "an RTF document",
    **dict.fromkeys((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"), "a picture"),
}
"""First bytes of files that are no text: of which kind they are."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")
MOST_CONTROL = 0.005  # share of control characters; a file with more is binary


def decode(data: bytes, name: str) -> tuple[str, list[Issue]]:
    """Decode the bytes of a file; return its text, and a finding if its encoding had to be guessed.

    A byte order mark or zero bytes decide for UTF-16 or UTF-32. Otherwise the text is UTF-8, or else Windows-1252:
    the few accented names of an English text are not enough to choose among all code pages. Single bytes that break
    valid UTF-8 (two files joined together) are read as Windows-1252. Raises :class:`UnreadableSource` for a file that
    is empty, binary, or damaged; ``name`` is the file in that message.
    """
    if not data.strip():
        raise UnreadableSource(name, "is empty")
    for magic, kind in FOREIGN.items():
        if data.startswith(magic):
            raise UnreadableSource(name, f"is {kind}, not a text")
    try:
        encoding = unicode_encoding(data)
        text = data.decode(encoding) if encoding else ""
    except UnicodeDecodeError as error:
        raise UnreadableSource(name, f"is damaged ({error.encoding}: {error.reason} at byte {error.start})") from error
    issues: list[Issue] = []
    if not encoding:
        text, message = decode_bytes(data)
        if message:
            issues.append(Issue("text_encoding", "info", message))
    if len(CONTROL.findall(text)) > MOST_CONTROL * len(text):
        raise UnreadableSource(name, "is binary, not a text")
    return text, issues


def unicode_encoding(data: bytes) -> str:
    """The encoding by its byte order mark, or UTF-16 if every second byte is zero; empty if neither is there."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return encoding
    sample = data[: len(data) // 2 * 2][:4096]
    zeros = [sample[start::2].count(0) / max(1, len(sample) // 2) for start in (0, 1)]
    if min(zeros) < 0.05 and max(zeros) > 0.6:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return ""


def decode_bytes(data: bytes) -> tuple[str, str]:
    """Decode as UTF-8, or as Windows-1252 with a message about it; the message is empty for UTF-8."""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        import ftfy.bad_codecs  # noqa: F401  # here, for a PDF needs it not; registers the codec sloppy-windows-1252
    stray: list[bytes] = []

    def as_windows(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        stray.append(data[error.start : error.start + 1])
        return stray[-1].decode("sloppy-windows-1252"), error.start + 1

    codecs.register_error("findings.windows", as_windows)
    mixed = data.decode("utf-8", "findings.windows")
    sound = sum(ord(char) > 127 for char in mixed) - len(stray)
    if sound > len(stray):
        return mixed, f"{len(stray)} bytes are not UTF-8 and were read as Windows-1252: {b''.join(stray)[:40]!r}"
    return data.decode("sloppy-windows-1252"), "the file is not UTF-8 and was read as Windows-1252"
