"""Bad and odd files, each made from the invented chapter, with the verdict that a run must come to.

A verdict is one of three: the file fails with a reason; it is published whole, with the same rows as the sound chapter
and no new warning; it is published with findings that say what is wrong. Never a silently short table.
"""

from __future__ import annotations

from tests.bad_inputs import pdfs, places, texts
from tests.verdicts import Kind, Look, look, sound

KINDS: tuple[Kind, ...] = (*pdfs.KINDS, *texts.KINDS, *places.KINDS)

__all__ = ["KINDS", "Kind", "Look", "look", "sound"]
