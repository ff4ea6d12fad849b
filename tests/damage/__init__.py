"""Damage to chapters, for tests: to whole files at random (``files``), to what a page draws (``pages``, ``parts``)."""
