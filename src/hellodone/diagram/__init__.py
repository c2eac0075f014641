"""Charts: a trace as rows, and rows in the notations that people draw sequence charts in."""
