"""The reference list of a chapter, and the citations that point at it."""
