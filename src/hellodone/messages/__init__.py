"""The messages, records and extensions of TLS: one declaration each, field by field as in the RFCs."""
