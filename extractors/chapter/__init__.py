"""Turn a Chapter into the records of the output tables."""
