"""Bytes to values and back: the presentation language of RFC 5246, section 4. Knows no TLS state."""
