"""``make bench``: this stack beside its peers, both sides in memory, in one run, as ratios.

:mod:`bench.rows` is the table of what is measured against what; to measure one thing more, add a row there.
"""
