"""The contestants. All have the same shape (:mod:`bench.parties.party`), so that a row can name any of them."""
