"""The record protocol (RFC 5246, 6): framing, fragments, sequence numbers, current states."""
