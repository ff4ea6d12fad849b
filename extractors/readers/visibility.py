"""What a viewer does not show of a page: layers that are off, transparent or clipped content, paper-white colours.

Neither pdfminer nor pdfplumber knows any of it: they return such text like any other. The fast reader asks here while
it runs through the content stream.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1, stream_value
from pdfminer.psparser import literal_name

from extractors.readers.content import Box, GlyphRun
from extractors.readers.tolerances import TOLERANCE

UNPAINTED = {3, 7}  # text rendering modes that paint nothing
FILLING = {0, 2, 4, 6}
STROKING = {1, 2, 5, 6}
PAINTS = re.compile(rb"(?<![\w/])(?:f\*?|F|B\*?|b\*?|S|s|Do|sh|EI|Tj|TJ|'|\")(?!\w)")
MOST_NESTED = 8  # levels of expressions within a layer's conditions, and of colour spaces within each other


class Showing(NamedTuple):
    """The part of the graphics state that decides whether something is shown.

    ``mode`` is the text rendering mode, ``fill`` and ``stroke`` are opacities from 0 to 1, ``plain`` says that colours
    replace what lies below them (no blend mode, no soft mask), ``clip`` is the box to which painting is limited.
    """

    mode: int = 0
    fill: float = 1.0
    stroke: float = 1.0
    plain: bool = True
    clip: Box | None = None

    def why_hidden(self) -> str:
        """Why text painted now cannot be seen; empty if it can. The clip is not looked at."""
        if self.mode in UNPAINTED:
            return "mode"
        inked = (self.mode in FILLING and self.fill > 0) or (self.mode in STROKING and self.stroke > 0)
        return "" if inked else "transparent"

    def with_parameters(self, parameters: Mapping[str, Any]) -> Showing:
        """The state after an operator ``gs`` with this dictionary."""
        new = self
        if "ca" in parameters:
            new = new._replace(fill=number(parameters["ca"], new.fill))
        if "CA" in parameters:
            new = new._replace(stroke=number(parameters["CA"], new.stroke))
        if "BM" in parameters or "SMask" in parameters:
            mode, mask = resolve1(parameters.get("BM")), resolve1(parameters.get("SMask"))
            mode = resolve1(mode[0]) if isinstance(mode, list) and mode else mode
            blends = mode is not None and literal_name(mode) not in {"Normal", "Compatible"}
            masked = mask is not None and not (hasattr(mask, "name") and literal_name(mask) == "None")
            new = new._replace(plain=not blends and not masked)
        return new

    def within(self, box: Box) -> Showing:
        """The state after the clip has been narrowed to this box."""
        return self._replace(clip=box if self.clip is None else overlap(self.clip, box))


PLAIN = Showing()


def number(value: Any, before: float) -> float:
    value = resolve1(value)
    return float(value) if isinstance(value, int | float) else before


def overlap(one: Box, other: Box) -> Box:
    """The area that two boxes share; its right or bottom edge lies before the left or top one if they share none."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


# ---------------------------------------------------------------------------------------------- layers


