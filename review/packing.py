"""Packs the content of a page, or rows for a script, into text.

A page that is opened from disk may load scripts but no data, so compressed data are text in a script or in the page
itself. They are compressed with Zstandard, which ``fzstd.js`` unpacks in the browser, and written with 7 bits in each
character (Base64 has 6).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

UNSAFE = (0, 10, 13, 34, 38, 92)
"""Codes of characters that a quoted attribute or string cannot hold. The next character carries their 7 bits too."""
_PLACES = np.full(128, -1, dtype=np.int16)
_PLACES[list(UNSAFE)] = range(len(UNSAFE))
LEVEL = 11
"""Level of compression. 15 would save 2 % and need four times as long."""


def packed(data: bytes) -> bytes:
    """Return data compressed, as UTF-8 that can stand between double quotes in HTML and in a script.

    The number of compressed bytes and a colon come first.
    """
    compressed = pa.Codec("zstd", compression_level=LEVEL).compress(data, asbytes=True)
    return b"%d:" % len(compressed) + _characters(compressed)


def packed_json(value: Any) -> bytes:
    """Return a value as JSON, packed."""
    return packed(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def unpacked(text: str) -> bytes:
    """Return the data that :func:`packed` made into a text."""
    size, _, characters = text.partition(":")
    codes = np.frombuffer(characters.encode("utf-16-le"), dtype="<u2")
    wide = codes > 127
    groups = np.repeat(codes, 1 + wide)
    first = (np.cumsum(1 + wide) - 2)[wide]
    groups[first] = np.array(UNSAFE)[(codes[wide] >> 7) - 2]
    bits = np.unpackbits((groups & 127).astype(np.uint8)[:, None], axis=1)[:, 1:]
    stream = pa.BufferReader(np.packbits(bits)[: int(size)].tobytes())
    return bytes(pa.CompressedInputStream(stream, "zstd").read())


def joined(parts: Mapping[str, bytes]) -> bytes:
    """Return a script with several packed texts, each with its name. They are compressed together."""
    head = " ".join(f"{name}:{len(part)}" for name, part in parts.items())
    return b'globalThis.findingsParts = "%s";\n' % packed(head.encode() + b"\n" + b"".join(parts.values()))


def parted(script: str) -> dict[str, bytes]:
    """Return the texts of a script of :func:`joined` by name."""
    head, _, rest = unpacked(script.split('"')[1]).partition(b"\n")
    parts: dict[str, bytes] = {}
    for entry in head.decode().split():
        name, _, size = entry.partition(":")
        parts[name], rest = rest[: int(size)], rest[int(size) :]
    return parts


def _characters(data: bytes) -> bytes:
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8))
    bits = np.append(bits, np.zeros(-len(bits) % 7 + 7, dtype=np.uint8))  # the last group has a next one
    codes = (np.packbits(bits.reshape(-1, 7), axis=1) >> 1).ravel().astype("<u2")
    places = _PLACES[codes]
    pairs: list[int] = []
    for at in np.flatnonzero(places >= 0).tolist():
        if at + 1 < len(codes) and not (pairs and pairs[-1] == at - 1):
            pairs.append(at)
    joined = np.array(pairs, dtype=np.intp)
    codes[joined] = (places[joined] + 2) * 128 + codes[joined + 1]
    last = len(codes) - 1 not in (joined + 1)
    kept = np.delete(codes, np.append(joined + 1, len(codes) - 1) if last else joined + 1)
    return kept.tobytes().decode("utf-16-le").encode()
