"""Code points of TLS and their names: versions, suites, groups, signatures, extensions (RFC 8446, 11; RFC 8447)."""
