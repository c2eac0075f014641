"""The protocol itself, as a chart: what the traces of all its branches have in common, and where they part."""
