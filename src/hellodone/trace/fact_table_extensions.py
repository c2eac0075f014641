"""The table of facts: what the less common extensions bring."""

from __future__ import annotations

from hellodone.trace.fact_sources import CLIENT, SERVER, agreed, configured, public, said_by, secret, shown_by, verified

EXTENSIONS = (
    public(
        "client_record_size_limit",
        "The most bytes of plaintext that the client takes in one protected record.",
        "RFC 8449, 4",
        *shown_by(CLIENT),
    ),
    public(
        "server_record_size_limit",
        "The most bytes of plaintext that the server takes in one protected record.",
        "RFC 8449, 4",
        *shown_by(SERVER),
    ),
    public(
        "max_fragment_length",
        "The most bytes of plaintext in a record of either side, as the client asked for.",
        "RFC 6066, 4",
        agreed("client_extensions", "server_extensions"),
        agreed(),
    ),
    public(
        "truncated_hmac",
        "Whether the MACs of records are cut to 80 bits, which saves a few bytes and weakens them.",
        "RFC 6066, 7",
        agreed("client_extensions", "server_extensions"),
        agreed(),
    ),
    public(
        "trusted_authorities",
        "The authorities that the client trusts, so that the server can choose a certificate of theirs.",
        "RFC 6066, 6",
        *shown_by(CLIENT),
    ),
    public(
        "server_certificate_type",
        "Whether the server comes with a certificate or with a public key alone.",
        "RFC 7250, 4.2",
        *said_by(SERVER),
    ),
    public(
        "client_certificate_type",
        "Whether the client is to come with a certificate or with a public key alone.",
        "RFC 7250, 4.2",
        *said_by(SERVER),
    ),
    public(
        "client_certificate_url",
        "Whether the client may say where its certificate is instead of sending it.",
        "RFC 6066, 5",
        agreed("client_extensions", "server_extensions"),
        agreed(),
    ),
    public(
        "server_supplemental_data",
        "Data of the server for the application above, sent within the handshake.",
        "RFC 4680, 2",
        *shown_by(SERVER),
    ),
    public(
        "client_supplemental_data",
        "Data of the client for the application above, sent within the handshake: who its user is, say.",
        "RFC 4680, 2; RFC 4681, 3",
        *shown_by(CLIENT),
    ),
    public(
        "server_certificate_status",
        "What an OCSP responder said of the server's certificate, as the server passes it on.",
        "RFC 6066, 8; RFC 6961, 2.2",
        *shown_by(SERVER),
    ),
    public(
        "server_revocation",
        "Whether the server's certificates are revoked, by what was stapled, lists at hand and those who were asked.",
        "RFC 6960, 3.2; RFC 5280, 6.3",
        verified(CLIENT, "server_path"),
    ),
    public(
        "client_revocation",
        "Whether the client's certificates are revoked, by lists at hand and those who were asked.",
        "RFC 6960, 3.2; RFC 5280, 6.3",
        verified(SERVER, "client_path"),
    ),
    public(
        "signed_certificate_timestamps",
        "Promises of public logs to show the server's certificate to everybody.",
        "RFC 6962, 3.3",
        *shown_by(SERVER),
    ),
    public(
        "session_ticket_offered",
        "A session's state as the server sealed it for itself; the client sends it back to go on with that session.",
        "RFC 5077, 3.2",
        *shown_by(CLIENT),
    ),
    public(
        "session_ticket",
        "This session's state, sealed by the server for itself and kept by the client.",
        "RFC 5077, 3.3",
        *said_by(SERVER),
    ),
    secret(
        "ticket_key",
        "The key under which the server seals tickets: who has it reads every session that a ticket holds.",
        "RFC 5077, 4 and 5.5",
        configured(SERVER),
    ),
)
