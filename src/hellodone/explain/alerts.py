"""What each alert says, and what usually lies behind it (RFC 5246, 7.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hellodone.errors import AlertDescription as A
from hellodone.errors import alert_name
from hellodone.explain.entry import Entry, Part


@dataclass(frozen=True, slots=True)
class Meaning:
    """``says`` is what the RFC lets it say, ``behind`` what mostly turns out to be the cause."""

    says: str
    behind: str
    reference: str


_5246 = "RFC 5246, 7.2.2"

ALERTS: Mapping[A, Meaning] = MappingProxyType(
    {
        A.close_notify: Meaning(
            "The sender will send no more: the end, protected against being cut short.",
            "An orderly end. Without it the data may have been truncated on the way.",
            "RFC 5246, 7.2.1",
        ),
        A.unexpected_message: Meaning(
            "A message came where the protocol has no place for it. Always fatal.",
            "An implementation at fault, a renegotiation that the other side does not do, or no TLS at all.",
            _5246,
        ),
        A.bad_record_mac: Meaning(
            "A record could not be authenticated: a wrong MAC, a wrong AEAD tag or wrong padding.",
            "Both sides have different keys (a wrong pre-shared key, a faulty key exchange), or bytes were changed.",
            _5246,
        ),
        A.decryption_failed: Meaning(
            "A record could not be decrypted; reserved since TLS 1.1, because telling it apart from bad_record_mac "
            "lets attackers decrypt.",
            "A very old peer.",
            _5246,
        ),
        A.record_overflow: Meaning(
            "A record is longer than allowed: 2^14+2048 bytes as ciphertext, or what was negotiated.",
            "The peer ignores max_fragment_length or record_size_limit, or the bytes are no TLS record.",
            _5246,
        ),
        A.decompression_failure: Meaning(
            "A compressed record did not decompress.",
            "TLS compression, which nobody should use (CRIME).",
            _5246,
        ),
        A.handshake_failure: Meaning(
            "The sender cannot agree with what was offered; the protocol gives it no better word.",
            "No cipher suite, group or signature algorithm in common; a key that fits none of the client's suites; "
            "or a server that needs a client certificate and got none.",
            _5246,
        ),
        A.no_certificate: Meaning(
            "The client has no certificate: a word of SSL 3.0, not used since.",
            "An SSL 3.0 client; later ones send an empty Certificate.",
            _5246,
        ),
        A.bad_certificate: Meaning(
            "A certificate is corrupt, or a signature in it does not verify.",
            "A damaged file, a chain in which a certificate was not issued by the next one, or a stack that says this "
            "for everything it does not like about a certificate.",
            _5246,
        ),
        A.unsupported_certificate: Meaning(
            "The certificate is of a type that the receiver does not take.",
            "A key type, key usage or extended key usage that does not fit: a server's certificate used by a client.",
            _5246,
        ),
        A.certificate_revoked: Meaning(
            "The certificate was revoked by its issuer.",
            "The CA's OCSP responder or CRL names it; a new certificate is needed.",
            _5246,
        ),
        A.certificate_expired: Meaning(
            "A certificate of the chain has expired or is not yet valid.",
            "A renewal that was forgotten, an intermediate that expired, or a wrong clock at the receiver.",
            _5246,
        ),
        A.certificate_unknown: Meaning(
            "The certificate was not acceptable for some other, unspecified reason.",
            "The receiver's own check (often Java's, or an application's) refused it: its log knows.",
            _5246,
        ),
        A.illegal_parameter: Meaning(
            "A field is out of range or inconsistent with other fields.",
            "An implementation at fault, or a middlebox that changed the hellos.",
            _5246,
        ),
        A.unknown_ca: Meaning(
            "The chain ends at no CA that the receiver trusts.",
            "The root is missing in the receiver's trust store, or the sender left out an intermediate certificate.",
            _5246,
        ),
        A.access_denied: Meaning(
            "The certificate is valid, but its holder is not let in.",
            "An access rule of the receiver.",
            _5246,
        ),
        A.decode_error: Meaning(
            "A message could not be decoded: a length or a form is wrong. Always fatal.",
            "An implementation at fault, or bytes that were damaged on the way.",
            _5246,
        ),
        A.decrypt_error: Meaning(
            "A cryptographic operation of the handshake failed: a signature or a Finished does not verify.",
            "The private key does not belong to the certificate, the two sides saw different messages, or a pre-shared "
            "key differs.",
            _5246,
        ),
        A.too_many_cids_requested: Meaning(
            "More connection IDs were asked for than the sender gives.", "DTLS 1.3 only.", "RFC 9147, 9"
        ),
        A.export_restriction: Meaning(
            "A negotiation against export rules of the 1990s; reserved.", "A very old peer.", _5246
        ),
        A.protocol_version: Meaning(
            "The version offered is known, but not supported.",
            "One side speaks only older or only newer versions of TLS than the other.",
            _5246,
        ),
        A.insufficient_security: Meaning(
            "The server wants something stronger than the client offers.",
            "A policy: suites, key sizes or groups are below what the sender accepts.",
            _5246,
        ),
        A.internal_error: Meaning(
            "Something unrelated to the peer failed at the sender.",
            "Memory, a missing file, a key store that does not answer: the sender's log knows.",
            _5246,
        ),
        A.inappropriate_fallback: Meaning(
            "The client says that it fell back to this version, but the server speaks a newer one.",
            "Somebody disturbed the first attempt (a middlebox, an attacker), and the client tried again with less.",
            "RFC 7507, 3",
        ),
        A.user_canceled: Meaning(
            "The sender's user gave up; a warning, followed by close_notify.", "Somebody cancelled.", _5246
        ),
        A.no_renegotiation: Meaning(
            "The sender does not renegotiate now. Always a warning.",
            "A policy that refuses renegotiation, or a peer without RFC 5746.",
            _5246,
        ),
        A.missing_extension: Meaning(
            "A hello lacks an extension that the version makes mandatory.", "TLS 1.3 only.", "RFC 8446, 6.2"
        ),
        A.unsupported_extension: Meaning(
            "The server's hello has an extension that the client did not offer. Always fatal.",
            "A server, or a middlebox, at fault.",
            _5246,
        ),
        A.certificate_unobtainable: Meaning(
            "The server could not fetch the client's certificate from the URL it was given.",
            "The URL is wrong, or unreachable from the server.",
            "RFC 6066, 9",
        ),
        A.unrecognized_name: Meaning(
            "The server has no host of the name in server_name.",
            "The host is not configured there: a wrong name, a wrong address in DNS, a virtual host that is missing.",
            "RFC 6066, 3 and 9",
        ),
        A.bad_certificate_status_response: Meaning(
            "The stapled OCSP response is not satisfactory.",
            "It has expired, is for another certificate, or is not signed by the CA or its delegate.",
            "RFC 6066, 8 and 9",
        ),
        A.bad_certificate_hash_value: Meaning(
            "The certificate found at the client's URL has another hash than the client said.",
            "The file at the URL was replaced.",
            "RFC 6066, 5 and 9",
        ),
        A.unknown_psk_identity: Meaning(
            "The server has no pre-shared key for that identity.",
            "A wrong identity; many servers say decrypt_error instead, so as not to tell which identities exist.",
            "RFC 4279, 2",
        ),
        A.certificate_required: Meaning(
            "The server needs a client certificate and got none.", "TLS 1.3 only.", "RFC 8446, 6.2"
        ),
        A.general_error: Meaning("An error that nothing else describes.", "TLS 1.3 only.", "RFC 9846, 6.2"),
        A.no_application_protocol: Meaning(
            "Client and server have no application protocol in common.",
            "The lists of ALPN names do not meet, such as a client that speaks only h2.",
            "RFC 7301, 3.2",
        ),
        A.ech_required: Meaning(
            "Encrypted Client Hello was offered and could not be used.", "TLS 1.3 only.", "RFC 9849, 5"
        ),
    }
)

# "sslv3 alert handshake failure", "tlsv1 alert unknown ca", "remote error: tls: bad certificate", "SSL_ERROR_..."
_AROUND = re.compile(
    r".*(?:ssl|tls)v?\d*[_ ]alert[_ ]|.*remote error: tls: |.*received fatal alert: |ssl_error_|_alert$|_error_alert$"
)
_NUMBERED = re.compile(r"\balert number (\d{1,3})\s*$", re.IGNORECASE)  # "...: SSL alert number 40"


def explain_alert(alert: A) -> Entry:
    """The alert, what it says and what may be behind it."""
    meaning = ALERTS[alert]
    return Entry("alert", alert_name(alert), meaning.says, meaning.reference, (Part("often", meaning.behind),))


def find_alert(term: str) -> A | None:
    """The alert of a name, or that an error text of another stack is about; None when it is about none."""
    if (numbered := _NUMBERED.search(term)) is not None:
        return next((alert for alert in A if alert == int(numbered[1])), None)
    word = _plain(_AROUND.sub("", term.strip().lower()))
    return _names().get(word)


def _names() -> Mapping[str, A]:
    names = {_plain(alert.name): alert for alert in A}
    return names | {_plain(alert_name(alert)): alert for alert in A}


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