class Layers:
    """The layers (optional content groups) of a file that its default configuration switches off."""

    def __init__(self, catalog: Mapping[str, Any]) -> None:
        properties = resolve1(catalog.get("OCProperties"))
        setting = resolve1(properties.get("D")) if isinstance(properties, dict) else None
        setting = setting if isinstance(setting, dict) else {}
        self.none_off = not setting
        base = resolve1(setting.get("BaseState"))
        self.base_off = base is not None and literal_name(base) == "OFF"
        self.on, self.off = (ids_of(setting.get(name)) for name in ("ON", "OFF"))

    def hides(self, group: Any, depth: int = 0) -> bool:
        """Whether content of this group, or of these groups (OCMD), is not shown. ``group`` may be a reference."""
        if self.none_off or depth > MOST_NESTED:
            return False
        entries = resolve1(group)
        if not isinstance(entries, dict):
            return False
        kind = resolve1(entries.get("Type"))
        if kind is None or literal_name(kind) != "OCMD":
            identity = getattr(group, "objid", None)
            return identity in self.off or (self.base_off and identity not in self.on)
        expression = resolve1(entries.get("VE"))
        if isinstance(expression, list):
            return not self.holds(expression, depth + 1)
        hidden = [self.hides(member, depth + 1) for member in members_of(entries)]
        shown = {"AllOn": not any(hidden), "AnyOff": any(hidden), "AllOff": all(hidden)}
        policy = literal_name(resolve1(entries["P"])) if "P" in entries else "AnyOn"
        return bool(hidden) and not shown.get(policy, not all(hidden))

    def holds(self, expression: Sequence[Any], depth: int) -> bool:
        """Whether a visibility expression (``And``, ``Or``, ``Not`` over groups and expressions) is true."""
        if depth > MOST_NESTED or not expression:
            return True
        values = []
        for part in expression[1:]:
            inner = resolve1(part)
            values.append(self.holds(inner, depth + 1) if isinstance(inner, list) else not self.hides(part, depth + 1))
        kind = literal_name(resolve1(expression[0]))
        return not any(values) if kind == "Not" else any(values) if kind == "Or" else all(values)


def members_of(entries: Mapping[str, Any]) -> list[Any]:
    """The groups, or references to them, of a dictionary that makes one condition of several layers (OCMD)."""
    groups = entries.get("OCGs")
    listed = resolve1(groups)
    members = listed if isinstance(listed, list) else [groups]
    return [member for member in members if resolve1(member) is not None]


def ids_of(references: Any) -> set[int]:
    """The object numbers of a list of references."""
    return {ref.objid for ref in list_value(references or []) if isinstance(ref, PDFObjRef)}


# ---------------------------------------------------------------------------------------------- colours


def is_paper(space: Any, parts: Sequence[float], depth: int = 0) -> bool | None:
    """Whether a colour of this colour space is the white of paper; None if its numbers alone show it.

    ``space`` is the entry of the page's resources. A tint of 0 is paper in any ink; a tint of 1 is not white, although
    its number is that of white in grey.
    """
    space = resolve1(space)
    if not isinstance(space, list) or not space or depth > MOST_NESTED:
        return None
    kind = literal_name(resolve1(space[0]))
    if kind == "Lab":
        light, *tones = parts
        return light >= 100 * TOLERANCE.white and all(abs(tone) <= 100 * (1 - TOLERANCE.white) for tone in tones)
    if kind == "Indexed":
        inner = indexed(space, int(parts[0]))
        return inner is not None and is_white_in(space[1], inner, depth + 1)
    if kind in {"Separation", "DeviceN"}:
        ends = tint_ends(resolve1(space[3])) if kind == "Separation" else None
        if ends:
            mixed = [low + parts[0] * (high - low) for low, high in zip(*ends, strict=True)]
            return is_white_in(space[2], mixed, depth + 1)
        return all(part <= 1 - TOLERANCE.white for part in parts)
    return None


def is_white_in(space: Any, parts: Sequence[float], depth: int) -> bool:
    """Whether a colour is white in a colour space of any kind."""
    found = is_paper(space, parts, depth)
    return is_white(tuple(parts)) if found is None else found


def indexed(space: Sequence[Any], index: int) -> list[float] | None:
    """The colour that an indexed colour space holds at an index, in its base colour space; None if it holds none."""
    table = resolve1(space[3])
    data = table.get_data() if isinstance(table, PDFStream) else table
    size = components(space[1])
    if not isinstance(data, bytes) or not size or not 0 <= index < len(data) // size:
        return None
    return [byte / 255 for byte in data[index * size : (index + 1) * size]]


