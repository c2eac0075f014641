"""TLS 1.2: figures 1 and 2 of RFC 5246, a column a file."""