def components(space: Any) -> int:
    """How many parts a colour of this colour space has; 0 if that is not known."""
    space = resolve1(space)
    if isinstance(space, list) and space:
        kind = literal_name(resolve1(space[0]))
        if kind == "ICCBased":
            return int(stream_value(space[1]).get("N", 0))
    else:
        kind = literal_name(space) if space is not None else ""
    return {"DeviceGray": 1, "CalGray": 1, "DeviceRGB": 3, "CalRGB": 3, "DeviceCMYK": 4}.get(kind, 0)


def tint_ends(function: Any) -> tuple[list[float], list[float]] | None:
    """The colours at tint 0 and at tint 1, if the function is a plain mixture of the two (type 2); else None."""
    entries = function.attrs if isinstance(function, PDFStream) else function
    if not isinstance(entries, dict) or resolve1(entries.get("FunctionType")) != 2:
        return None
    low = [float(resolve1(part)) for part in list_value(entries.get("C0", [0]))]
    high = [float(resolve1(part)) for part in list_value(entries.get("C1", [1]))]
    return (low, high) if len(low) == len(high) else None


def is_white(color: Any) -> bool:
    """Whether a colour in grey, RGB or CMYK is white. No colour means the default, black; a pattern is never white."""
    if color is None or isinstance(color, str):
        return False
    parts = color if isinstance(color, Sequence) else (color,)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    if len(parts) == 4:  # CMYK: shares of ink
        return all(part <= 1 - TOLERANCE.white for part in parts)
    return all(part >= TOLERANCE.white for part in parts)


# ---------------------------------------------------------------------------------------------- glyphs


def clipped(run: GlyphRun, clip: Box) -> list[GlyphRun]:
    """A run cut where it enters or leaves the area to which painting is limited; what lies outside is hidden."""
    x0, top, x1, bottom = clip
    inside = top <= (run.top + run.bottom) / 2 <= bottom
    shown = [inside and x0 <= (left + right) / 2 <= x1 for left, right in zip(run.x0, run.x1, strict=True)]
    parts: list[GlyphRun] = []
    at = 0
    for seen, same in itertools.groupby(shown):
        end = at + len(list(same))
        part = replace(run, texts=run.texts[at:end], x0=run.x0[at:end], x1=run.x1[at:end])
        part.hidden = run.hidden or ("" if seen else "clip")
        parts.append(part)
        at = end
    return parts


def hide_empty(runs: list[GlyphRun], empty: Sequence[bool]) -> None:
    """Hide those of the last glyphs on the page that paint nothing. Each of the glyphs becomes a run of its own."""
    glyphs: list[GlyphRun] = []
    while len(glyphs) < len(empty):
        run = runs.pop()
        glyphs[:0] = [
            replace(run, texts=[text], x0=[x0], x1=[x1]) for text, x0, x1 in zip(run.texts, run.x0, run.x1, strict=True)
        ]
    for glyph, unseen in zip(glyphs, empty, strict=True):
        glyph.hidden = glyph.hidden or ("empty glyph" if unseen else "")
    runs += glyphs


def empty_glyphs(font: Any) -> frozenset[int]:
    """The codes of a Type 3 font (its dictionary in the file) whose glyphs are drawn by streams that paint nothing.

    A code without a stream is not among them: pdfminer gives no way to tell it from one with a standard name.
    """
    entries = dict_value(font)
    procedures = dict_value(entries.get("CharProcs") or {})
    encoding = resolve1(entries.get("Encoding"))
    names = names_of(list_value(encoding.get("Differences", []))) if isinstance(encoding, dict) else {}
    return frozenset(
        code
        for code, name in names.items()
        if name in procedures and not PAINTS.search(stream_value(procedures[name]).get_data())
    )


def names_of(differences: Iterable[Any]) -> dict[int, str]:
    """Code -> glyph name of an encoding's list of differences."""
    names: dict[int, str] = {}
    code = 0
    for entry in map(resolve1, differences):
        if isinstance(entry, int):
            code = entry
        else:
            names[code] = literal_name(entry)
            code += 1
    return names
